"""Every refusal under /api/ is a problem document, whoever refused."""

from __future__ import annotations

import ast
import functools
import inspect
import io
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from kombu import Connection
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.test import APIClient

from centres.models import Person
from core.errors import RubricError, UserFacingError
from core.text import Text
from operations.http.chunked import ChunkedBodies
from operations.http.framework_words import in_chinese
from operations.http.problems import _field_errors
from operations.http.serializers import InstantField, StrictSerializer
from operations.http.words import HINT_BY_CODE, WORDS_BY_CODE
from tests.factories import PASSWORD, Cast

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
ROOT = Path(__file__).parents[2]
PACKAGES = ("assessment", "centres", "config", "core", "evidence", "indicators", "operations", "zhiheng")


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert body["code"] == code
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-ID"]
    for item in body["errors"]:
        assert item["message"]["zh"]
        assert item["message"]["en"]
    return body


def codes(body: dict[str, Any]) -> dict[str, str]:
    return {item["field"]: item["code"] for item in body["errors"]}


def test_an_unknown_address(client: Client) -> None:
    problem(client.get("/api/v1/nothing/"), 404, "not_found")
    problem(client.get("/api/"), 404, "not_found")


def _kinds_of(kind: type[UserFacingError]) -> set[type[UserFacingError]]:
    return {kind}.union(*(_kinds_of(one) for one in kind.__subclasses__()))


def test_every_refusal_of_a_request_says_how_to_mend_it() -> None:
    assert WORDS_BY_CODE.keys() - HINT_BY_CODE.keys() == set()


@pytest.mark.parametrize("kind", sorted(_kinds_of(UserFacingError), key=lambda kind: kind.__name__))
def test_no_refusal_can_be_made_without_saying_how_to_mend_it(kind: type[UserFacingError]) -> None:
    hint = inspect.signature(kind).parameters.get("hint")
    assert hint is None or hint.default is inspect.Parameter.empty or isinstance(hint.default, Text)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_refusal_in_the_source_says_how_to_mend_it(package: str) -> None:
    """Read from the source, because no test meets every refusal."""
    without = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _refuses(call) and not _says_how_to_mend(call)
    ]
    assert without == []


def _refuses(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in _refusals()


@functools.cache
def _refusals() -> set[str]:
    """A rubric's author is pointed to its documentation where nothing better is said."""
    kinds = {kind.__name__ for kind in _kinds_of(UserFacingError) if "hint" in inspect.signature(kind).parameters}
    return kinds - {RubricError.__name__}


def _says_how_to_mend(call: ast.Call) -> bool:
    said = next((keyword.value for keyword in call.keywords if keyword.arg == "hint"), None)
    return said is not None and not (isinstance(said, ast.Constant) and said.value is None)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Ensure this field has no more than 200 characters.", "请确保这个字段不能超过 200 个字符。"),
        ("Ensure this value is less than or equal to 1000000.", "请确保该值小于或者等于 1000000。"),
        ("A valid integer is required.", "请填写合法的整数值。"),
        ('"{x}" is not a valid choice.', "“{x}” 不是合法选项。"),
        ("Null characters are not allowed.", "不允许含有 NUL 字符。"),
        ("Nobody's sentence.", None),
    ],
)
def test_the_framework_says_as_much_in_chinese_as_in_english(english: str, chinese: str | None) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize("code", ["max_whole_digits", "max_decimal_places", "a code the framework may yet invent"])
def test_a_fault_of_a_field_has_a_hint_whatever_its_code(code: str) -> None:
    [item] = _field_errors({"share": [ErrorDetail("Ensure that there are no more than 1 digits.", code=code)]})
    assert (item["field"], item["code"]) == ("share", code)
    assert item["hint"]["zh"]
    assert item["hint"]["en"]


def test_without_a_token(client: Client) -> None:
    response = client.get("/api/v1/centres/")
    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"]


def test_the_title_speaks_the_language_asked_for(client: Client) -> None:
    zh = client.get("/api/v1/centres/", headers={"Accept-Language": "zh-CN"}).json()
    en = client.get("/api/v1/centres/", headers={"Accept-Language": "en"}).json()
    assert (zh["title"], en["title"]) == ("需要登录", "Sign-in needed")
    assert zh["errors"] == en["errors"]


def test_a_method_that_is_not_taken(api: Api, olu: Person) -> None:
    problem(api(olu).delete("/api/v1/centres/"), 405, "method_not_allowed")


@pytest.mark.torture("T29", "another content type")
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json; charset=utf-16", '{"username": "a"}'.encode("utf-16")),
        ("application/json; charset=foo", b"{}"),
        ("application/xml", b"<a/>"),
        ("text/plain", b"{}"),
    ],
)
def test_another_content_type_or_charset(client: Client, content_type: str, body: bytes) -> None:
    response = client.generic("POST", "/api/v1/tokens/", body, content_type=content_type)
    problem(response, 415, "unsupported_media_type")


