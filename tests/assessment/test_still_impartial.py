"""Nothing is awarded on what somebody judged who has declared a conflict of interest since: others judge it anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from assessment.models import Assessment, Dispute
from assessment.services import disputes
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.chain.still_impartial import require_impartial_evaluation
from assessment.services.decision.decide import ask_again, decide, take_effect
from assessment.services.decision.review import review, send_back
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from centres.services.declare_interests import declare_interests
from core.errors import DecisionBlocked
from indicators.models import Edition
from tests.assessment.chance.starts import let_notice_end
from tests.assessment.conftest import PILLARS

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


def refused(code: str) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == code)


@pytest.fixture
def hana(person: Make) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return Assessment.objects.get(pk=assessment.pk)


@pytest.fixture
def announced(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    deng: Person,
) -> Assessment:  # fmt: skip
    settings.SCHEME_NOTICE_DAYS = 7
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    return decide(case, person=deng, certify=True, reason="x")


def test_nothing_is_certified_on_the_review_of_somebody_who_has_declared_a_conflict_since(
    submitted: Assessment, ana: Person, ravi: Person, deng: Person, person: Make
) -> None:
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    declare_interests(submitted.centre, person=ravi, conflict=True, statement="my spouse is their CFO")
    with refused("another_reviewer_needed") as caught:
        decide(submitted, person=deng, certify=True, reason="x")
    assert "Ravi" in caught.value.message.en
    ask_again(submitted, person=deng, reason="another reviewer")
    review(submitted, person=person("remy", Role.REVIEWER), reason="x")
    assert decide(submitted, person=deng, certify=True, reason="x").state == "certified"


def test_nothing_is_reviewed_or_certified_on_the_evaluation_of_somebody_in_conflict_since(
    submitted: Assessment, ana: Person, ravi: Person, deng: Person, person: Make
) -> None:
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    declare_interests(submitted.centre, person=ana, conflict=True, statement="my spouse is their CFO")
    for certify in (False, True):
        with refused("another_evaluation_needed") as caught:
            decide(submitted, person=deng, certify=certify, reason="x")
    assert "Ana" in caught.value.message.en
    ask_again(submitted, person=deng, reason="another evaluation")
    with refused("another_evaluation_needed"):
        review(submitted, person=ravi, reason="x")
    send_back(submitted, person=ravi, reason="another assessor")
    evaluate(submitted, person=person("abe", Role.ASSESSOR), reason="x")
    review(submitted, person=ravi, reason="x")
    assert decide(submitted, person=deng, certify=True, reason="x").state == "certified"


def test_an_evaluation_stands_where_another_assessor_has_the_pillars_of_one_in_conflict_since(
    assigned: Assessment, ana: Person, bo: Person, rita: Person
) -> None:
    require_impartial_evaluation(assigned)
    declare_interests(assigned.centre, person=ana, conflict=True, statement="my spouse is their CFO")
    assign(assigned, assessor=bo, pillars=PILLARS[1:], person=rita)
    with refused("another_evaluation_needed"):
        require_impartial_evaluation(assigned)
    assign(assigned, assessor=bo, pillars=PILLARS[:1], person=rita)
    require_impartial_evaluation(assigned)


@pytest.mark.parametrize("judge", ["ana", "ravi", "deng"])
def test_an_announced_decision_of_somebody_in_conflict_since_is_taken_anew_by_others(
    announced: Assessment, rita: Person, hana: Person, judge: str, person: Make, api: Callable[[Person], APIClient]
) -> None:
    judging = Person.objects.get(username=judge)
    declare_interests(announced.centre, person=judging, conflict=True, statement="I own shares")
    let_notice_end()
    with refused("another_decision_needed") as caught:
        take_effect(announced, person=rita, reason="x")
    assert judging.name.en in caught.value.message.en
    said = {"kind": "objection", "statement": "in conflict", "name": "Rita", "contact": "rita@example.org"}
    door = f"/api/v1/assessments/{announced.pk}/disputes/"
    lodged = api(rita).post(door, said, format="json")
    assert lodged.status_code == 201, "after the period of notice, too"
    for act in ("acknowledge", "uphold"):
        disputes.act_on(Dispute.objects.get(), act, person=hana, reason="so it is")
    case = Assessment.objects.get(pk=announced.pk)
    assert case.state == "evaluated"
    remy = person("remy", Role.REVIEWER)
    if judge == "ana":
        send_back(case, person=remy, reason="another assessor")
        evaluate(case, person=person("abe", Role.ASSESSOR), reason="x")
    review(case, person=remy, reason="x")
    decide(case, person=person("dora", Role.DECIDER), certify=True, reason="x")
    let_notice_end()
    assert take_effect(case, person=rita, reason="x").state == "certified"
