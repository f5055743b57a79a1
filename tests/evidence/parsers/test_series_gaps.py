"""Gaps of regular series are counted while readings pass by, however they are cut, interleaved or disordered."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.observations.stored import StoredTable
from evidence.parsers import spool
from evidence.parsers.energy.series_check import SeriesCheck
from evidence.parsers.energy.series_gaps import NEVER, Gap, GapCheck
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import quickly

QUARTER = 15 * 60 * 1000


def readings(instants: dict[str, list[int]], *, by_meter: bool) -> pa.Table:
    """Rows of these meters, one after the other or by time."""
    rows = [(at, meter) for meter, own in instants.items() for at in own]
    rows = rows if by_meter else sorted(rows)
    return pa.table(
        {
            "at": pa.array([at for at, _ in rows], pa.int64()).cast(pa.timestamp("ms", "UTC")),
            "meter": pa.array([meter for _, meter in rows], pa.string()),
            "value": pa.array([1] * len(rows), pa.decimal128(38, 12)),
            "line": pa.array(range(2, len(rows) + 2), pa.int64()),
            "cell": pa.nulls(len(rows), pa.string()),
        }
    )


def checked(table: pa.Table, *, size: int) -> SeriesCheck:
    check = SeriesCheck()
    for begin in range(0, table.num_rows, size):
        check.add(table.slice(begin, size))
    check.close(table)
    return check


@quickly
@given(
    left_out=st.lists(st.integers(1, 58), max_size=4, unique=True),
    meters=st.integers(1, 3),
    by_meter=st.booleans(),
    size=st.integers(1, 100),
)
def test_each_run_of_missing_readings_is_one_gap(left_out: list[int], meters: int, by_meter: bool, size: int) -> None:
    whole = list(range(60))
    first = [n for n in whole if n not in left_out]
    own = {f"m{n}": [at * QUARTER for at in (first if n == 0 else whole)] for n in range(meters)}
    found = checked(readings(own, by_meter=by_meter), size=size).gaps
    runs = sum(1 for n in left_out if n - 1 not in left_out)
    assert (found.count, found.missing) == (runs, len(left_out))
    assert (found.where is None) == (runs == 0)
    assert found.longest == _longest(left_out)


def _longest(left_out: list[int]) -> Gap | None:
    """The first of the longest runs of missing readings, from the reading before to the one behind."""
    first = [n for n in left_out if n - 1 not in left_out]
    runs = [(begin, next(n for n in range(begin, 60) if n not in left_out)) for begin in sorted(first)]
    if not runs:
        return None
    begin, end = max(runs, key=lambda run: run[1] - run[0])
    return Gap("m0", (begin - 1) * QUARTER, end * QUARTER)


def test_the_place_is_the_row_after_the_first_gap() -> None:
    instants = [at * QUARTER for at in range(30) if at not in (10, 11, 20)]
    found = checked(readings({"m": instants}, by_meter=True), size=7).gaps
    assert found.where is not None
    assert (found.count, found.missing, found.where.line) == (2, 3, 12)


def test_readings_in_disorder_are_put_in_order_first() -> None:
    instants = [at * QUARTER for at in range(40) if at != 25]
    shuffled = np.random.default_rng(3).permutation(instants).tolist()
    found = checked(readings({"m": shuffled}, by_meter=True), size=9).gaps
    assert (found.count, found.missing) == (1, 1)
    assert found.longest == Gap("m", 24 * QUARTER, 26 * QUARTER)


@pytest.mark.parametrize("size", [50, 100_000])
def test_the_silence_of_a_meter_that_reports_changes_is_no_gap(size: int) -> None:
    steps = np.random.default_rng(5).integers(1_000, 10_000_000, 5_000)
    found = checked(readings({"m": np.cumsum(steps).tolist()}, by_meter=True), size=size).gaps
    assert (found.count, found.missing, found.where) == (0, 0, None)


def test_gaps_of_the_millionth_meter_are_counted_as_those_of_the_first() -> None:
    meters = 2**20 + 2
    ends = np.array([0, meters - 1])
    check, before = GapCheck(), np.full(meters, NEVER)
    for turn in (*range(12), *range(15, 20)):
        at = np.full(2, turn * QUARTER)
        place = {"line": pa.array([2 * turn, 2 * turn + 1], pa.int64()), "cell": pa.nulls(2, pa.string())}
        check.add(ends, at, before.copy(), pa.table(place))
        before[ends] = at
    check.close(readings({}, by_meter=True), [f"m{n}" for n in range(meters)])
    assert (check.count, check.missing) == (2, 6)


@pytest.mark.long
@quickly
@given(
    left_out=st.lists(st.integers(1, 58), max_size=4, unique=True),
    meters=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
    size=st.integers(1, 100),
)
def test_shuffled_readings_have_the_gaps_of_ordered_ones(
    left_out: list[int], meters: int, order: Random, size: int
) -> None:
    own = {f"m{n}": [at * QUARTER for at in range(60) if n or at not in left_out] for n in range(meters)}
    table = readings(own, by_meter=False)
    mixed = table.take(pa.array(order.sample(range(table.num_rows), table.num_rows)))
    mixed = mixed.set_column(3, "line", table.column("line"))
    found, expected = checked(mixed, size=size).gaps, checked(table, size=size).gaps
    assert (found.count, found.missing, found.longest) == (expected.count, expected.missing, expected.longest)


def test_readings_in_disorder_are_put_in_order_from_disk_as_well() -> None:
    hours = [f"2025-04-{1 + hour // 24:02d}T{hour % 24:02d}:00:00+08:00" for hour in range(60) if hour not in (20, 21)]
    rows = [f"{at},M{meter},{meter}.5\n" for meter in range(3) for at in hours]
    content = ("at,meter,value\n" + "".join(np.random.default_rng(1).permutation(rows))).encode()
    source = Source.of_bytes(content, "meters.csv", timezone="Asia/Shanghai")
    with patch.object(spool, "MOST_IN_MEMORY", 10):
        on_disk = read_by(identify(source), source)
    in_memory = read_by(identify(source), source)
    assert isinstance(on_disk.tables["energy_readings"], StoredTable)
    assert on_disk.issues == in_memory.issues
    assert on_disk.issue_counts["gap"] == in_memory.issue_counts["gap"] == 3
