"""Problem documents (RFC 9457): the one shape of every refusal under `/api/`.

    {"type", "title", "status", "detail", "code", "request_id",
     "errors": [{"code", "field" | "file", "line" | "cell" | "byte", "message": {zh, en}, "hint": {zh, en}}]}

`title` and `detail` speak the language asked for; `errors` always speak both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import DecisionBlocked, InputError, UserFacingError
from core.text import Text
from operations.http.framework_words import in_chinese
from operations.http.whole_forms import FormBrokenOff
from operations.http.words import HINT_BY_CODE, STATUS_TITLE, TITLE_BY_CODE, WORDS_BY_CODE

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"

STATUS_BY_CODE = {
    "too_large": 413,
    "length_required": 411,
    "unsupported_media_type": 415,
    "not_found": 404,
    "no_result": 404,
    "permission_denied": 403,
    "separation_of_duties": 403,
    "second_person_needed": 403,
    "conflict_of_interest": 403,
    "no_declaration": 403,
    "not_assigned": 403,
    "not_competent": 403,
    "code_needed": 401,
    "wrong_code": 401,
    "too_many_codes": 429,
    "second_factor_missing": 403,
    "fresh_code_needed": 403,
    "read_only_token": 403,
    "rights_changed": 403,
    "not_invited": 404,
    "wrong_state": 409,
    "edition_is_final": 409,
    "already_exists": 409,
    "still_running": 409,
    "version_changed": 412,
    "weak_version": 412,
    "version_required": 428,
    "malformed_version": 400,
    "centre_is_full": 413,
    "too_many_files_today": 429,
    "too_many_open_uploads": 429,
    "tus_version": 412,
    "wrong_offset": 409,
    "upload_expired": 410,
    "checksum_mismatch": 460,
}


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """What DRF calls for every exception in a view; None lets a bug surface as a 500 problem."""
    found = _understood(error)
    if found is None:
        return None
    status, code, errors, headers = found
    if isinstance(error, exceptions.UnsupportedMediaType):
        errors = [error_item(code, hint=_media_types_of(context["view"]))]
    request = context["request"]
    body = document(request, status=status, code=code, errors=errors)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def _media_types_of(view: Any) -> Text:
    """What a door takes: as it says itself, else what its parsers read."""
    taken = getattr(view, "media_types", ()) or [parser.media_type for parser in view.parser_classes]
    named = ", ".join(taken)
    return Text(zh=f"此处接受：{named}；文字须为 UTF-8。", en=f"This address takes {named}; text in UTF-8.")


def problem_response(request: HttpRequest, *, status: int, code: str | None = None) -> JsonResponse:
    """A problem for what Django itself answers: an unknown address, a bug, a body too large."""
    code = code or _CODE_BY_STATUS.get(status, "bad_request" if status < 500 else "server_error")
    body = document(request, status=status, code=code, errors=[error_item(code)])
    headers = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
    return JsonResponse(
        body, status=status, headers=headers, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def document(request: Any, *, status: int, code: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    language = "zh" if str(getattr(request, "said_in", "en")).startswith("zh") else "en"
    title = TITLE_BY_CODE.get(code) or STATUS_TITLE.get(status, STATUS_TITLE[400 if status < 500 else 500])
    return {
        "type": f"urn:zhiheng:problem:{code}",
        "title": title.as_json()[language],
        "status": status,
        "detail": " ".join(item["message"][language] for item in errors[:3]),
        "code": code,
        "request_id": getattr(request, "request_id", ""),
        "errors": errors,
    }


def error_item(code: str, *, message: Text | None = None, hint: Text | None = None, **where: Any) -> dict[str, Any]:
    said = message or WORDS_BY_CODE.get(code, WORDS_BY_CODE["invalid"])
    helped = hint or HINT_BY_CODE.get(code)
    return {"code": code, **where, "message": said.as_json(), "hint": helped.as_json() if helped else None}


def status_of(error: UserFacingError) -> int:
    """By code where the code decides; else a refused act is a conflict, a bad call 400, a bad file 422."""
    if error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    match error:
        case DecisionBlocked():
            return 409
        case InputError():
            return 400
        case _:
            return 422


_CODE_BY_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "server_error",
    503: "unavailable",
}

Understood = tuple[int, str, list[dict[str, Any]], dict[str, str]]


def _understood(error: Exception) -> Understood | None:
    """Status, code, errors and headers of an exception; None for a bug."""
    match error:
        case UserFacingError():
            faults = getattr(error, "faults", ()) or (error,)
            wait = getattr(error, "retry_after", None)
            headers = {"Retry-After": str(wait)} if wait else {}
            if status_of(error) == 401:
                headers["WWW-Authenticate"] = "Token"
            return status_of(error), error.code, [_located(fault) for fault in faults], headers
        case exceptions.ValidationError():
            errors = list(_field_errors(error.detail))
            codes = {item["code"] for item in errors}
            return 400, codes.pop() if len(codes) == 1 else "invalid", errors, {}
        case exceptions.ParseError() if isinstance(error.__context__, MultiPartParserError):
            return _understood(error.__context__)
        case exceptions.APIException():
            return _framework_error(error)
        case Http404():
            return 404, "not_found", [error_item("not_found")], {}
        case PermissionDenied():
            return 403, "permission_denied", [error_item("permission_denied")], {}
        case RequestDataTooBig():
            return 413, "too_large", [error_item("too_large")], {}
        case FormBrokenOff():
            return 400, "incomplete_form", [error_item("incomplete_form")], {}
        case MultiPartParserError():
            return 400, "malformed_form", [error_item("malformed_form")], {}
        case UnreadablePostError():
            return 400, "incomplete_body", [error_item("incomplete_body")], {}
        case OperationalError() | InterfaceError() | OSError():  # database; disk, object store, broker
            return _unavailable(error)
    return None


def _framework_error(error: exceptions.APIException) -> Understood:
    status = error.status_code
    code = _CODE_BY_STATUS.get(status, "bad_request")
    headers = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = getattr(error, "auth_header", "Token")
        code = "not_authenticated"
        if isinstance(error, exceptions.AuthenticationFailed):
            code = "authentication_failed"
    wait = getattr(error, "wait", None)  # of Throttled
    if wait is not None:
        headers["Retry-After"] = str(max(1, round(wait + 0.5)))
    return status, code, [error_item(code)], headers


def _unavailable(error: Exception) -> Understood:
    logger.error("a part we stand on failed", exc_info=error)
    return 503, "unavailable", [error_item("unavailable")], {"Retry-After": RETRY_SECONDS}


def _located(error: UserFacingError) -> dict[str, Any]:
    where = error.where.as_json() if error.where else {}
    return error_item(error.code, message=error.message, hint=error.hint, **where)


def _field_errors(detail: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """One item per message, with the path of its field (`meters[0].unit`)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            at = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from _field_errors(inner, at)
    elif isinstance(detail, Iterable) and not isinstance(detail, str):
        for position, inner in enumerate(detail):
            yield from _field_errors(inner, path if isinstance(inner, str) else f"{path}[{position}]")
    else:
        code = getattr(detail, "code", "invalid") or "invalid"
        known = WORDS_BY_CODE.get(code)
        message = known if code in _SAYS_IT_ALL or known is None else _as_the_framework_says(str(detail), known)
        where: dict[str, Any] = {"field": path} if path else {}
        yield error_item(code, message=message, hint=HINT_BY_CODE.get(code, HINT_BY_CODE["invalid"]), **where)


def _as_the_framework_says(detail: str, known: Text) -> Text:
    """Its words name the bound that ours do not know."""
    return Text(zh=in_chinese(detail) or known.zh, en=detail)


# For these our own words are better than the framework's.
_SAYS_IT_ALL = frozenset(
    {
        "control_character",
        "no_mail_domain",
        "not_a_sha256",
        "unknown_field",
        "read_only_field",
        "repeated_field",
        "unknown_parameter",
        "repeated_parameter",
        "empty_parameter",
        "bad_cursor",
        "bad_limit",
    }
)
