"""What the calendar brings about: ends of terms, suspension of the late, and the end of a suspension never mended."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessment.models import Certificate, CertificateState, Dispute, DisputeKind, DisputeState
from assessment.services.certificates.held import locked
from assessment.services.certificates.issue import months_later
from assessment.services.certificates.letters import tell_owners
from assessment.services.certificates.life import SUSPENDED_MONTHS
from assessment.services.chain import transitions
from assessment.services.letters import letters_leave
from core.text import Text

logger = logging.getLogger(__name__)
LATE = dt.timedelta(days=60)  # after the day the surveillance was due
NOTICE = dt.timedelta(days=30)  # before that
_SHORTEST = dt.timedelta(days=181) - NOTICE  # no six months are shorter
_VALID, _SUSPENDED = CertificateState.VALID, CertificateState.SUSPENDED


@dataclass(frozen=True, slots=True)
class _Due:
    """An act of the calendar.

    Args:
        among: which certificates it may be due on that day.
        reason: why it is due on this one then, having set what goes along with it; None where it is not.
        first: what has to succeed before it, outside its transaction; where it fails the next run tries both again.
        then: what follows it; where it fails nothing is undone.
    """

    states: tuple[CertificateState, ...]
    among: Callable[[dt.date], Q]
    reason: Callable[[Certificate, dt.date], str | None]
    first: Callable[[Certificate], bool] = lambda certificate: True
    then: Callable[[Certificate], object] = lambda certificate: None

    def due_now(self, certificate: Certificate, today: dt.date) -> str | None:
        """`reason`, of a certificate that may be in another state by now."""
        return self.reason(certificate, today) if certificate.state in self.states else None


def keep_terms(*, on: dt.date | None = None) -> dict[str, list[str]]:
    """Expire what has ended, suspend whose surveillance is 60 days late, give notice of a withdrawal, and withdraw.

    Returns:
        Act → numbers it was taken on. Done twice it takes nothing the second time.
    """
    today = on or timezone.localdate()
    numbers = {
        act: list(Certificate.objects.filter(due.among(today), state__in=due.states).values_list("pk", flat=True))
        for act, due in _CALENDAR.items()
    }
    return {act: [one for one in found if _taken(one, act, today=today)] for act, found in numbers.items()}


def _taken(number: str, act: str, *, today: dt.date) -> bool:
    due = _CALENDAR[act]
    certificate = Certificate.objects.select_related("assessment__centre").get(pk=number)
    if due.due_now(certificate, today) is None or not due.first(certificate):
        return False
    with transaction.atomic():
        certificate = locked(certificate)
        reason = due.due_now(certificate, today)
        if reason is not None:
            transitions.take_on_certificate(certificate, act, person=None, reason=reason)
    if reason is None:
        return False
    due.then(certificate)
    return True


def _expired(certificate: Certificate, today: dt.date) -> str | None:
    return certificate.valid_until.isoformat() if certificate.valid_until < today else None


def _late(certificate: Certificate, today: dt.date) -> str | None:
    due = certificate.surveillance_due_on
    if due is None or due >= today - LATE or certificate.valid_until < today:
        return None
    certificate.suspended_on = today
    return due.isoformat()


def _to_be_announced(certificate: Certificate, today: dt.date) -> str | None:
    """Whoever gives notice late withdraws later: never without the thirty days."""
    since = certificate.suspended_on
    if since is None or certificate.withdrawal_on is not None or certificate.upheld_on is not None:
        return None
    if today < months_later(since, SUSPENDED_MONTHS) - NOTICE:
        return None
    certificate.withdrawal_on = max(months_later(since, SUSPENDED_MONTHS), today + NOTICE)
    return certificate.withdrawal_on.isoformat()


def _never_mended(certificate: Certificate, today: dt.date) -> str | None:
    """One that is appealed against before waits for the answer; and where the centre is right, for a decider."""
    since, day = certificate.suspended_on, certificate.withdrawal_on
    if certificate.upheld_on is not None or _is_appealed(certificate):
        return None
    return since.isoformat() if since is not None and day is not None and day <= today else None


def _is_appealed(certificate: Certificate) -> bool:
    appeals = Dispute.objects.filter(assessment=certificate.assessment_id, kind=DisputeKind.APPEAL)
    return appeals.filter(state__in=(DisputeState.RECEIVED, DisputeState.ACKNOWLEDGED)).exists()


def _announce(certificate: Certificate) -> bool:
    """Whether a letter went: a notice without one is none, and nothing is announced before."""
    if letters_leave() and tell_owners(certificate, _WILL_BE_WITHDRAWN, _NOTICE):
        return True
    logger.warning("no owner could be told that %s will be withdrawn", certificate.number)
    return False


def _tell_suspended(certificate: Certificate) -> int:
    return tell_owners(certificate, _IS_SUSPENDED, _LATE_NOTICE)


def _tell_withdrawn(certificate: Certificate) -> int:
    return tell_owners(certificate, _IS_WITHDRAWN, _END_OF_SUSPENSION)


_CALENDAR: Mapping[str, _Due] = {
    "expire": _Due((_VALID, _SUSPENDED), lambda today: Q(valid_until__lt=today), _expired),
    "suspend_late": _Due((_VALID,), lambda today: Q(surveillance_due_on__lt=today - LATE), _late, then=_tell_suspended),
    "warn": _Due(
        (_SUSPENDED,),
        lambda today: Q(withdrawal_on=None, suspended_on__lte=today - _SHORTEST),
        _to_be_announced,
        first=_announce,
    ),
    "withdraw_late": _Due(
        (_SUSPENDED,), lambda today: Q(withdrawal_on__lte=today), _never_mended, then=_tell_withdrawn
    ),
}


_WILL_BE_WITHDRAWN = "智衡：证书将被撤销 / Zhiheng: a certificate will be withdrawn"
_IS_SUSPENDED = "智衡：证书已暂停 / Zhiheng: a certificate is suspended"
_IS_WITHDRAWN = "智衡：证书已撤销 / Zhiheng: a certificate was withdrawn"
_NOTICE = Text(
    zh="证书 {number} 自 {since} 起暂停。如在 {day} 之前未恢复，将予以撤销。请与{body}联系。",
    en="Certificate {number} has been suspended since {since}. Unless it is reinstated before {day}, it is withdrawn. "
    "Get in touch with {body}.",
)
_LATE_NOTICE = Text(
    zh="证书 {number} 的监督逾期已超过六十日，自 {since} 起暂停。请提交发证之后的材料，并与{body}联系。",
    en="The surveillance of certificate {number} is more than sixty days late: it is suspended from {since} on. Hand "
    "in evidence since its issue and get in touch with {body}.",
)
_END_OF_SUSPENSION = Text(
    zh="证书 {number} 自 {since} 起暂停，六个月内未恢复，现已撤销，请停止使用。您可以提出申诉，或与{body}联系。",
    en="Certificate {number} had been suspended since {since} and was not reinstated within six months: it was "
    "withdrawn. Stop using it. You may appeal, or get in touch with {body}.",
)
