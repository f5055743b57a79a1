"""Which kinds of case a centre may open: by page and API, with and without a certificate that stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, DisputeKind, Kind
from assessment.services import disputes
from assessment.services.application.kinds_now import kinds_now
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import calendar as certificate_calendar
from assessment.services.certificates import life as certificate_life
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from indicators.models import Edition
from tests.assessment.test_casework import hana, refused  # noqa: F401  (a fixture)
from tests.assessment.web.test_results import Visit, as_person, certified, submitted  # noqa: F401  (the fixtures)

pytestmark = pytest.mark.django_db
FIRST, RENEWAL, TRIAL = Kind.CERTIFICATION, Kind.RENEWAL, Kind.PRE_ASSESSMENT


def offered(page: Any) -> list[str]:
    """What may be chosen on a page, in its order."""
    words = page.content.decode()
    return [kind for kind in (FIRST, RENEWAL, TRIAL) if f'name="kind" value="{kind}"' in words]


def test_a_centre_without_a_certificate_chooses_what_it_applies_for(
    centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    own, door = as_person(olu), f"/centres/{centre.slug}/"
    for page in (door, f"{door}tasks/"):
        assert offered(own.get(page)) == [FIRST, TRIAL]
    assert own.post(f"{door}apply/", {"kind": TRIAL}).status_code == 302
    case = Assessment.objects.get()
    assert case.kind == TRIAL
    shown = own.get(f"/assessments/{case.pk}/")
    assert "预评价" in shown.content.decode()
    assert offered(own.get(door)) == []  # one is open


def test_with_a_certificate_a_centre_renews_it(
    certified: Assessment, olu: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    own, door = as_person(olu, language="en"), f"/centres/{certified.centre.slug}/"
    assert offered(own.get(door)) == [RENEWAL, TRIAL]
    page = own.post(f"{door}apply/", {"kind": FIRST}, follow=True)
    assert "Apply for its renewal" in page.content.decode()
    assert offered(page) == [RENEWAL, TRIAL]
    own.post(f"{door}apply/", {"kind": RENEWAL})
    case = Assessment.objects.get(kind=RENEWAL)
    assert "Assessment to renew the certificate" in own.get(f"/assessments/{case.pk}/").content.decode()


@pytest.mark.parametrize("posted", [{}, {"kind": ""}, {"kind": "anything"}])
def test_an_application_without_a_choice_is_asked_for_one(
    posted: dict[str, str], centre: Centre, edition: Edition, olu: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    page = as_person(olu).post(f"/centres/{centre.slug}/apply/", posted, follow=True)
    assert "没有选择申请的类别" in page.content.decode()
    assert not Assessment.objects.exists()


def test_the_api_refuses_a_second_certificate_and_a_renewal_of_none(
    certified: Assessment, centre: Centre, olu: Person, deng: Person  # noqa: F811
) -> None:  # fmt: skip
    api = APIClient()
    api.force_authenticate(olu)

    def code(kind: str) -> tuple[int, str, bool]:
        answer = api.post("/api/v1/assessments/", {"centre": centre.slug, "kind": kind}, format="json")
        [error] = answer.json()["errors"]
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"], bool(error["hint"]["zh"] and error["hint"]["en"])

    certificate = Certificate.objects.get()
    assert code("certification") == (409, "certificate_stands", True)
    certificate_life.suspend(certificate, person=deng, reason="x")
    assert code("certification") == (409, "certificate_stands", True)
    certificate_life.withdraw(certificate, person=deng, reason="x")
    assert code("renewal") == (409, "nothing_to_renew", True)
    assert kinds_now(centre) == (FIRST, TRIAL)


@pytest.mark.parametrize("end", ["expire", "withdraw", "terminate"])
def test_a_certificate_that_ends_before_its_renewal_is_followed_by_a_new_one(
    end: str, certified: Assessment, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person,  # noqa: F811
    rita: Person,
) -> None:  # fmt: skip
    old = Certificate.objects.get()
    case = open_assessment(certified.centre, edition=edition, person=olu, kind=RENEWAL)
    if end == "expire":
        certificate_calendar.keep_terms(on=old.valid_until + dt.timedelta(days=1))
    else:
        certificate_life.ACTS[end](old, person=rita if end == "terminate" else deng, reason="x")
    _judged(case, olu, ana, ravi, deng)
    new = Certificate.objects.get(assessment=case)
    assert (new.state, new.replaces) == ("valid", None)


def test_a_term_that_has_ended_holds_nothing_up_before_the_calendar_has_written_it_down(
    certified: Assessment, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    old = Certificate.objects.get()
    today = old.valid_until + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: today)
    assert kinds_now(certified.centre) == (FIRST, TRIAL)
    case = open_assessment(certified.centre, edition=edition, person=olu, kind=FIRST)
    _judged(case, olu, ana, ravi, deng)
    new = Certificate.objects.get(assessment=case)
    old.refresh_from_db()
    assert (old.state, new.state, new.replaces) == ("expired", "valid", None)
    assert certificate_calendar.keep_terms(on=today)["expire"] == []


def test_a_refusal_that_is_reopened_does_not_leave_two_certificates(
    submitted: Assessment, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person, hana: Person,  # noqa: F811
    person: Any,
) -> None:  # fmt: skip
    """Meanwhile another case was certified: what comes last takes its place, though it was no renewal."""
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    decide(submitted, person=deng, certify=False, reason="x")
    second = open_assessment(submitted.centre, edition=edition, person=olu)
    _judged(second, olu, ana, ravi, deng)
    appeal = disputes.lodge(submitted, kind=DisputeKind.APPEAL, statement="x", name="n", contact="c", person=olu)
    for act in ("acknowledge", "uphold"):
        disputes.act_on(appeal, act, person=hana, reason="x")
    submitted.refresh_from_db()
    review(submitted, person=person("rosa", Role.REVIEWER), reason="x")
    decide(submitted, person=person("dina", Role.DECIDER), certify=True, reason="x")
    states = dict(Certificate.objects.values_list("assessment", "state"))
    assert states == {second.pk: "terminated", submitted.pk: "valid"}


def test_the_database_keeps_a_second_certificate_out(
    certified: Assessment, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person  # noqa: F811
) -> None:  # fmt: skip
    case = open_assessment(certified.centre, edition=edition, person=olu, kind=RENEWAL)
    _judged(case, olu, ana, ravi, deng)
    old, new = Certificate.objects.order_by("number")
    said = {field.attname: getattr(new, field.attname) for field in Certificate._meta.concrete_fields}
    with pytest.raises(IntegrityError, match="another certificate of this centre stands"), transaction.atomic():
        Certificate.objects.create(**said | {"number": "ZH-2026-9999-X", "replaces_id": None})
    assert (old.state, new.state) == ("terminated", "valid")


def test_two_kinds_at_once_are_refused_for_the_one_that_is_open(assessment: Assessment, edition: Edition) -> None:
    with refused("already_exists"):
        open_assessment(assessment.centre, edition=edition, person=assessment.opened_by, kind=RENEWAL)


def _judged(case: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> None:
    score_package(submit(case, person=olu))
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    decide(case, person=deng, certify=True, reason="x")
