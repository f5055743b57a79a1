"""What owners are told by mail about their certificate: what was decided on it, what the calendar did or will do."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction

from assessment.models import Certificate
from assessment.services.certificates.issue import verification_url
from assessment.services.letters import mail_owners
from core.text import Text

_SUBJECT = "智衡：证书状态变更 / Zhiheng: the state of a certificate has changed"
_DECIDED = {
    "suspend": Text(
        zh="证书 {number} 自 {since} 起暂停，暂停期间不得使用。原因消除后可以恢复；您可以提出申诉。理由：",
        en="Certificate {number} is suspended from {since} on and must not be used meanwhile. It is reinstated once "
        "its cause is mended; you may appeal. The reason:",
    ),
    "restore": Text(zh="证书 {number} 已恢复有效。理由：", en="Certificate {number} is valid again. The reason:"),
    "withdraw": Text(
        zh="证书 {number} 已撤销，请停止使用。您可以提出申诉。理由：",
        en="Certificate {number} was withdrawn; stop using it. You may appeal. The reason:",
    ),
    "terminate": Text(
        zh="证书 {number} 已注销，请停止使用。理由：",
        en="Certificate {number} was cancelled; stop using it. The reason:",
    ),
    "replace": Text(
        zh="证书 {number} 已注销，由下列新证书取代；请停止使用原证书：",
        en="Certificate {number} was cancelled; stop using it. This new one takes its place:",
    ),
}


def tell_decided(certificate: Certificate, act: str, *, reason: str) -> None:
    """Once the act is in force its owners learn of it with the reason (ISO/IEC 17065 7.11)."""
    transaction.on_commit(partial(tell_owners, certificate, _SUBJECT, _DECIDED[act], reason=reason))


def tell_owners(certificate: Certificate, subject: str, notice: Text, *, reason: str = "") -> int:
    """A notice filled with what the certificate says of itself; how many letters went."""
    words = notice.filled(
        number=certificate.number,
        since=certificate.suspended_on,
        day=certificate.withdrawal_on,
        body=Text(**settings.BODY_NAME),
    )
    address = verification_url(certificate.number)
    parts = (words.zh, words.en, reason, address)
    return mail_owners(certificate.assessment.centre, subject=subject, text="\n\n".join(part for part in parts if part))
