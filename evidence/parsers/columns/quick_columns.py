"""Columns of regular text read whole, over the bytes Arrow keeps them in.

Every function answers null where a single cell is written otherwise; then the caller reads with patterns, cell by
cell where need be, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from evidence.observations.schema import COUNT, FIGURE, TEXT

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]

_DIGITS_IN_64_BITS = 18
_DECIMALS = 9
_SHORT = 9  # so many digits times 10⁹ are no more than an integer of 64 bits holds
_LARGEST_SCALED = 2**63 - 1
_POWERS = 10 ** np.arange(_DECIMALS + 1, dtype=np.int64)
_ZERO, _POINT, _BLANK, _FIRST_BEYOND_ASCII = ord("0"), ord("."), ord(" "), 0x80
_EARLIEST, _LATEST = 1970, 2199
_LONGEST_INSTANT = 29
_INSTANT = re2.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?)"
    r"(Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?"
)


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without blanks around them; empty ones are null."""
    offsets, content = buffers_of(texts)
    lengths = np.diff(offsets)
    if texts.null_count or (len(content) and int(content.max()) >= _FIRST_BEYOND_ASCII):
        return _emptied(pc.utf8_trim_whitespace(texts))
    if bool((lengths == 0).any()):
        return _emptied(pc.utf8_trim_whitespace(texts))
    if len(content) and bool(((content[offsets[:-1]] <= _BLANK) | (content[offsets[1:] - 1] <= _BLANK)).any()):
        return _emptied(pc.utf8_trim_whitespace(texts))
    return texts


