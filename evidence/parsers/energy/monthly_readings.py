"""The energy of a meter month by month, and the register it was read from.

All readings of a register are handed on beside the energy of its months: whether it rolled over, was replaced or simply
went on between two readings, which may stand in two workbooks, is for the rule of the meters, which knows what the
profile declares and what other files hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from core.provenance import Where
from evidence.parsers.energy.months import Month, month_after


class Register(NamedTuple):
    """What a register showed at the start and at the end of a month, and where the first stands."""

    start: Decimal
    end: Decimal
    start_where: Where

    def times(self, factor: Decimal) -> Register:
        return Register(self.start * factor, self.end * factor, self.start_where)


@dataclass(frozen=True, slots=True)
class MonthlyReading:
    """The energy of one meter in one month, before a zone gives it instants; negative where its register fell."""

    meter: str
    month: Month
    value: Decimal
    unit: str | None
    multiplier: Decimal | None
    where: Where
    register: Register | None = None

    @property
    def fell(self) -> bool:
        return self.register is not None and self.register.end < self.register.start


class Break(NamedTuple):
    """A month whose register does not start where it ended the month before."""

    meter: str
    month: Month
    start: Decimal
    end: Decimal  # of the month before
    where: Where
    other: Where


class RegisterReading(NamedTuple):
    """What the register of a reading showed as its month opened, or as it closed, when the next one began."""

    of: MonthlyReading
    word: str
    month: Month
    value: Decimal
    where: Where


def breaks(readings: Iterable[MonthlyReading]) -> Iterator[Break]:
    """Where the months of a register do not join."""
    for months in _by_meter(readings):
        for (before, (_, end, _)), (after, (start, _, where)) in pairwise(months):
            if _follows(before, after) and start != end:
                yield Break(after.meter, after.month, start, end, where, before.where)


def registers(readings: Iterable[MonthlyReading]) -> Iterator[RegisterReading]:
    """What every register showed when its months began and ended, as it stands in the sheet."""
    for months in _by_meter(readings):
        for reading, (start, end, start_where) in months:
            yield RegisterReading(reading, "opening", reading.month, start, start_where)
            yield RegisterReading(reading, "closing", month_after(reading.month), end, reading.where)


def _by_meter(readings: Iterable[MonthlyReading]) -> Iterable[list[tuple[MonthlyReading, Register]]]:
    """The months of each meter that were read from its register, ascending."""
    found: dict[str, list[tuple[MonthlyReading, Register]]] = {}
    for reading in sorted(readings, key=lambda reading: reading.month):
        if reading.register is not None:
            found.setdefault(reading.meter, []).append((reading, reading.register))
    return found.values()


def _follows(before: MonthlyReading, after: MonthlyReading) -> bool:
    return month_after(before.month) == after.month
