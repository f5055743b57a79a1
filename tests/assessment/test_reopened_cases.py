"""What an upheld appeal or objection reopens is looked at by others, and what it was not lodged against stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from assessment.models import Act, Assessment, Dispute, DisputeKind, Part
from assessment.services import disputes
from assessment.services.application import admit
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.chain.separation import join
from assessment.services.chain.transitions import permit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from centres.services.declare_interests import declare_interests
from indicators.models import Edition
from tests.assessment.test_separation import refused
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
Make = Callable[..., Person]


@pytest.fixture
def hana(person: Make, centre: Centre) -> Person:
    made = person("hana", Role.APPEAL_HANDLER)
    declare_interests(centre, person=made, conflict=False, statement="none")
    return made


@pytest.fixture
def declined(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person
) -> Assessment:
    settings.SCHEME_EXPRESS = False
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    return admit.decline(admit.take_up(case, person=rita, reason="x"), person=rita, reason="out of scope")


@pytest.fixture
def reviewed(assessment: Assessment, olu: Person, ana: Person, ravi: Person) -> Assessment:
    return to_review(assessment, olu, ana, ravi)


@pytest.fixture
def announced(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    deng: Person,
) -> Assessment:  # fmt: skip
    settings.SCHEME_NOTICE_DAYS = 7
    case = to_review(open_assessment(centre, edition=edition, person=olu), olu, ana, ravi)
    return decide(case, person=deng, certify=True, reason="x")


def to_review(case: Assessment, olu: Person, ana: Person, ravi: Person) -> Assessment:
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    return review(case, person=ravi, reason="x")


def lodged(case: Assessment, kind: DisputeKind, by: Person | None = None) -> Dispute:
    return disputes.lodge(case, kind=kind, statement="x", name="n", contact="c", person=by)


def upheld(found: Dispute, hana: Person) -> Assessment:
    disputes.act_on(found, "acknowledge", person=hana, reason="x")
    disputes.act_on(Dispute.objects.get(pk=found.pk), "uphold", person=hana, reason="x")
    return Assessment.objects.get(pk=found.assessment_id)


def decided_anew(case: Assessment, person: Make, *, certify: bool) -> Assessment:
    """By a reviewer and a decider nobody has seen before."""
    number = case.acts.count()
    review(case, person=person(f"reviewer{number}", Role.REVIEWER), reason="x")
    return decide(case, person=person(f"decider{number}", Role.DECIDER), certify=certify, reason="x")


@pytest.mark.parametrize("act", ["accept", "return_application", "decline"])
def test_another_registrar_reviews_an_application_that_was_declined_wrongly(
    declined: Assessment, olu: Person, rita: Person, person: Make, hana: Person, act: str
) -> None:
    upheld(lodged(declined, DisputeKind.APPEAL, olu), hana)
    with refused("separation_of_duties"):
        getattr(admit, act)(declined, person=rita, reason="no, again")
    rui = person("rui", Role.REGISTRAR)
    assert getattr(admit, act)(declined, person=rui, reason="x").state != "under_review"


def test_the_reopened_application_is_the_work_of_the_other_registrar(
    declined: Assessment, olu: Person, rita: Person, person: Make, hana: Person
) -> None:
    upheld(lodged(declined, DisputeKind.APPEAL, olu), hana)

    def task_of(somebody: Person) -> object:
        client = Client()
        client.force_login(somebody)
        return client.get("/my/").context["centres"][0]["task"]

    assert task_of(rita) is None
    assert task_of(person("rui", Role.REGISTRAR)) is not None


def test_the_database_lets_nobody_decline_again_what_was_reopened(
    declined: Assessment, olu: Person, rita: Person, hana: Person
) -> None:
    upheld(lodged(declined, DisputeKind.APPEAL, olu), hana)
    again = {"act": "decline", "from_state": "under_review", "to_state": "declined", "part": Part.REGISTRAR}
    with pytest.raises(IntegrityError, match="reopened after they judged it"), transaction.atomic():
        Act.objects.create(assessment=declined, person=rita, **again)


def test_who_accepted_the_application_of_a_refusal_that_is_reopened_goes_on(
    reviewed: Assessment, olu: Person, deng: Person, hana: Person, rita: Person, person: Make
) -> None:
    join(reviewed, person=rita, part=Part.REGISTRAR)
    decide(reviewed, person=deng, certify=False, reason="x")
    case = upheld(lodged(reviewed, DisputeKind.APPEAL, olu), hana)
    assert case.state == "evaluated"
    permit(case, Part.REGISTRAR, person=rita)


def test_a_second_objection_to_the_same_announcement_reopens_no_refusal(
    announced: Assessment, hana: Person, person: Make
) -> None:
    first, second = lodged(announced, DisputeKind.OBJECTION), lodged(announced, DisputeKind.OBJECTION)
    decided_anew(upheld(first, hana), person, certify=False)
    assert upheld(second, hana).state == "refused"


def test_an_objection_still_open_from_the_announcement_before_holds_up_the_next(
    announced: Assessment, hana: Person, person: Make
) -> None:
    first, second = lodged(announced, DisputeKind.OBJECTION), lodged(announced, DisputeKind.OBJECTION)
    assert decided_anew(upheld(first, hana), person, certify=True).state == "announced"
    assert upheld(second, hana).state == "evaluated"


def test_a_second_appeal_against_the_same_refusal_reopens_no_later_one(
    reviewed: Assessment, olu: Person, deng: Person, hana: Person, person: Make
) -> None:
    refusal = decide(reviewed, person=deng, certify=False, reason="x")
    first, second = lodged(refusal, DisputeKind.APPEAL, olu), lodged(refusal, DisputeKind.APPEAL, olu)
    decided_anew(upheld(first, hana), person, certify=False)
    assert upheld(second, hana).state == "refused"
    assert upheld(lodged(refusal, DisputeKind.APPEAL, olu), hana).state == "evaluated"


def test_the_database_reopens_no_case_without_an_upheld_dispute(
    reviewed: Assessment, olu: Person, deng: Person, hana: Person
) -> None:
    decide(reviewed, person=deng, certify=False, reason="x")
    disputes.act_on(lodged(reviewed, DisputeKind.APPEAL, olu), "acknowledge", person=hana, reason="x")
    reopened = {"act": "reconsider", "from_state": "refused", "to_state": "evaluated", "part": Part.APPEAL_HANDLER}
    with pytest.raises(IntegrityError, match="nothing was upheld"), transaction.atomic():
        Act.objects.create(assessment=reviewed, person=hana, **reopened)
    with without_rule("a_case_is_reopened_by_what_was_upheld"):
        Act.objects.create(assessment=reviewed, person=hana, **reopened)
