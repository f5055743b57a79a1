"""Figures that cross a published bound: the centre is asked for a reason, and the application waits for it."""

# ruff: noqa: F811  (fixtures)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from assessment.flag_selectors import questions_of, waiting_for_reasons
from assessment.models import Act, Assessment, FlagReason, Kind, Screening, StoredResult
from assessment.services.application import admit
from assessment.services.application.give_reasons import give_reasons
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.decision.decide import ask_again, decide
from assessment.services.decision.review import review, send_back
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation
from assessment.services.results.score import score_centre, score_package
from assessment.services.results.screen import screen_again
from centres.models import Centre, CentreRole, Membership, Person, Role
from core.errors import InputError
from core.text import Text
from indicators.integrity.base import Flag, Severity
from indicators.models import Edition
from operations.models import AuditEntry
from tests.assessment.conftest import add_centre, sign, visited
from tests.assessment.test_flags import constant, screened  # noqa: F401  (a fixture)
from tests.assessment.test_separation import (  # noqa: F401  (fixtures)
    PILLARS,
    accepted,
    ada,
    clear,
    competent,
    full,
    one_decides,
    refused,
    rita,
)
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]
Ask = Callable[[Person], APIClient]
NOT_YET = "The centre has given no reason yet."
TWO = {"energy_against_nameplate", "pue_too_low"}


@pytest.fixture
def odd(full: None, assessment: Assessment, measured: dict[str, str], olu: Person, rita: Person) -> Assessment:
    """Submitted and taken up: 5 kWh for a hall of 10 MW, and a PUE better than any plant's."""
    measured |= {"it_load_factor": "0.00005", "annual_pue": "1.02"}
    score_package(submit(assessment, person=olu))
    admit.take_up(assessment, person=rita, reason="complete?")
    return Assessment.objects.get(pk=assessment.pk)


def keys(case: Assessment) -> dict[str, str]:
    """Key of each open flag, by its check."""
    return {one.flag.code: one.flag.key for one in questions_of(case)}


def explain(case: Assessment, person: Person, text: str = "The meters were exchanged in May.") -> None:
    give_reasons(case, [(key, text) for key in keys(case).values()], person=person)


def flagged(case: Assessment) -> None:
    """A check of today finds what none has found before."""
    said = Text(zh="PUE 为 1.02。", en="PUE is 1.02.")
    flag = Flag("pue_too_low", "2", Severity.SERIOUS, "PUE", reason=said, look=said)
    content = {"flags": [flag.as_json()], "checks": {}, "compared": {}}
    Screening.objects.create(result=case.result, digest="sha256:" + "1" * 64, content=content, prints={})


@pytest.fixture
def page() -> Callable[[Person], Client]:
    def signed_in(person: Person) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(person)
        return client

    return signed_in


# --- the completeness review ------------------------------------------------------------------------------------------


@pytest.mark.torture("T16", "5 kWh for a 10 MW hall", "needs a reason")
def test_an_application_is_accepted_once_every_open_flag_has_a_reason(
    odd: Assessment, olu: Person, rita: Person
) -> None:
    for reasons in ((), ("pue_too_low",)):
        give_reasons(odd, [(keys(odd)[code], "A borehole cools the hall.") for code in reasons], person=olu)
        with refused("reason_needed") as refusal:
            admit.accept(odd, person=rita, reason="complete")
        assert ("PUE below the best known (PUE)" in refusal.value.message.en) is (not reasons)
        assert "Energy does not fit the rated power (it_load_factor)" in refusal.value.message.en
        assert "return" in refusal.value.hint.en
    explain(odd, olu)
    assert admit.accept(odd, person=rita, reason="complete").state == "accepted"


def test_the_registrar_may_return_it_instead_and_the_same_figures_keep_their_reasons(
    odd: Assessment, olu: Person, rita: Person, measured: dict[str, str]
) -> None:
    explain(odd, olu)
    admit.return_application(odd, person=rita, reason="the meters again")
    with refused("wrong_state"):
        explain(odd, olu)
    measured["annual_pue"] = "1.01"
    score_package(submit(odd, person=olu))
    odd.refresh_from_db()
    reasons = {one.flag.code: one.reason for one in questions_of(odd)}
    assert reasons["energy_against_nameplate"] is not None
    assert reasons["pue_too_low"] is None  # another figure
    admit.take_up(odd, person=rita, reason="complete?")
    with refused("reason_needed"):
        admit.accept(odd, person=rita, reason="complete")


