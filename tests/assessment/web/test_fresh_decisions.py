"""A decision by the page waits for a fresh second factor, with what was typed, and then goes on by itself."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.test import Client

from assessment.models import Act, Assessment
from assessment.services.application.submit import submit
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Person
from tests.operations.triggers import without_rule
from tests.second_factor import code

pytestmark = pytest.mark.django_db
REVIEWED = 4  # the version of a case that was opened, submitted, evaluated and reviewed
TYPED = {"act": "certify", "reason": "every minimum is met", "version": REVIEWED}


@pytest.fixture
def reviewed(assessment: Assessment, olu: Person, ana: Person, ravi: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    return review(assessment, person=ravi, reason="x")


@pytest.fixture
def an_hour_later(client: Client, deng: Person) -> Client:
    """Deng's browser, an hour after signing in with both factors."""
    client.force_login(deng)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    return client


def test_an_old_proof_lets_the_decision_wait_until_a_code_was_typed(
    an_hour_later: Client, reviewed: Assessment
) -> None:
    page = f"/assessments/{reviewed.pk}/"
    confirm = an_hour_later.post(page, TYPED)["Location"]
    assert unquote(confirm) == f"/account/confirm/code/?next={page}"
    assert an_hour_later.post(confirm, {"code": "000000"}).status_code == 422
    assert not Act.objects.filter(act="certify").exists()
    assert an_hour_later.post(confirm, {"code": code()})["Location"] == page
    assert Act.objects.get(act="certify").reason == "every minimum is met"


def test_a_decision_that_is_refused_after_the_code_keeps_what_was_typed(
    an_hour_later: Client, reviewed: Assessment, ravi: Person
) -> None:
    page = f"/assessments/{reviewed.pk}/"
    confirm = an_hour_later.post(page, TYPED)["Location"]
    with without_rule("what_was_evaluated_stays"):
        Assessment.objects.filter(pk=reviewed.pk).update(result=None)  # meanwhile nothing is left to decide on
    refused = an_hour_later.post(confirm, {"code": code()})
    assert refused.status_code == 422
    assert f'action="{page}"' in refused.content.decode()
    assert "every minimum is met" in refused.content.decode()


def test_a_fresh_proof_is_not_asked_for_again(client: Client, reviewed: Assessment, deng: Person) -> None:
    client.force_login(deng)
    page = f"/assessments/{reviewed.pk}/"
    assert client.post(page, TYPED)["Location"] == page


def test_reading_never_asks(an_hour_later: Client, reviewed: Assessment) -> None:
    assert an_hour_later.get(f"/assessments/{reviewed.pk}/").status_code == 200
