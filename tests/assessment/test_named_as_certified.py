"""Whoever was certified is named so, whatever the profile says by now."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate
from assessment.scoring.major_changes import Aspect
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.surveillance import changed_since
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.editions.rescore import rescored
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from centres.services.save_profile import save_profile
from core.text import Text
from indicators.models import Edition

pytestmark = pytest.mark.django_db

NEW = {"zh": "国家人工智能超级中心", "en": "National AI Mega Centre"}


@pytest.fixture
def decided(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Assessment:
    return as_decided(assessment, olu, ana, ravi, deng)


def as_decided(case: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Assessment:
    score_package(submit(case, person=olu))
    review(evaluate(case, person=ana, reason="x"), person=ravi, reason="x")
    return decide(case, person=deng, certify=True, reason="x")


def certified(centre: Centre) -> Text:
    version = current_profile(centre)
    assert version is not None
    return version.name


def rename(centre: Centre, person: Person) -> None:
    version = current_profile(centre)
    assert version is not None
    content: dict[str, Any] = json.loads(json.dumps(version.content))
    content["centre"]["name"] = NEW
    content["place"] |= {"province": "北京", "city": "北京"}
    save_profile(centre, FacilityProfile.model_validate(content), person=person)


def words(address: str) -> str:
    response = Client(headers={"Accept-Language": "en"}).get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_every_public_page_names_who_was_certified(decided: Assessment, centre: Centre, olu: Person) -> None:
    was, number = certified(centre).en, Certificate.objects.get().number
    rename(centre, olu)
    pages = ["/", "/certificates/", f"/certificates/{number}/", f"/certificates/{number}/complaint/"]
    for page in [*pages, *(f"/centres/{centre.slug}/{part}" for part in ("", "result/", "result/GR-1.1/"))]:
        text = words(page)
        assert was in text, page
        assert NEW["en"] not in text, page
        assert "Beijing" not in text.partition("<main")[2].partition("<table")[2], page


def test_the_register_as_a_sheet_names_who_was_certified(decided: Assessment, centre: Centre, olu: Person) -> None:
    was = certified(centre).en
    rename(centre, olu)
    answer = Client(headers={"Accept-Language": "en"}).get("/certificates/?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active  # type: ignore[arg-type]
    assert sheet is not None
    told = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert (was in told, NEW["en"] in told, "Beijing" in told) == (True, False, False)


def test_every_door_of_the_api_names_who_was_certified(decided: Assessment, centre: Centre, olu: Person) -> None:
    was, number = certified(centre).as_json(), Certificate.objects.get().number
    rename(centre, olu)
    of_one = APIClient().get(f"/api/v1/certificates/{number}/").json()["name"]
    of_many = APIClient().get("/api/v1/certificates/").json()["results"][0]["name"]
    ranked = APIClient().get("/api/v1/rankings/").json()["rows"][0]["name"]
    assert of_one == of_many == ranked == was


def test_a_running_notice_names_who_was_decided_about(
    settings: Any, centre: Centre, edition: Edition, measured: Any, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    settings.SCHEME_NOTICE_DAYS = 7
    case = as_decided(open_assessment(centre, edition=edition, person=olu), olu, ana, ravi, deng)
    was = certified(centre).en
    rename(centre, olu)
    for page in ("/announcements/", f"/announcements/{case.pk}/"):
        text = words(page)
        assert (was in text, NEW["en"] in text, "Beijing" in text) == (True, False, False), page


def test_another_name_and_another_site_are_major_changes(decided: Assessment, centre: Centre, olu: Person) -> None:
    rename(centre, olu)
    told = {one.aspect: one.after.zh for one in changed_since(Certificate.objects.get())}
    assert told[Aspect.NAME] == NEW["zh"]
    assert "北京" in told[Aspect.SITE]


def test_the_difference_between_editions_names_who_was_certified(
    decided: Assessment, centre: Centre, olu: Person
) -> None:
    was = certified(centre)
    rename(centre, olu)
    (one,) = rescored(AnonymousUser(), old=decided.edition, new=decided.edition)
    assert one.name == was
