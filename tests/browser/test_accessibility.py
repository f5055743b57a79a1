"""Every page in both languages: axe-core finds nothing against WCAG 2.2 AA, and 320 px are wide enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.filled import Filled, fill
from tests.browser.sweep import NO_PAGES, by_person, faults, page_routes, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="session")
def filled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(site, tmp_path_factory.mktemp("filled"))


def test_every_route_is_swept_or_no_page() -> None:
    swept = {visit.name for visit in visits("demo-any")}
    assert swept | set(NO_PAGES) == page_routes()
    assert not swept & set(NO_PAGES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nobody_is_shut_out(site: Site, filled: Filled, person_at: Callable[..., Page], language: str) -> None:
    found = []
    for person, all_visits in by_person(visits(site.centre)).items():
        page = person_at(person or None)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        for visit in all_visits:
            address = visit.address(filled)
            found += [f"{address} ({person or 'nobody'}): {words}" for words in faults(page, visit, address)]
            assert page.locator("html").get_attribute("lang") == language
    assert not found, "\n".join(found)
