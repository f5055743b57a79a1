"""What is odd about a centre's evidence, for the assessing body alone; for everybody else there is no such thing."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.reasons import reasons_told
from assessment.api.serializers import FlagsAnswer
from assessment.flag_selectors import reasons_beside
from assessment.models import Assessment, StoredResult
from assessment.result_selectors import flagged
from assessment.selectors import current_case, current_result, visible_assessments
from centres.selectors import visible_centres
from operations.http.views import StrictQuery


class AssessmentFlags(StrictQuery):
    """Flags on the evidence of a frozen package: assessors, reviewers and deciders."""

    @extend_schema(responses=FlagsAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        case = get_object_or_404(visible_assessments(request.user), pk=pk)
        return _answer(request, case.result, case)


class CentreFlags(StrictQuery):
    """The same for the result a centre stands at now: of its newest submitted package, else provisional."""

    @extend_schema(responses=FlagsAnswer)
    def get(self, request: Request, slug: str) -> Response:
        centre = get_object_or_404(visible_centres(request.user), slug=slug)
        return _answer(request, current_result(centre), current_case(centre))


def _answer(request: Request, stored: StoredResult | None, case: Assessment | None) -> Response:
    found = flagged(request.user, stored) if stored is not None else None
    if stored is None or found is None:
        raise Http404
    screening, said = found.screening, reasons_beside(case, found.flags)
    return Response(
        {
            "result_digest": stored.digest,
            "screened_at": screening.screened_at if screening else None,
            "screening_digest": screening.digest if screening else None,
            "flags": [flag.as_json() | reasons_told(said.get(flag.key)) for flag in found.flags],
            "copies": [
                {"evidence": item.digest, "name": item.name, "centres": list(centres)} for item, centres in found.copies
            ],
            "checks": screening.content["checks"] if screening else {},
            "compared": screening.content["compared"] if screening else {},
        }
    )
