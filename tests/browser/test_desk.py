"""The desk in a browser: ruled on by single keys, nothing typed is lost, and the same without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fixtures.demo.centres import CENTRES
from fixtures.demo.people import engineer
from fixtures.demo.play import take
from tests.browser.conftest import Site
from tests.evidence.files import sus_csv
from tests.profiles import profile_content

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CENTRE = CENTRES[4].id  # none of those the sweep fills
PersonAt = Callable[..., Page]
WORDS = "textarea[name=text]"


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> str:
    """The desk of a case with one file of evidence."""
    own = site.client(engineer(CENTRE))
    there = list(own.pages(f"/api/v1/assessments/?centre={CENTRE}"))
    if not there:
        own.put(f"/api/v1/centres/{CENTRE}/profile/", profile_content(CENTRE))
        (tmp_path / "sus.csv").write_bytes(sus_csv(12))
        own.finished(own.upload(tmp_path / "sus.csv", centre=CENTRE, timezone="Asia/Shanghai")["job"])
        there = [own.post("/api/v1/assessments/", {"centre": CENTRE})]
        own.finished(take(own, f"/api/v1/assessments/{there[0]['id']}", "submit", reason="x")["job"])
    return f"/assessments/{there[0]['id']}/desk/"


def test_an_assessor_rules_by_single_keys(person_at: PersonAt, desk: str) -> None:
    page, said = person_at("assessor"), "问卷只有一个部门答复。a d n"
    page.goto(f"{desk}US-4.3/")
    expect(page.locator("tr.chosen").first).to_be_visible()  # the very rows, beside the figure
    page.keyboard.press("?")
    expect(page.get_by_text("采信或批准，保存并转到下一项")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("d")
    expect(page.locator(WORDS)).to_be_focused()
    page.keyboard.type(said)  # while writing, keys are letters
    expect(page.get_by_text("已存为草稿。")).to_be_visible()
    page.reload()
    expect(page.locator(WORDS)).to_have_value(said)
    expect(page.get_by_label("不采信")).to_be_checked()
    page.locator(WORDS).focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/?after=US-4.3")
    page.keyboard.press("u")
    page.wait_for_url("**/US-4.3/")
    expect(page.locator(WORDS)).to_have_value(said)
    page.keyboard.press("a")
    page.wait_for_url("**/?after=US-4.3")
    page.goto(f"{desk}?show=all")
    expect(page.get_by_role("row", name=re.compile("US-4.3"))).to_contain_text("采信数值")


def test_keys_can_be_switched_off_and_the_device_remembers(person_at: PersonAt, desk: str) -> None:
    page = person_at("assessor")
    page.goto(f"{desk}GR-1.1/")
    page.keyboard.press("?")
    page.get_by_label("启用单键操作").uncheck()
    page.reload()
    page.locator("body").press("d")
    expect(page.get_by_label("不采信")).not_to_be_checked()


def test_what_the_server_did_not_get_is_kept_on_the_device(person_at: PersonAt, desk: str) -> None:
    page, said = person_at("assessor", refusals=(422, 404)), "线路断了也不丢"
    page.goto(f"{desk}GR-1.3/")
    page.route("**/draft/", lambda route: route.fulfill(status=404))
    page.locator(WORDS).fill(said)
    expect(page.get_by_text("服务器没有应答；已存在本机。")).to_be_visible()
    page.goto(f"{desk}GR-1.1/")
    page.unroute("**/draft/")
    page.goto(f"{desk}GR-1.3/")
    expect(page.locator(WORDS)).to_have_value(said)
    # And the server gets it: when the page was left, or now.
    address = f"/api/v1{desk.removesuffix('desk/')}ratings/GR-1.3/draft/"
    for _ in range(60):
        if said in (answer := page.request.get(address).text()):
            break
        page.wait_for_timeout(500)
    assert said in answer


def test_without_a_script_buttons_do_the_same(person_at: PersonAt, desk: str) -> None:
    page = person_at("assessor", java_script_enabled=False)
    page.goto(f"{desk}US-3.1/")
    page.locator(WORDS).fill("留待核对")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator(WORDS)).to_have_value("留待核对")
    page.get_by_role("button", name="保存并转到下一项").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择如何评定。")
    expect(page.locator(WORDS)).to_have_value("留待核对")
    page.get_by_label("采信该数值").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("US-3.1 已保存。")).to_be_visible()
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_label("采信该数值")).to_be_checked()
