"""A high grade takes two deciders: one concurs, another one decides."""

# ruff: noqa: F811  (fixtures)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Act, Assessment, CasePart, Certificate
from assessment.services.acts import ACTS
from assessment.services.application.open_assessment import open_assessment
from assessment.services.chain.two_deciders import concurrence, is_for_two
from assessment.services.decision.concur import concur
from assessment.services.decision.decide import ask_again, decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from centres.models import Centre, Person, Role, StaffRole
from centres.services.declare_interests import declare_interests
from centres.services.link_accounts import link_accounts
from indicators.models import Edition
from tests.assessment.conftest import sign, visited
from tests.assessment.test_separation import PILLARS, accepted, ada, clear, competent, full, refused, rita  # noqa: F401
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
Make = Callable[..., Person]


@pytest.fixture
def dina(person: Make) -> Person:
    return person("dina", Role.DECIDER, zh="狄娜")


@pytest.fixture
def reviewed(
    accepted: Assessment, centre: Centre, ada: Person, rita: Person, olu: Person, ana: Person, ravi: Person,
    deng: Person, dina: Person,
) -> Assessment:  # fmt: skip
    competent(ana, ada)
    clear(centre, ana, ravi, deng, dina)
    assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    sign(accepted, olu)
    begin_evaluation(accepted, plan="x", visit_needed=True, person=ana, reason="x")
    visited(accepted, by=ana)
    evaluate(accepted, person=ana, reason="x")
    return review(accepted, person=ravi, reason="x")


def test_one_decider_is_not_enough_and_may_not_be_both(reviewed: Assessment, deng: Person, dina: Person) -> None:
    assert reviewed.concurrence_due
    with refused("second_decider_needed"):
        decide(reviewed, person=deng, certify=True, reason="x")
    concur(reviewed, person=dina, reason="the figures hold")
    with refused("second_decider_needed"):
        decide(reviewed, person=dina, certify=True, reason="x")
    with refused("wrong_state"):
        concur(reviewed, person=deng, reason="me too")
    assert decide(reviewed, person=deng, certify=True, reason="met").state == "certified"
    assert Certificate.objects.get().decided_by == deng
    assert [act.act for act in reviewed.acts.all()][-2:] == ["concur", "certify"]


def _declares_a_conflict(dina: Person, centre: Centre) -> None:
    declare_interests(centre, person=dina, conflict=True, statement="my spouse works there")


def _loses_the_role(dina: Person, centre: Centre) -> None:
    StaffRole.objects.filter(user=dina).delete()


def _may_not_sign_in(dina: Person, centre: Centre) -> None:
    Person.objects.filter(pk=dina.pk).update(is_active=False)


@pytest.mark.parametrize("since", [_declares_a_conflict, _loses_the_role, _may_not_sign_in])
def test_who_concurred_counts_while_they_may_decide(
    reviewed: Assessment, centre: Centre, ravi: Person, deng: Person, dina: Person, person: Make,
    since: Callable[[Person, Centre], None],
) -> None:  # fmt: skip
    concur(reviewed, person=dina, reason="x")
    since(dina, centre)
    with refused("second_decider_needed"):
        decide(reviewed, person=deng, certify=True, reason="x")
    ask_again(reviewed, person=deng, reason="Dina may decide this case no more")
    review(reviewed, person=ravi, reason="x")
    third = person("third", Role.DECIDER)
    clear(centre, third)
    concur(reviewed, person=third, reason="x")
    assert decide(reviewed, person=deng, certify=True, reason="x").state == "certified"


def test_two_accounts_of_one_decider_are_one(reviewed: Assessment, deng: Person, dina: Person, ada: Person) -> None:
    concur(reviewed, person=dina, reason="x")
    link_accounts(deng, to=dina, reason="one passport", person=ada)
    with refused("second_decider_needed"):
        decide(reviewed, person=Person.objects.get(pk=deng.pk), certify=True, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=reviewed.pk).update(state="certified", decider=deng)


def test_what_is_reviewed_anew_takes_a_new_concurrence(
    reviewed: Assessment, ravi: Person, deng: Person, dina: Person
) -> None:
    concur(reviewed, person=dina, reason="x")
    ask_again(reviewed, person=deng, reason="GR-1.1 is not explained")
    assert concurrence(reviewed) is None, "what was sent back to review has none"
    assert review(reviewed, person=ravi, reason="explained").concurrence_due
    with refused("second_decider_needed"):
        decide(reviewed, person=deng, certify=True, reason="x")


def test_one_is_enough_to_refuse(reviewed: Assessment, deng: Person) -> None:
    ended = decide(reviewed, person=deng, certify=False, reason="the class is another")
    assert (ended.state, ended.concurrence_due) == ("refused", False)


