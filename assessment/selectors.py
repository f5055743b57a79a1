"""What may be seen of assessments, results, certificates and rankings."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from assessment.documents.content.words import EditionWords, Installed
from assessment.models import (
    OVER,
    STANDING,
    Act,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    KeptExplanation,
    Kind,
    ProvisionalResult,
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
from centres.models import Centre, Person
from centres.profile import FacilityProfile
from centres.selectors import in_visible_centres
from core.canonical import canonical_digest
from core.errors import InsufficientData
from core.provenance import DIGEST_PREFIX
from evidence.models import Evidence, EvidenceState
from evidence.selectors import copies_elsewhere, tables_of
from indicators.integrity.base import Flag
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.references import accelerators, peak_pflops, scale_tier
from indicators.measures.registry import measure_all
from indicators.models import Edition
from indicators.selectors import typed, typed_by

Somebody = Person | AnonymousUser
JUDGED = (
    AssessmentState.EVALUATED,
    AssessmentState.REVIEWED,
    AssessmentState.ANNOUNCED,
    AssessmentState.CERTIFIED,
    AssessmentState.REFUSED,
)


# Columns of a summary that only lists of facilities open.
_SUMMED_UP = ("result__summary__content", "result__summary__figures")


def visible_assessments(user: Somebody) -> QuerySet[Assessment]:
    """The cases a person may see; trees of results are read only when asked for."""
    acts = Prefetch("acts", queryset=Act.objects.select_related("person").only(*_STEP, *Person.named_by("person")))
    return (
        in_visible_centres(Assessment.objects.all(), user)
        .select_related("centre", "edition", "result__summary", "certificate")
        .defer("result__tree", "result__inputs", "edition__content", *_SUMMED_UP)
        .prefetch_related(acts)
    )


_STEP = ("assessment", "of", "act", "from_state", "to_state", "part", "reason", "at")  # a page of cases has thousands


# By the table of acts, and by links.
_ASKED_FOR = ("state", "kind", "procedure", "notice_days", "rating", "concurrence_due", "two_deciders_from", "result")


def open_cases(centres: QuerySet[Centre]) -> QuerySet[Assessment]:
    """The cases something is still due in, at most one per centre, with what tells which acts exist in them."""
    found = Assessment.objects.filter(centre__in=centres.order_by()).exclude(state__in=OVER)
    return found.only("centre", "edition", *_ASKED_FOR).order_by()


def newest_cases(centres: Collection[int]) -> dict[int, Assessment]:
    """The newest case of each of these centres, open ones first."""
    found = Assessment.objects.filter(centre__in=centres).only("centre", *_ASKED_FOR)
    in_order = sorted(found.order_by("created_at"), key=lambda case: case.state not in OVER)  # the last one stays
    return {case.centre_id: case for case in in_order}


def current_case(centre: Centre) -> Assessment | None:
    """The newest case with a result; a pre-assessment has figures, but is nothing a centre stands at."""
    official = Assessment.objects.filter(centre=centre).exclude(result=None).exclude(kind=Kind.PRE_ASSESSMENT)
    return official.order_by("-created_at").first()


def current_result(centre: Centre) -> StoredResult | None:
    """The result people should look at: of the newest submitted assessment, else the provisional one."""
    newest = current_case(centre)
    if newest is not None:
        return newest.result
    provisional = ProvisionalResult.objects.filter(centre=centre).select_related("result").first()
    return provisional.result if provisional else None


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


# --- trees of results -----------------------------------------------------------------------------------


def result_of(stored: StoredResult) -> Result:
    """The tree of a kept result, read once for all pages about it. Whoever asks holds a row this person may see."""
    return _tree(stored.pk, stored.digest)


# Few are remembered: each is a hundred kilobytes of text that became thousands of objects.
@functools.lru_cache(maxsize=16)
def _tree(pk: int, digest: str) -> Result:  # a digest never changes its meaning
    return Result.from_json(StoredResult.objects.values_list("tree", flat=True).get(pk=pk))


# --- what a result was scored from ----------------------------------------------------------------------


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


# --- flags for the assessing body -----------------------------------------------------------------------


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
    if not user.is_active or not user.has_perm("assessment.see_flags", stored.centre):
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


# --- explanations ---------------------------------------------------------------------------------------


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


# --- certificates --------------------------------------------------------------------------------------


class Standing(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to whoever holds a paper: the register is the truth, the paper a copy."""

    number: str
    standing: Standing
    certificate: Certificate | None


def certificates() -> QuerySet[Certificate]:
    """All that were ever issued: public, by number."""
    found = Certificate.objects.select_related(
        "assessment__centre", "assessment__edition", "result__summary", "result__profile_version"
    )
    return found.defer("assessment__edition__content", "result__inputs")


_OF_CERTIFICATES = (
    *("number", "state", "issued_on", "valid_until", "surveillance_due_on", "withdrawal_on"),
    *("upheld_on", "replaces_id", "pdf_sha256", "job_id"),
    *(
        f"assessment__{name}"
        for name in ("kind", "procedure", "rating", "notice_days", "concurrence_due", "scheme_type")
    ),
    *("assessment__centre__slug", "result__profile_version__content__centre__name"),
    *("assessment__edition__rubric", "assessment__edition__edition", "assessment__edition__digest", "result_id"),
    *(f"result__summary__{name}" for name in ("digest", "inputs_digest", "score", "grade")),
)


def certificate_rows() -> QuerySet[Certificate, dict[str, Any]]:
    """All that were ever issued as columns, for a long list of them."""
    found: QuerySet[Certificate, dict[str, Any]] = Certificate.objects.values(*_OF_CERTIFICATES)
    return found


def standing_of(certificate: Certificate, *, on: dt.date | None = None) -> Standing:
    """A term ends with its last day, not when the calendar writes it down some hours later."""
    is_over = certificate.valid_until < (on or timezone.localdate())
    return Standing.EXPIRED if is_over and certificate.state in STANDING else Standing(certificate.state)


def in_force(cases: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Those the public is shown: with a certificate whose `standing_of` is valid today."""
    certified = cases.filter(state=AssessmentState.CERTIFIED, certificate__state=CertificateState.VALID)
    return certified.filter(certificate__valid_until__gte=timezone.localdate())


def verification(number: str, *, on: dt.date | None = None) -> Verification:
    """What the register says of a number, however it is typed."""
    certificate = certificates().filter(pk=number.strip().upper()).first()
    standing = standing_of(certificate, on=on) if certificate else Standing.UNKNOWN
    return Verification(number, standing, certificate)


# --- what scoring and papers ask of editions and centres -------------------------------------------------------------


def edition_words(edition: Edition) -> EditionWords:
    rubric = typed(edition)
    lines: Sequence[int] = ()
    if rubric.grades:
        lines = [int(grade.at_least) for grade in rubric.grades.grades if grade.at_least > 0]
    return EditionWords(
        title=rubric.title,
        edition=edition.edition,
        digest=edition.digest,
        standing=edition.standing if edition.standing_zh else rubric.standing,
        limits=tuple(lines),
    )


def installed(profile: FacilityProfile) -> Installed:
    """Peak and scale tier by the accelerator table, with the rows they come from; unknown where a card is not in it."""
    try:
        tier, peak = scale_tier(profile), peak_pflops(profile)
    except InsufficientData:
        return Installed(tier=None, peak_pflop_s=None, source="")
    rows = {row.model for group in profile.accelerators if (row := accelerators().find(group.model)) is not None}
    return Installed(tier=tier, peak_pflop_s=peak, source="; ".join(accelerators().cited(row) for row in sorted(rows)))
