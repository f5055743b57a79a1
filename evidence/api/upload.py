"""The upload door: bytes go to disk and through the hash as they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from rest_framework.exceptions import ErrorDetail, PermissionDenied, UnsupportedMediaType, ValidationError
from rest_framework.request import Request

from centres.models import Centre
from centres.permissions import signed_in
from centres.selectors import visible_centres
from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from evidence import store
from evidence.api.headers import declared_name, declared_sha256, sha256_of
from evidence.services.quota import refuse_before_reading
from evidence.services.receive_evidence import Declared, Reception, receive_evidence
from evidence.services.resume_upload import too_long
from operations.http.multipart import refuse_repeated
from operations.http.named import named
from operations.http.words import HINT_BY_CODE

RAW = "application/octet-stream"
FORM = "multipart/form-data"
QUERY = frozenset(("centre", "format", "timezone", "encoding", "map", "replaces"))
_FORM_FIELDS = QUERY | {"digest", "file", "csrfmiddlewaretoken"}
_FORM_OVERHEAD = 64 * 1024


def refuse_early(request: HttpRequest) -> None:
    """What the headers alone forbid, before anything of the body is read.

    Raises:
        InputError: `too_large`, or `length_required` for a form without a length.
        UnsupportedMediaType: for anything but raw bytes and forms.
    """
    if request.content_type not in (RAW, FORM):
        raise UnsupportedMediaType(request.content_type or "")
    if request.content_type == FORM and (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType(request.META["CONTENT_TYPE"])
    length = content_length(request)
    allowed = settings.EVIDENCE_LIMIT + (_FORM_OVERHEAD if request.content_type == FORM else 0)
    if length is not None and length > allowed:
        raise too_long(settings.EVIDENCE_LIMIT)
    if length is None and request.content_type == FORM:
        raise InputError(
            "length_required",
            Text(zh="表单上传须说明长度。", en="A form upload needs a Content-Length."),
            hint=HINT_BY_CODE["length_required"],
        )


def take_raw(request: Request) -> Reception:
    """The body is the file; headers and query say the rest."""
    query = request.query_params
    centre = centre_for_upload(request, query.get("centre", ""))
    declared = Declared(
        name=declared_name(request.headers),
        format=query.get("format", ""),
        timezone=query.get("timezone", ""),
        encoding=query.get("encoding", ""),
        column_map=query.get("map", ""),
        replaces=query.get("replaces", ""),
        sha256=declared_sha256(request.headers),
    )
    return _take(body_chunks(request._request), declared=declared, centre=centre, request=request)


def take_form(request: Request) -> Reception:
    """A multipart form with `file` and the same words as fields."""
    form, files = request._request.POST, request._request.FILES
    unknown = sorted((set(form) | set(files)) - _FORM_FIELDS)
    if unknown:
        raise ValidationError({name: [ErrorDetail(name, code="unknown_field")] for name in unknown})
    refuse_repeated(form, files)
    centre = centre_for_upload(request, form.get("centre", ""))
    if "file" in form:
        raise _file_as_text()
    if "file" not in files:
        raise ValidationError({"file": [ErrorDetail("This field is required.", code="required")]})
    file = files["file"]
    assert isinstance(file, UploadedFile)  # noqa: S101  (a list only in the stubs)
    digest = form.get("digest", "")
    declared = Declared(
        name=declared_name(request.headers) or file.name or "",
        format=form.get("format", ""),
        timezone=form.get("timezone", ""),
        encoding=form.get("encoding", ""),
        column_map=form.get("map", ""),
        replaces=form.get("replaces", ""),
        sha256=sha256_of(digest, field="digest") if digest else declared_sha256(request.headers),
    )
    return _take(file.chunks(store.CHUNK), declared=declared, centre=centre, request=request)


def centre_for_upload(request: Request, slug: str) -> Centre:
    """The centre, when the person works for it; one that may not be seen does not exist."""
    if not slug:
        raise ValidationError({"centre": [ErrorDetail("This field is required.", code="required")]})
    centre = named(visible_centres(request.user), field="centre", slug=slug)
    if not request.user.has_perm("centres.upload_evidence", centre):
        raise PermissionDenied
    return centre


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """The bytes of the body, also of one sent in chunks without a length, where Django sees none."""
    chunked = content_length(request) is None and request.META.get("wsgi.input_terminated")
    stream: Any = request.META["wsgi.input"] if chunked else request
    while chunk := stream.read(store.CHUNK):
        yield chunk


def content_length(request: HttpRequest) -> int | None:
    given = request.META.get("CONTENT_LENGTH") or ""
    return int(given) if given.isascii() and given.isdigit() else None


def incomplete() -> UserFacingError:
    return UserFacingError(
        "incomplete_body",
        Text(zh="上传在结束前中断。", en="The upload was cut off before its end."),
        hint=Text(
            zh="请重新上传；线路不稳时请用断点续传（tus）。",
            en="Upload it again; on a line that breaks use a resumable upload (tus).",
        ),
    )


def _file_as_text() -> InputError:
    return InputError(
        "not_a_file",
        Text(zh="file 是文字，不是文件。", en="`file` was sent as text and not as a file."),
        where=Where(field="file"),
        hint=Text(
            zh="这一部分须带文件名（filename）；用 curl 时写 -F file=@july.csv。",
            en="Its part needs a filename; with curl write -F file=@july.csv.",
        ),
    )


def _take(chunks: Iterator[bytes], *, declared: Declared, centre: Centre, request: Request) -> Reception:
    refuse_before_reading(centre, sha256=declared.sha256, size=content_length(request._request))
    try:
        with store.received(chunks, limit=settings.EVIDENCE_LIMIT) as file:
            _whole(request._request, file, declared)
            return receive_evidence(file, declared=declared, centre=centre, person=signed_in(request.user))
    except store.TooLarge as error:
        raise too_long(settings.EVIDENCE_LIMIT) from error
    except UnreadablePostError as error:
        raise incomplete() from error


def _whole(request: HttpRequest, file: store.Received, declared: Declared) -> None:
    """A body cut short is told by its length, unless a digest tells it more exactly."""
    length = content_length(request)
    if request.content_type == RAW and length is not None and file.size < length and not declared.sha256:
        raise incomplete()
