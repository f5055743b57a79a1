"""Small gaps of interval series, filled by rule: up to 2 h by power, up to 24 h by the same hours of other weeks.

Longer gaps stay gaps. The raw ledger is kept beside the filled one, so that both figures can be printed.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from indicators.measures.intervals import gaps
from indicators.measures.meters import DAY, HOUR, Ledger

INTERPOLATED = 2 * HOUR
PROFILED = 24 * HOUR
_WEEKS = (-14 * DAY, -7 * DAY, 7 * DAY, 14 * DAY)


def filled(ledger: Ledger, start: int, end: int) -> Ledger:
    """The ledger with estimates in its short gaps inside a window; registers bridge theirs themselves."""
    if ledger.form != "interval" or not len(ledger.starts):
        return ledger
    known = ledger.known()
    first, last = max(start, known[0][0]), min(end, known[-1][1])
    inner = gaps(known, first, last) if first < last else []
    estimates = [(first, last, energy) for first, last in inner if (energy := _estimate(ledger, first, last))]
    if not estimates:
        return ledger
    # Estimates are fractions of a quantum: the quantum becomes fine enough to hold them exactly.
    scale = int(np.lcm.reduce([energy.denominator for *_, energy in estimates], dtype=object))
    starts = np.concatenate([ledger.starts, np.array([first for first, *_ in estimates], dtype=np.int64)])
    ends = np.concatenate([ledger.ends, np.array([last for _, last, _ in estimates], dtype=np.int64)])
    energies = np.concatenate(
        [
            ledger.energies.astype(object) * scale,
            np.array([int(energy * scale) for *_, energy in estimates], dtype=object),
        ]
    )
    order = np.argsort(starts, kind="stable")
    covered_from = np.concatenate([ledger.covered_from, ends[len(ledger.ends) :]])  # an estimate covers nothing
    return replace(
        ledger,
        quantum=ledger.quantum / scale,
        starts=starts[order],
        ends=ends[order],
        energies=energies[order],
        covered_from=covered_from[order],
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
