"""An assessor states that the package was evaluated; the result must be there to be judged."""

from __future__ import annotations

from django.db import transaction

from assessment.models import Assessment, EvaluationPlan
from assessment.services import transitions
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


@transaction.atomic
def evaluate(assessment: Assessment, *, person: Person, reason: str) -> Assessment:
    """Raises:
    PermissionDenied: not an assessor.
    DecisionBlocked: as every act; `not_scored_yet`, while the job still runs; `visit_missing`, when the plan asks for a
        visit and none was closed.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "evaluate", person=person)
    if assessment.result_id is None:
        raise DecisionBlocked(
            "not_scored_yet",
            Text(zh="材料包还在计分。", en="The package is still being scored."),
            hint=Text(zh="请等待计分工作完成。", en="Wait for the scoring job to end."),
        )
    planned = EvaluationPlan.objects.filter(assessment=assessment, visit_needed=True).exists()
    if planned and not assessment.visits.exclude(closed_at=None).exists():
        raise DecisionBlocked(
            "visit_missing",
            Text(zh="评价计划要求现场评价，尚无已结束的记录。", en="The plan asks for a site visit; none was closed."),
            hint=Text(zh="请完成现场记录并举行末次会议。", en="Complete its record and hold the closing meeting."),
        )
    return transitions.take(assessment, transition, person=person, reason=reason)
