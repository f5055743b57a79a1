"""Findings live while a case is evaluated and while its certificate stands; in between they rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, Finding, Severity
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.surveillance import watched_of
from assessment.services.decision.decide import ask_again
from assessment.services.decision.review import review, send_back
from assessment.services.evaluation import findings
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from assessment.web.shown.result import ANSWER, DECIDE_ANEW, LOOK_AT_ANSWER
from centres.models import Person, Role
from core.errors import DecisionBlocked, InputError
from tests.assessment.test_casework import judged

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]
Api = Callable[[Person], APIClient]


def refused(code: str, match: str | None = None) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, match=match, check=lambda error: error.code == code)


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return Assessment.objects.get(pk=assessment.pk)


def answered(case: Assessment, severity: Severity, *, olu: Person, ana: Person) -> Finding:
    """A finding whose corrective action was accepted, its effect still to be seen."""
    found = findings.raise_finding(case, severity=severity, statement="x", person=ana)
    findings.act_on(found, "answer", text="x", person=olu, root_cause="r", corrective_action="c")
    return findings.act_on(found, "accept_answer", text="x", person=ana)


def test_what_a_reviewer_has_read_of_a_finding_stays_until_the_case_is_sent_back(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    found = findings.raise_finding(submitted, severity=Severity.MAJOR, statement="bad", person=ana)
    asked = findings.ask(found, text="Which hall?", due_on=timezone.localdate(), person=ana)
    evaluate(submitted, person=ana, reason="x")
    with refused("wrong_state", match="evaluated, in which findings rest: retract"):
        findings.act_on(found, "retract", text="never mind", person=ana)
    review(submitted, person=ravi, reason="one major is open: refuse")
    answer = {"root_cause": "r", "corrective_action": "c"}
    for late in (
        lambda: findings.act_on(found, "retract", text="never mind", person=ana),
        lambda: findings.act_on(found, "answer", text="mended", person=olu, **answer),
        lambda: findings.ask(found, text="Still open?", due_on=timezone.localdate(), person=olu),
        lambda: findings.reply(asked, text="Hall 2.", person=olu),
        lambda: findings.raise_finding(submitted, severity=Severity.MINOR, statement="late", person=ana),
    ):
        with refused("wrong_state"):
            late()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=found.pk).update(state="retracted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(assessment=submitted, severity=Severity.MINOR, statement="late", raised_by=ana)
    ask_again(submitted, person=deng, reason="is it still so?")
    send_back(submitted, person=ravi, reason="ask them")
    assert findings.reply(asked, text="Hall 2.", person=olu).text == "Hall 2."
    assert findings.act_on(found, "retract", text="another hall", person=ana).state == "retracted"


def test_a_correction_is_due_within_the_days_of_the_scheme(submitted: Assessment, ana: Person) -> None:
    today = timezone.localdate()
    for severity, days in ((Severity.MAJOR, 60), (Severity.MINOR, 90)):
        given: dict[str, Any] = {"severity": severity, "statement": "x", "person": ana}
        latest = today + dt.timedelta(days=days)
        assert findings.raise_finding(submitted, due_on=latest, **given).due_on == latest
        with pytest.raises(InputError) as caught:
            findings.raise_finding(submitted, due_on=latest + dt.timedelta(days=1), **given)
        assert caught.value.code == "due_too_late"


def test_a_minor_finding_stops_the_certificate_until_its_correction_is_accepted(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    found = findings.raise_finding(submitted, severity=Severity.MINOR, node="US-4.1", statement="x", person=ana)
    with refused("minor_finding_unanswered", match=r"US-4\.1"):
        judged(submitted, ana, ravi, deng)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=submitted.pk).update(state="certified")
    ask_again(submitted, person=deng, reason="x")
    send_back(submitted, person=ravi, reason="x")
    findings.act_on(found, "answer", text="x", person=olu, root_cause="r", corrective_action="c")
    findings.act_on(found, "accept_answer", text="x", person=ana)
    assert judged(submitted, ana, ravi, deng).state == "certified"


def test_surveillance_waits_until_a_corrective_action_was_checked_and_a_failed_check_is_the_deciders(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    found = answered(submitted, Severity.MINOR, olu=olu, ana=ana)
    remark = findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="dusty", person=ana)
    judged(submitted, ana, ravi, deng)
    certificate, mine = Certificate.objects.get(), Client()
    mine.force_login(deng)
    with refused("finding_unchecked"):
        certificate_life.survey(certificate, person=ana, reason="the data hold")
    with refused("wrong_state", match="finding is open, in an assessment that is certified: retract is not"):
        findings.act_on(remark, "retract", text="gone after the certificate", person=ana)
    assert mine.get("/my/").context["centres"][0]["task"] is None
    findings.act_on(found, "fail_check", text="the meter shows the same", person=ana)
    row = mine.get("/my/").context["centres"][0]
    assert (row["task"], row["task_address"]) == (DECIDE_ANEW, f"/certificates/{certificate.number}/")
    page = mine.get(row["task_address"], headers={"accept-language": "en"})
    assert "was found not effective" in page.content.decode()
    certificate_life.suspend(certificate, person=deng, reason="until it is mended")
    assert mine.get("/my/").context["centres"][0]["task"] is None
    with refused("finding_unchecked"):
        certificate_life.restore(certificate, person=deng, reason="they promise")
    findings.act_on(found, "answer", text="a new meter", person=olu, root_cause="r", corrective_action="c")
    findings.act_on(found, "accept_answer", text="x", person=ana)
    assert certificate_life.restore(certificate, person=deng, reason="a plan is there").state == "valid"
    findings.act_on(found, "close", text="read on site", person=ana)
    reasons = {one.code: "nothing was measured anew" for one in watched_of(certificate)}
    surveyed = certificate_life.survey(certificate, person=ana, reason="the data hold", reasons=reasons)
    assert surveyed.state == "valid"


def test_a_finding_waits_under_my_work_of_the_centre_and_after_the_certificate_its_answer_of_an_assessor(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    def task(person: Person) -> tuple[object, object]:
        client = Client()
        client.force_login(person)
        row = client.get("/my/").context["centres"][0]
        return row["task"], row["task_address"]

    address, mending = f"/assessments/{submitted.pk}/findings/", {"root_cause": "r", "corrective_action": "c"}
    findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="dusty", person=ana)
    assert task(olu)[0] is None
    found = findings.raise_finding(submitted, severity=Severity.MINOR, statement="x", person=ana)
    assert task(olu) == (ANSWER, address)
    findings.act_on(found, "answer", text="x", person=olu, **mending)
    findings.act_on(found, "accept_answer", text="x", person=ana)
    judged(submitted, ana, ravi, deng)
    assert [task(person)[0] for person in (olu, ana)] == [None, None]
    findings.act_on(found, "fail_check", text="the meter shows the same", person=ana)
    assert [task(person)[0] for person in (olu, ana)] == [ANSWER, None]
    findings.act_on(found, "answer", text="a new meter", person=olu, **mending)
    assert (task(olu)[0], task(ana)) == (None, (LOOK_AT_ANSWER, address))
    findings.act_on(found, "accept_answer", text="x", person=ana)
    assert [task(person)[0] for person in (olu, ana)] == [None, None]


@pytest.mark.parametrize("end", ["withdraw", "terminate"])
def test_findings_rest_for_good_where_the_certificate_has_ended(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, person: Make, api: Api, end: str
) -> None:
    found = answered(submitted, Severity.MINOR, olu=olu, ana=ana)
    judged(submitted, ana, ravi, deng)
    who = {"withdraw": deng, "terminate": person("rita", Role.REGISTRAR)}[end]
    certificate_life.ACTS[end](Certificate.objects.get(), person=who, reason="x")
    with refused("wrong_state"):
        findings.act_on(found, "close", text="x", person=ana)
    assert api(ana).get(f"/api/v1/findings/{found.pk}/").json()["allowed_acts"] == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=found.pk).update(state="closed", effectiveness="x")
