"""Two centres in two provinces, each with one object of every kind that belongs to somebody; and everybody who asks."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from celery import current_app
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from assessment.models import (
    Assessment,
    Certificate,
    DisputeKind,
    Finding,
    FindingNote,
    Photograph,
    RankedReport,
    RatingDraw,
    Reminder,
    Sample,
    SiteVisit,
)
from assessment.ranking_selectors import RankingQuery
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.board.make_report import make_report
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.disputes import lodge
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, CentreRole, Membership, Person, ProfileVersion, Role
from centres.services.invite import invite
from evidence.models import ColumnMapVersion, Evidence
from evidence.services.receive_evidence import Declared
from evidence.services.resume_upload import begin_upload
from indicators.models import Edition
from tests.assessment.conftest import add_evidence
from tests.assessment.documents import examples
from tests.evidence.files import sus_csv
from tests.factories import evidence_of, person, staff

HERE, THERE = "here", "there"
PROVINCES = {HERE: "贵州", THERE: "甘肃"}
ELSEWHERE = "浙江"
DRAFTED = "2026.9"
REMINDERS = {HERE: 700_001, THERE: 700_002}  # numbers that no page holds by chance
SHARES = {HERE: "0.05", THERE: "0.06"}
BODY = ("registrar", "assessor", "reviewer", "decider", "appeal_handler")
# Beside the owner, by the role they have at the centre; the reader is an owner whose token only reads.
COLLEAGUES = {
    "engineer_here": CentreRole.ENGINEER,
    "energy_here": CentreRole.ENERGY,
    "network_here": CentreRole.NETWORK,
    "finance_here": CentreRole.FINANCE,
    "reader_here": CentreRole.OWNER,
}
READERS = ("reader_here",)
REGULATORS = {
    "regulator_here": PROVINCES[HERE],
    "regulator_there": PROVINCES[THERE],
    "regulator_elsewhere": ELSEWHERE,
    "regulator_everywhere": "",
}
STAFF = (*BODY, "rubric_author", "publisher", "administrator")
# Nobody has not signed in; somebody has, and has no role anywhere.
ROLES = ("nobody", "somebody", "owner_here", *COLLEAGUES, "owner_there", *STAFF, *REGULATORS)


@dataclass(frozen=True)
class World:
    """One centre's objects: the kind of each with what names it, what names parts of them, and words in them."""

    objects: dict[str, str]
    parts: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def nowhere() -> World:
    """Names of the right shape that nothing has."""
    kinds = ("job", "evidence", "assessment", "upload", "finding", "visit", "sample", "dispute", "invitation")
    kinds += ("announcement", "report", "draw")
    return World(
        {kind: str(uuid.uuid4()) for kind in kinds}
        | {"centre": "centre-nowhere", "reminder": "999999", "certificate": "ZH-2026-0000-0", "draft": "draft-nowhere"}
        | {"link": "x" * 43, "person": "nobody-nowhere", "province": ELSEWHERE, "digest": "0" * 64}
        | {"format": "format-nowhere"}
    )


def everybody() -> dict[str, Person | None]:
    """By what they are; nobody is somebody who has not signed in."""
    found: dict[str, Person | None] = {}
    for role in ROLES:
        name = role.replace("_", "-")
        if role in STAFF:
            found[role] = staff(name, Role(role))
        elif role in REGULATORS:
            found[role] = staff(name, Role.REGULATOR, province=REGULATORS[role])
        else:
            found[role] = None if role == "nobody" else person(name)
    return found


