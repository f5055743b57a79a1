"""Readings that parse and cannot be: stuck meters, spikes, zeros above a load, children that do not add up.

A flagged interval is treated as missing, so that it lowers the coverage and may be estimated like any gap. What a
register cannot have done `registers` knows, but for standing still above a load: where it caught up nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

from centres.profile import FacilityProfile, Meter
from core.outcome import Quality
from indicators.measures.meters import HOUR, Ledger
from indicators.measures.spikes import SPIKE_OVER_P999, p999

_MINUTE = HOUR // 60
_STUCK_SAMPLES, _STUCK_MS = 24, 4 * HOUR
_LEAST_MOVEMENT = Fraction(5, 1000)  # coefficient of variation
_BALANCED, _NEARLY_BALANCED = Fraction(2, 100), Fraction(5, 100)


@dataclass(frozen=True)
class Imbalance:
    """A meter whose children do not add up to it: relative error over the time all of them know, and its grade."""

    meter: str
    error: Fraction
    grade: Quality


def screened(ledger: Ledger, *, siblings: Sequence[Ledger], children: Sequence[Ledger]) -> Ledger:
    """A ledger without the intervals that cannot be, and how many of each sort were taken out.

    Args:
        siblings: interval ledgers of the meters beside it; without any, nothing counts as stuck.
        children: ledgers of the meters below it.

    Source: data-quality rules of the scheme, §3.1 (stuck, spike, zero).
    """
    if not _is_checked(ledger):
        return ledger
    if ledger.form == "register":
        found = {"zero": _zeros(ledger, children) & ~_made_up_for(ledger)}
    else:
        found = {
            "spike": _spikes(ledger),
            "stuck": _stuck(ledger, siblings),
            "zero": _zeros(ledger, children),
        }
    flagged = np.logical_or.reduce(list(found.values()))
    if not flagged.any():
        return ledger
    kept = ~flagged
    return replace(
        ledger,
        starts=ledger.starts[kept],
        ends=ledger.ends[kept],
        energies=ledger.energies[kept],
        covered_from=ledger.covered_from[kept],
        flagged={**ledger.flagged, **{code: int(mask.sum()) for code, mask in found.items() if mask.any()}},
    )


def is_sound(ledger: Ledger) -> bool:
    """Whether `screened` takes nothing out of a ledger, whatever the meters around it say."""
    if not _is_checked(ledger):
        return True
    if not (ledger.energies != 0).all():
        return False
    return ledger.form == "register" or not (_spikes(ledger).any() or _standing(ledger))


def relatives(profile: FacilityProfile, meter: Meter) -> tuple[list[Meter], list[Meter]]:
    """The meters beside a meter – under the same parent, else its parent and children – and those right below it.

    What is generated is no load of the meter above it, so that meters of generation are nobody's children.
    """
    children = [other for other in profile.meters if other.parent == meter.id and other.measures != "onsite_renewable"]
    beside = [
        other
        for other in profile.meters
        if other.id != meter.id and meter.parent is not None and other.parent == meter.parent
    ]
    if not beside:
        beside = [other for other in profile.meters if other.id == meter.parent] + children
    return beside, children


def imbalance(meter: Meter, children: Sequence[Meter], *, above: Fraction, below: Fraction) -> Imbalance | None:
    """How far the children of a meter are from adding up to it; None when they do.

    Children that measure what their parent measures must add up to it; other loads may hang beside the rest, which
    only forbids them to add up to more.

    Args:
        above, below: energy of the meter and of its children together, over the time all of them know.

    Source: data-quality rules of the scheme, §3.1 (balance).
    """
    if above <= 0:
        return None
    error = (below - above) / above
    if any(child.measures != meter.measures for child in children):
        error = max(error, Fraction(0))
    if abs(error) <= _BALANCED:
        return None
    return Imbalance(meter.id, abs(error), Quality.B if abs(error) <= _NEARLY_BALANCED else Quality.C)


def _is_checked(ledger: Ledger) -> bool:
    return ledger.form in ("interval", "register") and len(ledger.starts) > 0


def _spikes(ledger: Ledger) -> npt.NDArray[np.bool_]:
    """Intervals of more than three times the power that 99.9 % of them stay below."""
    lengths = ledger.ends - ledger.starts
    power = ledger.energies
    if (lengths != lengths[0]).any():
        whole = lcm(*np.unique(lengths).tolist())
        power = ledger.energies.astype(object) * (whole // lengths)
    if power.max() <= SPIKE_OVER_P999 * power.min():
        return np.zeros(len(power), dtype=bool)
    over: npt.NDArray[np.bool_] = (power > SPIKE_OVER_P999 * p999(power)).astype(bool)
    return over


def _stuck(ledger: Ledger, siblings: Sequence[Ledger]) -> npt.NDArray[np.bool_]:
    """Runs of one value that stand still while a sibling moves."""
    flagged = np.zeros(len(ledger.starts), dtype=bool)
    runs = _standing(ledger)
    for sibling in siblings if runs else ():  # each once, as it may have to be fetched
        stuck = {
            (first, last)
            for first, last in runs
            if _moves(sibling, int(ledger.starts[first]), int(ledger.ends[last - 1]))
        }
        for first, last in stuck:
            flagged[first:last] = True
        if not (runs := [run for run in runs if run not in stuck]):
            break
    return flagged


def _standing(ledger: Ledger) -> list[tuple[int, int]]:
    """Runs of one non-zero value, 24 intervals of at most 5 min or 4 h of at most 15 min, as first and end."""
    if ledger.usual > 15 * _MINUTE:
        return []
    changes = (ledger.energies[1:] != ledger.energies[:-1]) | (ledger.starts[1:] != ledger.ends[:-1])
    first = np.flatnonzero(np.append(True, changes))
    last = np.append(first[1:], len(ledger.starts))
    if ledger.usual <= 5 * _MINUTE:
        lasting = last - first >= _STUCK_SAMPLES
    else:
        lasting = ledger.ends[last - 1] - ledger.starts[first] >= _STUCK_MS
    runs = np.flatnonzero(lasting & (ledger.energies[first] != 0).astype(bool))
    return list(zip(first[runs].tolist(), last[runs].tolist(), strict=True))


def _moves(ledger: Ledger, start: int, end: int) -> bool:
    """Whether the coefficient of variation of a meter's intervals in a span is above 0.5 %, in whole numbers."""
    first, last = np.searchsorted(ledger.starts, start), np.searchsorted(ledger.ends, end, side="right")
    values = [int(value) for value in ledger.energies[first:last]]
    total = sum(values)
    spread = len(values) * sum(value * value for value in values) - total * total
    return spread > _LEAST_MOVEMENT**2 * total * total


