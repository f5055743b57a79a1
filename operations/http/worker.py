"""The web server's worker: what is no request, or one too long to read, is refused as the API refuses.

gunicorn answers such bytes before any of our code sees them, with a page of its own and, for a coding it does not
know, as a fault of the server. Nobody types them, so the answer is the one programs read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from gunicorn.http import errors
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from operations.http.early_problems import early_problem

# Errors of this family that no request brings about.
_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
# The first that fits decides; every other error while a request is parsed is that of a malformed one.
_REFUSALS: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.LimitRequestLine, 414, "address_too_long"),
    (errors.LimitRequestHeaders, 431, "headers_too_large"),
    (errors.ParseException, 400, "malformed_request"),
)


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """What a request that cannot be read is told; anything else is a bug, and gunicorn's own affair."""
        refusal = _refusal(exc)
        if refusal is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Refused unread, from %s: %s", addr[0] if addr else "a local socket", exc)
        try:
            write_nonblock(client, refusal)
        except OSError:
            self.log.debug("The sender of what was refused is gone.")


def _refusal(error: Exception) -> bytes | None:
    if isinstance(error, _OURS):
        return None
    return next((_response(status, code) for kind, status, code in _REFUSALS if isinstance(error, kind)), None)


def _response(status: int, code: str) -> bytes:
    headers, body = early_problem(status, code)
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
