"""Every route × every role × {own, foreign, none}: what is another's is as absent as what never was.

Routes come from the URL configuration, methods of the API from its OpenAPI document, who sees what from `rules`. That
the foreign object was there is shown each time by somebody who gets another answer for it than for a name of nothing.
By day every route is asked by a stranger, by a centre, by a regulator and by whoever shows that something is there; in
a night (`script/nightly matrix`) by everybody.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from centres.models import Person
from indicators.models import Edition, EditionState
from tests.assessment.conftest import measured  # noqa: F401  (a fixture)
from tests.editions import zhisuan
from tests.second_factor import give_factor, proved_token
from tests.tenancy.routes import Route, documented_methods, routes
from tests.tenancy.rules import RULES, SIGHT_OF, Rule
from tests.tenancy.worlds import HERE, THERE, World, everybody, nowhere, world

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T31")]

# What a route of everybody is asked with.
_GIVEN = {
    **{
        "rubric": "zhisuan",
        "edition": "2026.0",
        "code": "GR-1.1",
        "number": "1",
        "token": "x" * 43,
        "pk": str(uuid.UUID(int=1)),
    },
    **{"uidb36": "1", "key": "set-password", "name": "sus", "ending": "csv", "username": "nobody", "question": "1"},
    "photograph": "00000000-0000-0000-0000-000000000001",
    "province": "贵州",
}
BY_DAY = ("nobody", "owner_here", "regulator_here")
# Long answers made without asking who asks: two people are enough.
SAME_FOR_ALL = {"api:schema"}
# What the case of a world does not have in its state: there the foreign answer is compared, and nothing shown.
NOT_YET = {
    "api:assessment_package",
    "api:surveillances",
    "api:rating_draft",
    "api:evidence_changes",
    "assessment:apply",
    "assessment:version_changes",
    "assessment:desk_agreement",
    "assessment:desk_draft",
    "assessment:sample_record",
}
# Of every answer differently: who asked when, and the token of its forms.
_PASSING = re.compile(r'"request_id":\s*"[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"csrf[^,}]*')


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    leads_to: str
    queries: int = 0

    @property
    def hides(self) -> bool:
        """Whether this may be said of something one does not see."""
        return self.status in (400, 401, 403, 404, 405, 415, 428) or "/sign-in/" in self.leads_to


class Asking:
    """One person's clients; whatever an act did is undone."""

    def __init__(self, person: Person | None) -> None:
        self.page, self.api = Client(raise_request_exception=False), APIClient(raise_request_exception=False)
        if person is not None:
            self.page.force_login(person)
            give_factor(person)
            self.token = proved_token(person)
        self.person = person
        self.signed_in = (self.page.cookies.copy(), self.api.cookies.copy())

    def __call__(self, route: Route, method: str, address: str) -> Answer:
        cache.clear()  # whoever asks thousands of times is slowed down
        if self.person is not None:
            self.api.force_authenticate(self.person, copy(self.token))  # one act of the API makes an end of its token
        headers = {"Accept-Language": "en"}
        asked: list[str] = []

        def counted(execute: Any, sql: str, *more: Any) -> Any:
            asked.append(sql)
            return execute(sql, *more)

        with transaction.atomic(), connection.execute_wrapper(counted):
            if route.is_api:
                headers |= {"Tus-Resumable": "1.0.0", "If-Match": "*"}
                given: dict[str, Any] = {} if method == "get" else {"data": {}, "format": "json"}
                got: Any = getattr(self.api, method)(address, **given, headers=headers)
            else:
                got = getattr(self.page, method)(address, headers=headers)
            self.page.cookies, self.api.cookies = (jar.copy() for jar in self.signed_in)  # signing out is undone too
            body = b"" if got.streaming else got.content
            got.close()
            transaction.set_rollback(True)
        return Answer(got.status_code, body.decode(errors="replace"), got.headers.get("Location", ""), len(asked))


class Everybody(dict[str, Asking]):
    """By role; whoever asks for the first time signs in."""

    def __init__(self, people: dict[str, Person | None]) -> None:
        super().__init__()
        self._people = people

    def __missing__(self, role: str) -> Asking:
        self[role] = Asking(self._people[role])
        return self[role]

    def asked(self, route: Route, method: str) -> list[str]:
        """Who asks for it: of what should not be there, the centre alone."""
        if method in route.undocumented:
            return ["owner_here"]
        if route.name in SAME_FOR_ALL:
            return ["nobody", "owner_here"]
        if "ZHIHENG_MATRIX" in os.environ:
            return list(self._people)
        return list(dict.fromkeys((*BY_DAY, RULES[route.name].shown_to)))


