"""A suspension that is never mended ends in withdrawal: after six months, and never without thirty days' notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, DisputeKind
from assessment.services import disputes
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.calendar import keep_terms
from assessment.services.certificates.issue import months_later
from assessment.services.certificates.surveillance import watched_of
from assessment.services.chain.certificate_version import version_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.letters import sent
from assessment.services.results.score import score_package
from assessment.web.shown.result import DECIDE_ANEW, DECIDE_ON_SUSPENDED
from centres.models import CentreRole, Membership, Person, Role
from centres.services.join_centre import leave_centre
from core.errors import DecisionBlocked
from operations.models import AuditEntry
from tests.assessment.kept import let_days_be

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def certified(assessment: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person) -> Certificate:
    score_package(submit(assessment, person=olu))
    evaluate(assessment, person=ana, reason="x")
    review(assessment, person=ravi, reason="x")
    decide(assessment, person=deng, certify=True, reason="x")
    Person.objects.filter(pk=olu.pk).update(email="olu@example.org")
    return Certificate.objects.get()


@pytest.fixture
def hana(person: Callable[..., Person]) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


@pytest.fixture
def suspended(certified: Certificate, deng: Person) -> Certificate:
    return certificate_life.suspend(certified, person=deng, reason="the meters were exchanged")


def end_of(certificate: Certificate) -> dt.date:
    assert certificate.suspended_on is not None
    return months_later(certificate.suspended_on, 6)


def test_notice_is_given_thirty_days_before_and_then_of_the_withdrawal(suspended: Certificate) -> None:
    end, notice = end_of(suspended), end_of(suspended) - 30 * DAY
    assert not any(keep_terms(on=notice - DAY).values())
    assert keep_terms(on=notice)["warn"] == [suspended.number]
    assert not any(keep_terms(on=notice).values())
    [told] = mail.outbox
    assert told.to == ["olu@example.org"]
    assert end.isoformat() in told.body
    assert not any(keep_terms(on=end - DAY).values())
    mail.outbox.clear()
    assert keep_terms(on=end)["withdraw_late"] == [suspended.number]
    assert not any(keep_terms(on=end).values())
    [told] = mail.outbox
    assert told.to == ["olu@example.org"]
    assert "was not reinstated within six months: it was withdrawn" in told.body
    suspended.refresh_from_db()
    assert suspended.state == "withdrawn"
    assert [(act.act, act.part) for act in suspended.assessment.acts.filter(of="certificate")][1:] == [
        ("warn", "system"),
        ("withdraw_late", "system"),
    ]
    acts = AuditEntry.objects.filter(subject=f"certificate/{suspended.number}").values_list("act", flat=True)
    assert list(acts)[-2:] == ["certificate.warn", "certificate.withdraw_late"]


def test_the_public_reads_when_and_why(suspended: Certificate) -> None:
    page, door = f"/certificates/{suspended.number}/", f"/api/v1/certificates/{suspended.number}/"
    english = Client(headers={"Accept-Language": "en"})
    assert APIClient().get(door).json()["withdrawal_on"] is None
    end = end_of(suspended)
    keep_terms(on=end - 30 * DAY)
    assert (
        f'Unless it is reinstated, it is withdrawn on <span class="nowrap">{end}</span>'
        in english.get(page).content.decode()
    )
    assert APIClient().get(door).json()["withdrawal_on"] == end.isoformat()
    keep_terms(on=end)
    assert "suspended for six months and not reinstated" in english.get(page).content.decode()
    assert APIClient().get("/api/v1/certificates/").json()["results"][0]["standing"] == "withdrawn"


def test_whoever_gives_notice_late_withdraws_later(suspended: Certificate) -> None:
    late = end_of(suspended) + 40 * DAY
    assert keep_terms(on=late) == {"expire": [], "suspend_late": [], "warn": [suspended.number], "withdraw_late": []}
    assert keep_terms(on=late + 29 * DAY)["withdraw_late"] == []
    assert keep_terms(on=late + 30 * DAY)["withdraw_late"] == [suspended.number]


def test_without_a_letter_there_is_no_notice_and_no_withdrawal(
    suspended: Certificate, olu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_down(*told: object, **further: object) -> int:
        raise ConnectionRefusedError

    end = end_of(suspended)
    with monkeypatch.context() as patched:
        patched.setattr("assessment.services.letters.EmailMessage.send", is_down)
        assert not any(keep_terms(on=end - 30 * DAY).values())
    Person.objects.filter(pk=olu.pk).update(email="")
    assert not any(keep_terms(on=end - 29 * DAY).values())
    suspended.refresh_from_db()
    assert suspended.withdrawal_on is None
    assert not AuditEntry.objects.filter(act="certificate.warn").exists()
    Person.objects.filter(pk=olu.pk).update(email="olu@example.org")
    assert keep_terms(on=end - 28 * DAY)["warn"] == [suspended.number]
    assert not any(keep_terms(on=end).values()), "thirty days from the letter"
    assert keep_terms(on=end + 2 * DAY)["withdraw_late"] == [suspended.number]


def test_an_address_no_letter_can_be_sent_to_stops_nothing(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert sent(f"a@{'例' * 63}.com", subject="x", body="x") == 0


def test_where_letters_stay_on_the_machine_nobody_was_told(
    suspended: Certificate, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert sent("olu@example.org", subject="x", body="x") == 0
    kept = len(list(tmp_path.iterdir()))
    for day in range(2):
        assert not any(keep_terms(on=end_of(suspended) + day * DAY).values())
    assert "no owner could be told" in caplog.text
    assert len(list(tmp_path.iterdir())) == kept == 1, "and no file a day says that it will be withdrawn"


def test_a_suspension_nobody_could_be_told_of_comes_to_the_deciders(suspended: Certificate, deng: Person) -> None:
    mine, own = Client(headers={"Accept-Language": "en"}), f"/certificates/{suspended.number}/"
    mine.force_login(deng)

    def shown() -> tuple[Any, bool]:
        return mine.get("/my/").context["centres"][0]["task"], "could be told that it ends" in mine.get(
            own
        ).content.decode()

    assert shown() == (None, False)
    today = timezone.localdate()
    let_days_be(suspended_on=months_later(today, -6))
    assert shown() == (DECIDE_ON_SUSPENDED, True)
    assert mine.get("/my/").context["centres"][0]["task_address"] == own
    assert "could be told" not in Client().get(own, headers={"Accept-Language": "en"}).content.decode()
    assert keep_terms(on=today)["warn"] == [suspended.number]
    assert shown() == (None, False)


def test_an_act_that_is_overtaken_while_the_letter_goes_is_not_taken(
    suspended: Certificate, deng: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restored(*told: object, **further: object) -> int:
        certificate_life.restore(suspended, person=deng, reason="mended")
        return 1

    monkeypatch.setattr("assessment.services.certificates.letters.mail_owners", restored)
    assert not any(keep_terms(on=end_of(suspended)).values())


@pytest.mark.parametrize("act", ["withdraw", "terminate"])
def test_no_day_is_announced_for_what_has_ended(
    suspended: Certificate, deng: Person, person: Callable[..., Person], act: str
) -> None:
    keep_terms(on=end_of(suspended) - 30 * DAY)
    by = person("rita", Role.REGISTRAR) if act == "terminate" else deng
    certificate_life.take(act, suspended, person=by, reason="x")
    listed = APIClient().get("/api/v1/certificates/").json()["results"][0]
    told = APIClient().get(f"/api/v1/certificates/{suspended.number}/").json()
    assert (listed["withdrawal_on"], told["withdrawal_on"]) == (None, None)


def test_what_is_reinstated_in_time_stays(suspended: Certificate, deng: Person) -> None:
    end = end_of(suspended)
    keep_terms(on=end - 30 * DAY)
    restored = certificate_life.restore(suspended, person=deng, reason="mended")
    assert (restored.suspended_on, restored.withdrawal_on) == (None, None)
    assert not any(keep_terms(on=end + DAY).values())
    again = certificate_life.suspend(restored, person=deng, reason="again")
    assert again.suspended_on == timezone.localdate()
    assert again.withdrawal_on is None


def test_it_is_not_withdrawn_while_the_centre_appeals(
    suspended: Certificate, olu: Person, person: Callable[..., Person]
) -> None:
    end, hana = end_of(suspended), person("hana", Role.APPEAL_HANDLER)
    keep_terms(on=end - 30 * DAY)
    said = {"statement": "the meters are as they were", "name": "Olu", "contact": "olu@example.org"}
    appeal = disputes.lodge(suspended.assessment, kind=DisputeKind.APPEAL, person=olu, **said)
    assert not any(keep_terms(on=end).values())
    disputes.act_on(appeal, "acknowledge", person=hana, reason="x")
    assert not any(keep_terms(on=end).values())
    disputes.act_on(appeal, "dismiss", person=hana, reason="they are not")
    assert keep_terms(on=end)["withdraw_late"] == [suspended.number]


def test_a_surveillance_that_was_missed_is_still_to_be_done_after_the_reinstatement(
    suspended: Certificate, deng: Person
) -> None:
    today = timezone.localdate()
    let_days_be(surveillance_due_on=today - 61 * DAY)
    restored = certificate_life.restore(suspended, person=deng, reason="they promise")
    assert restored.surveillance_due_on == today
    assert keep_terms(on=today + 61 * DAY)["suspend_late"] == [suspended.number]
    [told] = mail.outbox
    assert told.to == ["olu@example.org"]
    assert f"suspended from {today + 61 * DAY} on" in told.body


def test_a_mail_server_that_is_down_keeps_no_late_certificate_from_its_suspension(
    suspended: Certificate, deng: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise ConnectionRefusedError

    certificate_life.restore(suspended, person=deng, reason="they promise")
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    let_days_be(surveillance_due_on=timezone.localdate() - 61 * DAY)
    assert keep_terms()["suspend_late"] == [suspended.number]


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_owners_are_told_what_a_decider_did_and_why(
    certified: Certificate, deng: Person, django_capture_on_commit_callbacks: Any, act: str
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        certificate_life.take(act, certified, person=deng, reason="the meters were exchanged")
    [told] = mail.outbox
    assert told.to == ["olu@example.org"]
    assert certified.number in told.body
    assert "the meters were exchanged" in told.body


def test_an_upheld_complaint_waits_for_a_decider_until_somebody_acts_on_the_certificate(
    certified: Certificate, olu: Person, ana: Person, deng: Person, hana: Person
) -> None:
    def page_and_task() -> tuple[bool, object]:
        decider = Client(headers={"accept-language": "en"})
        decider.force_login(deng)
        task = decider.get("/my/").context["centres"][0]["task"]
        return "two meters were left out" in decider.get(f"/certificates/{certified.number}/").content.decode(), task

    lodged = disputes.lodge(
        certified.assessment, kind=DisputeKind.COMPLAINT, statement="meters are missing", name="n", contact="c"
    )
    lodged = disputes.act_on(lodged, "acknowledge", person=hana, reason="x")
    assert page_and_task() == (False, None)
    read = version_of(certified)
    disputes.act_on(lodged, "uphold", person=hana, reason="two meters were left out")
    assert page_and_task() == (True, DECIDE_ANEW)
    with pytest.raises(DecisionBlocked) as late:
        certificate_life.withdraw(certified, person=deng, reason="without having read it", version=read)
    assert late.value.code == "version_changed"
    reasons = {one.code: "nothing was measured anew" for one in watched_of(certified)}
    certificate_life.survey(certified, person=ana, reason="they are in the total now", reasons=reasons)
    assert page_and_task() == (False, None)


def test_an_appeal_is_the_centres_and_not_its_lodgers(
    suspended: Certificate, olu: Person, deng: Person, hana: Person, person: Callable[..., Person]
) -> None:
    def reads(somebody: Person) -> int:
        client = Client()
        client.force_login(somebody)
        return client.get(f"/disputes/{lodged.pk}/").status_code

    other = person("oma")
    Membership.objects.create(user=other, centre=suspended.assessment.centre, role=CentreRole.OWNER)
    case, given = suspended.assessment, {"statement": "x", "name": "n", "contact": "c"}
    lodged = disputes.lodge(case, kind=DisputeKind.APPEAL, person=olu, **given)
    assert (reads(olu), reads(other)) == (200, 200)
    leave_centre(Membership.objects.get(user=olu), person=other)
    assert (reads(olu), reads(other)) == (404, 200)
