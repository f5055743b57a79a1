"""What is known of a kept result: its summary, its tree, what it was scored from, flags and explanations."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import rules

from assessment.models import (
    KeptExplanation,
    ResultSummary,
    Screening,
    StoredResult,
)
from assessment.scoring.explain.borders import Border
from assessment.scoring.explain.kept import METHOD, About, found, from_text
from assessment.scoring.explain.lost import lost_points
from assessment.scoring.explain.report import Explanation
from assessment.scoring.explain.situation import Situation
from assessment.scoring.facts import Facility
from assessment.scoring.inputs import attributes_as_json, inputs_content, scored_attributes
from assessment.scoring.result import Result
from assessment.scoring.summary import summary_of
from assessment.selectors import Somebody
from core.canonical import canonical_digest
from core.provenance import DIGEST_PREFIX
from evidence.models import Evidence, EvidenceState
from evidence.selectors import copies_elsewhere, tables_of
from indicators.integrity.base import Flag
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.registry import measure_all
from indicators.selectors import typed, typed_by

# --- what lists show of results ---------------------------------------------------------------------------


def summary_row(stored: StoredResult) -> ResultSummary:
    """The summary of a result, not saved: services keep it with the result."""
    inputs = stored.inputs
    attributes = inputs.get("profile") if "measurements" in inputs else None
    if attributes is None:  # rows of before keep the sources alone
        attributes = attributes_as_json(scored_attributes(stored.profile_version.profile))
    summary = summary_of(stored.tree, attributes=attributes, measurements=inputs.get("measurements", {})).as_json()
    return ResultSummary(
        result=stored,
        digest=stored.digest,
        inputs_digest=stored.inputs_digest,
        name_zh=stored.profile_version.name.zh,
        name_en=stored.profile_version.name.en,
        verdict=stored.verdict,
        score=stored.tree["score"],
        grade=stored.grade,
        province=attributes.get("province") or "",
        scale_tier=attributes.get("scale_tier") or "",
        centre_class=attributes.get("class") or "",
        figures=summary["figures"],
        content=summary,
    )


def summary_kept(stored: StoredResult) -> ResultSummary:
    """The summary a result was kept with; of one without any it is made of the tree."""
    try:
        return stored.summary
    except ResultSummary.DoesNotExist:
        return summary_row(stored)


def summaries_of(results: Collection[int]) -> dict[int, ResultSummary]:
    """Summaries by the keys of their results; that of a result which has none is made of its tree."""
    found = ResultSummary.objects.in_bulk(results)
    missing = [pk for pk in results if pk not in found]
    if missing:
        rows = StoredResult.objects.select_related("profile_version").filter(pk__in=missing)
        found |= {stored.pk: summary_row(stored) for stored in rows}
    return found


# --- trees of results -------------------------------------------------------------------------------------


def result_of(stored: StoredResult) -> Result:
    """The tree of a kept result, read once for all pages about it. Whoever asks holds a row this person may see."""
    return _tree(stored.pk, stored.digest)


# Few are remembered: each is a hundred kilobytes of text that became thousands of objects.
@functools.lru_cache(maxsize=16)
def _tree(pk: int, digest: str) -> Result:  # a digest never changes its meaning
    return Result.from_json(StoredResult.objects.values_list("tree", flat=True).get(pk=pk))


# --- what a result was scored from ------------------------------------------------------------------------


def inputs_of(stored: StoredResult) -> dict[str, Any]:
    """Profile attributes, all measurements and sources; rows of before keep the sources alone, and theirs are measured
    again from the kept observations.
    """
    if "measurements" in stored.inputs:
        return stored.inputs
    profile = stored.profile_version.profile
    return inputs_content(
        facility=profile.centre.id,
        profile=scored_attributes(profile),
        measurements=measure_all(CentreEvidence.pooled(profile, tables_of(files_of(stored, stored.inputs)))),
        sources=stored.inputs,
    )


def facility_of(stored: StoredResult) -> Facility:
    """The measurements and attributes of a result, to be scored again."""
    return _facility(inputs_of(stored))


def files_of(stored: StoredResult, sources: Mapping[str, Any]) -> list[Evidence]:
    """The centre's files a result rests on; of one handed in twice, the one that was read by the parser it names."""
    parsers = sources["evidence"]
    blobs = [digest.removeprefix(DIGEST_PREFIX) for digest in parsers]
    handed_in = (
        Evidence.objects.filter(centre=stored.centre_id, blob__in=blobs)
        .exclude(state__in=(EvidenceState.REJECTED, EvidenceState.UNREADABLE))
        .prefetch_related("tables")
        .order_by("received_at", "pk")
    )
    chosen = {item.digest: item for item in handed_in if item.parser == parsers[item.digest]}
    return [chosen[digest] for digest in sorted(chosen)]


