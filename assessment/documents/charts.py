"""Charts as SVG, the same on page and paper: the score beam, the pillars, the mark of the house.

The motif is the beam of a steelyard (衡): a thin line, ticks at the grade limits, a pointer for the score.
Colours are presentation attributes, so that a page's style sheet may replace them and a paper needs none;
ink is `currentColor`. Every chart says its finding in `<title>`; its figures also stand beside it as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from assessment.documents.drawing import CINNABAR, INK, LINE, MUTED
from assessment.documents.drawing import line as _line
from assessment.documents.drawing import pointer as _pointer
from assessment.documents.drawing import svg as _svg
from assessment.documents.drawing import text as _text
from core.quantity import plain
from core.text import Text

GRADE_LIMITS = (40, 60, 75, 90)


@dataclass(frozen=True, slots=True)
class PillarLook:
    """How a pillar is told apart: sign and letter first, hue second."""

    code: str
    sign: str
    hue: str


PILLAR_LOOKS = {
    look.code: look
    for look in (
        PillarLook("CE", "效", "#1f5fa8"),
        PillarLook("ST", "稳", "#6b4c9a"),
        PillarLook("GR", "绿", "#0b7a5f"),
        PillarLook("US", "易", "#9a6200"),
    )
}


# Style classes of the bracket beside a rank, by its sign in a plain list.
TIED = {" ": "", "┌": "tied-start", "│": "tied-middle", "└": "tied-end"}


@dataclass(frozen=True, slots=True)
class PillarFigure:
    """One pillar of a chart; `points` is the published figure, None when it has none."""

    code: str
    title: Text
    points: Decimal | None
    word: Text | None = None  # said instead of points, such as 无法评价

    @property
    def look(self) -> PillarLook:
        return PILLAR_LOOKS.get(self.code, PillarLook(self.code, self.code[:1], MUTED))


def score_beam(
    score: Decimal | None,
    *,
    title: str,
    levels: Sequence[str] = (),
    awarded: str | None = None,
    interval: tuple[Decimal, Decimal] | None = None,
    limits: Sequence[int] = GRADE_LIMITS,
) -> str:
    """The beam of 0–100 with its grade limits, level names above and a pointer at the score.

    Args:
        score: published points, or None when there is none: then the beam stands without pointer.
        title: the finding as a sentence, for people who do not see the chart.
        levels: names of the levels from the lowest, one more than `limits`; or none.
        awarded: the level to emphasise, where a cap keeps it below the score's own.
        interval: 5 % and 95 % points, drawn as a whisker.
    """
    left, width, beam = 10, 500, 34
    parts = [_line(left, beam, left + width, beam, INK, 1.4)]
    parts += [_line(x, beam - 6, x, beam + 6, INK, 0.5) for x in _places(range(0, 101, 100), left, width)]
    parts += [_line(x, beam - 2, x, beam + 2, MUTED, 0.4) for x in _places(range(5, 100, 5), left, width)]
    for limit, x in zip(limits, _places(limits, left, width), strict=True):
        parts += [_line(x, beam - 7, x, beam + 7, INK, 1), _text(x, beam + 20, str(limit), 10, MUTED)]
    parts += [_text(left, beam + 20, "0", 10, MUTED), _text(left + width, beam + 20, "100", 10, MUTED)]
    for name, (low, high) in zip(levels, pairwise((0, *limits, 100)), strict=False):
        own = score is not None and low <= score and (score < high or high == 100)
        emphasised = name == awarded if awarded else own
        x = left + width * (low + high) / 200
        parts.append(_text(x, beam - 14, name, 11, CINNABAR if emphasised else MUTED, bold=emphasised))
    if interval:
        start, end = (left + width * float(points) / 100 for points in interval)
        parts += [_line(start, beam, end, beam, CINNABAR, 3.2)]
        parts += [_line(x, beam - 4, x, beam + 4, CINNABAR, 1.2) for x in (start, end)]
    if score is not None:
        parts.append(_pointer(left + width * float(score) / 100, beam, 9))
    return _svg(520, 60, title, parts, "score-beam")


def small_beam(
    score: Decimal | None,
    *,
    title: str,
    interval: tuple[Decimal, Decimal] | None = None,
    limits: Sequence[int] = GRADE_LIMITS,
    hue: str = INK,
) -> str:
    """The beam of one row of a table: ticks at the limits without words, a pointer at the score."""
    left, width, beam = 4, 112, 6
    parts = [_line(left, beam, left + width, beam, LINE, 1.2)]
    parts += [_line(x, beam - 3, x, beam + 3, MUTED, 0.6) for x in _places(limits, left, width)]
    if score is not None:
        end = left + width * float(score) / 100
        parts += [_line(left, beam, end, beam, hue, 1.8), _pointer(end, beam, 5, hue)]
    if interval:
        low, high = (left + width * float(end) / 100 for end in interval)
        parts.append(_line(low, beam, high, beam, CINNABAR, 2))
        parts += [_line(x, beam - 2.5, x, beam + 2.5, CINNABAR, 1) for x in (low, high)]
    return _svg(120, 14, title, parts, "small-beam")


def rank_whisker(rank: int, *, interval: tuple[int, int], last: int, title: str) -> str:
    """A rank as a dot and its interval as a whisker, on a line from the first to the last rank.

    Args:
        interval: the best and the worst rank of 5–95 % of the draws; the dot may lie outside.
    """
    left, width, middle = 5, 70, 7
    place = {at: left + width * (at - 1) / max(last - 1, 1) for at in (rank, *interval)}
    low, high = (place[end] for end in interval)
    parts = [_line(left, middle, left + width, middle, LINE, 0.8)]
    parts += [_line(low, middle, high, middle, MUTED, 1.8)] if low < high else []
    parts += [_line(x, middle - 3.5, x, middle + 3.5, MUTED, 1.2) for x in dict.fromkeys((low, high))]
    parts.append(f'<circle cx="{place[rank]:g}" cy="{middle}" r="3.2" fill="currentColor"/>')
    return _svg(80, 14, title, parts, "rank-whisker")


def pillar_beam(pillar: PillarFigure, *, limits: Sequence[int] = GRADE_LIMITS) -> str:
    """The beam of one pillar alone, filled to its points, for a table whose cells hold name and figure."""
    left, width, beam = 3, 294, 9
    title = f"{pillar.title.zh} {points_or_word(pillar).zh} / {pillar.title.en} {points_or_word(pillar).en}"
    parts = [_line(left, beam, left + width, beam, LINE, 1.4)]
    parts += [_line(x, beam - 5, x, beam + 5, MUTED, 0.6) for x in _places(limits, left, width)]
    if pillar.points is not None:
        end = left + width * float(pillar.points) / 100
        parts += [_line(left, beam, end, beam, pillar.look.hue, 5), _line(end, beam - 7, end, beam + 7, INK, 1.4)]
    return _svg(300, 18, title, parts, "pillar-beam")


def count_bar(share: Decimal, *, title: str) -> str:
    """A plain bar for counts, `share` of the longest one; nothing but the ground line for none."""
    parts = [_line(0, 9, 300, 9, LINE, 0.8)]
    if share:
        parts.append(_line(0, 9, 300 * float(share), 9, INK, 8))
    return _svg(300, 18, title, parts, "count-bar")


def points_or_word(pillar: PillarFigure) -> Text:
    """What stands at the end of a pillar's beam: its points, or why there are none."""
    if pillar.points is not None:
        return Text(zh=plain(pillar.points), en=plain(pillar.points))
    return pillar.word or Text(zh="—", en="—")


def mark(*, title: str = "智衡 Zhiheng") -> str:
    """The mark of the house: a steelyard's beam on its fulcrum, pan at one end, weight at the other."""
    parts = [
        _line(2, 14, 62, 14, INK, 1.6),
        *(_line(x, 11.5, x, 14, INK, 0.7) for x in range(26, 60, 4)),
        f'<path d="M20 14 L16.5 20 L23.5 20 Z" fill="{CINNABAR}"/>',
        _line(6, 14, 6, 22, INK, 0.7),
        '<path d="M0.8 22 H11.2 Q11.2 26.4 6 26.4 Q0.8 26.4 0.8 22 Z" fill="none" stroke="currentColor"/>',
        _line(46, 14, 46, 20, INK, 0.7),
        '<path d="M43 20 H49 L50.2 27 H41.8 Z" fill="currentColor"/>',
    ]
    return _svg(64, 30, title, parts, "mark")


def _places(values: Sequence[int] | range, left: float, width: float) -> list[float]:
    return [left + width * value / 100 for value in values]
