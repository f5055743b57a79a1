"""The centre hands in its package: evidence and profile are frozen, a receipt is signed, the package is scored once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from assessment.centre_selectors.packages import Package, package_of
from assessment.models import AssessedEvidence, Assessment, SubmissionReceipt
from assessment.receipts.manifest import manifest_content
from assessment.services.chain import transitions
from assessment.services.results.score import TASK
from centres.models import Person
from core.canonical import canonical_json
from core.errors import DecisionBlocked
from core.period import instant
from core.provenance import digest
from core.text import Text
from operations.jobs import enqueue
from operations.signing import sign


@transaction.atomic
def submit(
    assessment: Assessment, *, person: Person, reason: str = "", package_digest: str = "", version: int | None = None
) -> Assessment:
    """Freeze what is accepted now, and what was rejected so far; a job scores it.

    The receipt is made in the same transaction: there is no submission without one, and no receipt of none.

    Args:
        package_digest: of the package the person looked at; another one by now refuses the act.
        version: of the case, likewise.

    Raises:
        PermissionDenied: not of this centre.
        DecisionBlocked: `wrong_state`, `version_changed`; `no_profile`; `no_evidence`; `evidence_in_work`, while
            files are being read; `package_changed`.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "submit", person=person, version=version)
    package = package_of(assessment.centre, edition=assessment.edition)
    if obstacle := next(package.obstacles(), None):
        raise obstacle
    if package_digest and package_digest != package.digest:
        raise DecisionBlocked("package_changed", _CHANGED, hint=_LOOK_AGAIN)
    assessment.submissions += 1  # a returned application is frozen anew; what was frozen before is kept
    AssessedEvidence.objects.bulk_create(
        AssessedEvidence(
            assessment=assessment,
            submission=assessment.submissions,
            evidence=item,
            digest=item.digest,
            parser=item.parser,
        )
        for item in package.files
    )
    receipt = _receipt(assessment, package, person=person, reason=reason)
    assessment.profile_version, assessment.result, assessment.measured = package.profile_version, None, None
    assessment.job = enqueue(
        TASK,
        subject=assessment.subject,
        scope=assessment.centre.slug,
        centre=assessment.centre.slug,
        assessment=str(assessment.pk),
    )
    return transitions.take(assessment, transition, person=person, reason=reason, audited={"manifest": receipt.digest})


def _receipt(assessment: Assessment, package: Package, *, person: Person, reason: str) -> SubmissionReceipt:
    now = timezone.now()
    manifest = manifest_content(
        package.content,
        assessment=str(assessment.pk),
        kind=str(assessment.kind),
        submission=assessment.submissions,
        centre=assessment.centre.slug,
        centre_name=assessment.centre.name,
        person=person.get_username(),
        person_name=person.name,
        submitted_at=instant(now),
        reason=reason,
    )
    content = canonical_json(manifest)
    signature = sign(content)
    return SubmissionReceipt.objects.create(
        assessment=assessment,
        submission=assessment.submissions,
        manifest=manifest,
        digest=digest(content),
        public_key=signature.key.raw,
        signature=signature.value,
        issued_at=now,
    )


_CHANGED = Text(
    zh="在您核对之后，材料或设施档案有了变化。",
    en="The evidence or the profile has changed since you checked it.",
)
_LOOK_AGAIN = Text(zh="请核对现在的清单后再提交。", en="Check the package as it is now, then submit.")
