"""What must also work: no script, a keyboard, mistakes. A narrow screen is part of the sweep of all pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PersonAt = Callable[..., Page]


def test_without_script_a_file_is_handed_in_and_read(site: Site, person_at: PersonAt, tmp_path: Path) -> None:
    survey = tmp_path / "sus.csv"
    answers = [f"r{number},4,2,4,2,4,2,4,2,4,{number % 5 + 1}" for number in range(12)]
    survey.write_text("\n".join(["respondent," + ",".join(f"q{n}" for n in range(1, 11)), *answers]) + "\n")
    page = person_at(site.engineer, java_script_enabled=False)
    page.goto(f"/centres/{site.centre}/evidence/upload/")
    page.get_by_label("文件").set_input_files(survey)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_have_text("sus.csv")
    expect(page.get_by_text("已采纳")).to_be_visible()


def test_a_form_sent_empty_says_what_is_missing_and_takes_the_focus(site: Site, person_at: PersonAt) -> None:
    page = person_at(site.engineer, java_script_enabled=False)
    page.goto(f"/centres/{site.centre}/evidence/upload/")
    page.get_by_label("时区").fill("Asia/Shangai")
    page.get_by_role("button", name="提交").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("请选择文件。")
    expect(page.locator(".field-error").first).to_contain_text("请选择文件。")
    expect(page.get_by_label("时区")).to_have_value("Asia/Shangai")
    assert page.title().startswith("错误：")


def test_with_script_a_refused_file_brings_the_same_words(site: Site, person_at: PersonAt, tmp_path: Path) -> None:
    strange = tmp_path / "strange.bin"
    strange.write_bytes(b"\x00\x01nothing we know\n" * 5)
    page = person_at(site.engineer)
    page.goto(f"/centres/{site.centre}/evidence/upload/")
    page.get_by_label("文件").set_input_files(strange)
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("strange.bin")


def test_the_keyboard_reaches_the_content_first(person_at: PersonAt) -> None:
    page = person_at()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
