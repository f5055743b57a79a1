"""The decision: certify, with a number at once and the paper by a job; or refuse, with reasons."""

from __future__ import annotations

from django.db import transaction

from assessment.models import Assessment
from assessment.scoring.result import Verdict
from assessment.services import transitions
from assessment.services.issue_certificate import issue_certificate
from centres.models import Person
from core.errors import DecisionBlocked
from core.text import Text
from indicators.selectors import typed


@transaction.atomic
def decide(assessment: Assessment, *, person: Person, certify: bool, reason: str) -> Assessment:
    """Raises:
    PermissionDenied: not a decider.
    DecisionBlocked: `wrong_state`, `separation_of_duties`; `blocked_result`, naming every cause, when a result that
        carries no certificate was to be certified.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "certify" if certify else "refuse", person=person)
    if certify:
        _check_result_can_be_certified(assessment)
    assessment = transitions.take(assessment, transition, person=person, reason=reason)
    if certify:
        issue_certificate(assessment, person=person)
    return assessment


def _check_result_can_be_certified(assessment: Assessment) -> None:
    if assessment.result is None:
        raise transitions.wrong_state(assessment, "certify")
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
        )