def test_a_submission_that_is_not_scored_yet_is_accepted_as_before(
    full: None, assessment: Assessment, olu: Person, rita: Person
) -> None:
    admit.take_up(submit(assessment, person=olu), person=rita, reason="complete?")
    assert admit.accept(assessment, person=rita, reason="complete").state == "accepted"


def test_what_was_accepted_before_it_was_scored_is_certified_once_it_has_a_reason_or_refused(
    one_decides: None, accepted: Assessment, centre: Centre, ada: Person, rita: Person, olu: Person, ana: Person,
    ravi: Person, deng: Person, page: Callable[[Person], Client],
) -> None:  # fmt: skip
    flagged(accepted)
    competent(ana, ada)
    clear(centre, ana, ravi, deng)
    assign(accepted, assessor=ana, pillars=PILLARS, person=rita)
    sign(accepted, olu)
    begin_evaluation(accepted, plan="x", visit_needed=True, person=ana, reason="x")
    visited(accepted, by=ana)
    assert "A certificate is issued once" in page(olu).get(f"/assessments/{accepted.pk}/reasons/").content.decode()
    evaluate(accepted, person=ana, reason="x")  # a centre that does not answer keeps nobody
    assert NOT_YET in page(ravi).get(f"/assessments/{accepted.pk}/").content.decode()
    review(accepted, person=ravi, reason="x")
    with refused("reason_needed") as refusal:
        decide(accepted, person=deng, certify=True, reason="x")
    assert "sends it back so that the centre gives them" in refusal.value.hint.en
    with transaction.atomic():
        assert decide(accepted, person=deng, certify=False, reason="x").state == "refused"
        transaction.set_rollback(True)
    ask_again(accepted, person=deng, reason="why 1.02?")
    send_back(accepted, person=ravi, reason="why 1.02?")
    explain(accepted, olu)
    evaluate(accepted, person=ana, reason="x")
    review(accepted, person=ravi, reason="x")
    assert decide(accepted, person=deng, certify=True, reason="x").state == "certified"


def test_a_pre_assessment_is_asked_the_same_and_waits_for_nothing(
    full: None, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person
) -> None:
    measured["annual_pue"] = "1.02"
    case = open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT)
    score_package(submit(case, person=olu))
    case.refresh_from_db()
    assert set(keys(case)) == {"pue_too_low"}
    admit.take_up(case, person=rita, reason="complete?")
    assert admit.accept(case, person=rita, reason="complete").state == "accepted"


def test_what_the_newest_screening_finds_is_asked(odd: Assessment, olu: Person, rita: Person) -> None:
    explain(odd, olu)
    assert odd.result is not None
    before = Screening.objects.get(result=odd.result)
    screen_again(odd.result)
    content: dict[str, Any] = before.content | {"compared": {"x": "sha256:x"}}
    Screening.objects.create(result=odd.result, content=content, prints={}, digest="sha256:later")
    assert admit.accept(odd, person=rita, reason="complete").state == "accepted"  # the same flags have the same keys


# --- what is told, and to whom ----------------------------------------------------------------------------------------


@pytest.mark.torture("T16", "implausible", "needs a reason")
def test_the_centre_is_told_what_is_odd_and_nothing_of_flags_that_are_not_open(
    odd: Assessment, olu: Person, api: Ask, constant: Any
) -> None:
    assert odd.result is not None
    screened(odd.result, constant)  # statistics alone, now the newest
    assert keys(odd) == {}
    kept = Screening.objects.filter(result=odd.result).order_by("pk")
    both = {**kept[1].content, "flags": [*kept[0].content["flags"], *kept[1].content["flags"]]}
    Screening.objects.create(result=odd.result, content=both, prints={}, digest="sha256:both")
    told = api(olu).get(f"/api/v1/assessments/{odd.pk}/reasons/").json()
    assert told["may_be_answered"] is True
    assert {(one["code"], one["check"]) for one in told["questions"]} == {("implausible", code) for code in TWO}
    energy = next(one for one in told["questions"] if one["check"] == "energy_against_nameplate")
    assert (energy["subject"], energy["reasons"]) == ("it_load_factor", [])
    assert energy["figures"][0]["value"] == "0.00005"
    assert energy["message"]["zh"]
    assert not {"look", "elsewhere", "severity"} & set(energy)


