"""Regular columns are read over their bytes, others by patterns and cell by cell: nobody may tell which it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.observations.schema import FIGURE
from evidence.parsers.base import Parser
from evidence.parsers.columns import instants
from evidence.parsers.columns.quick_columns import are_instants, billionths_of, counts, figures, trimmed
from evidence.parsers.formats import jobs_table, meter_series
from evidence.parsers.tables import csv_tables, typed_rows
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import quickly

NUMBERS = [
    "0", "7", "12.5", "0.000000001", "00012", "3.", ".5", "-4", "+1.25", "1e3", "1.2.3", "１２", "", " 7 ", "\u3000",
    "NaN",
    "999999999999999999", "9999999999.999999999", "12345678901234567890", "0.1234567895", "1_000", "12,5", "1 2", "-",
]  # fmt: skip
STAMPS = [
    "2025-04-01T00:15:00+08:00", "2025-04-01T00:30:00+08:00", "2025-04-01 00:15:00+08:00", "2025-04-01T00:15:00Z",
    "2025-04-01T00:15:00.123+08:00", "2025-04-01T00:15+08", "2025-04-01T00:15:00+15:00", "2025-02-29T00:15:00+08:00",
    "2025-04-01T24:00:00+08:00", "2025-04-01T23:59:60+08:00", "1969-12-31T23:59:59+08:00", "2199-12-31T23:59:59-14:00",
    "2025-04-01 00:15:00", "2025-10-26 02:30:00", "2025-03-30 02:30:00", "2025-04-01", "２025-04-01T00:15:00+08:00", "",
    " 2025-04-01T00:15:00+08:00", "2025-04-01T00:15:00+0800", "2025/4/1 0:15", "2025-04-01T00:1a:00+08:00",
]  # fmt: skip
NAMES = ["M-IN", "表一", " M-IN", "", "\xa0", "a b", "M-IN\t"]
STATES = ["COMPLETED", "失败", "odd", ""]


def mixed(usual: str, others: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(usual), st.sampled_from(others))


READING = st.tuples(mixed(STAMPS[0], STAMPS), mixed("M-IN", NAMES), mixed("12.5", NUMBERS))
JOB = st.tuples(
    st.sampled_from(["j1", "j2", ""]), *(mixed(STAMPS[0], STAMPS) for _ in range(3)), mixed("8", NUMBERS),
    st.sampled_from(STATES), mixed("1", NUMBERS),
)  # fmt: skip


@contextmanager
def slowly() -> Iterator[None]:
    """Without any of the quick ways."""
    plainly = lambda texts: pc.if_else(  # noqa: E731 – what `trimmed` stands for
        pc.equal(pc.utf8_trim_whitespace(texts), ""), pa.scalar(None, pa.string()), pc.utf8_trim_whitespace(texts)
    )
    with (
        patch.object(typed_rows, "figures", lambda texts: None),
        patch.object(typed_rows, "counts", lambda texts: None),
        patch.object(typed_rows, "trimmed", plainly),
        patch.object(instants, "trimmed", plainly),
        patch.object(instants, "are_instants", lambda texts, *, zoned: False),
        patch.object(csv_tables, "is_plain", lambda content, *, line_ends: False),
    ):
        yield


def answer(parser: Parser, header: str, rows: list[tuple[str, ...]], timezone: str | None) -> Any:
    text = "\n".join([header, *("\t".join(row) for row in rows), ""])
    source = Source.of_bytes(text.encode(), "table.tsv", timezone=timezone)
    try:
        result = parser.parse(source)
    except ParseError as error:
        return error.as_json()
    told = result.as_json(parser, source)
    return told, {kind: table.to_pylist() for kind, table in result.tables.items()}


CASES = [(meter_series.PARSER, "at\tmeter\tvalue", READING), (jobs_table.PARSER, "\t".join((
    "job", "submit_at", "start_at", "end_at", "cards", "state", "nodes")), JOB)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.torture("T15")
@pytest.mark.parametrize(("parser", "header", "row"), CASES, ids=["meters", "jobs"])
@quickly
@given(data=st.data(), timezone=st.sampled_from([None, "Europe/Berlin", "Asia/Shanghai"]))
def test_hostile_tables_are_read_alike_quickly_and_slowly(
    parser: Parser, header: str, row: Any, data: st.DataObject, timezone: str | None
) -> None:
    rows = [tuple(cell.replace("\t", " ") for cell in cells) for cells in data.draw(st.lists(row, max_size=6))]
    found = answer(parser, header, rows, timezone)
    with slowly():
        assert answer(parser, header, rows, timezone) == found


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("parser", "header", "row"), CASES, ids=["meters", "jobs"])
@quickly
@given(data=st.data(), timezone=st.sampled_from(["Europe/Berlin", "Asia/Shanghai"]))
def test_a_row_is_read_alike_alone_and_among_others(
    parser: Parser, header: str, row: Any, data: st.DataObject, timezone: str
) -> None:
    rows = [tuple(cell.replace("\t", " ") for cell in cells) for cells in data.draw(st.lists(row, max_size=5))]
    (kind,) = parser.kinds
    without_line = lambda found: [{**kept, "line": 0} for kept in found[1][kind]] if isinstance(found, tuple) else []  # noqa: E731
    together = without_line(answer(parser, header, rows, timezone))
    assert together == [kept for one in rows for kept in without_line(answer(parser, header, [one], timezone))]


@quickly
@given(st.lists(st.decimals(0, 10**8, places=9, allow_nan=False) | st.integers(0, 10**9).map(Decimal), max_size=8))
@example([Decimal("9223372036.854775807"), Decimal(1)])
@example([Decimal(10**17), Decimal("0.5")])
def test_figures_come_out_as_they_stand(values: list[Decimal]) -> None:
    texts = [format(value, "f") for value in values]
    read = figures(pa.array(texts, pa.string()))
    assert read is None or read.to_pylist() == values
    if all(len(text) <= 12 for text in texts):
        assert read is not None


@quickly
@given(st.lists(st.none() | st.sampled_from(NUMBERS), max_size=6))
def test_what_is_read_quickly_is_what_python_reads(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())
    for read, kind in ((figures, Decimal), (counts, int)):
        if (found := read(column)) is not None:
            assert found.to_pylist() == [None if text is None else kind(text) for text in texts]
    assert trimmed(column).to_pylist() == [None if text is None else text.strip() or None for text in texts]


def test_a_slice_of_a_column_is_read_as_itself() -> None:
    column = pa.array(["x", "1.5", "22.25", "y"], pa.string()).slice(1, 2)
    found = figures(column)
    assert found is not None
    assert found.to_pylist() == [Decimal("1.5"), Decimal("22.25")]
    assert are_instants(pa.array(["x", STAMPS[0], STAMPS[1]], pa.string()).slice(1), zoned=True)
    assert not are_instants(pa.array([STAMPS[0], STAMPS[2]], pa.string()), zoned=True)


@pytest.mark.parametrize(
    "texts",
    [["30.236", "00.001"], ["999999999", "000000000"], ["0.1234567", "9.9999999"], ["7", "0"], ["1.50", "12.5"]],
)
def test_short_figures_of_one_length_are_added_up_by_their_digits(texts: list[str]) -> None:
    read = figures(pa.array(texts))
    assert read is not None
    assert read.to_pylist() == [Decimal(text) for text in texts]


@pytest.mark.parametrize("odd", ["1x.5", "15..", ".155", "155.", "-1.5", "1,55", "1.5 ", "1/.5", "1:.5"])
def test_one_strange_cell_of_the_same_length_is_left_to_the_slow_reader(odd: str) -> None:
    assert figures(pa.array(["12.5", odd])) is None
    assert figures(pa.array([odd, "12.5"])) is None


def test_figures_are_taken_apart_as_integers_unless_one_is_too_wide() -> None:
    column = pa.array([Decimal("7"), Decimal("-0.000000001"), Decimal("9223372036.854775807")], FIGURE)
    whole = billionths_of(column.slice(1))
    assert whole is not None
    assert whole.tolist() == [-1, 2**63 - 1]
    assert billionths_of(pa.array([Decimal("1"), Decimal("9223372036.854775808")], FIGURE)) is None
