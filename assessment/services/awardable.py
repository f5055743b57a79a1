"""Whether a case may be certified at all: by its result, its findings and its agreement."""

from __future__ import annotations

from assessment.case_selectors import open_major_findings
from assessment.models import Assessment
from assessment.scoring.result import Verdict
from assessment.services import transitions
from assessment.services.sign_agreement import require_agreement
from core.errors import DecisionBlocked
from core.text import Text
from indicators.selectors import typed


def require_awardable(assessment: Assessment) -> None:
    """Raises:
    DecisionBlocked: `agreement_needed`, `major_finding_open`, `blocked_result`, `grade_without_certificate`.
    """
    if assessment.result is None:
        raise transitions.wrong_state(assessment, "certify")
    require_agreement(assessment)
    if open_findings := open_major_findings(assessment):
        nodes = ", ".join(finding.node or "—" for finding in open_findings)
        raise DecisionBlocked(
            "major_finding_open",
            Text(
                zh=f"还有 {len(open_findings)} 个严重不符合项没有关闭：{nodes}。",
                en=f"{len(open_findings)} major findings are not closed: {nodes}.",
            ),
            hint=Text(zh="关闭后再决定，或作出不予的决定。", en="Close them first, or refuse."),
        )
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
