"""Every page in both languages and each of its states: axe-core finds nothing against WCAG 2.2 AA, and 320 px do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, begin_signing_in, confirm, enter, windows
from tests.browser.filled import Filled, fill
from tests.browser.pictures import LANGUAGES, Album, asked_for
from tests.browser.states import BARE, HALF_IN, HERE
from tests.browser.sweep import Documents, Look, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REFUSALS = (403, 404, 422)


@pytest.fixture(scope="session")
def filled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(site, tmp_path_factory.mktemp("filled"))


@pytest.fixture(scope="session")
def documents() -> Documents:
    return Documents()


@pytest.fixture(scope="session")
def album() -> Iterator[Album]:
    album = Album(asked_for())
    yield album
    album.bind()


def _who(at: str) -> list[str]:
    return sorted({visit.by for visit in visits() if visit.at == at})


@pytest.fixture
def look(documents: Documents, filled: Filled, album: Album) -> Callable[..., list[str]]:
    """What one person finds wrong in either language; pictures are numbered in the order of the table."""

    def faults(page: Page, site: Site, *, at: str, by: str) -> list[str]:
        page.add_init_script(AXE_SCRIPT)
        found = []
        for language in LANGUAGES:
            page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
            for number, visit in enumerate(visits()):
                if (visit.at, visit.by) == (at, by):
                    address = visit.address(filled)
                    pictured = partial(_picture, album, page, number)
                    told = Look(page, language, documents, pictured).faults(visit, address)
                    found += [f"{address} ({visit.state}, {language}): {words}" for words in told]
        return found

    return faults


def _picture(album: Album, page: Page, number: int, called: str) -> None:
    album.take(page, f"{number:03}-{called}")


@pytest.mark.parametrize("person", _who(HERE), ids=lambda name: name or "nobody")
def test_no_page_shuts_anybody_out(
    site: Site, person_at: Callable[..., Page], look: Callable[..., list[str]], person: str
) -> None:
    page = person_at("" if person == HALF_IN else person, refusals=REFUSALS)
    if person == HALF_IN:
        begin_signing_in(page, site, "publisher")
        page.wait_for_url("**/sign-in/code/**")
    elif person and not site.people[person].get("second_factor"):
        confirm(page, site, person)
    found = look(page, site, at=HERE, by=person)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("person", _who(BARE), ids=lambda name: name or "nobody")
def test_nor_does_one_where_nothing_is_there_yet(
    bare_site: Site, chromium: Browser, look: Callable[..., list[str]], person: str
) -> None:
    with windows(chromium, bare_site) as open_window:
        page = open_window(refusals=REFUSALS)
        if person:
            enter(page, bare_site, person)
        found = look(page, bare_site, at=BARE, by=person)
    assert not found, "\n".join(found)
