"""Readings looked at while they pass by: the same findings as with all of them side by side."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from unittest.mock import patch

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.parsers.energy import series_check
from evidence.parsers.energy.series_check import SeriesCheck
from tests.evidence.parsers.properties import quickly

Row = tuple[str, int, int]
ROWS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 6), st.integers(-1, 3)), max_size=14)
START = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def table(rows: list[Row], *, first: int) -> pa.Table:
    return ENERGY_READINGS.table(
        {
            "meter": [meter for meter, _, _ in rows],
            "at": [START + dt.timedelta(minutes=minute) for _, minute, _ in rows],
            "value": [Decimal(value) for _, _, value in rows],
            "line": list(range(first, first + len(rows))),
        }
    )


def told(rows: list[Row]) -> dict[str, tuple[int, int | None]]:
    """Count and first line of each finding, each row compared with all rows before it."""
    negative = [line for line, (_, _, value) in enumerate(rows, start=2) if value < 0]
    backwards, repeated = [], []
    for index, (meter, minute, _) in enumerate(rows):
        before = [earlier for name, earlier, _ in rows[:index] if name == meter]
        if before and minute < before[-1]:
            backwards.append(index + 2)
        if minute in before:
            repeated.append(index + 2)
    found = {"negative": negative, "backwards": backwards, "repeated": repeated}
    return {name: (len(lines), min(lines, default=None)) for name, lines in found.items()}


@quickly
@given(rows=ROWS, cuts=st.lists(st.integers(0, 14), max_size=3), keys=st.integers(1, 3))
def test_batches_tell_what_all_rows_together_tell(rows: list[Row], cuts: list[int], keys: int) -> None:
    check = SeriesCheck()
    edges = sorted({0, *(min(cut, len(rows)) for cut in cuts), len(rows)})
    for begin, end in itertools.pairwise(edges):
        check.add(table(rows[begin:end], first=2 + begin))
    with patch.object(series_check, "_KEYS_AT_ONCE", keys):
        check.close(table(rows, first=2))
    found = {"negative": check.negative, "backwards": check.backwards, "repeated": check.repeated}
    assert {name: (one.count, one.where and one.where.line) for name, one in found.items()} == told(rows)
    assert check.meters == len({meter for meter, _, _ in rows})
