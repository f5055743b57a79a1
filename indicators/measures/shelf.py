"""Ledgers of many meters, of which only a few lie open at a time.

A ledger at rest takes two to four bytes per regular reading, and none of memory once there are too many: then it lies
in a file. What the year asks of every ledger is answered when it is made, two of them at once; what was asked of it
besides is remembered. So that most are never opened again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from threading import RLock
from typing import overload

import numpy as np
import pyarrow as pa

from centres.profile import FacilityProfile, Meter
from core.period import Period
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import Integers, bounds
from indicators.measures.intervals import gaps
from indicators.measures.meter_checks import is_sound
from indicators.measures.meters import Ledger, ledgers
from indicators.measures.packing import Narrow, Packed, Spill, packed
from indicators.measures.readings import made_by_meter

MONTHS = 12
OPEN_AT_ONCE = 32 * 1024**2
AT_REST_IN_MEMORY = 32 * 1024**2
FEW_STRETCHES = 32  # without a gap: of their ends it is remembered what was used until then, and they tell the coverage
_BEFORE_ALL = int(np.iinfo(np.int64).min)
_ARRAYS = 5  # starts, ends, energies, covered parts and totals


def year_of(profile: FacilityProfile) -> Period:
    """The twelve whole months before application, of which measures of energy ask."""
    return Period.whole_months(profile.applied_on, months=MONTHS, zone=profile.place.timezone)


def ledgers_of(evidence: CentreEvidence, meter: Meter) -> dict[str, Kept]:
    """The ledgers of a declared meter by form, as read and nothing taken out; none where it has no readings."""
    if "ledgers" not in evidence.derived:
        shelf, zone = shelf_of(evidence), evidence.profile.zone
        declared = {known.id: known for known in evidence.profile.meters}
        months = year_of(evidence.profile).months(evidence.profile.place.timezone)

        def make(name: str, own: pa.Table) -> dict[str, Kept]:
            kept = {form: shelf.put(ledger) for form, ledger in ledgers(declared[name], own, zone=zone).items()}
            for one in kept.values():
                one.remember([bounds(month) for _, month in months])
            return kept

        evidence.derived["ledgers"] = dict(made_by_meter(evidence, list(declared), make))
    found: dict[str, Kept] = evidence.derived["ledgers"][meter.id]
    return found


def shelf_of(evidence: CentreEvidence) -> Shelf:
    """The shelf on which the ledgers of a centre lie."""
    shelf: Shelf = evidence.derived.setdefault("shelf", Shelf())
    return shelf


class Shelf:
    """Takes ledgers and gives them back, within a bound of memory; several threads may ask it at once."""

    def __init__(self) -> None:
        self._room = RLock()  # for what lies open, and where the rest lies
        self._open: OrderedDict[int, Ledger] = OrderedDict()
        self._spill = Spill()
        self._in_memory = self._number = 0

    def put(self, ledger: Ledger) -> Kept:
        """A ledger laid to rest; it lies open until others need the room."""
        rest = self._at_rest(ledger)
        with self._room:
            self._number += 1
            self._opened(self._number, ledger)
            return Kept(self, self._number, ledger, rest)

    def open(self, number: int, rest: _Rest) -> Ledger:
        """The ledger of a number, with its segments."""
        with self._room:
            ledger = self._open.get(number)
            if ledger is None:
                ledger = rest.ledger()
                self._opened(number, ledger)
            else:
                self._open.move_to_end(number)
            return ledger

    def close(self, number: int) -> None:
        """A ledger that alone takes more than all the room lies open no longer than it is asked."""
        with self._room:
            if number in self._open and _size(self._open[number]) > OPEN_AT_ONCE:
                del self._open[number]

    def _opened(self, number: int, ledger: Ledger) -> None:
        self._open[number] = ledger
        held = sum(_size(other) for other in self._open.values())
        while held > OPEN_AT_ONCE and len(self._open) > 1:
            _, closed = self._open.popitem(last=False)
            held -= _size(closed)

    def _at_rest(self, ledger: Ledger) -> _Rest:
        nothing = np.zeros(0, dtype=np.int64)  # not a part of a column, which would hold all of it
        head = replace(ledger, starts=nothing, ends=nothing, energies=nothing, covered_from=nothing)
        lengths = ledger.ends - ledger.starts
        is_covered = ledger.covered_from is ledger.starts or np.array_equal(ledger.covered_from, ledger.starts)
        return _Rest(
            head,
            self._down(ledger.starts),
            self._down(lengths),
            self._down(ledger.energies),
            None if is_covered else self._down(ledger.covered_from - ledger.starts),
        )

    def _down(self, values: Integers) -> Packed:
        found = packed(values)
        with self._room:
            if isinstance(found, Narrow) and self._in_memory + found.nbytes > AT_REST_IN_MEMORY:
                return self._spill.laid_down(found)
            self._in_memory += found.nbytes
        return found


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a ledger is made of again; `uncovered` from the start of each segment, null where all are covered whole."""

    head: Ledger
    starts: Packed
    lengths: Packed
    energies: Packed
    uncovered: Packed | None

    def ledger(self) -> Ledger:
        starts = self.starts.unpacked()
        return replace(
            self.head,
            starts=starts,
            ends=starts + self.lengths.unpacked(),
            energies=self.energies.unpacked(),
            covered_from=starts if self.uncovered is None else starts + self.uncovered.unpacked(),
        )


