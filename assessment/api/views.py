"""Assessments and their acts, results, certificates and reports."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import rules
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import (
    assessment_of,
    certificate_shown,
    found_result,
    graded,
    known_province,
    person_of,
    shown,
)
from assessment.api.listed import cases_listed, certificates_listed
from assessment.api.rankings import edition_ranked
from assessment.api.serializers import (
    AssessmentSerializer,
    CertificateSerializer,
    OpenRequest,
    ReportRequest,
    ReportSerializer,
)
from assessment.case_selectors import case_rows, without_grade
from assessment.certificate_selectors import Standing, certificate_rows, standing_of, verification
from assessment.documents.word import DOCX
from assessment.models import (
    Assessment,
    AssessmentState,
    Certificate,
    Kind,
    RankedReport,
    StoredResult,
)
from assessment.ranking_selectors import RankingQuery, visible_reports
from assessment.scoring.recompute.bundle import bundle_name, packed
from assessment.selectors import current_result
from assessment.services.application.open_assessment import open_assessment
from assessment.services.board.make_report import make_report
from assessment.services.results.result_bundle import public_bundle, result_bundle
from centres.profile import CentreClass, ScaleTier
from centres.selectors import visible_centres
from core.text import Text
from core.workbook import XLSX
from evidence import store
from indicators.models import Edition
from indicators.selectors import current_edition
from operations.http.filters import described, member_of, word_of
from operations.http.named import named
from operations.http.serializers import validated
from operations.http.views import StrictQuery

PDF = "application/pdf"
GZIP = "application/gzip"


@extend_schema_view(
    get=extend_schema(parameters=[OpenApiParameter("centre", str), described("state", AssessmentState.values)])
)
class Assessments(StrictQuery, generics.ListAPIView[Assessment]):
    """The assessments you may see, newest first; a centre opens its own."""

    serializer_class = AssessmentSerializer
    ordering = ("-created_at",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.query_parameters = frozenset() if request.method == "POST" else frozenset(("centre", "state"))
        super().initial(request, *args, **kwargs)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = request.query_params
        exact = {"centre": "centre__slug", "state": "state"}
        word_of("state", given.get("state"), AssessmentState.values)
        found = case_rows(request.user).filter(**{field: given[name] for name, field in exact.items() if name in given})
        return self.get_paginated_response(cases_listed(self.paginate_queryset(found) or ()))

    @extend_schema(request=OpenRequest, responses={201: AssessmentSerializer})
    def post(self, request: Request) -> Response:
        given = validated(OpenRequest, request)
        centre = named(visible_centres(request.user), field="centre", slug=given["centre"])
        if not rules.has_perm("centres.apply", request.user, centre):
            raise PermissionDenied
        assessment = open_assessment(
            centre, edition=_edition(given["rubric"]), person=person_of(request), kind=Kind(given["kind"])
        )
        address = reverse("api:assessment", args=(assessment.pk,))
        return shown(request, assessment, code=status.HTTP_201_CREATED, headers={"Location": address})


class AssessmentDetail(StrictQuery):
    """One assessment: its state, what may be done next, what was done by whom."""

    @extend_schema(responses=AssessmentSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return shown(request, assessment_of(request, pk))


class AssessmentResult(StrictQuery):
    """The whole explained tree of a frozen package."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: UUID) -> Response:
        assessment = assessment_of(request, pk)
        stored = found_result(assessment.result)
        tree = stored.tree
        if assessment.kind == Kind.PRE_ASSESSMENT:
            tree = without_grade(tree)
        return Response(tree, headers={"ETag": f'"{stored.digest}"'})


