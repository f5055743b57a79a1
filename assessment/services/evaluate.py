"""An assessor states that the package was evaluated; the result must be there to be judged."""

from __future__ import annotations

from django.db import transaction

from assessment.models import Assessment
from assessment.services import transitions
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


@transaction.atomic
def evaluate(assessment: Assessment, *, person: Person, reason: str) -> Assessment:
    """Raises:
    PermissionDenied: not an assessor.
    DecisionBlocked: `wrong_state`, `separation_of_duties`; `not_scored_yet`, while the job still runs.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "evaluate", person=person)
    if assessment.result_id is None:
        raise DecisionBlocked(
            "not_scored_yet",
            Text(zh="材料包还在计分。", en="The package is still being scored."),
            hint=Text(zh="请等待计分工作完成。", en="Wait for the scoring job to end."),
        )
    return transitions.take(assessment, transition, person=person, reason=reason)
