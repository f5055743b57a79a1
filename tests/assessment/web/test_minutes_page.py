"""The page of a case for its reviewer and its decider."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessment import difference_selectors
from assessment.models import Assessment, Finding, Severity
from assessment.services.decision.review import review
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said, rule
from assessment.services.evaluation.evaluate import evaluate
from centres.models import Person
from tests.assessment.conftest import as_read
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (the fixtures)

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def address(case: Assessment) -> str:
    return f"/assessments/{case.pk}/minutes/"


def test_everything_the_decider_signs_for_stands_on_one_page(
    submitted: Assessment, ana: Person, ravi: Person, deng: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    evaluate(submitted, person=ana, reason="逐项核对")
    review(submitted, person=ravi, reason="同意评价")
    page = words(as_person(deng).get(address(submitted)).content.decode())
    for told in ("总分", "封顶与否决", "不符合项与观察项", "若发生下列情况", "逐项核对", "同意评价", "安娜", "拉维"):
        assert told in page, told
    assert re.search(r"由 [\d.]+( %)? 变为 [\d.]+", page)


def test_a_decision_needs_a_choice_and_a_reason_and_then_stands_on_the_page(
    submitted: Assessment, ana: Person, ravi: Person, deng: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    visitor = as_person(deng, language="en")
    empty = visitor.post(address(submitted), as_read(submitted) | {"reason": "my words"})
    assert empty.status_code == 422
    assert "Choose what you decide" in empty.content.decode()
    assert "my words" in empty.content.decode()
    decided = as_read(submitted) | {"act": "certify", "reason": "It carries one."}
    assert visitor.post(address(submitted), decided | {"act": "review"}).status_code == 422
    assert visitor.post(address(submitted), decided).status_code == 302
    submitted.refresh_from_db()
    assert submitted.state == "certified"
    page = visitor.get(address(submitted)).content.decode()
    assert "It carries one." in page
    assert 'name="act"' not in page


def test_a_ruling_that_changed_a_figure_is_told_with_its_words_and_its_effect(
    rated_once: Assessment, ana: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    rule(rated_once, "US-4.1", "dispute_figure", person=ana, said=Said(text="五月缺失"))
    left = as_person(ana).get(f"/api/v1/assessments/{rated_once.pk}/ratings/").json()["items"]
    accept_figures(rated_once, person=ana, codes=[one["node"] for one in left if one["standing"] == "open"])
    Finding.objects.create(assessment=rated_once, severity=Severity.MINOR, statement="校准过期", raised_by=ana)
    evaluate(rated_once, person=ana, reason="x")
    page = words(as_person(ravi).get(address(rated_once)).content.decode())
    assert re.search("不采信数值： ?五月缺失|不采信数值: 五月缺失", page)
    assert re.search(r"US-4\.1 .*? −\d", page)
    assert "校准过期" in page
    assert "1 项未关闭" in page


def test_what_rulings_led_to_is_kept_by_a_job_and_the_minutes_score_nothing(
    rated_once: Assessment, ana: Person, ravi: Person, run_jobs: Callable[[], int], as_person: Visit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = Said(text="五月缺失")
    rule(rated_once, "US-4.1", "dispute_figure", person=ana, said=said)
    left = as_person(ana).get(f"/api/v1/assessments/{rated_once.pk}/ratings/").json()["items"]
    accept_figures(rated_once, person=ana, codes=[one["node"] for one in left if one["standing"] == "open"])
    told_before = effects(as_person(ravi).get(address(rated_once)))
    evaluate(rated_once, person=ana, reason="x")
    run_jobs()
    for name in ("effect_of", "difference_found"):
        monkeypatch.setattr(
            f"assessment.{'web.shown.minutes' if name == 'effect_of' else 'difference_selectors'}.{name}", None
        )
    difference_selectors._difference.cache_clear()
    told = effects(as_person(ravi).get(address(rated_once)))
    assert told == told_before  # one truth, whether it is found while rulings may change or was kept
    assert list(told) == ["US-4.1"]


def effects(page: Any) -> dict[str, str]:
    """Code of the indicator → what its ruling does to the total."""
    return dict(re.findall(r"([A-Z]{2}-\d+\.\d+) [^−+]*?([−+]\d+\.\d+)", words(page.content.decode())))


@pytest.mark.parametrize("somebody", ["olu", "zoe"])
def test_the_minutes_are_not_there_for_centres(
    submitted: Assessment, as_person: Visit, request: pytest.FixtureRequest, somebody: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    assert as_person(request.getfixturevalue(somebody)).get(address(submitted)).status_code == 404


def test_in_english_no_chinese_is_left(
    submitted: Assessment, ana: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    evaluate(submitted, person=ana, reason="checked")
    page = as_person(ravi, language="en").get(address(submitted)).content.decode()
    main = words(page[page.index("<main") : page.index("</main>")])
    found = re.sub(r"和林格尔示例智算中心（虚构）|安娜|齐备", "", main)
    assert not re.search(r"[\u4e00-\u9fff]{2,}", found), re.findall(r"[\u4e00-\u9fff]{2,}", found)
