"""The one table of acts: what may be done in which state, to which, in which part of the case, under which condition.

The chain is that of ISO/IEC 17065: application and its review, evaluation, independent review, decision, and what
becomes of the certificate afterwards; beside it findings and disputes. Pages take their buttons from it, the API its
`allowed_acts`, the database its triggers, `docs/life-of-an-assessment.md` its tables, and tests their moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from assessment.casework.states import EVALUATED_IN
from assessment.models import (
    STANDING,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    DisputeState,
    FindingState,
    Kind,
    Part,
    Procedure,
    RatingRule,
    RatingState,
)
from core.text import Text


class Of(StrEnum):
    """Whose state an act changes."""

    ASSESSMENT = "assessment"
    CERTIFICATE = "certificate"
    FINDING = "finding"
    DISPUTE = "dispute"
    RATING = "rating"


class When(StrEnum):
    """What a case must be like for an act to exist in it."""

    FULL = "full"
    EXPRESS = "express"
    NOTICE = "notice"
    NO_NOTICE = "no_notice"
    AWARD = "award"
    STATEMENT = "statement"
    DUE = "due"
    AGREED = "agreed"
    RATED = "rated"
    TWICE = "twice"
    EVALUATION = "evaluation"
    ALIVE = "alive"
    UPHELD = "upheld"


def _is_evaluated(case: Assessment) -> bool:
    """Whether assessors are at work in it; the express procedure evaluates what was submitted."""
    return case.state in EVALUATED_IN[Procedure(case.procedure)]


def _has_standing_certificate(case: Assessment) -> bool:
    if case.state != AssessmentState.CERTIFIED:
        return False
    certificate: Certificate | None = getattr(case, "certificate", None)
    return certificate is not None and certificate.state in STANDING


def _is_upheld(case: Assessment) -> bool:
    """While its term runs: after it nothing comes back by an appeal."""
    certificate: Certificate | None = getattr(case, "certificate", None)
    if certificate is None or certificate.upheld_on is None:
        return False
    return certificate.valid_until >= timezone.localdate()


CONDITIONS: dict[When, tuple[Text, Callable[[Assessment], bool]]] = {
    When.FULL: (Text(zh="完整程序", en="full procedure"), lambda case: case.procedure == Procedure.FULL),
    When.EXPRESS: (Text(zh="简化程序", en="express procedure"), lambda case: case.procedure == Procedure.EXPRESS),
    When.NOTICE: (Text(zh="须公示", en="with a period of notice"), lambda case: case.notice_days > 0),
    When.NO_NOTICE: (Text(zh="无须公示", en="without a period of notice"), lambda case: case.notice_days == 0),
    When.AWARD: (Text(zh="非预评价", en="not a pre-assessment"), lambda case: case.kind != Kind.PRE_ASSESSMENT),
    When.STATEMENT: (Text(zh="预评价", en="pre-assessment"), lambda case: case.kind == Kind.PRE_ASSESSMENT),
    When.DUE: (
        Text(zh="须第二名决定人附议", en="while a second decider has to concur"),
        lambda case: case.concurrence_due,
    ),
    When.AGREED: (Text(zh="无须再附议", en="once nobody has to concur"), lambda case: not case.concurrence_due),
    When.RATED: (Text(zh="逐项评定", en="every indicator ruled on"), lambda case: case.rating != RatingRule.NONE),
    When.TWICE: (Text(zh="双人盲评", en="rated twice, blind"), lambda case: case.rating == RatingRule.DOUBLE),
    When.EVALUATION: (Text(zh="评价期间", en="during the evaluation"), _is_evaluated),
    When.ALIVE: (
        Text(zh="评价期间，以及证书有效或暂停期间", en="during the evaluation, and while the certificate stands"),
        lambda case: _is_evaluated(case) or _has_standing_certificate(case),
    ),
    When.UPHELD: (Text(zh="申诉成立后", en="after an appeal against it was upheld"), _is_upheld),
}


# What a role must be allowed to take a part of a case; the platform asks nobody.
PERMISSIONS = {
    Part.APPLICANT: "assessment.submit",
    Part.REGISTRAR: "assessment.admit",
    Part.ASSESSOR: "assessment.evaluate",
    Part.REVIEWER: "assessment.review",
    Part.DECIDER: "assessment.decide",
    Part.APPEAL_HANDLER: "assessment.handle_dispute",
    Part.SYSTEM: "",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which state to which, by whom as what, and in which cases it exists.

    `follows`: nobody asks for it; another act or the calendar brings it about.
    """

    of: Of
    act: str
    before: TextChoices
    after: TextChoices
    part: Part
    title: Text
    when: tuple[When, ...] = ()
    follows: bool = False

    @property
    def permission(self) -> str:
        return PERMISSIONS[self.part]

    def exists_in(self, case: Assessment) -> bool:
        return all(holds(condition, case) for condition in self.when)


