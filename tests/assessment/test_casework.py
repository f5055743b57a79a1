"""Findings, disputes, notice, samples, visits and what becomes of a certificate."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import Assessment, Certificate, DisputeKind, Finding, Kind, Sample, Severity, SiteVisit
from assessment.services import disputes
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import calendar as certificate_calendar
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.surveillance import watched_of
from assessment.services.chain.describe_chain import inserted
from assessment.services.chain.table import TRANSITIONS, Of
from assessment.services.decision.decide import ask_again, decide, take_effect
from assessment.services.decision.review import review, send_back
from assessment.services.evaluation import findings
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.histories.history import history_of
from assessment.services.results.score import score_package
from assessment.services.visits import site_visit
from assessment.services.visits.draw_sample import ask_for_inventory, commit_inventory, record_of
from centres.models import Centre, CentreRole, Membership, Person, Role
from core.errors import DecisionBlocked, InputError
from indicators.models import Edition
from tests.assessment.chance.starts import let_notice_end
from tests.assessment.kept import let_days_be
from tests.operations.triggers import without_rule
from tests.pictures import png
from zhiheng.main import main

pytestmark = pytest.mark.django_db
Make = Callable[..., Person]
ROOT = Path(__file__).resolve().parents[2]
PNG = png()


def refused(code: str) -> pytest.RaisesExc[DecisionBlocked]:
    return pytest.RaisesExc(DecisionBlocked, check=lambda error: error.code == code)


@pytest.fixture
def hana(person: Make) -> Person:
    return person("hana", Role.APPEAL_HANDLER)


@pytest.fixture
def rita(person: Make) -> Person:
    return person("rita", Role.REGISTRAR)


@pytest.fixture
def submitted(assessment: Assessment, olu: Person) -> Assessment:
    score_package(submit(assessment, person=olu))
    return Assessment.objects.get(pk=assessment.pk)


@pytest.fixture
def certified(submitted: Assessment, ana: Person, ravi: Person, deng: Person) -> Assessment:
    return judged(submitted, ana, ravi, deng)


def judged(case: Assessment, ana: Person, ravi: Person, deng: Person) -> Assessment:
    evaluate(case, person=ana, reason="x")
    review(case, person=ravi, reason="x")
    return decide(case, person=deng, certify=True, reason="x")


def client(person: Person | None = None) -> APIClient:
    made = APIClient()
    if person is not None:
        made.force_authenticate(person)
    return made


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_page_on_the_life_of_an_assessment_holds_the_table_of_the_code() -> None:
    page = (ROOT / "docs" / "life-of-an-assessment.md").read_text(encoding="utf-8")
    assert page == inserted(page), "run `manage.py describe_chain`"


def test_an_act_is_always_taken_in_the_same_part_and_means_the_same() -> None:
    parts: dict[tuple[Of, str], set[object]] = {}
    for row in TRANSITIONS:
        parts.setdefault((row.of, row.act), set()).add((row.part, row.title))
    assert all(len(meanings) == 1 for meanings in parts.values())


def test_one_state_never_leads_two_ways_by_one_act_in_one_case(edition: Edition, centre: Centre) -> None:
    for procedure in ("full", "express"):
        for kind in Kind:
            for days in (0, 7):
                case = Assessment(procedure=procedure, kind=kind, notice_days=days)
                ways = [(row.of, row.act, row.before) for row in TRANSITIONS if row.exists_in(case)]
                assert len(ways) == len(set(ways)), (procedure, kind, days)


# --- findings ---------------------------------------------------------------------------------------------------------


def test_a_major_finding_stops_the_certificate_until_its_correction_was_found_effective(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person
) -> None:
    found = findings.raise_finding(
        submitted, severity=Severity.MAJOR, node="GR-1.1", statement="The meter of hall 2 is missing.", person=ana
    )
    assert found.due_on == timezone.localdate() + dt.timedelta(days=60)
    findings.act_on(found, "answer", text="see below", person=olu, root_cause="r", corrective_action="c")
    findings.act_on(found, "accept_answer", text="good plan", person=ana)
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    with refused("major_finding_open"):
        decide(submitted, person=deng, certify=True, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=submitted.pk).update(state="certified")
    ask_again(submitted, person=deng, reason="the plan was accepted, its effect not seen")
    send_back(submitted, person=ravi, reason="see whether it works")
    closed = findings.act_on(found, "close", text="read both meters on site", person=ana)
    assert closed.effectiveness == "read both meters on site"
    assert judged(submitted, ana, ravi, deng).state == "certified"
    assert [note.act for note in found.notes.all()] == ["raise", "answer", "accept_answer", "close"]


def test_an_answer_to_a_nonconformity_names_cause_and_correction(
    submitted: Assessment, olu: Person, ana: Person
) -> None:
    found = findings.raise_finding(submitted, severity=Severity.MINOR, statement="x", person=ana)
    for given, field in (({}, "root_cause"), ({"root_cause": "r"}, "corrective_action")):
        with pytest.raises(InputError) as caught:
            findings.act_on(found, "answer", text="sorry", person=olu, **given)
        assert caught.value.where is not None
        assert caught.value.where.field == field
    remark = findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="x", person=ana)
    assert remark.due_on is None


@pytest.mark.parametrize("day", ["0001-01-01", "2026-01-01", "9999-12-31"])
def test_nothing_is_to_be_corrected_or_answered_by_a_day_that_cannot_be_meant(
    submitted: Assessment, ana: Person, day: str
) -> None:
    due_on = dt.date.fromisoformat(day)
    found = findings.raise_finding(submitted, severity=Severity.MINOR, statement="x", person=ana)
    for act in (
        lambda: findings.raise_finding(submitted, severity=Severity.MINOR, statement="x", due_on=due_on, person=ana),
        lambda: findings.ask(found, text="x", due_on=due_on, person=ana),
    ):
        with pytest.raises(InputError, match=day) as caught:
            act()
        assert caught.value.where is not None
        assert caught.value.where.field == "due_on"
    assert Finding.objects.get().notes.count() == 1


@pytest.mark.torture("T34", "412 with the current version")
@pytest.mark.torture("T37", "one finding saved twice", "who and when")
def test_of_two_assessors_who_save_at_once_the_second_is_told_who_was_first(
    submitted: Assessment, olu: Person, ana: Person, person: Make
) -> None:
    bo = person("bo", Role.ASSESSOR)
    found = findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="x", person=ana)
    findings.act_on(found, "answer", text="x", person=olu)
    read = Finding.objects.get(pk=found.pk).version
    findings.act_on(found, "accept_answer", text="sound", person=ana, version=read)
    answer = client(bo).post(
        f"/api/v1/findings/{found.pk}/acts/",
        {"act": "reject_answer", "text": "mine"},
        format="json",
        headers={"If-Match": f'"{read}"'},
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
    assert "accept the corrective action. sound" in str(answer.json()["errors"])
    expected = rf"Ana saved version {read + 1} at \S+ \S+: accept the corrective action\. sound"
    with pytest.raises(DecisionBlocked, match=expected) as caught:
        findings.act_on(found, "reject_answer", text="mine", person=bo, version=read)
    assert caught.value.code == "version_changed"
    said, door = {"act": "reject_answer", "text": "x"}, f"/api/v1/findings/{found.pk}/acts/"
    unread = client(bo).post(door, said, format="json")
    assert (unread.status_code, unread.json()["code"]) == (428, "version_required")
    # Whoever takes any version learns the same from the state.
    any_version = client(bo).post(door, said, format="json", headers={"If-Match": "*"})
    assert (any_version.status_code, any_version.json()["code"]) == (409, "wrong_state")
    told = any_version.json()["errors"][0]["message"]["en"]
    assert re.search(r"Last step: “accept the corrective action” \(accept_answer\) by Ana at 20\d\d-\d\d-\d\d ", told)
    assert [note.act for note in found.notes.all()] == ["raise", "answer", "accept_answer"]


def test_questions_have_a_day_and_are_answered_by_the_other_side(
    submitted: Assessment, olu: Person, ana: Person, zoe: Person, ravi: Person
) -> None:
    found = findings.raise_finding(submitted, severity=Severity.MINOR, statement="x", person=ana)
    address = f"/api/v1/findings/{found.pk}"
    asked = client(olu).post(
        f"{address}/questions/", {"text": "Which hall?", "due_on": f"{timezone.localdate()}"}, format="json"
    )
    assert asked.status_code == 201, asked.json()
    question = asked.json()["notes"][-1]
    said = client(ana).post(f"{address}/questions/{question['id']}/replies/", {"text": "Hall 2."}, format="json")
    assert said.json()["notes"][-1] | {"at": ""} == {
        **{"id": question["id"] + 1, "act": "reply", "text": "Hall 2.", "due_on": None, "at": ""},
        **{"person": {"zh": "安娜", "en": "Ana"}, "reply_to": question["id"]},
    }
    own = client(olu).post(f"{address}/questions/{question['id']}/replies/", {"text": "Hall 3."}, format="json")
    assert (own.status_code, own.json()["code"]) == (409, "own_question")
    theirs = findings.ask(found, text="Since when?", due_on=timezone.localdate(), person=ana)
    with refused("own_question"):
        findings.reply(theirs, text="since May", person=ana)
    assert findings.reply(theirs, text="since May", person=olu).act == "reply"
    assert client(zoe).get(f"{address}/").status_code == 404
    assert (
        client(ravi)
        .post(f"{address}/questions/", {"text": "x", "due_on": f"{timezone.localdate()}"}, format="json")
        .status_code
        == 403
    )


def test_nobody_of_the_centre_closes_a_finding(submitted: Assessment, olu: Person, ana: Person) -> None:
    found = findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="x", person=ana)
    findings.act_on(found, "answer", text="x", person=olu)
    with pytest.raises(PermissionDenied):
        findings.act_on(found, "accept_answer", text="x", person=olu)


# --- the period of notice, and disputes -------------------------------------------------------------------------------


@pytest.fixture
def announced(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person,
    deng: Person,
) -> Assessment:  # fmt: skip
    settings.SCHEME_NOTICE_DAYS = 7
    case = open_assessment(centre, edition=edition, person=olu)
    score_package(submit(case, person=olu))
    return judged(case, ana, ravi, deng)


def test_a_decision_takes_effect_after_its_period_of_notice(announced: Assessment, rita: Person, deng: Person) -> None:
    assert announced.state == "announced"
    assert announced.notice_until == timezone.localdate() + dt.timedelta(days=7)
    assert not Certificate.objects.exists()
    with refused("notice_runs"):
        take_effect(announced, person=rita, reason="x")
    let_notice_end()
    assert take_effect(announced, person=rita, reason="nobody objected").state == "certified"
    assert Certificate.objects.get().decided_by == deng


def test_what_was_announced_before_there_were_agreements_and_answers_takes_effect(
    announced: Assessment, rita: Person, ana: Person
) -> None:
    with without_rule("findings_are_raised_during_the_evaluation"):
        announced.findings.create(severity="minor", statement="x", raised_by=ana)
    with without_rule("a_pinned_case_stays_pinned"):
        Assessment.objects.update(procedure="full")
    let_notice_end()
    assert take_effect(announced, person=rita, reason="nobody objected").state == "certified"


def test_anybody_objects_and_an_upheld_objection_reopens_the_case(
    announced: Assessment, rita: Person, hana: Person, deng: Person
) -> None:
    listed = client().get("/api/v1/announcements/").json()["results"]
    assert [one["id"] for one in listed] == [str(announced.pk)]
    said = {"statement": "The hall was empty in May.", "name": "Li", "contact": "li@example.org"}
    lines = said | {"name": "Li\u202e", "contact": "li\r\nBcc: x"}
    unseen = client().post(f"/api/v1/announcements/{announced.pk}/objections/", lines, format="json").json()
    assert [(one["field"], one["code"]) for one in unseen["errors"]] == [
        ("name", "control_character"),
        ("contact", "control_character"),
    ]
    lodged = client().post(f"/api/v1/announcements/{announced.pk}/objections/", said, format="json")
    assert (lodged.status_code, lodged.json()["state"]) == (201, "received")
    let_notice_end()
    with refused("objection_open"):
        take_effect(announced, person=rita, reason="x")
    door = f"/api/v1/disputes/{lodged.json()['id']}/acts/"
    assert client(deng).post(door, {"act": "acknowledge", "reason": "x"}, format="json").status_code == 404
    for act in ("acknowledge", "uphold"):
        answer = {"act": act, "reason": "Dear Li, it is true"}
        assert client(hana).post(door, answer, format="json").status_code == 200
    assert Assessment.objects.get(pk=announced.pk).state == "evaluated"
    told = history_of(announced, reader=announced.opened_by)
    assert "assessment: reopened" in {one.words.en for one in told}
    assert not [one for one in told if "Dear Li" in one.reason], "the centre learns who objected"
    assert not announced.acts.filter(reason__contains="Dear Li").exists()
    assert client().get("/api/v1/announcements/").json()["results"] == []


def test_a_dismissed_objection_leaves_the_decision(announced: Assessment, rita: Person, hana: Person) -> None:
    made = disputes.lodge(announced, kind=DisputeKind.OBJECTION, statement="x", name="n", contact="c")
    disputes.act_on(made, "acknowledge", person=hana, reason="x")
    disputes.act_on(made, "dismiss", person=hana, reason="the hall was full")
    let_notice_end()
    assert take_effect(announced, person=rita, reason="x").state == "certified"


def test_an_objection_after_the_notice_is_none_where_nobody_is_in_conflict(announced: Assessment) -> None:
    let_notice_end()
    with refused("not_announced"):
        disputes.lodge(announced, kind=DisputeKind.OBJECTION, statement="x", name="n", contact="c")


def test_an_appeal_is_decided_by_somebody_who_took_no_part(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, hana: Person, person: Make
) -> None:
    both = person("both", Role.DECIDER, Role.APPEAL_HANDLER)
    evaluate(submitted, person=ana, reason="x")
    review(submitted, person=ravi, reason="x")
    with refused("nothing_to_appeal"):
        disputes.lodge(submitted, kind=DisputeKind.APPEAL, statement="x", name="n", contact="c", person=olu)
    decide(submitted, person=both, certify=False, reason="x")
    with refused("nothing_to_appeal"):
        disputes.lodge(submitted, kind=DisputeKind.APPEAL, statement="x", name="n", contact="c", person=ana)
    made = disputes.lodge(submitted, kind=DisputeKind.APPEAL, statement="x", name="n", contact="c", person=olu)
    with refused("separation_of_duties"):
        disputes.act_on(made, "acknowledge", person=both, reason="x")
    for act in ("acknowledge", "uphold"):
        disputes.act_on(made, act, person=hana, reason="the reason was wrong")
    assert Assessment.objects.get(pk=submitted.pk).state == "evaluated"


# --- certificates afterwards ------------------------------------------------------------------------------------------


def test_a_certificate_is_suspended_restored_and_withdrawn_in_public(
    certified: Assessment, ana: Person, deng: Person
) -> None:
    certificate = Certificate.objects.get()
    door = f"/api/v1/certificates/{certificate.number}/"
    for act, standing in (("suspend", "suspended"), ("restore", "valid"), ("withdraw", "withdrawn")):
        answer = client(deng).post(f"{door}acts/", {"act": act, "reason": "x"}, format="json")
        assert (answer.status_code, answer.json()["standing"]) == (200, standing), answer.json()
        assert client().get(door).json()["standing"] == standing
    answer = client(deng).post(f"{door}acts/", {"act": "restore", "reason": "x"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert client(ana).post(f"{door}acts/", {"act": "suspend", "reason": "x"}, format="json").status_code == 403
    assert client().post(f"{door}acts/", {"act": "suspend", "reason": "x"}, format="json").status_code == 401


def test_who_assessed_does_not_suspend(certified: Assessment, person: Make) -> None:
    certificate = Certificate.objects.get()
    other = person("other", Role.DECIDER)
    assert certificate_life.suspend(certificate, person=other, reason="x").state == "suspended"
    assert certified.assessor is not None
    certified.assessor.staff_roles.create(role=Role.DECIDER)
    with refused("separation_of_duties"):
        certificate_life.restore(certificate, person=certified.assessor, reason="x")


def test_the_calendar_suspends_the_late_and_ends_the_old_once(certified: Assessment) -> None:
    certificate = Certificate.objects.get()
    due = certificate.surveillance_due_on
    assert due is not None
    nothing: dict[str, list[str]] = {"expire": [], "suspend_late": [], "warn": [], "withdraw_late": []}
    assert certificate_calendar.keep_terms(on=due + dt.timedelta(days=60)) == nothing
    late = due + dt.timedelta(days=61)
    assert certificate_calendar.keep_terms(on=late) == nothing | {"suspend_late": [certificate.number]}
    assert certificate_calendar.keep_terms(on=late) == nothing
    after = certificate.valid_until + dt.timedelta(days=1)
    assert certificate_calendar.keep_terms(on=after) == nothing | {"expire": [certificate.number]}
    assert Certificate.objects.get().state == "expired"
    assert [act.part for act in certified.acts.filter(of="certificate")] == ["system", "system"]


def test_surveillance_moves_the_next_one_a_year_on(certified: Assessment, ana: Person) -> None:
    certificate = Certificate.objects.get()
    let_days_be(surveillance_due_on=timezone.localdate())
    reasons = {one.code: "measured next month" for one in watched_of(certificate)}
    surveyed = certificate_life.survey(certificate, person=ana, reason="the refreshed data hold", reasons=reasons)
    assert surveyed.surveillance_due_on is not None
    assert surveyed.surveillance_due_on > timezone.localdate() + dt.timedelta(days=360)


def test_a_renewed_certificate_takes_the_place_of_the_old_one(
    certified: Assessment, centre: Centre, edition: Edition, olu: Person, ana: Person, ravi: Person, deng: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    old = Certificate.objects.get()
    Person.objects.filter(pk=olu.pk).update(email="olu@example.org")
    case = open_assessment(centre, edition=edition, person=olu, kind=Kind.RENEWAL)
    score_package(submit(case, person=olu))
    with django_capture_on_commit_callbacks(execute=True):
        judged(case, ana, ravi, deng)
    new = Certificate.objects.get(assessment=case)
    assert new.replaces == old
    [told] = [one for one in mail.outbox if old.number in one.body]
    assert f"Certificate {old.number} was cancelled" in told.body, "owners are told of every stop"
    assert new.number in told.body
    old.refresh_from_db()
    assert old.state == "terminated"


# --- samples and visits -----------------------------------------------------------------------------------------------

CARDS = [f"SN{number:04d}" for number in range(2048)]  # as many as the profile says


def test_the_secret_is_shown_only_after_the_centre_has_committed(
    submitted: Assessment, olu: Person, ana: Person, tmp_path: Path
) -> None:
    asked = client(ana).post(f"/api/v1/assessments/{submitted.pk}/samples/", {"of": "cards"}, format="json")
    assert asked.status_code == 201, asked.json()
    sample = Sample.objects.get()
    assert asked.json()["record"] is None
    assert sample.secret not in asked.content.decode()
    door = f"/api/v1/samples/{sample.pk}/inventory/"
    drawn = client(olu).post(door, {"names": CARDS, "word": "ours"}, format="json").json()
    assert len(drawn["record"]["drawn"]) == 103
    again = client(olu).post(door, {"names": CARDS[1:], "word": "ours"}, format="json")
    assert again.json()["code"] == "already_committed"
    record, listed = tmp_path / "record.json", tmp_path / "cards.txt"
    record.write_text(json.dumps(drawn["record"]), encoding="utf-8")
    listed.write_text("\n".join(reversed(CARDS)), encoding="utf-8")
    assert main(["sample", "verify", str(record), str(listed)]) == 0


def test_the_database_keeps_what_was_committed_to(submitted: Assessment, olu: Person, ana: Person) -> None:
    sample = commit_inventory(ask_for_inventory(submitted, of="nodes", person=ana), names=CARDS, word="w", person=olu)
    assert record_of(sample) is not None
    for change in ({"secret": "00"}, {"body_commitment": "x"}, {"centre_word": "v"}, {"drawn": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sample.objects.filter(pk=sample.pk).update(**change)


def meeting(hour: int) -> dict[str, Any]:
    present = [{"name": "Ana", "organisation": "body", "role": "assessor"}]
    return {"held_at": f"2026-11-20T{hour:02d}:00:00+08:00", "present": present}


@pytest.mark.torture("T34", "never wins silently")
def test_of_two_first_records_of_a_visit_the_second_is_told_of_the_other(
    submitted: Assessment, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = {"begins_on": "2026-11-20", "ends_on": "2026-11-20", "place": "Hall 2"}
    made = client(ana).post(f"/api/v1/assessments/{submitted.pk}/visits/", day, format="json").json()
    write = site_visit.write_record

    def beaten(visit: SiteVisit, **given: Any) -> SiteVisit:
        write(visit, record={"opening": meeting(8)}, person=ana)
        return write(visit, **given)

    monkeypatch.setattr(site_visit, "write_record", beaten)
    answer = client(ana).put(
        f"/api/v1/visits/{made['id']}/record/", {"opening": meeting(9)}, format="json", headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
    assert SiteVisit.objects.get().record["opening"]["held_at"].startswith("2026-11-20T08")


@pytest.mark.torture("T34", "412 with the current version", "428 without one")
def test_a_visit_is_closed_when_nothing_is_lacking_and_then_stays(
    submitted: Assessment, olu: Person, ana: Person
) -> None:
    sample = commit_inventory(ask_for_inventory(submitted, of="cards", person=ana), names=CARDS, word="w", person=olu)
    day = {"begins_on": "2026-11-20", "ends_on": "2026-11-20", "place": "Hall 2"}
    made = client(ana).post(f"/api/v1/assessments/{submitted.pk}/visits/", day, format="json")
    assert made.status_code == 201, made.json()
    door = f"/api/v1/visits/{made.json()['id']}"
    record: dict[str, Any] = {
        "opening": meeting(9),
        "meters": [
            {
                "meter": "M-IN", "place": "room 1", "read_at": "2026-11-20T10:00:00+08:00", "reading": "8123.4",
                "unit": "kWh", "as_declared": True,
            }
        ],
        "serials": [{"drawn": name, "found": "matches"} for name in sample.drawn[:-1]],
        "tests": [
            {
                "test": "nccl-tests", "started_at": "2026-11-20T11:00:00+08:00",
                "ended_at": "2026-11-20T11:20:00+08:00", "witnessed_by": "Ana",
            }
        ],
    }  # fmt: skip
    written = client(ana).put(f"{door}/record/", record, format="json", headers={"If-Match": '"1"'})
    assert written.status_code == 200, written.json()
    stale = client(ana).put(f"{door}/record/", record, format="json", headers={"If-Match": '"1"'})
    assert (stale.status_code, "version is 2 now" in stale.content.decode()) == (412, True)
    blind = client(ana).put(f"{door}/record/", record, format="json")
    assert (blind.status_code, blind.json()["code"]) == (428, "version_required")
    assert client(ana).post(f"{door}/close/").json()["code"] == "version_required"
    assert client(ana).post(f"{door}/close/", headers={"If-Match": '"1"'}).json()["code"] == "version_changed"
    lacking = client(ana).post(f"{door}/close/", headers={"If-Match": '"2"'})
    assert lacking.json()["code"] == "visit_incomplete"
    assert "the closing meeting, 1 of the serial numbers drawn" in str(lacking.json()["errors"])
    record["closing"] = meeting(17)
    record["serials"].append({"drawn": sample.drawn[-1], "found": "absent", "note": "sent to repair"})
    client(ana).put(f"{door}/record/", record, format="json", headers={"If-Match": '"2"'})
    picture = {
        "file": SimpleUploadedFile("hall.png", PNG), "shows": "rack 7", "taken_at": "2026-11-20T10:05:00+08:00",
        "zone": "Asia/Shanghai", "place": "Hall 2, row B",
    }  # fmt: skip
    shown = client(ana).post(f"{door}/photographs/", picture, format="multipart")
    assert shown.status_code == 201, shown.json()
    assert shown.json()["photographs"][0]["taken_at"].startswith("2026-11-20T")
    kept = client(ana).get(f"{door}/photographs/{shown.json()['photographs'][0]['id']}/")
    assert (b"".join(kept.streaming_content), kept["Content-Type"]) == (PNG, "image/png")
    no_picture = picture | {"file": SimpleUploadedFile("hall.png", b"text")}
    assert client(ana).post(f"{door}/photographs/", no_picture, format="multipart").json()["code"] == "not_a_picture"
    seen = {"If-Match": client(ana).get(f"{door}/record/")["ETag"]}
    assert seen == {"If-Match": '"3"'}
    assert client(olu).post(f"{door}/close/", headers=seen).status_code == 403
    assert client(ana).post(f"{door}/close/", headers=seen).json()["closed_at"] is not None
    late = client(ana).put(f"{door}/record/", record, format="json", headers={"If-Match": '"3"'})
    assert late.json()["code"] == "visit_closed"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"opening": {"held_at": "2026-11-20T09:00:00", "present": meeting(9)["present"]}}, "opening.held_at"),
        ({"serials": [{"drawn": "A", "found": "matches"}, {"drawn": "A", "found": "differs"}]}, "record"),
        ({"opening": meeting(17), "closing": meeting(9)}, "record"),
        ({"photos": []}, "photos"),
        ({"meters": [{"meter": "M"}]}, "meters[0].place"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_its_place(record: dict[str, Any], field: str) -> None:
    from assessment.sampling.visit_record import read_record

    with pytest.raises(InputError) as caught:
        read_record(record)
    assert caught.value.where is not None
    assert caught.value.where.field == field


# --- history ----------------------------------------------------------------------------------------------------------


def test_the_history_of_a_case_tells_everything_in_words_of_both_languages(
    submitted: Assessment, olu: Person, ana: Person, ravi: Person, deng: Person, zoe: Person
) -> None:
    found = findings.raise_finding(submitted, severity=Severity.OBSERVATION, statement="dusty", person=ana)
    findings.act_on(found, "retract", text="cleaned", person=ana)
    judged(submitted, ana, ravi, deng)
    told = history_of(Assessment.objects.get(pk=submitted.pk), reader=olu)
    assert [one.words.en for one in told] == [
        "application opened", "assessment: submitted", "finding raised", "finding: retracted", "assessment: evaluated",
        "assessment: reviewed", "assessment: certified", "certificate issued",
    ]  # fmt: skip
    assert all(one.words.zh != one.act for one in told)
    assert [one.who.en for one in told] == ["Olu", "Olu", "Ana", "Ana", "Ana", "Ravi", "Deng", "Deng"]
    address = f"/api/v1/assessments/{submitted.pk}/history/"
    assert [one["sequence"] for one in client(olu).get(address).json()] == [one.sequence for one in told]
    assert client(zoe).get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.APPEAL_HANDLER, Role.REGISTRAR])
@pytest.mark.parametrize("linked", [False, True])
def test_nobody_of_the_body_who_works_for_a_centre_reads_who_complained_about_it(
    submitted: Assessment, zoe: Person, hana: Person, person: Make, role: Role, linked: bool
) -> None:
    works_there = person("two-jobs", role)
    account = person("two-jobs-at-the-centre") if linked else works_there
    Person.objects.filter(pk=account.pk).update(natural_person=works_there.natural_person)
    Membership.objects.create(user=account, centre=submitted.centre, role=CentreRole.ENGINEER)
    made = disputes.lodge(
        submitted, kind=DisputeKind.COMPLAINT, statement="meters are swapped", name="n", contact="c", person=zoe
    )
    address = f"/api/v1/assessments/{submitted.pk}/disputes/"
    assert [one["id"] for one in client(hana).get(address).json()] == [str(made.pk)]
    assert client(works_there).get(address).json() == []
    assert history_of(submitted, reader=works_there)[-1].who.en == "whoever lodged it (not named)"


def test_a_centre_learns_of_a_complaint_but_not_whose_it_is(
    submitted: Assessment, olu: Person, ana: Person, zoe: Person, hana: Person
) -> None:
    disputes.lodge(submitted, kind=DisputeKind.COMPLAINT, statement="x", name="n", contact="c", person=zoe)
    told = {one.username: history_of(submitted, reader=one)[-1] for one in (olu, ana, zoe, hana)}
    assert {one.words.en for one in told.values()} == {"complaint received"}
    named = {name: one.who.en for name, one in told.items()}
    assert (named["zoe"], named["hana"]) == ("Zoe", "Zoe")
    assert named["olu"] == named["ana"] == "whoever lodged it (not named)"
