"""Columns that say the same few things again and again are read by their words, with the same outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.schema import WORDS
from evidence.observations.stored import StoredTable, whole
from evidence.parsers import spool
from evidence.parsers.base import Issues
from evidence.parsers.columns.repeating import Repeating
from evidence.parsers.registry import identify
from evidence.parsers.tables import csv_tables
from evidence.parsers.tables.simple_tables import METER_SERIES
from evidence.parsers.tables.table_batches import Tally
from evidence.parsers.text.source import Source

ROWS = [f"2025-04-{1 + n // 960:02d}T{n // 40 % 24:02d}:00:00{{zone}},M{n % 40:02d},{n % 7}.5" for n in range(20_000)]
ZONED = [row.format(zone="+08:00") for row in ROWS]
BARE = [row.format(zone="") for row in ROWS]
STRANGE = {
    "an empty line": "",
    "an empty cell": ",M01,3",
    "blanks around cells": " 2025-04-09T00:00:00+08:00 , M01 ,3",
    "a quoted cell": '"2025-04-09T00:00:00+08:00","M01",3',
    "a day of no calendar": "2025-02-30T00:00:00+08:00,M01,3",
    "a wide row": "2025-04-09T00:00:00+08:00,M01,3,4",
    "no number": "2025-04-09T00:00:00+08:00,M01,x",
}


@pytest.fixture(autouse=True)
def small_blocks() -> Iterator[None]:
    """As if a file of a megabyte were a large one."""
    with patch.object(csv_tables, "CHUNK", 200_000), patch.object(csv_tables, "BLOCK", 400_000):
        yield


def told(lines: list[str]) -> tuple[pa.Table, Any, Any]:
    content = "\n".join(["at,meter,value_kwh", *lines, ""]).encode()
    read = identify(file := Source.of_bytes(content, "m.csv", timezone="Asia/Shanghai")).parse(file)
    return whole(read.tables["energy_readings"]), read.facts, (read.issues, read.issue_counts, read.coverage)


def told_plainly(lines: list[str]) -> tuple[pa.Table, Any, Any]:
    with patch.object(Repeating, "see"), patch.object(csv_tables, "even_cells", lambda *_, **__: None):
        return told(lines)


def test_a_large_file_is_read_by_its_words_from_the_second_block_on() -> None:
    content = "\n".join(["at,meter,value_kwh", *ZONED, ""]).encode()
    issues, file = Issues(), Source.of_bytes(content, "m.csv")
    batches = [batch for _, batch in csv_tables.text_batches(file, METER_SERIES, issues, Tally(), encoded=True)]
    first, *others = [(batch.columns["at"].type, batch.columns["value"].type) for batch in batches]
    assert first == (pa.string(), pa.string())
    assert set(others) == {(WORDS, WORDS)}


@pytest.mark.parametrize("rows", [ZONED, BARE], ids=["zoned", "local"])
def test_words_read_once_are_read_alike(rows: list[str]) -> None:
    assert told(rows) == told_plainly(rows)
    assert told(rows)[0].num_rows == len(rows)


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_row_among_them_has_the_same_outcome(strange: str) -> None:
    lines = [*ZONED[:12_000], STRANGE[strange], *ZONED[12_000:]]
    assert told(lines) == told_plainly(lines)


def test_a_column_that_no_longer_repeats_itself_is_read_as_text_again() -> None:
    various = [f"{row.rpartition(',')[0]},{n}.25" for n, row in enumerate(ZONED[10_000:])]
    assert told(ZONED[:10_000] + various) == told_plainly(ZONED[:10_000] + various)


def test_words_on_disk_are_text_and_the_file_tells_its_kind() -> None:
    with (
        patch.object(spool, "MOST_IN_MEMORY", 12_000),
        patch.object(spool, "ROWS_OF_A_GROUP", 4_000),
        patch.object(spool, "parquet_writer", wraps=spool.parquet_writer) as written,
    ):
        content = "\n".join(["at,meter,value_kwh", *ZONED, ""]).encode()
        stored = identify(file := Source.of_bytes(content, "m.csv")).parse(file).tables["energy_readings"]
    assert isinstance(stored, StoredTable)
    assert {field.name for field in written.call_args.args[1] if field.type == WORDS} == {"meter", "unit"}
    assert stored.path is not None
    assert pq.read_schema(stored.path).equals(ENERGY_READINGS.arrow, check_metadata=True)
    assert stored.read().equals(told_plainly(ZONED)[0])
