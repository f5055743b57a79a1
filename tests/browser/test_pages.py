"""The table of the sweep is whole, and gives no reason that the code contradicts. None of this needs a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT
from tests.browser.pages import NO_PAGES, PAGES
from tests.browser.routes import page_routes
from tests.browser.states import ELSEWHERE, STATES, NeverEmpty, NeverRefused, NeverWrong, Sights
from tests.browser.sweep import Documents
from tests.tenancy.rules import ANYBODY, RULES

# Reasons the code cannot be asked about, with the one page each is true of.
TAKEN_ON_TRUST = {NeverEmpty.ONESELF: "centres:staff", NeverEmpty.UNDOCUMENTED: "evidence:format"}
ALLOWED: dict[str, type[StrEnum]] = {"empty": NeverEmpty, "error": NeverWrong, "no_permission": NeverRefused}


@pytest.mark.slow
def test_every_route_is_swept_or_no_page(tmp_path: Path) -> None:
    """Also those that only an installation with sign-in elsewhere has."""
    variables = {"ZHIHENG_HOME": str(tmp_path), "ZHIHENG_OIDC_SERVER": "https://id.example.org"}
    asked = [sys.executable, "-m", "tests.browser.console", "routes"]
    told = subprocess.run(asked, cwd=ROOT, env=os.environ | variables, check=True, capture_output=True, text=True)
    there = set(told.stdout.split())
    assert page_routes().keys() < there
    assert PAGES.keys() - there == set(), "pages of the sweep that are no more"
    assert there - PAGES.keys() - NO_PAGES.keys() == set(), "routes without a row in tests/browser/pages.py"
    assert not PAGES.keys() & NO_PAGES.keys()
    assert ELSEWHERE.keys() == PAGES.keys() - page_routes().keys()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_four_states_or_says_why_not(name: str) -> None:
    sights = PAGES[name]
    for state in STATES:
        reason = sights.reason(state)
        assert sights.of(state) or isinstance(reason, ALLOWED[state]), state
    assert all(one.status == 200 for one in sights.of("full"))
    assert all(one.status != 200 or one.lands for one in sights.of("no_permission"))


@pytest.mark.parametrize("name", sorted(PAGES.keys() - ELSEWHERE.keys()))
def test_no_reason_is_contradicted_by_the_code(name: str) -> None:
    assert list(contradictions(name, PAGES[name])) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("assessment:tasks", {"no_permission": NeverRefused.OPEN}),
        ("assessment:centre", {"no_permission": NeverRefused.OPEN}),
        ("assessment:findings", {"error": NeverWrong.NOTHING_GIVEN}),
        ("evidence:saved_map", {"error": NeverWrong.NOTHING_GIVEN}),
        ("assessment:announcements", {"empty": NeverEmpty.ONE_THING}),
        ("assessment:visit", {"empty": NeverEmpty.ONE_THING}),
        ("assessment:history", {"empty": NeverEmpty.FORM}),
        ("assessment:mine", {"empty": NeverEmpty.ABSENT}),
        ("centres:people", {"empty": NeverEmpty.ONESELF}),
    ],
)
def test_a_reason_that_is_not_true_is_found(name: str, said: dict[str, StrEnum]) -> None:
    assert list(contradictions(name, replace(PAGES[name], **said)))


def test_only_a_document_that_differs_in_its_words_is_another_one() -> None:
    documents, form = Documents(), '<input name="csrfmiddlewaretoken" value="{}"><input value="{}"><p>{}</p>'
    assert documents.is_new(form.format("a1", "/my/?page=2", "Sign in"), "/my/?page=2")
    assert not documents.is_new(form.format("b2", "/board/", "Sign in"), "/board/")
    assert documents.is_new(form.format("b2", "/board/", "Not for this account"), "/board/")


def contradictions(name: str, sights: Sights) -> Iterator[str]:
    """What the code says against the reasons of a page."""
    route, empty = page_routes()[name], sights.reason("empty")
    if route.takes_forms and not any(one.status in (404, 422) for one in sights.of("error")):
        yield "it takes a form, which can be refused"
    if route.parameters and not sights.of("error"):
        yield "its address names something that may not be there"
    if sights.reason("no_permission") is NeverRefused.OPEN:
        if route.asks_who:
            yield "its view asks who one is"
        if RULES[name].of and RULES[name].sight is not ANYBODY:
            yield "what it shows belongs to somebody, as tests/tenancy/rules.py says"
        if all(one.by for one in sights.of("full")):
            yield "nobody was seen to open it"
    if empty in (NeverEmpty.FORM, NeverEmpty.ONE_THING) and route.has_an_empty_box:
        yield "its template says what stands there when nothing does"
    if empty is NeverEmpty.FORM and not route.takes_forms:
        yield "it takes no form"
    if TAKEN_ON_TRUST.get(empty, name) != name:
        yield "that is true of another page"
    if empty is NeverEmpty.ABSENT and not any(one.status == 404 for one in sights.of("error")):
        yield "no error shows it as absent"
