"""The way to a history: by the page of what it is the history of, or the one that lists it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from assessment.models import Assessment, Certificate, Dispute, Finding, RankedReport, Sample, SiteVisit
from assessment.sampling.subjects import SUBJECTS
from assessment.selectors import Somebody
from assessment.web.case_pages import case_crumbs
from assessment.web.dispute_words import KINDS
from assessment.web.finding_words import SEVERITIES
from assessment.web.visit_pages import visit_crumbs
from centres.models import Centre, Invitation, Person
from centres.web.crumbs import Step, crumbs
from core.text import Text
from evidence.models import Evidence
from indicators.models import Edition

_HERE = (Text(zh="历史记录", en="History"), "")
_PEOPLE = Text(zh="人员", en="People")
_VERIFY = Text(zh="证书查验", en="Verify a certificate")
_DISPUTES = Text(zh="投诉、申诉与异议", en="Complaints, appeals and objections")
_RUBRIC = Text(zh="评分细则", en="Rubric")


def way_to(thing: Model, *, reader: Somebody) -> list[dict[str, Any]]:
    """Crumbs of its history; the last but one is the thing itself."""
    match thing:
        case Assessment():
            return case_crumbs(thing, _HERE)
        case Finding():
            words = SEVERITIES[thing.severity]
            return case_crumbs(thing.assessment, (words, reverse("assessment:finding", args=[thing.pk])), _HERE)
        case Sample():
            address = reverse("assessment:sample", args=[thing.pk])
            return case_crumbs(thing.assessment, (SUBJECTS[thing.of], address), _HERE)
        case SiteVisit():
            return visit_crumbs(thing, _HERE)
        case Centre():
            return crumbs(thing, _HERE)
        case Evidence():
            return crumbs(thing.centre, (thing.name, reverse("evidence:evidence", args=[thing.pk])), _HERE)
        case Invitation():
            return _of_invitation(thing)
        case Certificate():
            own = reverse("assessment:certificate", args=[thing.number])
            return _steps((_VERIFY, reverse("assessment:verify")), (thing.number, own))
        case Dispute():
            own = reverse("assessment:dispute", args=[thing.pk])
            return _steps((_DISPUTES, reverse("assessment:disputes")), (KINDS[thing.kind], own))
        case Edition():
            own = reverse("indicators:life", args=[thing.rubric, thing.edition])
            return _steps((_RUBRIC, reverse("indicators:rubrics")), (str(thing), own))
        case Person():
            page = "mfa_index" if thing == reader else "centres:staff"
            return _steps((thing.name, reverse(page)))
        case RankedReport():
            return _steps((thing.title, reverse("assessment:home")))
    raise TypeError(type(thing))


def _of_invitation(invitation: Invitation) -> list[dict[str, Any]]:
    if invitation.centre is None:
        return _steps((_PEOPLE, reverse("centres:staff")), (invitation.email, reverse("centres:staff")))
    people = reverse("centres:people", args=[invitation.centre.slug])
    return crumbs(invitation.centre, (_PEOPLE, people), (invitation.email, people), _HERE)


def _steps(*above: Step) -> list[dict[str, Any]]:
    return crumbs(None, *above, _HERE)
