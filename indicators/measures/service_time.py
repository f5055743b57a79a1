"""How long a service was down: by its gateway's windows, and by the incident record where no window tells.

A gateway that is down exports nothing. Time of a service without a window that tells counts where the record explains
it, as an outage or as announced maintenance; what neither tells counts nowhere. Where a window tells, it decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow.compute as pc

from core.outcome import Reason
from core.period import Period
from core.provenance import Support
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import Integers, bounds, exact_sum, totals
from indicators.measures.gateway_windows import Windows
from indicators.measures.incident_record import incident_record
from indicators.measures.intervals import Spell, union
from indicators.measures.job_log import SLACK
from indicators.measures.outages import MAINTENANCE_SHARE, service_outages

DOWN_FROM = Fraction(5, 100)  # failed ÷ valid requests of a window
_SERVICE = "inference"

Intervals = list[tuple[int, int]]


@dataclass(frozen=True)
class Told:
    """What the incident record tells of inference: disjoint ascending intervals, and the rows behind them."""

    told: Intervals  # of either
    maintenance: Intervals  # announced in time; takes precedence where both overlap
    rests_on: tuple[Support, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class ServiceTime:
    """Milliseconds of one service: down outside maintenance, in service, left out, and neither windows nor record."""

    lost: int
    total: int
    excluded: int
    unexplained: int

    @property
    def available(self) -> Fraction:
        return 1 - Fraction(self.lost, self.total - self.excluded)


def told_by_record(evidence: CentreEvidence, period: Period) -> Told:
    """The outages of inference inside a period; nothing where no row names it.

    Raises:
        InvalidEvidence: `outage_backwards`.
    """
    rows = evidence.rows("outages")
    if not pc.any(pc.equal(rows.column("service"), _SERVICE), min_count=0).as_py():
        return Told([], [])
    found = service_outages(evidence, _SERVICE, period, installed=1)
    unplanned, maintenance = _of_cards(found.unplanned), _of_cards(found.maintenance)
    return Told(
        union([*unplanned, *maintenance]),
        union(maintenance),
        support("outages", found.rows) if found.rows.num_rows else (),
        incident_record(evidence).notes(found.rows),
    )


def service_time(windows: Windows, name: str, record: Told) -> ServiceTime:
    """The time of one service; none where no window of it tells anything."""
    tells = ~windows.silent & (windows.service == name)
    if not tells.any():
        return ServiceTime(0, 0, 0, 0)
    start, length = windows.start[tells], windows.length[tells]
    failed, valid = windows.failed[tells], windows.valid[tells]
    down = (failed * DOWN_FROM.denominator >= valid * DOWN_FROM.numerator) & (failed > 0)
    down |= windows.unreachable[tells]
    planned = _overlap(start, length, record.maintenance)
    span = _in_service(windows, name)
    untold = _outside(start, length, span, record.told)
    untold_planned = _outside(start, length, span, record.maintenance)
    total, excluded = exact_sum(length) + untold, exact_sum(planned) + untold_planned
    excess = max(0, excluded - int(total * MAINTENANCE_SHARE))
    lost = exact_sum((length - planned)[down]) + untold - untold_planned
    return ServiceTime(lost + excess, total, excluded - excess, _unexplained(windows, name, span, record))


def _of_cards(spells: Sequence[Spell]) -> list[Spell]:
    """Those that took the service down: an incident of no card did not."""
    return [spell for spell in spells if spell.cards]


def _in_service(windows: Windows, name: str) -> tuple[int, int]:
    """From its first window to its last, and to the ends of the period which these are taken to reach."""
    own = windows.service == name
    first, last = int(windows.start[own].min()), int((windows.start + windows.length)[own].max())
    start, end = bounds(windows.period)
    return (start if first <= start + SLACK else first), (end if last >= end - SLACK else last)


def _unexplained(windows: Windows, name: str, span: tuple[int, int], record: Told) -> int:
    """Milliseconds in service for which there is no window and no word of the record."""
    own = windows.service == name
    start, length = windows.start[own], windows.length[own]
    return span[1] - span[0] - exact_sum(length) - _outside(start, length, span, record.told)


def _outside(start: Integers, length: Integers, span: tuple[int, int], intervals: Intervals) -> int:
    """Milliseconds of disjoint intervals that lie inside a span and outside disjoint windows."""
    bounded = np.array([span[0]], dtype=np.int64), np.array([span[1] - span[0]], dtype=np.int64)
    return exact_sum(_overlap(*bounded, intervals)) - exact_sum(_overlap(start, length, intervals))


def _overlap(start: Integers, length: Integers, intervals: Intervals) -> Integers:
    """Milliseconds of each window that disjoint ascending intervals cover."""
    if not intervals:
        return np.zeros(len(start), dtype=np.int64)
    firsts, lasts = np.array(intervals, dtype=np.int64).T
    before = totals(lasts - firsts)

    def covered_until(at: Integers) -> Integers:
        begun = np.searchsorted(firsts, at, side="right")
        of_latest: Integers = np.maximum(lasts[begun - 1] - at, 0)
        return np.where(begun > 0, before[begun] - of_latest, 0)

    return covered_until(start + length) - covered_until(start)
