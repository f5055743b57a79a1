"""Findings: raised by an assessor, answered by the centre with cause and correction, checked for effect, closed.

They rest from the end of the evaluation to the decision, so that reviewer and decider judge what they have read, and
live again while the certificate stands: then corrective actions are checked for effect.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import rules
from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment, Finding, FindingNote, Part, Severity
from assessment.services.chain import separation, transitions
from assessment.services.chain.changed_meanwhile import changed_meanwhile
from assessment.services.chain.table import TITLES, Of, When, allowed_acts, holds, lives
from assessment.services.chain.wrong_state import named_act, named_state, wrong_state
from centres.models import Person
from core.days import still_to_come
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from indicators.selectors import typed
from operations import audit

# Days for the correction, by the scheme.
DUE = {Severity.MAJOR: dt.timedelta(days=60), Severity.MINOR: dt.timedelta(days=90), Severity.OBSERVATION: None}
_RAISED = Text(zh="提出", en="raised")
_OWN_QUESTION = Text(
    zh="这是本方提出的问题，由对方回复。", en="Your own side asked this question; the other one replies to it."
)
_THE_OTHER_SIDE = Text(
    zh="审查员的提问由中心回复，中心的提问由审查员回复；要补充说明时，请另提一个问题。",
    en="The centre replies to questions of assessors, and they to the centre's; to say more, ask one of your own.",
)
_NODES = Text(
    zh="代码见该版次的指标树；不针对某一指标时请留空。",
    en="The tree of the edition shows the codes; leave it empty where it is about none.",
)


@transaction.atomic
def raise_finding(
    assessment: Assessment,
    *,
    severity: Severity,
    statement: str,
    person: Person,
    node: str = "",
    due_on: dt.date | None = None,
) -> Finding:
    """A remark of an assessor on a node of the edition, or on the case as a whole.

    Args:
        due_on: the day of the correction, at most the scheme's 60 days (major) or 90 (minor) ahead; that when left out.

    Raises:
        PermissionDenied: not an assessor.
        InputError: `unknown_node`; `day_has_passed`, `day_out_of_range`, `due_too_late`.
        DecisionBlocked: `wrong_state`, outside the evaluation; and as every act.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.ASSESSOR, person=person)
    if not holds(When.EVALUATION, assessment):
        raise wrong_state(assessment, "raise")
    codes = {one.code for one in typed(assessment.edition).root.walk()}
    if node and node not in codes:
        raise InputError(
            "unknown_node",
            Text(zh=f"该版次没有 {node}。", en=f"This edition has no {node}."),
            where=Where(field="node"),
            hint=meant(node, codes, otherwise=_NODES),
        )
    today, days = timezone.localdate(), DUE[severity]
    if due_on is not None:
        _within(days, still_to_come(due_on, today=today, field="due_on"), today=today)
    separation.join(assessment, person=person, part=Part.ASSESSOR)
    finding = Finding(
        assessment=assessment,
        node=node,
        severity=severity,
        statement=statement,
        raised_by=person,
        due_on=due_on or (today + days if days else None),
    )
    finding.full_clean(exclude=["due_on"])
    finding.save(force_insert=True)
    _note(finding, act="raise", text=statement, person=person)
    audit.record(
        actor=person,
        act="finding.raise",
        subject=finding.subject,
        reason=statement,
        details={"assessment": str(assessment.pk), "severity": severity, "node": node},
    )
    return finding