@pytest.mark.parametrize(("act", "by"), [("ask_again", "deng"), ("discontinue", "olu")])
def test_no_concurrence_is_due_where_nothing_is_decided_on(reviewed: Assessment, act: str, by: str) -> None:
    assert not ACTS[act](reviewed, person=Person.objects.get(username=by), reason="x").concurrence_due


def test_who_does_not_decide_does_not_concur(reviewed: Assessment, ana: Person, ravi: Person) -> None:
    with pytest.raises(PermissionDenied):
        concur(reviewed, person=ravi, reason="x")
    ravi.staff_roles.create(role=Role.DECIDER)
    with refused("separation_of_duties"):
        concur(reviewed, person=Person.objects.get(pk=ravi.pk), reason="x")


def test_nobody_concurs_over_an_open_major_finding(reviewed: Assessment, dina: Person, ana: Person) -> None:
    with without_rule("findings_are_raised_during_the_evaluation"):
        reviewed.findings.create(severity="major", statement="x", raised_by=ana)
    with refused("major_finding_open"):
        concur(reviewed, person=dina, reason="x")


@pytest.mark.parametrize(
    ("express", "kind", "setting", "pinned"),
    [
        (False, "certification", "L4", "L4"),
        (False, "certification", "L3", "L3"),
        (False, "certification", "none", ""),
        (False, "pre_assessment", "L4", ""),
        (True, "certification", "L4", ""),
    ],
)
def test_the_scheme_is_pinned_when_a_case_is_opened(
    centre: Centre, edition: Edition, olu: Person, settings: Any, express: bool, kind: Any, setting: str, pinned: str
) -> None:
    settings.SCHEME_EXPRESS, settings.SCHEME_TWO_DECIDERS_FROM = express, setting
    case = open_assessment(centre, edition=edition, person=olu, kind=kind)
    assert case.two_deciders_from == pinned
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=case.pk).update(two_deciders_from="L5")


def test_below_the_line_one_decides(reviewed: Assessment, centre: Centre, edition: Edition, olu: Person) -> None:
    assert reviewed.result is not None
    case = Assessment(edition=edition, centre=centre, result=reviewed.result, two_deciders_from="L5")
    reviewed.result.grade = "L4"
    assert not is_for_two(case)
    reviewed.result.grade = "L5"
    assert is_for_two(case)
    case.two_deciders_from = ""
    assert not is_for_two(case)


def test_pages_and_api_say_whose_turn_it_is(
    reviewed: Assessment, deng: Person, dina: Person, api: Callable[[Person], APIClient]
) -> None:
    door = f"/api/v1/assessments/{reviewed.pk}/"
    told = api(deng).get(door).json()
    assert (told["two_deciders_from"], told["concurrence_due"]) == ("L4", True)
    assert "concur" in told["allowed_acts"]
    assert "certify" not in told["allowed_acts"]
    read = {"If-Match": f'"{told["version"]}"'}
    alone = api(deng).post(f"{door}decide/", {"decision": "certify", "reason": "x"}, format="json", headers=read)
    assert (alone.status_code, alone.json()["code"]) == (409, "second_decider_needed")
    page = Client(headers={"Accept-Language": "en"})
    page.force_login(dina)
    minutes = f"/assessments/{reviewed.pk}/minutes/"
    [waiting] = page.get("/my/").context["centres"]
    assert (waiting["task"].en, waiting["task_address"]) == ("concur", minutes)
    shown = page.get(minutes).content.decode()
    assert "no second one has concurred yet" in shown
    assert 'value="certify"' not in shown
    signed = page.post(minutes, {"act": "concur", "reason": "holds", "version": told["version"]})
    assert signed.status_code == 302
    shown = page.get(minutes).content.decode()
    assert "Dina concurred on" in shown
    assert 'value="certify"' not in shown, "who concurred is not led to certify"
    listed = api(deng).get("/api/v1/assessments/").json()["results"]
    assert "certify" in listed[0]["allowed_acts"]


# --- past the services ------------------------------------------------------------------------------------------------


def test_the_database_certifies_no_high_grade_by_one(reviewed: Assessment, deng: Person, dina: Person) -> None:
    def certified(decider: Person) -> None:
        with transaction.atomic():
            CasePart.objects.get_or_create(
                assessment=reviewed, natural_person=decider.natural_person,
                defaults={"person": decider, "part": "decider"},
            )  # fmt: skip
            step = {"of": "assessment", "act": "certify", "from_state": "reviewed", "to_state": "certified"}
            Act.objects.create(assessment=reviewed, person=decider, part="decider", reason="x", **step)
            Assessment.objects.filter(pk=reviewed.pk).update(state="certified", decider=decider)

    with pytest.raises(IntegrityError):
        certified(deng)
    concur(reviewed, person=dina, reason="x")
    with pytest.raises(IntegrityError):
        certified(dina)
    certified(deng)
