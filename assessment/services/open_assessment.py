"""A centre applies: an assessment is opened against the current edition, which is pinned from here on."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from assessment.models import Act, Assessment, AssessmentState
from centres.models import Centre, Person
from core.errors import DecisionBlocked
from core.text import Text
from indicators.models import Edition
from operations import audit


@transaction.atomic
def open_assessment(centre: Centre, *, edition: Edition, person: Person) -> Assessment:
    """A draft, to which the centre adds evidence until it is submitted.

    Raises:
        DecisionBlocked: code `already_exists`, when another one of this centre is open.
    """
    assessment = Assessment(centre=centre, edition=edition, opened_by=person)
    try:
        with transaction.atomic():
            assessment.save(force_insert=True)
    except IntegrityError as error:
        raise DecisionBlocked(
            "already_exists",
            Text(zh="该中心已有一个未结束的评价。", en="An assessment of this centre is already open."),
            hint=Text(zh="请在已有的评价中继续。", en="Go on with the one that is open."),
        ) from error
    Act.objects.create(assessment=assessment, act="open", to_state=AssessmentState.DRAFT, person=person)
    audit.record(
        actor=person,
        act="assessment.open",
        subject=assessment.subject,
        details={"centre": centre.slug, "edition": str(edition), "edition_digest": edition.digest},
    )
    return assessment
