"""Which centres are ranked, in what order and company, and who may see how much of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessment.documents.content.words import Installed
from assessment.models import (
    Assessment,
    AssessmentState,
    CertificateState,
    Kind,
    RankedReport,
    StoredResult,
)
from assessment.scoring.inputs import scored_attributes
from assessment.scoring.ranking import Ranked, rank
from assessment.selectors import JUDGED, Somebody, installed
from centres.models import Centre
from centres.permissions import has_role, is_administrator, is_of_the_body
from centres.profile import CentreClass, FacilityProfile, ScaleTier
from centres.selectors import visible_centres
from indicators.models import Edition
from indicators.selectors import current_edition, editions, typed


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """One centre of a ranking with what stands behind it."""

    centre: Centre
    stored: StoredResult
    ranked: Ranked
    profile: FacilityProfile
    installed: Installed
    certificate: str | None


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """Which centres a ranking is about; empty means all."""

    province: str = ""
    scale_tier: ScaleTier | None = None
    centre_class: CentreClass | None = None

    def holds(self, profile: FacilityProfile, built: Installed) -> bool:
        return (
            self.province in ("", profile.place.province)
            and self.scale_tier in (None, built.tier)
            and self.centre_class in (None, profile.centre_class)
        )

    def as_json(self) -> dict[str, str]:
        given = {
            "province": self.province,
            "scale_tier": self.scale_tier.value if self.scale_tier else "",
            "class": self.centre_class.value if self.centre_class else "",
        }
        return {name: value for name, value in given.items() if value}


def may_see_whole_ranking(user: Somebody) -> bool:
    """Regulators and the body see who was refused; the public sees who holds a certificate."""
    if not user.is_active:
        return False
    return bool(has_role(user, "regulator") or is_of_the_body(user) or is_administrator(user))


def ranking(user: Somebody, *, edition: Edition, query: RankingQuery | None = None) -> list[RankedEntry]:
    """The newest judged result of each centre, in order; blocked ones last, without a rank.

    Ranks are counted among the centres of the query that this person may see.
    """
    return _ranked(newest_judged(user, edition=edition), edition=edition, query=query or RankingQuery())


def ranked_editions(user: Somebody, *, rubric: str = "zhisuan") -> list[Edition]:
    """Editions this person sees a ranking of, the newest first; the one in force always among them.

    Raises:
        Edition.DoesNotExist: none was published.
    """
    judged = set(_judged(user, edition__rubric=rubric).order_by().values_list("edition_id", flat=True).distinct())
    in_force = current_edition(rubric)
    found = editions().filter(pk__in={*judged, in_force.pk})
    return sorted(found, key=lambda edition: (edition == in_force, edition.published_at, edition.pk), reverse=True)


def ranked_edition(user: Somebody, *, rubric: str = "zhisuan", edition: str = "") -> Edition:
    """The edition whose ranking to show.

    Args:
        edition: its name; without one the edition in force, and until a first centre is judged under it the newest one
            that has a ranking: a new edition does not hide who was certified.

    Raises:
        Edition.DoesNotExist: none was published, or none of this name.
    """
    if edition:
        return editions().get(rubric=rubric, edition=edition)
    in_force, *others = ranked_editions(user, rubric=rubric)
    return in_force if not others or _judged(user, edition=in_force).exists() else others[0]


def newest_judged(user: Somebody, **only: Any) -> Iterable[Assessment]:
    """One assessment per centre: for the public of those certified, else of those this person may see."""
    found = (
        _judged(user, **only)
        .select_related("centre", "edition", "result__profile_version", "certificate")
        .defer("edition__content", "result__inputs")  # the whole rubric and all measurements, again for every row
    )
    return {assessment.centre_id: assessment for assessment in found.order_by("created_at")}.values()


def _judged(user: Somebody, **only: Any) -> QuerySet[Assessment]:
    found = Assessment.objects.filter(state__in=JUDGED, **only).exclude(result=None).exclude(kind=Kind.PRE_ASSESSMENT)
    if may_see_whole_ranking(user):
        return found.filter(centre__in=visible_centres(user))
    return found.filter(state=AssessmentState.CERTIFIED, certificate__state=CertificateState.VALID)


def _ranked(assessments: Iterable[Assessment], *, edition: Edition, query: RankingQuery) -> list[RankedEntry]:
    chosen: dict[str, tuple[Assessment, StoredResult, FacilityProfile, Installed]] = {}
    for assessment in assessments:
        if (stored := assessment.result) is None:
            continue
        profile = stored.profile_version.profile
        built = installed(profile)
        if query.holds(profile, built):
            chosen[profile.centre.id] = (assessment, stored, profile, built)
    ranked = rank(
        typed(edition),
        [stored.result for _, stored, _, _ in chosen.values()],
        profiles={slug: scored_attributes(profile) for slug, (_, _, profile, _) in chosen.items()},
    )
    entries = []
    for place in ranked:
        assessment, stored, profile, built = chosen[place.result.facility]
        certificate = getattr(assessment, "certificate", None)
        entries.append(
            RankedEntry(assessment.centre, stored, place, profile, built, certificate.number if certificate else None)
        )
    return entries


def visible_reports(user: Somebody) -> QuerySet[RankedReport]:
    """Reports one made; administrators see all. A report may name centres its reader could not list."""
    reports = RankedReport.objects.select_related("edition", "job", "made_by")
    if not user.is_active:
        return reports.none()
    return reports if is_administrator(user) else reports.filter(made_by_id=user.pk)
