"""The papers' charts on pages: the same SVG, its finding said in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessment.documents.charts import PILLAR_LOOKS, rank_whisker, score_beam, small_beam
from assessment.documents.content.certificate import CertificateContent
from assessment.documents.content.spread import Spread
from assessment.documents.content.words import figure_words, grade_words
from assessment.documents.curve_chart import curve_chart
from assessment.scoring.firmness import Firmness
from assessment.scoring.result import Node, Result
from core.quantity import plain, rounded
from indicators.measures.base import Measurement
from indicators.rubric.grade_words import grade_title
from indicators.rubric.model import Grade
from operations.templatetags.words import said, with_unit

register = template.Library()
LEVELS = ("L1", "L2", "L3", "L4", "L5")


@register.simple_tag
def beam(score: Decimal | None, name: Any = "") -> SafeString:
    """The score beam with the grade limits and the names of the levels."""
    return _safe(score_beam(score, title=_finding(score, said(name)), levels=_level_names()))


@register.simple_tag
def verdict_beam(result: Result, name: Any = "", spread: Spread | None = None) -> SafeString:
    """The beam of a whole result; a capped or blocked one names no level, because the points are not its grade."""
    names = _level_names() if result.grade and result.grade == result.root.grade else []
    title = _finding(result.score, said(name))
    return _safe(score_beam(result.score, title=title, levels=names, interval=_interval(spread)))


@register.simple_tag
def certificate_beam(paper: CertificateContent) -> SafeString:
    """The beam of a certificate with the awarded level emphasised, which a cap may keep below the score's own."""
    title = _finding(paper.score_points, said(paper.centre))
    svg = score_beam(
        paper.score_points,
        title=title,
        levels=_level_names(),
        awarded=said(paper.grade),
        interval=_interval(paper.spread),
        limits=paper.limits,
    )
    return _safe(svg)


@register.simple_tag
def row_beam(score: Decimal | None, name: Any = "", code: str = "") -> SafeString:
    """The beam of one table row, in the pillar's hue where `code` is a pillar's."""
    title = _finding(score, said(name))
    look = PILLAR_LOOKS.get(code)
    return _safe(small_beam(score, title=title, hue=look.hue) if look else small_beam(score, title=title))


@register.simple_tag
def firm_beam(score: Decimal | None, name: Any, firmness: Firmness | None) -> SafeString:
    """The beam of a row of a ranking, with the interval of its score where it has one."""
    interval = firmness.score if firmness else None
    return _safe(small_beam(score, title=_finding(score, said(name)), interval=interval))


@register.simple_tag
def whisker(rank: int, firmness: Firmness, last: int, name: Any = "") -> SafeString:
    """The interval of a rank."""
    low, high = firmness.rank
    title = _("%(name)s: rank %(rank)s, 5–95 %% of the draws %(low)s–%(high)s") % {
        "name": said(name),
        "rank": rank,
        "low": low,
        "high": high,
    }
    return _safe(rank_whisker(rank, interval=firmness.rank, last=last, title=title))


@register.simple_tag
def curve(node: Node) -> SafeString:
    """The curve of an indicator with its value marked; nothing for curves without points."""
    return _safe(curve_chart(node.rule, value=node.inputs.value if node.inputs else None, points=node.points))


@register.simple_tag
def rule_curve(rule: Mapping[str, Any]) -> SafeString:
    """The curve of a rule as a rubric states it, with no value on it; nothing for curves without points."""
    return _safe(curve_chart(rule, value=None, points=None))


@register.filter
def pillar_sign(code: str) -> str:
    """The sign of the pillar a code belongs to: 效 for `CE-1.1`."""
    look = PILLAR_LOOKS.get(code[:2])
    return look.sign if look else ""


@register.filter
def pillar_class(code: str) -> str:
    """The style class that carries the pillar's hue."""
    return f"pillar-{code[:2].lower()}" if code[:2] in PILLAR_LOOKS else ""


@register.filter
def grade_word(grade: str | None) -> str:
    """The grade in words for `L4`."""
    return said(grade_words(grade)) if grade else ""


@register.filter
def grade_called(grade: Grade) -> str:
    """The short name of a grade an edition declares; its own title where it is of another scheme."""
    return said(grade_title(grade.id, otherwise=grade.title))


@register.filter
def measured(measurement: Measurement) -> SafeString:
    """A measured value with the decimals its unit is published with, and the unit small and grey."""
    if measurement.value is None:
        return format_html("–")
    return with_unit(figure_words(measurement.value, measurement.unit), measurement.unit)


def _interval(spread: Spread | None) -> tuple[Decimal, Decimal] | None:
    return spread.firmness.score if spread else None


def _level_names() -> list[str]:
    return [grade_word(level) for level in LEVELS]


def _finding(score: Decimal | None, name: str) -> str:
    if score is None:
        return _("%(name)s: no points") % {"name": name}
    return _("%(name)s: %(points)s of 100 points") % {"name": name, "points": plain(rounded(score, 2))}


def _safe(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308  (the chart functions escape every word they are given)
