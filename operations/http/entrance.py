"""What is told of a request before anything of its body is read: its address and its length."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.errors import UserFacingError
from operations.http.chunked import reads_its_own_body
from operations.http.problems import RETRY_SECONDS, problem_response, status_of
from operations.http.words import STATUS_TITLE

API = "/api/"
# What a form adds to the file in it.
FORM_OVERHEAD = 64 * 1024
Handler = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponse]

logger = logging.getLogger(__name__)


def takes_files(view: View) -> View:
    """Mark a page whose form carries an evidence file; every other page takes small bodies only."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by the middleware below
    return view


class EntranceMiddleware:
    """Refuses what no view should meet, with a problem under `/api/` and a page elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if b"\0" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            return _refusal(request, status=400, code="forbidden_character")
        if "\0" in request.path_info:  # PostgreSQL holds no NUL, so nothing bears such a name
            return _refusal(request, status=404)
        response = self.get_response(request)
        if response.status_code == 301 and request.path_info.startswith(API) and request.method not in ("GET", "HEAD"):
            return _refusal(request, status=404)  # a redirect would lose the body
        if isinstance(response, HttpResponseNotAllowed):  # the framework's own, without a word
            return _with_what_was_set(_refusal(request, status=405), response)
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """By its length, before a form parser spools it to disk as it would for any address."""
        if reads_its_own_body(request.path_info, settings.STREAMED_PATHS):
            return None
        limit = settings.EVIDENCE_LIMIT + FORM_OVERHEAD if hasattr(view, "takes_files") else settings.BODY_LIMIT
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit() and int(length) > limit:
            return _refusal(request, status=413)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page says what no view of it did: a refusal, a store or database that is away. The API has a handler."""
        if isinstance(exception, UserFacingError):
            return _refused(exception)
        if isinstance(exception, UnreadablePostError):
            return _refusal(request, status=400)
        if isinstance(exception, OSError | OperationalError | InterfaceError):
            logger.error("a part we stand on failed", exc_info=exception)
            return _refusal(request, status=503)
        return None


def _refusal(request: HttpRequest, *, status: int, code: str | None = None) -> HttpResponse:
    if request.path_info.startswith(API):
        answer: HttpResponse = problem_response(request, status=status, code=code)
    else:
        answer = render(None, f"{status}.html", status=status)
    if status == 503:
        answer["Retry-After"] = RETRY_SECONDS
    return answer


def _refused(refusal: UserFacingError) -> HttpResponse:
    status = status_of(refusal)
    said = {"title": STATUS_TITLE.get(status, STATUS_TITLE[400]), "problem": refusal}
    answer = render(None, "refused.html", said, status=status)
    if (seconds := getattr(refusal, "retry_after", None)) is not None:
        answer["Retry-After"] = seconds
    return answer


def _with_what_was_set(answer: HttpResponse, inner: HttpResponse) -> HttpResponse:
    """The answer with headers and cookies that it had been given before it was put into words."""
    for name, value in inner.items():
        answer.headers.setdefault(name, value)
    answer.cookies.update(inner.cookies)
    return answer