def test_reasons_are_added_singly_or_together_and_the_last_one_counts(odd: Assessment, olu: Person, api: Ask) -> None:
    door, flags = f"/api/v1/assessments/{odd.pk}/reasons/", keys(odd)
    one = {"flag": flags["pue_too_low"], "text": "A borehole cools the hall."}
    both = [{"flag": flag, "text": "Read in MWh until May."} for flag in flags.values()]
    assert api(olu).post(door, {"reasons": [one]}, format="json").status_code == 201
    for _ in range(2):  # the same words again are not added again
        answer = api(olu).post(door, {"reasons": both}, format="json")
        assert answer.status_code == 201
    said = {found["check"]: [given["text"] for given in found["reasons"]] for found in answer.json()["questions"]}
    assert said["pue_too_low"] == ["A borehole cools the hall.", "Read in MWh until May."]
    assert said["energy_against_nameplate"] == ["Read in MWh until May."]
    (asked,) = (found for found in questions_of(odd) if found.flag.code == "pue_too_low")
    assert asked.reason is not None
    assert asked.reason.text == "Read in MWh until May."


def test_what_is_no_open_flag_of_the_submission_is_refused_and_nothing_is_kept(
    odd: Assessment, olu: Person, api: Ask
) -> None:
    door, one = f"/api/v1/assessments/{odd.pk}/reasons/", {"flag": keys(odd)["pue_too_low"], "text": "x"}
    other = api(olu).post(door, {"reasons": [one, one | {"flag": "sha256:0"}]}, format="json")
    assert (other.status_code, other.json()["code"]) == (400, "unknown_flag")
    for nothing in ({}, {"reasons": []}, {"reasons": [one | {"text": " "}]}):
        assert api(olu).post(door, nothing, format="json").status_code == 400
    assert not FlagReason.objects.exists()


def test_a_reason_stands_in_the_history_of_the_case_and_in_the_log(odd: Assessment, olu: Person, api: Ask) -> None:
    explain(odd, olu)
    entries = AuditEntry.objects.filter(act="flag.explain", subject=odd.subject)
    assert {one.details["check"] for one in entries} == TWO
    history = api(olu).get(f"/api/v1/assessments/{odd.pk}/history/").json()
    told = [(one["words"]["en"], one["reason"]) for one in history if one["act"] == "flag.explain"]
    assert told == [("reason for a figure given", "The meters were exchanged in May.")] * 2


def test_flags_digest_and_score_are_the_same_with_a_reason(odd: Assessment, olu: Person) -> None:
    assert odd.result is not None

    def seen() -> list[object]:
        stored = StoredResult.objects.get(pk=odd.result_id)
        return [stored.digest, stored.inputs_digest, stored.score, screen_again(stored).digest]

    before = seen()
    explain(odd, olu)
    assert seen() == before
    assert Screening.objects.count() == 1


def test_the_body_reads_the_reason_beside_the_flag(
    odd: Assessment, olu: Person, ana: Person, rita: Person, api: Ask, page: Callable[[Person], Client]
) -> None:
    door = f"/api/v1/assessments/{odd.pk}/flags/"
    assert [one["reasons"] for one in api(ana).get(door).json()["flags"]] == [[], []]
    assert NOT_YET in page(ana).get(f"/assessments/{odd.pk}/").content.decode()
    explain(odd, olu)
    for flag in api(ana).get(door).json()["flags"]:
        assert [(one["text"], one["given_by"]["en"]) for one in flag["reasons"]] == [
            ("The meters were exchanged in May.", "Olu")
        ]
    for reader in (ana, rita):
        assert "The meters were exchanged in May." in page(reader).get(f"/assessments/{odd.pk}/").content.decode()


def test_the_assessor_reads_the_reason_on_the_desk(
    rated_once: Assessment, olu: Person, ana: Person, page: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged(rated_once)
    monkeypatch.setattr("assessment.desk_selectors._flags_on", lambda node, flags: tuple(flags))
    address = f"/assessments/{rated_once.pk}/desk/GR-1.1/"
    assert NOT_YET in page(ana).get(address).content.decode()
    explain(rated_once, olu)
    assert "The meters were exchanged in May." in page(ana).get(address).content.decode()


def test_what_was_said_in_an_earlier_case_is_said_anew_in_the_next(
    odd: Assessment, centre: Centre, edition: Edition, olu: Person, ana: Person, rita: Person, api: Ask
) -> None:
    explain(odd, olu, "the words of the first case")
    admit.decline(odd, person=rita, reason="out of scope")
    again = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(again, person=olu))
    again.refresh_from_db()
    assert again.result_id == odd.result_id
    for door in (f"assessments/{again.pk}", f"centres/{centre.slug}"):
        assert [one["reasons"] for one in api(ana).get(f"/api/v1/{door}/flags/").json()["flags"]] == [[], []]
    admit.take_up(again, person=rita, reason="complete?")
    with refused("reason_needed"):
        admit.accept(again, person=rita, reason="complete")


