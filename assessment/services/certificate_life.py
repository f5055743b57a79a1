"""What people do with a certificate: surveillance, suspension, restoration, withdrawal, cancellation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from assessment.models import Certificate
from assessment.services import transitions
from assessment.services.issue_certificate import SURVEILLANCE_MONTHS, months_later
from assessment.services.surveillance import record_figures
from centres.models import Person


@transaction.atomic
def survey(
    certificate: Certificate, *, person: Person, reason: str, reasons: Mapping[str, str] | None = None
) -> Certificate:
    """An assessor records that the year's data were handed in anew and hold; the next surveillance follows.

    Args:
        reasons: by code of a watched indicator, why nothing was measured since the certificate.

    Raises:
        PermissionDenied: lacks the role; so with every act of this module.
        DecisionBlocked: `wrong_state`, `separation_of_duties`, `conflict_of_interest`, `no_declaration`; likewise.
            `not_refreshed`, naming the indicators without a fresh figure or a reason.
        InputError: `unknown_indicator`.
    """
    certificate = locked(certificate)
    certificate.surveillance_due_on = _next_surveillance(certificate)
    acted = transitions.take_on_certificate(certificate, "survey", person=person, reason=reason)
    record_figures(acted, reasons=reasons or {}, person=person)
    return acted


@transaction.atomic
def suspend(certificate: Certificate, *, person: Person, reason: str) -> Certificate:
    """A decider stops the use of the certificate until its cause is mended."""
    certificate = locked(certificate)
    certificate.suspended_on = timezone.localdate()
    return transitions.take_on_certificate(certificate, "suspend", person=person, reason=reason)


@transaction.atomic
def restore(certificate: Certificate, *, person: Person, reason: str) -> Certificate:
    certificate = locked(certificate)
    certificate.suspended_on = certificate.withdrawal_on = None
    if certificate.surveillance_due_on and certificate.surveillance_due_on < timezone.localdate():
        certificate.surveillance_due_on = _next_surveillance(certificate)
    return transitions.take_on_certificate(certificate, "restore", person=person, reason=reason)


@transaction.atomic
def withdraw(certificate: Certificate, *, person: Person, reason: str) -> Certificate:
    """撤销: by the body, for cause; it does not come back."""
    return transitions.take_on_certificate(locked(certificate), "withdraw", person=person, reason=reason)


@transaction.atomic
def terminate(certificate: Certificate, *, person: Person, reason: str) -> Certificate:
    """注销: at the holder's wish, or at the end of the scheme."""
    return transitions.take_on_certificate(locked(certificate), "terminate", person=person, reason=reason)


ACTS = {"survey": survey, "suspend": suspend, "restore": restore, "withdraw": withdraw, "terminate": terminate}


def take(
    act: str, certificate: Certificate, *, person: Person, reason: str, reasons: Mapping[str, str] | None = None
) -> Certificate:
    """One of `ACTS`; `reasons` are a surveillance's."""
    if act == "survey":
        return survey(certificate, person=person, reason=reason, reasons=reasons)
    return ACTS[act](certificate, person=person, reason=reason)


def locked(certificate: Certificate) -> Certificate:
    """The certificate as it is now, held until the end of the transaction, with its case."""
    return (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("assessment__centre", "assessment__edition")
        .get(pk=certificate.pk)
    )


def _next_surveillance(certificate: Certificate) -> dt.date | None:
    following = months_later(timezone.localdate(), SURVEILLANCE_MONTHS)
    return following if following < certificate.valid_until else None