class Kept:
    """A ledger on a shelf: it answers what a ledger does, exactly, and is opened for what it was not asked before."""

    def __init__(self, shelf: Shelf, number: int, ledger: Ledger, rest: _Rest) -> None:
        self._shelf, self._number, self._rest = shelf, number, rest
        self._until: dict[int, Fraction] = {}
        self._covered: dict[tuple[int, int], int] = {}
        self._known: list[tuple[int, int]] | None = None
        self._is_sound: bool | None = None
        self.form, self.quantum, self.usual = ledger.form, ledger.quantum, ledger.usual
        self.rejected, self.resets = ledger.rejected, ledger.resets
        self.flagged = ledger.flagged

    @property
    def ledger(self) -> Ledger:
        """The ledger itself, for as long as it is held."""
        return self._shelf.open(self._number, self._rest)

    def kwh(self, start: int, end: int) -> Fraction:
        """Energy between two instants; what no segment covers is not in it."""
        return (self._used_until(end) - self._used_until(start)) * self.quantum

    def covered(self, start: int, end: int) -> int:
        """Milliseconds of a window that readings cover."""
        if (start, end) not in self._covered:
            stretches = self._stretches()
            self._covered[start, end] = (
                self.ledger.covered(start, end) if stretches is None else _shared(stretches, start, end)
            )
        return self._covered[start, end]

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        """What readings leave uncovered of a window, as disjoint ascending intervals."""
        if self.covered(start, end) == end - start:  # segments are disjoint: nothing is left
            return []
        stretches = self._stretches()
        return self.ledger.uncovered(start, end) if stretches is None else gaps(stretches, start, end)

    def remember(self, spans: Sequence[tuple[int, int]]) -> None:
        """Answer while the ledger lies open what will be asked of spans side by side, and of all of them."""
        self.known()
        self.is_sound()
        self._covered[spans[0][0], spans[-1][1]] = sum(self.covered(*span) for span in spans)
        for start, end in (*spans, *self.known()[:FEW_STRETCHES]):
            self._used_until(start)
            self._used_until(end)
        self._shelf.close(self._number)

    def known(self) -> list[tuple[int, int]]:
        """The time for which there is energy, as disjoint ascending intervals."""
        if self._known is None:
            self._known = self.ledger.known()
        return self._known

    def is_sound(self) -> bool:
        """Whether no check takes anything out of it, whatever the meters around it say."""
        if self._is_sound is None:
            self._is_sound = is_sound(self.ledger)
        return self._is_sound

    def _stretches(self) -> list[tuple[int, int]] | None:
        """The time that readings cover, where it is all the time known and of few stretches; None where it is not."""
        known = self.known()
        return known if self._rest.uncovered is None and len(known) <= FEW_STRETCHES else None

    def _used_until(self, instant: int) -> Fraction:
        if self._known is not None:  # in a gap nothing is used
            begun = bisect_left(self._known, (instant,))
            instant = min(instant, self._known[begun - 1][1]) if begun else _BEFORE_ALL
        if instant not in self._until:
            self._until[instant] = self.ledger.until(instant)
        return self._until[instant]


class Opened(Sequence[Ledger]):
    """The ledgers of some that are kept, each opened when it is looked at."""

    def __init__(self, kept: Sequence[Kept]) -> None:
        self._kept = kept

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, place: int) -> Ledger: ...
    @overload
    def __getitem__(self, place: slice) -> Opened: ...
    def __getitem__(self, place: int | slice) -> Ledger | Opened:
        return Opened(self._kept[place]) if isinstance(place, slice) else self._kept[place].ledger


def _shared(stretches: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """Milliseconds of a window that lie in one of some disjoint stretches."""
    return sum(max(min(last, end) - max(first, start), 0) for first, last in stretches)


def _size(ledger: Ledger) -> int:
    return _ARRAYS * 8 * len(ledger.starts)
