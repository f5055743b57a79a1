"""Problem documents from before Django: nobody knows the reader's language yet, hence both at once."""

from __future__ import annotations

import json
import uuid

from core.text import Text
from operations.http.words import HINT_BY_CODE, STATUS_TITLE, WORDS_BY_CODE

Headers = list[tuple[str, str]]


def early_problem(status: int, code: str) -> tuple[Headers, bytes]:
    """Headers and body of a refusal.

    Args:
        code: one of `WORDS_BY_CODE` that has a hint.
    """
    request_id = uuid.uuid4().hex
    message, hint = WORDS_BY_CODE[code], HINT_BY_CODE[code]
    body = {
        "type": f"urn:zhiheng:problem:{code}",
        "title": _both(STATUS_TITLE[status]),
        "status": status,
        "detail": _both(message),
        "code": code,
        "request_id": request_id,
        "errors": [{"code": code, "message": message.as_json(), "hint": hint.as_json()}],
    }
    headers = [("Content-Type", "application/problem+json"), ("X-Request-ID", request_id)]
    return headers, json.dumps(body, ensure_ascii=False).encode()


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"
