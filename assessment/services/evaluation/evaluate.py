"""An assessor states that the package was evaluated: its result is there, and every indicator of it was ruled on."""

from __future__ import annotations

from django.db import transaction

from assessment.desk_selectors import measured_result
from assessment.models import Assessment, EvaluationPlan, Kind, Procedure
from assessment.scoring.result import Verdict
from assessment.services.chain import transitions
from assessment.services.evaluation.conclude import concluded, require_settled
from assessment.services.evaluation.plan_evaluation import require_in_hand
from assessment.services.results.explain import explain_later
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text
from indicators.selectors import typed

# From this grade on the full procedure looks at the site itself.
VISITED_FROM = "L3"


@transaction.atomic
def evaluate(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """Raises:
    PermissionDenied: not an assessor.
    DecisionBlocked: as every act; `not_scored_yet`, while the job still runs; `pillars_unassigned`, of those nobody
        may rule on any more; `not_competent` and `no_declaration`, of who has one and whose competence or declaration
        ended; `not_settled`, naming the indicators nobody has ruled on; `visit_missing`, when the plan or the grade
        that comes of it asks for a visit and none was closed.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "evaluate", person=person, version=version)
    require_in_hand(assessment)
    if assessment.result_id is None:
        raise DecisionBlocked(
            "not_scored_yet",
            Text(zh="材料包还在计分。", en="The package is still being scored."),
            hint=Text(zh="请等待计分工作完成。", en="Wait for the scoring job to end."),
        )
    found = require_settled(assessment)
    measured = measured_result(assessment)
    ruled = concluded(assessment, found)
    assessment.result, assessment.measured = (measured, None) if ruled is None else (ruled, measured)
    if ruled is not None:
        explain_later(ruled, assessment=assessment)
    _require_visit(assessment)
    return transitions.take(assessment, transition, person=person, reason=reason)


def _require_visit(assessment: Assessment) -> None:
    """Raises:
    DecisionBlocked: `visit_missing`.
    """
    if assessment.procedure != Procedure.FULL or assessment.visits.exclude(closed_at=None).exists():
        return
    if EvaluationPlan.objects.filter(assessment=assessment, visit_needed=True).exists():
        why = Text(zh="评价计划要求现场评价", en="The plan asks for a site visit")
    elif grade := _grade_to_visit(assessment):
        why = Text(
            zh=f"结果为 {grade}，{VISITED_FROM} 及以上须有现场评价",
            en=f"The result is {grade}, and from {VISITED_FROM} on a site visit is asked for",
        )
    else:
        return
    raise DecisionBlocked(
        "visit_missing",
        Text(zh=f"{why.zh}，尚无已结束的记录。", en=f"{why.en}; none was closed."),
        hint=Text(zh="请完成现场记录并举行末次会议。", en="Complete its record and hold the closing meeting."),
    )


def _grade_to_visit(assessment: Assessment) -> str | None:
    """The grade that comes of the evaluation, where it asks for a visit; what is blocked or not graded does not."""
    grades, stored = typed(assessment.edition).grades, assessment.result
    if grades is None or stored is None or assessment.kind == Kind.PRE_ASSESSMENT:
        return None
    result, known = stored.result, [one.id for one in grades.grades]
    if result.grade is None or result.verdict is Verdict.BLOCKED or VISITED_FROM not in known:
        return None
    return result.grade if grades.rank(result.grade) >= grades.rank(VISITED_FROM) else None
