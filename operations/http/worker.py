"""The web server's worker: what is no request, or one too long to read, is refused as the API refuses.

gunicorn answers such bytes before any of our code sees them, with a page of its own and, for a coding it does not
know, as a fault of the server. Nobody types them, so the answer is the one programs read. It also waits for ever for
what a sender has announced: here a chunk has a largest size, and a silence an end.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from gunicorn.http import errors
from gunicorn.http.body import ChunkedReader
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from core.garbage import collect_in_a_pause
from operations.http.early_problems import early_problem

# A thread serves one request; a sender that falls silent for longer than this has it no more. Few lines are so bad, and
# a resumable upload goes on where it was.
SILENT_SECONDS = 60

# Errors of this family that no request brings about.
_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)


class ChunkTooLarge(RequestDataTooBig, errors.ParseException):  # type: ignore[misc]  # gunicorn has no types
    """A chunk is announced that no address would take; nothing of it is waited for."""


class BoundedChunks(ChunkedReader):  # type: ignore[misc]  # gunicorn has no types
    """Reads a chunked body; the size of a chunk is believed up to that of the largest file."""

    def parse_chunk_size(self, unreader: Any, data: bytes | None = None) -> tuple[int, bytes]:
        size, rest = super().parse_chunk_size(unreader, data)
        if size > settings.EVIDENCE_LIMIT:
            raise ChunkTooLarge(f"a chunk of {size} bytes")
        return size, rest


# The first that fits decides; every other error while a request is parsed is that of a malformed one.
_REFUSALS: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.LimitRequestLine, 414, "address_too_long"),
    (errors.LimitRequestHeaders, 431, "headers_too_large"),
    (ChunkTooLarge, 413, "too_large"),
    (errors.ParseException, 400, "malformed_request"),
)


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    silent_seconds: float = SILENT_SECONDS

    def handle(self, conn: Any) -> Any:
        """One request of a connection, which ends as one cut off when nothing more comes of it."""
        whole, part = divmod(self.silent_seconds, 1)
        # Told to the system, because gunicorn takes every limit off the socket when it begins to read.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(whole), int(part * 1e6)))
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> bool:
        if isinstance(req.body.reader, ChunkedReader):
            req.body.reader = BoundedChunks(req, req.unreader)
        keepalive = bool(super().handle_request(req, conn))
        collect_in_a_pause()  # the answer is out, and nothing of its making is held any more
        return keepalive

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """What is wrong with a body that nobody read is no second answer to its request."""
        with contextlib.suppress(errors.ParseException):
            return bool(super()._keepalive_after(conn, keepalive))
        return False

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
