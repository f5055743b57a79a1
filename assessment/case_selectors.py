"""What may be seen inside a case: findings, disputes, samples, visits. Regulators see results, not these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from assessment.models import (
    STANDING,
    Act,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    Dispute,
    DisputeKind,
    DisputeState,
    Finding,
    FindingNote,
    FindingState,
    Sample,
    Severity,
    SiteVisit,
)
from centres.models import Centre, Membership, Person, Role
from centres.permissions import has_role, is_administrator, is_of_the_body
from centres.selectors import in_visible_centres, work_of
from core.text import Text

Somebody = Person | AnonymousUser
_OVER = (FindingState.CLOSED, FindingState.RETRACTED)
_UNACCEPTED = (FindingState.OPEN, FindingState.ANSWERED)


_SUMMED_UP = tuple(f"result__summary__{name}" for name in ("digest", "verdict", "score", "grade"))
_OF_CASES = (
    *("id", "centre__slug", "kind", "procedure", "rating", "notice_days", "notice_until", "scheme_type"),
    *(
        "two_deciders_from",
        "concurrence_due",
        "state",
        "version",
        "edition__rubric",
        "edition__edition",
        "edition__digest",
        "result_id",
        *_SUMMED_UP,
    ),
    *("certificate__number", "job_id", "created_at"),
)
_OF_ACTS = ("assessment_id", "of", "act", "from_state", "to_state", "part", "person_id", "reason", "at")
_NAMED = Person.named_by("person")


def case_rows(user: Somebody) -> QuerySet[Assessment, dict[str, Any]]:
    """The cases a person may see as columns, for long lists of them; `inside`: whether they see the inside of it."""
    found: QuerySet[Assessment, dict[str, Any]]
    inside = ExpressionWrapper(Q(centre__in=seen_inside(user).order_by().values("pk")), output_field=BooleanField())
    found = in_visible_centres(Assessment.objects.all(), user).values(*_OF_CASES, inside=inside)
    return found


def act_rows(cases: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What was done in each of these cases, oldest first, as columns; `person` is the name, None for the platform."""
    found: dict[UUID, list[dict[str, Any]]] = {case: [] for case in cases}
    names: dict[int | None, Text | None] = {None: None}
    for row in Act.objects.filter(assessment__in=cases).order_by("pk").values(*_OF_ACTS, *_NAMED):
        if (pk := row["person_id"]) not in names:
            names[pk] = Person(**{column.removeprefix("person__"): row[column] for column in _NAMED}).name
        found[row["assessment_id"]].append(row | {"person": names[pk]})
    return found


def open_major_findings(case: Assessment) -> list[Finding]:
    """While there is one, nothing is certified."""
    return list(case.findings.filter(severity=Severity.MAJOR).exclude(state__in=_OVER))


def unanswered_minor_findings(case: Assessment) -> list[Finding]:
    """Without a corrective action that was accepted; its effect may be checked after the certificate."""
    return list(case.findings.filter(severity=Severity.MINOR, state__in=_UNACCEPTED))


def unchecked_findings(case: Assessment) -> list[Finding]:
    """Nonconformities whose corrective action nobody has found effective."""
    return list(case.findings.exclude(severity=Severity.OBSERVATION).exclude(state__in=_OVER))


def failed_checks(case: Assessment) -> list[Finding]:
    """After the certificate: nonconformities found not mended, and without a corrective action accepted since."""
    return list(case.findings.exclude(severity=Severity.OBSERVATION).filter(state__in=_UNACCEPTED))


def cases_to_decide_anew(centres: QuerySet[Centre], *, suspended_by: dt.date) -> QuerySet[Assessment]:
    """Those with an upheld appeal against what stopped their certificate, whose certificate is valid though a check
    failed or a complaint was upheld, or was suspended by that day and no withdrawal is announced; oldest first.

    A withdrawn one comes back neither beside another the centre was given since nor after its term, so that nothing is
    left to decide.
    """
    failed = Finding.objects.exclude(severity=Severity.OBSERVATION).filter(state__in=_UNACCEPTED)
    is_failed = Q(certificate__state=CertificateState.VALID, pk__in=failed.values("assessment"))
    is_left = Q(certificate__state=CertificateState.SUSPENDED, certificate__withdrawal_on=None)
    is_left &= Q(certificate__suspended_on__lte=suspended_by)
    is_complained = Q(certificate__state=CertificateState.VALID, pk__in=_complaints_to_act_on().values("assessment"))
    due = is_failed | is_left | is_complained | Q(certificate__upheld_on__isnull=False)
    given_since = Certificate.objects.filter(state__in=STANDING, assessment__centre=OuterRef("centre"))
    is_ended = Q(certificate__valid_until__lt=timezone.localdate())
    is_past = (Q(Exists(given_since)) | is_ended) & Q(certificate__state=CertificateState.WITHDRAWN)
    found = Assessment.objects.filter(due & ~is_past, centre__in=centres.order_by()).select_related("certificate")
    of_certificate = (f"certificate__{name}" for name in ("number", "state", "upheld_on", "valid_until"))
    return found.only("centre", "state", "kind", "procedure", "result", *of_certificate).order_by("created_at")


