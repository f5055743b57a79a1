"""What happened to a thing, from the audit log, in words; and who may read it.

A history is read by whoever may read the thing itself: of a centre, its evidence, cases and certificates by those who
see the work and not results alone. Ratings have none, because they are blind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import rules
from django.db.models import Model, QuerySet

from assessment.case_selectors import (
    Somebody,
    seen_inside,
    visible_disputes,
    visible_findings,
    visible_samples,
    visible_visits,
)
from assessment.certificate_selectors import certificates
from assessment.models import (
    Assessment,
    Certificate,
    Dispute,
    DisputeKind,
    Finding,
    RankedReport,
    Sample,
    SiteVisit,
)
from assessment.ranking_selectors import visible_reports
from assessment.selectors import visible_assessments
from assessment.services.histories.people import People
from assessment.services.histories.words import words_of
from centres.models import Centre, Invitation, Person
from centres.permissions import is_administrator
from centres.selectors import visible_invitations, visible_people
from centres.services.invite import subject_of
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import listed_evidence
from indicators.models import Edition
from operations import audit
from operations.models import AuditEntry

_DISPUTE, _LODGED = "dispute", {f"{kind}.lodge" for kind in DisputeKind.values}
_OF_THE_BODY = {"assessment.take_off"}  # their reasons may be private
_NOT_NAMED = Text(zh="提出人（不公开）", en="whoever lodged it (not named)")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a history; `sequence` and `hash` are those of the audit log.

    `whom` is who was assigned, invited or sent away, where the act does not say it and the reader may know.
    """

    sequence: int
    at: dt.datetime
    act: str
    words: Text
    who: Text
    whom: Text | None
    subject: str
    reason: str
    hash: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing the log speaks of.

    `readable`: those whose history a person may read; `entries`: what the log has about one and all that is in it.
    """

    readable: Callable[[Somebody], QuerySet[Any]]
    entries: Callable[[Any], QuerySet[AuditEntry]]


def history_of(thing: Model, *, reader: Somebody) -> list[Happened]:
    """Oldest first. Of a dispute the reader may not read it tells that there was one and what came of it, no more;
    why an assessor was taken off is told to the body.
    """
    entries = list(KINDS[type(thing)].entries(thing))
    hidden, people = _hidden_disputes(entries, reader), People(entries, reader=reader)
    inside = is_administrator(reader) or (
        isinstance(thing, Assessment) and rules.has_perm("assessment.see_flags", reader, thing.centre)
    )
    told = (
        Happened(
            sequence=one.sequence,
            at=one.at,
            act=one.act,
            words=words_of(one.act),
            who=people.who(one),
            whom=people.whom(one),
            subject=one.subject,
            reason=one.reason if inside or one.act not in _OF_THE_BODY else "",
            hash=one.hash,
        )
        for one in entries
    )
    return [_in_general(one) if one.subject in hidden else one for one in told]


def _in_general(one: Happened) -> Happened:
    who = _NOT_NAMED if one.act in _LODGED else one.who
    return replace(one, who=who, reason="", subject=_DISPUTE)


def _hidden_disputes(entries: Collection[AuditEntry], reader: Somebody) -> set[str]:
    disputes = {one.subject for one in entries if one.subject.startswith(f"{_DISPUTE}/")}
    if not disputes:
        return set()
    keys = [subject.partition("/")[2] for subject in disputes]
    return disputes - {one.subject for one in visible_disputes(reader).filter(pk__in=keys)}


# --- kinds ------------------------------------------------------------------------------------------------------------


def _about(*words: str) -> QuerySet[AuditEntry]:
    return audit.history(words)


def _of_case(case: Assessment) -> QuerySet[AuditEntry]:
    inside = [one.subject for held in (case.findings, case.samples, case.visits, case.disputes) for one in held.all()]
    certificate = getattr(case, "certificate", None)
    return _about(case.subject, *inside, *([f"certificate/{certificate.number}"] if certificate else []))


def _of_invitation(invitation: Invitation) -> QuerySet[AuditEntry]:
    return _about(subject_of(invitation)).filter(details__invitation=str(invitation.pk))


def _editions(user: Somebody) -> QuerySet[Edition]:
    found = Edition.objects.defer("content")
    return found if rules.has_perm("indicators.read_drafts", user) else found.none()


KINDS: Mapping[type[Model], Kind] = {
    Assessment: Kind(lambda user: visible_assessments(user).filter(centre__in=seen_inside(user)), _of_case),
    Certificate: Kind(
        lambda user: certificates().filter(assessment__centre__in=seen_inside(user)),
        lambda certificate: _about(f"certificate/{certificate.number}"),
    ),
    Finding: Kind(visible_findings, lambda finding: _about(finding.subject)),
    Sample: Kind(visible_samples, lambda sample: _about(sample.subject)),
    SiteVisit: Kind(visible_visits, lambda visit: _about(visit.subject)),
    Dispute: Kind(visible_disputes, lambda dispute: _about(dispute.subject)),
    Centre: Kind(seen_inside, lambda centre: _about(f"centre/{centre.slug}")),
    Evidence: Kind(
        lambda user: listed_evidence(user).filter(centre__in=seen_inside(user)),
        lambda evidence: _about(f"evidence/{evidence.pk}"),
    ),
    Edition: Kind(_editions, lambda edition: _about(edition.subject)),
    RankedReport: Kind(visible_reports, lambda report: _about(f"report/{report.pk}")),
    Person: Kind(visible_people, lambda person: _about(f"person/{person.username}")),
    Invitation: Kind(visible_invitations, _of_invitation),
}
