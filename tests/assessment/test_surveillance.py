"""Surveillance asks what the watched indicators came to since: a fresh figure of each, or why there is none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, Surveillance
from assessment.scoring.major_changes import Aspect
from assessment.scoring.surveillance import WATCHED
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.surveillance import changed_since, watched_of
from assessment.services.certificates.surveillance_due import SOON
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results import score as scoring
from assessment.web.shown.result import HAND_IN_SINCE, SURVEY
from centres.models import Person
from centres.profile import CentreClass, Names
from centres.services.save_profile import save_profile
from core.errors import InputError
from core.outcome import Outcome, Quality
from core.period import Period
from core.text import Text
from indicators.measures.base import CentreEvidence, Measurement
from tests.assessment.conftest import GOOD, certificate_as_read
from tests.assessment.kept import let_days_be
from tests.assessment.test_separation import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    scoring.score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    decide(assessment, person=deng, certify=True, reason="x")
    return Certificate.objects.get()


def hand_in(certificate: Certificate, monkeypatch: pytest.MonkeyPatch, *, until: dt.datetime, **changed: str) -> None:
    """The centre's evidence amounts to this in the year that ends then, save for what has no window."""
    year = Period(until - dt.timedelta(days=365), until)

    def measure_all(evidence: CentreEvidence) -> dict[str, Measurement]:
        return {
            name: Measurement(
                name,
                Outcome.SCORED,
                value=Decimal(value),
                quality=Quality.A,
                period=None if name == "security_and_isolation" else year,
            )
            for name, value in (GOOD | changed).items()
        }

    monkeypatch.setattr(scoring, "measure_all", measure_all)
    scoring.score_centre(certificate.assessment.centre)


def test_mixed_centres_are_watched_for_both_uses() -> None:
    training, inference = WATCHED[CentreClass.TRAINING_LED], WATCHED[CentreClass.INFERENCE_LED]
    assert set(WATCHED[CentreClass.MIXED]) == {*training, *inference}
    assert {"GR-1.1", "ST-1.1", "CE-4.1", "US-6.1"} == set(training) & set(inference)


def test_nothing_measured_since_needs_a_reason_for_each(certificate: Certificate, ana: Person) -> None:
    codes = [one.code for one in watched_of(certificate)]
    assert {"GR-1.1", "ST-1.1", "CE-4.1", "US-6.1"} <= set(codes)
    with refused("not_refreshed") as caught:
        certificate_life.survey(certificate, person=ana, reason="x")
    assert all(code in caught.value.message.en for code in codes)
    assert not Surveillance.objects.exists()
    assert not certificate.assessment.acts.filter(act="survey").exists()
    with pytest.raises(InputError, match="XX-1"):
        certificate_life.survey(certificate, person=ana, reason="x", reasons=dict.fromkeys([*codes, "XX-1"], "x"))


@pytest.mark.parametrize("words", ["x" * 2001, "typed\0past the form"])
def test_a_reason_that_cannot_be_kept_whole_is_refused(certificate: Certificate, ana: Person, words: str) -> None:
    reasons = {one.code: "no season has passed" for one in watched_of(certificate)} | {"GR-1.1": words}
    with pytest.raises(InputError) as refusal:
        certificate_life.survey(certificate, person=ana, reason="the data hold", reasons=reasons)
    assert refusal.value.code == "reason_unfit"


