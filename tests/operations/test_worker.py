"""What the web server refuses unread: bytes that are no request, and requests longer than anybody's."""

from __future__ import annotations

import json
import logging
import socket
from contextlib import closing
from http.client import HTTPResponse
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.errors import InvalidResponseHeader

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
