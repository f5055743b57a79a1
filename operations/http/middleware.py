"""An id for every request; problem documents for whatever Django itself answers under `/api/`."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import re2
import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from operations.http.problems import MEDIA_TYPE, problem_response

API = "/api/"
_REQUEST_ID = re2.compile(r"[A-Za-z0-9_-]{1,64}")
Handler = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Takes `X-Request-ID` when it is harmless, else makes one; logs and answers carry it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # ours, beside Django's
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ProblemMiddleware:
    """Inside the API nothing but a problem document is an error, and messages are made in English first."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return self.get_response(request)
        request.said_in = translation.get_language() or "zh-hans"  # type: ignore[attr-defined]  # ours, beside Django's
        with translation.override("en"):
            response = self.get_response(request)
        if response.status_code >= 400 and not response.get("Content-Type", "").startswith(MEDIA_TYPE):
            response = problem_response(request, status=response.status_code)
        for name, value in getattr(request, "quota", {}).items():
            response[name] = value
        response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, RequestDataTooBig) and request.path_info.startswith(API):
            return problem_response(request, status=413)
        return None
