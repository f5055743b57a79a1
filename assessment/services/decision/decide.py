"""The decision: certify, with a number at once or after the period of notice; refuse with reasons; or ask again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment, AssessmentState, Dispute, DisputeKind, DisputeState, Part
from assessment.services.certificates.held import locked_to_certify
from assessment.services.certificates.issue import decided_as, issue_certificate
from assessment.services.certificates.letters import tell_decided
from assessment.services.chain import transitions
from assessment.services.chain.still_impartial import (
    require_impartial_decision,
    require_impartial_evaluation,
    require_impartial_review,
)
from assessment.services.decision.awardable import require_awardable
from assessment.services.decision.concur import require_second_decider
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text

_PENDING = (DisputeState.RECEIVED, DisputeState.ACKNOWLEDGED)


@transaction.atomic
def decide(
    assessment: Assessment, *, person: Person, certify: bool, reason: str, version: int | None = None
) -> Assessment:
    """Where the case has a period of notice, a decision to certify is announced first and takes effect after it.

    Raises:
        PermissionDenied: not a decider.
        DecisionBlocked: as every act; `another_evaluation_needed`, `another_reviewer_needed`; to certify,
            `second_decider_needed`, where two decide on such a grade and nobody else has concurred;
            `agreement_needed`; `reason_needed`; `major_finding_open`, `minor_finding_unanswered`;
            `blocked_result`, naming every cause, when a result that carries no certificate was to be certified.
    """
    assessment = locked_to_certify(assessment) if certify else transitions.locked(assessment)
    if certify:
        transitions.permit(assessment, Part.DECIDER, person=person)
        require_second_decider(assessment, person=person)
    act = "certify" if certify else "refuse"
    transition = transitions.check(assessment, act, person=person, version=version)
    require_impartial_evaluation(assessment)
    require_impartial_review(assessment)
    if certify:
        require_awardable(assessment)
        assessment.decision = decided_as(person)
        if transition.after == AssessmentState.ANNOUNCED:
            assessment.notice_until = timezone.localdate() + dt.timedelta(days=assessment.notice_days)
    assessment = transitions.take(assessment, transition, person=person, reason=reason)
    if assessment.state == AssessmentState.CERTIFIED:
        _issue(assessment, person=person)
    return assessment


@transaction.atomic
def ask_again(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """The decider returns the case to its reviewer, with what is to be looked at anew.

    Raises:
        PermissionDenied, DecisionBlocked: as `decide`.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "ask_again", person=person, version=version)
    return transitions.take(assessment, transition, person=person, reason=reason)


@transaction.atomic
def take_effect(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """After the period of notice a registrar lets the announced decision take effect, which gives the number.

    Raises:
        PermissionDenied: not a registrar.
        DecisionBlocked: as every act; `notice_runs`, until the last day has passed; `objection_open`;
            `another_decision_needed`, where somebody it rests on is partial by now.
    """
    assessment = locked_to_certify(assessment)
    transition = transitions.check(assessment, "take_effect", person=person, version=version)
    if assessment.notice_until is None or timezone.localdate() <= assessment.notice_until:
        raise DecisionBlocked(
            "notice_runs",
            Text(
                zh=f"公示期至 {assessment.notice_until}，期满后方可生效。",
                en=f"The period of notice lasts until {assessment.notice_until}; the decision takes effect after it.",
            ),
            hint=Text(zh="请在公示期满的次日起办理。", en="Come back on the day after, or later."),
        )
    if Dispute.objects.filter(assessment=assessment, kind=DisputeKind.OBJECTION, state__in=_PENDING).exists():
        raise DecisionBlocked(
            "objection_open",
            Text(zh="还有异议没有处理完毕。", en="An objection is not decided yet."),
            hint=Text(zh="请由未参与此案的人员先行处理。", en="Somebody who took no part in the case decides first."),
        )
    require_impartial_decision(assessment)
    # Whether it may be awarded was asked when it was announced, and nothing else of that can change or be mended since.
    assessment = transitions.take(assessment, transition, person=person, reason=reason)
    _issue(assessment, person=person)
    return assessment


def _issue(assessment: Assessment, *, person: Person) -> None:
    """The certificate; owners are told of the one whose place it takes."""
    made = issue_certificate(assessment, person=person)
    if made.replaces is not None:
        tell_decided(made.replaces, "replace", reason=made.number)