def test_no_reason_is_missed_of_a_centre_nobody_has_asked(
    centre: Centre, edition: Edition, measured: dict[str, str], assessment: Assessment, ana: Person, api: Ask,
    page: Callable[[Person], Client],
) -> None:  # fmt: skip
    measured["annual_pue"] = "1.02"
    score_centre(centre)
    shown = page(ana).get(f"/centres/{centre.slug}/result/").content.decode()
    assert "PUE below the best known" in shown
    assert NOT_YET not in shown
    assert [one["reasons"] for one in api(ana).get(f"/api/v1/centres/{centre.slug}/flags/").json()["flags"]] == [None]


def test_no_reason_is_missed_once_none_can_be_given(
    assessment: Assessment, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    page: Callable[[Person], Client],
) -> None:  # fmt: skip
    measured["annual_pue"] = "1.02"
    score_package(submit(assessment, person=olu))
    address = f"/assessments/{assessment.pk}/"
    shown = page(ana).get(address).content.decode(), page(olu).get(f"{address}reasons/").content.decode()
    assert [NOT_YET in one for one in shown] == [True, True]
    assert "once each of them has a reason" not in shown[1]  # nobody admits applications: nothing waits
    evaluate(assessment, person=ana, reason="x")
    assert NOT_YET not in page(ravi).get(address).content.decode()
    assert NOT_YET not in page(olu).get(f"{address}reasons/").content.decode()


def test_of_a_flag_that_is_not_open_there_is_nothing_to_be_said(
    odd: Assessment, ana: Person, api: Ask, constant: Any
) -> None:
    assert odd.result is not None
    screened(odd.result, constant)
    flags = api(ana).get(f"/api/v1/assessments/{odd.pk}/flags/").json()["flags"]
    assert {one["reasons"] for one in flags} == {None}


# --- who may ----------------------------------------------------------------------------------------------------------


def test_engineers_and_owners_of_the_centre_give_reasons_and_nobody_else(
    odd: Assessment, centre: Centre, ana: Person, zoe: Person, rita: Person, person: Make, api: Ask
) -> None:
    engineer, finance = person("engineer"), person("finance")
    Membership.objects.create(user=engineer, centre=centre, role=CentreRole.ENGINEER)
    Membership.objects.create(user=finance, centre=centre, role=CentreRole.FINANCE)
    add_centre("zoe-centre", owner=zoe)
    door, said = f"/api/v1/assessments/{odd.pk}/reasons/", [{"flag": keys(odd)["pue_too_low"], "text": "x"}]
    for who, read, written in (
        (ana, 200, 403), (rita, 200, 403), (finance, 200, 403), (zoe, 404, 404),
        (person("rea", Role.REGULATOR), 404, 404), (engineer, 200, 201),
    ):  # fmt: skip
        assert api(who).get(door).status_code == read
        assert api(who).post(door, {"reasons": said}, format="json").status_code == written
    assert {one.given_by for one in FlagReason.objects.all()} == {engineer}


def test_a_superuser_gives_no_reason_for_a_centre_they_do_not_work_for(odd: Assessment, person: Make) -> None:
    root = person("root")
    Person.objects.filter(pk=root.pk).update(is_superuser=True)
    with pytest.raises(PermissionDenied):
        explain(odd, Person.objects.get(pk=root.pk))


