"""Which centres are ranked, in what order and company, and who may see how much of it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import rules
from django.db.models import QuerySet
from django.utils import timezone

from assessment.certificate_selectors import in_force, standing_on
from assessment.documents.content.standings import standing_remark
from assessment.models import (
    Assessment,
    AssessmentState,
    Kind,
    RankedReport,
    ResultSummary,
    StoredResult,
)
from assessment.result_selectors import summaries_of
from assessment.scoring.ranking import Place, key_of, places
from assessment.scoring.result import Verdict
from assessment.selectors import Somebody
from centres.permissions import has_role, is_administrator, is_of_the_body
from centres.profile import CentreClass, ScaleTier
from centres.roles import regulated_by
from centres.selectors import visible_centres
from core.text import Text
from indicators.models import Edition
from indicators.rubric import model
from indicators.selectors import current_edition, editions, typed_by

_JUDGED = (
    AssessmentState.EVALUATED,
    AssessmentState.REVIEWED,
    AssessmentState.ANNOUNCED,
    AssessmentState.CERTIFIED,
    AssessmentState.REFUSED,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ranking as its order needs it; `pk` and `digest` are those of the result."""

    pk: int
    digest: str
    centre: int
    slug: str
    certificate: str | None
    standing: str | None  # of the certificate today
    case: str  # its state
    place: Place

    @property
    def remark(self) -> Text | None:
        return standing_remark(standing=self.standing, case=self.case)


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """One centre of a ranking, with what stands behind it."""

    kept: ResultSummary
    line: Line

    @property
    def name(self) -> Text:
        """The one it was measured under."""
        return self.kept.name

    @property
    def place(self) -> Place:
        return self.line.place


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """Which centres a ranking is about; empty means all."""

    province: str = ""
    scale_tier: ScaleTier | None = None
    centre_class: CentreClass | None = None

    def holds(self, province: str, scale_tier: str, centre_class: str) -> bool:
        return (
            self.province in ("", province)
            and (self.scale_tier is None or self.scale_tier.value == scale_tier)
            and (self.centre_class is None or self.centre_class.value == centre_class)
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


def order(user: Somebody, *, edition: Edition, query: RankingQuery | None = None) -> list[Line]:
    """The newest judged result of each centre, in order; blocked ones last, without a rank.

    Ranks are counted among the centres of the query that this person may see. No result is read, only what is kept
    beside it; `entries` reads what a page shows of its lines.
    """
    return list(_ordered(edition.digest, query or RankingQuery(), _judged_rows(user, edition)))


@functools.lru_cache(maxsize=16)
def _ordered(edition_digest: str, query: RankingQuery, rows: tuple[tuple[Any, ...], ...]) -> tuple[Line, ...]:
    """The same rows have the same order, whoever asks: it is worked out when one of them has changed."""
    rubric = typed_by(edition_digest)
    judged = {one.slug: one for one in (_Judged(*row) for row in rows)}
    within = {slug: one for slug, one in judged.items() if query.holds(one.province, one.scale_tier, one.centre_class)}
    keys = {slug: key_of(rubric, Verdict(one.verdict), one.grade or None, one.points) for slug, one in within.items()}
    found = places(rubric, keys, profiles=_peer_attributes(rubric, within))
    return tuple(
        Line(one.result, one.digest, one.centre, slug, one.certificate, one.standing, one.case, place)
        for slug, place in found.items()
        for one in (within[slug],)
    )


def entries(lines: Collection[Line]) -> list[RankedEntry]:
    """What a page shows of these lines, in their order."""
    shown = [one.pk for one in lines]
    kept = summaries_of(shown)
    return [RankedEntry(kept[one.pk], one) for one in lines]


def ranked_editions(user: Somebody, *, rubric: str = "zhisuan") -> list[Edition]:
    """Editions this person sees a ranking of, the newest first; the one in force always among them.

    Raises:
        Edition.DoesNotExist: none was published.
    """
    judged = set(_judged(user, edition__rubric=rubric).order_by().values_list("edition_id", flat=True).distinct())
    in_force = current_edition(rubric)
    found = editions().defer("content").filter(pk__in={*judged, in_force.pk})
    return sorted(found, key=lambda edition: (edition == in_force, edition.published_at, edition.pk), reverse=True)


def ranked_edition(
    user: Somebody, *, rubric: str = "zhisuan", edition: str = "", among: Sequence[Edition] | None = None
) -> Edition:
    """The edition whose ranking to show.

    Args:
        edition: its name; without one the edition in force, and until a first centre is judged under it the newest one
            that has a ranking: a new edition does not hide who was certified.
        among: what `ranked_editions` gave, where that is known already.

    Raises:
        Edition.DoesNotExist: none was published, or none of this name.
    """
    if edition:
        return editions().defer("content").get(rubric=rubric, edition=edition)
    in_force, *others = among or ranked_editions(user, rubric=rubric)
    return in_force if not others or _judged(user, edition=in_force).exists() else others[0]


def newest_judged(user: Somebody, **only: Any) -> Iterable[Assessment]:
    """One assessment per centre: for the public of those certified, else of those this person may see."""
    found = (
        _judged(user, **only)
        .select_related("centre", "edition", "result__profile_version", "certificate")
        .defer("edition__content", "result__tree", "result__inputs")
    )
    return {assessment.centre_id: assessment for assessment in found.order_by("created_at")}.values()


def _judged(user: Somebody, **only: Any) -> QuerySet[Assessment]:
    found = Assessment.objects.filter(state__in=_JUDGED, **only).exclude(result=None).exclude(kind=Kind.PRE_ASSESSMENT)
    if may_see_whole_ranking(user):
        return found.filter(centre__in=visible_centres(user))
    return in_force(found)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the order needs of a judged case."""

    centre: int
    slug: str
    certificate: str | None
    result: int
    case: str
    standing: str | None
    digest: str
    verdict: str
    score: str | None
    grade: str
    province: str
    scale_tier: str
    centre_class: str

    @property
    def points(self) -> Decimal | None:
        return None if self.score is None else Decimal(self.score)


_OF_CASE = ("centre_id", "centre__slug", "certificate__number", "result_id", "state")
_OF_CERTIFICATE = ("certificate__state", "certificate__valid_until")
_OF_RESULT = ("digest", "verdict", "score", "grade", "province", "scale_tier", "centre_class")


def _judged_rows(user: Somebody, edition: Edition) -> tuple[tuple[Any, ...], ...]:
    """The newest of each centre, as `_Judged` takes it."""
    columns = (*_OF_CASE, *_OF_CERTIFICATE, *(f"result__summary__{name}" for name in _OF_RESULT))
    rows = _judged(user, edition=edition).order_by("created_at").values_list(*columns)
    today = timezone.localdate()
    newest = {row[0]: (row[:5], _standing(today, *row[5:7]), row[7:]) for row in rows}.values()
    without = summaries_of([case[3] for case, _, result in newest if result[0] is None])
    return tuple(
        (*case, standing, *(result if result[0] else (getattr(without[case[3]], name) for name in _OF_RESULT)))
        for case, standing, result in newest
    )


def _standing(today: dt.date, state: str | None, valid_until: dt.date | None) -> str | None:
    if state is None or valid_until is None:
        return None
    return standing_on(today, state=state, valid_until=valid_until).value


def _peer_attributes(edition: model.Edition, judged: Mapping[str, _Judged]) -> dict[str, dict[str, Any]]:
    """The attributes peer groups are made of: from the columns that lists are filtered by, else from the summaries."""
    wanted = set(edition.peers.attributes) if edition.peers else set()
    if wanted <= {"province", "scale_tier", "class"}:
        return {
            slug: {"province": one.province, "scale_tier": one.scale_tier, "class": one.centre_class}
            for slug, one in judged.items()
        }
    kept = summaries_of([one.result for one in judged.values()])
    return {slug: dict(kept[one.result].summary.attributes) for slug, one in judged.items()}


def visible_reports(user: Somebody) -> QuerySet[RankedReport]:
    """Reports one made, as long as one may make any and regulates what they are about; administrators see all.

    A report may name centres its reader could not list, so that it is closed to whose role was taken away, or is for
    another province by now.
    """
    reports = RankedReport.objects.select_related("edition", "job", "made_by")
    if not user.is_active or not rules.has_perm("assessment.make_report", user):
        return reports.none()
    if is_administrator(user):
        return reports
    own = reports.filter(made_by_id=user.pk)
    regulated = regulated_by(user)
    if is_of_the_body(user) or "" in regulated:
        return own
    return own.exclude(pk__in=_beyond(own, user, regulated=regulated))


def _beyond(reports: QuerySet[RankedReport], user: Somebody, *, regulated: Collection[str]) -> list[UUID]:
    """Reports with a centre that was measured in no province this person regulates, and is in none today."""
    rows = dict(reports.order_by().values_list("pk", "rows"))
    ranked = {row["result"] for of_one in rows.values() for row in of_one}
    elsewhere = StoredResult.objects.filter(pk__in=ranked).exclude(centre__in=visible_centres(user))
    strange = set(elsewhere.exclude(summary__province__in=regulated).order_by().values_list("pk", flat=True))
    return [pk for pk, of_one in rows.items() if not strange.isdisjoint(row["result"] for row in of_one)]
