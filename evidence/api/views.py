from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp_replace
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from evidence import store
from evidence.api.headers import sha256_sought
from evidence.api.serializers import EvidenceListed, EvidenceSerializer, LinesAnswer, ReceptionAnswer, UploadForm
from evidence.api.upload import FORM, QUERY, RAW, refuse_early, take_form, take_raw
from evidence.map_selectors import annotated_copy, annotated_name
from evidence.models import Evidence, EvidenceState
from evidence.parsers.registry import FORMATS
from evidence.parsers.templates import MEDIA_TYPES, endings, template
from evidence.selectors import lines_around, visible_evidence
from operations.http.filters import described, word_of
from operations.http.language import LANGUAGES, language_asked
from operations.http.views import StrictQuery


@extend_schema_view(
    get=extend_schema(
        parameters=[
            OpenApiParameter("centre", str),
            described("state", EvidenceState.values),
            described("format", FORMATS),
            OpenApiParameter("sha256", str, description="64 hexadecimal digits"),
        ]
    )
)
class EvidenceDoor(StrictQuery, generics.ListAPIView[Evidence]):
    """List evidence, newest first; hand in a file."""

    serializer_class = EvidenceListed
    ordering = ("-received_at",)
    takes_idempotency_keys = False  # the bytes are their own key
    media_types = (RAW, FORM)
    list_parameters = frozenset(("centre", "state", "format", "sha256"))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.query_parameters = QUERY if request.method == "POST" else self.list_parameters
        if request.method == "POST":
            refuse_early(request._request)
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Evidence]:
        found = visible_evidence(self.request.user)
        given = self.request.query_params
        word_of("state", given.get("state"), EvidenceState.values)
        word_of("format", given.get("format"), FORMATS)
        if "sha256" in given:
            found = found.filter(blob_id=sha256_sought(given["sha256"]))
        exact = {"centre": "centre__slug", "state": "state", "format": "format"}
        return found.filter(**{field: given[name] for name, field in exact.items() if name in given})

    @extend_schema(
        parameters=[OpenApiParameter(name, str, required=name == "centre") for name in sorted(QUERY)]
        + [
            OpenApiParameter("Digest", str, OpenApiParameter.HEADER, description="sha-256=<base64>"),
            OpenApiParameter("X-Filename*", str, OpenApiParameter.HEADER, description="RFC 8187"),
        ],
        request={RAW: OpenApiTypes.BINARY, "multipart/form-data": UploadForm},
        responses={200: ReceptionAnswer, 201: ReceptionAnswer},
    )
    def post(self, request: Request) -> Response:
        reception = take_raw(request) if request._request.content_type == RAW else take_form(request)
        evidence = reception.evidence
        return Response(
            {"id": evidence.pk, "state": evidence.state, "job": evidence.job_id},
            status=status.HTTP_201_CREATED if reception.is_new else status.HTTP_200_OK,
            headers={"Location": reverse("api:evidence", args=(evidence.pk,))},
        )


class EvidenceDetail(StrictQuery, generics.RetrieveAPIView[Evidence]):
    """One evidence with everything that was read from it."""

    serializer_class = EvidenceSerializer

    def get_queryset(self) -> QuerySet[Evidence]:
        return (
            visible_evidence(self.request.user)
            .prefetch_related("tables", "members", "origins__archive")
            .select_related("uploaded_by")
        )


@method_decorator(csp_replace({"default-src": [NONE], "sandbox": []}), name="dispatch")
class EvidenceContent(StrictQuery):
    """The bytes exactly as they were handed in, as a download and never as a page."""

    @extend_schema(responses={(200, RAW): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> FileResponse:
        evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
        response = FileResponse(
            store.open_blob(evidence.blob_id), as_attachment=True, filename=evidence.name, content_type=RAW
        )
        response["Repr-Digest"] = _repr_digest(evidence.blob_id)
        response["X-Content-Type-Options"] = "nosniff"
        return response


class EvidenceAnnotated(StrictQuery):
    """The workbook with each issue as a comment at its coloured cell, and all of them on a sheet of their own."""

    query_parameters = frozenset(("language",))

    @extend_schema(
        parameters=[described("language", LANGUAGES, "of the comments")],
        responses={(200, MEDIA_TYPES["xlsx"]): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
        content = annotated_copy(evidence, language=language_asked(request))
        return FileResponse(
            BytesIO(content),
            as_attachment=True,
            filename=annotated_name(evidence),
            content_type=MEDIA_TYPES["xlsx"],
        )


class EvidenceLines(StrictQuery):
    """A few raw lines around one, control characters made visible."""

    query_parameters = frozenset(("line",))

    @extend_schema(parameters=[OpenApiParameter("line", int, required=True)], responses=LinesAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
        line = _line(request.query_params.get("line", ""))
        return Response(
            LinesAnswer({"evidence": evidence.pk, "line": line, "lines": lines_around(evidence, line)}).data
        )


class EvidenceTemplate(StrictQuery):
    """An empty table of one of our own formats, as CSV or xlsx; open to anyone."""

    permission_classes = (AllowAny,)
    query_parameters = frozenset(("language",))

    @extend_schema(
        parameters=[described("language", LANGUAGES, "of the headings")],
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES.values()},
    )
    def get(self, request: Request, name: str, ending: str) -> FileResponse:
        if ending not in endings(name):
            raise NotFound
        content = template(name, ending=ending, language=language_asked(request))
        return FileResponse(
            BytesIO(content), as_attachment=True, filename=f"{name}.{ending}", content_type=MEDIA_TYPES[ending]
        )


def _line(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 12 and int(given) > 0):
        raise ValidationError({"line": [ErrorDetail("A line number from 1.", code="invalid")]})
    return int(given)


def _repr_digest(sha256: str) -> str:
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"
