"""Columns of integers in as little memory as they need, and on disk where there are too many of them.

Nothing is rounded: what comes back is what was put in.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from indicators.measures.columns import Integers

FEWEST = 64  # of fewer integers nothing is gained
_FACTORS = (1_000_000_000, 1_000_000, 1000, 1)  # figures of no, three, six and nine decimals
_LOOKED_AT = 1000
_LOOKED_AT_ONCE = 32_768
_SHORTEST_ROW = 10  # on average, for rows of steps to be worth it
_UNSIGNED = (np.uint8, np.uint16, np.uint32)


@dataclass(frozen=True, slots=True)
class Steps:
    """Integers that go on by one step, but for the `places` where another row of them begins."""

    step: int
    places: npt.NDArray[np.int64]
    firsts: Integers
    length: int

    @property
    def nbytes(self) -> int:
        return self.places.nbytes + self.firsts.nbytes

    def unpacked(self) -> Integers:
        lengths = np.diff(self.places, append=self.length)
        return np.arange(self.length) * self.step + np.repeat(self.firsts - self.places * self.step, lengths)


@dataclass(frozen=True, slots=True)
class Narrow:
    """Integers as multiples of a factor above the lowest of them; all alike are none."""

    lowest: int
    factor: int
    multiples: npt.NDArray[Any] | None
    length: int

    @property
    def nbytes(self) -> int:
        return 0 if self.multiples is None else self.multiples.nbytes

    def unpacked(self) -> Integers:
        return self.part(0, self.length)

    def part(self, first: int, end: int) -> Integers:
        """Those from one place up to another."""
        if self.multiples is None:
            return np.full(end - first, self.lowest, dtype=np.int64)
        return _widened(self.multiples[first:end], self.lowest, self.factor)


@dataclass(frozen=True, slots=True)
class OnDisk:
    """The same, its multiples in a file."""

    lowest: int
    factor: int
    type: np.dtype[Any]
    offset: int
    length: int
    file: BinaryIO
    nbytes: int = 0

    def unpacked(self) -> Integers:
        return self.part(0, self.length)

    def part(self, first: int, end: int) -> Integers:
        size = self.type.itemsize
        content = os.pread(self.file.fileno(), (end - first) * size, self.offset + first * size)
        return _widened(np.frombuffer(content, dtype=self.type), self.lowest, self.factor)


@dataclass(frozen=True, slots=True)
class Wide:
    """Python integers, which no machine integer holds."""

    values: Integers

    @property
    def nbytes(self) -> int:
        return 64 * len(self.values)

    def unpacked(self) -> Integers:
        return self.values

    def part(self, first: int, end: int) -> Integers:
        return self.values[first:end]


Block: TypeAlias = Narrow | OnDisk | Wide
Packed: TypeAlias = Steps | Block


def packed(values: Integers) -> Packed:
    """Integers in any order; those that ascend by a step they mostly have are kept as their steps."""
    if values.dtype != object and len(values) >= FEWEST:
        opening = np.diff(values[: _LOOKED_AT + 1])
        step = int(np.partition(opening, len(opening) // 2)[len(opening) // 2])
        if np.count_nonzero(opening == step) * 2 >= len(opening):
            places = np.append(0, np.flatnonzero(np.diff(values) != step) + 1)
            if len(places) * _SHORTEST_ROW < len(values):
                return Steps(step, places, values[places], len(values))
    return narrowed(values)


def narrowed(values: Integers) -> Narrow | Wide:
    """The same as multiples, of which any part can be had."""
    if values.dtype == object:
        return Wide(values)
    if not len(values):
        return Narrow(0, 1, None, 0)
    lowest, highest = int(values.min()), int(values.max())
    if lowest == highest:
        return Narrow(lowest, 1, None, len(values))
    if highest - lowest >= 1 << 63:
        return Narrow(0, 1, values, len(values))
    tried = ((factor, _multiples(values, lowest, factor, (highest - lowest) // factor)) for factor in _FACTORS)
    factor, multiples = next((factor, multiples) for factor, multiples in tried if multiples is not None)
    return Narrow(lowest, factor, multiples, len(values))


class Spill:
    """An unnamed file for multiples that are too many for memory; it goes with the last who holds it."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._end = 0

    def laid_down(self, block: Block) -> Block:
        """The same block, its multiples in the file."""
        if not isinstance(block, Narrow) or block.multiples is None:
            return block
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="readings-", buffering=0)  # noqa: SIM115 – closed when let go
        content = memoryview(np.ascontiguousarray(block.multiples).view(np.uint8))  # type: ignore[arg-type]  # arrays are buffers
        offset = self._end
        while len(content):
            written = os.pwrite(self._file.fileno(), content, self._end)
            content, self._end = content[written:], self._end + written
        return OnDisk(block.lowest, block.factor, block.multiples.dtype, offset, block.length, self._file)


def _multiples(values: Integers, lowest: int, factor: int, highest: int) -> npt.NDArray[Any] | None:
    """How often a factor is in what each integer is beyond the lowest, `highest` at most; null where it is not whole.

    Slice by slice, as what is made in between is as wide as the integers themselves.
    """
    type_ = next((type_ for type_ in _UNSIGNED if highest <= np.iinfo(type_).max), np.int64)
    found = np.empty(len(values), dtype=type_)
    for first, end in pairwise([*range(0, len(values), _LOOKED_AT_ONCE), len(values)]):
        beyond = values[first:end] - lowest
        times = beyond // factor if factor != 1 else beyond
        if factor != 1 and not np.array_equal(times * factor, beyond):
            return None
        found[first:end] = times
    return found


def _widened(multiples: npt.NDArray[Any], lowest: int, factor: int) -> Integers:
    values = multiples.astype(np.int64)
    if factor != 1:
        values *= factor
    if lowest:
        values += lowest
    return values
