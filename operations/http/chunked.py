"""Bodies sent without a length, which Django takes for empty."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError

from operations.http.early_problems import early_problem

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
        except RequestDataTooBig:
            return _refusal(start_response, 413, "too_large")
        except UnreadablePostError:
            return _refusal(start_response, 400, "incomplete_body")
        if len(body) > self.limit:
            return _refusal(start_response, 413, "too_large")
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
        except RequestDataTooBig:  # a chunk larger than anything, as our worker tells it
            raise
        except Exception as error:  # each server has its own
            raise UnreadablePostError(str(error)) from error


def _lacks_a_length(environ: Environ) -> bool:
    return (
        bool(environ.get("wsgi.input_terminated"))
        and not environ.get("CONTENT_LENGTH")
        and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    )


def _refusal(start_response: StartResponse, status: int, code: str) -> Iterable[bytes]:
    headers, body = early_problem(status, code)
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
