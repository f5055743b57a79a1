"""The whole chain, each part by a person of its own: once in Chinese by mouse, once in English by keyboard alone."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core.text import Text
from fixtures.demo.centres import CENTRES
from fixtures.demo.generate import generate
from fixtures.demo.parameters import Centre
from fixtures.demo.people import engineer
from fixtures.demo.play import PILLARS
from fixtures.demo.writers.facility_profile import profile_content
from tests.assessment.judged_edition import write_judged
from tests.browser.chain import Cast, play
from tests.browser.conftest import Site, installation, windows
from tests.browser.deeds import Subject
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.people import FIRST, SECOND, people_of_the_pages
from tests.browser.person import Album, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BY_MOUSE, BY_KEYBOARD = CENTRES[0], CENTRES[5]  # a very good one and a good one: both earn a certificate
PICTURES = "ZHIHENG_PICTURES"  # a folder for pictures of every page that is passed


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with the full procedure, blind double ratings, two assessors with competence, two who decide."""
    folder = tmp_path_factory.mktemp("scheme")
    rubric = write_judged(folder / "rubric")
    generate(folder / "demo", centres=(BY_MOUSE, BY_KEYBOARD))
    variables = {"ZHIHENG_SCHEME_EXPRESS": "0", "ZHIHENG_SCHEME_RATING": "double", "ZHIHENG_SCHEME_NOTICE_DAYS": "0"}
    variables["ZHIHENG_SCHEME_TWO_DECIDERS_FROM"] = "L2"  # of every certificate
    with installation(folder, people=people_of_the_pages(), rubric=rubric, scheme=variables) as running:
        _confirm_competence(running)
        yield running


def test_the_chain_in_chinese_by_mouse(chromium: Browser, scheme: Site, tmp_path: Path) -> None:
    _play(chromium, scheme, BY_MOUSE, tmp_path, hands=Mouse, language="zh-hans", locale="zh-CN")


def test_the_chain_in_english_by_keyboard_alone(chromium: Browser, scheme: Site, tmp_path: Path) -> None:
    _play(chromium, scheme, BY_KEYBOARD, tmp_path, hands=Keyboard, language="en", locale="en-GB")


def _play(
    chromium: Browser, scheme: Site, centre: Centre, folder: Path, *, hands: type[Hands], language: str, locale: str
) -> None:
    pictures = os.environ.get(PICTURES)
    album = Album(Path(pictures)) if pictures else None
    with windows(chromium, scheme) as open_window:

        def person(username: str) -> Person:
            page: Page = open_window(locale=locale, refusals=())
            return Person(page, scheme, username, language, hands(page), album)

        cast = Cast(
            engineer=person(engineer(centre.id)),
            owner=person("owner"),
            registrar=person("registrar"),
            ana=person(FIRST),
            cai=person(SECOND),
            reviewer=person("reviewer"),
            decider=person("decider"),
            second_decider=person("second-decider"),
            regulator=person("regulator"),
            anybody=person(""),
        )
        play(cast, _subject(scheme, centre, folder))


def _subject(scheme: Site, centre: Centre, folder: Path) -> Subject:
    evidence = scheme.home.parent / "demo" / "centres" / centre.id / "evidence"
    last = evidence / "meter_registers.csv"
    archive = folder / "evidence.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(evidence.iterdir()):
            if file != last:
                packed.write(file, file.name)
    return Subject(Text(zh=centre.zh, en=centre.en), profile_content(centre), archive, last)


def _confirm_competence(running: Site) -> None:
    administrator = running.client("administrator")
    until = (dt.date.today() + dt.timedelta(days=365)).isoformat()  # noqa: DTZ011  (any day of the year that comes)
    for username in (FIRST, SECOND):
        for pillar in PILLARS:
            given = {"person": username, "pillar": pillar, "grounds": "Five audits.", "valid_until": until}
            administrator.post("/api/v1/competences/", given)