def test_the_record_shows_old_and_new_figures(
    certificate: Certificate, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = timezone.now() + dt.timedelta(days=300)
    hand_in(certificate, monkeypatch, until=until, annual_pue="1.23")
    with refused("not_refreshed") as caught:
        certificate_life.survey(certificate, person=ana, reason="x", reasons={"US-6.1": " "})
    assert "US-6.1" in caught.value.message.en
    assert "GR-1.1" not in caught.value.message.en
    reasons = {"US-6.1": "the checklist is unchanged", "GR-1.1": "written before the figure was there"}
    certificate_life.survey(certificate, person=ana, reason="holds", reasons=reasons)
    figures = {row["code"]: row for row in Surveillance.objects.get().figures}
    pue = figures["GR-1.1"]
    assert (pue["before"], pue["after"], pue["until"]) == ("1.18", "1.23", until.date().isoformat())
    assert pue["reason"] == "written before the figure was there"
    assert (figures["US-6.1"]["after"], figures["US-6.1"]["reason"]) == (None, "the checklist is unchanged")


def test_a_window_that_ended_before_the_certificate_is_not_fresh(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(certificate, monkeypatch, until=timezone.now() - dt.timedelta(days=1))
    assert not any(one.is_fresh for one in watched_of(certificate))


def test_page_and_api_ask_for_reasons_and_show_what_was_found(
    certificate: Certificate, olu: Person, ana: Person
) -> None:
    codes = [one.code for one in watched_of(certificate)]
    page, client = f"/certificates/{certificate.number}/", Client(headers={"Accept-Language": "en"})
    client.force_login(ana)
    assert f'name="why-{codes[0]}"' in client.get(page).content.decode()
    half = client.post(
        page, {"act": "survey", "reason": "holds", **certificate_as_read(), f"why-{codes[0]}": "next month"}
    )
    assert half.status_code == 422
    assert 'value="next month"' in half.content.decode()
    given = {f"why-{code}": "next month" for code in codes}
    assert client.post(page, {"act": "survey", "reason": "holds", **certificate_as_read(), **given}).status_code == 302
    assert "Recorded on" in client.get(page).content.decode()
    assert "Recorded on" not in Client(headers={"Accept-Language": "en"}).get(page).content.decode()
    owner = APIClient()
    owner.force_authenticate(olu)
    told = owner.get(f"/api/v1/assessments/{certificate.assessment_id}/surveillances/").json()
    assert [row["reason"] for row in told["surveillances"][0]["figures"]] == ["next month"] * len(codes)
    assessor = APIClient()
    assessor.force_authenticate(ana)
    door = f"/api/v1/certificates/{certificate.number}/acts/"
    answer = assessor.post(door, {"act": "survey", "reason": "x", "reasons": {codes[0]: "x"}}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_refreshed")


def test_reasons_beside_another_act_are_refused_and_empty_fields_are_none(
    certificate: Certificate, deng: Person
) -> None:
    code = watched_of(certificate)[0].code
    page, door = f"/certificates/{certificate.number}/", f"/api/v1/certificates/{certificate.number}/acts/"
    client, api = Client(), APIClient()
    client.force_login(deng)
    api.force_authenticate(deng)
    body = {"act": "suspend", "reason": "x", "reasons": {code: "no season has passed"}}
    answer = api.post(door, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "reasons_not_asked")
    posted = client.post(
        page, {"act": "suspend", "reason": "x", **certificate_as_read(), f"why-{code}": "no season has passed"}
    )
    assert (posted.status_code, posted.context["problem"].code) == (422, "reasons_not_asked")
    assert (
        client.post(page, {"act": "suspend", "reason": "x", **certificate_as_read(), f"why-{code}": " "}).status_code
        == 302
    )


def test_what_was_found_is_kept(certificate: Certificate, ana: Person) -> None:
    reasons = {one.code: "x" for one in watched_of(certificate)}
    certificate_life.survey(certificate, person=ana, reason="x", reasons=reasons)
    with pytest.raises(IntegrityError), transaction.atomic():
        Surveillance.objects.update(figures=[])


def test_centre_and_body_read_major_changes_the_profile_tells_of(
    certificate: Certificate, olu: Person, ana: Person
) -> None:
    page, centre = f"/certificates/{certificate.number}/", certificate.assessment.centre
    client, english = Client(), {"Accept-Language": "en"}
    client.force_login(ana)
    certified, sold = certificate.result.profile_version.profile, Names(zh="另一家公司", en="Another Co.")
    save_profile(centre, certified.model_copy(update={"applied_on": dt.date(2027, 3, 31)}), person=olu)
    assert changed_since(certificate) == ()
    assert client.get(page).context["changes"] == []
    save_profile(centre, certified.model_copy(update={"operator": sold}), person=olu)
    assert [one.aspect for one in changed_since(certificate)] == [Aspect.OPERATOR]
    assert "Another Co." in client.get(page, headers=english).content.decode()
    assert "Another Co." not in Client(headers=english).get(page).content.decode()
    owner = APIClient()
    owner.force_authenticate(olu)
    door = f"/api/v1/assessments/{certificate.assessment_id}/surveillances/"
    told = owner.get(door).json()["major_changes"]
    assert [(one["aspect"], one["after"]) for one in told] == [("operator", sold.model_dump())]
    reasons = {one.code: "x" for one in watched_of(certificate)}
    certificate_life.survey(certificate, person=ana, reason="staff and procedures stay", reasons=reasons)
    save_profile(centre, certified.model_copy(update={"applied_on": dt.date(2027, 6, 30)}), person=olu)
    later = owner.get(door).json()
    assert (later["major_changes"], later["surveillances"][0]["changes"]) == ([], told)
    assert "Another Co." in client.get(page, headers=english).content.decode()


def test_a_certificate_that_stands_no_more_speaks_of_no_major_changes(
    certificate: Certificate, olu: Person, deng: Person
) -> None:
    profile, sold = certificate.result.profile_version.profile, Names(zh="另一家公司", en="Another Co.")
    save_profile(certificate.assessment.centre, profile.model_copy(update={"operator": sold}), person=olu)
    assert len(changed_since(certificate)) == 1
    assert changed_since(certificate_life.withdraw(certificate, person=deng, reason="x")) == ()


def test_assessors_and_owners_find_a_surveillance_that_comes_up_under_their_work(
    certificate: Certificate, olu: Person, ana: Person, ravi: Person
) -> None:
    def task(person: Person) -> Text | None:
        client = Client()
        client.force_login(person)
        rows: list[dict[str, Text | None]] = client.get("/my/").context["centres"]
        return rows[0]["task"] if rows else None

    assert [task(person) for person in (olu, ana, ravi)] == [None, None, None]
    let_days_be(surveillance_due_on=timezone.localdate() + SOON)
    assert [task(person) for person in (olu, ana, ravi)] == [HAND_IN_SINCE, SURVEY, None]
    reasons = {one.code: "x" for one in watched_of(certificate)}
    certificate_life.survey(certificate, person=ana, reason="x", reasons=reasons)
    assert [task(person) for person in (olu, ana, ravi)] == [None, None, None]
