"""What changed between two editions, and what that would mean for the centres one may see."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.scoring.effects import worth
from assessment.services.editions.rescore import Rescored, rescored
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from indicators.models import Edition
from indicators.rubric.diff.editions import diff_editions
from indicators.selectors import edition_before, typed, visible_editions
from operations.http.views import StrictQuery


class EditionDiff(StrictQuery):
    """From an earlier edition (`?from=`, else the one before) to this one, in words, with the centres that change.

    Centres are those of the rankings you may see, scored again from the measurements of their results;
    nothing stored changes. `not_held` names measures that were not known when a centre was measured: they count as
    missing.
    """

    permission_classes = (AllowAny,)
    query_parameters = frozenset(("from",))

    @extend_schema(parameters=[OpenApiParameter("from", str)], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, rubric: str, edition: str) -> Response:
        new = get_object_or_404(visible_editions(request.user), rubric=rubric, edition=edition)
        old = _old(request, new)
        found = diff_editions(typed(old), typed(new), worth=worth)
        centres = [_row(one) for one in rescored(request.user, old=old, new=new) if one.effect.changes]
        return Response({**found.as_json(), "centres": centres})


def _old(request: Request, new: Edition) -> Edition:
    given = request.query_params.get("from")
    if given is None:
        old = edition_before(new, user=request.user)
    else:
        old = visible_editions(request.user).filter(rubric=new.rubric, edition=given).first()
    if old is None:
        raise InputError(
            "does_not_exist",
            Text(zh="没有可比较的版次。", en="There is no such edition to compare with."),
            where=Where(field="from"),
            hint=Text(
                zh="同一量表的版次见 /api/v1/editions/。", en="/api/v1/editions/ lists the editions of the rubric."
            ),
        )
    return old


def _row(one: Rescored) -> dict[str, Any]:
    return {
        "centre": one.centre.slug,
        "name": one.name.as_json(),
        "scored_with": one.scored_with.edition,
        "not_held": list(one.not_held),
        **{side: standing for side, standing in one.effect.as_json().items() if side != "facility"},
    }
