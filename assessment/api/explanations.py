"""Why a result is what it is, for whoever may see the result."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, found_result, graded
from assessment.api.serializers import ExplanationAnswer
from assessment.difference_selectors import difference_between, previous_result
from assessment.models import Assessment, StoredResult
from assessment.result_selectors import explanation_of
from assessment.scoring.explain.report import difference_json
from assessment.selectors import current_case, current_result
from centres.selectors import visible_centres
from operations.http.views import StrictQuery


class AssessmentExplanation(StrictQuery):
    """Points lost, advice, sentences and the difference to the previous result; not of a pre-assessment."""

    @extend_schema(responses=ExplanationAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        assessment = graded(assessment_of(request, pk))
        return _answer(assessment.result, assessment)


class CentreExplanation(StrictQuery):
    """The same for the result a centre stands at now: of its newest submitted package, else provisional."""

    @extend_schema(responses=ExplanationAnswer)
    def get(self, request: Request, slug: str) -> Response:
        centre = get_object_or_404(visible_centres(request.user), slug=slug)
        return _answer(current_result(centre), current_case(centre))


def _answer(stored: StoredResult | None, assessment: Assessment | None) -> Response:
    stored = found_result(stored)
    before = previous_result(stored, assessment=assessment, insider=True)
    found = difference_between(before, stored) if before is not None else None
    content = {"result_digest": stored.digest} | explanation_of(stored).as_json()
    return Response(content | {"difference": difference_json(found) if found is not None else None})
