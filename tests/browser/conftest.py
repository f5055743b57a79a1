"""A whole installation for the browser: web server, worker and sweep on a free port, in a home of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from core.one_time_codes import STEP_SECONDS, code_at, step_at
from fixtures.demo.centres import CENTRES
from fixtures.demo.client import Client, sign_in
from fixtures.demo.generate import generate
from fixtures.demo.people import engineer
from fixtures.demo.play import wait_for
from fixtures.migrated import place
from tests.browser.people import people_of_the_pages, people_with_nothing_to_do

ROOT = Path(__file__).parents[2]
RUBRIC = ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.0"
CENTRE = CENTRES[0]
PATIENCE = 300  # seconds; on a busy machine servers, workers and pages take their time
# Left for a person to hand in with the browser.
LAST_FILE = "meter_registers.csv"


@dataclass(frozen=True)
class Site:
    """A running installation with one centre whose evidence is complete but for one file."""

    address: str
    centre: str
    last_file: Path
    people: dict[str, dict[str, Any]]
    home: Path
    environment: dict[str, str]
    sessions: dict[str, Any] = field(default_factory=dict)
    last_steps: dict[str, int] = field(default_factory=dict)

    def code(self, username: str) -> str:
        """A one-time code nobody has used yet; each serves once, and the next one a little early."""
        person, now = self.people[username], step_at(time.time())
        if not person.get("second_factor"):
            return ""
        leeway = 1 if time.time() % STEP_SECONDS < STEP_SECONDS / 2 else 0  # it still has to get there
        step = max(now - leeway, self.last_steps.get(username, 0) + 1)
        while step > step_at(time.time()) + 1:
            time.sleep(0.5)
        self.last_steps[username] = step
        return code_at(person["second_factor"], step)

    def newest_link(self, start: str) -> str:
        """The last part of a link in the newest mail, which lies in a folder of this installation."""
        newest = max((self.home / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        return re.findall(rf"{start}([\w-]+)/", newest.read_text(encoding="utf-8"))[-1]

    def client(self, username: str) -> Client:
        """A client of the API that acts as one of the people."""
        password = self.people[username]["password"]
        return sign_in(self.address, username=username, password=password, code=self.code(username))

    @property
    def engineer(self) -> str:
        return engineer(self.centre)

    def at_the_console(self, act: str, *arguments: str) -> str:
        """What somebody at the server itself does there, in a process of its own; what that prints."""
        command = [sys.executable, "-m", "tests.browser.console", act, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole chain before the others' server is there; then the journey, as the sweep leaves its case open."""
    first = ("test_chain.py", "test_journey.py")
    items.sort(key=lambda item: first.index(item.path.name) if item.path.name in first else len(first))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    # The short chain; the whole one is played in an installation of its own.
    scheme = {"ZHIHENG_SCHEME_EXPRESS": "1", "ZHIHENG_SCHEME_RATING": "double"}
    manifest = generate(folder / "demo", centres=(CENTRE,))
    with installation(folder, people=people_of_the_pages(), rubric=RUBRIC, scheme=scheme) as running:
        _hand_in_all_but_the_last(running, manifest["centres"][0]["evidence"])
        yield running


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing but a few people: no edition, no case, nothing announced; and sign-in elsewhere is offered."""
    elsewhere = {"ZHIHENG_OIDC_SERVER": "https://id.example.org", "ZHIHENG_OIDC_NAME": "示例身份服务"}
    folder = tmp_path_factory.mktemp("bare")
    with installation(folder, people=people_with_nothing_to_do(), scheme=elsewhere, programs=("web",)) as running:
        yield running


@contextmanager
def installation(
    folder: Path,
    *,
    people: dict[str, Any],
    rubric: Path | None = None,
    scheme: Mapping[str, str],
    programs: tuple[str, ...] = (),
) -> Iterator[Site]:
    """Web server, worker and sweep of a fresh home below `folder`, with these people and this edition.

    Args:
        people: as `fixtures.demo.people.people_file` writes them.
        scheme: further variables of the environment, such as the procedure of new cases.
        programs: of the Procfile; all of them unless named.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {
        **os.environ,
        "ZHIHENG_HOME": str(folder / "home"),
        "ZHIHENG_BIND": bind,
        "ZHIHENG_PUBLIC_ADDRESS": f"http://{bind}",
        "ZHIHENG_WORKERS": "1",
        "ZHIHENG_WEB_WORKERS": "1",
        **scheme,
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    (folder / "home").mkdir()
    (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")
    evidence = folder / "demo" / "centres" / CENTRE.id / "evidence"
    cast = {person["username"]: person for person in people["people"]}
    running = Site(f"http://{bind}", CENTRE.id, evidence / LAST_FILE, cast, folder / "home", environment)
    place(folder / "home" / "zhiheng.sqlite3")
    running.at_the_console("install", str(folder / "people.json"), *([str(rubric)] if rubric else []))
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [Path(sys.executable).parent / "honcho", "start", *programs],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        wait_for(running.address, seconds=PATIENCE)
        yield running
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        log.close()


def _hand_in_all_but_the_last(site: Site, files: list[dict[str, Any]]) -> None:
    own = site.client(site.engineer)
    profile = site.last_file.parents[1] / "profile.yaml"
    own.put_yaml(f"/api/v1/centres/{site.centre}/profile/", profile.read_bytes())
    for file in files:
        if file["name"] != LAST_FILE:
            own.upload(site.last_file.parent / file["name"], centre=site.centre, timezone=file["timezone"])
    own.settled(f"/api/v1/evidence/?centre={site.centre}&limit=100", busy=("received", "parsing"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def person_at(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a browser for one person: nobody signed in, Chinese, a desktop window unless said otherwise."""
    with windows(chromium, site) as open_window:

        def open_browser(username: str | None = None, **options: Any) -> Page:
            page = open_window(**options)
            if username:
                enter(page, site, username)
            return page

        yield open_browser


@contextmanager
def windows(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens browsers at a site, and closes them all in the end.

    A page that makes the console complain fails the test, and so does an error of the server. The console reports
    refusals as well: those named in `refusals` belong to the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(
        *, width: int = 1280, locale: str = "zh-CN", refusals: tuple[int, ...] = (422,), **options: Any
    ) -> Page:
        def complain(said: ConsoleMessage) -> None:
            if said.type == "error" and not any(f"status of {status}" in said.text for status in refusals):
                complaints.append(said.text)

        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 900},
            locale=locale,
            **options,
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 500 else None)
        return page

    try:
        yield open_window
    finally:
        for context in contexts:
            context.close()
    assert complaints == []


def begin_signing_in(page: Page, site: Site, username: str) -> None:
    """With the password; whoever has a second factor is asked for a code next."""
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(site.people[username]["password"])
    page.get_by_role("button", name="登录", exact=True).click()


def enter(page: Page, site: Site, username: str) -> None:
    """By the door the first time; later with the session it gave, as a one-time code serves once."""
    if username in site.sessions:
        page.context.add_cookies([site.sessions[username]])
        page.goto("/my/")
        return
    begin_signing_in(page, site, username)
    if code := site.code(username):
        page.get_by_label("一次性验证码").fill(code)
        page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/my/")
    site.sessions[username] = next(one for one in page.context.cookies() if one["name"] == "sessionid")


def confirm(page: Page, site: Site, username: str) -> None:
    """With the password once more, as pages of one's account ask of whoever has no second factor."""
    page.goto("/account/confirm/")
    page.get_by_label("密码").fill(site.people[username]["password"])
    page.get_by_role("button", name="确认", exact=True).click()
    page.wait_for_url("**/my/")