@pytest.mark.torture("T29")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"username": "a", "username": "b"}', 400, "duplicate_key"),
        (b'{"username": NaN}', 400, "not_a_number"),
        (b"{", 400, "malformed_json"),
        (b'"' + b"x" * 1_100_000 + b'"', 413, "too_large"),
    ],
)
def test_bodies_that_stock_parsers_mistake(client: Client, body: bytes, status: int, code: str) -> None:
    response = client.post("/api/v1/tokens/", data=body, content_type="application/json")
    [item] = problem(response, status, code)["errors"]
    assert item["hint"]


@pytest.mark.torture("T29", "an array for an object")
def test_an_array_where_an_object_belongs(client: Client) -> None:
    problem(client.post("/api/v1/tokens/", data=[1], content_type="application/json"), 400, "invalid")


@pytest.mark.torture("T30")
def test_unknown_fields_are_named_each(client: Client) -> None:
    said = {"username": "a", "password": "b", "score": 100, "is_staff": True}
    body = problem(client.post("/api/v1/tokens/", data=said, content_type="application/json"), 400, "unknown_field")
    assert codes(body) == {"score": "unknown_field", "is_staff": "unknown_field"}


def test_missing_fields_are_named_each(client: Client) -> None:
    body = problem(client.post("/api/v1/tokens/", data={}, content_type="application/json"), 400, "required")
    assert codes(body) == {"username": "required", "password": "required"}


@pytest.mark.torture("T35", "limit=1000000000", "broken cursor", "unknown filter", "unknown ordering")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=1000000000", "bad_limit"),
        ("limit=0", "bad_limit"),
        ("limit=１２", "bad_limit"),
        ("cursor=broken", "bad_cursor"),
        ("sort=name", "unknown_parameter"),
        ("province=x", "unknown_parameter"),
    ],
)
def test_bad_queries(api: Api, olu: Person, query: str, code: str) -> None:
    problem(api(olu).get(f"/api/v1/centres/?{query}"), 400, code)


@pytest.mark.torture("T35", "foreign cursor")
def test_a_cursor_is_good_for_its_own_list_and_reader_only(api: Api, cast: Cast) -> None:
    first = api(cast.ana).get("/api/v1/centres/?limit=1").json()
    assert [centre["slug"] for centre in first["results"]] == ["olu-centre"]
    following = first["next"].partition("testserver")[2]
    assert [c["slug"] for c in api(cast.ana).get(following).json()["results"]] == ["zoe-centre"]
    problem(api(cast.ravi).get(following), 400, "bad_cursor")
    problem(api(cast.ana).get(following.replace("centres", "evidence")), 400, "bad_cursor")


@pytest.mark.torture("T35", "too many requests", "Retry-After", "remaining quota")
def test_too_many_guesses_are_told_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.http.throttling.SignIn.rate", "2/min", raising=False)
    said = {"username": "olu", "password": "wrong"}
    for _ in range(2):
        assert client.post("/api/v1/tokens/", data=said, content_type="application/json").status_code == 401
    response = client.post("/api/v1/tokens/", data=said, content_type="application/json")
    problem(response, 429, "throttled")
    assert int(response["Retry-After"]) > 0
    assert response["RateLimit-Remaining"] == "0"


