"""Which calendar months the rows of a table speak of: counted once, when a file has been read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.schema import DATE, INSTANT
from evidence.observations.stored import ROWS_AT_ONCE

# Where a row begins and ends, by the first of these columns its kind has; a row with a beginning alone is an instant.
_BEGINNINGS = ("start_at", "started_at", "submit_at", "opened_at", "month", "answered_on", "at")
_ENDS = ("end_at", "ended_at", "resolved_at", "at")
_EARLIEST, _LATEST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
MOST_MONTHS = 120
Milliseconds = NDArray[np.int64]


def months_of(file: pq.ParquetFile, *, kind: str, zone: str) -> dict[str, int] | None:
    """Rows by month (`2025-04`) of the zone, in the order of the calendar.

    A row from one instant to another counts in every month it touches. Rows of instants count in the month they stand
    in, and one that stands on the border of two, as the reading of a register does, in both: but no month counts that
    the table as a whole does not reach into. Instants no calendar of ours has are left out.

    Returns:
        None for a kind without time.
    """
    columns = _columns(kind, file.schema_arrow.names)
    if columns is None:
        return None
    counted: Counter[str] = Counter()
    first, last = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=sorted(set(columns))):
        starts, ends = _spans(batch, *columns)
        if not len(starts):
            continue
        first, last = min(first, int(starts.min())), max(last, int(ends.max()))
        counted.update(_counted(np.sort(starts), np.sort(ends), zone))
    if not counted:
        return {}
    inside = [
        month for month, start, end in _calendar(first, last, zone) if start < max(last, first + 1) and end > first
    ]
    return {month: counted[month] for month in inside[-MOST_MONTHS:] if counted[month]}


def together(tables: Iterable[Mapping[str, int] | None]) -> dict[str, int]:
    """The rows of several tables by month."""
    counted: Counter[str] = Counter()
    for months in tables:
        counted.update(months or {})
    return dict(sorted(counted.items()))


def _columns(kind: str, kept: Iterable[str]) -> tuple[str, str] | None:
    there = set(kept)
    timed = {column.name for column in KIND_BY_NAME[kind].columns if column.type in (INSTANT, DATE)} & there
    start = next((name for name in _BEGINNINGS if name in timed), None)
    if start is None:
        return None
    return start, next((name for name in _ENDS if name in timed), start)


def _spans(batch: pa.RecordBatch, start: str, end: str) -> tuple[Milliseconds, Milliseconds]:
    """Beginnings and ends in ms; what lacks one of them is an instant, what has neither is left out."""
    columns = {name: _milliseconds(batch.column(name)) for name in {start, end}}
    starts, ends = columns[start], columns[end]
    unknown = np.iinfo(np.int64).min
    starts, ends = np.where(starts == unknown, ends, starts), np.where(ends == unknown, starts, ends)
    ends = np.maximum(starts, ends)
    low, high = (_midnight(day, "UTC") for day in (_EARLIEST, _LATEST))
    known = (starts >= low) & (ends < high)
    return starts[known], ends[known]


def _milliseconds(column: pa.Array) -> Milliseconds:
    if column.type == DATE:
        column = column.cast(pa.timestamp("ms"))
    whole: Milliseconds = column.cast(pa.int64()).fill_null(np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)
    return whole


def _counted(starts: Milliseconds, ends: Milliseconds, zone: str) -> dict[str, int]:
    found = {}
    for month, start, end in _calendar(int(starts[0]), int(ends[-1]), zone):
        begun = int(np.searchsorted(starts, end, side="right"))
        over = int(np.searchsorted(ends, start, side="left"))
        if begun > over:
            found[month] = begun - over
    return found


def _calendar(first: int, last: int, zone: str) -> list[tuple[str, int, int]]:
    """The months around two instants: name, first ms and the ms after the last."""
    day = dt.datetime.fromtimestamp(first / 1000, ZoneInfo(zone)).date().replace(day=1)
    day = _following(day, -1)
    months = []
    while (start := _midnight(day, zone)) <= last:
        following = _following(day, 1)
        months.append((f"{day:%Y-%m}", start, _midnight(following, zone)))
        day = following
    return months


def _following(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def _midnight(day: dt.date, zone: str) -> int:
    return int(dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(zone)).timestamp()) * 1000
