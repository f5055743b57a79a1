"""Whether a case may be certified at all: by its result, findings, agreement and what the centre explained."""

from __future__ import annotations

from assessment.case_selectors import open_major_findings, unanswered_minor_findings
from assessment.centre_selectors.packages import unprintable
from assessment.models import Assessment, Finding
from assessment.scoring.result import Verdict
from assessment.services.application.give_reasons import require_flag_reasons
from assessment.services.application.sign_agreement import require_agreement
from assessment.services.chain.wrong_state import wrong_state
from core.errors import DecisionBlocked
from core.text import Text
from indicators.selectors import typed


def require_awardable(assessment: Assessment) -> None:
    """Raises:
    DecisionBlocked: `agreement_needed`; `reason_needed`, of figures that cross a published bound;
        `major_finding_open`, `minor_finding_unanswered`, `blocked_result`, `grade_without_certificate`;
        `missing_glyph`, where the profile holds what no certificate can print.
    """
    if assessment.result is None:
        raise wrong_state(assessment, "certify")
    if found := next(unprintable(assessment.result.profile_version.profile), None):
        raise found  # nothing is announced that can never take effect
    require_agreement(assessment)
    require_flag_reasons(assessment, hint=_SENT_BACK)  # it may have been accepted before it was scored
    _require_settled_findings(assessment)
    result = assessment.result.result
    if result.verdict is Verdict.BLOCKED:
        causes = [cause for cause in result.consequences if cause.effect == "block"]
        raise DecisionBlocked(
            "blocked_result",
            Text(
                zh="结果被阻止，不能发证：" + "；".join(f"{c.code} {c.reason.message.zh}" for c in causes),
                en="The result is blocked: " + "; ".join(f"{c.code} {c.reason.message.en}" for c in causes),
            ),
            hint=Text(zh="可以作出不予的决定，并说明理由。", en="It can be refused, with reasons."),
        )
    grades = typed(assessment.edition).grades
    grade = next((one for one in grades.grades if one.id == result.grade), None) if grades else None
    if grade is not None and not grade.certificate:
        raise DecisionBlocked(
            "grade_without_certificate",
            Text(
                zh=f"等级 {grade.title.zh} 不发证。",
                en=f"The grade {grade.title.en} carries no certificate.",
            ),
            hint=Text(zh="可以作出不予的决定，并说明理由。", en="The case can be refused, with reasons."),
        )


def _require_settled_findings(assessment: Assessment) -> None:
    """Major ones are closed; of minor ones the corrective action is accepted, its effect may be seen later."""
    if left := open_major_findings(assessment):
        raise _finding_open(
            "major_finding_open",
            Text(zh=f"还有 {len(left)} 个严重不符合项没有关闭", en=f"{len(left)} major findings are not closed"),
            left,
        )
    if left := unanswered_minor_findings(assessment):
        raise _finding_open(
            "minor_finding_unanswered",
            Text(
                zh=f"还有 {len(left)} 个一般不符合项的纠正措施没有被接受",
                en=f"{len(left)} minor findings have no corrective action that was accepted",
            ),
            left,
        )


def _finding_open(code: str, words: Text, left: list[Finding]) -> DecisionBlocked:
    nodes = ", ".join(finding.node or "—" for finding in left)
    return DecisionBlocked(
        code,
        Text(zh=f"{words.zh}：{nodes}。", en=f"{words.en}: {nodes}."),
        hint=Text(
            zh="请退回复核、由复核人退回评价后处理，或作出不予的决定。",
            en="Return the case to its reviewer, who sends it back so that they are settled; or refuse.",
        ),
    )


_SENT_BACK = Text(
    zh="请退回复核、由复核人退回评价，由中心在案件的“须说明原因的数值”页说明；或作出不予的决定。",
    en="Return the case to its reviewer, who sends it back so that the centre gives them on the page “Figures that "
    "need a reason” of the case; or refuse.",
)
