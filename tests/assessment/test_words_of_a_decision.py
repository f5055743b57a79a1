"""A paper is that of its decision: the word of the scheme the case was opened under, the names of the day."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from docx import Document
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.issue import content_of
from assessment.services.decision.decide import decide, take_effect
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from indicators.models import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    return _certified(assessment, olu, ana, ravi, deng)


def _certified(case: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")
    return Certificate.objects.get(assessment=case)


def test_a_paper_made_again_names_body_and_decider_as_they_were(
    certificate: Certificate, deng: Person, settings: Any
) -> None:
    before = content_of(certificate)
    page = Client().get(f"/certificates/{certificate.number}/").content.decode()
    Person.objects.filter(pk=deng.pk).update(name_zh="改名", name_en="Renamed Decider")
    settings.BODY_NAME = {"zh": "另一机构", "en": "Another Body Ltd"}
    settings.BODY_ADDRESS = settings.BODY_COMPLAINTS = {"zh": "别处", "en": "elsewhere"}
    settings.SCHEME_TYPE = "certification"
    assert content_of(Certificate.objects.get(pk=certificate.pk)) == before
    again = Client().get(f"/certificates/{certificate.number}/").content.decode()
    for changed in ("Renamed Decider", "Another Body Ltd", "elsewhere", "Certificate of Certification"):
        assert changed not in again
    assert ("Deng" in page, "Deng" in again) == (True, True)


def test_the_word_on_the_papers_is_pinned_when_the_case_is_opened(
    centre: Centre, edition: Edition, measured: dict[str, str], settings: Any, olu: Person, ana: Person, ravi: Person,
    deng: Person,
) -> None:  # fmt: skip
    settings.SCHEME_TYPE = "certification"
    case = open_assessment(centre, edition=edition, person=olu)
    settings.SCHEME_TYPE = "assessment"
    certificate = _certified(case, olu, ana, ravi, deng)
    content = content_of(certificate)
    assert content.title.zh == "智算中心认证证书"
    assert "不构成" not in content.accreditation.zh
    assert "版认证" in content.statement.zh
    told = APIClient().get(f"/api/v1/certificates/{certificate.number}/").json()
    assert told["scheme_type"] == "certification"
    assert [one["scheme_type"] for one in APIClient().get("/api/v1/certificates/").json()["results"]] == [
        "certification"
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=case.pk).update(scheme_type="assessment")


def test_after_a_period_of_notice_a_paper_says_when_it_was_decided_and_since_when_it_holds(
    centre: Centre, edition: Edition, measured: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch,
    olu: Person, ana: Person, ravi: Person, deng: Person, person: Callable[..., Person],
) -> None:  # fmt: skip
    settings.SCHEME_NOTICE_DAYS, settings.TIME_ZONE = 7, "Asia/Shanghai"
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    today = timezone.localdate()
    decided = today - dt.timedelta(days=8)
    evening = dt.datetime.combine(decided, dt.time(23), tzinfo=timezone.get_current_timezone())
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: evening.astimezone(dt.UTC))
        decide(case, person=deng, certify=True, reason="x")
    take_effect(case, person=person("rita", Role.REGISTRAR), reason="nobody objected")
    certificate = Certificate.objects.get(assessment=case)
    content = content_of(certificate)
    days = {fact.label.en: fact.value.en for fact in (*content.signatory, *content.facts)}
    assert (days["Decided on"], days["Effective from"]) == (f"{decided}", f"{today}")
    assert days["Valid"].startswith(f"{today} – {certificate.valid_until}")
    page = f"/certificates/{certificate.number}/"
    cells = [cell.text for table in _annex(page) for row in table.rows for cell in row.cells]
    assert cells[cells.index("决定日期 Decided on") + 1] == f"{decided}"
    assert cells[cells.index("生效日期 Effective from") + 1] == f"{today}"
    assert f"<dt>决定日期</dt><dd>{decided}</dd>" in Client().get(page).content.decode()


def test_without_one_both_are_one_day(certificate: Certificate) -> None:
    content = content_of(certificate)
    days = {fact.label.en: fact.value.en for fact in (*content.signatory, *content.facts)}
    assert days["Decided on"] == f"{certificate.issued_on}"
    assert "Effective from" not in days


def _annex(page: str) -> Any:
    return Document(io.BytesIO(Client().get(f"{page}?format=docx").content)).tables


def test_the_names_of_a_decision_are_kept_by_the_database(certificate: Certificate) -> None:
    case = Assessment.objects.get(pk=certificate.assessment_id)
    assert case.decision is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=case.pk).update(decision=case.decision | {"decider": {"zh": "x", "en": "x"}})