def _facility(inputs: Mapping[str, Any]) -> Facility:
    measurements = {name: Measurement.from_json(one) for name, one in inputs["measurements"].items()}
    return Facility(inputs["facility"], dict(inputs["profile"]), measurements)


# --- flags for the assessing body -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flagged:
    """What an assessor looks at before the score.

    Args:
        screening: the newest of the result; None for a result of before there were checks.
        flags: the gravest first.
        copies: files of the result whose bytes another centre handed in too, with the centres.
    """

    screening: Screening | None
    flags: tuple[Flag, ...]
    copies: tuple[tuple[Evidence, tuple[str, ...]], ...]


def flagged(user: Somebody, stored: StoredResult) -> Flagged | None:
    """Flags of a result for members of the assessing body; None for everybody else, the centre's own people first."""
    if not user.is_active or not rules.has_perm("assessment.see_flags", user, stored.centre):
        return None
    screening = newest_screening(stored.pk)
    flags = flags_in(screening)
    named = StoredResult.objects.values_list("inputs__sources__evidence", "inputs__evidence").get(pk=stored.pk)
    blobs = [digest.removeprefix(DIGEST_PREFIX) for digest in named[0] or named[1] or ()]
    found = copies_elsewhere(Evidence.objects.filter(centre=stored.centre_id, blob__in=blobs))
    return Flagged(screening, flags, tuple(found))


def newest_screening(result: int | None) -> Screening | None:
    """Of the result with this key, without the prints of its rows."""
    return Screening.objects.defer("prints").filter(result=result).first()


def flags_in(screening: Screening | None) -> tuple[Flag, ...]:
    return tuple(Flag.from_json(one) for one in screening.content["flags"]) if screening else ()


# --- explanations -----------------------------------------------------------------------------------------


def explanation_of(stored: StoredResult) -> Explanation:
    """Points lost, advice and sentences of a kept result; the same for everybody who may see the result."""
    return _explanation(stored.pk, stored.digest)


@functools.lru_cache(maxsize=16)
def _explanation(pk: int, digest: str) -> Explanation:  # a digest never changes its meaning
    result = _tree(pk, digest)
    edition = typed_by(result.edition_digest)
    return Explanation(result, edition, lost_points(result, edition), lambda: kept_or_found(pk, About.ADVICE))


def kept_or_found(pk: int, about: About) -> Any:
    """What was kept about the result with this key, or found now; None where it cannot be computed again."""
    kept = KeptExplanation.objects.filter(result=pk, about=about, method=METHOD).values_list("content", flat=True)
    if (content := kept.first()) is not None:
        return from_text(about, content)
    stored = row_by_key(pk)
    again = situation_of(stored)
    return found(about, again, stored.result) if again is not None else None


def row_by_key(pk: int) -> StoredResult:
    """A result by its key: digests alone have no index, and a search for one would read every tree."""
    rows = StoredResult.objects.select_related("edition", "profile_version").defer("edition__content")
    return rows.get(pk=pk)


def borders_of(stored: StoredResult) -> tuple[Border, ...] | None:
    """Which indicators alone would cost a kept result its grade; None where it cannot be computed again."""
    return _borders(stored.pk, stored.digest)


@functools.lru_cache(maxsize=16)
def _borders(pk: int, digest: str) -> tuple[Border, ...] | None:  # a digest never changes its meaning
    found: tuple[Border, ...] | None = kept_or_found(pk, About.BORDERS)
    return found


def situation_of(stored: StoredResult) -> Situation | None:
    """What a kept result was computed from; None for a row of before whose measurements come out otherwise today."""
    inputs = inputs_of(stored)
    if canonical_digest(inputs) != stored.inputs_digest:
        return None
    given = _facility(inputs)
    return Situation(
        typed(stored.edition), given.name, given.profile, given.measurements, scoring=stored.tree["scoring"]
    )
