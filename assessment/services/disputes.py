"""Complaints, appeals and objections: lodged by whoever is concerned, decided by somebody not involved."""

from __future__ import annotations

import rules
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.models import (
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    Dispute,
    DisputeKind,
    DisputeState,
    Part,
)
from assessment.services.chain import separation, transitions
from assessment.services.chain.still_impartial import judge_now_partial
from assessment.services.chain.table import Of, rows
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text
from operations import audit

_AGAINST = (AssessmentState.DECLINED, AssessmentState.REFUSED)
_STOPPED = (CertificateState.SUSPENDED, CertificateState.WITHDRAWN)


@transaction.atomic
def lodge(
    assessment: Assessment,
    *,
    kind: DisputeKind,
    statement: str,
    name: str,
    contact: str,
    person: Person | None = None,
) -> Dispute:
    """Anyone complains, and objects while a decision is announced (`open_to_objections`); the centre appeals against a
    decision.

    Raises:
        DecisionBlocked: `not_announced`, `nothing_to_appeal`.
    """
    assessment = transitions.locked(assessment)
    if kind == DisputeKind.OBJECTION and not open_to_objections(assessment):
        raise DecisionBlocked(
            "not_announced",
            Text(zh="该案件不在公示期内。", en="This case is not open to objections now."),
            hint=Text(
                zh="公示期之外可以提出投诉。", en="Outside the period of notice anybody may lodge a complaint instead."
            ),
        )
    if kind == DisputeKind.APPEAL and not appealable(assessment, person):
        raise DecisionBlocked(
            "nothing_to_appeal",
            Text(
                zh="只有中心可以对不予受理、不予发证、暂停或撤销提出申诉。",
                en="Only the centre appeals, against a refusal, a suspension or a withdrawal.",
            ),
            hint=Text(
                zh="其他情况可以提出投诉；公示期内可以提出异议。",
                en="In any other case lodge a complaint, or an objection while a decision is announced.",
            ),
        )
    dispute = Dispute(
        assessment=assessment, kind=kind, statement=statement, name=name, contact=contact, lodged_by=person
    )
    dispute.full_clean(exclude=["lodged_by", "handler", "ended_at"])
    dispute.save(force_insert=True)
    audit.record(
        actor=person or audit.ANYBODY,
        act=f"{kind.value}.lodge",
        subject=dispute.subject,
        details={"assessment": str(assessment.pk)},
    )
    return dispute


def appealable(assessment: Assessment, person: Person | None) -> bool:
    """Whether this person is of the centre and there is a decision against it."""
    if person is None or not rules.has_perm("assessment.submit", person, assessment):
        return False
    return (
        assessment.state in _AGAINST or Certificate.objects.filter(assessment=assessment, state__in=_STOPPED).exists()
    )


@transaction.atomic
def act_on(dispute: Dispute, act: str, *, person: Person, reason: str) -> Dispute:
    """Acknowledge, uphold or dismiss. An upheld objection or appeal reopens the case it was about; one about
    a certificate hands it to the deciders.

    Raises:
        PermissionDenied: not an appeal handler.
        DecisionBlocked: `wrong_state`; `separation_of_duties`, for who took any other part, or lodged it.
    """
    assessment = transitions.locked(dispute.assessment)
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("lodged_by").get(pk=dispute.pk)
    transitions.permit(assessment, Part.APPEAL_HANDLER, person=person)
    if dispute.lodged_by and dispute.lodged_by.natural_person == person.natural_person:
        raise separation.two_parts()
    transition = transitions.find(Of.DISPUTE, act, dispute.state, case=assessment)
    separation.join(assessment, person=person, part=Part.APPEAL_HANDLER)
    dispute.state, dispute.handler = str(transition.after.value), person
    if dispute.state in (DisputeState.UPHELD, DisputeState.DISMISSED):
        dispute.answer, dispute.ended_at = reason, timezone.now()
    dispute.save()
    audit.record(
        actor=person,
        act=f"{dispute.kind}.{act}",
        subject=dispute.subject,
        reason=reason,
        details={"assessment": str(assessment.pk)},
    )
    if dispute.state == DisputeState.UPHELD and dispute.kind != DisputeKind.COMPLAINT:
        _reopen(assessment, dispute, person=person)
        _hand_to_deciders(assessment, dispute)
    return dispute


def _reopen(assessment: Assessment, dispute: Dispute, *, person: Person) -> None:
    """Nothing to reopen where the appeal was about a certificate, or what it was about has been decided anew since.

    What was answered stays with the dispute: a case's acts are read by those who may not know who lodged it.
    """
    for transition in rows(Of.ASSESSMENT, assessment.state, assessment):
        if transition.act == "reconsider" and _is_against_what_stands(assessment, dispute):
            assessment.notice_until = None
            try:
                with transaction.atomic():
                    transitions.take(
                        assessment, transition, person=person, reason="", audited={"dispute": dispute.subject}
                    )
            except IntegrityError as error:
                raise DecisionBlocked(
                    "already_exists",
                    Text(zh="该中心另有未结束的评价。", en="Another assessment of this centre is open."),
                    hint=Text(zh="请先了结该评价。", en="End that one first."),
                ) from error


def _is_against_what_stands(assessment: Assessment, dispute: Dispute) -> bool:
    """An objection to what is announced, even to the announcement before: no certificate goes out over an upheld one.
    An appeal that was lodged since the decision: against a later one the centre appeals anew.
    """
    if dispute.kind == DisputeKind.OBJECTION:
        return assessment.state == AssessmentState.ANNOUNCED
    decided = assessment.acts.filter(of=Of.ASSESSMENT.value).latest("pk")
    return assessment.state in _AGAINST and dispute.lodged_at > decided.at


def _hand_to_deciders(assessment: Assessment, dispute: Dispute) -> None:
    """The certificate the appeal was about waits for one of them, and no withdrawal is announced for it any more.

    Not one that was reinstated while the appeal was open, and stopped for another cause.
    """
    stopped = assessment.acts.filter(of=Of.CERTIFICATE.value, from_state=CertificateState.VALID, to_state__in=_STOPPED)
    since = stopped.order_by("-pk").values_list("at", flat=True).first()
    found = Certificate.objects.filter(assessment=assessment, state__in=_STOPPED, upheld_on=None)
    if since is not None and dispute.lodged_at > since:
        found.update(upheld_on=timezone.localdate(), withdrawal_on=None)


def open_to_objections(assessment: Assessment) -> bool:
    """In the period of notice; after it too where the decision cannot take effect, for somebody it rests on is partial
    by now: an upheld objection is what opens it to others.
    """
    until = assessment.notice_until
    if assessment.state != AssessmentState.ANNOUNCED or until is None:
        return False
    return timezone.localdate() <= until or judge_now_partial(assessment) is not None
