"""Progress lines that differ in their digits alone, read as a table of characters.

Lines of one form and one length, with their points, signs and exponents in the same places, are many in a log. Where
one of them was read by its form, what every digit of the others counts is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import re2
from numpy.typing import NDArray

from evidence.observations.schema import COUNT as COUNTS
from evidence.observations.schema import FIGURE, TEXT
from evidence.parsers.columns.quick_columns import Bytes, Integers, decimals_of
from evidence.parsers.logs.step_lines import MOST_DIGITS, StepField

if TYPE_CHECKING:
    from evidence.parsers.logs.step_forms import Block, LineForm

MOST_LAYOUTS = 16
_DIGITS_IN_64_BITS = 18
_DECIMALS = 9
_ZERO = ord("0")
_NUMBER = re2.compile(rb"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,15}))?(?:[eE]([+-]?[0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Figure:
    """Where the digits of a number stand, and what they count.

    Args:
        places: of its digits, the first one first.
        power: of ten, by which the integer they are is to be multiplied.
    """

    places: Integers
    power: int
    is_negative: bool

    def of(self, lines: Bytes) -> Integers:
        """N counts, or N figures in billionths, rounded half-up."""
        weights = 10 ** np.arange(len(self.places) - 1, -1, -1, dtype=np.int64)
        value = (lines[:, self.places] - np.uint8(_ZERO)).astype(np.int64) @ weights
        if self.power >= 0:
            value *= 10**self.power
        else:
            value = (value + 10**-self.power // 2) // 10**-self.power
        return -value if self.is_negative else value


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What lines of a length look like: the lowest character at each place, and how far above it another may lie."""

    least: Bytes
    spread: Bytes
    figures: Mapping[str, Figure]
    stamp: slice | None

    def __len__(self) -> int:
        return len(self.least)

    def fitting(self, lines: Bytes) -> NDArray[np.bool_]:
        """Which of N lines of its length are of this layout."""
        return np.asarray((lines - self.least <= self.spread).all(axis=1))


def layout_of(line: bytes, form: LineForm, fields: Sequence[StepField]) -> Layout | None:
    """The layout of a line that was read by its form; null where one of its numbers is too long for 64 bits."""
    signs = np.frombuffer(line, dtype=np.uint8)
    is_digit = signs - np.uint8(_ZERO) <= 9
    may_vary = np.zeros(len(line), dtype=bool)
    bars = [-1, *np.flatnonzero(signs == ord("|")).tolist()]
    starts = [len(form.opening), *(bar + 1 + len(label) for bar, label in zip(bars[1:-1], form.labels, strict=True))]
    may_vary[: len(form.opening)] = True
    for start, end in zip(starts, bars[1:], strict=True):
        may_vary[start:end] = True
    slash = line.index(b"/", starts[0])
    spans = {fields[0].column: (starts[0], slash), fields[1].column: (slash + 1, bars[1])}
    spans |= {name: (starts[cell + 1], bars[cell + 2]) for name, cell in form.cells.items()}
    figures = {}
    for field in fields:
        if field.column in spans:
            figure = _figure(line, field, *spans[field.column])
            if figure is None:
                return None
            start, end = spans[field.column]
            may_vary[start:end] = False
            may_vary[figure.places] = True
            figures[field.column] = figure
    may_vary &= is_digit
    least = np.where(may_vary, np.uint8(_ZERO), signs)
    return Layout(least, np.where(may_vary, np.uint8(9), np.uint8(0)), figures, form.stamp)


class Layouts:
    """The layouts that lines of a form were found to have, those last of use first."""

    def __init__(self, form: LineForm, fields: Sequence[StepField]) -> None:
        self._form, self._fields = form, fields
        self._known: list[Layout] = []

    def read(self, block: Block, among: Integers) -> tuple[Integers, dict[str, pa.Array]]:
        """Which of the lines are of a known layout, and the columns of their fields and of `stamp`."""
        read: list[tuple[Layout, Integers, Bytes]] = []
        lengths = block.lengths[among]
        for layout in list(self._known):
            of_length = lengths == len(layout)
            rows = among[of_length]
            if not len(rows):
                continue
            lines = block.lines_of(rows, len(layout))
            fits = layout.fitting(lines)
            if not fits.any():
                continue
            of_length[of_length] = fits
            among, lengths = among[~of_length], lengths[~of_length]
            read.append((layout, rows[fits], lines if fits.all() else lines[fits]))
            self._known.remove(layout)
            self._known.insert(0, layout)
        if not read:
            return among[:0], {}
        rows = np.concatenate([rows for _, rows, _ in read])
        order = np.argsort(rows)
        return rows[order], _columns(read, order, self._fields)

    def learn(self, block: Block, rows: Integers) -> None:
        """The layout of the last of each length of lines that were read by the form."""
        last = dict(zip(block.lengths[rows].tolist(), rows.tolist(), strict=True))
        for row in list(last.values())[:MOST_LAYOUTS]:
            layout = layout_of(block.line(row), self._form, self._fields)
            if layout is not None:
                self._known = [layout, *self._known[: MOST_LAYOUTS - 1]]


def _columns(
    read: Sequence[tuple[Layout, Integers, Bytes]], order: Integers, fields: Sequence[StepField]
) -> dict[str, pa.Array]:
    """The fields and the `stamp` of lines of several layouts of one form, in an order of all of them."""
    first = read[0][0]
    columns: dict[str, pa.Array] = {}
    for field in fields:
        is_count = field.number in MOST_DIGITS
        if field.column not in first.figures:
            columns[field.column] = pa.nulls(len(order), COUNTS if is_count else FIGURE)
            continue
        values = np.concatenate([layout.figures[field.column].of(lines) for layout, _, lines in read])[order]
        columns[field.column] = pa.array(values, COUNTS) if is_count else decimals_of(values)
    columns["stamp"] = pa.nulls(len(order), TEXT)
    if first.stamp is not None:
        stamps = np.concatenate([lines[:, first.stamp] for _, _, lines in read])[order]
        ends = np.arange(len(order) + 1, dtype=np.int32) * np.int32(stamps.shape[1])
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(stamps))]
        columns["stamp"] = pa.Array.from_buffers(TEXT, len(order), buffers)
    return columns


def _figure(line: bytes, field: StepField, start: int, end: int) -> Figure | None:
    """The number between two places of a line."""
    printed = line[start:end]
    match = _NUMBER.fullmatch(printed.strip(b" "))
    if match is None:
        return None
    offset = start + len(printed) - len(printed.lstrip(b" "))
    sign, whole, fraction, exponent = match.groups()
    first = offset + len(sign)
    places = [*range(first, first + len(whole))]
    if fraction is not None:
        places += range(first + len(whole) + 1, first + len(whole) + 1 + len(fraction))
    if field.number in MOST_DIGITS:
        plain = len(whole) <= MOST_DIGITS[field.number] and not sign and fraction is None and exponent is None
        return Figure(np.array(places), power=0, is_negative=False) if plain else None
    power = _DECIMALS + int(exponent or 0) - len(fraction or b"")
    if len(places) + max(power, 0) > _DIGITS_IN_64_BITS or power < -_DIGITS_IN_64_BITS:
        return None
    return Figure(np.array(places), power=power, is_negative=sign == b"-")
