"""A file cut in two at any row, and a table too large to be held in memory: no figure of any measure moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.outcome import Outcome
from evidence.observations.stored import StoredTable
from evidence.parsers import spool
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from indicators.measures import shelf, sorting
from indicators.measures.base import CentreEvidence
from indicators.measures.registry import measure_all
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_START, meter, profile, register
from tests.indicators.measures.test_registry import digits

pytestmark = pytest.mark.slow

METERS = [
    meter("M-IN", "utility_incomer", "facility", interval="P1D"),
    register("M-IT", "pdu_output", "it"),
]


def stamp(moment: dt.datetime) -> str:
    return moment.isoformat()


def meters() -> list[str]:
    rows = []
    for day in range(366):
        rows.append(f"{stamp(YEAR_START + day * DAY)},M-IN,{2400 + day % 7}.5")
        rows.append(f"{stamp(YEAR_START + day * DAY)},M-IT,{1000 + 2000 * day}.25")
    return rows


def jobs() -> list[str]:
    rows = []
    for number in range(420):
        start = YEAR_START + number * 20.8 * HOUR
        state = ("COMPLETED", "FAILED", "NODE_FAIL", "CANCELLED")[number % 7 % 4]
        submit, end = start - dt.timedelta(seconds=number % 60), start + (number % 9 + 1) * 8 * HOUR
        rows.append(f"j{number},{stamp(submit)},{stamp(start)},{stamp(end)},{16 + number % 5 * 16},{state}")
    return rows


def incidents() -> list[str]:
    return [
        f"i{n},算力,{stamp(YEAR_START + n * 9 * DAY)},{stamp(YEAR_START + n * 9 * DAY + n * HOUR)},否,gpu,{n}"
        for n in range(1, 30)
    ]


def tickets() -> list[str]:
    opened = [YEAR_START + n * 6 * DAY for n in range(1, 60)]
    return [f"t{n},紧急,{stamp(at)},{stamp(at + HOUR)},{stamp(at + n * HOUR)}" for n, at in enumerate(opened)]


def survey() -> list[str]:
    return [f"r{n},{n % 5 + 1},1,4,2,5,1,4,{n % 4 + 1},3,3" for n in range(40)]


FILES: dict[str, tuple[str, list[str]]] = {
    "meter_series": ("at,meter,value", meters()),
    "jobs_table": ("job,submit_at,start_at,end_at,cards,state", jobs()),
    "incidents": ("id,service,started_at,ended_at,planned,cause,cards_affected", incidents()),
    "tickets": ("id,priority,opened_at,first_response_at,resolved_at", tickets()),
    "sus": ("respondent," + ",".join(f"q{n}" for n in range(1, 11)), survey()),
}


def pooled(parts: dict[str, list[list[str]]]) -> CentreEvidence:
    files = []
    for format_, pieces in parts.items():
        for piece in pieces:
            text = "\n".join([FILES[format_][0], *piece, ""])
            source = Source.of_bytes(text.encode(), "evidence.csv")
            parser = identify(source)
            assert parser.format == format_
            files.append((source.sha256, parser.parse(source).tables))
    return CentreEvidence.pooled(profile(meters=METERS), files)


@contextmanager
def little_memory() -> Iterator[None]:
    """As if a handful of rows were too many to be held."""
    with (
        patch.object(spool, "MOST_IN_MEMORY", 50),
        patch.object(spool, "ROWS_OF_A_GROUP", 30),
        patch.object(sorting, "SORTED_IN_MEMORY", 800),
        patch.object(shelf, "OPEN_AT_ONCE", 800),
        patch.object(shelf, "AT_REST_IN_MEMORY", 800),
    ):
        yield


WHOLE = {format_: [rows] for format_, (_, rows) in FILES.items()}


@cache
def expected() -> bytes:
    measured = measure_all(pooled(WHOLE))
    for name in ("annual_pue", "accelerator_allocation_rate", "platform_job_failure", "compute_availability"):
        assert measured[name].outcome is Outcome.SCORED, (name, measured[name].reason)
    return digits(measured)


@pytest.mark.parametrize("format_", FILES)
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_cutting_a_file_in_two_changes_no_measure(format_: str, data: st.DataObject) -> None:
    rows = FILES[format_][1]
    cut = data.draw(st.integers(1, len(rows) - 1))
    assert digits(measure_all(pooled(WHOLE | {format_: [rows[:cut], rows[cut:]]}))) == expected()


@pytest.mark.parametrize("cut", [None, 100, 321])
def test_rows_that_are_too_many_for_memory_give_the_same_measures_and_the_same_way_back(cut: int | None) -> None:
    parts = {
        name: [rows] if cut is None else [rows[:cut], rows[cut:]]
        for name, (_, rows) in FILES.items()
        if len(rows) > 350
    }
    in_memory = measure_all(pooled(WHOLE | parts))
    with little_memory():
        large = pooled(WHOLE | parts)
        assert set(large.large) >= {"energy_readings", "jobs"}
        measured = measure_all(large)
    assert digits(measured) == expected()
    assert {name: one.rests_on for name, one in measured.items()} == {n: one.rests_on for n, one in in_memory.items()}


def test_a_stored_table_goes_with_its_file(tmp_path: Path) -> None:
    header, rows = FILES["meter_series"]
    text = "\n".join([header, *rows, ""]).encode()
    source = Source("m.csv", Source.of_bytes(text, "m.csv").opener, len(text), "", None, None, tmp_path)
    with little_memory():
        table: Any = identify(source).parse(source).tables["energy_readings"]
    assert isinstance(table, StoredTable)
    assert table.num_rows == len(rows)
    assert [path.suffix for path in tmp_path.iterdir()] == [".parquet"]
    del table
    assert not list(tmp_path.iterdir())
