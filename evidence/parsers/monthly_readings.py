"""The energy of a meter month by month, and the register it was read from.

A month counts by its own two readings, as long as each starts where the one before ended. Where a register falls or its
months do not join, all of its readings are handed on beside them: whether it rolled over, was replaced or simply went
on between two readings is for the rule of the meters, which knows what the profile declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from core.provenance import Where
from evidence.parsers.months import Month, month_after


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
    """What the register of a meter showed when a month began."""

    meter: str
    month: Month
    value: Decimal
    unit: str | None
    multiplier: Decimal | None
    where: Where


def breaks(readings: Iterable[MonthlyReading]) -> Iterator[Break]:
    """Where the months of a register do not join."""
    for months in _by_meter(readings):
        for (before, (_, end, _)), (after, (start, _, where)) in pairwise(months):
            if _follows(before, after) and start != end:
                yield Break(after.meter, after.month, start, end, where, before.where)


def registers_to_judge(readings: Iterable[MonthlyReading]) -> Iterator[RegisterReading]:
    """The readings of every register that falls or does not join, once for each border of its months.

    Where two stand at one border the end of the month before counts. A register whose multiplier changes is none.
    """
    for months in _by_meter(readings):
        own = [reading for reading, _ in months]
        odd = any(reading.fell for reading in own) or any(breaks(own))
        if not odd or len({(reading.multiplier, reading.unit) for reading in own}) > 1:
            continue
        before: MonthlyReading | None = None
        for reading, (start, end, start_where) in months:
            if before is None or not _follows(before, reading):
                yield _shown(reading, reading.month, start, start_where)
            yield _shown(reading, month_after(reading.month), end, reading.where)
            before = reading


def _by_meter(readings: Iterable[MonthlyReading]) -> Iterable[list[tuple[MonthlyReading, Register]]]:
    """The months of each meter that were read from its register, ascending."""
    found: dict[str, list[tuple[MonthlyReading, Register]]] = {}
    for reading in sorted(readings, key=lambda reading: reading.month):
        if reading.register is not None:
            found.setdefault(reading.meter, []).append((reading, reading.register))
    return found.values()


def _follows(before: MonthlyReading, after: MonthlyReading) -> bool:
    return month_after(before.month) == after.month


def _shown(reading: MonthlyReading, month: Month, value: Decimal, where: Where) -> RegisterReading:
    return RegisterReading(reading.meter, month, value, reading.unit, reading.multiplier, where)
