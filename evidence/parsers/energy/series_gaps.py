"""Gaps of regular series: steps longer than the one nearly all others have.

A series that stands still until its value changes has no usual step, and its silence is no gap.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from evidence.observations.stored import Rows, batches_of

# Of the steps of a series, this many must be the usual one before a longer one is called a gap.
REGULAR_PERCENT = 90
FEWEST_STEPS = 10
# A series with more different steps than this has no usual one.
MOST_STEPS = 2_000
# Readings of disordered series that are put in order to be looked at; of more than these only the disorder is told.
MOST_PUT_IN_ORDER = 20_000_000
NEVER = np.iinfo(np.int64).min

Integers = npt.NDArray[np.int64]


class _End(NamedTuple):
    """The row after a step: its number in the file, the instant it tells, and its place."""

    row: int
    at: int
    where: Where


class Gap(NamedTuple):
    """The time between two readings of a meter, in ms since 1970 UTC."""

    meter: str
    start: int
    end: int


@dataclass
class _Series:
    """Steps of one meter: how many of each other than its first, and the row in which the first of each ends."""

    counts: Counter[int] = field(default_factory=Counter)
    ends: dict[int, _End] = field(default_factory=dict)

    @property
    def has_no_usual_step(self) -> bool:
        return len(self.counts) > MOST_STEPS


class GapCheck:
    """Takes the readings of all meters in file order; `close` says how many gaps there are, and which is the longest.

    Memory grows with meters and different steps, not with readings, as long as each meter's readings come in order.
    """

    def __init__(self) -> None:
        self.count = self.missing = 0
        self.where: Where | None = None
        self.longest: Gap | None = None
        self._first = np.zeros(0, dtype=np.int64)  # the first step of each meter, which most others are like
        self._like_first = np.zeros(0, dtype=np.int64)
        self._disordered = np.zeros(0, dtype=bool)  # which meters have a reading before an earlier one
        self._series: dict[int, _Series] = {}
        self._seen = 0

    def add(self, codes: Integers, at: Integers, before: Integers, batch: pa.Table) -> None:
        """The next readings.

        Args:
            codes: a number per meter; `at`: instants; one of each for every row.
            before: the last instant of each meter before these rows, `NEVER` where there is none.
            batch: the same rows, with `line` and `cell`.
        """
        previous = _previous(codes, at, before)
        if self._go_on_as_ever(codes, at - previous, meters=len(before)):
            return
        steps = np.where(previous == NEVER, 0, at - previous)
        self._know_first(codes, steps, at, batch, size=len(before))
        usual = (steps > 0) & (steps == self._first[codes])
        self._like_first += np.bincount(codes[usual], minlength=len(self._first))
        others = np.flatnonzero(~usual & (steps != 0))
        self._disordered[codes[others[steps[others] < 0]]] = True
        # Steps between readings in disorder tell nothing, and are of nearly as many lengths as there are readings.
        longer = others[(steps[others] > 0) & ~self._disordered[codes[others]]]
        kinds, kind = np.unique(steps[longer], return_inverse=True)
        pairs, rows, counts = np.unique(codes[longer] * len(kinds) + kind, return_index=True, return_counts=True)
        for pair, row, number in zip(pairs.tolist(), longer[rows].tolist(), counts.tolist(), strict=True):
            code, step = pair // len(kinds), int(kinds[pair % len(kinds)])
            self._note(code, step, number, _End(self._seen + row, int(at[row]), _place(batch, row)))
        self._seen += len(codes)

    def close(self, table: Rows, names: list[str]) -> None:
        """Count the gaps, once all readings have passed; `names` are the meters by code."""
        found: list[_End] = []
        for code, first in enumerate(self._first):
            series = self._series.get(code)
            if series is None or series.has_no_usual_step or self._disordered[code]:
                continue
            counts = series.counts + Counter({int(first): int(self._like_first[code])})
            found += [self._seen_gap(names[code], step, series.ends[step]) for step in self._long_steps(counts)]
        if self._disordered.any():
            found += self._in_order(table, [names[code] for code in np.flatnonzero(self._disordered).tolist()])
        if found:
            self.where = min(found, key=lambda end: end.row).where

    def _seen_gap(self, meter: str, step: int, end: _End) -> _End:
        """Remember the longest one; of equal ones the first that is seen."""
        if self.longest is None or step > self.longest.end - self.longest.start:
            self.longest = Gap(meter, end.at - step, end.at)
        return end

    def _go_on_as_ever(self, codes: Integers, steps: Integers, *, meters: int) -> bool:
        """Count readings that all come one usual step after the one before; false, and nothing counted, of others.

        The step behind `NEVER` is beyond all bounds, and like none.
        """
        if len(self._first) != meters or int(steps.min()) <= 0 or not np.array_equal(steps, self._first[codes]):
            return False
        self._like_first += np.bincount(codes, minlength=meters)
        self._seen += len(codes)
        return True

    def _know_first(self, codes: Integers, steps: Integers, at: Integers, batch: pa.Table, *, size: int) -> None:
        grown = size - len(self._first)
        if grown > 0:
            self._first = np.append(self._first, np.zeros(grown, dtype=np.int64))
            self._like_first = np.append(self._like_first, np.zeros(grown, dtype=np.int64))
            self._disordered = np.append(self._disordered, np.zeros(grown, dtype=bool))
        if self._first[: codes.max() + 1].all():
            return
        rows = np.flatnonzero((steps > 0) & (self._first[codes] == 0))
        own, opening = np.unique(codes[rows], return_index=True)
        self._first[own] = steps[rows[opening]]
        for code, row in zip(own.tolist(), rows[opening].tolist(), strict=True):
            end = _End(self._seen + row, int(at[row]), _place(batch, row))
            self._series.setdefault(code, _Series()).ends[int(steps[row])] = end

    def _note(self, code: int, step: int, number: int, end: _End) -> None:
        """So many steps of this length, the first of them ending at this row."""
        series = self._series.setdefault(code, _Series())
        if series.has_no_usual_step:
            return
        if step not in series.counts:
            series.ends[step] = end
        series.counts[step] += number

    def _long_steps(self, counts: Counter[int]) -> list[int]:
        """The steps of a regular series in which at least one whole reading is missing."""
        total = counts.total()
        usual, often = max(counts.items(), key=lambda one: (one[1], -one[0]))
        if total < FEWEST_STEPS or often * 100 < total * REGULAR_PERCENT:
            return []
        long = [step for step in counts if 2 * step >= 3 * usual]
        self.count += sum(counts[step] for step in long)
        self.missing += sum(counts[step] * max(step // usual - 1, 1) for step in long)
        return long

    def _in_order(self, table: Rows, meters: list[str]) -> list[_End]:
        """The same of the meters whose readings came in disorder, after putting them in order."""
        ordered = _put_in_order(table, meters)
        if ordered is None:
            return []
        own = ordered.column("meter").to_numpy()
        instants = ordered.column("at").cast(pa.int64()).to_numpy()
        begins = np.flatnonzero(np.append(True, own[1:] != own[:-1])).tolist()
        found = []
        for begin, end in pairwise([*begins, len(own)]):
            steps = np.diff(instants[begin:end])
            counts = Counter({int(step): int(n) for step, n in zip(*np.unique(steps, return_counts=True), strict=True)})
            del counts[0]
            if not counts or len(counts) > MOST_STEPS:
                continue
            for step in self._long_steps(counts):
                row = begin + int(np.argmax(steps == step)) + 1
                place = _place(ordered, row)
                gap = _End(place.line or 0, int(instants[row]), place)
                found.append(self._seen_gap(meters[own[row]], step, gap))
        return found


def _put_in_order(table: Rows, meters: list[str]) -> pa.Table | None:
    """The readings of these meters by meter and instant, `meter` its place among them; null where they are too many."""
    known = pa.array(meters, pa.string())
    parts, put = [], 0
    for batch in batches_of(table, ("meter", "at", "line", "cell")):
        place = pc.index_in(batch.column("meter").cast(pa.string()), value_set=known)
        own = pa.table({"meter": place, **{name: batch.column(name) for name in ("at", "line", "cell")}})
        parts.append(own.filter(pc.is_valid(place)))
        put += parts[-1].num_rows
        if put > MOST_PUT_IN_ORDER:
            return None
    return pa.concat_tables(parts).sort_by([("meter", "ascending"), ("at", "ascending"), ("line", "ascending")])


def _previous(codes: Integers, at: Integers, before: Integers) -> Integers:
    """The instant of each row's meter before it."""
    width = int(np.argmax(codes[1:] == codes[0])) + 1 if len(codes) > 1 else 1
    by_turns = len(codes) > width and np.array_equal(codes[width:], codes[:-width])
    if by_turns and len(np.unique(codes[:width])) == width:  # each meter once in every turn, or one meter alone
        return np.concatenate([before[codes[:width]], at[:-width]])
    order = np.argsort(codes, kind="stable")
    own, instants = codes[order], at[order]
    opens = np.append(True, own[1:] != own[:-1])
    previous = np.empty_like(at)
    previous[order] = np.where(opens, before[own], np.append(NEVER, instants[:-1]))
    return previous


def _place(rows: pa.Table, row: int) -> Where:
    return Where(line=rows.column("line")[row].as_py(), cell=rows.column("cell")[row].as_py())
