"""What reviewer and decider read before they sign: the case on one page, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.desk_selectors import Item, items_for, measured_result
from assessment.difference_selectors import difference_between
from assessment.models import Assessment, AssessmentState, Kind, Part, RatingRule, StoredResult
from assessment.result_selectors import borders_of, explanation_of, result_of
from assessment.scoring.explain.advice import Suggestion
from assessment.scoring.explain.advice_words import named_change
from assessment.scoring.explain.borders import Border
from assessment.scoring.explain.difference import Difference
from assessment.scoring.explain.phrases import with_unit
from assessment.scoring.explain.still_needed import still_needed
from assessment.scoring.result import Result, Verdict
from assessment.scoring.rulings import Ruled, Ruling
from assessment.services.chain.done_words import done_title
from assessment.services.chain.part_words import PARTS
from assessment.services.chain.table import When, holds
from assessment.services.chain.two_deciders import concurrence
from assessment.services.desk.rating_words import verdict_words
from assessment.services.evaluation.conclude import effect_of
from assessment.web.shown.desk import address_of, node_in
from assessment.web.shown.difference import signed
from assessment.web.shown.dispute_words import KINDS
from assessment.web.shown.dispute_words import OVER as DECIDED
from assessment.web.shown.dispute_words import STATES as DISPUTE_STATES
from assessment.web.shown.finding_words import SEVERITIES, STATES
from assessment.web.shown.minutes_conditions import conditions
from centres.models import Person
from core.quantity import plain, shortest
from core.text import Text
from indicators.rubric.grade_words import grade_title as called
from indicators.rubric.model import Grades
from indicators.selectors import typed

MOST_RAISING = 3
JUDGING_HERE = (Part.REVIEWER, Part.DECIDER)
SIGNING = (Part.ASSESSOR, Part.REVIEWER, Part.DECIDER)
NOTHING_OPEN = Text(
    zh="现在没有由您在此办理的复核或决定。同一案件的评价、复核和决定须由三个不同的人办理。",
    en="No review or decision is yours to take now: three different people evaluate, review and decide a case.",
)
TITLE = Text(zh="复核与决定记录", en="Minutes of review and decision")


@dataclass(frozen=True, slots=True)
class RulingRow:
    """A figure the assessors did not take as it was measured.

    Args:
        effect: on the total, signed; None where it cannot be told apart.
    """

    code: str
    title: Text
    address: str
    ruling: Text
    words: str
    before: Decimal | None
    after: Decimal | None
    effect: str | None


@dataclass(frozen=True, slots=True)
class IfRow:
    """“The grade would change if …”: each indicator's code with what happens to it, all together."""

    changes: tuple[tuple[str, Text], ...]
    score: str
    grade: Text


def minutes_shown(case: Assessment, *, person: Person) -> dict[str, Any]:
    """Everything of the page but the flags and the form; the case has a result."""
    stored = case.result
    assert stored is not None  # noqa: S101  (the view saw to it)
    found = items_for(person, case) if case.rating != RatingRule.NONE else []
    grades = typed(case.edition).grades
    findings = list(case.findings.all())
    disputes = list(case.disputes.all())
    return {
        "conditions": list(conditions(case)),
        "needs": still_needed(result_of(stored)) if case.kind == Kind.PRE_ASSESSMENT else (),
        "sentences": list(result_sentences(case, result_of(stored), grades)),
        "rated": case.rating != RatingRule.NONE,
        "unsettled": sum(not one.standing.is_settled for one in found),
        "accepted": sum(one.ruling is not None and one.ruling.ruled is Ruled.ACCEPTED for one in found),
        "rulings": _rulings(case, stored, found),
        "findings": [
            {"item": one, "severity": SEVERITIES[one.severity], "state": STATES[one.state]} for one in findings
        ],
        "open_findings": sum(one.state not in ("closed", "retracted") for one in findings),
        "disputes": [
            {"item": one, "kind": KINDS[one.kind], "state": DISPUTE_STATES[one.state], "over": one.state in DECIDED}
            for one in disputes
        ],
        **_sensitivity(stored, grades, graded=case.kind != Kind.PRE_ASSESSMENT),
        "deeds": [
            {
                "at": act.at,
                "words": done_title(act.act),
                "part": PARTS[act.part],
                "person": act.person.name if act.person else None,
                "reason": act.reason,
            }
            for act in case.acts.all()
        ],
        "signing": list(_signing(case)),
    }


# --- the result in sentences ------------------------------------------------------------------------------------------


def result_sentences(case: Assessment, result: Result, grades: Grades | None) -> Iterable[Text]:
    name = case.centre.name
    edition = f"{case.edition.rubric}/{case.edition.edition}"
    if case.kind == Kind.PRE_ASSESSMENT:
        yield Text(
            zh=f"{name.zh}按 {edition} 作预评价：有分支柱数值，无总分，无等级。",
            en=f"{name.en} was pre-assessed against {edition}: figures by pillar, no total and no grade.",
        )
    elif result.verdict is Verdict.BLOCKED:
        causes = [one for one in result.consequences if one.effect == "block"]
        yield Text(
            zh=f"{name.zh}按 {edition} 评价：不评级，不能发证；原因 {len(causes)} 项，见下。",
            en=f"{name.en} was assessed against {edition}: no grade and no certificate, "
            f"for the {len(causes)} reason{'' if len(causes) == 1 else 's'} given below.",
        )
    else:
        grade = grade_title(result.grade, grades)
        yield Text(
            zh=f"{name.zh}按 {edition} 评价：总分 {_points(result.score)}，{grade.zh}。",
            en=f"{name.en} was assessed against {edition}: {_points(result.score)} points, {grade.en}.",
        )
        if result.grade != result.root.grade:
            own = grade_title(result.root.grade, grades)
            yield Text(
                zh=f"仅按分数可得{own.zh}，因封顶未得。", en=f"By points alone it would be {own.en}; it is capped."
            )
    pillars = [one for one in result.pillars if one.published is not None]
    if pillars:
        weakest = min(pillars, key=lambda one: one.published or Decimal(0))
        zh = "，".join(f"{one.title.zh} {_points(one.published)}" for one in pillars)
        en = ", ".join(f"{one.title.en} {_points(one.published)}" for one in pillars)
        yield Text(
            zh=f"各支柱：{zh}。最弱的是{weakest.title.zh}。", en=f"By pillar: {en}. The weakest is {weakest.title.en}."
        )


