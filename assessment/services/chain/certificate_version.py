"""Which version of a certificate somebody has read who acts on it: a count of what happened, as none of it is undone.

What happened are its acts, and the appeals and complaints about its case that were upheld: those are for a decider to
read first.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from assessment.models import Act, Certificate, Dispute, DisputeKind, DisputeState
from assessment.services.chain.changed_meanwhile import changed_meanwhile, name_of
from assessment.services.chain.table import TITLES, Of
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text


def version_of(certificate: Certificate) -> int:
    return _acts(certificate).count() + _upheld(certificate).count()


def require_version(certificate: Certificate, version: int | None) -> None:
    """The state alone does not tell: one that is suspended may be so after an appeal against it was upheld.

    Args:
        version: the one that was read; None asks nothing.

    Raises:
        DecisionBlocked: `version_changed`, with what happened last, by whom and when, if anything.
    """
    present = version_of(certificate)
    if version in (None, present):
        return
    if not present:
        raise _as_issued()
    at, person, saved, words = max(_last(certificate), key=lambda one: one[0])
    raise changed_meanwhile(by=name_of(person), at=at, saved=saved, words=words, version=present)


def _last(certificate: Certificate) -> list[tuple[dt.datetime, Person | None, Text, str]]:
    """The last act and the last upheld dispute; one of them there is, or there would be no version but 0."""
    act, dispute = _acts(certificate).last(), _upheld(certificate).order_by("ended_at").last()
    found = [(act.at, act.person, TITLES[act.act], act.reason)] if act else []
    # Its answer stands on the page of the certificate.
    if dispute is None or dispute.ended_at is None:
        return found
    return [*found, (dispute.ended_at, dispute.handler, _UPHELD[dispute.kind], "")]


def _as_issued() -> DecisionBlocked:
    """Of a certificate on which nobody acted yet no other version can have been read."""
    return DecisionBlocked(
        "version_changed",
        Text(
            zh="该证书自签发以来没有任何变动，版本为 0。",
            en="Nothing has happened to this certificate since it was issued: its version is 0.",
        ),
        hint=Text(
            zh="您的文字没有丢失：请重新查看证书后再保存。",
            en="Your text is kept: look at the certificate again, then save again.",
        ),
    )


def _acts(certificate: Certificate) -> QuerySet[Act]:
    return Act.objects.filter(assessment=certificate.assessment_id, of=Of.CERTIFICATE.value).select_related("person")


def _upheld(certificate: Certificate) -> QuerySet[Dispute]:
    found = Dispute.objects.filter(assessment=certificate.assessment_id, kind__in=_UPHELD, state=DisputeState.UPHELD)
    return found.select_related("handler")


_UPHELD: dict[str, Text] = {
    DisputeKind.APPEAL: Text(zh="申诉成立", en="an appeal was upheld"),
    DisputeKind.COMPLAINT: Text(zh="投诉成立", en="a complaint was upheld"),
}
