"""The centre hands in its package: evidence and profile are frozen, and the package is scored once."""

from __future__ import annotations

from django.db import transaction

from assessment.models import AssessedEvidence, Assessment
from assessment.services import transitions
from assessment.services.score import TASK
from centres.models import Person
from centres.selectors import current_profile
from core.errors import DecisionBlocked
from core.text import Text
from evidence.models import Evidence, EvidenceState
from evidence.selectors import accepted_evidence, rejected_evidence
from operations.jobs import enqueue


@transaction.atomic
def submit(assessment: Assessment, *, person: Person, reason: str = "") -> Assessment:
    """Freeze what is accepted now, and what was rejected so far; a job scores it.

    Raises:
        PermissionDenied: not of this centre.
        DecisionBlocked: `wrong_state`; `no_profile`; `no_evidence`; `evidence_in_work`, while files are being read.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "submit", person=person)
    profile_version = current_profile(assessment.centre)
    if profile_version is None:
        raise _not_ready("no_profile", Text(zh="还没有设施档案。", en="There is no facility profile yet."))
    in_work = Evidence.objects.filter(
        centre=assessment.centre, state__in=(EvidenceState.RECEIVED, EvidenceState.PARSING)
    ).count()
    if in_work:
        raise _not_ready(
            "evidence_in_work",
            Text(zh=f"还有 {in_work} 个文件正在读取。", en=f"{in_work} files are still being read."),
            Text(zh="请等待读取完成后再提交。", en="Submit again when they have been read."),
        )
    accepted = list(accepted_evidence(assessment.centre))
    if not accepted:
        raise _not_ready("no_evidence", Text(zh="没有已接受的证据。", en="There is no accepted evidence."))
    assessment.submissions += 1  # a returned application is frozen anew; what was frozen before is kept
    AssessedEvidence.objects.bulk_create(
        AssessedEvidence(
            assessment=assessment,
            submission=assessment.submissions,
            evidence=item,
            digest=item.digest,
            parser=item.parser,
        )
        for item in (*accepted, *rejected_evidence(assessment.centre))
    )
    assessment.profile_version, assessment.result, assessment.measured = profile_version, None, None
    assessment.job = enqueue(
        TASK,
        subject=assessment.subject,
        scope=assessment.centre.slug,
        centre=assessment.centre.slug,
        assessment=str(assessment.pk),
    )
    return transitions.take(assessment, transition, person=person, reason=reason)


def _not_ready(code: str, message: Text, hint: Text | None = None) -> DecisionBlocked:
    return DecisionBlocked(code, message, hint=hint)