def grade_title(grade: str | None, grades: Grades | None) -> Text:
    if grades is None or not grade:
        return Text(zh="不评级", en="no grade")
    return called(grade, otherwise=grades.grades[grades.rank(grade)].title)


def _points(points: Decimal | None) -> str:
    return "–" if points is None else plain(points)


# --- what the assessors made of it ------------------------------------------------------------------------------------


def _rulings(case: Assessment, stored: StoredResult, found: list[Item]) -> list[RulingRow]:
    given = [(one, ruling) for one in found if (ruling := one.ruling) is not None and _changes(one, ruling)]
    measured = measured_result(case)
    if not given or measured is None:
        return []
    difference = _effect(case, stored, measured, [ruling for _, ruling in given])
    effects = {one.code: one.part.published for one in difference.indicators} if difference else {}
    told = difference is not None and difference.total is not None
    rows = []
    for item, ruling in given:
        after = node_in(result_of(stored), item.code)
        effect = signed(effects.get(item.code, Decimal("0.00"))) if told else None
        rows.append(
            RulingRow(
                item.code,
                item.indicator.title,
                address_of(case, item.code),
                verdict_words(ruling.ruled.value, None if ruling.level is None else shortest(ruling.level)),
                ruling.text,
                item.node.published,
                after.published if after is not None else None,
                effect,
            )
        )
    return rows


def _effect(case: Assessment, stored: StoredResult, measured: StoredResult, rulings: list[Ruling]) -> Difference | None:
    """What rulings amount to while they may still change; afterwards what they led to, which a job has kept."""
    if holds(When.EVALUATION, case) or measured == stored:
        return effect_of(case, rulings)
    return difference_between(measured, stored)


def _changes(item: Item, ruling: Ruling) -> bool:
    """Whether it makes anything of what was measured: a level that is the claimed one does not."""
    if ruling.ruled is Ruled.ACCEPTED:
        return False
    claimed = item.node.inputs.value if item.node.inputs is not None else None
    return ruling.level is None or ruling.level != claimed


# --- what would change the grade --------------------------------------------------------------------------------------


def _sensitivity(stored: StoredResult, grades: Grades | None, *, graded: bool) -> dict[str, Any]:
    if not graded:
        return {"graded": False}
    falls = borders_of(stored)
    advice = explanation_of(stored).advice
    raising = [*(advice.single if advice else ()), *((advice.combination,) if advice and advice.combination else ())]
    return {
        "graded": True,
        "falls": [_fall(one, grades) for one in falls or ()],
        "can_tell": falls is not None,
        "raises": [_rise(one, grades) for one in raising[:MOST_RAISING]],
        "no_rise": advice.reason if advice else None,
    }


def _fall(border: Border, grades: Grades | None) -> IfRow:
    before, after = with_unit(_short(border.before), border.unit), with_unit(border.after, border.unit)
    change = Text(
        zh=f"{border.measure_title.zh}由 {before.zh} 变为 {after.zh}",
        en=f"{border.measure_title.en} goes from {before.en} to {after.en}",
    )
    return IfRow(((border.code, change),), _points(border.score), grade_title(border.grade, grades))


def _rise(suggestion: Suggestion, grades: Grades | None) -> IfRow:
    changes = tuple((step.code, named_change(step, called=step.measure_title)) for step in suggestion.steps)
    return IfRow(changes, _points(suggestion.score), grade_title(suggestion.grade, grades))


def _short(value: Decimal) -> Decimal:
    """Six digits are enough beside a border; the trace has the rest."""
    return +value if len(value.as_tuple().digits) <= 6 else Decimal(f"{value:.6g}")


def _signing(case: Assessment) -> Iterable[dict[str, Any]]:
    """Whoever judged; the second decider before the one who decides."""
    concurred = concurrence(case) if case.two_deciders_from else None
    for part in SIGNING:
        if part is Part.DECIDER and concurred is not None and concurred.person != _decided_by(case):
            yield {"part": PARTS[part], "person": concurred.person and concurred.person.name}
        yield {"part": PARTS[part], "person": _who(case, part)}


def _who(case: Assessment, part: Part) -> Text | None:
    column = {Part.ASSESSOR: case.assessor, Part.REVIEWER: case.reviewer, Part.DECIDER: _decided_by(case)}[part]
    return column.name if column is not None else None


def _decided_by(case: Assessment) -> Person | None:
    """Nobody before the decision: until then the case knows who concurred last."""
    return None if case.state == AssessmentState.REVIEWED else case.decider
