"""Progress lines of one layout read a block at a time, over their bytes.

A layout is learnt from a line: what stands before its counter, the label of every cell between its bars. A line is of
the layout when it differs in digits and in numbers only; then the patterns of its fields can match nowhere but behind
their labels, and what they would read is known without searching for it. Every other line is left to the patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from evidence.observations.schema import COUNT as COUNTS
from evidence.observations.schema import FIGURE, TEXT
from evidence.parsers.columns.quick_columns import Bytes, Integers, counts, figures
from evidence.parsers.logs.step_lines import MOST_DIGITS, StepField, figures_of

_LONGEST_PART = 256
_LONGEST_FIGURE = 15  # in digits before the point, by which the pattern of a number is bounded
_BAR, _ZERO, _LINE_END = ord("|"), ord("0"), ord("\n")
_PADDING = bytes(_LONGEST_PART)  # without a line end
_IS_NUMERIC = np.isin(np.arange(256, dtype=np.uint8), np.frombuffer(b"0123456789+-.eE/ ", dtype=np.uint8))


@dataclass(frozen=True, slots=True)
class LineForm:
    """A layout `<opening><step>/ <total> |<label><number>|…|`.

    Args:
        example: the line it was learnt from.
        labels: of each cell, from its bar to its colon.
        cells: the number of the cell of each field that is there.
        stamp: where in the opening the line's time stands.
    """

    example: bytes
    opening: bytes
    labels: tuple[bytes, ...]
    cells: Mapping[str, int]
    stamp: slice | None

    @property
    def bars(self) -> int:
        return len(self.labels) + 1


def form_of(line: bytes, fields: Sequence[StepField], *, counter: bytes, stamp: str) -> LineForm | None:
    """The layout of a line; null where the line is not of this kind, or a label stands in it twice.

    Args:
        fields: the step, the total, then those with a label; each of these ends with a colon.
        counter: what stands before the step, without the blank behind it.
        stamp: the pattern of the time in front of it, as its first group.
    """
    if not line.isascii() or not line.endswith(b"|"):
        return None
    first, *cells = line[:-1].split(b"|")
    before, found, _ = first.partition(counter + b" ")
    parts = [cell.rpartition(b":") for cell in cells]
    labels = tuple(label + colon for label, colon, _ in parts)
    opening = before + found
    if not found or first.count(counter) != 1 or not all(colon for _, colon, _ in parts):
        return None
    if max(len(part) for part in (opening, *labels)) > _LONGEST_PART:
        return None
    ends, end = [], len(first) + 1
    for cell, label in zip(cells, labels, strict=True):
        ends.append(end + len(label))
        end += len(cell) + 1
    places = {}
    for field in fields[2:]:
        matches = [match.end() for match in re2.finditer(field.label.encode(), line)]
        if len(matches) > 1 or any(match not in ends for match in matches):
            return None
        if matches:
            places[field.column] = ends.index(matches[0])
        elif field.required:
            return None
    stamped = re2.search(stamp.encode(), line)
    if stamped is not None and stamped.end(1) > len(opening):
        return None
    return LineForm(line, opening, labels, places, stamped and slice(*stamped.span(1)))


class Block:
    """Lines side by side, with the places of their bars."""

    def __init__(self, content: bytes) -> None:
        self._content = content + b"\n" + _PADDING
        self._bytes: Bytes = np.frombuffer(self._content, dtype=np.uint8)
        self._ends = np.flatnonzero(self._bytes == _LINE_END)
        self._starts = np.concatenate(([0], self._ends[:-1] + 1))
        self.lengths: Integers = self._ends - self._starts

    def __len__(self) -> int:
        return len(self._ends)

    def line(self, index: int) -> bytes:
        return self._content[self._starts[index] : self._ends[index]]

    def lines(self, indices: Integers) -> Iterator[bytes]:
        """Some lines, one after the other."""
        for start, end in zip(self._starts[indices].tolist(), self._ends[indices].tolist(), strict=True):
            yield self._content[start:end]

    def lines_of(self, rows: Integers, length: int) -> Bytes:
        """Lines that are so long, one below the other."""
        return self._parts(self._starts[rows], length).view(np.uint8).reshape(len(rows), length)

    @cached_property
    def _places(self) -> tuple[Integers, Integers, Integers]:
        """Where all bars stand; of each line which is its first, and how many it has."""
        bars = np.flatnonzero(self._bytes == _BAR)
        until = np.searchsorted(bars, self._ends)
        first = np.concatenate(([0], until[:-1]))
        return bars, first, until - first

    def bars_of(self, index: int) -> int:
        return int(self._places[2][index])

    def of_form(self, form: LineForm, among: Integers) -> Integers:
        """Which of the lines have the opening and the labels of a form; their numbers are yet to be looked at."""
        among = among[self._bytes[self._ends[among] - 1] == _BAR]
        rows: Integers = among[self._places[2][among] == form.bars] if len(among) else among
        if not len(rows):
            return rows
        opening = np.frombuffer(form.opening, dtype=np.uint8)
        is_digit = opening - np.uint8(_ZERO) <= 9
        least = np.where(is_digit, np.uint8(_ZERO), opening)
        found = self._parts(self._starts[rows], len(opening)).view(np.uint8).reshape(len(rows), -1)
        rows = rows[((found - least) <= np.where(is_digit, np.uint8(9), np.uint8(0))).all(axis=1)]
        bars = self._bars_at(rows, form)
        good = (bars[:, -1] == self._ends[rows] - 1) & (bars[:, 0] >= self._starts[rows] + len(opening))
        for cell, label in enumerate(form.labels):
            good &= self._parts(bars[:, cell] + 1, len(label)) == np.bytes_(label)
        of_form: Integers = rows[good]
        return of_form

    def numbers(self, rows: Integers, form: LineForm) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
        """What stands behind the opening and each label of N lines, as one column after the other, without blanks.

        Also which of the lines hold nothing else than numbers there; the texts are those of these lines only.
        """
        bars = self._bars_at(rows, form)
        places = np.empty((len(rows), 2 * form.bars), dtype=np.int32)
        places[:, 0] = self._starts[rows] + len(form.opening)
        places[:, 2::2] = bars[:, :-1] + 1 + np.array([len(label) for label in form.labels], dtype=np.int64)
        places[:, 1::2] = bars
        spans = pa.Array.from_buffers(
            pa.binary(), places.size - 1, [None, pa.py_buffer(places), pa.py_buffer(self._content)]
        )
        wanted = np.arange(0, places.size, 2).reshape(len(rows), -1).T
        found = spans.take(pa.array(wanted.ravel()))
        _, offsets, content = found.buffers()
        odd = np.flatnonzero(~_IS_NUMERIC[np.frombuffer(content, dtype=np.uint8)])
        numeric = np.ones(len(rows), dtype=bool)
        if len(odd):
            owners = np.searchsorted(np.frombuffer(offsets, dtype=np.int32), odd, side="right") - 1
            numeric[owners % len(rows)] = False
            return self.numbers(rows[numeric], form)[0] if numeric.any() else pa.array([], TEXT), numeric
        texts = pa.Array.from_buffers(TEXT, len(found), [None, offsets, content])
        return pc.ascii_trim(texts, characters=" "), numeric

    def stamps(self, rows: Integers, form: LineForm) -> pa.Array:
        """The times in front of N lines as they are printed."""
        if form.stamp is None:
            return pa.nulls(len(rows), TEXT)
        width = form.stamp.stop - form.stamp.start
        found = self._parts(self._starts[rows] + form.stamp.start, width)
        places = np.arange(len(rows) + 1, dtype=np.int32) * np.int32(width)
        return pa.Array.from_buffers(TEXT, len(rows), [None, pa.py_buffer(places), pa.py_buffer(found)])

    def _bars_at(self, rows: Integers, form: LineForm) -> Integers:
        bars, first, _ = self._places
        at: Integers = bars[first[rows][:, None] + np.arange(form.bars)]
        return at

    def _parts(self, starts: Integers, width: int) -> npt.NDArray[np.bytes_]:
        """So many bytes from each place; the padding behind the last line lets all of them be taken."""
        every: npt.NDArray[np.bytes_] = np.ndarray(
            (len(self._content) - width + 1,), dtype=f"S{width}", buffer=self._content, strides=(1,)
        )
        return every[starts]


def read_form(
    block: Block, among: Integers, *, form: LineForm, fields: Sequence[StepField]
) -> tuple[Integers, dict[str, pa.Array]]:
    """Which of the lines are of a form throughout, and the columns of their fields and of `stamp`."""
    rows = block.of_form(form, among)
    while len(rows):
        texts, good = block.numbers(rows, form)
        rows = rows[good]
        if not len(rows):
            break
        columns, fitting = _columns(texts, len(rows), form, fields)
        if fitting is None:
            return rows, {**columns, "stamp": block.stamps(rows, form)}
        rows = rows[fitting]
    return rows, {}


def _columns(
    texts: pa.Array, rows: int, form: LineForm, fields: Sequence[StepField]
) -> tuple[dict[str, pa.Array], npt.NDArray[np.bool_] | None]:
    """The columns of N lines; or, where a number is not what its field wants, the lines that are good so far."""
    halves = pc.split_pattern(texts.slice(0, rows), "/")
    paired = pc.equal(pc.list_value_length(halves), 2)
    if not pc.all(paired).as_py():
        return {}, paired.to_numpy(zero_copy_only=False)
    flat = pc.ascii_trim(halves.flatten(), characters=" ")
    step, total = (flat.take(pa.array(np.arange(half, 2 * rows, 2))) for half in (0, 1))
    printed = {fields[0].column: step, fields[1].column: total}
    columns = {}
    for field in fields:
        place = form.cells.get(field.column)
        if place is not None:
            printed[field.column] = texts.slice((place + 1) * rows, rows)
        if field.column not in printed:
            columns[field.column] = pa.nulls(rows, COUNTS if field.number in MOST_DIGITS else FIGURE)
            continue
        column, good = _typed(printed[field.column], field)
        if column is None:
            return {}, good
        columns[field.column] = column
    return columns, None


def _typed(texts: pa.Array, field: StepField) -> tuple[pa.Array | None, npt.NDArray[np.bool_] | None]:
    most = MOST_DIGITS.get(field.number)
    longest = pc.max(pc.binary_length(texts)).as_py()
    column = None
    if longest <= (most or _LONGEST_FIGURE):
        column = figures(texts) if most is None else counts(texts)
    if column is not None:
        return column, None
    fits = pc.match_substring_regex(texts, f"^(?:{field.number})$")
    if not pc.all(fits).as_py():
        return None, fits.to_numpy(zero_copy_only=False)
    return (figures_of(texts) if most is None else texts.cast(COUNTS)), None
