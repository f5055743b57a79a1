"""What the web server refuses unread: bytes that are no request, and requests longer than anybody's."""

from __future__ import annotations

import json
import logging
import socket
import time
from contextlib import closing
from http.client import HTTPResponse
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.errors import InvalidResponseHeader
from gunicorn.workers.gthread import TConn

from operations.http.chunked import ChunkedBodies
from operations.http.worker import ProblemWorker


def refused(raw: bytes) -> tuple[int, dict[str, Any]]:
    """Status and problem of what a client sends, as gunicorn reads it."""
    ours, theirs = socket.socketpair()
    worker = ProblemWorker.__new__(ProblemWorker)
    worker.log = logging.getLogger("test")
    with closing(ours), closing(theirs):
        theirs.sendall(raw)
        theirs.shutdown(socket.SHUT_WR)
        try:
            request = next(get_parser(Config(), ours, ("192.0.2.1", 5)))
            request.body.read()
        except Exception as error:
            worker.handle_error(None, ours, ("192.0.2.1", 5), error)
        ours.shutdown(socket.SHUT_WR)
        answer = HTTPResponse(theirs)
        answer.begin()
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Connection"] == "close"
        return answer.status, json.loads(answer.read())


@pytest.mark.torture("T35")
@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414, "address_too_long"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 101 + b"\r\n", 431, "headers_too_large"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400, "malformed_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", 400, "malformed_request"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "malformed_request"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: rot13\r\n\r\n", 400, "malformed_request"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400, "malformed_request"),
    ],
    ids=["address", "header", "headers", "control character", "folded", "TLS", "coding", "chunk"],
)
def test_what_is_no_request_is_a_problem_in_both_languages(raw: bytes, status: int, code: str) -> None:
    found, problem = refused(raw)
    (item,) = problem["errors"]
    assert (found, problem["status"], problem["code"], item["code"]) == (status, status, code, code)
    assert item["hint"]["zh"]
    assert item["hint"]["en"]
    assert item["message"]["zh"] in problem["detail"]


def test_a_header_of_ours_that_cannot_be_sent_is_no_fault_of_the_client() -> None:
    ours, theirs = socket.socketpair()
    worker = ProblemWorker.__new__(ProblemWorker)
    worker.log = logging.getLogger("test")
    with closing(ours), closing(theirs):
        worker.handle_error(None, ours, None, InvalidResponseHeader("X"))
        assert theirs.recv(12) == b"HTTP/1.1 500"


def served(raw: bytes, application: Any, *, silent_seconds: float = 0.3) -> bytes:
    """All that a client gets who sends this and then falls silent, its connection open."""
    ours, theirs = socket.socketpair()
    worker = ProblemWorker.__new__(ProblemWorker)
    worker.cfg, worker.log = Config(), logging.getLogger("test")
    worker.log.access = lambda *_: None  # type: ignore[attr-defined]  # as gunicorn's own has it
    worker.nr, worker.max_requests, worker.alive = 0, 100, True
    worker.keepalived_conns, worker.max_keepalived = [], 10
    worker.wsgi, worker.silent_seconds = application, silent_seconds
    with closing(ours), closing(theirs):
        theirs.sendall(raw)
        theirs.settimeout(20)
        connection = TConn(worker.cfg, ours, ("192.0.2.1", 5), ("192.0.2.2", 80))
        # As in life; and a worker that waits for ever fails the test instead of holding it up.
        Thread(target=lambda: worker.handle(connection) or ours.shutdown(socket.SHUT_WR), daemon=True).start()
        return b"".join(iter(lambda: theirs.recv(65536), b""))


def reading_it_all(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A view that streams its body, and answers as Django does when that is cut off."""
    try:
        while environ["wsgi.input"].read(1024):
            pass
    except UnreadablePostError:
        start_response("400 Bad Request", [("Content-Length", "3")])
        return [b"cut"]
    except RequestDataTooBig:
        start_response("413 Content Too Large", [("Content-Length", "5")])
        return [b"large"]
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def reading_nothing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "2")])
    return [b"no"]


CHUNKED = b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
ENORMOUS = b"1000000000000000000\r\n"  # 2 to the 72nd


def door(application: Any) -> ChunkedBodies:
    return ChunkedBodies(application, limit=1000, streamed=("/stream/",))


@pytest.mark.torture("T03", "chunked")
@pytest.mark.parametrize("path", [b"/", b"/stream/"])
@pytest.mark.parametrize("before", [b"", b"3\r\nabc\r\n"])
def test_a_chunk_larger_than_anything_is_refused_before_a_byte_of_it_comes(path: bytes, before: bytes) -> None:
    begun = time.monotonic()
    answer = served(CHUNKED % path + before + ENORMOUS, door(reading_it_all), silent_seconds=30)
    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert time.monotonic() - begun < 2


@pytest.mark.torture("T03", "chunked")
def test_such_a_chunk_is_no_second_answer_to_who_was_answered_without_reading_it() -> None:
    answer = served(CHUNKED % b"/stream/" + ENORMOUS, door(reading_nothing), silent_seconds=30)
    assert answer.startswith(b"HTTP/1.1 404")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.torture("T03", "lying length")
@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (CHUNKED % b"/" + b"100\r\nabc", b"HTTP/1.1 400"),
        (CHUNKED % b"/stream/" + b"100\r\nabc", b"HTTP/1.1 400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Le", b""),
    ],
    ids=["chunk", "streamed chunk", "head"],
)
def test_who_falls_silent_has_no_thread_for_ever(raw: bytes, answer: bytes) -> None:
    begun = time.monotonic()
    assert served(raw, door(reading_it_all))[:12] == answer
    assert time.monotonic() - begun < 5


@pytest.mark.torture("T03", "lying length")
def test_a_silent_body_with_a_length_is_an_error_of_reading_as_django_knows_it() -> None:
    seen: list[type[BaseException]] = []

    def reading(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        try:
            environ["wsgi.input"].read(100)
        except OSError as error:
            seen.append(type(error))
        return reading_nothing(environ, start_response)

    served(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc", reading)
    assert len(seen) == 1


def test_a_whole_chunked_body_is_read_as_ever() -> None:
    whole = b"3\r\nabc\r\n0\r\n\r\n"
    answer = served(
        CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % b"/stream/" + whole, door(reading_it_all)
    )
    assert answer.startswith(b"HTTP/1.1 200")
