"""The way to a history: by the page of what it is the history of, or the one that lists it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from assessment.models import Assessment, Certificate, Dispute, Finding, RankedReport, Sample, SiteVisit
from assessment.selectors import Somebody
from assessment.web.pages.case import case_crumbs
from assessment.web.pages.crumbs import certificate_crumbs, dispute_crumbs, finding_crumbs, sample_crumbs
from assessment.web.pages.visit import visit_crumbs
from centres.models import Centre, Invitation, Person
from centres.permissions import is_administrator
from centres.web.crumbs import crumbs, people_crumbs, trail
from core.text import Text
from evidence.models import Evidence
from evidence.web.crumbs import file_crumbs
from indicators.models import Edition
from indicators.web.crumbs import crumbs as edition_crumbs

HISTORY = Text(zh="历史记录", en="History")
_HERE = (HISTORY, "")


def way_to(thing: Model, *, reader: Somebody) -> list[dict[str, Any]]:
    """Crumbs of its history; the last but one is the thing itself, which leads nowhere where it has no page."""
    match thing:
        case Assessment():
            return case_crumbs(thing, _HERE)
        case Finding():
            return finding_crumbs(thing, _HERE)
        case Sample():
            return sample_crumbs(thing, _HERE)
        case SiteVisit():
            return visit_crumbs(thing, _HERE)
        case Dispute():
            return dispute_crumbs(thing, _HERE)
        case Certificate():
            return certificate_crumbs(thing.number, _HERE)
        case Centre():
            return crumbs(thing, _HERE)
        case Evidence():
            return file_crumbs(thing, _HERE)
        case Edition():
            return edition_crumbs(thing, _HERE)
        case RankedReport():
            return crumbs(None, (thing.title, ""), _HERE)
        case Invitation():
            return people_crumbs(thing.centre, (thing.email, ""), _HERE)
        case Person():
            return _of_person(thing, reader)
    raise TypeError(type(thing))


def _of_person(person: Person, reader: Somebody) -> list[dict[str, Any]]:
    """By the page of one's account, by the list of people for those who keep it; another own account has no page."""
    if person == reader:
        return trail((person.name, reverse("mfa_index")), _HERE)
    if is_administrator(reader):
        return people_crumbs(None, (person.name, ""), _HERE)
    return trail((person.name, ""), _HERE)
