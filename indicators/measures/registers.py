"""The steps of a register: which of its readings are believed, and which differences between them count.

A register falls when it rolls over, when it is reset or replaced, and when a reading is wrong. A wrong one strays and
comes back: the register goes on from where it was before, and what was used meanwhile is the difference across. Left
in, its way down would count nowhere and its way up as energy nobody used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from indicators.measures.columns import WIDEST, Integers, totals
from indicators.measures.spikes import SPIKE_OVER_P999, p999

_ROLLOVER_FROM = 9  # tenths of what the register holds
_ENOUGH = 1000  # steps, of which one in a thousand may be out of the ordinary
_WITHIN_REASON = 2  # times the usual power, for what was used while readings strayed

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """Differences between the believed readings of a register that follow each other.

    Args:
        starts, ends: ms since 1970 UTC.
        used: energy in quanta, negative in steps back.
        back: a register reset or replaced by one that stands lower; such a step counts nowhere.
        leaps: more than the meter can have used since it last moved, as when one that stands higher replaces it.
        strayed: readings left out.
        usual, highest: power that 99.9 % of the ordinary steps stay below (of fewer than a thousand all but one), and
            three times as much; quanta per ms.
    """

    starts: Integers
    ends: Integers
    used: Integers
    back: Mask
    leaps: Mask
    usual: float
    highest: float
    strayed: int = 0


def steps_of(at: Integers, values: Integers, *, span: int | None) -> Steps:
    """The steps of a register.

    Args:
        at: ms since 1970 UTC, ascending.
        values: what the register showed, in quanta.
        span: what it holds in one turn, null where that is not declared.

    Source: data-quality rules of the scheme, §3.1 (negative, spike, cumulative register first).
    """
    steps = _between(at, values, span)
    stray = _stray(values, steps)
    if not stray.any():
        return steps
    return replace(_between(at[~stray], values[~stray], span), strayed=int(np.count_nonzero(stray)))


def _between(at: Integers, values: Integers, span: int | None) -> Steps:
    used = values[1:] - values[:-1]
    since = _since_it_moved(at, used)
    usual = _usual_power(used, since)
    highest = SPIKE_OVER_P999 * usual
    if span is not None:
        used = _rolled_over(values, used, since, span=span, highest=highest)
    leaps: Mask = np.asarray(used, dtype=float) / since > highest
    return Steps(at[:-1], at[1:], used, (used < 0).astype(bool), leaps, usual, highest)


def _since_it_moved(at: Integers, used: Integers) -> Integers:
    """How long before the end of each step the register had moved last: one that stood still may catch up."""
    moved = np.maximum.accumulate(np.where(used != 0, np.arange(1, len(at)), 0))
    before: Integers = at[np.append(0, moved[:-1])[: len(used)]]
    return at[1:] - before


def _usual_power(used: Integers, since: Integers) -> float:
    """What 99.9 % of the ordinary steps stay below: of those that move, up, and not beside a step back.

    Of fewer than a thousand that would be the highest, a leap perhaps, which is no yardstick of itself: then the next.
    """
    moves = np.flatnonzero(used != 0)
    back = (used[moves] < 0).astype(bool)
    beside = back.copy()
    beside[1:] |= back[:-1]
    beside[:-1] |= back[1:]
    ordinary = moves[~beside]
    powers = used[ordinary].astype(float) / since[ordinary]
    if 2 < len(powers) < _ENOUGH:
        powers = np.sort(powers)[:-1]
    return p999(powers) if len(powers) else np.inf


def _rolled_over(values: Integers, used: Integers, since: Integers, *, span: int, highest: float) -> Integers:
    """The steps, a turn added to those back from near the end of it that are then no larger than can be."""
    near = np.flatnonzero((used < 0).astype(bool) & (values[:-1].astype(object) * 10 >= span * _ROLLOVER_FROM))
    turned = used[near].astype(object) + span
    fits = turned.astype(float) / since[near] <= highest
    if not fits.any():
        return used
    wide = used.astype(object)  # a span may be larger than any machine integer
    wide[near[fits]] = turned[fits]
    return _narrow(wide)


def _narrow(values: Integers) -> Integers:
    """Python integers as those of the machine, where all of them fit."""
    return values.astype(np.int64) if all(abs(value) < WIDEST for value in values.tolist()) else values


def _stray(values: Integers, steps: Steps) -> Mask:
    """Readings between a step back and a leap, or the reverse, after which the register goes on as before them.

    It does where it stands no lower than before, and has gone up by no less than the steps in between tell and by no
    more than is within reason for such a time.
    """
    stray = np.zeros(len(values), dtype=bool)
    odd = np.flatnonzero(steps.back | steps.leaps)
    if len(odd) < 2:
        return stray
    before, behind = odd[:-1], odd[1:]
    across = values[behind + 1] - values[before]
    told = totals(np.where(steps.back | steps.leaps, 0, steps.used))
    inside = told[behind] - told[before + 1]
    longest = steps.ends[behind] - steps.starts[before]
    returns = steps.back[before] != steps.back[behind]
    goes_on = (across >= 0) & (across >= inside) & (across.astype(float) <= _WITHIN_REASON * steps.usual * longest)
    taken = -1
    for place in np.flatnonzero(returns & goes_on.astype(bool)).tolist():
        if place > taken:
            stray[before[place] + 1 : behind[place] + 1] = True
            taken = place + 1
    return stray