@pytest.fixture
def worlds(quick_parser: None, measured: dict[str, str], settings: Any) -> tuple[dict[str, Any], dict[str, World]]:  # noqa: F811
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING = True, "single"
    read = zhisuan()
    edition = Edition.objects.create(
        rubric=read.rubric,
        edition=read.edition,
        digest=read.digest,
        content=dict(read.content),
        standing_zh=read.standing.zh,
        standing_en=read.standing.en,
        state=EditionState.PUBLISHED,
        sealed=True,
    )
    people = everybody()
    return people, {where: world(where, people, edition) for where in (HERE, THERE)}


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    names = {route.name for route in routes()}
    assert names - set(RULES) == set(), "routes nobody said whose they are; add them to tests/tenancy/rules.py"
    assert set(RULES) - names == set(), "rules of routes that are no more"


def test_every_door_of_the_api_is_in_its_document() -> None:
    documented = set(documented_methods())
    assert {
        route.name
        for route in routes()
        if route.is_api and re.sub(r"<[^>]+>", "{}", "/" + route.template) not in documented
    } <= {"api:schema"}


@pytest.mark.slow
@pytest.mark.long
def test_what_is_anothers_is_as_absent_as_what_never_was(worlds: tuple[dict[str, Any], dict[str, World]]) -> None:
    people, there = worlds
    asking = Everybody(people)
    faults = [fault for route in routes() if route.name in RULES for fault in _faults(route, asking, there)]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def _faults(route: Route, asking: Everybody, worlds: dict[str, World]) -> Iterator[str]:
    rule, absent = RULES[route.name], nowhere()
    absent = replace(absent, parts=worlds[HERE].parts)  # only what is asked for is another
    for method in (*route.methods, *route.undocumented):
        shown = False
        for role in asking.asked(route, method):
            ask = asking[role]
            case, sees = f"{route.name} {method} as {role}", rule.seen_by.get(role, ())
            none = ask(route, method, _address(route, rule, absent, method))
            yield from _told(case, role, none, worlds)
            if none.status >= 500:
                yield f"{case}: {none.status} to a name of nothing"
            for where in _asked_for(rule, role, sees, method):
                one = worlds[where]
                got = ask(route, method, _address(route, rule, one, method))
                same = (got.status, _bare(got, one, rule)) == (none.status, _bare(none, absent, rule))
                yield from _told(f"{case}, {where}", role, Answer(0, _bare(got, one, rule), ""), worlds)
                if got.status >= 500:
                    yield f"{case}, {where}: answers {got.status}"
                elif where not in sees and not got.hides:
                    yield f"{case}, {where}: answers {got.status} to what it should not see"
                elif where not in sees and not same:
                    yield f"{case}, {where}: {got.status} is not the {none.status} to a name of nothing"
                elif where not in sees and got.queries != none.queries:  # as long as it takes to find nothing
                    yield f"{case}, {where}: {got.queries} queries, {none.queries} to a name of nothing"
                shown |= role == rule.shown_to and where in sees and not same
        if (
            rule.of
            and method in route.methods
            and not shown
            and none.status not in ((405,) if method == "get" else (400, 405))
            and route.name not in NOT_YET
        ):
            yield f"{route.name} {method}: {rule.shown_to} is not shown that anything is there"


def _asked_for(rule: Rule, role: str, sees: tuple[str, ...], method: str) -> tuple[str, ...]:
    """Both worlds where one is unseen; of those who see both, one world, and acts by whoever shows that it is there."""
    if not rule.of:
        return ()
    if HERE not in sees or THERE not in sees:
        return (HERE, THERE)
    return (HERE,) if method == "get" or role == rule.shown_to else ()


def _address(route: Route, rule: Rule, one: World, method: str) -> str:
    values = _GIVEN | one.parts
    if rule.of:
        values |= {route.parameters[0]: one.objects[rule.of]}
    return route.address(values) + (rule.query if method == "get" else "")


def _bare(answer: Answer, one: World, rule: Rule) -> str:
    """What was said, without what differs each time and without the name that was asked for."""
    said = _PASSING.sub("", answer.text) + answer.leads_to
    return said.replace(one.objects[rule.of], "*") if rule.of else said


def _told(case: str, role: str, answer: Answer, worlds: dict[str, World]) -> Iterator[str]:
    for kind, sight in SIGHT_OF.items():
        for where in {HERE, THERE} - set(sight.get(role, ())):
            if worlds[where].objects[kind] in answer.text:
                yield f"{case}: names the {kind} of {where}"