def test_a_flag_of_another_centre_is_no_flag_of_this_case(odd: Assessment, olu: Person) -> None:
    with pytest.raises(InputError):
        give_reasons(odd, [("sha256:of another", "x")], person=olu)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_takes_what_is_filled_and_keeps_what_was_typed(
    odd: Assessment, olu: Person, page: Callable[[Person], Client]
) -> None:
    owner, address = page(olu), f"/assessments/{odd.pk}/reasons/"
    for leads in ("/my/", f"/centres/{odd.centre.slug}/tasks/", f"/assessments/{odd.pk}/"):
        assert address in owner.get(leads).content.decode()
    names = list(owner.get(address).context["form"].fields)
    empty = owner.post(address, {})
    assert empty.status_code == 422
    assert empty.content.decode().count("Write a reason that does not stand there yet.") == 1  # of no field alone
    for name in names:  # singly
        assert owner.post(address, {name: "A borehole cools the hall."}).status_code == 302
    assert owner.post(address, dict.fromkeys(names, "A borehole cools the hall.")).status_code == 422  # nothing new
    assert owner.post(address, dict.fromkeys(names, "Read in MWh.")).status_code == 302  # together
    assert owner.get(address).content.decode().count("A borehole cools the hall.") == 2
    assert address not in owner.get("/my/").content.decode()
    assert FlagReason.objects.count() == 4


def test_a_page_that_has_grown_old_takes_back_no_reason_of_a_colleague(
    odd: Assessment, olu: Person, page: Callable[[Person], Client]
) -> None:
    give_reasons(odd, [(keys(odd)["pue_too_low"], "A borehole cools the hall.")], person=olu)
    owner, address = page(olu), f"/assessments/{odd.pk}/reasons/"
    old = owner.get(address).context["form"]
    sent = {name: old[name].value() or "" for name in old.fields}
    give_reasons(odd, [(keys(odd)["pue_too_low"], "A borehole and a river.")], person=olu)
    other = keys(odd)["energy_against_nameplate"].removeprefix("sha256:")
    assert owner.post(address, sent | {other: "Read in MWh."}).status_code == 302
    said = list(FlagReason.objects.order_by("pk").values_list("text", flat=True))
    assert said == ["A borehole cools the hall.", "A borehole and a river.", "Read in MWh."]


def test_what_is_wrong_is_said_of_the_field_it_is_wrong_in(
    odd: Assessment, olu: Person, page: Callable[[Person], Client]
) -> None:
    owner, address = page(olu), f"/assessments/{odd.pk}/reasons/"
    first, second = owner.get(address).context["form"].fields
    answer = owner.post(address, {first: "", second: "x" * 9000})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {second}


def test_others_read_the_page_and_have_no_form(
    odd: Assessment, ana: Person, zoe: Person, page: Callable[[Person], Client]
) -> None:
    address = f"/assessments/{odd.pk}/reasons/"
    read = page(ana).get(address).content.decode()
    assert "PUE below the best known" in read
    assert "<textarea" not in read
    assert page(zoe).get(address).status_code == 404


def test_what_waits_is_asked_once_for_all_cases(odd: Assessment, olu: Person, ana: Person) -> None:
    assert waiting_for_reasons([odd], person=olu) == {odd.pk}
    assert waiting_for_reasons([odd], person=ana) == set()
    explain(odd, olu)
    assert waiting_for_reasons([odd], person=olu) == set()


# --- past the services ------------------------------------------------------------------------------------------------


def given(case: Assessment, person: Person, **other: Any) -> FlagReason:
    screening = Screening.objects.filter(result=case.result_id)[0]
    said = {"assessment": case, "screening": screening, "flag": "sha256:x", "text": "x", "given_by": person}
    with transaction.atomic():
        return FlagReason.objects.create(**said | other)


def test_the_database_takes_reasons_of_the_centre_alone_and_keeps_them(
    odd: Assessment, olu: Person, ana: Person
) -> None:
    with pytest.raises(IntegrityError):
        given(odd, ana)
    made = given(odd, olu)
    for change in (lambda rows: rows.update(text="y"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(FlagReason.objects.filter(pk=made.pk))


def test_the_database_takes_no_reason_for_what_was_odd_in_another_case(odd: Assessment, olu: Person) -> None:
    assert odd.result is not None
    elsewhere = StoredResult.objects.get(pk=odd.result.pk)
    elsewhere.pk, elsewhere.digest = None, "sha256:other"
    elsewhere.save(force_insert=True)
    other = Screening.objects.create(result=elsewhere, content={"flags": []}, prints={}, digest="sha256:x")
    with pytest.raises(IntegrityError):
        given(odd, olu, screening=other)


def test_the_database_takes_no_reason_out_of_its_time(odd: Assessment, olu: Person, rita: Person) -> None:
    admit.decline(odd, person=rita, reason="out of scope")
    assert Act.objects.filter(assessment=odd, act="decline").exists()
    with pytest.raises(IntegrityError):
        given(odd, olu)
    with without_rule("a_reason_is_given_in_its_time"):
        given(odd, olu)
