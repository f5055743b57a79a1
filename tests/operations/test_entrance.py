"""What is refused before a view is reached: odd addresses, charsets and lengths, broken chunks, parts that are away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import UnreadablePostError
from django.test import Client
from rest_framework.test import APIClient

from centres.models import Person
from core.errors import InputError
from core.text import Text
from operations.http.charset import Utf8Text
from operations.http.chunked import ChunkedBodies
from tests.factories import PASSWORD, Cast
from tests.operations.test_problems import codes, problem

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
NOT_FOR_TEXT = ("bz2_codec", "rot13", "idna", "undefined", "hex", "utf-16")


@pytest.mark.torture("T29")
@pytest.mark.parametrize("charset", NOT_FOR_TEXT)
def test_a_charset_named_by_the_caller_does_not_decode_addresses(charset: str) -> None:
    said: list[str] = []

    def status_of(address: str, method: str, content_type: str) -> str:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": method,
            "HTTP_HOST": "localhost",
        }
        environ |= {"wsgi.input": io.BytesIO(b"{}"), "CONTENT_LENGTH": "2"}
        asked = environ | {"CONTENT_TYPE": f"{content_type}; charset={charset}"}
        setup_testing_defaults(asked)
        Utf8Text(WSGIHandler())(asked, lambda status, _: said.append(status))
        return said.pop()

    assert status_of("/?province=%ff", "GET", "text/plain") == "200 OK"
    assert status_of("/api/v1/centres/?limit=%ff", "GET", "text/plain") == "401 Unauthorized"
    assert status_of("/api/v1/tokens/", "POST", "application/json") == "415 Unsupported Media Type"


@pytest.mark.torture("T35")
@pytest.mark.parametrize("address", ["/api/v1/centres/?limit=%00", "/api/v1/rankings/?province=a%00"])
def test_a_nul_in_a_query_is_refused(api: Api, olu: Person, address: str) -> None:
    problem(api(olu).get(address), 400, "forbidden_character")


@pytest.mark.torture("T35")
def test_a_nul_in_an_address_names_nothing(client: Client) -> None:
    problem(client.get("/api/v1/certificates/%00/"), 404, "not_found")
    assert client.get("/certificates/%00/").status_code == 404
    assert client.get("/certificates/?number=%00").status_code == 400


@pytest.mark.torture("T35")
def test_a_query_word_said_twice_is_refused(api: Api, olu: Person) -> None:
    body = problem(api(olu).get("/api/v1/centres/?limit=5&limit=9"), 400, "repeated_parameter")
    assert codes(body) == {"limit": "repeated_parameter"}


@pytest.mark.torture("T35")
def test_an_unknown_state_of_assessments_is_refused(api: Api, olu: Person) -> None:
    problem(api(olu).get("/api/v1/assessments/?state=bogus"), 400, "invalid_choice")


def test_no_redirect_loses_a_body(api: Api, olu: Person) -> None:
    problem(api(olu).post("/api/v1/evidence", b"x", content_type="application/octet-stream"), 404, "not_found")
    assert api(olu).get("/api/v1/evidence").status_code == 301


@pytest.mark.torture("T29", "100 MB with a length")
@pytest.mark.parametrize("address", ["/api/v1/tokens/", "/api/v1/assessments/"])
def test_a_body_of_100_mb_is_refused_by_its_length_alone(api: Api, olu: Person, address: str) -> None:
    """Nothing of it was read: what was sent is shorter than what was said."""
    said = {"content_type": "application/json", "CONTENT_LENGTH": str(100 * 1024**2)}
    problem(api(olu).generic("POST", address, b"{}", **said), 413, "too_large")


@pytest.mark.torture("T03")
@pytest.mark.parametrize("address", ["/sign-in/", "/i18n/setlang/", "/centres/olu-centre/profile/"])
def test_a_form_too_large_for_its_page_is_refused_unread(client: Client, olu: Person, address: str) -> None:
    client.force_login(olu)
    response = client.generic(
        "POST", address, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**40)
    )
    assert response.status_code == 413
    assert b"html" in response.content


@pytest.mark.torture("T03")
def test_the_upload_page_takes_as_much_as_evidence_may_be(client: Client, cast: Cast, settings: Any) -> None:
    settings.EVIDENCE_LIMIT = 5_000_000
    client.force_login(cast.olu)
    page = "/centres/olu-centre/evidence/upload/"
    assert client.post(page, {"file": io.BytesIO(b"x" * 4_000_000)}).status_code == 422
    assert client.post(page, {"file": io.BytesIO(b"x" * 6_000_000)}).status_code == 413


@pytest.mark.torture("T29")
@pytest.mark.parametrize("failure", [ValueError("Invalid chunk size"), OSError("No more data")])
def test_broken_chunks_are_a_bad_request_whatever_the_server_calls_them(failure: Exception) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise failure

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with pytest.raises(UnreadablePostError):
            environ["wsgi.input"].read(1)
        return [b"streamed"]

    door = ChunkedBodies(application, limit=10, streamed=("/upload/",))
    said: list[Any] = []

    def send(path: str) -> bytes:
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "PATH_INFO": path}
        return b"".join(door({**environ, "wsgi.input": Broken()}, lambda *answer: said.append(answer)))

    assert send("/upload/") == b"streamed"
    body = json.loads(send("/"))
    assert said[0][0] == "400 Bad Request"
    assert ("Content-Type", "application/problem+json") in said[0][1]
    assert body["code"] == "incomplete_body"
    assert body["request_id"]


@pytest.mark.torture("T36")
@pytest.mark.parametrize("token", ["\xff\xfe", "ü" * 64, "a" * 64])
def test_nonsense_for_a_token_is_a_wrong_token(client: Client, token: str) -> None:
    response = client.get("/api/v1/centres/", headers={"Authorization": f"Token {token}"})
    problem(response, 401, "authentication_failed")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", ("中心", "请另选")), ("en", ("No such centre", "Choose"))])
def test_a_refusal_that_no_page_has_words_for_is_told_all_the_same(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, str]
) -> None:
    def refuses(*_: Any) -> None:
        message, hint = Text(zh="没有这个中心。", en="No such centre."), Text(zh="请另选一个。", en="Choose another.")
        raise InputError("does_not_exist", message, hint=hint)

    monkeypatch.setattr("assessment.web.views.tasks.desk_of", refuses)
    client.force_login(cast.olu)
    page = client.get("/centres/olu-centre/tasks/", headers={"Accept-Language": language})
    assert page.status_code == 400
    assert all(word in page.content.decode() for word in words)


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [("get", f"/evidence/{UUID(int=0)}/count-again/", "POST"), ("delete", "/my/", "GET")],
)
def test_a_page_that_is_asked_in_another_way_says_so(
    client: Client, olu: Person, method: str, address: str, allow: str
) -> None:
    client.force_login(olu)
    answer = getattr(client, method)(address, headers={"Accept-Language": "zh-hans"})
    assert answer.status_code == 405
    assert allow in answer["Allow"]
    assert "不能直接打开" in answer.content.decode()


@pytest.mark.torture("T35")
def test_guesses_by_the_page_count_with_those_by_the_api(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.http.throttling.SignIn.rate", "2/min", raising=False)
    wrong = {"username": "olu", "password": "wrong"}
    on_page = {"login": "olu", "password": "wrong"}
    assert client.post("/sign-in/", on_page).status_code == 422
    assert client.post("/api/v1/tokens/", wrong, content_type="application/json").status_code == 401
    refused = client.post("/sign-in/", {**on_page, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert client.post("/sign-in/", {"login": "ana", "password": PASSWORD}).status_code == 302
