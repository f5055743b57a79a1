"""Evidence → measurements → result tree → stored row; the same inputs give the same row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assessment.models import Assessment, ProvisionalResult, StoredResult
from assessment.result_selectors import summary_row
from assessment.scoring.inputs import inputs_content, scored_attributes
from assessment.scoring.result import Result
from assessment.scoring.semantics.registry import score
from assessment.services.results.firmness import keep_draws
from assessment.services.results.screen import screen
from centres.models import Centre, ProfileVersion
from centres.selectors import current_profile
from core.canonical import canonical_digest
from core.outcome import Reason
from core.provenance import Where
from core.text import Text
from evidence.models import STATES_OF_REJECTION, Evidence
from evidence.parsers.registry import kinds_of
from evidence.selectors import accepted_evidence, is_being_read, left_out_of, rejected_evidence, tables_of
from indicators.measures.base import CentreEvidence, Measurement, RejectedFile
from indicators.measures.references import reference_tables
from indicators.measures.registry import measure_all, measure_versions
from indicators.models import Edition
from indicators.selectors import current_edition, typed
from operations.models import Job, JobState

TASK = "assessment.score_centre"


@dataclass(frozen=True, slots=True)
class Scored:
    """A kept result and what it was measured from."""

    stored: StoredResult
    evidence: CentreEvidence
    measurements: Mapping[str, Measurement]
    names: Mapping[str, str]  # of the files, by digest


def score_centre(centre: Centre) -> StoredResult | None:
    """The provisional result of everything accepted so far; None when there is no profile to measure against.

    When the same work is queued again, or will be because files are still to be read, it is left to that later job,
    which sees all of the evidence.
    """
    profile_version = current_profile(centre)
    if profile_version is None:
        return None
    if Job.objects.filter(task=TASK, subject=f"centre/{centre.slug}", state=JobState.QUEUED).exists():
        return None
    if is_being_read(centre):
        return None
    files, rejected = list(accepted_evidence(centre).prefetch_related("tables")), rejected_evidence(centre)
    scored = score_files(files, rejected=rejected, profile_version=profile_version, edition=current_edition())
    ProvisionalResult.objects.update_or_create(
        centre=centre, defaults={"result": scored.stored, "evidence": _ids([*files, *rejected])}
    )
    if files or rejected:
        _screen(scored)
    return scored.stored


def score_package(assessment: Assessment) -> StoredResult:
    """The result of a frozen package; done twice it gives the same row.

    Another package may have been handed in while this one was measured: its result is then that of another job.
    """
    if assessment.profile_version is None:
        raise ValueError("only a submitted assessment has a package to score")
    package = assessment.package.filter(submission=assessment.submissions)
    every = Evidence.objects.filter(pk__in=package.values("evidence")).order_by("blob_id")
    files = list(every.exclude(state__in=STATES_OF_REJECTION).prefetch_related("tables"))
    rejected = list(every.filter(state__in=STATES_OF_REJECTION))
    scored = _scored_before(assessment, files, rejected=rejected) or score_files(
        files, rejected=rejected, profile_version=assessment.profile_version, edition=assessment.edition
    )
    measured = {"submissions": assessment.submissions, "profile_version": assessment.profile_version}
    Assessment.objects.filter(pk=assessment.pk, result=None, **measured).update(result=scored.stored)
    _screen(scored)
    return scored.stored


def score_files(
    files: Iterable[Evidence],
    *,
    profile_version: ProfileVersion,
    edition: Edition,
    rejected: Iterable[Evidence] = (),
) -> Scored:
    """Measure and score these files; keep the result, or find the one already kept.

    Args:
        rejected: files that do not count; a measure that lacks what one would have carried names it.
    """
    files, rejected = list(files), list(rejected)
    profile = profile_version.profile
    evidence = pooled(profile_version, files, rejected=rejected)
    measurements = measure_all(evidence)
    attributes = scored_attributes(profile)
    inputs = inputs_content(
        facility=profile.centre.id,
        profile=attributes,
        measurements=measurements,
        sources=sources_of(files, rejected=rejected, profile_digest=profile_version.digest),
    )
    result = score(
        typed(edition),
        facility=profile.centre.id,
        profile=attributes,
        measurements=measurements,
        inputs_digest=canonical_digest(inputs),
    )
    stored = keep(result, inputs=inputs, profile_version=profile_version, edition=edition)
    return Scored(stored, evidence, measurements, _names(files))


def pooled(
    profile_version: ProfileVersion, files: Iterable[Evidence], *, rejected: Iterable[Evidence]
) -> CentreEvidence:
    """What measures see of these files; rows are read when a measure asks for them."""
    files, refused = list(files), [rejected_file(item) for item in rejected]
    return CentreEvidence.pooled(
        profile_version.profile, tables_of(files), rejected=refused, left_out=left_out_of(files)
    )


def sources_of(files: Iterable[Evidence], *, profile_digest: str, rejected: Iterable[Evidence] = ()) -> dict[str, Any]:
    """Everything besides the rubric a result rests on, by digest and version.

    Rejected files stand there by parser and code, because reasons rest on them; a package without any has no such list.
    Not by name: the digest of these inputs is checked by people who may not open the files.
    """
    sources = {
        "evidence": {item.digest: item.parser for item in files},
        "profile": profile_digest,
        "measures": measure_versions(),
        "reference_tables": reference_tables(),
    }
    if refused := {item.digest: _rejection(item) for item in rejected}:
        sources["rejected"] = refused
    return sources


def rejected_file(item: Evidence) -> RejectedFile:
    """A rejected evidence as measures see it."""
    problem = item.problem or {}
    return RejectedFile(
        evidence=item.digest,
        name=item.name,
        kinds=kinds_of(
            item.format or item.declared_format, column_map=item.column_map.content if item.column_map else None
        ),
        reason=Reason(problem["code"], Text(**problem["message"])),
        where=Where(**(problem.get("where") or {})),
    )


def _scored_before(assessment: Assessment, files: list[Evidence], *, rejected: list[Evidence]) -> Scored | None:
    """The provisional result, if it saw just these files, read, measured and scored as they would be now."""
    version = assessment.profile_version
    seen = {"evidence": _ids([*files, *rejected]), "result__profile_version": version}
    provisional = ProvisionalResult.objects.filter(
        centre=assessment.centre_id, result__edition=assessment.edition, **seen
    ).first()
    if provisional is None or version is None:
        return None
    stored = provisional.result
    if stored.inputs.get("sources") != sources_of(files, rejected=rejected, profile_digest=version.digest):
        return None
    measurements = {name: Measurement.from_json(one) for name, one in stored.inputs["measurements"].items()}
    return Scored(stored, pooled(version, files, rejected=rejected), measurements, _names(files))


def _names(files: Iterable[Evidence]) -> dict[str, str]:
    return {item.digest: item.name for item in files}


def _ids(files: Iterable[Evidence]) -> list[str]:
    return sorted(str(item.pk) for item in files)


def _screen(scored: Scored) -> None:
    """Flags for the assessing body, once the result stands."""
    screen(scored.stored, scored.evidence, measurements=scored.measurements, names=scored.names)


def _rejection(item: Evidence) -> dict[str, str]:
    return {"parser": item.parser, "code": (item.problem or {})["code"]}


def keep(
    result: Result, *, inputs: Mapping[str, Any], profile_version: ProfileVersion, edition: Edition
) -> StoredResult:
    """The row of a result, with its summary; and its draws, which are made once and outside the transaction."""
    with transaction.atomic():
        stored, is_new = StoredResult.objects.get_or_create(
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
        if is_new:
            summary_row(stored).save(force_insert=True)
    if is_new and stored.score is not None:  # without a score there is nothing to draw for
        keep_draws(stored)
    return stored