def world(where: str, people: dict[str, Person | None], edition: Edition) -> World:
    """Everything through its service where one act makes it, as rows where a whole procedure would."""
    owner, assessor = _known(people[f"owner_{where}"]), _known(people["assessor"])
    centre = _centre(f"centre-{where}", owner)
    for name, role in COLLEAGUES.items() if where == HERE else ():
        Membership.objects.create(user=people[name], centre=centre, role=role)
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
    dispute = lodge(case, kind=DisputeKind.COMPLAINT, person=_known(people["somebody"]), **said)
    invitation = invite(email=f"{where}@example.com", role=CentreRole.ENERGY, person=owner, centre=centre)
    link = _link()
    objects = {"assessment": case, "evidence": evidence, "upload": upload, "finding": finding, "visit": visit}
    reminder = Reminder.objects.create(pk=REMINDERS[where], centre=centre, text=f"reminded {where}", sent_by=assessor)
    objects |= {"sample": sample, "dispute": dispute, "invitation": invitation, "reminder": reminder}
    objects |= {"report": _report(edition, _known(people[f"regulator_{where}"]), evidence)}
    objects |= {"certificate": _certificate(where, people, edition, evidence)}
    objects |= {"draw": _draw(where, _known(people["registrar"]))}
    objects |= {"announcement": _decided(f"announced-{where}", people, edition, owner=owner, notice_days=30)}
    return World(
        {kind: str(one.pk) for kind, one in objects.items()}
        | {"centre": centre.slug, "job": str(evidence.job_id), "draft": _draft(where, edition).rubric, "link": link}
        | {"person": owner.username, "province": PROVINCES[where], "digest": evidence.blob_id}
        | {"format": "sus"},
        {
            "edition": DRAFTED,
            "code": "GR-1.1",
            "name": "dcim",
            "number": "1",
            "part": "opening",
            "question": str(question.pk),
            "photograph": str(_photograph(visit, evidence, assessor).pk),
            "username": owner.username,
        },
        {"finding": f"found {where}", "dispute": f"complained {where}"},
    )


def _centre(slug: str, owner: Person) -> Centre:
    profile = examples.profile(slug, zh=f"示例中心 {slug}")
    province = PROVINCES[slug.rpartition("-")[2]]
    centre = Centre.objects.create(slug=slug, name_zh=f"示例中心 {slug}", name_en=f"Centre {slug}", province=province)
    content = profile.model_dump(mode="json", by_alias=True, exclude_none=True)
    ProfileVersion.objects.create(centre=centre, content=content, digest=profile.digest, created_by=owner)
    Membership.objects.create(user=owner, centre=centre, role=CentreRole.OWNER)
    return centre


def _decided(
    slug: str, people: dict[str, Person | None], edition: Edition, *, owner: Person, notice_days: int
) -> Assessment:
    """A case of another centre of the same owner, for a centre that was certified hides nothing of itself."""
    centre = _centre(slug, owner)
    add_evidence(centre, owner=owner)
    with override_settings(SCHEME_RATING="none", SCHEME_NOTICE_DAYS=notice_days):
        case = open_assessment(centre, edition=edition, person=owner)
    score_package(submit(case, person=owner))
    evaluate(case, person=_known(people["assessor"]), reason="evidence agrees")
    review(case, person=_known(people["reviewer"]), reason="sound")
    return decide(case, person=_known(people["decider"]), certify=True, reason="requirements met")


def _certificate(where: str, people: dict[str, Person | None], edition: Edition, paper: Evidence) -> Certificate:
    """Its paper has the bytes of the evidence, as those of a report: what is in them is not asked here."""
    owner = _known(people[f"owner_{where}"])
    case = _decided(f"certified-{where}", people, edition, owner=owner, notice_days=0)
    Certificate.objects.filter(assessment=case).update(pdf_sha256=paper.blob_id)
    return Certificate.objects.get(assessment=case)


def _report(edition: Edition, regulator: Person, paper: Evidence) -> RankedReport:
    report = make_report(edition=edition, query=RankingQuery(), person=regulator)
    papers = {f"{kind}_sha256": paper.blob_id for kind in ("pdf", "csv", "xlsx", "docx")}
    RankedReport.objects.filter(pk=report.pk).update(**papers)
    return report


def _draw(where: str, registrar: Person) -> RatingDraw:
    """Two that are open at once, of different shares."""
    return RatingDraw.objects.create(share=SHARES[where], secret="5a" * 32, asked_by=registrar)


def _draft(where: str, like: Edition) -> Edition:
    digest = f"sha256:{where:0>64}"
    return Edition.objects.create(rubric=f"draft-{where}", edition=DRAFTED, digest=digest, content=like.content)


def _link() -> str:
    """The secret part of the link in the newest invitation."""
    found = re.search(r"/invitations/([\w-]{40,})/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


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
