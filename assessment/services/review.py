"""A reviewer who took no part in the evaluation confirms it and recommends."""

from __future__ import annotations

from django.db import transaction

from assessment.models import Assessment
from assessment.services import transitions
from centres.models import Person


@transaction.atomic
def review(assessment: Assessment, *, person: Person, reason: str) -> Assessment:
    """Raises:
    PermissionDenied: not a reviewer.
    DecisionBlocked: `wrong_state`, `separation_of_duties`.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "review", person=person)
    return transitions.take(assessment, transition, person=person, reason=reason)
