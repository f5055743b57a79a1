"""Where the points of a node were lost, as SVG: from full points down to its own, one falling bar for each part.

The bar of a part is solid where the measured value fell short, hollow where evidence is missing or capped the points.
The beam with the grade limits lies below; a bar is read against it, so it need not start at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessment.documents.charts import GRADE_LIMITS
from assessment.documents.drawing import CINNABAR, INK, LINE, MUTED, line, number, pointer, svg, text
from core.quantity import plain, shortest

WIDTH, LEFT, RIGHT = 520, 8, 512
ROW, BAR, TOP = 40, 9, 16


@dataclass(frozen=True, slots=True)
class Fall:
    """One part: its name as the active language has it, what it took, and which share of that is no measured value."""

    words: str
    lost: Decimal
    not_measured: Fraction
    hue: str = MUTED


def waterfall(
    falls: Sequence[Fall],
    *,
    highest: Decimal,
    points: Decimal,
    words: str,
    title: str,
    limits: Sequence[int] = GRADE_LIMITS,
) -> str:
    """The chart, or an empty text where nothing was lost.

    Args:
        falls: in the order they are drawn; their losses add up to `highest` less `points`.
        words: said at the pointer, such as “总分 71.96”.
        title: the finding as a sentence, for people who do not see the chart.
    """
    if not falls or points >= highest:
        return ""
    scale = _Scale(_lowest(points, highest, limits), highest)
    parts: list[str] = []
    beam = TOP + ROW * len(falls) + 4
    above = highest
    for row, fall in enumerate(falls):
        below = above - fall.lost
        parts += _row(fall, TOP + ROW * row, scale, above=above, below=below, last=row == len(falls) - 1, beam=beam)
        above = below
    parts += _beam(scale, beam, points, words, limits)
    return svg(WIDTH, beam + 46, title, parts, "waterfall")


@dataclass(frozen=True, slots=True)
class _Scale:
    low: Decimal
    high: Decimal

    def at(self, points: Decimal) -> float:
        return LEFT + (RIGHT - LEFT) * float((points - self.low) / (self.high - self.low))


def _lowest(points: Decimal, highest: Decimal, limits: Sequence[int]) -> Decimal:
    """The greatest grade limit that leaves room below the score; 0 where there is none."""
    room = (highest - points) / 4
    return max((Decimal(limit) for limit in limits if limit <= points - room), default=Decimal(0))


def _row(
    fall: Fall, top: int, scale: _Scale, *, above: Decimal, below: Decimal, last: bool, beam: int
) -> list[str]:  # fmt: skip
    bar = top + 7
    start, end = scale.at(below), scale.at(above)
    middle = start + (end - start) * float(fall.not_measured)
    parts = [
        text(LEFT, top, fall.words, 12, INK, anchor="start"),
        text(RIGHT, top, f"−{plain(fall.lost)}", 12, INK, anchor="end", bold=True),
        line(LEFT, bar + BAR / 2, RIGHT, bar + BAR / 2, LINE, 0.6),
    ]
    if end - middle > 0:
        parts.append(_bar(middle, end, bar, fall.hue, solid=True))
    if middle - start > 0:
        parts.append(_bar(start, middle, bar, fall.hue, solid=False))
    reach = beam if last else bar + ROW
    parts.append(line(start, bar + BAR, start, reach, MUTED, 0.5))
    return parts


def _bar(start: float, end: float, top: float, hue: str, *, solid: bool) -> str:
    place = f'x="{number(start)}" y="{number(top)}" height="{BAR}" width="{number(max(end - start, 0.8))}"'
    if solid:
        return f'<rect {place} fill="{hue}"/>'
    return f'<rect {place} class="hollow" fill="none" stroke="{hue}" stroke-width="1.2"/>'


def _beam(scale: _Scale, beam: int, points: Decimal, words: str, limits: Sequence[int]) -> list[str]:
    parts = [line(LEFT, beam, RIGHT, beam, INK, 1.4)]
    ends = ((scale.low, "start"), (scale.high, "end"))
    parts += [text(scale.at(end), beam + 19, shortest(end), 10, MUTED, anchor=anchor) for end, anchor in ends]
    at = scale.at(points)
    for limit in limits:
        if scale.low < limit < scale.high:
            x = scale.at(Decimal(limit))
            parts.append(line(x, beam - 5, x, beam + 5, INK, 1))
            if abs(x - at) > 12:  # the pointer would stand on the figure
                parts.append(text(x, beam + 19, str(limit), 10, MUTED))
    anchor = "start" if at < WIDTH / 4 else "end" if at > WIDTH * 3 / 4 else "middle"
    parts += [pointer(at, beam, 9), text(at, beam + 38, words, 12, CINNABAR, anchor=anchor, bold=True)]
    return parts