_S, _C, _F, _D, _R = AssessmentState, CertificateState, FindingState, DisputeState, RatingState
_APPLICANT, _REGISTRAR, _ASSESSOR, _REVIEWER, _DECIDER, _HANDLER, _SYSTEM = Part
_FULL, _EXPRESS, _NOTICE, _NO_NOTICE, _AWARD, _TRIAL, _DUE, _AGREED, _RATED, _TWICE, _EVALUATION, _ALIVE, _UPHELD = When
# May be done whenever it is wished; nothing waits for it.
AT_WILL = frozenset({"discontinue"})
_FOLLOWS = frozenset({"reconsider", "replace", "suspend_late", "warn", "withdraw_late", "expire"})
_WITHDRAWABLE = (_S.DRAFT, _S.SUBMITTED, _S.UNDER_REVIEW, _S.ACCEPTED, _S.IN_EVALUATION, _S.EVALUATED, _S.REVIEWED)
# A ruling may be revised into any other until the evaluation ends, its level or words too.
_RULED = (_R.ACCEPTED, _R.DISPUTED, _R.NOT_APPLICABLE, _R.JUDGED)
_LEVELS = (_R.OPEN, _R.JUDGED, _R.NOT_APPLICABLE, _R.APPROVED)
_FIGURES = (_R.OPEN, _R.ACCEPTED, _R.DISPUTED, _R.NOT_APPLICABLE, _R.APPROVED)
_EITHER = (_R.OPEN, *_RULED, _R.APPROVED)


def _rows(of: Of, given: Iterable[tuple[Any, ...]]) -> tuple[Transition, ...]:
    return tuple(_row(of, *row) for row in given)


def _row(
    of: Of, act: str, before: TextChoices, after: TextChoices, part: Part, zh: str, en: str, *when: When
) -> Transition:
    return Transition(of, act, before, after, part, Text(zh=zh, en=en), when, act in _FOLLOWS)