class AssessmentResultBundle(StrictQuery):
    """What the result of a frozen package is rebuilt from, for `zhiheng recompute`; not that of a pre-assessment."""

    @extend_schema(responses={(200, GZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        return _bundle(graded(assessment_of(request, pk)).result)


class CentreResult(StrictQuery):
    """The tree a centre stands at now: of its newest submitted package, else provisional."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        stored = found_result(current_result(get_object_or_404(visible_centres(request.user), slug=slug)))
        return Response(stored.tree, headers={"ETag": f'"{stored.digest}"'})


class CentreResultBundle(StrictQuery):
    """What the result a centre stands at now is rebuilt from, for `zhiheng recompute`."""

    @extend_schema(responses={(200, GZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> FileResponse:
        return _bundle(current_result(get_object_or_404(visible_centres(request.user), slug=slug)))


class Certificates(StrictQuery, generics.ListAPIView[Certificate]):
    """Every certificate ever issued; open to anyone."""

    serializer_class = CertificateSerializer
    permission_classes = (AllowAny,)
    ordering = ("number",)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.get_paginated_response(certificates_listed(self.paginate_queryset(certificate_rows()) or ()))


class CertificateDetail(StrictQuery):
    """What a certificate is worth today; open to anyone who holds the paper."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=CertificateSerializer)
    def get(self, request: Request, number: str) -> Response:
        return certificate_shown(_certificate(number))


class CertificatePDF(StrictQuery):
    permission_classes = (AllowAny,)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str) -> FileResponse:
        certificate = _certificate(number)
        return _paper(certificate.pdf_sha256, name=f"{certificate.number}.pdf", content_type=PDF)


class CertificateBundle(StrictQuery):
    """What the result behind a certificate is rebuilt from; open to anyone while the certificate is valid."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={(200, GZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str) -> FileResponse:
        certificate = _certificate(number)
        if standing_of(certificate) is not Standing.VALID:
            raise Http404
        return _bundle(certificate.result, public=True)


class Reports(StrictQuery, generics.ListAPIView[RankedReport]):
    """Ranked reports you asked for; a new one is written down at once and printed by `job`."""

    serializer_class = ReportSerializer
    ordering = ("-created_at",)

    def get_queryset(self) -> QuerySet[RankedReport]:
        return visible_reports(self.request.user)

    @extend_schema(request=ReportRequest, responses={201: ReportSerializer})
    def post(self, request: Request) -> Response:
        given = validated(ReportRequest, request)
        report = make_report(
            edition=edition_ranked(request, given["rubric"], given["edition"]),
            query=RankingQuery(
                province=known_province("province", given.get("province")) or "",
                scale_tier=member_of(ScaleTier, "scale_tier", given.get("scale_tier")),
                centre_class=member_of(CentreClass, "centre_class", given.get("centre_class")),
            ),
            person=person_of(request),
            title=Text(**given["title"]) if "title" in given else None,
        )
        address = reverse("api:report", args=(report.pk,))
        return Response(ReportSerializer(report).data, status=status.HTTP_201_CREATED, headers={"Location": address})


class ReportDetail(StrictQuery, generics.RetrieveAPIView[RankedReport]):
    serializer_class = ReportSerializer

    def get_queryset(self) -> QuerySet[RankedReport]:
        return visible_reports(self.request.user)


class ReportPDF(StrictQuery):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        report = get_object_or_404(visible_reports(request.user), pk=pk)
        return _paper(report.pdf_sha256, name=f"ranking-{report.made_on}.pdf", content_type=PDF)


class ReportCSV(StrictQuery):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        report = get_object_or_404(visible_reports(request.user), pk=pk)
        return _paper(report.csv_sha256, name=f"ranking-{report.made_on}.csv", content_type="text/csv; charset=utf-8")


class ReportXLSX(StrictQuery):
    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        report = get_object_or_404(visible_reports(request.user), pk=pk)
        return _paper(report.xlsx_sha256, name=f"ranking-{report.made_on}.xlsx", content_type=XLSX)


class ReportDOCX(StrictQuery):
    @extend_schema(responses={(200, DOCX): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        report = get_object_or_404(visible_reports(request.user), pk=pk)
        return _paper(report.docx_sha256, name=f"ranking-{report.made_on}.docx", content_type=DOCX)


def _edition(rubric: str) -> Edition:
    try:
        return current_edition(rubric)
    except Edition.DoesNotExist as error:
        raise ValidationError({"rubric": [ErrorDetail("no such rubric", code="does_not_exist")]}) from error


def _certificate(number: str) -> Certificate:
    certificate = verification(number).certificate
    if certificate is None:
        raise Http404
    return certificate


def _bundle(stored: StoredResult | None, *, public: bool = False) -> FileResponse:
    """With the names of the evidence where whoever sees the result may open its files too."""
    stored = found_result(stored)
    bundle = public_bundle(stored) if public else result_bundle(stored, with_origin=True)
    if bundle is None:
        raise Http404
    return FileResponse(
        io.BytesIO(packed(bundle.as_json())),
        as_attachment=True,
        filename=bundle_name(bundle.facility),
        content_type=GZIP,
        headers={"ETag": f'"{stored.digest}"'},
    )


def _paper(sha256: str, *, name: str, content_type: str) -> FileResponse:
    """A finished paper; 404 while its job still runs."""
    if not sha256:
        raise Http404
    return FileResponse(store.open_blob(sha256), as_attachment=True, filename=name, content_type=content_type)