def upheld_complaint(certificate: Certificate) -> Dispute | None:
    """The newest that was upheld about its case and after which nobody has acted on it: no surveillance, no stop."""
    return _complaints_to_act_on().filter(assessment=certificate.assessment_id).order_by("-ended_at").first()


def _complaints_to_act_on() -> QuerySet[Dispute]:
    since = Act.objects.filter(assessment=OuterRef("assessment"), of="certificate", at__gt=OuterRef("ended_at"))
    upheld = Dispute.objects.filter(kind=DisputeKind.COMPLAINT, state=DisputeState.UPHELD)
    return upheld.filter(~Exists(since))


def upheld_appeal(certificate: Certificate) -> Dispute | None:
    """The appeal by which the deciders have to act on it; None where they have, or there was none."""
    if certificate.upheld_on is None:
        return None
    found = Dispute.objects.filter(assessment=certificate.assessment_id, kind=DisputeKind.APPEAL)
    return found.filter(state=DisputeState.UPHELD).order_by("-ended_at").first()


def open_findings(centre: Centre) -> list[Finding]:
    """What waits for an answer of the centre where its case lets it answer; an observation left open at a certificate
    needs none any more.
    """
    found = Finding.objects.filter(assessment__centre=centre, state=FindingState.OPEN)
    found = found.exclude(severity=Severity.OBSERVATION, assessment__state=AssessmentState.CERTIFIED)
    return list(found.select_related("assessment__certificate"))


def visible_findings(user: Somebody) -> QuerySet[Finding]:
    """Of one's own centre; all for the body."""
    notes = Prefetch("notes", queryset=FindingNote.objects.select_related("person"))
    return (
        Finding.objects.filter(assessment__centre__in=seen_inside(user))
        .select_related("assessment__centre", "assessment__edition", "assessment__certificate")
        .defer("assessment__edition__content")
        .prefetch_related(notes)
    )


def visible_samples(user: Somebody) -> QuerySet[Sample]:
    """The secret stays with the platform until the draw; whoever shows a sample asks `record_of`."""
    return Sample.objects.filter(assessment__centre__in=seen_inside(user)).select_related("assessment__centre")


def visible_visits(user: Somebody) -> QuerySet[SiteVisit]:
    visits = SiteVisit.objects.filter(assessment__centre__in=seen_inside(user))
    return visits.select_related("assessment__centre").prefetch_related("photographs")


def visible_disputes(user: Somebody) -> QuerySet[Dispute]:
    """All for those who handle them and for registrars; else those one lodged, with any of one's accounts.

    An appeal is the centre's: whoever does its work now reads it, and nobody who has left. Who works for a centre, by
    whichever account, reads in no role who complained about it or objected.
    """
    found = Dispute.objects.select_related("assessment__centre", "assessment__edition")
    found = found.defer("assessment__edition__content")  # the whole rubric, again for every row
    if not isinstance(user, Person) or not user.is_active:
        return found.none()
    of_oneself = Q(lodged_by__natural_person=user.natural_person) & ~Q(kind=DisputeKind.APPEAL)
    if has_role(user, Role.APPEAL_HANDLER) or has_role(user, Role.REGISTRAR):
        own = Membership.objects.filter(user__natural_person=user.natural_person).order_by().values("centre")
        return found.filter(Q(kind=DisputeKind.APPEAL) | ~Q(assessment__centre__in=own) | of_oneself)
    of_the_centre = Q(kind=DisputeKind.APPEAL, assessment__centre__in=work_of(user).values("centre"))
    return found.filter(of_the_centre | of_oneself)


def announced() -> QuerySet[Assessment]:
    """Decisions anybody may object to today."""
    today = timezone.localdate()
    found = Assessment.objects.filter(state=AssessmentState.ANNOUNCED, notice_until__gte=today)
    return found.select_related("centre", "edition", "profile_version").defer("edition__content")


def without_grade(tree: dict[str, Any]) -> dict[str, Any]:
    """A result tree as a pre-assessment shows it: figures of pillars and indicators, nothing of the facility."""
    root = tree["root"] | {"points": None, "published": None, "grade": None}
    pillars = [pillar | {"grade": None} for pillar in root["children"]]
    return tree | {"verdict": None, "score": None, "grade": None, "root": root | {"children": pillars}}


def works_on(user: Somebody, case: Assessment) -> bool:
    """Whether somebody sees the inside of this case."""
    return seen_inside(user).filter(pk=case.centre_id).exists()


def seen_inside(user: Somebody) -> QuerySet[Centre]:
    """The centres whose work a person sees: one's own; all for the body and administrators."""
    if not user.is_active:
        return Centre.objects.none()
    if is_of_the_body(user) or is_administrator(user):
        return Centre.objects.all()
    return Centre.objects.filter(Q(memberships__user_id=user.pk)).distinct()
