"""A list of cases or certificates says of each what its own address says; only that it is read as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Act, Assessment, Certificate, Kind, Part, ResultSummary
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Person, Role, StaffRole
from indicators.models import Edition
from tests.assessment.conftest import add_centre
from tests.operations.triggers import without_rules_of_a_case

pytestmark = pytest.mark.django_db
LIST = "/api/v1/assessments/"


@pytest.fixture
def cases(
    edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person, deng: Person
) -> list[Assessment]:
    """Certified, announced until a day, a draft, a pre-assessment; in the first the platform acted too."""

    def opened(number: int, kind: Kind = Kind.CERTIFICATION) -> Assessment:
        centre = add_centre(f"centre-{number}", owner=olu)
        return open_assessment(centre, edition=edition, person=olu, kind=kind)

    certified, announced, draft, pre = opened(0), opened(1), opened(2), opened(3, Kind.PRE_ASSESSMENT)
    for case in (certified, announced, pre):
        score_package(submit(case, person=olu, reason="齐备"))
    evaluate(certified, person=ana, reason="agrees")
    review(certified, person=ravi, reason="sound")
    decide(certified, person=deng, certify=True, reason="met")
    without_rules_of_a_case()
    until = dt.date(2026, 12, 1)
    Assessment.objects.filter(pk=announced.pk).update(state="announced", notice_days=7, notice_until=until)
    Act.objects.create(
        assessment=certified, of="certificate", act="expire", from_state="valid", to_state="expired", part=Part.SYSTEM
    )
    return [certified, announced, draft, pre]


def asked(person: Person, address: str) -> Any:
    client = APIClient()
    client.force_authenticate(person)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC"])
def test_a_row_of_the_list_is_what_the_case_itself_says(
    cases: list[Assessment], ana: Person, settings: Any, zone: str
) -> None:
    settings.TIME_ZONE = zone
    listed = {row["id"]: row for row in asked(ana, LIST)["results"]}
    assert set(listed) == {str(case.pk) for case in cases}
    for pk, row in listed.items():
        alone = asked(ana, f"{LIST}{pk}/")
        assert row == alone
        assert list(row) == list(alone)  # in the same order, too
        assert [list(act) for act in row["acts"]] == [list(act) for act in alone["acts"]]


def test_the_regulator_reads_what_happened_and_neither_who_did_it_nor_why(
    cases: list[Assessment], ana: Person, person: Callable[..., Person]
) -> None:
    reg = person("reg")
    StaffRole.objects.create(user=reg, role=Role.REGULATOR, province=cases[0].centre.province)
    address = f"{LIST}{cases[0].pk}/"
    alone = asked(reg, address)
    [listed] = [row for row in asked(reg, LIST)["results"] if row["id"] == str(cases[0].pk)]
    assert listed == alone
    assert [(act["act"], act["person"], act["reason"]) for act in alone["acts"]] == [
        (act["act"], None, "") for act in asked(ana, address)["acts"]
    ]
    visitor = Client(headers={"Accept-Language": "en"})
    visitor.force_login(reg)
    page = visitor.get(f"/assessments/{cases[0].pk}/").content.decode()
    assert "What was done" in page
    assert "agrees" not in page
    assert "Ravi" not in page


def test_a_certificate_in_the_list_is_what_its_number_says(cases: list[Assessment], ana: Person) -> None:
    Certificate.objects.update(valid_until=dt.date(2020, 1, 1), issued_on=dt.date(2019, 1, 1))  # expired by its day
    [row] = asked(ana, "/api/v1/certificates/")["results"]
    alone = asked(ana, f"/api/v1/certificates/{row['number']}/")
    assert (row, list(row)) == (alone, list(alone))
    assert row["standing"] == "expired"
    ResultSummary.objects.all().delete()
    assert asked(ana, "/api/v1/certificates/")["results"] == [row]


def test_a_list_names_who_acted_and_leaves_the_platform_unnamed(cases: list[Assessment], ana: Person) -> None:
    [first] = [row for row in asked(ana, LIST)["results"] if row["id"] == str(cases[0].pk)]
    assert [(act["act"], act["person"] is None) for act in first["acts"]] == [
        *((act, False) for act in ("open", "submit", "evaluate", "review", "certify")),
        ("expire", True),
    ]


def test_a_pre_assessment_has_no_grade_in_a_list_either(cases: list[Assessment], ana: Person) -> None:
    [pre] = [row for row in asked(ana, LIST)["results"] if row["kind"] == "pre_assessment"]
    assert pre["result"]["digest"].startswith("sha256:")
    assert (pre["result"]["score"], pre["result"]["grade"], pre["result"]["verdict"]) == (None, None, None)


def test_a_result_without_summary_is_listed_all_the_same(cases: list[Assessment], ana: Person) -> None:
    before = asked(ana, LIST)
    ResultSummary.objects.all().delete()
    assert asked(ana, LIST) == before


def test_pages_of_the_list_follow_one_another(cases: list[Assessment], ana: Person) -> None:
    address, found = f"{LIST}?limit=3", []
    while address:
        page = asked(ana, address)
        found += [row["id"] for row in page["results"]]
        address = page["next"]
    assert found == [str(case.pk) for case in reversed(cases)]
