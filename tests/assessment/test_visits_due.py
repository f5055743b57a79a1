"""When the site has to be seen, and what is written down or explained before a visit is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Rating, Sample, SiteVisit
from assessment.services.application import admit
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.chain import transitions
from assessment.services.decision.review import review
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import rule
from assessment.services.evaluation import evaluate as evaluating
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from assessment.services.results.score import score_package
from assessment.services.visits.draw_sample import ask_for_inventory, commit_inventory
from assessment.services.visits.site_visit import close_visit, schedule_visit, write_record
from assessment.visit_selectors import meters_to_walk
from centres.models import Person
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from centres.services.declare_interests import declare_interests
from centres.services.save_profile import save_profile
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from tests.assessment.conftest import PILLARS, sign, visited
from tests.assessment.test_casework import CARDS, meeting
from tests.assessment.test_submission import with_cards

pytestmark = pytest.mark.django_db
MEETINGS = {"opening": meeting(9), "closing": meeting(17)}
INSPECTED = ("no_meter_walk", "no_sample", "no_witnessed_test")


def refused(code: str, match: str | None = None) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, match=match, check=lambda error: error.code == code)


def begun(case: Assessment, ana: Person, *, visit_needed: bool = False) -> Assessment:
    sign(case, case.opened_by)
    return begin_evaluation(case, plan="x", visit_needed=visit_needed, person=ana, reason="x")


def ruled(case: Assessment, ana: Person, *, visit_needed: bool = False) -> Assessment:
    begun(case, ana, visit_needed=visit_needed)
    accept_figures(case, person=ana)
    return case


@pytest.fixture
def visit(assigned: Assessment, ana: Person) -> SiteVisit:
    """Of an evaluation that has begun."""
    begun(assigned, ana)
    return arranged(assigned, ana)


def arranged(case: Assessment, ana: Person) -> SiteVisit:
    day = timezone.localdate()
    return schedule_visit(case, begins_on=day, ends_on=day, place="hall 1", person=ana)


def drawn(case: Assessment, ana: Person, olu: Person, **asked: Any) -> Sample:
    return commit_inventory(ask_for_inventory(case, of="cards", person=ana, **asked), names=CARDS, word="w", person=olu)


def test_a_result_of_l3_or_better_asks_for_a_visit_whatever_the_plan_says(assigned: Assessment, ana: Person) -> None:
    ruled(assigned, ana)
    with refused("visit_missing", match=r"The result is L[345], and from L3 on a site visit is asked for"):
        evaluate(assigned, person=ana, reason="x")
    visited(assigned, by=ana)
    assert evaluate(assigned, person=ana, reason="x").state == "evaluated"


@pytest.mark.parametrize("planned", [True, False])
def test_a_lower_result_asks_for_a_visit_where_the_plan_does(
    assigned: Assessment, ana: Person, planned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "VISITED_FROM", "L5")
    ruled(assigned, ana, visit_needed=planned)
    if planned:
        with refused("visit_missing", match="The plan asks"):
            evaluate(assigned, person=ana, reason="x")
        visited(assigned, by=ana)
    assert evaluate(assigned, person=ana, reason="x").state == "evaluated"


@pytest.mark.parametrize("left_out", INSPECTED)
def test_what_was_not_inspected_has_its_reason(visit: SiteVisit, ana: Person, left_out: str) -> None:
    given = {name: "the hall was sealed" for name in INSPECTED if name != left_out}
    write_record(visit, record=MEETINGS | given, person=ana)
    lacking = {"no_meter_walk": "meter walk", "no_sample": "at least 5% of the cards", "no_witnessed_test": "test"}
    with refused("visit_incomplete", match=lacking[left_out]):
        close_visit(visit, person=ana)
    write_record(visit, record=MEETINGS | given | {left_out: "no time was left"}, person=ana)
    assert close_visit(visit, person=ana).closed_at is not None


def test_a_reason_does_for_no_meeting(visit: SiteVisit, ana: Person) -> None:
    write_record(visit, record=dict.fromkeys(INSPECTED, "x"), person=ana)
    with refused("visit_incomplete", match="the opening meeting, the closing meeting"):
        close_visit(visit, person=ana)


def test_a_short_inventory_makes_no_small_sample(
    visit: SiteVisit, assigned: Assessment, ana: Person, olu: Person
) -> None:
    sample = ask_for_inventory(assigned, of="cards", person=ana)
    assert sample.at_least == 103
    sample = commit_inventory(sample, names=CARDS[:20], word="w", person=olu)
    seen = [{"drawn": name, "found": "matches"} for name in sample.drawn]
    write_record(visit, record=MEETINGS | {"no_meter_walk": "x", "no_witnessed_test": "x", "serials": seen}, person=ana)
    with refused("visit_incomplete", match=r"103 of them \(2048 by the profile, 20 by the inventory\)"):
        close_visit(visit, person=ana)
    whole = drawn(assigned, ana, olu)
    seen = [{"drawn": name, "found": "matches"} for name in {*sample.drawn, *whole.drawn}]
    write_record(visit, record=MEETINGS | {"no_meter_walk": "x", "no_witnessed_test": "x", "serials": seen}, person=ana)
    assert close_visit(visit, person=ana).closed_at is not None


def test_cards_taken_from_the_profile_after_the_submission_still_count(
    visit: SiteVisit, assigned: Assessment, ana: Person, olu: Person
) -> None:
    save_profile(assigned.centre, with_cards(assigned.centre, 64), person=olu)
    assert ask_for_inventory(assigned, of="cards", person=ana).at_least == 103


def test_the_meters_walked_are_those_that_were_submitted(
    visit: SiteVisit, assigned: Assessment, ana: Person, olu: Person
) -> None:
    before = list(meters_to_walk(assigned))
    content = dict(current_profile(assigned.centre).content)  # type: ignore[union-attr]
    profile = FacilityProfile.model_validate(content | {"meters": content["meters"][:1]})
    save_profile(assigned.centre, profile, person=olu)
    now = Assessment.objects.get(pk=assigned.pk)
    assert list(meters_to_walk(now)) == before
    page = Client()
    page.force_login(ana)
    form, pack = (page.get(f"/visits/{visit.pk}/{part}/").content.decode() for part in ("meters", "pack"))
    assert all(name in form for name in before)
    assert all(name in pack for name in before)


def test_a_share_of_cards_below_the_schemes_is_refused_unless_the_least_number_covers_it(
    assigned: Assessment, ana: Person, api: Callable[[Person], APIClient]
) -> None:
    cards = assigned.centre.profiles.latest("pk").profile.cards
    enough = -(-cards // 20)
    small = {"of": "cards", "share": Decimal("0.0001")}
    with pytest.raises(InputError) as caught:
        ask_for_inventory(assigned, person=ana, at_least=enough - 1, **small)
    assert (caught.value.code, caught.value.where) == ("share_too_small", Where(field="share"))
    assert str(enough) in caught.value.hint.en
    page = Client()
    page.force_login(ana)
    said = {"of": "cards", "share": "0.01", "at_least": "1"}
    assert page.post(f"/assessments/{assigned.pk}/samples/", said).status_code == 422
    door = f"/api/v1/assessments/{assigned.pk}/samples/"
    assert api(ana).post(door, said | {"at_least": enough}, format="json").status_code == 201
    assert ask_for_inventory(assigned, person=ana, at_least=enough, **small).at_least == enough
    assert ask_for_inventory(assigned, person=ana, of="jobs", share=Decimal("0.01")).share == Decimal("0.01")


# --- when the evaluation has ended -----------------------------------------------------------------------------------


def evaluated_meanwhile(case: Assessment, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluation ends while a visit waits for its case."""
    locked = transitions.locked

    def waits(held: Assessment) -> Assessment:
        monkeypatch.setattr(transitions, "locked", locked)
        evaluate(case, person=ana, reason="x")
        return locked(held)

    monkeypatch.setattr(transitions, "locked", waits)


