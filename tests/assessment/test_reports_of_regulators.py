"""A ranked report is open to who made it, as long as they regulate what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from assessment.models import Assessment, RankedReport
from assessment.ranking_selectors import RankingQuery, visible_reports
from assessment.services.application.submit import submit
from assessment.services.board.make_report import make_report
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role, StaffRole
from indicators.models import Edition

pytestmark = pytest.mark.django_db

ELSEWHERE = "贵州"


@pytest.fixture
def evaluated(assessment: Assessment, olu: Person, ana: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return evaluate(assessment, person=ana, reason="x")


@pytest.fixture
def regulator(person: Callable[..., Person], centre: Centre) -> Person:
    made = person("reg")
    StaffRole.objects.create(user=made, role=Role.REGULATOR, province=centre.province)
    return made


@pytest.fixture
def report(evaluated: Assessment, edition: Edition, regulator: Person) -> RankedReport:
    return make_report(edition=edition, query=RankingQuery(), person=regulator)


def doors(report: RankedReport, person: Person) -> tuple[int, int]:
    client = APIClient()
    client.force_authenticate(person)
    listed: list[Any] = client.get("/api/v1/reports/").json()["results"]
    return client.get(f"/api/v1/reports/{report.pk}/").status_code, len(listed)


def test_a_report_is_closed_to_who_watches_another_province_by_now(report: RankedReport, regulator: Person) -> None:
    assert doors(report, regulator) == (200, 1)
    StaffRole.objects.filter(user=regulator).update(province=ELSEWHERE)
    assert doors(report, regulator) == (404, 0)


def test_a_report_stays_open_to_who_watches_both_provinces_or_all(report: RankedReport, regulator: Person) -> None:
    StaffRole.objects.create(user=regulator, role=Role.REGULATOR, province=ELSEWHERE)
    assert doors(report, regulator) == (200, 1)
    StaffRole.objects.filter(user=regulator).exclude(province=ELSEWHERE).delete()
    StaffRole.objects.filter(user=regulator).update(province="")
    assert doors(report, regulator) == (200, 1)


def test_a_report_of_all_is_closed_to_who_watches_one_province_by_now(
    evaluated: Assessment, edition: Edition, regulator: Person
) -> None:
    StaffRole.objects.filter(user=regulator).update(province="")
    report = make_report(edition=edition, query=RankingQuery(), person=regulator)
    StaffRole.objects.filter(user=regulator).update(province=ELSEWHERE)
    assert doors(report, regulator) == (404, 0)


def test_a_centre_that_moves_away_closes_no_report_it_was_measured_for(
    report: RankedReport, centre: Centre, regulator: Person
) -> None:
    Centre.objects.filter(pk=centre.pk).update(province=ELSEWHERE)
    assert list(visible_reports(regulator)) == [report]
