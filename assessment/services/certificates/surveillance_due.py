"""Whose surveillance comes up: an assessor records it, and owners hand in what it looks at before."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from assessment.models import Assessment, CertificateState, Part
from assessment.services.chain import separation
from centres.models import Centre, CentreRole, Person

SOON = dt.timedelta(days=60)  # before the day it is due


def surveillances_to_record(
    centres: QuerySet[Centre], *, person: Person, ties: separation.Ties | None = None
) -> dict[int, Assessment]:
    """By centre, the certified cases whose surveillance comes up or is overdue, and which this assessor may record.

    Args:
        ties: of this person, where they are known already.
    """
    return separation.open_to(_coming_up(centres), person=person, part=Part.ASSESSOR, assigned=False, ties=ties)


def surveillances_to_prepare(centres: QuerySet[Centre], *, person: Person) -> dict[int, Assessment]:
    """By centre, those of the centres this person owns."""
    own = centres.filter(memberships__user=person, memberships__role=CentreRole.OWNER)
    return {case.centre_id: case for case in _coming_up(own)}


def _coming_up(centres: QuerySet[Centre]) -> QuerySet[Assessment]:
    found = Assessment.objects.filter(
        centre__in=centres.order_by(),
        certificate__state=CertificateState.VALID,
        certificate__surveillance_due_on__lte=timezone.localdate() + SOON,
    )
    return found.only("centre", "state", "kind", "procedure", "result").order_by("certificate__surveillance_due_on")
