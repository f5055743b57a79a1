"""What is public of certificates, and what each is worth today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessment.models import (
    STANDING,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
)
from centres.models import Centre


class Standing(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to whoever holds a paper: the register is the truth, the paper a copy."""

    number: str
    standing: Standing
    certificate: Certificate | None


def certificates() -> QuerySet[Certificate]:
    """All that were ever issued: public, by number."""
    found = Certificate.objects.select_related(
        "assessment__centre", "assessment__edition", "result__summary", "result__profile_version"
    )
    return found.defer("assessment__edition__content", "result__inputs")


_OF_CERTIFICATES = (
    *("number", "state", "issued_on", "valid_until", "surveillance_due_on", "withdrawal_on"),
    *("upheld_on", "replaces_id", "pdf_sha256", "job_id"),
    *(
        f"assessment__{name}"
        for name in ("kind", "procedure", "rating", "notice_days", "concurrence_due", "scheme_type")
    ),
    "assessment__centre__slug",
    *("assessment__edition__rubric", "assessment__edition__edition", "assessment__edition__digest", "result_id"),
    *(f"result__summary__{name}" for name in ("name_zh", "name_en", "digest", "inputs_digest", "score", "grade")),
)


def certificate_rows() -> QuerySet[Certificate, dict[str, Any]]:
    """All that were ever issued as columns, for a long list of them."""
    found: QuerySet[Certificate, dict[str, Any]] = Certificate.objects.values(*_OF_CERTIFICATES)
    return found


def standing_certificates(centre: Centre) -> QuerySet[Certificate]:
    """Those of a centre that are valid or suspended, the newest first; the database sees to it that there is one.

    None whose term has ended, whether or not the calendar has written that down.
    """
    found = Certificate.objects.filter(assessment__centre=centre, state__in=STANDING)
    return found.filter(valid_until__gte=timezone.localdate()).order_by("-issued_on", "-number")


def ended_certificates(centre: Centre) -> QuerySet[Certificate]:
    """Those of a centre whose term has ended and of which the calendar has not written it down yet."""
    found = Certificate.objects.filter(assessment__centre=centre, state__in=STANDING)
    return found.filter(valid_until__lt=timezone.localdate()).order_by("number")


def standing_of(certificate: Certificate, *, on: dt.date | None = None) -> Standing:
    return standing_on(on or timezone.localdate(), state=certificate.state, valid_until=certificate.valid_until)


def standing_on(day: dt.date, *, state: str, valid_until: dt.date) -> Standing:
    """A term ends with its last day, not when the calendar writes it down some hours later."""
    return Standing.EXPIRED if valid_until < day and state in STANDING else Standing(state)


def in_force(cases: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Those the public is shown: with a certificate whose `standing_of` is valid today."""
    certified = cases.filter(state=AssessmentState.CERTIFIED, certificate__state=CertificateState.VALID)
    return certified.filter(certificate__valid_until__gte=timezone.localdate())


def verification(number: str, *, on: dt.date | None = None) -> Verification:
    """What the register says of a number, however it is typed."""
    certificate = certificates().filter(pk=number.strip().upper()).first()
    standing = standing_of(certificate, on=on) if certificate else Standing.UNKNOWN
    return Verification(number, standing, certificate)