@transaction.atomic
def act_on(
    finding: Finding,
    act: str,
    *,
    text: str,
    person: Person,
    root_cause: str = "",
    corrective_action: str = "",
    version: int | None = None,
) -> Finding:
    """One act of the table on a finding; `text` says what was done or why, and stands under the finding for ever.

    Args:
        root_cause, corrective_action: what an `answer` to a nonconformity must hold.
        version: the one that was read; another in the meantime refuses the act.

    Raises:
        PermissionDenied: neither of the centre nor an assessor, as the act asks.
        InputError: `cause_and_action_needed`.
        DecisionBlocked: `version_changed` with who was first and what they saved; `wrong_state`; and as every act.
    """
    finding = locked(finding)
    case = finding.assessment
    part = Part.APPLICANT if act == "answer" else Part.ASSESSOR
    transitions.permit(case, part, person=person, assigned=transitions.is_for_the_assigned(case))
    _require_life(finding, act)
    if version is not None and version != finding.version:
        raise _changed(finding)
    transition = transitions.find(Of.FINDING, act, finding.state, case=case, last=_last_act(finding))
    if act == "answer":
        if finding.severity != Severity.OBSERVATION and not (root_cause.strip() and corrective_action.strip()):
            raise InputError(
                "cause_and_action_needed",
                Text(
                    zh="对不符合项的答复须写明根本原因和纠正措施。",
                    en="The answer to a nonconformity states its root cause and the corrective action.",
                ),
                where=Where(field="corrective_action" if root_cause.strip() else "root_cause"),
                hint=Text(
                    zh="请写明为何会发生，以及怎样使其不再发生。",
                    en="Write why it happened, and what keeps it from happening again.",
                ),
            )
        finding.root_cause, finding.corrective_action = root_cause, corrective_action
    if act == "close":
        finding.effectiveness = text
    separation.join(case, person=person, part=part)
    finding.state = str(transition.after.value)
    finding.version += 1
    finding.save()
    _note(finding, act=act, text=text, person=person)
    audit.record(
        actor=person,
        act=f"finding.{act}",
        subject=finding.subject,
        reason=text,
        details={"assessment": str(case.pk), "state": finding.state},
    )
    return finding


@transaction.atomic
def ask(finding: Finding, *, text: str, due_on: dt.date, person: Person) -> FindingNote:
    """A question under a finding, with the day a reply is due; by the centre or an assessor of the case.

    Raises:
        PermissionDenied, DecisionBlocked: as every act.
        InputError: `day_has_passed`, `day_out_of_range`.
    """
    return _said(finding, act="ask", text=text, person=person, due_on=due_on)


@transaction.atomic
def reply(question: FindingNote, *, text: str, person: Person) -> FindingNote:
    """By the other side: a question of the assessors is the centre's to reply to, one of the centre is theirs.

    Raises:
        PermissionDenied: as every act.
        InputError: `not_a_question`.
        DecisionBlocked: as every act; `own_question`, of the side that asked.
    """
    if question.act != "ask":
        raise InputError(
            "not_a_question",
            Text(zh="只能回复提问。", en="Only a question can be replied to."),
            hint=Text(zh="要补充说明时，请另提一个问题。", en="To say more, ask a question of your own."),
        )
    return _said(question.finding, act="reply", text=text, person=person, reply_to=question)


def locked(finding: Finding) -> Finding:
    """The finding as it is now, and its case, both held: no evaluation ends between a look at its state and the act."""
    case = transitions.locked(Assessment(pk=finding.assessment_id))
    found = Finding.objects.select_for_update().get(pk=finding.pk)
    found.assessment = case
    return found


def part_in_findings(case: Assessment, *, person: Person) -> Part:
    """Whether somebody speaks for the centre or for the assessors; anybody else is refused as an assessor would be."""
    assigned = transitions.is_for_the_assigned(case)
    own = case.parts.filter(natural_person=person.natural_person).values_list("part", flat=True).first()
    for part in (Part.APPLICANT, Part.ASSESSOR):
        if own == part or (own is None and _may(case, part, person)):
            transitions.permit(case, part, person=person, assigned=assigned)
            return part
    transitions.permit(case, Part.ASSESSOR, person=person, assigned=assigned)
    return Part.ASSESSOR


def speakers_of_the_centre(case: Assessment) -> frozenset[UUID]:
    """Natural persons: whoever asks or replies is entered into the case in the part they do it in."""
    return frozenset(case.parts.filter(part=Part.APPLICANT).values_list("natural_person", flat=True))


