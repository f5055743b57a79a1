"""Bodies sent without a length, which Django takes for empty."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_REFUSAL = (
    '{"type":"urn:zhiheng:problem:too_large","title":"Too large","status":413,"detail":"内容超过允许的大小。 '
    'The body is larger than allowed.","code":"too_large","request_id":"","errors":[{"code":"too_large",'
    '"message":{"zh":"内容超过允许的大小。","en":"The body is larger than allowed."},"hint":null}]}'
).encode()


class ChunkedBodies:
    """WSGI: reads a short chunked body whole, so that it has a length; refuses a long one with 413.

    Paths in `streamed` read `wsgi.input` themselves, however long it is.
    """

    def __init__(self, application: Application, *, limit: int, streamed: tuple[str, ...]) -> None:
        self.application = application
        self.limit = limit
        self.streamed = streamed

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._needs_a_length(environ):
            body = environ["wsgi.input"].read(self.limit + 1)
            if len(body) > self.limit:
                start_response("413 Content Too Large", [("Content-Type", "application/problem+json")])
                return [_REFUSAL]
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return self.application(environ, start_response)

    def _needs_a_length(self, environ: Environ) -> bool:
        return (
            bool(environ.get("wsgi.input_terminated"))
            and not environ.get("CONTENT_LENGTH")
            and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
            and environ.get("PATH_INFO") not in self.streamed
        )
