"""What the doors of this app share: who asks, for which case, and how it is shown."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.serializers import AssessmentSerializer, CertificateSerializer
from assessment.case_selectors import works_on
from assessment.models import Assessment, Certificate, Kind, StoredResult
from assessment.selectors import visible_assessments
from assessment.services.chain.certificate_version import version_of
from centres.models import Centre, Person
from centres.provinces import PROVINCES, province_hint
from core.errors import UserFacingError
from core.text import Text
from operations.http.filters import not_a_choice


def person_of(request: Request) -> Person:
    if not isinstance(request.user, Person):
        raise NotAuthenticated
    return request.user


def assessment_of(request: Request, pk: UUID) -> Assessment:
    """One this person may see; another's is as absent as none."""
    found: Assessment = get_object_or_404(visible_assessments(request.user), pk=pk)
    return found


def case_worked_on(request: Request, pk: UUID) -> Assessment:
    """One this person works on, for the centre or for the body: to whoever only sees it there is no such part of it."""
    case = assessment_of(request, pk)
    if not works_on(request.user, case):
        raise Http404
    return case


def graded(case: Assessment) -> Assessment:
    """A case whose bundle and explanation may be handed out: those of a pre-assessment would tell its grade and score.

    Raises:
        Http404: a pre-assessment.
    """
    if case.kind == Kind.PRE_ASSESSMENT:
        raise Http404
    return case


def found_result(stored: StoredResult | None) -> StoredResult:
    """The result of what this person may see.

    Raises:
        UserFacingError: `no_result` (404), which tells them apart from what is not there at all.
    """
    if stored is None:
        raise UserFacingError(
            "no_result",
            Text(zh="尚无结果。", en="There is no result yet."),
            hint=Text(
                zh="填写设施档案且有证据被接受后即计算结果；已提交的案件请等待评分完成。",
                en="It is computed once there is a profile and evidence was accepted; of a submitted case, once it is "
                "scored.",
            ),
        )
    return stored


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
    body = AssessmentSerializer(fresh, context={"request": request}).data
    return Response(body, status=code, headers={"ETag": f'"{fresh.version}"', **(headers or {})})


def certificate_shown(certificate: Certificate) -> Response:
    return Response(CertificateSerializer(certificate).data, headers={"ETag": f'"{version_of(certificate)}"'})
