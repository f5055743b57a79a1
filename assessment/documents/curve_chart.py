"""The curve of an indicator as SVG: anchors joined by lines, and where the measured value fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from math import log10
from typing import Any

from assessment.documents.charts import GRADE_LIMITS
from assessment.documents.drawing import CINNABAR, FONT, LINE, MUTED
from core.quantity import plain, shortest
from indicators.rubric.words import curve_words

WIDTH, HEIGHT = 520, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 500, 14, 184


def curve_chart(rule: Mapping[str, Any], *, value: Decimal | None, points: Decimal | None) -> str:
    """The chart, or an empty text when the rule has no curve of at least two anchors.

    Args:
        rule: an indicator's rule as in the result tree; `curve.points` are pairs [value, points].
        value: the measured value, marked on the curve; None draws the curve alone.
        points: unrounded points of the indicator, before and after caps alike.
    """
    words = curve_words(rule)
    if words is None or len(words.anchors) < 2:
        return ""
    anchors = words.anchors
    across = _Axis(anchors, logarithmic=rule["curve"].get("axis") == "log")
    parts = [_level(limit) for limit in (0, *GRADE_LIMITS, 100)]
    path = [(across.left, anchors[0][1]), *((across.at(x), y) for x, y in anchors), (across.right, anchors[-1][1])]
    drawn = " ".join(f"{_n(x)},{_n(_height(y))}" for x, y in path)
    parts.append(f'<polyline points="{drawn}" fill="none" stroke="currentColor" stroke-width="1.6"/>')
    shown: list[float] = []
    for x, y in anchors:
        at = across.at(x)
        parts.append(f'<circle cx="{_n(at)}" cy="{_n(_height(y))}" r="2.6" fill="currentColor"/>')
        # Labels that would run into each other are left out; the table beside the chart has them all.
        if all(abs(at - other) > 34 for other in shown):
            parts.append(_text(at, BOTTOM + 18, shortest(x)))
            shown.append(at)
    finding = "; ".join(f"{plain(x)} → {plain(y)}" for x, y in anchors)
    if value is not None and points is not None:
        at, high = across.at(value), _height(points)
        parts += [
            f'<path d="M{_n(at)} {BOTTOM} V{_n(high)} H{LEFT}" fill="none" stroke="{CINNABAR}" stroke-width="1.2" '
            'stroke-dasharray="3 3"/>',
            f'<circle cx="{_n(at)}" cy="{_n(high)}" r="5" fill="{CINNABAR}"/>',
        ]
        finding = f"{shortest(value)} → {plain(points)} ({finding})"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(finding)}</title>{''.join(parts)}</svg>"
    )


class _Axis:
    """Values across the chart, with a little room on both sides; a value far outside is drawn at the edge."""

    def __init__(self, anchors: Sequence[tuple[Decimal, Decimal]], *, logarithmic: bool) -> None:
        low, high = anchors[0][0], anchors[-1][0]
        self.logarithmic = logarithmic and low > 0
        self.low, self.high = self._scaled(low), self._scaled(high)
        self.left, self.right = float(LEFT), float(RIGHT)

    def at(self, value: Decimal) -> float:
        if self.logarithmic and value <= 0:
            return self.left
        room = 28
        part = (self._scaled(value) - self.low) / (self.high - self.low)
        across = LEFT + room + part * (RIGHT - LEFT - 2 * room)
        return min(max(across, self.left), self.right)

    def _scaled(self, value: Decimal) -> float:
        return log10(value) if self.logarithmic else float(value)


def _height(points: Decimal | int) -> float:
    return BOTTOM - float(points) / 100 * (BOTTOM - TOP)


def _level(limit: int) -> str:
    high = _n(_height(limit))
    return f'<line x1="{LEFT}" y1="{high}" x2="{RIGHT}" y2="{high}" stroke="{LINE}"/>' + _text(
        LEFT - 6, _height(limit) + 4, str(limit), anchor="end"
    )


def _text(x: float, y: float, words: str, *, anchor: str = "middle") -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="11" font-family="{FONT}" text-anchor="{anchor}" '
        f'fill="{MUTED}">{escape(words)}</text>'
    )


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
