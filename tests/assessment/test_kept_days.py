"""Answers to findings and days of certificates change with the acts that change them, and not past them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from assessment.models import Assessment, CasePart, Certificate, Finding, Severity, Surveillance
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.calendar import keep_terms
from assessment.services.certificates.surveillance import watched_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation import findings
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Person
from tests.assessment.kept import refuses

pytestmark = [pytest.mark.django_db, pytest.mark.torture("T37")]
LATER = timezone.localdate() + dt.timedelta(days=900)


@pytest.fixture
def answered(assessment: Assessment, olu: Person, ana: Person) -> Finding:
    """Answered, and the answer accepted."""
    score_package(submit(assessment, person=olu))
    found = findings.raise_finding(assessment, severity=Severity.MINOR, statement="no calibration", person=ana)
    findings.act_on(found, "answer", text="x", person=olu, root_cause="forgotten", corrective_action="a calendar")
    return findings.act_on(found, "accept_answer", text="x", person=ana)


@pytest.fixture
def certificate(answered: Finding, ana: Person, ravi: Person, deng: Person) -> Certificate:
    case = answered.assessment
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    return decide(case, person=deng, certify=True, reason="x").certificate


def test_cause_and_action_are_those_of_the_answer(answered: Finding) -> None:
    for change in ({"root_cause": "y"}, {"corrective_action": "y"}, {"due_on": LATER}, {"raised_at": timezone.now()}):
        refuses(lambda change=change: Finding.objects.update(**change))


def test_the_effect_is_what_the_check_showed(certificate: Certificate, answered: Finding, ana: Person) -> None:
    refuses(lambda: Finding.objects.update(effectiveness="never mind"))
    findings.act_on(answered, "close", text="calibrated twice", person=ana)
    refuses(lambda: Finding.objects.update(effectiveness=""))
    refuses(lambda: Finding.objects.update(root_cause="y"))


def test_nobody_has_been_in_a_case_for_longer_than_they_have(answered: Finding) -> None:
    refuses(lambda: CasePart.objects.update(since=timezone.now() - dt.timedelta(days=900)))


def test_a_surveillance_is_put_off_by_none_but_a_surveillance(certificate: Certificate, ana: Person) -> None:
    said = {"certificate": certificate, "figures": [], "made_by": ana}
    refuses(lambda: Certificate.objects.update(surveillance_due_on=LATER))
    refuses(lambda: Certificate.objects.update(surveillance_due_on=None))
    refuses(lambda: Surveillance.objects.create(**said))
    findings.act_on(certificate.assessment.findings.get(), "close", text="calibrated twice", person=ana)
    reasons = {one.code: "no season has passed" for one in watched_of(certificate)}
    certificate_life.survey(certificate, person=ana, reason="the data hold", reasons=reasons)
    refuses(lambda: Certificate.objects.update(surveillance_due_on=LATER))
    refuses(lambda: Surveillance.objects.create(**said))


def test_a_suspension_began_on_the_day_of_its_act(certificate: Certificate, deng: Person) -> None:
    refuses(lambda: Certificate.objects.update(suspended_on=timezone.localdate()))
    certificate_life.suspend(certificate, person=deng, reason="the meters")
    refuses(lambda: Certificate.objects.update(suspended_on=LATER))
    refuses(lambda: Certificate.objects.update(suspended_on=None))


def test_a_withdrawal_is_announced_once(certificate: Certificate, olu: Person, deng: Person) -> None:
    Person.objects.filter(pk=olu.pk).update(email="olu@example.org")
    suspended = certificate_life.suspend(certificate, person=deng, reason="the meters")
    refuses(lambda: Certificate.objects.update(withdrawal_on=LATER))
    assert keep_terms(on=timezone.localdate() + dt.timedelta(days=160))["warn"] == [suspended.number]
    refuses(lambda: Certificate.objects.update(withdrawal_on=LATER))
    refuses(lambda: Certificate.objects.update(withdrawal_on=None))
