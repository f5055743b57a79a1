"""Who looks at each page in which state, and what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Page

from tests.browser.pages import PAGES
from tests.browser.routes import page_routes
from tests.browser.states import ELSEWHERE, Visit, landing

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW, WIDE = 320, 1280
# As a browser without script would send it; the first named button is the one pressed.
SEND = """([selector, given]) => {
  const form = document.querySelector(selector);
  for (const field of form.elements) {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = given[field.name] === field.value;
    else if (field.tagName === 'SELECT' && !(field.name in given)) field.selectedIndex = -1;
    else if (!['hidden', 'submit', 'button'].includes(field.type)) field.value = given[field.name] ?? '';
  }
  const button = form.querySelector('button[type=submit][name]');
  if (button) {
    const act = document.createElement('input');
    [act.type, act.name, act.value] = ['hidden', button.name, button.value];
    form.append(act);
  }
  form.submit();
}"""
RUN_AXE = """async tags => {
  const found = await axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']});
  return found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.target.join(' ')} – ${node.failureSummary.replace(/\\s+/g, ' ')}`));
}"""
EXCESS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')


def visits() -> list[Visit]:
    """Every page in every state it has; and whatever asks who one is, asked for by nobody as well."""
    routes = page_routes()
    found: list[Visit] = []
    for name, sights in PAGES.items():
        found += sights.visits(name)
        if name in routes and routes[name].asks_who and all(one.by for one in sights.of("no_permission")):
            found.append(replace(landing(sights.of("full")[0].place), name=name, state="no_permission"))
    return found


class Documents:
    """Which were looked at: the same one behind many addresses is one page, and is judged once.

    Nothing but the token of its forms and the address it was asked for at may differ.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def is_new(self, text: str, *addresses: str) -> bool:
        """Whether nothing like it was seen; `addresses`: those that were asked for and led to it."""
        bare = _TOKEN.sub("", text)
        for address in addresses:
            bare = bare.replace(f'"{escape(address)}"', '""')
        new = bare not in self._seen
        self._seen.add(bare)
        return new


@dataclass(frozen=True)
class Look:
    """Somebody looks at pages in a language; `pictured` is told of each document that was not seen before."""

    page: Page
    language: str
    documents: Documents
    pictured: Callable[[str], None]

    def faults(self, visit: Visit, address: str) -> Iterator[str]:
        """What is wrong with a page in a state."""
        if visit.state == "no_permission" or visit.status == 404:
            yield from self._turned_away(visit, address)
            return
        answer = self.page.goto(address)
        assert answer is not None
        if not visit.sends:
            yield from self._misses(visit, answer.status, self.page.url, answer.text())
            yield from self._judged(answer.text(), self.page.url, visit.called)
        for number, given in enumerate(visit.sends, start=1):
            if self.page.locator(visit.form).count() == 0:
                yield "has no form to send"
                return
            with self.page.expect_navigation() as again:
                self.page.evaluate(SEND, [visit.form, given])
            said, text = f"sent {dict(given) or 'empty'}", again.value.text()
            yield from (f"{said}: {words}" for words in self._misses(visit, again.value.status, self.page.url, text))
            yield from (f"{said}: {words}" for words in self._judged(text, self.page.url, f"{visit.called}-{number}"))

    def _turned_away(self, visit: Visit, address: str) -> Iterator[str]:
        """Most of these answers are one document: it is asked for each time, and drawn when it is another."""
        answer = self.page.request.get(address)
        yield from self._misses(visit, answer.status, answer.url, answer.text())
        if self.documents.is_new(answer.text(), address, _path(answer.url)):
            self.page.goto(address)
            yield from self._asked(visit.called)

    def _misses(self, visit: Visit, status: int, url: str, text: str) -> Iterator[str]:
        if status != visit.status:
            yield f"answers {status}, not {visit.status}"
        if visit.name not in ELSEWHERE and (there := resolve(urlsplit(url).path).view_name) != visit.answered_by:
            yield f"is answered by {there}"
        if f'<html lang="{self.language}">' not in text:
            yield f"does not speak {self.language}"
        if visit.shows and self.page.locator(f"main {visit.shows}").count() == 0:
            yield f"shows no {visit.shows}"

    def _judged(self, text: str, url: str, called: str) -> Iterator[str]:
        if self.documents.is_new(text, _path(url)):
            yield from self._asked(called)

    def _asked(self, called: str) -> Iterator[str]:
        """All rules of axe-core for WCAG 2.2 AA on a desktop; there and on the narrowest screen no scroll sideways."""
        yield from self.page.evaluate(RUN_AXE, TAGS)
        for width in (WIDE, NARROW):
            self.page.set_viewport_size({"width": width, "height": 900})
            if (excess := self.page.evaluate(EXCESS)) > 0:
                yield f"{excess} px too wide at {width}"
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        self.pictured(called)


def _path(url: str) -> str:
    """With its query, as a page names itself."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
