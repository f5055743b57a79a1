"""A mended survey is handed in: which version counts, what changed row by row, and what that does to the score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "sus_survey.csv"


def test_a_new_version_shows_what_it_changed_and_can_be_taken_back(
    person_at: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    original = (site.last_file.parent / NAME).read_text(encoding="utf-8").splitlines()
    mended = tmp_path / NAME
    first = original[1].split(",")
    mended.write_text("\n".join([original[0], ",".join([first[0], *("1", "5") * 5, *first[11:]]), *original[2:], ""]))
    page = person_at(site.engineer)
    page.goto(f"/centres/{site.centre}/evidence/upload/")
    page.get_by_label("文件").set_input_files(mended)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="此文件的版本")).to_be_visible()
    page.get_by_role("link", name="变化", exact=True).click()
    expect(page.get_by_role("heading", name="结果不同的度量")).to_be_visible()
    expect(page.get_by_text("sus_mean")).to_be_visible()
    expect(page.get_by_text(first[0], exact=True)).to_be_visible()
    page.get_by_role("link", name="2", exact=True).last.click()
    expect(page.locator("tr.chosen")).to_contain_text(f"{first[0]},1,5,1,5")
    page.get_by_role("button", name="这是另一个文件：两者都计入").click()
    expect(page.get_by_role("heading", name="此文件的版本")).to_be_hidden()
