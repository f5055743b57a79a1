"""Bodies sent without a length, which Django takes for empty."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.http import UnreadablePostError

from core.text import Text
from operations.http.words import STATUS_TITLE, WORDS_BY_CODE

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def reads_its_own_body(path: str, streamed: tuple[str, ...]) -> bool:
    """Whether an address is one of these; `…*` stands for whatever follows."""
    return any(path.startswith(known[:-1]) if known.endswith("*") else path == known for known in streamed)


class ChunkedBodies:
    """WSGI: reads a short chunked body whole, so that it has a length; refuses a long one with 413.

    Paths in `streamed` read `wsgi.input` themselves, however long it is. A body whose chunks are broken or cut
    short is an `UnreadablePostError` to them and 400 elsewhere, whatever the server calls it.
    """

    def __init__(self, application: Application, *, limit: int, streamed: tuple[str, ...]) -> None:
        self.application = application
        self.limit = limit
        self.streamed = streamed

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not _lacks_a_length(environ):
            return self.application(environ, start_response)
        stream = _Chunks(environ["wsgi.input"])
        if reads_its_own_body(environ.get("PATH_INFO", ""), self.streamed):
            environ["wsgi.input"] = stream
            return self.application(environ, start_response)
        try:
            body = stream.read(self.limit + 1)
        except UnreadablePostError:
            return _refusal(start_response, "400 Bad Request", "incomplete_body")
        if len(body) > self.limit:
            return _refusal(start_response, "413 Content Too Large", "too_large")
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self.application(environ, start_response)


class _Chunks:
    """The server's stream, with one error for every way a body can be broken."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        return self._unharmed(self._stream.read, size)

    def readline(self, size: int) -> bytes:
        return self._unharmed(self._stream.readline, size)

    @staticmethod
    def _unharmed(read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except Exception as error:  # each server has its own
            raise UnreadablePostError(str(error)) from error


def _lacks_a_length(environ: Environ) -> bool:
    return (
        bool(environ.get("wsgi.input_terminated"))
        and not environ.get("CONTENT_LENGTH")
        and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    )


def _refusal(start_response: StartResponse, status: str, code: str) -> Iterable[bytes]:
    """A problem document from before Django, hence in both languages at once."""
    request_id = uuid.uuid4().hex
    number, message = int(status[:3]), WORDS_BY_CODE[code]
    body = {
        "type": f"urn:zhiheng:problem:{code}",
        "title": _both(STATUS_TITLE[number]),
        "status": number,
        "detail": _both(message),
        "code": code,
        "request_id": request_id,
        "errors": [{"code": code, "message": message.as_json(), "hint": None}],
    }
    start_response(status, [("Content-Type", "application/problem+json"), ("X-Request-ID", request_id)])
    return [json.dumps(body, ensure_ascii=False).encode()]


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"
