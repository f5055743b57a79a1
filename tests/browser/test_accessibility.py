"""Every page in both languages: axe-core finds nothing against WCAG 2.2 AA, and 320 px are wide enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.filled import Filled, fill
from tests.browser.pictures import LANGUAGES, Album, asked_for
from tests.browser.sweep import NO_PAGES, faults, page_routes, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="session")
def filled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(site, tmp_path_factory.mktemp("filled"))


@pytest.fixture(scope="session")
def album() -> Iterator[Album]:
    album = Album(asked_for())
    yield album
    album.bind()


def test_every_route_is_swept_or_no_page() -> None:
    swept = {visit.name for visit in visits()}
    assert swept | NO_PAGES.keys() == page_routes()
    assert not swept & NO_PAGES.keys()


@pytest.mark.parametrize("person", sorted({visit.by for visit in visits()}), ids=lambda name: name or "nobody")
def test_no_page_shuts_anybody_out(
    site: Site, filled: Filled, person_at: Callable[..., Page], album: Album, person: str
) -> None:
    page = person_at(person or None, refusals=(403, 404, 422))
    page.add_init_script(AXE_SCRIPT)
    found = []
    for language in LANGUAGES:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        for number, visit in enumerate(visits()):
            if visit.by != person:
                continue
            address = visit.address(filled)
            seen = partial(album.take, page, f"{number:03}-{visit.called}")
            found += [f"{address} ({language}): {words}" for words in faults(page, visit, address, seen=seen)]
            assert page.locator("html").get_attribute("lang") == language
    assert not found, "\n".join(found)
