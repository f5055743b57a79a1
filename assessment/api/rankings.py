"""The order of centres under an edition, with how firmly each stands in it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import known_province
from assessment.api.serializers import RankingAnswer
from assessment.ranking_selectors import RankedEntry, RankingQuery, entries, order, ranked_edition
from assessment.scoring.firmness import Tried
from assessment.services.results.firmness import firmness_among
from centres.profile import CentreClass, ScaleTier
from core.errors import InputError
from core.provenance import Where
from core.quantity import plain
from core.text import Text
from indicators.models import Edition
from operations.http.filters import described, member_of
from operations.http.views import PAGING_DESCRIBED, PagedList

_FILTERS = (
    *(OpenApiParameter(name, str) for name in ("rubric", "edition", "province")),
    described("scale_tier", ScaleTier),
    described("class", CentreClass),
)


class Ranking(PagedList):
    """The order of the centres you may see; the public sees those that hold a certificate.

    Of the edition in force, or until somebody is judged under it of the newest that has a ranking; `?edition=` chooses.
    """

    permission_classes = (AllowAny,)
    query_parameters = frozenset(("rubric", "edition", "province", "scale_tier", "class"))

    @extend_schema(parameters=[*_FILTERS, *PAGING_DESCRIBED], responses=RankingAnswer)
    def get(self, request: Request) -> Response:
        given = request.query_params
        edition = edition_ranked(request, given.get("rubric", "zhisuan"), given.get("edition", ""))
        query = RankingQuery(
            province=known_province("province", given.get("province")) or "",
            scale_tier=member_of(ScaleTier, "scale_tier", given.get("scale_tier")),
            centre_class=member_of(CentreClass, "class", given.get("class")),
        )
        lines = order(request.user, edition=edition, query=query)
        tried = firmness_among(lines, edition=edition)
        shown = self.paginator.part_of(lines, request)
        body = {
            "rubric": edition.rubric,
            "edition": edition.edition,
            "edition_digest": edition.digest,
            "query": query.as_json(),
            "varied": tried.varied.as_json() if tried and tried.of else None,
            "next": self.paginator.get_next_link(),
            "previous": self.paginator.get_previous_link(),
            "rows": [_ranking_row(entry, tried) for entry in entries(shown)],
        }
        return Response(body)


def edition_ranked(request: Request, rubric: str, edition: str = "") -> Edition:
    """The published edition whose ranking is asked for; a wrong name is the fault of its field."""
    try:
        return ranked_edition(request.user, rubric=rubric, edition=edition)
    except Edition.DoesNotExist as missing:
        field = "edition" if edition else "rubric"
        raise InputError("does_not_exist", _NO_EDITION, where=Where(field=field), hint=_PUBLISHED) from missing


_NO_EDITION = Text(zh="没有这个已发布的版次。", en="There is no such published edition.")
_PUBLISHED = Text(
    zh="已发布的量表和版次见 /api/v1/editions/；不写 edition 时取最新的一版。",
    en="/api/v1/editions/ lists rubrics and editions; leave `edition` out for the newest.",
)


def _ranking_row(entry: RankedEntry, tried: Tried | None) -> dict[str, Any]:
    kept, summary, place = entry.kept, entry.kept.summary, entry.place
    firm = tried.of.get(summary.facility) if tried else None
    return {
        "rank": place.rank,
        "peer_rank": place.peer_rank,
        "peer_group": list(place.peer_group) if place.peer_group else None,
        "centre": entry.line.slug,
        "name": entry.name.as_json(),
        "province": kept.province,
        "grade": kept.grade or None,
        "score": kept.score,
        "pillars": {one.code: None if one.published is None else plain(one.published) for one in summary.pillars},
        "consequences": list(summary.consequences),
        "certificate": entry.line.certificate,
        "standing": entry.line.standing,
        "state": entry.line.case,
        "remark": remark.as_json() if (remark := entry.line.remark) else None,
        "result_digest": kept.digest,
        "firmness": firm.as_json() if firm else None,
    }
