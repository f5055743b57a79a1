"""Ruling on indicators: who may, what it needs, what it makes of the score, and that blind ratings are blind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.desk_selectors import Standing, agreement_of, items, items_for, versions_seen
from assessment.models import Assessment, Rating, RatingDraft, RatingVersion
from assessment.scoring.recompute.rebuild import Status
from assessment.services.application import admit
from assessment.services.decision.review import review, send_back
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said, keep_draft, rule, undo
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.grant_competence import grant_competence
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from assessment.services.results.result_bundle import recompute_stored
from centres.models import Person, Role
from centres.services.declare_interests import declare_interests
from core.errors import DecisionBlocked, InputError
from core.outcome import Outcome
from indicators.models import Edition
from operations.models import AuditEntry
from tests.assessment.conftest import sign
from tests.assessment.judged_edition import CODES, judged_edition

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]


def refused(code: str) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == code)


@pytest.fixture
def case(rated_once: Assessment) -> Assessment:
    return rated_once


def standing(case: Assessment, code: str) -> Standing:
    return next(one for one in items(case) if one.code == code).standing


def level(number: int, text: str = "as the records show") -> Said:
    return Said(Decimal(number), text=text)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_an_evaluation_ends_when_every_indicator_was_ruled_on_and_names_those_left(
    case: Assessment, ana: Person
) -> None:
    with pytest.raises(DecisionBlocked, match=r"still to be settled: CE-1\.1, ") as caught:
        evaluate(case, person=ana, reason="x")
    assert caught.value.code == "not_settled"
    digest = case.result.digest
    accepted = accept_figures(case, person=ana)
    left = [one.code for one in items(case) if not one.standing.is_settled]
    assert "GR-1.1" in accepted
    assert set(left).isdisjoint(accepted)
    accept_figures(case, person=ana, codes=left)
    done = evaluate(case, person=ana, reason="x")
    assert (done.state, done.result.digest, done.measured) == ("evaluated", digest, None)
    entries = AuditEntry.objects.filter(act="rating.accept_figures")
    assert sorted(code for entry in entries for code in entry.details["nodes"]) == sorted([*accepted, *left])


def test_a_figure_that_is_disputed_counts_as_invalid_with_the_reason_and_the_result_rebuilds(
    case: Assessment, ana: Person
) -> None:
    before = case.result
    rule(case, "US-4.1", "dispute_figure", person=ana, said=Said(text="The tickets of May are missing."))
    accept_figures(case, person=ana)
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.standing.is_settled])
    done = evaluate(case, person=ana, reason="x")
    assert done.measured == before
    node = done.result.result.node("US-4.1")
    assert node.outcome is Outcome.INVALID
    assert "The tickets of May are missing." in node.reason.message.en
    assert done.result.result.score < before.result.score
    assert recompute_stored(done.result, from_evidence=False).status is Status.SAME
    assert items(done)[0].node == before.result.node(items(done)[0].code)  # the desk shows what was measured


def test_not_applicable_needs_a_reason_and_the_reviewer_approves_it(
    case: Assessment, ana: Person, ravi: Person
) -> None:
    with pytest.raises(InputError) as caught:
        rule(case, "GR-3.2", "rule_out", person=ana)
    assert (caught.value.code, caught.value.where.field) == ("words_needed", "text")
    rule(case, "GR-3.2", "rule_out", person=ana, said=Said(text="No heat network within ten kilometres."))
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.standing.is_settled])
    with refused("wrong_state"):
        rule(case, "GR-3.2", "approve_reason", person=ravi)
    done = evaluate(case, person=ana, reason="x")
    assert done.result.result.node("GR-3.2").outcome is Outcome.NOT_APPLICABLE
    with refused("reason_not_approved"):
        review(done, person=ravi, reason="x")
    with pytest.raises(PermissionDenied):
        rule(done, "GR-3.2", "approve_reason", person=ana)
    rule(done, "GR-3.2", "approve_reason", person=ravi)
    assert review(done, person=ravi, reason="x").state == "reviewed"


def test_a_refused_reason_sends_the_evaluation_back(case: Assessment, ana: Person, ravi: Person) -> None:
    rule(case, "GR-3.2", "rule_out", person=ana, said=Said(text="It seemed so."))
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.standing.is_settled])
    done = evaluate(case, person=ana, reason="x")
    rule(done, "GR-3.2", "refuse_reason", person=ravi, said=Said(text="There is a heat network next door."))
    with refused("reason_not_approved"):
        review(done, person=ravi, reason="x")
    back = send_back(done, person=ravi, reason="GR-3.2")
    with refused("not_settled"):
        evaluate(back, person=ana, reason="x")
    rule(back, "GR-3.2", "accept_figure", person=ana)
    again = evaluate(back, person=ana, reason="x")
    assert (again.result, again.measured) == (case.result, None)
    review(again, person=ravi, reason="x")


def test_of_two_assessors_who_save_one_indicator_the_second_is_told_what_the_first_saved(
    case: Assessment, ana: Person, bo: Person
) -> None:
    rule(case, "GR-1.1", "dispute_figure", person=ana, said=Said(text="Meter M-IN was changed in June."), version=0)
    with pytest.raises(
        DecisionBlocked, match=r"Ana saved version [0-9]+ at .*: figure not accepted\. Meter M-IN"
    ) as caught:
        rule(case, "GR-1.1", "accept_figure", person=bo, version=0)
    assert caught.value.code == "version_changed"
    assert Rating.objects.get(node="GR-1.1").person == ana
    rule(case, "GR-1.1", "accept_figure", person=bo, version=1)
    versions = RatingVersion.objects.filter(rating__node="GR-1.1")
    assert [(one.version, one.state, one.person.username) for one in versions] == [
        (1, "disputed", "ana"),
        (2, "accepted", "bo"),
    ]


def test_nobody_else_rates_and_nothing_is_rated_afterwards(
    case: Assessment, olu: Person, ravi: Person, ana: Person
) -> None:
    for other in (olu, ravi):
        with pytest.raises(PermissionDenied):
            rule(case, "GR-1.1", "accept_figure", person=other)
        with pytest.raises(PermissionDenied):
            accept_figures(case, person=other)
    with pytest.raises(PermissionDenied):
        keep_draft(case, "GR-1.1", content={"text": "x"}, person=olu, on_version=0)
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.standing.is_settled])
    evaluate(case, person=ana, reason="x")
    with refused("wrong_state"):
        rule(case, "GR-1.1", "accept_figure", person=ana)
    rating = Rating.objects.get(node="GR-1.1")
    with pytest.raises(IntegrityError, match="not in evaluation"), transaction.atomic():
        RatingVersion.objects.create(rating=rating, version=9, act="judge", state="disputed", person=ana)


def test_undo_brings_back_what_was_saved_before_and_keeps_the_words_as_a_draft(case: Assessment, ana: Person) -> None:
    rule(case, "GR-1.1", "accept_figure", person=ana)
    rule(case, "GR-1.1", "dispute_figure", person=ana, said=Said(text="written in haste"))
    assert undo(case, "GR-1.1", person=ana).state == "accepted"
    draft = RatingDraft.objects.get(node="GR-1.1")
    assert (draft.content["act"], draft.content["text"]) == ("dispute_figure", "written in haste")
    rule(case, "GR-1.1", "take_back", person=ana)
    assert standing(case, "GR-1.1") is Standing.OPEN
    with refused("nothing_to_undo"):
        undo(case, "GR-1.1", person=ana)


def test_the_database_keeps_versions_and_lets_no_rating_jump(case: Assessment, ana: Person) -> None:
    rule(case, "GR-1.1", "dispute_figure", person=ana, said=Said(text="x"))
    for write in (
        lambda: RatingVersion.objects.update(text="y"),
        lambda: Rating.objects.create(assessment=case, node="GR-1.2", state="accepted", person=ana),
        lambda: Rating.objects.filter(node="GR-1.1").update(state="proposed", level=1),
        lambda: Rating.objects.filter(node="GR-1.1").update(seat="second"),
        lambda: Assessment.objects.filter(pk=case.pk).update(rating="none"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    rule(case, "GR-1.1", "take_back", person=ana)
    with pytest.raises(IntegrityError, match="a rating is open"), transaction.atomic():
        Assessment.objects.filter(pk=case.pk).update(state="evaluated")


# --- levels, rated twice ----------------------------------------------------------------------------------------------


def test_a_judged_level_takes_the_place_of_the_one_the_centre_claims(
    make_case: Callable[..., Assessment], ana: Person
) -> None:
    case = make_case("single", judged_edition())
    claimed = case.result.result.node("ST-3.6")
    assert claimed.inputs.value == 5
    with pytest.raises(InputError, match="Choose one of the levels"):
        rule(case, "ST-3.6", "judge", person=ana, said=Said(Decimal(6), text="x"))
    with refused("not_for_this_indicator"):
        rule(case, "ST-3.6", "accept_figure", person=ana)
    for code in CODES:
        rule(case, code, "judge", person=ana, said=level(3))
    accept_figures(case, person=ana, codes=[one.code for one in items(case) if not one.standing.is_settled])
    node = evaluate(case, person=ana, reason="x").result.result.node("ST-3.6")
    assert (node.published, node.inputs.value) == (Decimal("60.00"), 3)
    assert [(one.name, one.value) for one in node.inputs.inputs] == [("claimed", 5)]
    assert "as the records show" in node.inputs.notes[0].message.en


def test_the_second_assessor_does_not_see_the_first_level_until_both_are_in(
    twice: Assessment, ana: Person, bo: Person, ravi: Person
) -> None:
    rule(twice, "ST-3.6", "judge", person=ana, said=level(4, "the rationale of Ana"))
    assert Rating.objects.filter(node="ST-3.6", level=4).exists()  # it really is there
    for other in (bo, ravi):
        item = next(one for one in items_for(other, twice) if one.code == "ST-3.6")
        assert (dict(item.ratings), versions_seen(item, other), item.hidden) == ({}, [], True)
    own = next(one for one in items_for(ana, twice) if one.code == "ST-3.6")
    assert own.ratings["first"].level == 4
    assert standing(twice, "ST-3.6") is Standing.AWAITS_SECOND
    entry = AuditEntry.objects.get(subject=own.ratings["first"].subject)
    assert "4" not in str(entry.details["node"]) + entry.act + entry.reason
    rule(twice, "ST-3.6", "judge", person=bo, said=level(2))
    for other in (ana, bo, ravi):
        item = next(one for one in items_for(other, twice) if one.code == "ST-3.6")
        assert {one.level for one in item.ratings.values()} == {2, 4}
    assert standing(twice, "ST-3.6") is Standing.DISAGREED


def test_a_blind_rating_that_was_taken_back_is_not_seen_by_who_takes_its_place(
    twice: Assessment, ana: Person, bo: Person
) -> None:
    rule(twice, "ST-3.6", "judge", person=ana, said=level(4), version=0)
    rule(twice, "ST-3.6", "take_back", person=ana, version=1)
    taken = rule(twice, "ST-3.6", "judge", person=bo, said=level(2), version=0)
    assert (taken.seat, taken.person) == ("first", bo)
    item = next(one for one in items_for(bo, twice) if one.code == "ST-3.6")
    assert [one.level for one in versions_seen(item, bo)] == [2]


def test_one_person_with_two_accounts_does_not_rate_twice(twice: Assessment, ana: Person, bo: Person) -> None:
    rule(twice, "ST-3.6", "judge", person=ana, said=level(4))
    Person.objects.filter(pk=bo.pk).update(natural_person=ana.natural_person)
    bo.refresh_from_db()
    again = rule(twice, "ST-3.6", "judge", person=bo, said=level(3))
    assert again.seat == "first"  # it is the same person's rating
    second = Rating.objects.create(assessment=twice, node="ST-3.6", seat="second", person=bo)
    with pytest.raises(IntegrityError, match="one natural person in both seats"), transaction.atomic():
        RatingVersion.objects.create(rating=second, version=1, act="judge", state="judged", level=1, person=bo)


def test_open_ratings_change_no_more_and_a_third_person_adjudicates(
    twice: Assessment, ana: Person, bo: Person, cai: Person
) -> None:
    rule(twice, "ST-3.6", "judge", person=ana, said=level(4))
    with refused("nothing_to_adjudicate"):
        rule(twice, "ST-3.6", "adjudicate", person=cai, said=level(3))
    rule(twice, "ST-3.6", "judge", person=bo, said=level(2))
    for rater in (ana, bo):
        with refused("both_saved"):
            rule(twice, "ST-3.6", "judge", person=rater, said=level(3))
        with refused("adjudicated_by_another"):
            rule(twice, "ST-3.6", "adjudicate", person=rater, said=level(3))
    with pytest.raises(IntegrityError, match="change no more"), transaction.atomic():
        Rating.objects.filter(node="ST-3.6", seat="first").update(level=2, version=2)
    rule(twice, "ST-3.6", "adjudicate", person=cai, said=level(3, "the drills took place, unrecorded"))
    item = next(one for one in items(twice) if one.code == "ST-3.6")
    assert item.standing is Standing.SETTLED
    assert (item.ruling.level, item.ruling.text) == (3, "the drills took place, unrecorded")
    rule(twice, "ST-3.6", "adjudicate", person=cai, said=level(2, "on a second look"), version=1)
    assert next(one for one in items(twice) if one.code == "ST-3.6").ruling.level == 2


def test_two_who_disagree_settle_it_when_one_proposes_and_the_other_agrees(
    twice: Assessment, ana: Person, bo: Person, cai: Person
) -> None:
    rule(twice, "ST-3.6", "judge", person=ana, said=level(4))
    rule(twice, "ST-3.6", "judge", person=bo, said=level(2))
    with refused("adjudicated_by_another"):
        rule(twice, "ST-3.6", "propose", person=cai, said=level(3))
    rule(twice, "ST-3.6", "propose", person=ana, said=level(3))
    assert standing(twice, "ST-3.6") is Standing.PROPOSED
    with refused("adjudicated_by_another"):
        rule(twice, "ST-3.6", "agree", person=ana)
    agreed = rule(twice, "ST-3.6", "agree", person=bo)
    assert (agreed.state, agreed.level, agreed.person, agreed.seconded_by) == ("judged", 3, ana, bo)
    assert standing(twice, "ST-3.6") is Standing.SETTLED


def test_kappa_of_a_case_counts_levels_rated_by_both(twice: Assessment, ana: Person, bo: Person) -> None:
    nothing = agreement_of(items(twice))
    assert (nothing.plain.kappa, nothing.plain.reason.code) == (None, "nothing_rated_twice")
    for code, (first, second) in zip(CODES, ((4, 4), (1, 1), (3, 4)), strict=True):
        rule(twice, code, "judge", person=ana, said=level(first))
        rule(twice, code, "judge", person=bo, said=level(second))
    found = agreement_of(items(twice))
    # Apart 1/3; by chance 1 − (1·1 + 1·2)/9 = 2/3, so κ = 1/2. In steps of five: seen 1/15; by chance
    # (3·1 + 3·2 + 2·1 + 1·2)/45 = 13/45, so κ = 1 − 3/13.
    assert (str(found.plain.kappa), str(found.weighted.kappa)) == ("1/2", "10/13")
    assert [one.code for one in found.disagreed] == ["US-6.1"]


def test_a_draft_is_kept_for_its_author_alone_and_goes_when_they_save(
    case: Assessment, ana: Person, bo: Person
) -> None:
    keep_draft(case, "GR-1.1", content={"act": "dispute_figure", "text": "half a sen"}, person=ana, on_version=0)
    keep_draft(case, "GR-1.1", content={"act": "dispute_figure", "text": "half a sentence"}, person=ana, on_version=0)
    keep_draft(case, "GR-1.1", content={"act": "accept_figure", "text": ""}, person=bo, on_version=0)
    assert keep_draft(case, "GR-1.3", content={"act": "", "text": " "}, person=ana, on_version=0) is None
    assert "GR-1.1" not in accept_figures(case, person=ana)  # she was about to say something
    rule(case, "GR-1.1", "dispute_figure", person=ana, said=Said(text="half a sentence more"))
    assert [one.person for one in RatingDraft.objects.all()] == [bo]


def test_in_the_full_procedure_only_those_assigned_to_the_pillar_rate_it(
    make_case: Callable[..., Assessment], edition: Edition, ana: Person, bo: Person, person: Make, settings: Any
) -> None:
    settings.SCHEME_EXPRESS = False
    case = make_case("single", edition)
    rita, ada = person("rita", Role.REGISTRAR), person("ada", Role.ADMINISTRATOR)
    admit.accept(admit.take_up(case, person=rita, reason="x"), person=rita, reason="x")
    for assessor, pillars in ((ana, ("CE", "ST")), (bo, ("GR", "US"))):
        declare_interests(case.centre, person=assessor, conflict=False, statement="none")
        for pillar in pillars:
            until = timezone.localdate() + dt.timedelta(days=90)
            grant_competence(assessor, pillar=pillar, grounds="x", valid_until=until, granted_by=ada)
        assign(case, assessor=assessor, pillars=pillars, person=rita)
    sign(case, case.opened_by)
    begin_evaluation(case, plan="x", visit_needed=False, person=ana, reason="x")
    rule(case, "CE-1.1", "accept_figure", person=ana)
    with refused("not_assigned"):
        rule(case, "GR-1.1", "accept_figure", person=ana)
    assert {code[:2] for code in accept_figures(case, person=ana)} == {"CE", "ST"}
    with refused("not_assigned"):
        accept_figures(case, person=ana, codes=["GR-1.1"])


def test_a_case_opened_without_ratings_ends_as_before(
    make_case: Callable[..., Assessment], edition: Edition, ana: Person
) -> None:
    case = make_case("none", edition)
    with refused("no_ratings"):
        rule(case, "GR-1.1", "accept_figure", person=ana)
    assert evaluate(case, person=ana, reason="x").state == "evaluated"