# fmt: off
TRANSITIONS = (
    *_rows(Of.ASSESSMENT, (
        ("submit", _S.DRAFT, _S.SUBMITTED, _APPLICANT, "提交", "submit"),
        ("take_up", _S.SUBMITTED, _S.UNDER_REVIEW, _REGISTRAR, "申请评审", "review the application", _FULL),
        ("return", _S.UNDER_REVIEW, _S.DRAFT, _REGISTRAR, "退回补正", "return", _FULL),
        ("accept", _S.UNDER_REVIEW, _S.ACCEPTED, _REGISTRAR, "受理", "accept", _FULL),
        ("decline", _S.UNDER_REVIEW, _S.DECLINED, _REGISTRAR, "不予受理", "decline", _FULL),
        ("begin", _S.ACCEPTED, _S.IN_EVALUATION, _ASSESSOR, "开始评价", "begin the evaluation", _FULL),
        ("evaluate", _S.IN_EVALUATION, _S.EVALUATED, _ASSESSOR, "评价", "evaluate", _FULL),
        ("evaluate", _S.SUBMITTED, _S.EVALUATED, _ASSESSOR, "评价", "evaluate", _EXPRESS),
        ("review", _S.EVALUATED, _S.REVIEWED, _REVIEWER, "复核", "review", _AWARD),
        ("state", _S.EVALUATED, _S.STATED, _REVIEWER, "出具预评价结论", "issue the statement", _TRIAL),
        ("send_back", _S.EVALUATED, _S.IN_EVALUATION, _REVIEWER, "退回评价", "send back", _FULL),
        ("send_back", _S.EVALUATED, _S.SUBMITTED, _REVIEWER, "退回评价", "send back", _EXPRESS),
        ("concur", _S.REVIEWED, _S.REVIEWED, _DECIDER, "附议", "concur", _AWARD, _DUE),
        ("certify", _S.REVIEWED, _S.CERTIFIED, _DECIDER, "准予", "certify", _AWARD, _NO_NOTICE, _AGREED),
        ("certify", _S.REVIEWED, _S.ANNOUNCED, _DECIDER, "准予", "certify", _AWARD, _NOTICE, _AGREED),
        ("refuse", _S.REVIEWED, _S.REFUSED, _DECIDER, "不予", "refuse", _AWARD),
        ("ask_again", _S.REVIEWED, _S.EVALUATED, _DECIDER, "退回复核", "return to review", _AWARD),
        ("take_effect", _S.ANNOUNCED, _S.CERTIFIED, _REGISTRAR, "公示期满生效", "let it take effect", _AWARD, _NOTICE),
        ("reconsider", _S.ANNOUNCED, _S.EVALUATED, _HANDLER, "重新审议", "reopen", _AWARD, _NOTICE),
        ("reconsider", _S.REFUSED, _S.EVALUATED, _HANDLER, "重新审议", "reopen", _AWARD),
        ("reconsider", _S.DECLINED, _S.UNDER_REVIEW, _HANDLER, "重新审议", "reopen", _FULL),
        *(("discontinue", state, _S.DISCONTINUED, _APPLICANT, "撤回申请", "withdraw the application")
          for state in _WITHDRAWABLE),
    )),
    *_rows(Of.CERTIFICATE, (
        ("survey", _C.VALID, _C.VALID, _ASSESSOR, "监督", "record the surveillance"),
        ("suspend", _C.VALID, _C.SUSPENDED, _DECIDER, "暂停", "suspend"),
        ("suspend_late", _C.VALID, _C.SUSPENDED, _SYSTEM, "逾期未监督而暂停", "suspend: surveillance overdue"),
        ("restore", _C.SUSPENDED, _C.VALID, _DECIDER, "恢复", "reinstate"),
        ("restore", _C.WITHDRAWN, _C.VALID, _DECIDER, "恢复", "reinstate", _UPHELD),
        ("withdraw", _C.VALID, _C.WITHDRAWN, _DECIDER, "撤销", "withdraw"),
        ("withdraw", _C.SUSPENDED, _C.WITHDRAWN, _DECIDER, "撤销", "withdraw"),
        ("warn", _C.SUSPENDED, _C.SUSPENDED, _SYSTEM, "预告撤销", "give notice of the withdrawal"),
        ("withdraw_late", _C.SUSPENDED, _C.WITHDRAWN, _SYSTEM, "暂停逾期而撤销", "withdraw: suspended too long"),
        ("terminate", _C.VALID, _C.TERMINATED, _REGISTRAR, "注销", "cancel"),
        ("terminate", _C.SUSPENDED, _C.TERMINATED, _REGISTRAR, "注销", "cancel"),
        ("replace", _C.VALID, _C.TERMINATED, _SYSTEM, "换证", "replace by a renewed one"),
        ("replace", _C.SUSPENDED, _C.TERMINATED, _SYSTEM, "换证", "replace by a renewed one"),
        ("expire", _C.VALID, _C.EXPIRED, _SYSTEM, "到期", "expire"),
        ("expire", _C.SUSPENDED, _C.EXPIRED, _SYSTEM, "到期", "expire"),
    )),
    *_rows(Of.FINDING, (
        ("answer", _F.OPEN, _F.ANSWERED, _APPLICANT, "答复", "answer", _ALIVE),
        ("reject_answer", _F.ANSWERED, _F.OPEN, _ASSESSOR, "不接受答复", "reject the answer", _ALIVE),
        ("accept_answer", _F.ANSWERED, _F.ACCEPTED, _ASSESSOR, "接受纠正措施", "accept the corrective action", _ALIVE),
        ("fail_check", _F.ACCEPTED, _F.OPEN, _ASSESSOR, "验证无效", "find it not effective", _ALIVE),
        ("close", _F.ACCEPTED, _F.CLOSED, _ASSESSOR, "验证有效并关闭", "find it effective and close", _ALIVE),
        ("retract", _F.OPEN, _F.RETRACTED, _ASSESSOR, "撤回", "retract", _EVALUATION),
        ("retract", _F.ANSWERED, _F.RETRACTED, _ASSESSOR, "撤回", "retract", _EVALUATION),
    )),
    *_rows(Of.DISPUTE, (
        ("acknowledge", _D.RECEIVED, _D.ACKNOWLEDGED, _HANDLER, "受理", "acknowledge"),
        ("uphold", _D.ACKNOWLEDGED, _D.UPHELD, _HANDLER, "成立", "uphold"),
        ("dismiss", _D.ACKNOWLEDGED, _D.DISMISSED, _HANDLER, "不成立", "dismiss"),
    )),
    *_rows(Of.RATING, (
        *(("accept_figure", state, _R.ACCEPTED, _ASSESSOR, "采信数值", "accept the figure", _RATED)
          for state in _FIGURES),
        *(("dispute_figure", state, _R.DISPUTED, _ASSESSOR, "不采信数值", "dispute the figure", _RATED)
          for state in _FIGURES),
        *(("rule_out", state, _R.NOT_APPLICABLE, _ASSESSOR, "判定不适用", "mark not applicable", _RATED)
          for state in _EITHER),
        *(("judge", state, _R.JUDGED, _ASSESSOR, "判定等级", "judge the level", _RATED) for state in _LEVELS),
        *(("take_back", state, _R.OPEN, _ASSESSOR, "收回", "take back", _RATED) for state in (*_RULED, _R.APPROVED)),
        ("approve_reason", _R.NOT_APPLICABLE, _R.APPROVED, _REVIEWER, "批准不适用理由", "approve the reason", _RATED),
        ("refuse_reason", _R.NOT_APPLICABLE, _R.OPEN, _REVIEWER, "不批准不适用理由", "refuse the reason", _RATED),
        ("propose", _R.OPEN, _R.PROPOSED, _ASSESSOR, "提议裁定", "propose a level", _TWICE),
        ("propose", _R.PROPOSED, _R.PROPOSED, _ASSESSOR, "提议裁定", "propose a level", _TWICE),
        ("agree", _R.PROPOSED, _R.JUDGED, _ASSESSOR, "同意裁定", "agree to the level", _TWICE),
        ("adjudicate", _R.OPEN, _R.JUDGED, _ASSESSOR, "裁定", "adjudicate", _TWICE),
        ("adjudicate", _R.PROPOSED, _R.JUDGED, _ASSESSOR, "裁定", "adjudicate", _TWICE),
        ("adjudicate", _R.JUDGED, _R.JUDGED, _ASSESSOR, "裁定", "adjudicate", _TWICE),
    )),
)
# fmt: on
# What goes out under the body's name: both doors ask for the second factor anew.
ASKS_FOR_A_FRESH_FACTOR = frozenset(
    {"concur", "certify", "refuse", "take_effect", "state", "survey", "suspend", "restore", "withdraw", "terminate"}
)
# Judging is what needs independence from the centre and a clear declaration of interests.
JUDGING = (Part.ASSESSOR, Part.REVIEWER, Part.DECIDER, Part.APPEAL_HANDLER)
TITLES = {"open": Text(zh="申请", en="application")} | {row.act: row.title for row in TRANSITIONS}


def rows(of: Of, state: str, case: Assessment) -> tuple[Transition, ...]:
    """The acts that exist in this state of this case."""
    return tuple(row for row in TRANSITIONS if row.of is of and row.before == state and row.exists_in(case))


def allowed_acts(state: str, case: Assessment, *, of: Of = Of.ASSESSMENT) -> tuple[str, ...]:
    """Names of what people may do next; what follows by itself is not among them."""
    return tuple(row.act for row in rows(of, state, case) if not row.follows)


def holds(condition: When, case: Assessment) -> bool:
    return CONDITIONS[condition][1](case)


def lives(of: Of, case: Assessment) -> bool:
    """Whether any act on such a thing exists in the case as it is now, whatever state the thing is in."""
    return any(row.of is of and row.exists_in(case) for row in TRANSITIONS)


def pairs(of: Of, *, when: When | None = None) -> frozenset[tuple[str, str]]:
    """Every step from one state to another that some act takes, under this condition or under any."""
    found = (row for row in TRANSITIONS if row.of is of and (when is None or when in row.when))
    return frozenset((str(row.before.value), str(row.after.value)) for row in found)
