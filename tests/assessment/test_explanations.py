"""The explanation of a result over the API and on pages: open to whoever may see the result, and to nobody else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from assessment.difference_selectors import difference_between, previous_result
from assessment.models import Assessment, Kind, ProvisionalResult, StoredResult
from assessment.result_selectors import explanation_of, situation_of
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_centre, score_package
from centres.models import Centre, Person
from indicators.models import Edition
from tests.operations.triggers import without_rules_of_a_case

pytestmark = pytest.mark.django_db


def scored(assessment: Assessment, person: Person) -> Assessment:
    score_package(submit(assessment, person=person, reason="齐备"))
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    return scored(assessment, olu)


@pytest.fixture
def certified(submitted: Assessment, ana: Person, ravi: Person, deng: Person) -> Assessment:
    evaluate(submitted, person=ana, reason="一致")
    review(submitted, person=ravi, reason="同意")
    return decide(submitted, person=deng, certify=True, reason="准予")


@pytest.fixture
def renewed(certified: Assessment, measured: dict[str, str], edition: Edition, olu: Person) -> Assessment:
    """A second assessment of the same centre, with a better PUE."""
    Assessment.objects.filter(pk=certified.pk).update(created_at=certified.created_at - dt.timedelta(days=365))
    measured["annual_pue"] = "1.15"
    return scored(open_assessment(certified.centre, edition=edition, person=olu, kind=Kind.RENEWAL), olu)


def answer(person: Person | None, address: str) -> Any:
    client = APIClient()
    if person is not None:
        client.force_authenticate(person)
    return client.get(address)


def page(person: Person | None, address: str, *, language: str = "zh-hans") -> str:
    client = Client()
    client.cookies["django_language"] = language
    if person is not None:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client.get(address).content.decode()


# --- API --------------------------------------------------------------------------------------------------------------


def test_the_explanation_stands_beside_the_result(submitted: Assessment, olu: Person) -> None:
    said = answer(olu, f"/api/v1/assessments/{submitted.pk}/result/explanation/").json()
    assert submitted.result is not None
    assert said["result_digest"] == submitted.result.digest
    lost = said["lost"]
    assert Decimal(lost["own"]["points"]) == 100 - Decimal(submitted.result.tree["score"])
    assert sum(Decimal(part["of_total"]["points"]) for part in lost["parts"]) == Decimal(lost["own"]["points"])
    assert said["advice"]["target"] == "L5"
    assert {sentence["kind"] for sentence in said["sentences"]["GR-1.1"]} >= {"value", "lost"}
    assert said["difference"] is None


def test_a_provisional_result_is_explained_too(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person
) -> None:
    score_centre(centre)
    said = answer(olu, f"/api/v1/centres/{centre.slug}/result/explanation/").json()
    assert said["lost"]["code"] == "zhisuan"


def test_who_may_not_see_the_result_finds_no_explanation(submitted: Assessment, zoe: Person) -> None:
    for address in (
        f"/api/v1/assessments/{submitted.pk}/result/explanation/",
        f"/api/v1/centres/{submitted.centre.slug}/result/explanation/",
    ):
        assert answer(zoe, address).status_code == 404
        assert answer(None, address).status_code == 401


def test_a_result_that_is_not_there_yet_has_no_explanation(assessment: Assessment, olu: Person) -> None:
    assert answer(olu, f"/api/v1/assessments/{assessment.pk}/result/explanation/").status_code == 404


def test_the_difference_to_the_previous_result_is_the_evidence_alone(renewed: Assessment, olu: Person) -> None:
    said = answer(olu, f"/api/v1/assessments/{renewed.pk}/result/explanation/").json()["difference"]
    assert said["parts"]["rubric"]["exact"] == "0"
    assert [one["code"] for one in said["evidence"]] == ["GR-1.1"]
    assert said["evidence"][0]["part"]["points"] == said["total"]["points"] == said["parts"]["evidence"]["points"]


def test_the_schema_describes_the_answer(db: None) -> None:
    schema = APIClient().get("/api/v1/schema/", {"format": "json"}).json()
    described = schema["paths"]["/api/v1/assessments/{id}/result/explanation/"]["get"]["responses"]["200"]
    assert described["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ExplanationAnswer"}
    assert set(schema["components"]["schemas"]["ExplanationAnswer"]["required"]) >= {"lost", "advice", "sentences"}


# --- what is kept and what is asked again -----------------------------------------------------------------------------


def test_the_public_is_told_no_difference_to_what_it_may_not_see(renewed: Assessment) -> None:
    without_rules_of_a_case()
    Assessment.objects.exclude(pk=renewed.pk).update(state="refused")
    assert renewed.result is not None
    assert previous_result(renewed.result, assessment=renewed, insider=False) is None
    assert previous_result(renewed.result, assessment=renewed, insider=True) is not None


def test_a_provisional_result_is_compared_with_the_provisional_one_before(
    centre: Centre, edition: Edition, measured: dict[str, str]
) -> None:
    first = score_centre(centre)
    measured["annual_pue"] = "1.30"
    second = score_centre(centre)
    assert first is not None
    assert second is not None
    assert previous_result(second, assessment=None, insider=True) == first
    found = difference_between(first, second)
    assert found is not None
    assert found.total is not None
    assert found.total.published == Decimal(second.tree["score"]) - Decimal(first.tree["score"]) < 0
    assert ProvisionalResult.objects.get(centre=centre).result == second


def test_an_explanation_is_worked_out_once_for_a_result(submitted: Assessment) -> None:
    assert submitted.result is not None
    again = StoredResult.objects.get(pk=submitted.result.pk)
    assert explanation_of(submitted.result) is explanation_of(again)


def test_what_decides_a_condition_or_lost_against_an_alternative_is_part_of_the_situation(
    assessment: Assessment, measured: dict[str, str], olu: Person
) -> None:
    measured["asked_by_no_indicator"] = "7"
    stored = scored(assessment, olu).result
    assert stored is not None
    again = situation_of(stored)
    assert again is not None
    assert again.measurements["asked_by_no_indicator"].value == Decimal(7)
    assert again.result(inputs_digest=stored.inputs_digest).digest == stored.digest


def test_a_row_that_kept_its_sources_alone_and_is_measured_otherwise_today_gets_no_advice(
    submitted: Assessment,
) -> None:
    stored = submitted.result
    assert stored is not None
    sources = {**stored.inputs["sources"], "evidence": {}}
    before = StoredResult(
        centre=stored.centre,
        edition=stored.edition,
        profile_version=stored.profile_version,
        tree=stored.tree,
        inputs=sources,
        inputs_digest=stored.inputs_digest,
        digest=stored.digest,
    )
    assert situation_of(before) is None


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_result_page_shows_where_points_were_lost_as_chart_and_table(certified: Assessment, language: str) -> None:
    content = page(None, f"/centres/{certified.centre.slug}/result/", language=language)
    assert certified.result is not None
    lost = 100 - Decimal(certified.result.tree["score"])
    assert 'class="chart waterfall"' in content
    assert content.count(f"{lost}") >= 2
    assert {"zh-hans": "失分最多的是", "en": "points are lost, the largest share"}[language] in content
    assert {"zh-hans": "怎样达到五级", "en": "What would reach Level 5"}[language] in content


def test_the_trace_of_an_indicator_speaks_in_plain_words(certified: Assessment) -> None:
    content = page(None, reverse("assessment:trace", args=[certified.centre.slug, "GR-1.1"]))
    assert "测得 1.18" in content
    assert "原文可查" in content


def test_the_result_page_tells_what_changed(renewed: Assessment, olu: Person) -> None:
    content = page(olu, f"/centres/{renewed.centre.slug}/result/")
    assert "与上一次结果相比" in content
    assert "±0.00" in content


def test_a_blocked_result_says_first_what_blocks(assessment: Assessment, measured: dict[str, str], olu: Person) -> None:
    measured["annual_pue"] = "1.6"
    scored(assessment, olu)
    content = page(olu, f"/centres/{assessment.centre.slug}/result/")
    assert "怎样解除否决" in content
    assert "先解决否决（GR-1.1）" in content
