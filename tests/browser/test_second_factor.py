"""A second factor in the browser: set up at the first sign-in; a decision waits for a fresh code and then goes on."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.one_time_codes import code_at, step_at
from tests.browser.conftest import Site
from tests.browser.filled import certificate_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PersonAt = Callable[..., Page]


def test_an_invited_reviewer_makes_an_account_and_sets_up_the_second_factor(site: Site, person_at: PersonAt) -> None:
    invited = {"email": "rui@example.com", "role": "reviewer"}
    site.client("administrator").post("/api/v1/invitations/", invited)
    page = person_at()
    page.goto(f"/invitations/{site.newest_link('/invitations/')}/")
    for label, words in (("用户名", "rui"), ("中文姓名", "芮"), ("英文姓名", "Rui"), ("密码", "four words of hers")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="新建账号并接受").click()
    page.get_by_label("用户名").fill("rui")
    page.get_by_label("密码").fill("four words of hers")
    page.get_by_role("button", name="登录").click()
    page.get_by_label("密码").fill("four words of hers")  # confirmed once more before a key is shown
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_have_text("设置第二因素")
    page.goto("/rubrics/")  # nothing else is open yet
    expect(page.locator("h1")).to_have_text("设置第二因素")
    page.get_by_label("一次性验证码").fill(code_at(page.locator("code.key").inner_text(), step_at(time.time())))
    page.get_by_role("button", name="完成设置").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="已保管好").click()
    expect(page).to_have_url(re.compile(r"/my/$"))


def test_an_act_on_a_certificate_waits_for_a_fresh_code_with_what_was_typed(site: Site, person_at: PersonAt) -> None:
    number = certificate_of(site, functools.cache(site.client))
    page = person_at("decider")
    site.at_the_console("an_hour_passes")
    page.goto(f"/certificates/{number}/")
    page.get_by_label("理由").fill("监督发现严重不符合项。")
    page.get_by_role("button", name="暂停", exact=True).click()
    expect(page.locator("h1")).to_have_text("用一次性验证码确认")
    page.get_by_label("一次性验证码").fill("000000")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("alert")).to_contain_text("验证码不正确")
    page.get_by_label("一次性验证码").fill(site.code("decider"))
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("status").first).to_contain_text("暂停")
    page.get_by_label("理由").fill("纠正措施已验证有效。")
    page.get_by_role("button", name="恢复", exact=True).click()  # the proof is fresh now
    expect(page.get_by_role("status").first).to_contain_text("有效")
