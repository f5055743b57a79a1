"""A centre applies: an assessment is opened against the current edition, which is pinned with the procedure."""

from __future__ import annotations

import rules
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assessment.models import Act, Assessment, AssessmentState, Kind, Part, Procedure
from assessment.services.application.kinds_now import require_fitting
from assessment.services.chain.separation import join
from centres.models import Centre, Person
from core.errors import DecisionBlocked
from core.text import Text
from indicators.models import Edition
from operations import audit


@transaction.atomic
def open_assessment(centre: Centre, *, edition: Edition, person: Person, kind: Kind = Kind.CERTIFICATION) -> Assessment:
    """A draft, to which the centre adds evidence until it is submitted. The scheme's procedure is kept with it.

    Raises:
        PermissionDenied: not an engineer or owner of the centre; administering the platform makes nobody an applicant.
        DecisionBlocked: code `already_exists`, when another one of this centre is open; as `require_fitting`.
    """
    if not rules.has_perm("centres.apply", person, centre):
        raise PermissionDenied
    assessment = Assessment(
        centre=centre,
        edition=edition,
        kind=kind,
        procedure=Procedure.EXPRESS if settings.SCHEME_EXPRESS else Procedure.FULL,
        notice_days=0 if kind == Kind.PRE_ASSESSMENT else settings.SCHEME_NOTICE_DAYS,
        rating=settings.SCHEME_RATING,
        scheme_type=settings.SCHEME_TYPE,
        two_deciders_from=_two_deciders_from(kind),
        opened_by=person,
    )
    try:
        with transaction.atomic():
            assessment.save(force_insert=True)
    except IntegrityError as error:
        raise DecisionBlocked(
            "already_exists",
            Text(zh="该中心已有一个未结束的评价。", en="An assessment of this centre is already open."),
            hint=Text(zh="请在已有的评价中继续。", en="Go on with the one that is open."),
        ) from error
    require_fitting(kind, centre=centre)  # only now: the row waited for a case that was just being certified
    join(assessment, person=person, part=Part.APPLICANT)
    Act.objects.create(
        assessment=assessment, act="open", to_state=AssessmentState.DRAFT, part=Part.APPLICANT, person=person
    )
    audit.record(
        actor=person,
        act="assessment.open",
        subject=assessment.subject,
        details={"centre": centre.slug, "edition": str(edition), "edition_digest": edition.digest, "kind": kind},
    )
    return assessment


def _two_deciders_from(kind: Kind) -> str:
    alone = settings.SCHEME_EXPRESS or kind == Kind.PRE_ASSESSMENT or settings.SCHEME_TWO_DECIDERS_FROM == "none"
    return "" if alone else str(settings.SCHEME_TWO_DECIDERS_FROM)
