"""The resumable door: tus 1.0.0 with creation, expiration, checksum and termination.

Beyond the protocol an upload can be read with GET, and open ones found again by centre and digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import MethodNotAllowed, UnsupportedMediaType
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from centres.permissions import signed_in
from evidence.api import tus
from evidence.api.headers import sha256_sought
from evidence.api.serializers import UploadSerializer
from evidence.api.upload import body_chunks, centre_for_upload, content_length, incomplete
from evidence.models import Upload
from evidence.selectors import own_uploads
from evidence.services.resume_upload import (
    begin_upload,
    continue_upload,
    give_up_upload,
    longer_than_announced,
    refuse_expired,
)
from operations.http.views import StrictQuery

_VERSION = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=[tus.VERSION])
_OFFSET = OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)
_OVERRIDES = frozenset(("PATCH", "DELETE", "HEAD", "OPTIONS"))
_EVIDENCE = "Evidence-Location"


class _Tus(StrictQuery):
    """What every answer of the protocol has in common."""

    takes_idempotency_keys = False  # an offset is its own key

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        said = request.headers.get("X-HTTP-Method-Override", "").upper()
        if said in _OVERRIDES:
            request.method = said
        return super().dispatch(request, *args, **kwargs)

    def get_permissions(self) -> Sequence[Any]:
        return [AllowAny()] if self.request.method == "OPTIONS" else super().get_permissions()

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=status.HTTP_204_NO_CONTENT, headers=tus.capabilities())

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = tus.VERSION
        if answer.status_code == status.HTTP_412_PRECONDITION_FAILED:
            answer["Tus-Version"] = tus.VERSION
        return answer


@extend_schema_view(
    get=extend_schema(
        parameters=[
            OpenApiParameter("centre", str),
            OpenApiParameter("sha256", str, description="64 hexadecimal digits"),
        ]
    )
)
class UploadDoor(_Tus, generics.ListAPIView[Upload]):
    """List own uploads, newest first; begin one."""

    serializer_class = UploadSerializer
    ordering = ("-created_at",)
    query_parameters = frozenset(("centre", "sha256"))

    def get_queryset(self) -> QuerySet[Upload]:
        given, found = self.request.query_params, own_uploads(self.request.user)
        if "centre" in given:
            found = found.filter(centre__slug=given["centre"])
        return found.filter(declared__sha256=sha256_sought(given["sha256"])) if "sha256" in given else found

    @extend_schema(
        parameters=[
            _VERSION,
            OpenApiParameter("Upload-Length", int, OpenApiParameter.HEADER, required=True),
            OpenApiParameter(
                "Upload-Metadata",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="Base64 values of centre, filename, format, timezone, encoding, sha256",
            ),
        ],
        request=None,
        responses={201: None},
    )
    def post(self, request: Request) -> Response:
        tus.check_version(request.headers)
        tus.refuse_concatenation(request.headers)
        metadata = request.headers.get("Upload-Metadata", "")
        declared, slug = tus.read_metadata(metadata)
        upload = begin_upload(
            length=tus.whole_number(request.headers, "Upload-Length"),
            metadata=metadata,
            declared=declared,
            centre=centre_for_upload(request, slug),
            person=signed_in(request.user),
        )
        headers = {"Location": reverse("api:upload", args=(upload.pk,)), **tus.progress_headers(upload)}
        return Response(status=status.HTTP_201_CREATED, headers=headers)


class UploadDetail(_Tus):
    """One upload: how far it is (HEAD, GET), more of it (PATCH), no more of it (DELETE)."""

    media_types = (tus.MEDIA_TYPE,)

    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(UploadSerializer(_own(request, pk)).data)

    @extend_schema(parameters=[_VERSION], responses={200: None})
    def head(self, request: Request, pk: UUID) -> Response:
        upload = _own(request, pk)
        tus.check_version(request.headers)
        refuse_expired(upload)
        headers = _standing(upload) | {"Upload-Length": str(upload.length), "Cache-Control": "no-store"}
        return Response(headers=headers | ({"Upload-Metadata": upload.metadata} if upload.metadata else {}))

    @extend_schema(
        parameters=[_VERSION, _OFFSET, OpenApiParameter("Upload-Checksum", str, OpenApiParameter.HEADER)],
        request={tus.MEDIA_TYPE: OpenApiTypes.BINARY},
        responses={204: None},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        upload = _own(request, pk)
        tus.check_version(request.headers)
        if request._request.content_type != tus.MEDIA_TYPE:
            raise UnsupportedMediaType(request._request.content_type or "")
        offset = tus.whole_number(request.headers, "Upload-Offset")
        announced = request.headers.get("Upload-Checksum")
        checksum = tus.AnnouncedChecksum(announced) if announced is not None else None
        length = content_length(request._request)
        if length is not None and offset + length > upload.length:
            raise longer_than_announced(upload.length)
        chunks = body_chunks(request._request) if length != 0 else ()
        continued = continue_upload(upload.pk, chunks, offset=offset, checksum=checksum)
        if length is not None and continued.offset < offset + length:
            raise incomplete()
        return Response(status=status.HTTP_204_NO_CONTENT, headers=_standing(continued))

    @extend_schema(parameters=[_VERSION], responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        upload = _own(request, pk)
        tus.check_version(request.headers)
        give_up_upload(upload)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(exclude=True)
    def post(self, request: Request, pk: UUID) -> Response:
        """Only to say PATCH or DELETE in a header."""
        raise MethodNotAllowed("POST")


def _own(request: Request, pk: UUID) -> Upload:
    return get_object_or_404(own_uploads(request.user), pk=pk)


def _standing(upload: Upload) -> dict[str, str]:
    headers = tus.progress_headers(upload)
    if upload.evidence_id is not None:
        headers[_EVIDENCE] = reverse("api:evidence", args=(upload.evidence_id,))
    return headers