def figures(texts: pa.Array) -> pa.Array | None:
    """Numbers without sign and exponent, of at most 18 digits and nine decimals, as figures."""
    if texts.null_count:
        return _around_nulls(texts, figures)
    if not len(texts):
        return pa.array([], FIGURE)
    offsets, content = buffers_of(texts)
    if (billionths := _of_one_form(offsets, content)) is not None:
        return decimals_of(billionths)
    points = np.flatnonzero(content == _POINT)
    if np.count_nonzero(content - np.uint8(_ZERO) <= 9) + len(points) != len(content):
        return None
    decimals = _decimals(offsets, points)
    if decimals is None or int(decimals.max(initial=0)) > _DECIMALS:
        return None
    if len(points):
        content = content[content != _POINT]
        offsets = offsets - (
            np.arange(len(offsets)) if len(points) == len(texts) else np.searchsorted(points, offsets)
        ).astype(np.int32)
    lengths = np.diff(offsets)
    if int(lengths.min()) < 1 or int(lengths.max()) > _DIGITS_IN_64_BITS:
        return None
    whole = text_array(offsets, content).cast(pa.int64()).to_numpy()
    factors = _POWERS[_DECIMALS - decimals]
    if bool((whole > _LARGEST_SCALED // factors).any()):
        return None
    return decimals_of(whole * factors)


def counts(texts: pa.Array) -> pa.Array | None:
    """Whole numbers of at most 15 digits."""
    if texts.null_count:
        return _around_nulls(texts, counts)
    offsets, content = buffers_of(texts)
    if not len(content):
        return pa.array([], COUNT) if not len(texts) else None
    lengths = np.diff(offsets)
    if int(lengths.min()) < 1 or int(lengths.max()) > 15 or bool((content - np.uint8(_ZERO) > 9).any()):
        return None
    return texts.cast(COUNT)


def are_instants(texts: pa.Array, *, zoned: bool) -> bool:
    """Whether all texts are instants of the years 1970 to 2199, written like the first but for their digits.

    With `zoned` all carry one and the same zone, without it none. Days and hours that no calendar has are not noticed.
    """
    texts = texts.drop_null() if texts.null_count else texts
    if not len(texts):
        return True
    offsets, content = buffers_of(texts)
    form = _form(texts[0].as_py())
    if form is None or bool(form[1]) != zoned or not _alike(offsets, content, form):
        return False
    digits = content.reshape(len(texts), -1)[:, :4].astype(np.int32) - _ZERO
    years = digits @ np.array([1000, 100, 10, 1], dtype=np.int32)
    return int(years.min()) >= _EARLIEST and int(years.max()) <= _LATEST


def decimals_of(billionths: Integers) -> pa.Array:
    """Figures out of integers of 10⁻⁹."""
    halves = np.empty((len(billionths), 2), dtype=np.int64)
    halves[:, 0] = billionths
    halves[:, 1] = billionths >> 63
    return pa.Array.from_buffers(FIGURE, len(billionths), [None, pa.py_buffer(halves)])


def billionths_of(column: pa.Array) -> Integers | None:
    """Integers of 10⁻⁹ out of figures without gaps; null where one of them is too wide."""
    halves = np.frombuffer(column.buffers()[1], dtype="<i8").reshape(-1, 2)[column.offset : column.offset + len(column)]
    low: Integers = halves[:, 0].copy()
    return low if bool((halves[:, 1] == low >> 63).all()) else None


def _of_one_form(offsets: npt.NDArray[np.int32], content: Bytes) -> Integers | None:
    """Short numbers of one length, their point in one place, in 10⁻⁹: added up digit by digit. Null of others."""
    width = int(offsets[1])
    if not 0 < width <= _SHORT or bool((np.diff(offsets) != width).any()):
        return None
    point = content[:width].tobytes().find(b".")
    if point in (0, width - 1):
        return None
    table, total = content.reshape(-1, width), np.zeros(len(offsets) - 1, dtype=np.uint32)
    for place in range(width):
        signs = table[:, place]
        if place == point:
            if bool((signs != _POINT).any()):
                return None
            continue
        digits = signs - np.uint8(_ZERO)
        if int(digits.max()) > 9:
            return None
        total *= np.uint32(10)
        total += digits
    return total * np.int64(10 ** (_DECIMALS if point < 0 else _DECIMALS - (width - 1 - point)))


def _decimals(offsets: npt.NDArray[np.int32], points: npt.NDArray[np.intp]) -> Integers | None:
    """Digits behind the point of each number; null where a number has two points, or none before or behind one."""
    starts, ends = offsets[:-1], offsets[1:]
    if len(points) == len(starts):
        owners: npt.NDArray[np.intp] | slice = slice(None)
    else:
        owners = np.searchsorted(offsets, points, side="right") - 1
        if bool((np.diff(owners) == 0).any()):
            return None
    if not bool(((starts[owners] < points) & (points < ends[owners] - 1)).all()):
        return None
    decimals = np.zeros(len(starts), dtype=np.int64)
    decimals[owners] = ends[owners] - 1 - points
    return decimals


def _form(first: str) -> tuple[str, str] | None:
    """The form of an instant, a zero standing for any digit, and its zone; null for what is written otherwise."""
    match = _INSTANT.fullmatch(first) if len(first) <= _LONGEST_INSTANT else None
    if match is None:
        return None
    body, zone = match.group(1), match.group(2) or ""
    return "".join("0" if sign.isdigit() else sign for sign in body), zone


def _alike(offsets: npt.NDArray[np.int32], content: Bytes, form: tuple[str, str]) -> bool:
    width = len(form[0]) + len(form[1])
    if len(content) != width * (len(offsets) - 1) or bool((np.diff(offsets) != width).any()):
        return False
    least, spread = _bounds(*form, cells=len(offsets) - 1)
    return bool((content - least <= spread).all())


@lru_cache(maxsize=4)
def _bounds(body: str, zone: str, *, cells: int) -> tuple[Bytes, Bytes]:
    """The lowest character at each place of so many cells of a form, and how far above it another one may lie."""
    least = np.frombuffer((body + zone).encode(), dtype=np.uint8)
    spread = np.array([9 if sign == "0" else 0 for sign in body] + [0] * len(zone), dtype=np.uint8)
    return np.tile(least, cells), np.tile(spread, cells)


def _around_nulls(texts: pa.Array, read: Callable[[pa.Array], pa.Array | None]) -> pa.Array | None:
    """What a reader makes of the cells that hold something, at their places."""
    present = texts.is_valid().to_numpy(zero_copy_only=False)
    found = read(texts.drop_null())
    if found is None:
        return None
    places = np.cumsum(present) - 1
    return found.take(pa.array(places, pa.int64(), mask=~present))


def _emptied(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, TEXT), texts)


def buffers_of(texts: pa.Array) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Where each text starts and ends, and the bytes of all of them."""
    _, places, content = texts.buffers()
    offsets = np.frombuffer(places, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if content is None or not len(offsets):
        return np.zeros(len(texts) + 1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    return offsets - offsets[0], np.frombuffer(content, dtype=np.uint8)[int(offsets[0]) : int(offsets[-1])]


def text_array(offsets: npt.NDArray[np.integer[Any]], content: Bytes) -> pa.Array:
    """Texts out of the same."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(offsets, dtype=np.int32)), pa.py_buffer(content)]
    return pa.Array.from_buffers(TEXT, len(offsets) - 1, buffers)
