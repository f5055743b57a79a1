"""A centre that has won its appeal about a certificate: the calendar waits, and the deciders know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Act, Assessment, Certificate, Dispute, DisputeKind
from assessment.services import disputes
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.calendar import keep_terms
from assessment.services.certificates.issue import months_later
from assessment.services.certificates.life import waiting_for_decider
from assessment.services.chain.certificate_version import version_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from assessment.web.shown.result import DECIDE_ON_APPEAL
from centres.models import Person, Role
from centres.selectors import visible_centres
from core.errors import DecisionBlocked
from tests.assessment.conftest import certificate_as_read
from tests.assessment.kept import let_days_be
from tests.operations.triggers import without_rules_of_a_case

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HEARD = "the meters were within their class"


@pytest.fixture
def certificate(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    decide(assessment, person=deng, certify=True, reason="x")
    Person.objects.filter(pk=olu.pk).update(email="olu@example.org")
    return Certificate.objects.get()


@pytest.fixture
def suspended(certificate: Certificate, deng: Person) -> Certificate:
    return certificate_life.suspend(certificate, person=deng, reason="the meters were exchanged")


@pytest.fixture
def withdrawn(certificate: Certificate, deng: Person) -> Certificate:
    return certificate_life.withdraw(certificate, person=deng, reason="fraud")


@pytest.fixture
def hana(person: Callable[..., Person]) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


def appeal(certificate: Certificate, olu: Person) -> Dispute:
    said = {"statement": "the meters are as they were", "name": "Olu", "contact": "olu@example.org"}
    case = Assessment.objects.get(pk=certificate.assessment_id)
    return disputes.lodge(case, kind=DisputeKind.APPEAL, person=olu, **said)


def heard(found: Dispute, hana: Person, act: str) -> None:
    disputes.act_on(found, "acknowledge", person=hana, reason="x")
    disputes.act_on(Dispute.objects.get(pk=found.pk), act, person=hana, reason=HEARD)


def appealed(certificate: Certificate, olu: Person, hana: Person, act: str = "uphold") -> Certificate:
    heard(appeal(certificate, olu), hana, act)
    return now(certificate)


def now(certificate: Certificate) -> Certificate:
    return Certificate.objects.get(pk=certificate.pk)


def end_of(certificate: Certificate) -> dt.date:
    assert certificate.suspended_on is not None
    return months_later(certificate.suspended_on, 6)


def work_of(somebody: Person) -> Any:
    mine = Client(headers={"Accept-Language": "en"})
    mine.force_login(somebody)
    row = mine.get("/my/").context["centres"][0]
    return row["task"], row["task_address"]


def page_for(somebody: Person | None, certificate: Certificate) -> str:
    client = Client(headers={"Accept-Language": "en"})
    if somebody:
        client.force_login(somebody)
    return client.get(f"/certificates/{certificate.number}/").content.decode()


def test_after_an_upheld_appeal_no_withdrawal_is_announced(suspended: Certificate, olu: Person, hana: Person) -> None:
    appealed(suspended, olu, hana)
    for days in (-30, 0, 200):
        assert not any(keep_terms(on=end_of(suspended) + days * DAY).values())


def test_one_that_was_announced_is_called_off(suspended: Certificate, olu: Person, hana: Person) -> None:
    end = end_of(suspended)
    keep_terms(on=end - 30 * DAY)
    assert "it is withdrawn on" in page_for(None, suspended)
    kept = appealed(suspended, olu, hana)
    assert (kept.state, kept.withdrawal_on) == ("suspended", None)
    assert "it is withdrawn on" not in page_for(None, suspended)
    for days in (0, 1, 200):
        assert not any(keep_terms(on=end + days * DAY).values())


def test_an_appeal_upheld_after_the_announced_day_comes_in_time(
    suspended: Certificate, olu: Person, hana: Person
) -> None:
    end = end_of(suspended)
    keep_terms(on=end - 30 * DAY)
    found = appeal(suspended, olu)
    assert not any(keep_terms(on=end + 10 * DAY).values())
    heard(found, hana, "uphold")
    assert not any(keep_terms(on=end + 11 * DAY).values())


@pytest.mark.parametrize("days", [-1, 10])
def test_a_dismissed_one_holds_nothing_up(suspended: Certificate, olu: Person, hana: Person, days: int) -> None:
    end = end_of(suspended)
    keep_terms(on=end - 30 * DAY)
    found = appeal(suspended, olu)
    assert not any(keep_terms(on=end + days * DAY).values())
    heard(found, hana, "dismiss")
    assert now(suspended).withdrawal_on == end
    assert keep_terms(on=end + max(days, 0) * DAY)["withdraw_late"] == [suspended.number]


def test_it_stands_on_the_list_of_the_deciders_with_the_answer(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    assert work_of(deng)[0] is None
    appealed(suspended, olu, hana)
    let_days_be(suspended_on=months_later(timezone.localdate(), -7))
    assert work_of(deng) == (DECIDE_ON_APPEAL, f"/certificates/{suspended.number}/")
    assert HEARD in page_for(deng, suspended)
    assert "could be told" not in page_for(deng, suspended)
    for other in (None, hana, olu):
        assert HEARD not in page_for(other, suspended)
    certificate_life.restore(now(suspended), person=deng, reason="as was found")
    assert work_of(deng)[0] is None
    assert HEARD not in page_for(deng, suspended)


def test_once_a_decider_has_acted_the_calendar_goes_on(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    appealed(suspended, olu, hana)
    certificate_life.restore(now(suspended), person=deng, reason="as was found")
    anew = certificate_life.suspend(now(suspended), person=deng, reason="something else")
    assert anew.upheld_on is None
    assert keep_terms(on=end_of(anew) - 30 * DAY)["warn"] == [suspended.number]
    assert keep_terms(on=end_of(anew))["withdraw_late"] == [suspended.number]


def test_an_appeal_left_over_from_a_suspension_before_says_nothing_of_this_one(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    before = appeal(suspended, olu)
    certificate_life.restore(suspended, person=deng, reason="mended")
    certificate_life.suspend(now(suspended), person=deng, reason="something else")
    heard(before, hana, "uphold")
    assert now(suspended).upheld_on is None
    assert work_of(deng)[0] is None


def test_a_withdrawn_certificate_comes_back_by_an_upheld_appeal_alone(
    withdrawn: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    def allowed() -> list[list[str]]:
        door = "/api/v1/certificates/"
        [listed] = APIClient().get(door).json()["results"]
        return [listed["allowed_acts"], APIClient().get(f"{door}{withdrawn.number}/").json()["allowed_acts"]]

    with pytest.raises(DecisionBlocked, match="withdrawn"):
        certificate_life.restore(withdrawn, person=deng, reason="x")
    appealed(withdrawn, olu, hana, "dismiss")
    with pytest.raises(DecisionBlocked):
        certificate_life.restore(now(withdrawn), person=deng, reason="x")
    assert (allowed(), work_of(deng)[0]) == ([[], []], None)
    appealed(withdrawn, olu, hana)
    assert (allowed(), work_of(deng)[0]) == ([["restore"], ["restore"]], DECIDE_ON_APPEAL)
    assert HEARD in page_for(deng, withdrawn)
    restored = certificate_life.restore(now(withdrawn), person=deng, reason="as was found")
    assert (restored.state, restored.upheld_on) == ("valid", None)
    assert "Valid until" in page_for(None, withdrawn)


def test_no_withdrawn_certificate_comes_back_after_its_term(
    withdrawn: Certificate, olu: Person, hana: Person, deng: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    appealed(withdrawn, olu, hana)
    assert work_of(deng)[0] == DECIDE_ON_APPEAL
    today = withdrawn.valid_until + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: today)
    with pytest.raises(DecisionBlocked, match="ended on") as caught:
        certificate_life.restore(now(withdrawn), person=deng, reason="x")
    assert caught.value.code == "term_ended"
    assert work_of(deng)[0] is None, "nothing is left to decide"
    [listed] = APIClient().get("/api/v1/certificates/").json()["results"]
    alone = APIClient().get(f"/api/v1/certificates/{withdrawn.number}/").json()
    assert (listed["allowed_acts"], alone["allowed_acts"]) == ([], [])


def test_whoever_withdraws_in_spite_of_an_appeal_needs_another_one_to_bring_it_back(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    appealed(suspended, olu, hana)
    certificate_life.withdraw(now(suspended), person=deng, reason="fraud")
    with pytest.raises(DecisionBlocked):
        certificate_life.restore(now(suspended), person=deng, reason="x")
    appealed(suspended, olu, hana)
    assert certificate_life.restore(now(suspended), person=deng, reason="as was found").state == "valid"


def test_an_appeal_against_a_suspension_that_became_a_withdrawal_meanwhile_brings_it_back(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    found = appeal(suspended, olu)
    certificate_life.withdraw(now(suspended), person=deng, reason="fraud")
    heard(found, hana, "uphold")
    assert certificate_life.restore(now(suspended), person=deng, reason="as was found").suspended_on is None


def test_the_database_holds_it_past_the_services(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    def act(name: str, before: str, after: str, by: Person | None) -> None:
        Act.objects.create(
            assessment=suspended.assessment, of="certificate", act=name, from_state=before, to_state=after,
            part="decider" if by else "system", person=by,
        )  # fmt: skip

    certificates = Certificate.objects.filter(pk=suspended.pk)
    with pytest.raises(IntegrityError, match="upheld"), transaction.atomic():
        certificates.update(upheld_on=timezone.localdate())
    appealed(suspended, olu, hana)
    with pytest.raises(IntegrityError, match="a decider acts"), transaction.atomic():
        certificates.update(upheld_on=None)
    for name, after in (("warn", "suspended"), ("withdraw_late", "withdrawn")):
        with pytest.raises(IntegrityError, match="a decider acts"), transaction.atomic():
            act(name, "suspended", after, None)
    certificate_life.withdraw(now(suspended), person=deng, reason="fraud")
    with pytest.raises(IntegrityError, match="no appeal against the withdrawal"), transaction.atomic():
        act("restore", "withdrawn", "valid", deng)


@pytest.mark.parametrize("end", ["", "withdraw_late", "withdraw"])
def test_appeals_upheld_before_there_was_this_day_go_to_the_deciders(
    suspended: Certificate, olu: Person, hana: Person, deng: Person, end: str
) -> None:
    """And so do certificates the calendar withdrew after the centre had won; those of a decider stay withdrawn."""
    from importlib import import_module

    from django.apps import apps

    keep_terms(on=end_of(suspended) - 30 * DAY)
    appealed(suspended, olu, hana)
    without_rules_of_a_case()
    Certificate.objects.update(upheld_on=None, withdrawal_on=end_of(suspended))
    if end == "withdraw_late":
        keep_terms(on=end_of(suspended))
    elif end:
        certificate_life.withdraw(now(suspended), person=deng, reason="fraud")
    import_module("assessment.migrations.0025_upheld_appeals").hand_over(apps, connection.schema_editor())
    kept = now(suspended)
    handed_over = end != "withdraw"
    assert (kept.upheld_on is not None, kept.withdrawal_on) == (handed_over, None)


def test_none_comes_back_beside_a_certificate_that_was_given_since(
    withdrawn: Certificate, olu: Person, ana: Person, ravi: Person, deng: Person, hana: Person
) -> None:
    won = appealed(withdrawn, olu, hana)
    everywhere = visible_centres(deng)
    assert list(waiting_for_decider(everywhere, person=deng)) == [won.assessment.centre_id]
    again = open_assessment(won.assessment.centre, edition=won.assessment.edition, person=olu)
    score_package(submit(again, person=olu))
    evaluate(again, person=ana, reason="x")
    review(again, person=ravi, reason="x")
    decide(again, person=deng, certify=True, reason="x")
    with pytest.raises(DecisionBlocked) as refused:
        certificate_life.restore(won, person=deng, reason="the appeal")
    assert refused.value.code == "certificate_stands"
    assert waiting_for_decider(everywhere, person=deng) == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=won.pk).update(state="valid")


@pytest.fixture
def at_the_page(settings: Any, suspended: Certificate, deng: Person) -> Callable[..., Any]:
    """The decider with the page of the suspended certificate open, who posts what it holds."""
    client, door = Client(headers={"Accept-Language": "en"}), f"/certificates/{suspended.number}/"
    client.force_login(deng)
    read = certificate_as_read()
    assert client.get(door).context["form"]["version"].value() == read["version"]

    def post(act: str, **further: Any) -> Any:
        return client.post(door, {"act": act, "reason": "not mended", **read, **further})

    return post


def test_nobody_withdraws_over_an_upheld_appeal_they_have_not_read(
    at_the_page: Callable[..., Any], suspended: Certificate, olu: Person, hana: Person
) -> None:
    appealed(suspended, olu, hana)
    answer = at_the_page("withdraw")
    assert (answer.status_code, answer.context["problem"].code) == (422, "version_changed")
    told, html = answer.context["problem"].message.en, answer.content.decode()
    assert "Hana" in told
    assert "an appeal was upheld" in told
    assert HEARD in html
    assert "not mended" in html
    assert (now(suspended).state, now(suspended).upheld_on is not None) == ("suspended", True)
    assert at_the_page("withdraw", version=answer.context["form"]["version"].value()).status_code == 302


def test_who_is_second_on_a_certificate_is_told_whose_act_was_first(
    at_the_page: Callable[..., Any], suspended: Certificate, person: Callable[..., Person]
) -> None:
    dina = person("dina", Role.DECIDER)
    for act in ("restore", "suspend"):
        certificate_life.take(act, now(suspended), person=dina, reason="looked at anew")
    answer = at_the_page("restore")
    assert answer.context["problem"].code == "version_changed"
    assert "Dina" in answer.context["problem"].message.en
    assert "looked at anew" in answer.context["problem"].message.en


@pytest.mark.parametrize("named", ['"5"', '"x"'])
def test_who_names_a_version_of_a_certificate_nobody_acted_on_is_told_that_there_is_none(
    certificate: Certificate, deng: Person, named: str
) -> None:
    assert version_of(certificate) == 0
    client = APIClient()
    client.force_authenticate(deng)
    door, said = f"/api/v1/certificates/{certificate.number}/acts/", {"act": "suspend", "reason": "x"}
    refused = client.post(door, said, format="json", headers={"If-Match": named})
    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")
    assert "its version is 0" in str(refused.json())
    page = Client(headers={"Accept-Language": "en"})
    page.force_login(deng)
    typed = {"act": "suspend", "reason": "what I wrote", "version": 1}
    answer = page.post(f"/certificates/{certificate.number}/", typed)
    assert (answer.status_code, answer.context["problem"].code) == (422, "version_changed")
    assert "Nothing has happened to this certificate since it was issued" in answer.content.decode()
    assert "what I wrote" in answer.content.decode()
    assert page.post(f"/certificates/{certificate.number}/", typed | {"version": 0}).status_code == 302


def test_the_api_takes_the_version_where_it_is_named(
    suspended: Certificate, olu: Person, hana: Person, deng: Person
) -> None:
    client = APIClient()
    client.force_authenticate(deng)
    door, said = f"/api/v1/certificates/{suspended.number}/", {"act": "withdraw", "reason": "x"}
    read = client.get(door)["ETag"]
    appealed(suspended, olu, hana)
    refused = client.post(f"{door}acts/", said, format="json", headers={"If-Match": read})
    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")
    assert now(suspended).state == "suspended"
    taken = client.post(f"{door}acts/", said, format="json", headers={"If-Match": client.get(door)["ETag"]})
    assert (taken.status_code, taken["ETag"]) == (200, client.get(door)["ETag"])


def test_a_program_that_names_no_version_acts_as_before(suspended: Certificate, deng: Person) -> None:
    client = APIClient()
    client.force_authenticate(deng)
    door = f"/api/v1/certificates/{suspended.number}/acts/"
    assert client.post(door, {"act": "restore", "reason": "x"}, format="json").status_code == 200