def _zeros(ledger: Ledger, children: Sequence[Ledger]) -> npt.NDArray[np.bool_]:
    """Intervals of nothing while something below used energy."""
    flagged = np.zeros(len(ledger.starts), dtype=bool)
    nothing = np.flatnonzero(ledger.energies == 0)
    for child in children if len(nothing) else ():
        used = np.append(0, np.cumsum(child.energies > 0))
        first = np.searchsorted(child.ends, ledger.starts[nothing], side="right")
        last = np.searchsorted(child.starts, ledger.ends[nothing])
        flagged[nothing] |= used[np.maximum(last, first)] > used[first]
    return flagged


def _made_up_for(ledger: Ledger) -> npt.NDArray[np.bool_]:
    """Intervals of nothing behind which the next one tells at least half of what a register uses in such a time."""
    made_up = np.zeros(len(ledger.starts), dtype=bool)
    ends_a_run = np.flatnonzero((ledger.energies[:-1] == 0) & (ledger.energies[1:] != 0))
    moved = np.flatnonzero(ledger.energies != 0)
    before = np.searchsorted(moved, ends_a_run)  # how many moved before each run
    firsts = np.where(before > 0, moved[np.maximum(before, 1) - 1] + 1, 0)
    spans = ledger.ends[ends_a_run + 1] - ledger.starts[firsts]
    usual = ledger.energies.astype(float).sum() / (ledger.ends - ledger.starts).sum()
    enough = 2 * ledger.energies[ends_a_run + 1].astype(float) >= usual * spans
    for first, last in zip(firsts[enough].tolist(), ends_a_run[enough].tolist(), strict=True):
        made_up[first : last + 1] = True
    return made_up
