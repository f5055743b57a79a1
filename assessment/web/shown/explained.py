"""What a result page says about its own figures: where points were lost, what would lift it, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessment.documents.charts import PILLAR_LOOKS
from assessment.documents.drawing import MUTED
from assessment.documents.waterfall import Fall, waterfall
from assessment.result_selectors import explanation_of
from assessment.scoring.explain.advice import Advice, Suggestion
from assessment.scoring.explain.advice_words import COST, change_words, obstacle_words
from assessment.scoring.explain.causes import Cause
from assessment.scoring.explain.lost import Lost, by_cause
from assessment.scoring.explain.report import Explanation
from assessment.web.shown.difference import difference_shown
from assessment.web.shown.result import Shown
from core.quantity import decimal_of_fraction, plain, rounded
from core.text import Text
from operations.templatetags.words import said

MOST_INDICATORS = 8  # of those that cost the total most


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a node in the table beside the chart; figures on the node's own scale."""

    code: str
    title: Text
    lost: Decimal
    not_measured: Fraction  # the share of it that caps and missing evidence took


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss of one node: the chart, and the same figures as a table."""

    chart: SafeString
    finding: str
    rows: tuple[PartRow, ...]
    lost: Decimal
    hollow: bool  # the chart has hollow bars, which want an explanation


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    code: str
    title: Text
    of_total: Decimal
    own: Decimal
    causes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class StepShown:
    code: str
    title: Text
    change: Text
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    suggestion: Suggestion
    steps: tuple[StepShown, ...]
    grade: str
    together: bool  # several indicators, rather than one


def explained(shown: Shown) -> dict[str, Any]:
    """Everything the result page adds, for whoever may see the page."""
    if shown.stored is None:
        return {}
    explanation = explanation_of(shown.stored)
    advice = explanation.advice
    return {
        "losses": losses_of(explanation, explanation.result.root.code),
        "costliest": _costliest(explanation.lost),
        "causes": [(cause.words, part.published) for cause, part in by_cause(explanation.lost).items()],
        "advice": advice,
        "obstacles": [obstacle_words(one) for one in advice.obstacles] if advice else [],
        "suggestions": list(_suggestions(advice)) if advice else [],
        "cost": COST,
        "difference": difference_shown(shown),
    }


def losses_of(explanation: Explanation, code: str) -> Losses | None:
    """The waterfall of a node whose parts lost something; None for indicators and nodes without points."""
    lost, node = explanation.lost.node(code), explanation.result.node(code)
    parts = [part for part in lost.children if part.of_parent is not None and part.of_parent.published]
    if lost.own is None or node.published is None or not parts:
        return None
    rows = tuple(PartRow(part.code, part.title, part.of_parent.published, _not_measured(part))
                 for part in parts if part.of_parent is not None)  # fmt: skip
    total = explanation.result.root is node
    points = plain(node.published)
    words = _("total %(points)s") % {"points": points} if total else _("%(points)s points") % {"points": points}
    worst = max(rows, key=lambda row: row.lost)
    finding = _("%(lost)s of %(highest)s points are lost, the largest share (%(most)s) in %(part)s") % {
        "lost": plain(lost.own.published),
        "highest": plain(explanation.edition.highest_points),
        "most": plain(worst.lost),
        "part": said(worst.title),
    }
    chart = waterfall(
        [Fall(_name(row), row.lost, row.not_measured, _hue(row.code)) for row in rows],
        highest=explanation.edition.highest_points,
        points=node.published,
        words=words,
        title=f"{finding}. " + "; ".join(f"{said(row.title)} −{plain(row.lost)}" for row in rows),
        limits=_limits(explanation),
    )
    return Losses(mark_safe(chart), finding, rows, lost.own.published, any(row.not_measured for row in rows))  # noqa: S308  (the chart escapes its words)


def _not_measured(lost: Lost) -> Fraction:
    """The share of a node's loss that is no measured value: caps, defaults, missing and invalid evidence."""
    if lost.own is None or not lost.own.exact:
        return Fraction(0)
    own = [part.exact for cause, part in lost.causes.items() if cause is not Cause.MEASURED]
    below = [child.of_parent.exact * _not_measured(child) for child in lost.children if child.of_parent is not None]
    return sum((*own, *below), Fraction(0)) / lost.own.exact


def _costliest(lost: Lost) -> list[IndicatorRow]:
    found = [
        (leaf.of_total.exact, IndicatorRow(leaf.code, leaf.title, leaf.of_total.published, leaf.own.published, causes))
        for leaf in lost.walk()
        if leaf.of_total is not None
        and leaf.own is not None
        and (causes := tuple(cause.words for cause in leaf.causes))
    ]
    return [row for _, row in sorted(found, key=lambda one: (-one[0], one[1].code))[:MOST_INDICATORS]]


def _suggestions(advice: Advice) -> Iterator[SuggestionShown]:
    for one in (*advice.single, *((advice.combination,) if advice.combination is not None else ())):
        steps = tuple(
            StepShown(step.code, step.measure_title, change_words(step), _near(step.points), _near(step.earned))
            for step in one.steps
        )
        yield SuggestionShown(one, steps, one.grade, together=one is advice.combination)


def _near(points: Fraction) -> Decimal:
    return rounded(decimal_of_fraction(points), 2)


def _limits(explanation: Explanation) -> list[int]:
    grades = explanation.edition.grades
    return [int(grade.at_least) for grade in grades.grades if grade.at_least] if grades else []


def _name(row: PartRow) -> str:
    look = PILLAR_LOOKS.get(row.code)
    return f"{look.sign} {said(row.title)}" if look else f"{row.code} {said(row.title)}"


def _hue(code: str) -> str:
    look = PILLAR_LOOKS.get(code[:2])
    return look.hue if look else MUTED
