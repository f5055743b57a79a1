"""The order of centres under an edition, with how firmly each stands in it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.serializers import RankingAnswer
from assessment.ranking_selectors import RankedEntry, RankingQuery, ranked_edition, ranking
from assessment.scoring.firmness import Tried
from assessment.services.firmness import firmness_among
from centres.profile import CentreClass, ScaleTier
from indicators.models import Edition
from operations.http.views import StrictQuery


class Ranking(StrictQuery):
    """The order of the centres you may see; the public sees those that hold a certificate.

    Of the edition in force, or until somebody is judged under it of the newest that has a ranking; `?edition=` chooses.
    """

    permission_classes = (AllowAny,)
    query_parameters = frozenset(("rubric", "edition", "province", "scale_tier", "class"))

    @extend_schema(responses=RankingAnswer)
    def get(self, request: Request) -> Response:
        given = request.query_params
        edition = edition_ranked(request, given.get("rubric", "zhisuan"), given.get("edition", ""))
        query = RankingQuery(
            province=given.get("province", ""),
            scale_tier=choice(ScaleTier, "scale_tier", given.get("scale_tier")),
            centre_class=choice(CentreClass, "class", given.get("class")),
        )
        entries = ranking(request.user, edition=edition, query=query)
        tried = firmness_among([entry.stored for entry in entries], edition=edition)
        body = {
            "rubric": edition.rubric,
            "edition": edition.edition,
            "edition_digest": edition.digest,
            "query": query.as_json(),
            "varied": tried.varied.as_json() if tried and tried.of else None,
            "rows": [_ranking_row(entry, tried) for entry in entries],
        }
        return Response(body)


def edition_ranked(request: Request, rubric: str, edition: str = "") -> Edition:
    """The published edition whose ranking is asked for; a wrong name is the fault of its field."""
    try:
        return ranked_edition(request.user, rubric=rubric, edition=edition)
    except Edition.DoesNotExist as missing:
        field = "edition" if edition else "rubric"
        raise ValidationError({field: [ErrorDetail("no published edition", code="does_not_exist")]}) from missing


def choice(enum: Any, name: str, given: str | None) -> Any:
    if given in (None, ""):
        return None
    try:
        return enum(given)
    except ValueError as error:
        raise ValidationError({name: [ErrorDetail("not a choice", code="invalid_choice")]}) from error


def _ranking_row(entry: RankedEntry, tried: Tried | None) -> dict[str, Any]:
    result = entry.ranked.result
    firm = tried.of.get(result.facility) if tried else None
    return {
        "rank": entry.ranked.rank,
        "peer_rank": entry.ranked.peer_rank,
        "peer_group": list(entry.ranked.peer_group) if entry.ranked.peer_group else None,
        "centre": entry.centre.slug,
        "name": entry.profile.centre.name.text.as_json(),
        "province": entry.profile.place.province,
        "grade": result.grade,
        "score": entry.stored.tree["score"],
        "pillars": {node["code"]: node["published"] for node in entry.stored.tree["root"]["children"]},
        "consequences": entry.stored.tree["consequences"],
        "certificate": entry.certificate,
        "result_digest": entry.stored.digest,
        "firmness": firm.as_json() if firm else None,
    }
