"""What the doors of this app share: who asks, for which case, and how it is shown."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.serializers import AssessmentSerializer
from assessment.models import Assessment
from assessment.selectors import visible_assessments
from centres.models import Centre, Person
from centres.provinces import PROVINCES, province_hint
from operations.http.filters import not_a_choice


def person_of(request: Request) -> Person:
    if not isinstance(request.user, Person):
        raise NotAuthenticated
    return request.user


def assessment_of(request: Request, pk: UUID) -> Assessment:
    """One this person may see; another's is as absent as none."""
    found: Assessment = get_object_or_404(visible_assessments(request.user), pk=pk)
    return found


def known_province(name: str, given: str | None) -> str | None:
    """A province as profiles write it, or whatever else some centre gives as its own; None where none was asked for.

    Raises:
        InputError: `invalid_choice`.
    """
    if given is None or given in PROVINCES or Centre.objects.filter(province=given).exists():
        return given
    raise not_a_choice(name, hint=province_hint(given))


def shown(
    request: Request, assessment: Assessment, *, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    fresh = visible_assessments(request.user).get(pk=assessment.pk)
    body = AssessmentSerializer(fresh).data
    return Response(body, status=code, headers={"ETag": f'"{fresh.version}"', **(headers or {})})
