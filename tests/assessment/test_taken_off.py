"""Assessors who are taken off a case, and judges of a case that was reopened: who goes on with it, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from assessment.models import Act, Assessment, DisputeKind, Release
from assessment.services import disputes
from assessment.services.application.submit import submit
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation, take_off
from assessment.services.histories.history import history_of
from assessment.services.results.score import score_package
from assessment.web.shown.result import ASSIGN
from centres.models import Declaration, Person, Role, StaffRole
from centres.services.declare_interests import declare_interests
from core.errors import DecisionBlocked, InputError
from tests.assessment.conftest import PILLARS, sign, visited
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
Make = Callable[..., Person]
Api = Callable[[Person], APIClient]


def refused(code: str, match: str | None = None) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, match=match, check=lambda error: error.code == code)


# --- taken off ---


def test_who_was_taken_off_keeps_their_part_and_stands_in_nobodys_way(
    assigned: Assessment, ana: Person, bo: Person, rita: Person
) -> None:
    sign(assigned, assigned.opened_by)
    begin_evaluation(assigned, plan="x", visit_needed=False, person=ana, reason="x")
    accept_figures(assigned, person=ana)
    ruled = assigned.ratings.count()
    visited(assigned, by=ana)
    take_off(assigned, assessor=ana, reason="her brother was hired there", person=rita)
    for late in (
        lambda: accept_figures(assigned, person=ana),
        lambda: evaluate(assigned, person=ana, reason="x"),
        lambda: assign(assigned, assessor=ana, pillars=["CE"], person=rita),
    ):
        with pytest.raises(DecisionBlocked) as caught:
            late()
        assert caught.value.code in ("not_assigned", "taken_off_before")
    assign(assigned, assessor=bo, pillars=PILLARS[:2], person=rita)
    with refused("pillars_unassigned", match="GR, US"):
        evaluate(assigned, person=bo, reason="x")
    assign(assigned, assessor=bo, pillars=PILLARS[2:], person=rita)
    assert assigned.ratings.count() == ruled
    ana.staff_roles.create(role=Role.REVIEWER)
    assert evaluate(assigned, person=bo, reason="x").state == "evaluated"
    with refused("separation_of_duties"):
        review(assigned, person=Person.objects.get(pk=ana.pk), reason="x")


def test_the_evaluation_begins_without_who_was_taken_off(
    assigned: Assessment, ana: Person, bo: Person, rita: Person
) -> None:
    take_off(assigned, assessor=ana, pillars=["GR"], reason="competence has ended", person=rita)
    sign(assigned, assigned.opened_by)
    with refused("pillars_unassigned", match="GR"):
        begin_evaluation(assigned, plan="x", person=ana, reason="x")
    mine = Client()
    mine.force_login(rita)
    assert mine.get("/my/").context["centres"][0]["task"] == ASSIGN
    assign(assigned, assessor=bo, pillars=["GR"], person=rita)
    assert begin_evaluation(assigned, plan="x", person=ana, reason="x").state == "in_evaluation"


def test_pillars_of_an_assessor_who_is_none_any_more_are_in_nobodys_hand(
    assigned: Assessment, olu: Person, ana: Person, bo: Person, rita: Person
) -> None:
    sign(assigned, olu)
    take_off(assigned, assessor=ana, pillars=["GR"], reason="too much", person=rita)
    assign(assigned, assessor=bo, pillars=["GR"], person=rita)
    registrar = Client()
    registrar.force_login(rita)
    assert registrar.get("/my/").context["centres"][0]["task"] is None
    StaffRole.objects.filter(user=bo).delete()
    assert registrar.get("/my/").context["centres"][0]["task"] is ASSIGN
    with refused("pillars_unassigned", match="GR"):
        begin_evaluation(assigned, plan="two days on site", person=ana, reason="x")


@pytest.fixture
def shared(assigned: Assessment, olu: Person, ana: Person, bo: Person, rita: Person) -> Assessment:
    """Bo alone has GR, Ana the rest."""
    sign(assigned, olu)
    take_off(assigned, assessor=ana, pillars=["GR"], reason="too much", person=rita)
    assign(assigned, assessor=bo, pillars=["GR"], person=rita)
    return assigned


def test_pillars_of_an_assessor_who_has_declared_a_conflict_are_in_nobodys_hand(
    shared: Assessment, ana: Person, bo: Person, rita: Person
) -> None:
    declare_interests(shared.centre, person=bo, conflict=True, statement="my brother sells them chillers")
    registrar = Client()
    registrar.force_login(rita)
    assert registrar.get("/my/").context["centres"][0]["task"] is ASSIGN
    with refused("pillars_unassigned", match="GR"):
        begin_evaluation(shared, plan="two days on site", person=ana, reason="x")
    assign(shared, assessor=ana, pillars=["US"], person=rita)  # she has it already: nothing changes
    assert registrar.get("/my/").context["centres"][0]["task"] is ASSIGN


def test_no_evaluation_ends_while_a_pillar_is_with_somebody_in_conflict_alone(
    shared: Assessment, ana: Person, bo: Person
) -> None:
    begin_evaluation(shared, plan="x", visit_needed=False, person=ana, reason="x")
    accept_figures(shared, person=bo)
    accept_figures(shared, person=ana)
    visited(shared, by=ana)
    declare_interests(shared.centre, person=bo, conflict=True, statement="my brother sells them chillers")
    with refused("pillars_unassigned", match="GR"):
        evaluate(shared, person=ana, reason="x")


def test_who_has_a_pillar_and_whose_declaration_ran_out_is_named(shared: Assessment, ana: Person, bo: Person) -> None:
    with without_rule("centres_declaration_stays"):
        Declaration.objects.filter(person=bo).delete()
    with refused("no_declaration", match="Bo"):
        begin_evaluation(shared, plan="x", person=ana, reason="x")
    declare_interests(shared.centre, person=bo, conflict=False, statement="none")
    assert begin_evaluation(shared, plan="x", person=ana, reason="x").state == "in_evaluation"


def test_the_desk_and_the_minutes_are_closed_to_who_was_taken_off(
    assigned: Assessment, ana: Person, rita: Person, api: Api
) -> None:
    sign(assigned, assigned.opened_by)
    begin_evaluation(assigned, plan="x", person=ana, reason="x")
    page = Client()
    page.force_login(ana)
    desk, ratings = f"/assessments/{assigned.pk}/desk/", f"/api/v1/assessments/{assigned.pk}/ratings/"
    assert (page.get(desk).status_code, api(ana).get(ratings).status_code) == (200, 200)
    take_off(assigned, assessor=ana, reason="x", person=rita)
    shut = [page.get(desk), page.get(f"/assessments/{assigned.pk}/minutes/"), api(ana).get(ratings)]
    assert {answer.status_code for answer in shut} <= {403, 404}


@pytest.mark.torture("T36", "no old answer by its key")
def test_no_key_opens_an_answer_of_the_desk_to_who_was_taken_off(
    assigned: Assessment, ana: Person, rita: Person, api: Api
) -> None:
    sign(assigned, assigned.opened_by)
    begin_evaluation(assigned, plan="x", person=ana, reason="x")
    door = f"/api/v1/assessments/{assigned.pk}/ratings/GR-1.1/"
    sent = {"Idempotency-Key": "k-1", "If-Match": "*"}
    said = {"act": "dispute_figure", "text": "M-IN was changed"}
    assert api(ana).post(door, said, format="json", headers=sent).status_code == 200
    assert api(ana).post(door, said, format="json", headers=sent)["Idempotency-Replayed"] == "true"
    take_off(assigned, assessor=ana, reason="x", person=rita)
    again = api(ana).post(door, said, format="json", headers=sent)
    assert (again.status_code, again.json()["code"]) == (403, "rights_changed")


def test_the_database_lets_nobody_act_who_was_taken_off_and_keeps_why(
    assigned: Assessment, ana: Person, rita: Person
) -> None:
    [released, *_] = take_off(assigned, assessor=ana, reason="x", person=rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=assigned, act="begin", from_state="accepted", to_state="in_evaluation", part="assessor",
            person=ana,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=released.pk).update(reason="another")
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(assignment=assigned.assignments.get(pillar="CE"), reason="", released_by=rita)


def test_a_registrar_takes_somebody_off_by_page_and_api_and_they_are_told(
    assigned: Assessment,
    ana: Person,
    bo: Person,
    olu: Person,
    rita: Person,
    api: Api,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Person.objects.filter(pk=ana.pk).update(email="ana@example.org")
    page = Client()
    page.force_login(rita)
    door = f"/assessments/{assigned.pk}/take-off/"
    assert door in page.get(f"/assessments/{assigned.pk}/assign/").content.decode()
    said = {"assessor": "ana", "pillars": ["CE"], "reason": "her competence has ended", "version": assigned.version}
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(door, said).status_code == 302
    [letter] = mail.outbox
    assert letter.to == ["ana@example.org"]
    assert "her competence has ended" in letter.body
    read = {"If-Match": f'"{assigned.version}"'}
    given = {"assessor": "ana", "reason": "all the rest"}
    assert api(bo).post(f"/api/v1{door}", given, format="json", headers=read).status_code == 403
    assert api(rita).post(f"/api/v1{door}", given, format="json", headers=read).status_code == 200
    assert [one.assignment.pillar for one in Release.objects.order_by("assignment__pillar")] == sorted(PILLARS)
    again = api(rita).post(f"/api/v1{door}", given, format="json", headers=read)
    assert (again.status_code, again.json()["code"]) == (400, "not_in_hand")
    told = {reader.username: history_of(assigned, reader=reader)[-1] for reader in (rita, olu)}
    assert {one.words.en for one in told.values()} == {"assessor taken off"}
    assert {one.whom.en for one in told.values() if one.whom} == {"Ana (GR, ST, US)"}
    assert (told["rita"].reason, told["olu"].reason) == ("all the rest", "")


def test_nobody_is_taken_off_by_others_or_off_what_they_do_not_have(
    assigned: Assessment, ana: Person, bo: Person, rita: Person
) -> None:
    with pytest.raises(PermissionDenied):
        take_off(assigned, assessor=ana, reason="x", person=bo)
    with pytest.raises(InputError, match="not assigned"):
        take_off(assigned, assessor=bo, reason="x", person=rita)
    take_off(assigned, assessor=ana, pillars=["GR"], reason="x", person=rita)
    with pytest.raises(InputError) as caught:
        take_off(assigned, assessor=ana, pillars=["GR"], reason="x", person=rita)
    assert "CE, ST, US" in caught.value.hint.en


# --- reopened ---


def test_others_review_and_decide_what_an_appeal_has_reopened(
    assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, person: Make
) -> None:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="sound")
    case = decide(assessment, person=deng, certify=False, reason="no")
    hana = person("hana", Role.APPEAL_HANDLER)
    made = disputes.lodge(case, kind=DisputeKind.APPEAL, statement="s", name="n", contact="c", person=olu)
    disputes.act_on(made, "acknowledge", person=hana, reason="x")
    disputes.act_on(made, "uphold", person=hana, reason="he was wrong")
    with refused("separation_of_duties", match="before an appeal or objection reopened it"):
        review(case, person=ravi, reason="same again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=case, act="review", from_state="evaluated", to_state="reviewed", part="reviewer", person=ravi
        )
    rex, dora = person("rex", Role.REVIEWER), person("dora", Role.DECIDER)
    review(case, person=rex, reason="looked at anew")
    with refused("separation_of_duties", match="before an appeal or objection reopened it"):
        decide(case, person=deng, certify=False, reason="no again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            assessment=case, act="certify", from_state="reviewed", to_state="certified", part="decider", person=deng
        )
    assert decide(case, person=dora, certify=True, reason="met").state == "certified"
