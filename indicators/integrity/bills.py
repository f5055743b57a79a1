"""Billing periods of the electricity utility, those for which every account of the centre has handed in its bill."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from indicators.measures.base import CentreEvidence
from indicators.measures.columns import FIGURE_SCALE, distinct, figures, milliseconds
from indicators.measures.meters import DAY

_SPAN = ("start_at", "end_at")


@dataclass(frozen=True)
class Bill:
    """What all accounts together were billed between two readings.

    Args:
        start, end: ms since 1970 UTC.
        within: each reading was taken in the so many ms from its instant: a day where the bill names days only.
    """

    start: int
    end: int
    within: int
    kwh: Fraction

    def follows(self, other: Bill) -> bool:
        """Whether it begins with the reading the other ends with, or on the day after it, as bills may be written."""
        return 0 <= self.start - other.end <= max(self.within, other.within)

    def joined(self, other: Bill) -> Bill:
        return Bill(self.start, other.end, max(self.within, other.within), self.kwh + other.kwh)


def bills_of(evidence: CentreEvidence) -> tuple[Bill, ...]:
    """Every account's bill of the same period added up, ascending and disjoint.

    A bill keyed from its scan and exported besides counts once. A period that an account lacks, or of which it has two
    different bills for one meter, is left out: nobody can say what was supplied in it.
    """
    rows = distinct(evidence.rows("utility_bills"), by=("account", "start_at", "end_at", "billed_kwh"))
    accounts = set(rows.column("account").to_pylist())
    periods: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, span in enumerate(zip(*(milliseconds(rows.column(name)).tolist() for name in _SPAN), strict=True)):
        periods[span].append(place)
    found: list[Bill] = []
    for (start, end), places in sorted(periods.items()):
        own = rows.take(pa.array(places))
        is_whole = set(own.column("account").to_pylist()) == accounts and not _contradicts_itself(own)
        if is_whole and (not found or start >= found[-1].end):
            found.append(_added_up(start, end, own))
    return tuple(found)


def in_a_row(bills: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """Bills that follow each other as one: only their outer readings are uncertain."""
    found: list[Bill] = []
    for bill in bills:
        if found and bill.follows(found[-1]):
            found[-1] = found[-1].joined(bill)
        else:
            found.append(bill)
    return tuple(found)


def _added_up(start: int, end: int, own: pa.Table) -> Bill:
    kwh = sum(map(int, figures(own.column("billed_kwh")).tolist()))
    return Bill(start, end, DAY if any(own.column("by_day").to_pylist()) else 0, Fraction(kwh, FIGURE_SCALE))


def _contradicts_itself(own: pa.Table) -> bool:
    meters = list(zip(own.column("account").to_pylist(), own.column("meter").to_pylist(), strict=True))
    return len(set(meters)) < len(meters)