@pytest.mark.parametrize("write", [partial(write_record, record=MEETINGS), close_visit])
def test_whoever_waited_for_the_end_of_the_evaluation_writes_no_more(
    assigned: Assessment, visit: SiteVisit, ana: Person, write: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_figures(assigned, person=ana)
    visited(assigned, by=ana)
    evaluated_meanwhile(assigned, ana, monkeypatch)
    with refused("wrong_state"):
        write(visit, person=ana)


def test_the_database_lets_no_record_be_written_after_the_evaluation(
    assigned: Assessment, visit: SiteVisit, ana: Person
) -> None:
    accept_figures(assigned, person=ana)
    visited(assigned, by=ana)
    SiteVisit.objects.filter(pk=visit.pk).update(record=MEETINGS)
    evaluate(assigned, person=ana, reason="x")
    with pytest.raises(IntegrityError, match="not in evaluation"), transaction.atomic():
        SiteVisit.objects.filter(pk=visit.pk).update(record={})


def test_no_visit_is_written_down_before_the_evaluation_begins(assigned: Assessment, ana: Person) -> None:
    visit = arranged(assigned, ana)
    with refused("wrong_state", match="write the visit down"):
        write_record(visit, record=MEETINGS, person=ana)
    with pytest.raises(IntegrityError, match="not in evaluation"), transaction.atomic():
        SiteVisit.objects.filter(pk=visit.pk).update(record=MEETINGS)


def test_a_meeting_still_to_come_was_not_held(visit: SiteVisit, ana: Person) -> None:
    tomorrow = (timezone.now() + dt.timedelta(days=1)).isoformat()
    closing = MEETINGS["closing"] | {"held_at": tomorrow}
    write_record(visit, record=MEETINGS | dict.fromkeys(INSPECTED, "x") | {"closing": closing}, person=ana)
    with refused("visit_incomplete", match="the closing meeting, whose time is still to come"):
        close_visit(visit, person=ana)


def test_nothing_is_ruled_on_seen_or_drawn_while_the_package_may_still_be_returned(
    assigned: Assessment, ana: Person, rita: Person, olu: Person
) -> None:
    """Else a package handed in later would be certified by what was found in another."""
    admit.discontinue(assigned, person=olu, reason="x")
    case = open_assessment(assigned.centre, edition=assigned.edition, person=olu)
    admit.take_up(submit(case, person=olu), person=rita, reason="x")
    assign(case, assessor=ana, pillars=PILLARS, person=rita)
    admit.return_application(case, person=rita, reason="x")
    score_package(submit(case, person=olu))
    acts: tuple[Callable[[], object], ...] = (
        lambda: accept_figures(case, person=ana),
        lambda: rule(case, "GR-1.1", "accept_figure", person=ana),
        lambda: arranged(case, ana),
        lambda: ask_for_inventory(case, of="cards", person=ana),
    )
    for act in acts:
        with refused("wrong_state"):
            act()


def test_a_sample_is_drawn_until_the_evaluation_ends(
    visit: SiteVisit, assigned: Assessment, ana: Person, olu: Person
) -> None:
    asked = ask_for_inventory(assigned, of="nodes", person=ana)
    accept_figures(assigned, person=ana)
    visited(assigned, by=ana)
    evaluate(assigned, person=ana, reason="x")
    with refused("wrong_state", match="ask for the inventory"):
        ask_for_inventory(assigned, of="nodes", person=ana)
    with refused("wrong_state", match="hand the inventory in"):
        commit_inventory(asked, names=["a"], word="", person=olu)


@pytest.mark.parametrize("changed", [{"inventory": ["SN-1"]}, {"drawn_at": None}, {"share": "0.01"}, {"at_least": 1}])
def test_the_database_keeps_a_draw_as_it_was_drawn(
    visit: SiteVisit, assigned: Assessment, ana: Person, olu: Person, changed: dict[str, Any]
) -> None:
    sample = drawn(assigned, ana, olu)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Sample.objects.filter(pk=sample.pk).update(**changed)


def test_the_database_keeps_rulings_once_they_were_reviewed(
    visit: SiteVisit, assigned: Assessment, ana: Person, ravi: Person
) -> None:
    accept_figures(assigned, person=ana)
    visited(assigned, by=ana)
    declare_interests(assigned.centre, person=ravi, conflict=False, statement="none")
    review(evaluate(assigned, person=ana, reason="x"), person=ravi, reason="x")
    with pytest.raises(IntegrityError, match="not in evaluation"), transaction.atomic():
        Rating.objects.filter(assessment=assigned).update(text="another reason")
