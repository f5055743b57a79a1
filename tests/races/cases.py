"""Cases that are raced for: submitted and scored through the services, with measurements told."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from unittest import mock

from django.utils import timezone

from assessment.models import Assessment
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.results import score as scoring
from centres.models import Person
from core.outcome import Outcome, Quality
from indicators.measures.base import CentreEvidence, Measurement
from indicators.models import Edition, EditionState
from tests.assessment.conftest import GOOD, add_centre
from tests.assessment.documents import examples
from tests.editions import zhisuan


def edition() -> Edition:
    read = zhisuan()
    made, _ = Edition.objects.get_or_create(
        rubric=read.rubric,
        edition=read.edition,
        defaults={
            "digest": read.digest,
            "content": dict(read.content),
            "standing_zh": read.standing.zh,
            "standing_en": read.standing.en,
            "state": EditionState.PUBLISHED,
            "sealed": True,
            "published_at": timezone.now(),
        },
    )
    return made


def submitted(slug: str, edition: Edition) -> Assessment:
    owner = Person.objects.create_user(slug, name_zh=slug, name_en=slug)
    case = open_assessment(add_centre(slug, owner=owner), edition=edition, person=owner)
    with mock.patch.object(scoring, "measure_all", _measured):
        scoring.score_package(submit(case, person=owner))
    return Assessment.objects.get(pk=case.pk)


def _measured(evidence: CentreEvidence) -> dict[str, Measurement]:
    made = partial(Measurement, outcome=Outcome.SCORED, quality=Quality.A, period=examples.MONTHS)
    return {name: made(name, value=Decimal(value)) for name, value in GOOD.items()}
