"""Small gaps of interval series, filled by rule: up to 2 h by power, up to 24 h by the same hours of other weeks.

Longer gaps stay gaps. Estimates are kept beside the readings, so that both figures can be printed.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from indicators.measures.intervals import gaps
from indicators.measures.meters import DAY, HOUR, Ledger
from indicators.measures.shelf import Kept

INTERPOLATED = 2 * HOUR
PROFILED = 24 * HOUR
_WEEKS = (-14 * DAY, -7 * DAY, 7 * DAY, 14 * DAY)


def estimates(kept: Kept, start: int, end: int) -> Ledger | None:
    """What the short gaps of a ledger inside a window are taken to have used; registers bridge theirs themselves.

    Returns:
        The estimates as a ledger of their own, which readings cover nothing of; None where there are none.
    """
    known = kept.known()
    if kept.form != "interval" or not known:
        return None
    first, last = max(start, known[0][0]), min(end, known[-1][1])
    inner = gaps(known, first, last) if first < last else []
    if not inner:
        return None
    ledger = kept.ledger
    found = [(first, last, energy) for first, last in inner if (energy := _estimate(ledger, first, last))]
    if not found:
        return None
    # Estimates are fractions of a quantum: theirs is fine enough to hold them exactly.
    scale = int(np.lcm.reduce([energy.denominator for *_, energy in found], dtype=object))
    ends = np.array([last for _, last, _ in found], dtype=np.int64)
    return Ledger(
        ledger.form,
        ledger.quantum / scale,
        np.array([first for first, *_ in found], dtype=np.int64),
        ends,
        np.array([int(energy * scale) for *_, energy in found], dtype=object),
        ends,
        ledger.usual,
    )


def _estimate(ledger: Ledger, first: int, last: int) -> Fraction | None:
    """Energy of one gap in quanta of the ledger, None where the rules give none."""
    length = last - first
    if length <= INTERPOLATED:
        before = int(np.searchsorted(ledger.ends, first, side="right")) - 1
        after = int(np.searchsorted(ledger.starts, last))
        return (_power(ledger, before) + _power(ledger, after)) / 2 * length
    if length <= PROFILED:
        same_hours = [
            ledger.kwh(first + shift, last + shift) / ledger.quantum
            for shift in _WEEKS
            if ledger.covered(first + shift, last + shift) == length
        ]
        return sum(same_hours, Fraction(0)) / len(same_hours) if same_hours else None
    return None


def _power(ledger: Ledger, index: int) -> Fraction:
    return Fraction(int(ledger.energies[index]), int(ledger.ends[index] - ledger.starts[index]))
