"""Nonsense at every door is refused with its words in both languages, writes nothing and breaks nothing.

Routes, worlds and people are those of the matrix of tenants; who asks is somebody who comes far enough to have a field
read. By day one value is typed into one field of a form, and into each field of a body, others from door to door; in a
night (`script/nightly hostile`) every value into every field.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from tests.hostile.forms import forms_of
from tests.hostile.values import BODIES, FILES, NAMES, QUERIES, TYPED, VALUES, File, bodies
from tests.second_factor import give_factor, proved_token
from tests.tenancy.routes import Route, described, document, routes
from tests.tenancy.rules import RULES
from tests.tenancy.test_matrix import _GIVEN, measured, worlds  # noqa: F401  (fixtures)
from tests.tenancy.worlds import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.torture("T29"), pytest.mark.torture("T35")]
AT_NIGHT = "ZHIHENG_HOSTILE" in os.environ
JSON = "application/json"
PROBLEM = {"type", "title", "status", "detail", "code", "request_id", "errors"}
# Kept of what was refused: who tried, the session, and the words of somebody who types.
KEPT = {"operations_auditentry", "django_session", "assessment_visitdraft", "operations_keyedrequest"}
# A draft whose cases nobody has run yet: who proposes it is refused, and they are run now.
_RUN_NOW = frozenset({"indicators_edition", "operations_job"})
KEPT_AT = {"indicators:life": _RUN_NOW, "api:propose_edition": _RUN_NOW}
_WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
OF_PAGES = (
    *("page", "number", "province", "scale", "use", "edition", "show", "file", "line", "cell", "after", "since"),
    *("from", "class", "map", "kind", "submission", "next"),
)
# Whose parsers have tests of their own, or which change the asking client itself.
ELSEWHERE = {"api:tokens", "set_language", "centres:sign_in", "centres:sign_out"}


class Asker:
    """One person at both kinds of doors; whatever an act did is looked at and undone.

    `seen` is the page that was answered last.
    """

    def __init__(self, person: Any) -> None:
        self.api, self.page = APIClient(raise_request_exception=False), Client(raise_request_exception=False)
        self.person = person
        if person is not None:
            give_factor(person)
            self.token = proved_token(person)
            self.page.force_login(person)
        self.jar, self.seen = self.page.cookies.copy(), ""

    def __call__(self, route: Route, method: str, address: str, body: Any = None) -> list[str]:
        """What is wrong with the answer."""
        touched: set[str] = set()

        def watched(execute: Any, sql: str, *asked: Any) -> Any:
            touched.update(_WRITES.findall(sql))
            return execute(sql, *asked)

        with transaction.atomic(), connection.execute_wrapper(watched):
            before = transaction.savepoint()
            got = self.answer(route, method, address, body)
            self.seen = "" if got.streaming else got.content.decode(errors="replace")
            wrong = []
            if got.status_code >= 400:
                wrong += _wrong_words(got, is_api=route.is_api)
                kept = KEPT | KEPT_AT.get(route.name, set())
                wrong += [f"{got.status_code}, but {table} was written" for table in _changed(touched - kept, before)]
            transaction.set_rollback(True)
        return wrong

    def answer(self, route: Route, method: str, address: str, body: Any = None, *, media: str = JSON) -> Any:
        cache.clear()  # whoever asks thousands of times is slowed down
        headers = {"Accept-Language": "zh-hans", "Tus-Resumable": "1.0.0", "If-Match": "*"}  # whichever there is
        if not route.is_api:
            self.page.cookies = self.jar.copy()
            return getattr(self.page, method)(address, body, headers=headers)
        if self.person is not None:
            self.api.force_authenticate(self.person, copy(self.token))
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {} if method == "get" else {"data": raw, "content_type": media}
        return self.api.generic(method.upper(), address, **given, headers=headers)


def _wrong_words(got: Any, *, is_api: bool) -> Iterator[str]:
    """Of a refusal: a document of the contract, or a page, in Chinese for who asks in Chinese."""
    if got.status_code >= 500:
        yield f"answers {got.status_code}"
    elif is_api:
        said = json.loads(got.content) if got["Content-Type"] == "application/problem+json" else {}
        if set(said) != PROBLEM or not said["errors"]:
            yield f"{got.status_code} is no problem document that lists its errors"
        for item in said.get("errors", ()):
            if not item["hint"] or not all(_CHINESE.search(item[part]["zh"]) for part in ("message", "hint")):
                yield f"{item['code']} does not say in Chinese what is wrong and how to mend it"
            if not all(item[part] and item[part]["en"] for part in ("message", "hint")):
                yield f"{item['code']} does not say in English what is wrong and how to mend it"
    else:
        page = got.content.decode()
        if "<html" not in page or not _CHINESE.search(page):
            yield f"{got.status_code} is no page in Chinese"
        elif got.status_code == 422 and 'role="alert"' not in page:
            yield "422 without a summary of what is wrong"


def _changed(touched: set[str], before: str) -> list[str]:
    """Which tables hold something else than at the savepoint, which is gone back to."""
    tables = sorted(touched)
    after = [_rows(table) for table in tables]
    if tables:
        transaction.savepoint_rollback(before)
    return [table for table, rows in zip(tables, after, strict=True) if rows != _rows(table)]


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (a table of ours)
        return sorted(cursor.fetchall(), key=repr)


def _address(route: Route, one: World) -> str:
    rule, values = RULES[route.name], _GIVEN | one.parts
    return route.address(values | ({route.parameters[0]: one.objects[rule.of]} if rule.of else {}))


def _who(route: Route) -> list[str]:
    rule = RULES[route.name]
    nobodys = route.is_api and not rule.of  # a door of the body as well as of a centre
    return list(dict.fromkeys((rule.shows("get"), rule.shows("post"), *(["administrator"] if nobodys else ()))))


def _doors(*, api: bool) -> Iterator[Route]:
    return (one for one in routes() if one.is_api is api and one.name in RULES and one.name not in ELSEWHERE)


@pytest.mark.long
def test_nonsense_at_every_door_is_refused_in_words_and_changes_nothing(worlds: Any) -> None:  # noqa: F811  (the fixture)
    people, (here, *_) = worlds[0], worlds[1].values()
    askers = {role: Asker(person) for role, person in people.items()}
    faults = [*_bodies(askers, here), *_queries(askers, here), *_pages(askers, here)]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def _bodies(askers: dict[str, Asker], here: World) -> Iterator[str]:
    wholes = itertools.cycle(BODIES)
    for route in _doors(api=True):
        for method in sorted({*route.methods} - {"get"}):
            content = described(route, method).get("requestBody", {}).get("content", {})
            asked = [("whole body", next(wholes))]
            if JSON in content:
                schema = content[JSON]["schema"]
                asked += bodies(schema, document(), of_each=len(VALUES) if AT_NIGHT else 1)
            for role in _who(route):
                for what, body in asked:
                    found = askers[role](route, method, _address(route, here), body)
                    yield from (f"{route.name} {method} as {role}, {what}: {fault}" for fault in found)


def _queries(askers: dict[str, Asker], here: World) -> Iterator[str]:
    turn = itertools.cycle(QUERIES)
    for route in _doors(api=True):
        taken = described(route, "get").get("parameters", [])
        names = ["unknown", *(one["name"] for one in taken if one["in"] == "query")]
        for name in names if AT_NIGHT else names[-2:]:
            for value in QUERIES if AT_NIGHT else (next(turn),):
                role = RULES[route.name].shown_to
                found = askers[role](route, "get", f"{_address(route, here)}?{name}={value}")
                yield from (f"{route.name} as {role}, {name} = {value:.40}: {fault}" for fault in found)


def _pages(askers: dict[str, Asker], here: World) -> Iterator[str]:
    """Each page with nonsense in its address, then with nonsense in every form it shows, and files that are none."""
    queries, turn, place, seen = itertools.cycle(QUERIES), itertools.cycle(TYPED), itertools.count(), set()
    for route in _doors(api=False):
        for role in _who(route):
            ask, value, address = askers[role], next(queries), _address(route, here)
            query = "&".join(f"{name}={value}" for name in OF_PAGES)
            yield from (
                f"{route.name} as {role}, ?…={value:.40}: {one}" for one in ask(route, "get", f"{address}?{query}")
            )
            shown = ask.seen
            for action, sent in _forms(shown):
                if (shape := (route.name, *sorted(sent.items()))) in seen:
                    continue
                seen.add(shape)
                for name in sent if AT_NIGHT else itertools.islice(itertools.cycle(sent), at := next(place), at + 1):
                    for typed in TYPED if AT_NIGHT else (next(turn),):
                        found = ask(route, "post", action or address, sent | {name: typed})
                        yield from (f"{route.name} as {role}, {name} = {typed!r:.40}: {one}" for one in found)
            for action, sent in _with_files(shown):
                found = ask(route, "post", action or address, sent)
                file = next(one for one in sent.values() if isinstance(one, File))
                yield from (f"{route.name} as {role}, {file.name} of {file.size} bytes: {one}" for one in found)


def _with_files(page: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field that takes a file with each file that is none, beside words and beside none."""
    names = itertools.cycle(NAMES)
    for form in forms_of(page):
        for field, content in itertools.product(form.files, FILES):
            for beside in next(form.sent()), form.wordless():
                yield form.action, beside | {field: File(next(names), content)}


def _forms(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    return ((form.action, sent) for form in forms_of(page) for sent in form.sent() if "language" not in sent)
