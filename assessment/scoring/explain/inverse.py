"""Curves read backwards: which values of a measure are worth at least so many points.

`reaching` gives intervals for curves over a scale of values and options for those over a list; `nearest` picks the
value next to the present one, with few digits and never short of the points asked for. A kind of curve this module
does not know is answered with `NotInvertible`, never with a guess.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from assessment.scoring.digits import INNER, inner
from core.quantity import decimal_of_fraction, without_negative_zero
from core.text import Text
from indicators.rubric.curve import Bands, Boolean, Closed, Curve, Judged, Linear

MOST_DECIMALS = 12
_OVERSHOOT = Fraction(1, 50)  # a value is written with so few digits that it passes the exact one by this much at most


class NotInvertible(Exception):
    """The curve cannot be solved for a value; `message` says so to people."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from `low` to `high`; None: without end on that side; an open end does not belong to it."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below


def reaching(curve: Curve, needed: Fraction) -> tuple[Interval, ...]:
    """The values worth at least `needed` points: pieces of the curve, ascending; empty when no value is.

    Args:
        curve: over values: linear (also on a log axis), bands and steps, yes or no, levels.

    Raises:
        NotInvertible: a checklist (see `assessment.scoring.explain.levers`), or a kind not known here.
    """
    match curve:
        case Linear():
            return tuple(_on_lines(curve, needed))
        case Bands():
            return tuple(_on_bands(curve, needed))
        case Boolean():
            options = [(Decimal(0), curve.no), (Decimal(1), curve.yes)]
        case Judged():
            options = sorted((level.level, level.points) for level in curve.levels)
        case _:
            raise NotInvertible(UNKNOWN_KIND)
    return tuple(_only(Fraction(value)) for value, points in options if points >= needed)


def nearest(
    intervals: tuple[Interval, ...],
    *,
    present: Decimal | None,
    downwards: bool,
    lowest: Decimal | None,
    highest: Decimal | None,
) -> Decimal | None:
    """The value nearest to the present one that lies in an interval, with as few decimals as its distance deserves.

    Args:
        present: None where nothing was measured: then the weakest value that suffices.
        downwards: lower values are the better ones.
        lowest, highest: what is possible at all; values beyond are not offered.

    Returns:
        None when no possible value lies in an interval.
    """
    allowed = [cut for one in intervals if (cut := _cut(one, lowest, highest)) is not None]
    if present is None:
        return _weakest(allowed, downwards=downwards)
    allowed = _joined(allowed)
    origin = Fraction(present)
    if any(one.holds(origin) for one in allowed):
        return present
    ends = [(abs(end - origin), end, one) for one in allowed for end in (one.low, one.high) if end is not None]
    for distance, end, interval in sorted(ends, key=lambda found: found[:2]):
        if (value := _written(end, interval, distance)) is not None:
            return value
    return None


def _weakest(intervals: list[Interval], *, downwards: bool) -> Decimal | None:
    for one in reversed(intervals) if downwards else intervals:
        ends = (one.high, one.low) if downwards else (one.low, one.high)
        end = next((end for end in ends if end is not None), Fraction(0))
        if (value := _written(end, one, abs(end))) is not None:
            return value
    return None


def _on_lines(curve: Linear, needed: Fraction) -> Iterator[Interval]:
    anchors = curve.anchors
    if anchors[0].points >= needed:
        yield Interval(None, Fraction(anchors[0].value))
    for left, right in itertools.pairwise(anchors):
        low, high = Fraction(left.value), Fraction(right.value)
        if left.points >= needed and right.points >= needed:
            yield Interval(low, high)
        elif left.points >= needed or right.points >= needed:
            part = (needed - Fraction(left.points)) / (Fraction(right.points) - Fraction(left.points))
            rising = right.points >= needed
            at = (
                _on_log_axis(left.value, right.value, part, up=rising)
                if curve.logarithmic
                else low + part * (high - low)
            )
            yield Interval(at, high) if rising else Interval(low, at)
    if anchors[-1].points >= needed:
        yield Interval(Fraction(anchors[-1].value), None)


def _on_log_axis(left: Decimal, right: Decimal, part: Fraction, *, up: bool) -> Fraction:
    """The value at a part of the way between two anchors, moved by a hair to the side that keeps the points."""
    low, high = INNER.log10(left), INNER.log10(right)
    at = INNER.power(Decimal(10), INNER.add(low, INNER.multiply(inner(part), INNER.subtract(high, low))))
    hair = Fraction(at) / 10**30
    return min(max(Fraction(at) + (hair if up else -hair), Fraction(left)), Fraction(right))


def _on_bands(curve: Bands, needed: Fraction) -> Iterator[Interval]:
    left = curve.closed is Closed.LEFT
    for band in curve.bands:
        if band.points >= needed:
            low, high = (None if end is None else Fraction(end) for end in (band.start, band.end))
            yield Interval(low, high, low_open=not left, high_open=left)


def _joined(intervals: list[Interval]) -> list[Interval]:
    """Neighbours that touch, as one."""
    found: list[Interval] = []
    for one in intervals:
        last = found[-1] if found else None
        if last is not None and last.high == one.low and not (last.high_open and one.low_open):
            found[-1] = Interval(last.low, one.high, last.low_open, one.high_open)
        else:
            found.append(one)
    return found


def _only(value: Fraction) -> Interval:
    return Interval(value, value)


def _cut(interval: Interval, lowest: Decimal | None, highest: Decimal | None) -> Interval | None:
    low, low_open, high, high_open = interval.low, interval.low_open, interval.high, interval.high_open
    if lowest is not None and (low is None or low < lowest):
        low, low_open = Fraction(lowest), False
    if highest is not None and (high is None or high > highest):
        high, high_open = Fraction(highest), False
    empty = low is not None and high is not None and (low > high or (low == high and (low_open or high_open)))
    return None if empty else Interval(low, high, low_open, high_open)


def _written(end: Fraction, interval: Interval, distance: Fraction) -> Decimal | None:
    """A decimal at or just inside an end of an interval; None when it is too narrow for twelve decimals."""
    if interval.low == interval.high:
        value = decimal_of_fraction(end)
        return value if Fraction(value) == end else None
    inward = ROUND_FLOOR if end == interval.high else ROUND_CEILING
    found = None
    for decimals in range(MOST_DECIMALS + 1):
        unit = Decimal(1).scaleb(-decimals)
        value = inner(end).quantize(unit, rounding=inward, context=_WIDE)
        if not interval.holds(Fraction(value)):
            value = _WIDE.add(value, unit.copy_sign(Decimal(-1 if inward == ROUND_FLOOR else 1)))
        if interval.holds(Fraction(value)):
            found = without_negative_zero(value)
            if abs(Fraction(value) - end) <= _OVERSHOOT * distance:
                break
    return found


_WIDE = Context(prec=80)
UNKNOWN_KIND = Text(zh="这种曲线不能由分值反推测得值。", en="This kind of curve cannot be solved for a value.")