def allowed(finding: Finding) -> tuple[str, ...]:
    return allowed_acts(finding.state, finding.assessment, of=Of.FINDING)


def _within(days: dt.timedelta | None, due_on: dt.date, *, today: dt.date) -> None:
    """Raises:
    InputError: `due_too_late`.
    """
    if days is None or due_on <= today + days:
        return
    latest = (today + days).isoformat()
    raise InputError(
        "due_too_late",
        Text(
            zh=f"纠正期限 {due_on.isoformat()} 超过方案规定的 {days.days} 天。",
            en=f"{due_on.isoformat()} is later than the {days.days} days the scheme gives for the correction.",
        ),
        where=Where(field="due_on"),
        hint=Text(zh=f"请选 {latest} 或之前的日期。", en=f"Choose {latest} or an earlier day."),
    )


def are_alive(case: Assessment) -> bool:
    """Whether findings of this case are acted on and talked about now."""
    return lives(Of.FINDING, case)


def _require_life(finding: Finding, act: str) -> None:
    """Raises:
    DecisionBlocked: `wrong_state` of the case, whatever state the finding is in.
    """
    case = finding.assessment
    if are_alive(case):
        return
    state, done = named_state(Of.ASSESSMENT, case.state), named_act(act)
    raise DecisionBlocked(
        "wrong_state",
        Text(
            zh=f"案件状态为{state.zh}，不符合项此时不变动，不能执行{done.zh}。",
            en=f"The assessment is {state.en}, in which findings rest: {done.en} is not possible.",
        ),
        hint=Text(
            zh="不符合项在评价期间、以及证书有效或暂停期间处理；复核期间须先由复核人退回评价。",
            en="Findings are worked on during the evaluation, and while a certificate stands; "
            "while it is reviewed or decided on, the reviewer has to send the case back first.",
        ),
    )


def _may(case: Assessment, part: Part, person: Person) -> bool:
    return part is Part.APPLICANT and bool(rules.has_perm("assessment.submit", person, case))


def _said(
    finding: Finding,
    *,
    act: str,
    text: str,
    person: Person,
    due_on: dt.date | None = None,
    reply_to: FindingNote | None = None,
) -> FindingNote:
    finding = locked(finding)
    part = part_in_findings(finding.assessment, person=person)
    _require_life(finding, act)
    if reply_to is not None and part == _side_of(reply_to, finding.assessment):
        raise DecisionBlocked("own_question", _OWN_QUESTION, hint=_THE_OTHER_SIDE)
    if due_on is not None:
        still_to_come(due_on, today=timezone.localdate(), field="due_on")
    separation.join(finding.assessment, person=person, part=part)
    made = _note(finding, act=act, text=text, person=person, due_on=due_on, reply_to=reply_to)
    audit.record(actor=person, act=f"finding.{act}", subject=finding.subject, reason=text)
    return made


def _side_of(question: FindingNote, case: Assessment) -> Part:
    return Part.APPLICANT if question.person.natural_person in speakers_of_the_centre(case) else Part.ASSESSOR


def _note(
    finding: Finding,
    *,
    act: str,
    text: str,
    person: Person,
    due_on: dt.date | None = None,
    reply_to: FindingNote | None = None,
) -> FindingNote:
    return FindingNote.objects.create(
        finding=finding, act=act, text=text, person=person, due_on=due_on, reply_to=reply_to
    )


def _changed(finding: Finding) -> DecisionBlocked:
    last = _last_act(finding)
    saved = TITLES.get(last.act, _RAISED)
    return changed_meanwhile(by=last.person.name, at=last.at, saved=saved, words=last.text, version=finding.version)


def _last_act(finding: Finding) -> FindingNote:
    """Questions and replies are none: they change neither state nor version."""
    return finding.notes.select_related("person").exclude(act__in=("ask", "reply")).order_by("-pk")[0]
