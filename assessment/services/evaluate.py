"""An assessor states that the package was evaluated: its result is there, and every indicator of it was ruled on."""

from __future__ import annotations

from django.db import transaction

from assessment.desk_selectors import measured_result
from assessment.models import Assessment, EvaluationPlan
from assessment.services import transitions
from assessment.services.conclude import concluded, require_settled
from assessment.services.explain import explain_later
from assessment.services.plan_evaluation import require_in_hand
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


@transaction.atomic
def evaluate(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """Raises:
    PermissionDenied: not an assessor.
    DecisionBlocked: as every act; `not_scored_yet`, while the job still runs; `visit_missing`, when the plan asks for a
        visit and none was closed; `not_settled`, naming the indicators nobody has ruled on.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "evaluate", person=person, version=version)
    if assessment.result_id is None:
        raise DecisionBlocked(
            "not_scored_yet",
            Text(zh="材料包还在计分。", en="The package is still being scored."),
            hint=Text(zh="请等待计分工作完成。", en="Wait for the scoring job to end."),
        )
    require_in_hand(assessment)
    planned = EvaluationPlan.objects.filter(assessment=assessment, visit_needed=True).exists()
    if planned and not assessment.visits.exclude(closed_at=None).exists():
        raise DecisionBlocked(
            "visit_missing",
            Text(zh="评价计划要求现场评价，尚无已结束的记录。", en="The plan asks for a site visit; none was closed."),
            hint=Text(zh="请完成现场记录并举行末次会议。", en="Complete its record and hold the closing meeting."),
        )
    found = require_settled(assessment)
    measured = measured_result(assessment)
    ruled = concluded(assessment, found)
    assessment.result, assessment.measured = (measured, None) if ruled is None else (ruled, measured)
    if ruled is not None:
        explain_later(ruled, assessment=assessment)
    return transitions.take(assessment, transition, person=person, reason=reason)