@pytest.mark.torture("T35", "other users unaffected")
def test_who_asks_too_much_holds_up_nobody_else(api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.http.throttling.ByPerson.rate", "2/min", raising=False)
    hasty = [api(cast.olu).get("/api/v1/centres/") for _ in range(3)]
    assert [answer.status_code for answer in hasty] == [200, 200, 429]
    problem(hasty[2], 429, "throttled")
    assert int(hasty[2]["Retry-After"]) > 0
    assert hasty[2]["RateLimit-Remaining"] == "0"
    assert api(cast.zoe).get("/api/v1/centres/").status_code == 200


def test_every_answer_says_what_is_left(api: Api, olu: Person) -> None:
    assert int(api(olu).get("/api/v1/centres/")["RateLimit-Remaining"]) > 0


@pytest.mark.torture("T39", "database away", "503 with Retry-After")
def test_a_database_that_is_away_is_503_and_not_a_bug(api: Api, olu: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("centres.api.views.visible_centres", away)
    response = api(olu).get("/api/v1/centres/")
    problem(response, 503, "unavailable")
    assert response["Retry-After"]


def test_a_bug_is_a_problem_document_without_its_trace(api: Api, olu: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret path")

    monkeypatch.setattr("centres.api.views.visible_centres", broken)
    client = api(olu)
    client.raise_request_exception = False
    response = client.get("/api/v1/centres/")
    problem(response, 500, "server_error")
    assert b"secret path" not in response.content


@pytest.mark.torture("T36", "revoked token")
def test_a_token_lives_until_it_is_given_back(client: Client, cast: Cast) -> None:
    said = {"username": "olu", "password": PASSWORD}
    given = client.post("/api/v1/tokens/", data=said, content_type="application/json")
    assert given.status_code == 201, given.content
    headers = {"Authorization": f"Token {given.json()['token']}"}
    assert client.get("/api/v1/centres/", headers=headers).status_code == 200
    assert client.delete("/api/v1/tokens/", headers=headers).status_code == 204
    problem(client.get("/api/v1/centres/", headers=headers), 401, "authentication_failed")


def test_a_form_larger_than_a_body_may_be(client: Client, api: Api, olu: Person) -> None:
    client.force_login(olu)
    response = client.post("/api/v1/tokens/", data={"a": "x" * 1_200_000})
    problem(response, 413, "too_large")


@pytest.mark.torture("T29", "without a length")
def test_a_long_body_without_a_length_is_cut_off() -> None:
    seen = {}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen["body"] = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return [b""]

    door = ChunkedBodies(application, limit=10, streamed=("/upload/",))
    statuses: list[str] = []

    def send(body: bytes) -> None:
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "PATH_INFO": "/"}
        door({**environ, "wsgi.input": io.BytesIO(body)}, lambda status, _: statuses.append(status))

    send(b"short")
    assert seen["body"] == b"short"
    send(b"x" * 11)
    assert [status[:3] for status in statuses] == ["413"]


def test_health_is_told_apart_from_readiness(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json()["checks"] == {"database": True, "store": True, "broker": True}


def test_a_lost_store_makes_the_platform_unready_but_alive(client: Client, settings: Any) -> None:
    settings.STORE_ROOT = settings.STORE_ROOT / "gone"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["store"] is False
    assert client.get("/healthz").status_code == 200


@pytest.mark.torture("T39", "readiness shows the failing part")
def test_a_lost_database_makes_the_platform_unready_but_alive(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("operations.api.health.MigrationExecutor", away)
    response = client.get("/readyz")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json()["checks"] == {"database": False, "store": True, "broker": True}
    assert client.get("/healthz").status_code == 200


@pytest.mark.torture("T39", "liveness stays up")
def test_a_lost_broker_folder_makes_the_platform_unready_but_alive(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = settings.HOME / "broker"
    lost = Connection("filesystem://", transport_options={"data_folder_in": str(folder)})
    monkeypatch.setattr("celery.app.base.Celery.connection_for_write", lambda _: lost)
    assert client.get("/readyz").json()["checks"]["broker"] is False
    assert client.get("/healthz").status_code == 200
    folder.mkdir()
    assert client.get("/readyz").json()["checks"]["broker"] is True


def test_the_schema_names_every_route(client: Client) -> None:
    schema = client.get("/api/v1/schema/").json()
    assert schema["openapi"].startswith("3.1")
    assert {"/api/v1/evidence/", "/api/v1/tokens/", "/api/v1/centres/{slug}/profile/"} <= set(schema["paths"])


def test_each_component_of_the_schema_has_a_name_of_its_own(client: Client, recwarn: pytest.WarningsRecorder) -> None:
    from drf_spectacular.drainage import GENERATOR_STATS

    with GENERATOR_STATS.silence():
        client.get("/api/v1/schema/")
        told = [str(message) for message in GENERATOR_STATS._warn_cache]
    assert not [message for message in told if "identical names" in message]


@pytest.mark.torture("T35")
@pytest.mark.long
def test_first_readers_of_the_schema_do_not_get_into_each_others_way() -> None:
    """In a process of its own, because only the first requests of a process can race."""
    told = subprocess.run([sys.executable, "-c", _RACE], capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["200"] * 8, told.stderr[-2000:]


_RACE = """
import os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.test import Client
sys.setswitchinterval(1e-5)
begin, found = threading.Barrier(8), []
def ask():
    begin.wait()
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    found.append(client.get("/api/v1/schema/").status_code)
threads = [threading.Thread(target=ask) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*found)
"""


def test_no_instant_that_is_handed_in_is_placed_where_this_installation_is() -> None:
    """The framework's field makes a naive time one of our own zone, whatever was meant."""
    import config.urls  # noqa: F401  (so that every door is there)

    asked = [
        f"{kind.__name__}.{name}"
        for kind in _kinds_below(StrictSerializer)
        if not kind.__name__.endswith("Answer")
        for name, field in kind().fields.items()
        if isinstance(field, serializers.DateTimeField) and not isinstance(field, InstantField)
    ]
    assert asked == []


def _kinds_below(kind: type[StrictSerializer]) -> set[type[StrictSerializer]]:
    return {one for below in kind.__subclasses__() for one in {below, *_kinds_below(below)}}
