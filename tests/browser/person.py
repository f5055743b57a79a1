"""Somebody before a page, told in sentences: what they look for is named by the words of their own language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation
from django.utils.functional import Promise
from playwright.sync_api import Locator, Page, expect

from core.text import Text
from operations.templatetags.words import said
from tests.browser.conftest import Site
from tests.browser.hands import Hands

DESKTOP, PHONE = 1280, 390
HEIGHT = 900


@dataclass(frozen=True, slots=True)
class Holding:
    """A name that has these words in it, where figures or other people's words stand beside them."""

    words: str | Promise | Text


Words = str | Promise | Text | Holding  # a message of the catalogue, words of both languages, or a part of a name


class Album:
    """Pictures of every page somebody comes to, on a desktop and on a phone, numbered in the order of the story."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.number = 0

    def keep(self, page: Page, name: str) -> None:
        self.number += 1
        for width in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.screenshot(path=self.folder / f"{name}-{self.number:02d}-{width}.png", full_page=True)


@dataclass
class Person:
    """One of the cast, at a browser of their own.

    Args:
        language: of the pages and of what this person writes, as Django names it.
        hands: how this person works; see `tests.browser.hands`.
    """

    page: Page
    site: Site
    username: str
    language: str
    hands: Hands
    album: Album | None = None

    @property
    def name(self) -> Text:
        """As it stands on papers and in lists."""
        return Text(**self.site.people[self.username]["name"])

    # --- what this person does ---

    def opens(self, address: str) -> None:
        """As from a bookmark."""
        self.page.goto(address)

    def signs_in(self) -> None:
        """By the door of the first page, with a one-time code where the role asks for it."""
        self.opens("/")
        self.follows("Sign in")
        self.is_at("Sign in")
        self.writes("User name", self.username)
        self.writes("Password", self.site.people[self.username]["password"])
        self.presses("Sign in")
        if self.site.people[self.username].get("second_factor"):
            self.is_at("Second step: one-time code")
            self.types_the_code("Continue")
        self.is_at("My work")

    def types_the_code(self, button: str) -> None:
        self.writes("One-time code", self.site.code(self.username))
        self.presses(button)

    def follows(self, words: Words, *, beside: Words | None = None) -> None:
        """A link; `beside` names the row it stands in."""
        self.hands.press(self._place(beside).get_by_role("link", name=self._named(words)).first)

    def presses(self, words: Words) -> None:
        self.hands.press(self.page.get_by_role("button", name=self._named(words)).first)

    def writes(self, label: Words, words: str | Promise | Text) -> None:
        self.hands.write(self._labelled(label), self._typed(words))

    def chooses(self, label: Words, entry: str | Promise | Text) -> None:
        self.hands.choose(self._labelled(label), self._typed(entry))

    def picks(self, label: Words) -> None:
        self.hands.pick(self._labelled(label))

    def drops(self, label: Words) -> None:
        self.hands.drop(self._labelled(label))

    def attaches(self, label: Words, file: Path) -> None:
        self.hands.attach(self._labelled(label), file)

    def rules(self, key: str, words: str | Text = "") -> None:
        """On the indicator that is before this person at the desk; the next one comes up."""
        before = self.page.url
        self.hands.rule(key, self._typed(words))
        expect(self.page).not_to_have_url(before)
        self._pictured()

    def takes_home(self, words: Words) -> Path:
        """A file behind a link."""
        with self.page.expect_download() as kept:
            self.follows(words)
        return Path(kept.value.path())

    def waits_for(self, words: Words, *, gone: bool = False) -> None:
        """Loads the page again until it says so, or says so no more; work in the background takes its time."""
        place = self.page.get_by_text(self._holding(words))
        for _ in range(120):
            if bool(place.count()) is not gone:
                break
            self.page.wait_for_timeout(500)
            self.page.reload()
        expect(place).to_have_count(0) if gone else self.sees(words)

    # --- what this person finds ---

    @property
    def indicator(self) -> str:
        """The code of the one that is before this person at the desk."""
        return self.page.url.partition("/desk/")[2].partition("/")[0]

    @property
    def rows(self) -> list[str]:
        """What the rows of the form before this person are called."""
        return [legend.strip() for legend in self.page.locator("main form legend").all_inner_texts()]

    def has_nothing_left(self) -> bool:
        """Of the desk's work list, as the way to it says."""
        list_ = self.page.locator("[data-way=list]")
        expect(list_).to_be_visible()
        return re.findall(r"\d+", list_.inner_text()) == ["0"]

    def is_at(self, heading: Words) -> None:
        expect(self.page.locator("h1")).to_contain_text(self._holding(heading))
        self._pictured()

    def sees(self, words: Words) -> None:
        expect(self.page.locator("main").get_by_text(self._holding(words)).first).to_be_visible()

    def reads(self, heading: Words, lines: Iterable[Words]) -> None:
        """A notice with this heading that says all of these."""
        notice = self.page.locator("main .notice").filter(has_text=self._holding(heading))
        for words in lines:
            expect(notice).to_contain_text(self._holding(words))

    def has_no(self, words: Words) -> None:
        expect(self.page.locator("main").get_by_text(self._holding(words))).to_have_count(0)

    # --- parts ---

    def _pictured(self) -> None:
        if self.album:
            self.album.keep(self.page, f"{self.language}-{self.username}")

    def _place(self, beside: Words | None) -> Page | Locator:
        if beside is None:
            return self.page
        return self.page.get_by_role("row").filter(has_text=self._holding(beside))

    def _labelled(self, label: Words) -> Locator:
        optional = re.escape(self._own("(optional)"))
        whole = f"^\\s*{re.escape(self._said(label))}\\s*({optional})?\\s*$"
        pattern = self._holding(label) if isinstance(label, Holding) else re.compile(whole, re.IGNORECASE)
        return self.page.locator("main").get_by_label(pattern).first

    def _named(self, words: Words) -> re.Pattern[str]:
        if isinstance(words, Holding):
            return self._holding(words)
        return re.compile(f"^\\s*{re.escape(self._said(words))}\\s*$", re.IGNORECASE)

    def _holding(self, words: Words) -> re.Pattern[str]:
        return re.compile(re.escape(self._said(words)), re.IGNORECASE)

    def _said(self, words: Words) -> str:
        return self._own(words.words if isinstance(words, Holding) else words)

    def _own(self, words: str | Promise | Text) -> str:
        """A message of the catalogue, or words of both languages, in this person's."""
        with translation.override(self.language):
            return translation.gettext(words) if isinstance(words, str) else str(said(words))

    def _typed(self, words: str | Promise | Text) -> str:
        """What is written or chosen: plain words stay as they are."""
        return words if isinstance(words, str) else self._own(words)
