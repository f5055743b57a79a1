"""Which version of a certificate somebody has read who acts on it: a count of what happened, as none of it is undone.

What happened are its acts, and the appeals of its case that were upheld: those are for a decider to read first.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from assessment.models import Act, Certificate, Dispute, DisputeKind, DisputeState
from assessment.services.changed_meanwhile import changed_meanwhile, name_of
from assessment.services.table import TITLES, Of
from centres.models import Person
from core.text import Text


def version_of(certificate: Certificate) -> int:
    return _acts(certificate).count() + _upheld(certificate).count()


def require_version(certificate: Certificate, version: int | None) -> None:
    """The state alone does not tell: one that is suspended may be so after an appeal against it was upheld.

    Args:
        version: the one that was read; None asks nothing.

    Raises:
        DecisionBlocked: `version_changed`, with what happened last, by whom and when.
    """
    present = version_of(certificate)
    if version in (None, present):
        return
    at, person, saved, words = max(_last(certificate), key=lambda one: one[0])
    raise changed_meanwhile(by=name_of(person), at=at, saved=saved, words=words, version=present)


def _last(certificate: Certificate) -> list[tuple[dt.datetime, Person | None, Text, str]]:
    """The last act and the last upheld appeal; one of them there is, or no version would have been another."""
    act, appeal = _acts(certificate).last(), _upheld(certificate).order_by("ended_at").last()
    found = [(act.at, act.person, TITLES[act.act], act.reason)] if act else []
    # Its answer stands on the page of the certificate.
    return found + ([(appeal.ended_at, appeal.handler, _UPHELD, "")] if appeal and appeal.ended_at else [])


def _acts(certificate: Certificate) -> QuerySet[Act]:
    return Act.objects.filter(assessment=certificate.assessment_id, of=Of.CERTIFICATE.value).select_related("person")


def _upheld(certificate: Certificate) -> QuerySet[Dispute]:
    found = Dispute.objects.filter(assessment=certificate.assessment_id, kind=DisputeKind.APPEAL)
    return found.filter(state=DisputeState.UPHELD).select_related("handler")


_UPHELD = Text(zh="申诉成立", en="an appeal was upheld")
