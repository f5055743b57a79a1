"""The states of an assessment and the acts between them, as one table; pages, documents and tests read it too.

The chain is that of ISO/IEC 17065: application, evaluation, review, decision; review and decision by people
who did not take part before.
"""

from __future__ import annotations

from dataclasses import dataclass

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessment.models import Act, Assessment, AssessmentState
from centres.models import Membership, Person
from core.errors import DecisionBlocked
from core.period import instant
from core.text import Text
from operations import audit


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which state, to which, by whom (a field of the assessment), with which permission."""

    act: str
    before: AssessmentState
    after: AssessmentState
    taken_by: str
    permission: str
    title: Text


_S = AssessmentState
TRANSITIONS = (
    Transition("submit", _S.DRAFT, _S.SUBMITTED, "submitted_by", "assessment.submit", Text(zh="提交", en="submit")),
    Transition(
        "evaluate", _S.SUBMITTED, _S.EVALUATED, "assessor", "assessment.evaluate", Text(zh="评价", en="evaluate")
    ),
    Transition("review", _S.EVALUATED, _S.REVIEWED, "reviewer", "assessment.review", Text(zh="复核", en="review")),
    Transition("certify", _S.REVIEWED, _S.CERTIFIED, "decider", "assessment.decide", Text(zh="准予", en="certify")),
    Transition("refuse", _S.REVIEWED, _S.REFUSED, "decider", "assessment.decide", Text(zh="不予", en="refuse")),
)
BY_ACT = {transition.act: transition for transition in TRANSITIONS}
JUDGES = ("assessor", "reviewer", "decider")


def allowed_acts(state: str) -> tuple[str, ...]:
    return tuple(transition.act for transition in TRANSITIONS if transition.before == state)


def locked(assessment: Assessment) -> Assessment:
    """The assessment as it is now, held until the end of the transaction: of two acts at once one goes first."""
    return Assessment.objects.select_for_update(of=("self",)).select_related("centre", "edition").get(pk=assessment.pk)


def check(assessment: Assessment, act: str, *, person: Person) -> Transition:
    """Whether this person may take this act now.

    Raises:
        PermissionDenied: the person lacks the role.
        DecisionBlocked: `wrong_state` naming the allowed acts and the last one taken; `separation_of_duties`.
    """
    transition = BY_ACT[act]
    subject = (assessment,) if transition.act == "submit" else ()
    # Asked of `rules` itself: an administrator's blanket permission does not reach into the chain.
    if not rules.has_perm(transition.permission, person, *subject):
        raise PermissionDenied
    if transition.taken_by in JUDGES:
        _check_separation(assessment, transition, person)
    if assessment.state != transition.before:
        raise wrong_state(assessment, act)
    return transition


def take(assessment: Assessment, transition: Transition, *, person: Person, reason: str) -> Assessment:
    """Write the step: the new state, who took it, one act, one audit entry. Call inside a transaction, locked."""
    assert transaction.get_connection().in_atomic_block  # noqa: S101  (a bug in a service, not an input)
    setattr(assessment, transition.taken_by, person)
    assessment.state = transition.after
    assessment.version += 1
    assessment.full_clean(
        exclude=["profile_version", "result", "job", "submitted_by", "assessor", "reviewer", "decider"]
    )
    assessment.save()
    Act.objects.create(
        assessment=assessment,
        act=transition.act,
        from_state=transition.before,
        to_state=transition.after,
        person=person,
        reason=reason,
    )
    audit.record(actor=person, act=f"assessment.{transition.act}", subject=assessment.subject, reason=reason)
    return assessment


def wrong_state(assessment: Assessment, act: str) -> DecisionBlocked:
    """`wrong_state`, with what may be done now, and who did the last step when."""
    allowed = "、".join(allowed_acts(assessment.state)) or "—"
    last = assessment.acts.select_related("person").last()
    done_zh = f" 上一步：{last.act}，{last.person.name.zh}，{instant(last.at)}。" if last else ""
    done_en = f" Last step: {last.act} by {last.person.name.en} at {instant(last.at)}." if last else ""
    state = AssessmentState(assessment.state)
    return DecisionBlocked(
        "wrong_state",
        Text(
            zh=f"当前状态为 {state.value}，不能执行 {act}。{done_zh}",
            en=f"The assessment is {state.value}: {act} is not possible.{done_en}",
        ),
        hint=Text(zh=f"现在可以执行：{allowed}。", en=f"Allowed now: {allowed.replace('、', ', ')}."),
    )


def _check_separation(assessment: Assessment, transition: Transition, person: Person) -> None:
    parts = ("opened_by", "submitted_by", *JUDGES)
    taken = {name for name in parts if name != transition.taken_by and getattr(assessment, f"{name}_id") == person.pk}
    if taken or Membership.objects.filter(user=person, centre_id=assessment.centre_id).exists():
        raise DecisionBlocked(
            "separation_of_duties",
            Text(
                zh="同一人不得在同一案件中兼任申请、评价、复核和决定。",
                en="One person may not apply, evaluate, review or decide more than once in the same case.",
            ),
            hint=Text(
                zh="请由另一位未参与此案的人员执行这一步。",
                en="Someone who took no part in this case must take this step.",
            ),
        )
