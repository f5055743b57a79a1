"""From the decision to the paper: the number at once, the PDF by a job that may run twice."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessment.certificate_selectors import ended_certificates, standing_certificates
from assessment.documents.content.certificate import CertificateContent, Decision, certificate_content
from assessment.documents.content.spread import Spread
from assessment.documents.content.words import SCHEME_WORDS
from assessment.documents.fonts import refuse_missing_glyphs
from assessment.documents.render import certificate_html, certificate_pdf
from assessment.models import Assessment, Certificate, StoredResult
from assessment.paper_selectors import edition_words, installed
from assessment.scoring.firmness import Firmness
from assessment.services.certificates.numbers import next_number
from assessment.services.chain import transitions
from assessment.services.papers import keep_paper
from assessment.services.results.firmness import firmness_of
from centres.models import Person
from core.text import Text
from operations import audit
from operations.jobs import enqueue

TASK = "assessment.issue_certificate"
VALID_MONTHS = 24
SURVEILLANCE_MONTHS = 12  # the data are handed in anew


@transaction.atomic
def issue_certificate(assessment: Assessment, *, person: Person) -> Certificate:
    """Give the number and ask for the paper; part of the transaction of the decision.

    Raises:
        UserFacingError: `missing_glyph`: a paper that can never be made must not be decided on.
    """
    if assessment.result is None:
        raise ValueError("an assessment without a result has no certificate")
    _expire_ended(assessment)
    today, replaced = timezone.localdate(), _replaced(assessment)
    certificate = Certificate(
        number=next_number(today.year),
        assessment=assessment,
        result=assessment.result,
        decided_by=assessment.decider or person,
        replaces=replaced[0] if replaced else None,
        issued_on=today,
        valid_until=months_later(today, VALID_MONTHS) - dt.timedelta(days=1),
        surveillance_due_on=months_later(today, SURVEILLANCE_MONTHS),
        interval=_interval(assessment.result),
    )
    certificate.job = enqueue(
        TASK, subject=f"certificate/{certificate.number}", scope=assessment.centre.slug, number=certificate.number
    )
    for standing in replaced:  # first: of one centre one certificate stands
        transitions.take_on_certificate(standing, "replace", person=None, reason=f"→ {certificate.number}")
    certificate.full_clean()
    certificate.save(force_insert=True)
    refuse_missing_glyphs(certificate_html(content_of(certificate)))
    audit.record(
        actor=person,
        act="certificate.issue",
        subject=f"certificate/{certificate.number}",
        details={"assessment": str(assessment.pk), "result": assessment.result.digest},
    )
    return certificate


def make_certificate(number: str) -> Certificate:
    """Lay out the paper and keep it; done again it gives the same bytes.

    Raises:
        UserFacingError: as `certificate_pdf`; the job fails with these words.
    """
    certificate = Certificate.objects.select_related(
        "assessment__centre", "assessment__edition", "result__profile_version", "decided_by"
    ).get(pk=number)
    pdf = certificate_pdf(content_of(certificate))
    certificate.pdf_sha256 = keep_paper(pdf)
    certificate.save(update_fields=["pdf_sha256"])
    return certificate


def decided_as(decider: Person) -> dict[str, dict[str, str]]:
    """Who decides for which body, by the names of today; kept with the decision, so that its paper never changes."""
    return {
        "decider": decider.name.as_json(),
        "body": dict(settings.BODY_NAME),
        "body_address": dict(settings.BODY_ADDRESS),
        "complaints": dict(settings.BODY_COMPLAINTS),
    }


def content_of(certificate: Certificate) -> CertificateContent:
    profile = certificate.result.profile_version.profile
    kept = certificate.assessment.decision or decided_as(certificate.decided_by)  # decided before names were kept
    said = {name: Text(**words) for name, words in kept.items()}
    return certificate_content(
        certificate.result.result,
        edition=edition_words(certificate.assessment.edition),
        profile=profile,
        installed=installed(profile),
        decision=Decision(
            number=certificate.number,
            decided_on=_decided_on(certificate),
            effective_on=certificate.issued_on,
            valid_until=certificate.valid_until,
            decider=_printed(said["decider"]),
            body=said["body"],
            body_address=said["body_address"],
            complaints=said["complaints"],
            verification_url=verification_url(certificate.number),
            surveillance_on=months_later(certificate.issued_on, SURVEILLANCE_MONTHS),
            kind=SCHEME_WORDS[certificate.assessment.scheme_type],
        ),
        spread=_spread(certificate),
    )


def verification_url(number: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}/certificates/{number}/"


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or earlier, or the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _decided_on(certificate: Certificate) -> dt.date:
    """The day of the decision, which a period of notice comes after; acts are kept as they were taken."""
    decided = certificate.assessment.acts.filter(act="certify").last()
    return timezone.localdate(decided.at) if decided else certificate.issued_on


def _replaced(assessment: Assessment) -> list[Certificate]:
    """What still stands of the centre, whatever the case was opened as; the newest first.

    A refusal may be reopened after another case was certified; and what was to be renewed may have ended meanwhile.
    """
    return list(standing_certificates(assessment.centre).select_for_update(of=("self",)))


def _expire_ended(assessment: Assessment) -> None:
    """What the calendar has not written down yet: what has ended is replaced by nothing."""
    for ended in ended_certificates(assessment.centre).select_for_update(of=("self",)):
        transitions.take_on_certificate(ended, "expire", person=None, reason=ended.valid_until.isoformat())


def _interval(stored: StoredResult) -> dict[str, Any] | None:
    """What the paper says of it, fixed: another release may draw otherwise."""
    found = firmness_of(stored)
    return {"varied": found[1].varied.as_json(), "firmness": found[0].as_json()} if found else None


def _spread(certificate: Certificate) -> Spread | None:
    kept = certificate.interval
    return Spread(Firmness.from_json(kept["firmness"]), Text(**kept["varied"])) if kept else None


def _printed(name: Text) -> str:
    return name.zh if name.zh == name.en else f"{name.zh} {name.en}"
