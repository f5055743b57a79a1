"""What must hold between the readings of one meter, told while they pass by: order, no instant twice, no gap.

Memory grows with the meters, not with the readings: a reading later or earlier than all before it of its meter repeats
none; the few others are looked up in the table when it is whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from evidence.observations.stored import Rows, batches_of, one_array
from evidence.parsers.energy.series_gaps import GapCheck

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_NEVER = np.iinfo(np.int64).min
_KEYS_AT_ONCE = 1_000_000
_SPAN = 1 << 43  # longer than all milliseconds from 1970 to 2199
_DAY = 86_400_000
_FEW_METERS = 1 << 16  # so many times the milliseconds from 1970 to 2199 are no more than 64 bits hold


@dataclass
class Finding:
    """How many rows show one fault, and the place of the first of them."""

    count: int = 0
    where: Where | None = None

    def note(self, mask: Mask, batch: pa.Table) -> None:
        """More rows, of which the mask tells those with the fault."""
        number = int(np.count_nonzero(mask))
        if number and self.where is None:
            first = int(np.argmax(mask))
            self.where = Where(line=batch.column("line")[first].as_py(), cell=batch.column("cell")[first].as_py())
        self.count += number


class SeriesCheck:
    """Takes the rows of `energy_readings` in file order, batch by batch; `close` ends it."""

    def __init__(self) -> None:
        self.negative, self.backwards, self.repeated = Finding(), Finding(), Finding()
        self.gaps = GapCheck()
        self.first_at: int | None = None
        self.last_at: int | None = None
        self._codes: dict[str, int] = {}
        self._last = _Growing(_NEVER)
        self._highest, self._lowest = _Growing(_NEVER), _Growing(np.iinfo(np.int64).max)
        self._end = (_NEVER, -1)  # instant and meter of the row before, as long as all came in this order
        self._late: list[tuple[Integers, Integers]] = []

    @property
    def meters(self) -> int:
        return len(self._codes)

    def add(self, batch: pa.Table) -> None:
        """The next rows."""
        if not batch.num_rows:
            return
        self.negative.note(_negative(batch.column("value")), batch)
        codes = self._codes_of(batch.column("meter"))
        at = batch.column("at").cast(pa.int64()).to_numpy()
        lowest, highest = int(at.min()), int(at.max())
        self.first_at = lowest if self.first_at is None else min(self.first_at, lowest)
        self.last_at = highest if self.last_at is None else max(self.last_at, highest)
        for state in (self._last, self._highest, self._lowest):
            state.grow(len(self._codes))
        self.gaps.add(codes, at, self._last.values, batch)
        if not self._in_step(codes, at):
            self._by_meter(codes, at, batch)

    def close(self, table: Rows) -> None:
        """Look up the readings that may repeat an earlier one, in the table of all rows, and count the gaps."""
        self.gaps.close(table, list(self._codes))
        if not self._late:
            return
        codes = np.concatenate([codes for codes, _ in self._late])
        at = np.concatenate([at for _, at in self._late])
        order = np.lexsort((at, codes))
        codes, at = codes[order], at[order]
        fresh = np.append(True, (np.diff(codes) != 0) | (np.diff(at) != 0))
        codes, at = codes[fresh], at[fresh]
        for begin in range(0, len(codes), _KEYS_AT_ONCE):
            self._look_up(codes[begin : begin + _KEYS_AT_ONCE], at[begin : begin + _KEYS_AT_ONCE], table)

    def _codes_of(self, meters: pa.ChunkedArray) -> Integers:
        encoded = one_array(meters).dictionary_encode()
        own = [self._codes.setdefault(name, len(self._codes)) for name in encoded.dictionary.to_pylist()]
        codes: Integers = np.array(own, dtype=np.int64)[encoded.indices.to_numpy()]
        return codes

    def _in_step(self, codes: Integers, at: Integers) -> bool:
        """Whether the rows go on by instant, and within an instant by meter: then nothing is repeated or late."""
        end_at, end_code = self._end
        goes_on = (int(at[0]), int(codes[0])) > (end_at, end_code)
        if not (goes_on and _ascends(at, codes)):
            self._end = (np.iinfo(np.int64).max, -1)
            return False
        self._end = (int(at[-1]), int(codes[-1]))
        self._last.values[codes] = at
        self._highest.values[:] = self._last.values  # as long as no reading was late
        new = np.flatnonzero(self._lowest.values == np.iinfo(np.int64).max)
        if len(new):
            self._lowest.values[codes[::-1]] = np.minimum(self._lowest.values[codes[::-1]], at[::-1])
        return True

    def _by_meter(self, codes: Integers, at: Integers, batch: pa.Table) -> None:
        order = np.argsort(codes, kind="stable")
        codes, at = codes[order], at[order]
        opens = np.append(True, codes[1:] != codes[:-1])
        before = np.where(opens, self._last.values[codes], np.append(_NEVER, at[:-1]))
        backwards = at < before
        if backwards.any():
            self.backwards.note(_placed(backwards, order), batch)
        rank = np.cumsum(opens) - 1
        highest = _running(at, rank, opens, self._highest.values[codes])
        lowest = -_running(-at, rank, opens, -self._lowest.values[codes])
        late = ~((at > highest) | (at < lowest))
        if late.any():
            self._late.append((codes[late], at[late]))
        closes = np.append(opens[1:], True)
        ends = codes[closes]
        self._last.values[ends] = at[closes]
        self._highest.values[ends] = np.maximum(highest, at)[closes]
        self._lowest.values[ends] = np.minimum(lowest, at)[closes]

    def _look_up(self, codes: Integers, at: Integers, table: Rows) -> None:
        meters = np.unique(codes)
        keys = np.searchsorted(meters, codes) * _SPAN + at + _DAY
        seen = np.zeros(len(keys), dtype=np.int64)
        for batch in _with_places(table):
            own = self._codes_of(batch.column("meter"))
            ranks = np.minimum(np.searchsorted(meters, own), len(meters) - 1)
            sought = ranks * _SPAN + batch.column("at").cast(pa.int64()).to_numpy() + _DAY
            places = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
            rows = np.flatnonzero((meters[ranks] == own) & (keys[places] == sought))
            found = places[rows]
            again = np.ones(len(rows), dtype=bool)
            again[np.unique(found, return_index=True)[1]] = False
            repeated = np.zeros(batch.num_rows, dtype=bool)
            repeated[rows] = again | (seen[found] > 0)
            self._note_repeated(repeated, batch)
            seen += np.bincount(found, minlength=len(keys))

    def _note_repeated(self, repeated: Mask, batch: pa.Table) -> None:
        earlier = self.repeated.where
        self.repeated.note(repeated, batch)
        if earlier is not None and repeated.any():
            first = int(np.argmax(repeated))
            line = batch.column("line")[first].as_py()
            if earlier.cell is None and earlier.line is not None and line < earlier.line:
                self.repeated.where = Where(line=line)


class _Growing:
    """One integer per meter."""

    def __init__(self, empty: int) -> None:
        self._empty = empty
        self.values: Integers = np.full(64, empty, dtype=np.int64)

    def grow(self, size: int) -> None:
        if size > len(self.values):
            more = np.full(max(size, 2 * len(self.values)) - len(self.values), self._empty, dtype=np.int64)
            self.values = np.concatenate([self.values, more])


def moment(milliseconds: int) -> dt.datetime:
    """An instant of a series as a datetime."""
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=milliseconds)


def _ascends(at: Integers, codes: Integers) -> bool:
    """Whether rows go on by instant, and within an instant by meter."""
    if int(codes.max()) < _FEW_METERS:
        keys = at * _FEW_METERS + codes
        return bool((keys[1:] > keys[:-1]).all())
    passed = np.diff(at)
    return bool(((passed > 0) | ((passed == 0) & (np.diff(codes) > 0))).all())


def _negative(values: pa.ChunkedArray) -> Mask:
    """Which figures are below zero, told from the sign of their upper halves."""
    array = one_array(values)
    if array.null_count:
        found: Mask = pc.fill_null(pc.less(array, pa.scalar(0, array.type)), fill_value=False).to_numpy(
            zero_copy_only=False
        )
        return found
    halves = np.frombuffer(array.buffers()[1], dtype="<i8").reshape(-1, 2)
    below: Mask = halves[array.offset : array.offset + len(array), 1] < 0
    return below


def _running(values: Integers, rank: Integers, opens: Mask, before: Integers) -> Integers:
    """The highest of all values before each one, within a rank and with what stood before it."""
    shift = rank * (2 * _SPAN)
    highest = np.maximum.accumulate(values + shift) - shift
    return np.where(opens, before, np.maximum(before, np.append(_NEVER, highest[:-1])))


def _placed(mask: Mask, order: npt.NDArray[np.intp]) -> Mask:
    """A mask over sorted rows as one over the rows as they stood."""
    placed = np.zeros(len(mask), dtype=bool)
    placed[order[mask]] = True
    return placed


def _with_places(table: Rows) -> Iterator[pa.Table]:
    for batch in batches_of(table, ("meter", "at", "line", "cell")):
        yield pa.Table.from_batches([batch])
