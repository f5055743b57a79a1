"""Evidence → measurements → result tree → stored row; the same inputs give the same row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from assessment.models import Assessment, ProvisionalResult, StoredResult
from assessment.scoring.inputs import inputs_content, scored_attributes
from assessment.scoring.result import Result
from assessment.scoring.semantics.registry import score
from centres.models import Centre, ProfileVersion
from centres.selectors import current_profile
from core.canonical import canonical_digest
from evidence.models import Evidence
from evidence.selectors import accepted_evidence, tables_of
from indicators.measures.base import CentreEvidence
from indicators.measures.references import reference_tables
from indicators.measures.registry import measure_all, measure_versions
from indicators.models import Edition
from indicators.selectors import current_edition, typed
from operations.models import Job, JobState

TASK = "assessment.score_centre"


def score_centre(centre: Centre) -> StoredResult | None:
    """The provisional result of everything accepted so far; None when there is no profile to measure against.

    When the same work is queued again it is left to that later job, which sees all of the evidence.
    """
    profile_version = current_profile(centre)
    if profile_version is None:
        return None
    if Job.objects.filter(task=TASK, subject=f"centre/{centre.slug}", state=JobState.QUEUED).exists():
        return None
    stored = score_files(
        accepted_evidence(centre).prefetch_related("tables"), profile_version=profile_version, edition=current_edition()
    )
    ProvisionalResult.objects.update_or_create(centre=centre, defaults={"result": stored})
    return stored


def score_package(assessment: Assessment) -> StoredResult:
    """The result of a frozen package; done twice it gives the same row."""
    if assessment.profile_version is None:
        raise ValueError("only a submitted assessment has a package to score")
    files = Evidence.objects.filter(pk__in=assessment.package.values("evidence")).order_by("blob_id")
    stored = score_files(
        files.prefetch_related("tables"), profile_version=assessment.profile_version, edition=assessment.edition
    )
    Assessment.objects.filter(pk=assessment.pk, result=None).update(result=stored)
    return stored


def score_files(files: Iterable[Evidence], *, profile_version: ProfileVersion, edition: Edition) -> StoredResult:
    """Measure and score these files; keep the result, or find the one already kept."""
    files = list(files)
    profile = profile_version.profile
    measurements = measure_all(CentreEvidence.pooled(profile, tables_of(files)))
    attributes = scored_attributes(profile)
    inputs = inputs_content(
        facility=profile.centre.id,
        profile=attributes,
        measurements=measurements,
        sources=sources_of(files, profile_digest=profile_version.digest),
    )
    result = score(
        typed(edition),
        facility=profile.centre.id,
        profile=attributes,
        measurements=measurements,
        inputs_digest=canonical_digest(inputs),
    )
    return keep(result, inputs=inputs, profile_version=profile_version, edition=edition)


def sources_of(files: Iterable[Evidence], *, profile_digest: str) -> dict[str, Any]:
    """Everything besides the rubric a result rests on, by digest and version."""
    return {
        "evidence": {item.digest: item.parser for item in files},
        "profile": profile_digest,
        "measures": measure_versions(),
        "reference_tables": reference_tables(),
    }


@transaction.atomic
def keep(
    result: Result, *, inputs: Mapping[str, Any], profile_version: ProfileVersion, edition: Edition
) -> StoredResult:
    stored, _ = StoredResult.objects.get_or_create(
        centre_id=profile_version.centre_id,
        digest=result.digest,
        defaults={
            "edition": edition,
            "profile_version": profile_version,
            "tree": result.as_json(),
            "inputs": dict(inputs),
            "inputs_digest": result.inputs_digest,
            "verdict": result.verdict.value,
            "score": result.score,
            "grade": result.grade or "",
        },
    )
    return stored
