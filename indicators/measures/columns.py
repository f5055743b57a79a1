"""Columns of observations as exact integers: instants in ms, figures in 10⁻⁹ of their unit.

Sums over them are exact, whatever the order or the number of files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.period import Period
from evidence.observations.schema import FIGURE

Integers = npt.NDArray[np.int64]
FIGURE_SCALE = 10**9
MISSING = int(np.iinfo(np.int64).min)
WIDEST = 1 << 61

_WIDE = Context(prec=60)
_PLACES = ("line", "cell", "evidence")


def distinct(rows: pa.Table, *, by: tuple[str, ...] | None = None) -> pa.Table:
    """Rows without repetitions: two rows equal in `by` (default: all content) count once.

    The first of equal rows in the pooled order stays, so the choice depends on content only.
    """
    keys = [name for name in rows.column_names if name not in _PLACES] if by is None else list(by)
    numbered = rows.select(keys).append_column("index", pa.array(np.arange(rows.num_rows)))
    kept = numbered.group_by(keys).aggregate([("index", "min")]).column("index_min")
    return rows.take(pa.array(np.sort(kept.to_numpy())))


def milliseconds(column: pa.ChunkedArray) -> Integers:
    """Instants as ms since 1970 UTC; `MISSING` where there is none."""
    return integers(column.cast(pa.int64()))


def integers(column: pa.ChunkedArray) -> Integers:
    """Counts as int64; `MISSING` where there is none."""
    if column.null_count == 0 and column.num_chunks == 1:
        whole: Integers = column.chunk(0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
        return whole
    filled: Integers = pc.fill_null(column, pa.scalar(MISSING, pa.int64())).to_numpy().astype(np.int64, copy=False)
    return filled


def figures(column: pa.ChunkedArray) -> Integers:
    """Decimals of nine places as integers of 10⁻⁹ units, exactly; zero stands where none is.

    Wide figures come as Python integers in an object array; arithmetic is the same.
    """
    if pa.types.is_decimal64(column.type):
        only = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        narrow: Integers = np.frombuffer(only.buffers()[1], dtype=np.int64)[only.offset : only.offset + len(only)]
        return narrow
    array = pc.fill_null(column, Decimal(0)).cast(FIGURE).combine_chunks()
    low = narrow_figures(array)
    if low is not None:
        return low
    return np.array([int(value.scaleb(9, _WIDE)) for value in array.to_pylist()], dtype=object)


def narrow_figures(array: pa.Array) -> Integers | None:
    """Figures without gaps as integers of 10⁻⁹ units; null where one of them is too wide."""
    halves = np.frombuffer(array.buffers()[1], dtype="<i8").reshape(-1, 2)[array.offset : array.offset + len(array)]
    low = halves[:, 0].copy()
    if len(low) and not -WIDEST < int(low.min()) <= int(low.max()) < WIDEST:
        return None
    return low if bool((halves[:, 1] == low >> 63).all()) else None


def exact_sum(values: Integers) -> int:
    """The sum as a Python int; no overflow below 2³¹ values."""
    if values.dtype == object:
        return sum(values.tolist())
    high, low = values >> 32, values & 0xFFFFFFFF
    return (int(high.sum(dtype=np.int64)) << 32) + int(low.sum(dtype=np.int64))


def totals(values: Integers) -> Integers:
    """The sum of all values before each one, and of all of them; exact."""
    if values.dtype != object and len(values) and int(np.abs(values).max()) > WIDEST // len(values):
        values = values.astype(object)  # their sum may be larger than any machine integer
    return np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values)])


def bounds(period: Period) -> tuple[int, int]:
    """Start and end of a period in ms since 1970 UTC."""
    return _milliseconds(period.start), _milliseconds(period.end)


def median(values: list[Fraction]) -> Fraction:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def lowest_tenth(values: Iterable[Fraction]) -> Fraction:
    """P10 by nearest rank: the smallest value that at least a tenth of all do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) // 10) - 1]


def _milliseconds(instant: dt.datetime) -> int:
    return round(instant.timestamp() * 1000)
