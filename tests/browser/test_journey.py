"""The main job as people do it, in a real browser against a real server and worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PersonAt = Callable[..., Page]


def test_from_signing_in_to_the_certificate(site: Site, person_at: PersonAt, tmp_path: Path) -> None:
    page = person_at(site.engineer)
    _hand_in_the_last_file(page, site)
    _follow_the_pue_to_a_line(page, site)
    case = _apply_and_submit(page, site)
    assessor = person_at("assessor")
    _rule_on_every_indicator(assessor, case)
    _take(assessor, case, "评价")
    for username, act in (("reviewer", "复核"), ("decider", "准予")):
        _take(person_at(username), case, act)
    _download_the_certificate(person_at(), tmp_path)


def _hand_in_the_last_file(page: Page, site: Site) -> None:
    page.goto(f"/centres/{site.centre}/")
    page.get_by_role("link", name="提交证据").click()
    page.get_by_label("文件").set_input_files(site.last_file)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/evidence/*/")
    expect(page.locator("h1")).to_have_text(site.last_file.name)
    # The page follows the work by itself until the file is read.
    expect(page.get_by_text("已采纳")).to_be_visible()
    expect(page.get_by_role("heading", name="读取情况")).to_be_visible()


def _follow_the_pue_to_a_line(page: Page, site: Site) -> None:
    pue = page.locator("tr", has_text="GR-1.1").locator("a.traced").first
    for _ in range(60):  # measuring and scoring follow the reading
        page.goto(f"/centres/{site.centre}/result/")
        if pue.count():
            break
        page.wait_for_timeout(1000)
    shown = pue.inner_text()
    pue.click()
    expect(page.locator("h1")).to_contain_text("电能利用效率")
    expect(page.locator("#value .result-line")).to_contain_text(shown[:4])
    page.locator("#rows .lines a").first.click()
    chosen = page.locator("tr.chosen")
    expect(chosen).to_be_visible()
    raw = site.last_file.read_bytes().decode("utf-8-sig").splitlines()
    number = int(chosen.locator("th").inner_text().strip("▸ \n"))
    assert chosen.locator("code").inner_text().strip() == raw[number - 1].strip()


def _apply_and_submit(page: Page, site: Site) -> str:
    page.goto(f"/centres/{site.centre}/")
    page.get_by_label("发证评价").check()
    page.get_by_role("button", name="申请评价").click()
    page.wait_for_url("**/assessments/*/")
    case = page.url
    page.get_by_role("link", name="核对并提交").click()
    expect(page.get_by_role("row", name=site.last_file.name)).to_be_visible()
    page.get_by_label("说明").fill("全年证据齐备。")
    page.get_by_label("我们已核对设施档案和文件").check()
    page.get_by_role("button", name="冻结并提交").click()
    page.wait_for_url("**/receipt/")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载回执").click()
    receipt = json.loads(kept.value.path().read_text(encoding="utf-8"))
    assert site.last_file.name in [file["name"] for file in receipt["manifest"]["package"]["files"]]
    page.goto(case)
    expect(page.get_by_role("cell", name="全年证据齐备。")).to_be_visible()
    for _ in range(60):
        if not page.get_by_text("正在对材料包进行计量和评分").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return case


def _rule_on_every_indicator(page: Page, case: str) -> None:
    """Plain figures at once, then one key for each of the rest."""
    page.goto(f"{case}desk/")
    page.get_by_role("button", name="采信没有疑点的").click()
    left = page.get_by_role("link", name="继续下一项")
    expect(page.get_by_text("已采信")).to_be_visible()
    if left.count():
        left.click()
        way = page.locator("[data-way=list]")
        while "待办 0 项" not in (before := way.inner_text()):
            page.keyboard.press("a")
            expect(way).not_to_have_text(before)


def _take(page: Page, case: str, act: str) -> None:
    page.goto(case)
    _give_reason(page, act, f"{act}：材料与测量一致。")
    expect(page.get_by_role("cell", name=f"{act}：材料与测量一致。")).to_be_visible()


def _give_reason(page: Page, act: str, reason: str) -> None:
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name=act, exact=True).click()


def _download_the_certificate(page: Page, folder: Path) -> None:
    """Anybody may: from the ranking to the certificate and its paper."""
    page.goto("/")
    page.get_by_role("link", name="ZH-").first.click()
    expect(page.get_by_role("status").first).to_contain_text("有效")
    link = page.get_by_role("link", name="下载证书（PDF）")
    expect(link).to_be_visible()
    answer = page.request.get(link.get_attribute("href") or "")
    paper = folder / "certificate.pdf"
    paper.write_bytes(answer.body())
    assert answer.headers["content-type"] == "application/pdf"
    assert paper.read_bytes().startswith(b"%PDF-")
