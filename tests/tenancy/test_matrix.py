"""Every route × every role × {own, foreign, none}: what is another's is as absent as what never was.

Routes come from the URL configuration, methods of the API from its OpenAPI document, who sees what from `rules`. That
the foreign object was there is shown each time by somebody who gets another answer for it than for a name of nothing,
and one that does not shut them out: a route that refuses everybody fails. By day every route is asked by a stranger, by
a centre, by whoever shows that something is there and by one role whose turn it is; in a night
(`script/nightly matrix`) by everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from indicators.models import Edition, EditionState
from tests.assessment.conftest import measured  # noqa: F401  (a fixture)
from tests.editions import zhisuan
from tests.tenancy.asking import Answer, Everybody, who_asks
from tests.tenancy.routes import Route, documented_methods, routes
from tests.tenancy.rules import RULES, SIGHT_OF, Rule
from tests.tenancy.worlds import HERE, ROLES, THERE, World, everybody, nowhere, world

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T31")]

# What a route of everybody is asked with, where no object of a world has its name.
_GIVEN = {
    **{"rubric": "zhisuan", "edition": "2026.0", "code": "GR-1.1", "number": "1", "token": "x" * 43},
    **{"uidb36": "1", "key": "set-password", "name": "sus", "ending": "csv", "username": "nobody", "question": "1"},
    **{"photograph": "00000000-0000-0000-0000-000000000001", "part": "opening"},
}
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
    # A draft is the first edition of its rubric.
    "assessment:edition_diff",
    "api:edition_diff",
}
SHUTS_OUT = (401, 403, 404, 405)


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


def test_every_role_asks_at_pages_and_doors_by_day_and_every_route_is_asked() -> None:
    asked = {(role, route.is_api) for route in routes() for method in route.methods for role in who_asks(route, method)}
    assert asked == {(role, is_api) for role in ROLES for is_api in (True, False)}


def test_whoever_is_said_to_see_something_is_one_of_those_who_ask() -> None:
    assert {role for rule in RULES.values() for role in (*rule.seen_by, rule.shown_to)} <= set(ROLES)


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
        shown = unread = False
        for role in who_asks(route, method):
            ask = asking[role]
            case, sees = f"{route.name} {method} as {role}", rule.seen_by.get(role, ())
            none = ask(route, method, address(route, rule, absent, method))
            yield from _told(case, role, none, worlds)
            unread |= role == rule.shows(method) and _is_unread(none, method)
            if none.status >= 500:
                yield f"{case}: {none.status} to a name of nothing"
            for where in _asked_for(rule, role, sees, method):
                one = worlds[where]
                got = ask(route, method, address(route, rule, one, method))
                name = one.objects[rule.of]
                same = (got.status, got.bare(name)) == (none.status, none.bare(absent.objects[rule.of]))
                yield from _told(f"{case}, {where}", role, Answer(0, got.bare(name), ""), worlds)
                if got.status >= 500:
                    yield f"{case}, {where}: answers {got.status}"
                elif where not in sees and not got.hides:
                    yield f"{case}, {where}: answers {got.status} to what it should not see"
                elif where not in sees and not same:
                    yield f"{case}, {where}: {got.status} is not the {none.status} to a name of nothing"
                elif where not in (*sees, *rule.known_to.get(role, ())) and got.queries != none.queries:
                    # As long as it takes to find nothing, for whom there is nothing.
                    yield f"{case}, {where}: {got.queries} queries, {none.queries} to a name of nothing"
                elif where in sees and method == "get":
                    yield from _read(f"{case}, {where}", route, rule, role, got, same=same)
                if role == rule.shows(method) and where in sees:
                    shown |= not same
                    yield from _shut_out(f"{case}, {where}", route, rule, method, got)
            if not rule.of and role == rule.shows(method):
                yield from _shut_out(case, route, rule, method, none)
        if rule.of and method in route.methods and not (shown or unread or route.name in NOT_YET):
            yield f"{route.name} {method}: {rule.shows(method)} is not shown that anything is there"


def _is_unread(none: Answer, method: str) -> bool:
    """Whether what is sent is refused before anybody looks what it is about."""
    return none.status == 405 or (method != "get" and none.status == 400)


def _read(case: str, route: Route, rule: Rule, role: str, got: Answer, *, same: bool) -> Iterator[str]:
    """Whoever is told that it is there reads it, or is told that they may not."""
    if route.name in NOT_YET or got.status == 405:
        return
    if not rule.lets_in(role):
        if got.status != 403:
            yield f"{case}: answers {got.status} to whom its rule does not let in"
    elif same or got.status in SHUTS_OUT:
        yield f"{case}: shuts out with {got.status} whom its rule lets in"


def _shut_out(case: str, route: Route, rule: Rule, method: str, got: Answer) -> Iterator[str]:
    """Who is to be shown it is let in, or refused as the rule declares."""
    if route.name in NOT_YET or method in route.undocumented or (got.status == 405 and not route.is_api):
        return  # a page need not take what is sent, an act need not be read
    declared = rule.answers.get(method)
    if declared is not None and got.status != declared:
        yield f"{case}: answers {got.status}, its rule declares {declared}"
    elif declared is None and (got.status in SHUTS_OUT or got.leads_to_sign_in):
        yield f"{case}: shuts out with {got.status} whoever is to be shown it"


def _asked_for(rule: Rule, role: str, sees: tuple[str, ...], method: str) -> tuple[str, ...]:
    """Both worlds where one is unseen; of those who see both, one world, and acts by whoever shows that it is there."""
    if not rule.of:
        return ()
    if HERE not in sees or THERE not in sees:
        return (HERE, THERE)
    return (HERE,) if method == "get" or role == rule.shows(method) else ()


def address(route: Route, rule: Rule, one: World, method: str) -> str:
    values = _GIVEN | one.parts
    if rule.of:
        values |= {route.parameters[0]: one.objects[rule.of]}
    return route.address(values) + (rule.query if method == "get" else "")


def _told(case: str, role: str, answer: Answer, worlds: dict[str, World]) -> Iterator[str]:
    """No name of an object that this role does not see, and no word of it."""
    for kind, sight in SIGHT_OF.items():
        for where in {HERE, THERE} - set(sight.get(role, ())):
            for said in filter(None, (worlds[where].objects[kind], worlds[where].words.get(kind))):
                if said in answer.text:
                    yield f"{case}: names the {kind} of {where} ({said})"
