"""From a measured value to points, exactly: rational where the curve is, 40 digits on a log axis."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.digits import INNER, inner, outer, stored
from core.quantity import plain
from core.text import Text
from indicators.rubric.curve import Absolute, Anchor, Band, Bands, Boolean, Checklist, Closed, Judged, Linear


class NotOnTheScale(Exception):
    """The value is not one the curve knows, such as level 7 of 5; the outcome is invalid, not zero."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


def points_of(
    curve: Absolute,
    value: Decimal | Fraction,
    *,
    items: Mapping[str, Decimal] | None = None,
    lowest: Decimal = Decimal(0),
    highest: Decimal = Decimal(100),
) -> Fraction:
    """Points of one value, before any cap.

    Args:
        value: finite, in the measure's unit; a fraction where no decimal holds it.
        items: for checklists, 1 (met) or 0 by item id; items not given are not met.
        lowest, highest: points of an empty and of a full checklist.

    Raises:
        NotOnTheScale: for a value that boolean, judged or checklist curves do not know.
    """
    match curve:
        case Linear():
            return _linear(curve, value)
        case Bands():
            return Fraction(next(band.points for band in curve.bands if _holds(band, curve.closed, value)))
        case Boolean():
            return _boolean(curve, value)
        case Judged():
            return _judged(curve, value)
        case Checklist():
            return _checklist(curve, items or {}, lowest, highest)


def _linear(curve: Linear, value: Decimal | Fraction) -> Fraction:
    anchors = curve.anchors
    if value <= anchors[0].value:
        return Fraction(anchors[0].points)
    if value >= anchors[-1].value:
        return Fraction(anchors[-1].points)
    left, right = next((a, b) for a, b in itertools.pairwise(anchors) if value <= b.value)
    if value == right.value:
        return Fraction(right.points)
    return _on_log_axis(left, right, value) if curve.logarithmic else _between(left, right, value)


def _between(left: Anchor, right: Anchor, value: Decimal | Fraction) -> Fraction:
    part = (Fraction(value) - Fraction(left.value)) / (Fraction(right.value) - Fraction(left.value))
    return Fraction(left.points) + part * (Fraction(right.points) - Fraction(left.points))


def _on_log_axis(left: Anchor, right: Anchor, value: Decimal | Fraction) -> Fraction:
    if left.points == right.points:
        return Fraction(left.points)
    low, high, at = (INNER.log10(inner(x)) for x in (left.value, right.value, value))
    part = INNER.divide(INNER.subtract(at, low), INNER.subtract(high, low))
    rise = INNER.multiply(part, INNER.subtract(right.points, left.points))
    return outer(INNER.add(left.points, rise))


def _holds(band: Band, closed: Closed, value: Decimal | Fraction) -> bool:
    """Whether a value falls into a band; the declared side owns the threshold."""
    if closed is Closed.LEFT:
        return (band.start is None or value >= band.start) and (band.end is None or value < band.end)
    return (band.start is None or value > band.start) and (band.end is None or value <= band.end)


def _boolean(curve: Boolean, value: Decimal | Fraction) -> Fraction:
    if value not in (0, 1):
        shown = _said(value)
        raise NotOnTheScale(
            Text(zh=f"{shown} 既不是 1（是）也不是 0（否）。", en=f"{shown} is neither 1 (yes) nor 0 (no).")
        )
    return Fraction(curve.yes if value == 1 else curve.no)


def _judged(curve: Judged, value: Decimal | Fraction) -> Fraction:
    for level in curve.levels:
        if level.level == value:
            return Fraction(level.points)
    if curve.otherwise is not None:
        return Fraction(curve.otherwise)
    words = ", ".join(str(level.level) for level in curve.levels)
    shown = _said(value)
    raise NotOnTheScale(Text(zh=f"{shown} 不是评判等级（{words}）。", en=f"{shown} is not one of the levels {words}."))


def _checklist(curve: Checklist, items: Mapping[str, Decimal], lowest: Decimal, highest: Decimal) -> Fraction:
    known = {item.id for item in curve.items}
    for name, met in items.items():
        if name in known and met not in (0, 1):
            raise NotOnTheScale(Text(zh=f"清单项“{name}”应为 1 或 0。", en=f"The item “{name}” must be 1 or 0."))
    if not known & set(items):
        raise NotOnTheScale(Text(zh="没有任何清单项的记录。", en="No item of the checklist is recorded."))
    total = sum((Fraction(item.points) for item in curve.items), Fraction(0))
    met_points = sum((Fraction(item.points) for item in curve.items if items.get(item.id) == 1), Fraction(0))
    return Fraction(lowest) + Fraction(highest - lowest) * met_points / total


def _said(value: Decimal | Fraction) -> str:
    return plain(stored(value) if isinstance(value, Fraction) else value)
