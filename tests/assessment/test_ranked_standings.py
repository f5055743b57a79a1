"""A place in a ranking tells what stands behind it: a certificate in force, one that is not, or none as yet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.documents.content.ranked_csv import ranked_csv
from assessment.documents.content.ranked_paper import ranked_paper
from assessment.documents.ranked_xlsx import ranked_report_xlsx
from assessment.models import Assessment, Certificate
from assessment.ranking_selectors import RankingQuery
from assessment.services.application.submit import submit
from assessment.services.board.make_report import content_of, make_report
from assessment.services.certificates import life as certificate_life
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role, StaffRole
from core.errors import DecisionBlocked
from indicators.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluated(assessment: Assessment, olu: Person, ana: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return evaluate(assessment, person=ana, reason="x")


@pytest.fixture
def certificate(evaluated: Assessment, ravi: Person, deng: Person) -> Certificate:
    review(evaluated, person=ravi, reason="x")
    decide(evaluated, person=deng, certify=True, reason="x")
    return Certificate.objects.get()


@pytest.fixture
def regulator(person: Any, centre: Centre) -> Person:
    made: Person = person("reg")
    StaffRole.objects.create(user=made, role=Role.REGULATOR, province=centre.province)
    return made


@contextmanager
def day_after(certificate: Certificate) -> Iterator[None]:
    day = certificate.valid_until + dt.timedelta(days=1)
    at = dt.datetime.combine(day, dt.time(3), timezone.get_current_timezone())
    with mock.patch("django.utils.timezone.now", return_value=at):
        yield


def api_row(person: Person) -> dict[str, Any]:
    client = APIClient()
    client.force_authenticate(person)
    (row,) = client.get("/api/v1/rankings/").json()["rows"]
    return dict(row)


def report_row(edition: Edition, person: Person) -> dict[str, str]:
    content = content_of(make_report(edition=edition, query=RankingQuery(), person=person))
    (row,) = csv.DictReader(io.StringIO(ranked_csv(content)))
    sheet = openpyxl.load_workbook(io.BytesIO(ranked_report_xlsx(content))).active
    assert sheet is not None
    cells = [cell.value for line in sheet.iter_rows(min_row=2) for cell in line]
    if row["remarks_en"]:
        assert row["remarks_en"] in cells
        assert row["remarks_en"] in str(list(ranked_paper(content).blocks))
    return row


def page_of(person: Person | None) -> str:
    client = Client(headers={"Accept-Language": "en"})
    if person is not None:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client.get("/").content.decode()


def test_behind_a_certificate_in_force_there_is_no_remark(
    certificate: Certificate, edition: Edition, regulator: Person
) -> None:
    row, reported = api_row(regulator), report_row(edition, regulator)
    assert (row["standing"], row["state"], row["remark"]) == ("valid", "certified", None)
    assert (reported["standing_en"], reported["remarks_en"]) == ("Valid", "")


@pytest.mark.parametrize(
    ("act", "standing", "remark"),
    [
        ("suspend", "suspended", "the certificate is suspended"),
        ("withdraw", "withdrawn", "the certificate was withdrawn"),
    ],
)
def test_a_certificate_that_was_stopped_is_told_of_in_row_report_and_page(
    act: str, standing: str, remark: str, certificate: Certificate, edition: Edition, deng: Person, regulator: Person
) -> None:
    certificate_life.take(act, certificate, person=deng, reason="fraud")
    row, reported = api_row(regulator), report_row(edition, regulator)
    assert (row["standing"], row["remark"]["en"]) == (standing, remark)
    assert (reported["standing_en"].lower(), reported["remarks_en"]) == (standing, remark)
    assert remark in page_of(regulator)
    assert certificate.number not in page_of(None)


def test_a_result_that_is_not_decided_says_so(evaluated: Assessment, edition: Edition, regulator: Person) -> None:
    row, reported = api_row(regulator), report_row(edition, regulator)
    assert (row["standing"], row["state"]) == (None, "evaluated")
    assert row["remark"]["zh"] == "已评价，尚未复核和决定"
    assert (reported["certificate"], reported["standing_zh"], reported["remarks_zh"]) == ("", "", row["remark"]["zh"])


def test_a_report_stays_as_it_stood(
    certificate: Certificate, edition: Edition, deng: Person, regulator: Person
) -> None:
    report = make_report(edition=edition, query=RankingQuery(), person=regulator)
    before = ranked_csv(content_of(report))
    certificate_life.withdraw(certificate, person=deng, reason="fraud")
    assert ranked_csv(content_of(report)) == before


def test_nothing_public_rests_on_a_term_that_has_ended(
    certificate: Certificate, centre: Centre, regulator: Person
) -> None:
    doors = (f"/centres/{centre.slug}/result/", f"/centres/{centre.slug}/bundle/")
    bundle = f"/api/v1/certificates/{certificate.number}/bundle/"
    assert [Client().get(door).status_code for door in (*doors, bundle)] == [200, 200, 200]
    with day_after(certificate):
        assert certificate.number not in page_of(None)
        assert [Client().get(door).status_code for door in (*doors, bundle)] == [404, 404, 404]
        assert (api_row(regulator)["standing"], api_row(regulator)["remark"]["zh"]) == ("expired", "证书已到期")


def test_nobody_acts_on_a_certificate_whose_term_has_ended(certificate: Certificate, deng: Person) -> None:
    door = f"/api/v1/certificates/{certificate.number}/"
    assert "suspend" in APIClient().get(door).json()["allowed_acts"]
    with day_after(certificate):
        of_many = APIClient().get("/api/v1/certificates/").json()["results"][0]
        assert APIClient().get(door).json()["allowed_acts"] == of_many["allowed_acts"] == []
        with pytest.raises(DecisionBlocked, match="expired"):
            certificate_life.suspend(certificate, person=deng, reason="x")


def test_a_suspended_certificate_ends_with_its_term_too(certificate: Certificate, deng: Person) -> None:
    certificate_life.suspend(certificate, person=deng, reason="x")
    with day_after(certificate):
        assert APIClient().get(f"/api/v1/certificates/{certificate.number}/").json()["standing"] == "expired"
        with pytest.raises(DecisionBlocked):
            certificate_life.restore(certificate, person=deng, reason="x")
