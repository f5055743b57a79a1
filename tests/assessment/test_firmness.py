"""Intervals on papers and pages: fixed at issue, beside every rank, and no judge of anything."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.documents.render import certificate_html
from assessment.models import Assessment, Certificate, StoredResult
from assessment.ranking_selectors import RankingQuery, ranked_edition, ranked_editions
from assessment.services.application.submit import submit
from assessment.services.board import make_report as reports
from assessment.services.certificates.issue import content_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results import firmness as service
from assessment.services.results.firmness import firmness_among, firmness_of
from assessment.services.results.score import score_package
from centres.models import Person, Role
from indicators.models import Edition, EditionState
from tests.editions import zhisuan
from tests.operations.triggers import without_rules_of_a_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def certified(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Assessment:
    submitted = submit(assessment, person=olu, reason="齐备")
    score_package(submitted)
    submitted.refresh_from_db()
    evaluate(submitted, person=ana, reason="一致")
    review(submitted, person=ravi, reason="同意")
    return decide(submitted, person=deng, certify=True, reason="准予")


@pytest.fixture
def next_edition(edition: Edition) -> Callable[[], Edition]:
    """Called, it is in force instead of the present one."""

    def publish() -> Edition:
        read, now = zhisuan("2026.1"), timezone.now()
        Edition.objects.filter(pk=edition.pk).update(state=EditionState.SUPERSEDED, superseded_at=now)
        return Edition.objects.create(
            rubric=read.rubric,
            edition=read.edition,
            digest=read.digest,
            content=dict(read.content),
            state=EditionState.PUBLISHED,
            sealed=True,
            published_at=now,
        )

    return publish


def paper(certificate: Certificate) -> str:
    html = certificate_html(content_of(Certificate.objects.get(pk=certificate.pk)))
    return html.replace("\N{NO-BREAK SPACE}", " ")


def test_a_certificate_keeps_the_interval_it_was_issued_with(
    certified: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = firmness_of(certified.result)
    assert found is not None
    certificate = certified.certificate
    assert certificate.interval == {"varied": found[1].varied.as_json(), "firmness": found[0].as_json()}
    before = paper(certificate)
    assert "5–95 %: {}–{}".format(*found[0].score) in before
    assert found[1].varied.zh in before
    monkeypatch.setattr(service, "_tried", lambda *_: pytest.fail("drawn again"))
    assert paper(certificate) == before


def test_a_certificate_issued_before_there_were_intervals_has_none(certified: Assessment) -> None:
    without_rules_of_a_case()
    Certificate.objects.update(interval=None)
    said = paper(certified.certificate)
    assert "5–95" not in said
    assert "得分区间" not in said


def test_a_score_across_a_line_says_so_and_keeps_its_grade(certified: Assessment) -> None:
    certificate = certified.certificate
    kept: dict[str, Any] = certificate.interval
    kept["firmness"]["lines"] = [{"grade": "L4", "at_least": "75"}]
    without_rules_of_a_case()
    certificate.save()
    said = paper(certificate)
    assert "得分在四级（L4，75 分）界线的不确定度之内" in said
    assert "Within uncertainty of L4 (75 points)" in said
    assert content_of(certificate).grade.zh == content_of(certified.certificate).grade.zh


def test_the_same_results_are_tried_once_in_any_order(certified: Assessment) -> None:
    stored = StoredResult.objects.get()
    first = firmness_among([stored], edition=certified.edition)
    assert firmness_among(iter([stored]), edition=certified.edition) is first
    assert firmness_among([], edition=certified.edition) is None


def test_a_report_keeps_the_intervals_of_its_day(
    certified: Assessment, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = person("rita", Role.REGULATOR)
    report = reports.make_report(edition=certified.edition, query=RankingQuery(), person=rita)
    [row] = report.rows
    assert row["firmness"]["rank"] == [1, 1]
    monkeypatch.setattr(service, "_tried", lambda *_: pytest.fail("drawn again"))
    content = reports.content_of(report)
    [printed] = content.ranked
    assert (printed.rank_interval, printed.bracket) == ("1–1", " ")
    assert content.varied is not None
    assert content.varied in content.method
    [line] = reports.ranked_csv(content).splitlines()[1:]
    assert line.startswith("1,1,1,1,")


def test_a_report_of_before_is_printed_without_intervals(certified: Assessment, person: Callable[..., Person]) -> None:
    report = reports.make_report(edition=certified.edition, query=RankingQuery(), person=person("rita", Role.REGULATOR))
    report.varied = {}
    for row in report.rows:
        del row["firmness"]
    content = reports.content_of(report)
    assert content.varied is None
    assert content.ranked[0].firmness is None


def test_the_ranking_tells_intervals_on_page_and_api(certified: Assessment) -> None:
    answer = APIClient().get("/api/v1/rankings/").json()
    [row] = answer["rows"]
    assert row["firmness"]["rank"] == [1, 1]
    assert Decimal(row["firmness"]["score"][0]) <= Decimal(row["firmness"]["score"][1])
    assert "no value has an error" in answer["varied"]["en"]
    page = Client().get("/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "名次区间" in page
    assert "没有给出测量误差" in page


def test_a_blocked_centre_has_no_interval(assessment: Assessment, measured: dict[str, str], olu: Person) -> None:
    measured["annual_pue"] = "1.6"
    score_package(submit(assessment, person=olu, reason="齐备"))
    assessment.refresh_from_db()
    assert assessment.result is not None
    assert firmness_of(assessment.result) is None


def test_a_new_edition_in_force_does_not_hide_who_was_certified(
    certified: Assessment, edition: Edition, next_edition: Callable[[], Edition]
) -> None:
    new = next_edition()
    public = APIClient()
    answer = public.get("/api/v1/rankings/").json()
    assert (answer["edition"], len(answer["rows"])) == ("2026.0", 1)
    assert public.get("/api/v1/rankings/?edition=2026.1").json()["rows"] == []
    assert public.get("/api/v1/rankings/?edition=2099.1").status_code == 400
    page = Client().get("/", headers={"accept-language": "zh-hans"}).content.decode()
    assert certified.centre.name_zh in page
    assert "zhisuan/2026.1 现已生效" in page
    assert f"/rubrics/{new.rubric}/2026.1/diff/" in page
    assert ranked_editions(certified.assessor) == [new, edition]


def test_the_first_centre_judged_under_the_edition_in_force_brings_its_ranking_forward(
    certified: Assessment, next_edition: Callable[[], Edition]
) -> None:
    new = next_edition()
    without_rules_of_a_case()
    Assessment.objects.filter(pk=certified.pk).update(edition=new)
    assert ranked_edition(certified.assessor) == new
