"""Two centres in two provinces, each with one object of every kind that belongs to somebody; and everybody who asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from celery import current_app
from django.utils import timezone

from assessment.models import Assessment, Dispute, Finding, FindingNote, Photograph, Reminder, Sample, SiteVisit
from assessment.services.open_assessment import open_assessment
from assessment.services.score import score_package
from assessment.services.submit import submit
from centres.models import Centre, CentreRole, Membership, Person, ProfileVersion, Role
from centres.services.invite import invite
from evidence.models import ColumnMapVersion, Evidence
from evidence.services.receive_evidence import Declared
from evidence.services.resume_upload import begin_upload
from indicators.models import Edition
from tests.assessment.documents import examples
from tests.evidence.files import sus_csv
from tests.factories import evidence_of, person, staff

HERE, THERE = "here", "there"
PROVINCES = {HERE: "贵州", THERE: "甘肃"}
ELSEWHERE = "浙江"
REMINDERS = {HERE: 700_001, THERE: 700_002}  # numbers that no page holds by chance
BODY = ("registrar", "assessor", "reviewer", "decider", "appeal_handler")


@dataclass(frozen=True)
class World:
    """One centre's objects: the kind of each with what names it, and what names parts of them."""

    objects: dict[str, str]
    parts: dict[str, str] = field(default_factory=dict)


def nowhere() -> World:
    """Names of the right shape that nothing has."""
    kinds = ("job", "evidence", "assessment", "upload", "finding", "visit", "sample", "dispute", "invitation")
    return World({"centre": "centre-nowhere", "reminder": "999999"} | {kind: str(uuid.uuid4()) for kind in kinds})


def everybody() -> dict[str, Person | None]:
    """By what they are; nobody is somebody who has not signed in."""
    found: dict[str, Person | None] = {
        "nobody": None,
        "owner_here": person("owner-here"),
        "engineer_here": person("engineer-here"),
        "owner_there": person("owner-there"),
    }
    for role in (*BODY, "rubric_author", "publisher", "administrator"):
        found[role] = staff(role.replace("_", "-"), Role(role))
    for where, province in ((HERE, PROVINCES[HERE]), (THERE, PROVINCES[THERE]), ("elsewhere", ELSEWHERE)):
        found[f"regulator_{where}"] = staff(f"regulator-{where}", Role.REGULATOR, province=province)
    return found


def world(where: str, people: dict[str, Person | None], edition: Edition) -> World:
    """Everything through its service where one act makes it, as rows where a whole procedure would."""
    owner, assessor = _known(people[f"owner_{where}"]), _known(people["assessor"])
    centre = _centre(where, owner)
    if engineer := people.get(f"engineer_{where}"):
        Membership.objects.create(user=engineer, centre=centre, role=CentreRole.ENGINEER)
    evidence = _read(evidence_of(centre, owner, sus_csv(3, first=1 if where == HERE else 50)))
    upload = begin_upload(length=9, metadata="", declared=Declared(), centre=centre, person=owner)
    _map(centre, owner)
    case = open_assessment(centre, edition=edition, person=owner)
    score_package(submit(case, person=owner))
    case = Assessment.objects.get(pk=case.pk)
    finding = Finding.objects.create(assessment=case, severity="minor", statement=f"found {where}", raised_by=assessor)
    FindingNote.objects.create(finding=finding, act="raise", text=f"found {where}", person=assessor)
    today = timezone.localdate()
    question = FindingNote.objects.create(finding=finding, act="ask", text="which?", due_on=today, person=assessor)
    visit = SiteVisit.objects.create(assessment=case, place="hall", made_by=assessor, begins_on=today, ends_on=today)
    sample = Sample.objects.create(
        assessment=case,
        of="cards",
        share="0.05",
        secret="5a" * 32,
        asked_by=assessor,
        committed_at=timezone.now(),
        inventory=[f"card-{where}"],
    )
    said = {"statement": f"complained {where}", "name": "n", "contact": "c"}
    dispute = Dispute.objects.create(assessment=case, kind="complaint", lodged_by=owner, **said)
    invitation = invite(email=f"{where}@example.com", role=CentreRole.ENERGY, person=owner, centre=centre)
    objects = {"assessment": case, "evidence": evidence, "upload": upload, "finding": finding, "visit": visit}
    reminder = Reminder.objects.create(pk=REMINDERS[where], centre=centre, text=f"reminded {where}", sent_by=assessor)
    objects |= {"sample": sample, "dispute": dispute, "invitation": invitation, "reminder": reminder}
    return World(
        {"centre": centre.slug, "job": str(evidence.job_id)} | {kind: str(one.pk) for kind, one in objects.items()},
        {
            "code": "GR-1.1",
            "name": "dcim",
            "number": "1",
            "part": "opening",
            "question": str(question.pk),
            "photograph": str(_photograph(visit, evidence, assessor).pk),
            "username": owner.username,
        },
    )


def _centre(where: str, owner: Person) -> Centre:
    profile = examples.profile(f"centre-{where}", zh=f"示例中心 {where}")
    centre = Centre.objects.create(
        slug=f"centre-{where}", name_zh=f"示例中心 {where}", name_en=f"Centre {where}", province=PROVINCES[where]
    )
    content = profile.model_dump(mode="json", by_alias=True, exclude_none=True)
    ProfileVersion.objects.create(centre=centre, content=content, digest=profile.digest, created_by=owner)
    Membership.objects.create(user=owner, centre=centre, role=CentreRole.OWNER)
    return centre


def _read(evidence: Evidence) -> Evidence:
    current_app.tasks["evidence.parse"](str(evidence.job_id))
    return Evidence.objects.get(pk=evidence.pk)


def _map(centre: Centre, owner: Person) -> None:
    content = {
        "contract": 1,
        "map": "dcim",
        "title": {"zh": "动环导出", "en": "export of the plant"},
        "kind": "energy_readings",
        "fields": {"at": "采集时间", "meter": "回路", "value": "有功"},
    }
    ColumnMapVersion.objects.create(
        centre=centre,
        name="dcim",
        number=1,
        kind="energy_readings",
        digest="sha256:" + "0" * 64,
        content=content,
        saved_by=owner,
    )


def _photograph(visit: SiteVisit, evidence: Evidence, assessor: Person) -> Photograph:
    """A picture whose bytes are those of the evidence: what is in it is not asked here."""
    return Photograph.objects.create(
        visit=visit,
        blob_id=evidence.blob_id,
        media_type="image/png",
        shows="hall",
        taken_at=timezone.now(),
        zone="Asia/Shanghai",
        place="hall",
        taken_by=assessor,
    )


def _known(somebody: Person | None) -> Person:
    assert somebody is not None
    return somebody
