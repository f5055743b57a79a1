"""What the sweep looks at: a case with all that belongs to one, others that lack it, a draft, a certificate."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.demo.centres import CENTRES
from fixtures.demo.client import Client
from fixtures.demo.people import engineer
from fixtures.demo.play import rule_on_every_indicator, take
from fixtures.demo.publish import FOLDER, archive_of
from tests.browser.conftest import CENTRE, Site
from tests.browser.people import SECOND
from tests.evidence.files import sus_csv
from tests.profiles import profile_content

# Of the demo's centres: one with a year of evidence, one at work, one that has handed in nothing yet, one about to.
FULL, BUSY, EMPTY, ABOUT_TO = CENTRE.id, CENTRES[1].id, CENTRES[2].id, CENTRES[3].id
# One whose levels two assessors judge, one that is evaluated, one that applied before it said anything of itself.
RATED_TWICE, EVALUATED, UNTOLD = CENTRES[5].id, CENTRES[6].id, CENTRES[8].id
FORGETFUL = engineer(CENTRES[9].id)
LEVELS = {"ST-3.6": ("4", "4"), "US-4.2": ("5", "3")}  # of the one assessor and of the other
READINGS = "采集时间,回路,有功(MWh)\n2025-04-01 00:15:00,A,1.5\n2025-04-01 00:30:00,A,\n".encode()
MAP = {
    "contract": 1,
    "map": "dcim",
    "kind": "energy_readings",
    "fields": {"at": "采集时间", "meter": "回路", "value": "有功"},
}
# A job of more cards than the profile has: the centre is asked for a reason.
JOBS = b"""job,submit_at,start_at,end_at,cards,state,cause
j1,2026-01-05T01:00:00Z,2026-01-05T02:00:00Z,2026-01-05T09:00:00Z,4096,completed,
"""
CARDS = [f"SN-{number:05d}" for number in range(1, 2049)]  # all of the profile
VISITED = {"begins_on": "2026-11-20", "ends_on": "2026-11-21", "place": "2 号机房", "agenda": "首次会议\n巡查"}
ANYBODY = {"name": "Zhao Yi", "contact": "zhao@example.org"}


@dataclass(frozen=True)
class Filled:
    """Names and numbers of what was made."""

    case: str
    open_case: str
    untold: str  # its case; it has neither profile nor evidence
    rated_twice: str  # a case two assessors differ in
    evaluated: str  # a case that waits for its reviewer
    finding: str
    survey: str
    table: str
    certificate: str
    rubric: str
    draft: str
    invitation: str  # its link
    invited: str
    report: str
    sample: str  # waits for the centre's inventory
    drawn: str
    visit: str  # scheduled, nothing written down yet
    visited: str  # written down and closed
    quiet_visit: str  # scheduled, in a case without samples
    announced: str  # the case whose decision is
    objection: str  # not handled yet
    complaint: str  # answered
    own_complaint: str  # of the one who would have to handle it
    reset_for: str  # somebody's link to a new password: of whom, and its key
    reset_key: str
    nothing: str = "00000000-0000-0000-0000-000000000000"
    indicator: str = "GR-1.1"


def fill(site: Site, folder: Path) -> Filled:
    """Everything through the API, each person their own part; what another test has made already is used."""

    person = functools.cache(site.client)
    author = person("rubric_author")
    draft = author.post_archive("/api/v1/editions/", archive_of(FOLDER))
    own = person(engineer(BUSY))
    own.put(f"/api/v1/centres/{BUSY}/profile/", profile_content(BUSY))
    own.post(f"/api/v1/centres/{BUSY}/maps/", {"map": MAP})
    table = _handed_in(own, folder / "dcim.csv", READINGS, format_="mapped_table")
    _handed_in(own, folder / "jobs.csv", JOBS)
    _handed_in(own, folder / "sus.csv", sus_csv(8))
    survey = _handed_in(own, folder / "sus.csv", sus_csv(7, first=2))
    case = own.post("/api/v1/assessments/", {"centre": BUSY})["id"]
    open_case = _about_to_submit(person(engineer(ABOUT_TO)), folder)
    certificate = certificate_of(site, person)
    own.finished(take(own, f"/api/v1/assessments/{case}", "submit", reason="What there is so far.")["job"])
    assessor = person("assessor")
    said = {"centre": BUSY, "conflict": False, "statement": "No ties in five years."}
    assessor.post("/api/v1/declarations/", said)
    remark = {"severity": "minor", "node": "GR-1.1", "statement": "The meters' calibration is older than a year."}
    finding = assessor.post(f"/api/v1/assessments/{case}/findings/", remark)["id"]
    question = {"text": "Which meters are read by hand?", "due_on": "2030-01-31"}
    assessor.post(f"/api/v1/findings/{finding}/questions/", question)
    sample, drawn = _samples(case, own, assessor)
    visit, visited = _visits(case, assessor, drawn=drawn)
    at_the_console = json.loads(
        site.at_the_console("furnish", visit, BUSY, FORGETFUL, RATED_TWICE, engineer(RATED_TWICE))
    )
    quiet_visit = _rated_twice(at_the_console["rated_twice"], person, folder)
    announced = _announced(site, person)
    handler = person("appeal_handler")
    complaint = _lodged(own, case, "complaint", "评价人员迟到一日。")
    for act in ("acknowledge", "dismiss"):
        handler.post(f"/api/v1/disputes/{complaint}/acts/", {"act": act, "reason": "The day was agreed on."})
    objection = own.post(
        f"/api/v1/announcements/{announced}/objections/", {"statement": "The meters were exchanged in May.", **ANYBODY}
    )
    _drawn_anew(person)
    author.finished(draft["job"])
    invited = {"email": "nina@example.com", "role": "energy", "centre": BUSY}
    invitation = person("registrar").post("/api/v1/invitations/", invited)["id"]
    return Filled(
        case=case,
        open_case=open_case,
        untold=person(engineer(UNTOLD)).post("/api/v1/assessments/", {"centre": UNTOLD})["id"],
        evaluated=_evaluated(person, folder),
        finding=finding,
        survey=survey,
        table=table,
        certificate=certificate,
        rubric=draft["rubric"],
        draft=draft["edition"],
        invitation=site.newest_link("/invitations/"),
        invited=invitation,
        report=person("regulator").post("/api/v1/reports/", {})["id"],
        sample=sample,
        drawn=drawn["id"],
        visit=visit,
        visited=visited,
        quiet_visit=quiet_visit,
        announced=announced,
        objection=objection["id"],
        complaint=complaint,
        own_complaint=_lodged(handler, case, "complaint", "A page of the record is missing."),
        **at_the_console,
    )


def _handed_in(own: Client, file: Path, content: bytes, *, format_: str | None = None) -> str:
    file.write_bytes(content)
    handed_in = own.upload(file, centre=BUSY, timezone="Asia/Shanghai", format_=format_)
    own.finished(handed_in["job"])
    return str(handed_in["id"])


def _about_to_submit(own: Client, folder: Path) -> str:
    """A case whose package may be submitted and is not."""
    _told(own, ABOUT_TO, folder, answers=9)
    return str(own.post("/api/v1/assessments/", {"centre": ABOUT_TO})["id"])


def _told(own: Client, centre: str, folder: Path, *, answers: int) -> None:
    """A profile and one file; no two centres hand in the same bytes."""
    own.put(f"/api/v1/centres/{centre}/profile/", profile_content(centre))
    (folder / "sus.csv").write_bytes(sus_csv(answers))
    own.finished(own.upload(folder / "sus.csv", centre=centre, timezone="Asia/Shanghai")["job"])


def _submitted(case: str, own: Client) -> str:
    """The door of the case, once it is scored."""
    door = f"/api/v1/assessments/{case}"
    own.finished(take(own, door, "submit", reason="What there is so far.")["job"])
    return door


def _evaluated(person: Callable[[str], Client], folder: Path) -> str:
    own, assessor = person(engineer(EVALUATED)), person("assessor")
    _told(own, EVALUATED, folder, answers=10)
    case = str(own.post("/api/v1/assessments/", {"centre": EVALUATED})["id"])
    door = _submitted(case, own)
    rule_on_every_indicator(assessor, door)
    take(assessor, door, "evaluate", reason="Checked.")
    return case


def _rated_twice(case: str, person: Callable[[str], Client], folder: Path) -> str:
    """Two assessors judge levels of a case, and one of them will visit its centre."""
    own, first, second = person(engineer(RATED_TWICE)), person("assessor"), person(SECOND)
    _told(own, RATED_TWICE, folder, answers=11)
    door = _submitted(case, own)
    for code, levels in LEVELS.items():
        for assessor, level in zip((first, second), levels, strict=True):
            judged = {"act": "judge", "level": level, "text": "The rules and their records were read."}
            assessor.post(f"{door}/ratings/{code}/", judged, having_read=f"{door}/ratings/{code}/")
    return str(first.post(f"{door}/visits/", VISITED)["id"])


def certificate_of(site: Site, person: Callable[[str], Client]) -> str:
    """The number of the first centre's certificate, which is earned here unless another test did."""
    own = person(site.engineer)
    if issued := list(own.pages("/api/v1/certificates/")):
        return str(issued[0]["number"])
    own.upload(site.last_file, centre=site.centre, timezone="Asia/Shanghai")
    own.settled(f"/api/v1/evidence/?centre={site.centre}&limit=100", busy=("received", "parsing"))
    case = own.post("/api/v1/assessments/", {"centre": site.centre})["id"]
    number = _decided(case, own, person)["certificate"]
    own.finished(own.get(f"/api/v1/certificates/{number}/")["job"])
    return str(number)


def _announced(site: Site, person: Callable[[str], Client]) -> str:
    """The same centre's renewal, decided and under notice."""
    case = site.at_the_console("open_renewal", site.centre, site.engineer)
    decided = _decided(case, person(site.engineer), person)
    assert decided["state"] == "announced"
    return case


def _decided(case: str, own: Client, person: Callable[[str], Client]) -> Any:
    door = f"/api/v1/assessments/{case}"
    own.finished(take(own, door, "submit", reason="The year is complete.")["job"])
    rule_on_every_indicator(person("assessor"), door)
    take(person("assessor"), door, "evaluate", reason="Checked.")
    take(person("reviewer"), door, "review", reason="Consistent.")
    return take(person("decider"), door, "decide", decision="certify", reason="It carries one.")


def _drawn_anew(person: Callable[[str], Client]) -> None:
    """One draw of certificates to be rated anew, and one that waits for its word."""
    registrar = person("registrar")
    asked = registrar.post("/api/v1/reratings/", {})["id"]
    person("assessor").post(f"/api/v1/reratings/{asked}/draw/", {"word": "a cold morning"})
    registrar.post("/api/v1/reratings/", {})


def _samples(case: str, own: Client, assessor: Client) -> tuple[str, Any]:
    """One asked for, and one drawn from the centre's cards."""
    door = f"/api/v1/assessments/{case}/samples/"
    asked = assessor.post(door, {"of": "nodes"})["id"]
    cards = assessor.post(door, {"of": "cards"})["id"]
    return asked, own.post(f"/api/v1/samples/{cards}/inventory/", {"names": CARDS, "word": "秋分"})


def _visits(case: str, assessor: Client, *, drawn: Any) -> tuple[str, str]:
    """One to come, and one that saw whatever a record has room for."""
    door = f"/api/v1/assessments/{case}/visits/"
    due, done = (assessor.post(door, VISITED)["id"] for _ in range(2))
    present = [{"name": "Ana", "organisation": "body", "role": "assessor"}]
    serials = [{"drawn": name, "found": "matches", "place": "R03-U12"} for name in drawn["record"]["drawn"]]
    record = {
        "opening": {"held_at": "2026-11-20T09:00:00+08:00", "present": present, "minutes": "范围已确认。"},
        "closing": {"held_at": "2026-11-21T17:00:00+08:00", "present": present},
        "meters": [
            {"meter": "M-IN", "place": "room 1", "read_at": "2026-11-20T10:00:00+08:00", "reading": "8123.4",
             "unit": "kWh", "as_declared": False, "note": "A newer one of the same type."},
        ],
        "serials": [serials[0] | {"found": "differs", "note": "换卡"}, *serials[1:]],
        "tests": [
            {"test": "all_reduce_perf", "started_at": "2026-11-20T14:00:00+08:00",
             "ended_at": "2026-11-20T14:20:00+08:00", "witnessed_by": "Ana", "deviations": "One node was drained."},
        ],
        "not_inspected": "The roof.",
        "signed_back": "Olu, 2026-11-21",
    }  # fmt: skip
    written = f"/api/v1/visits/{done}/record/"
    assessor.put(written, record, having_read=written)
    assessor.post(f"/api/v1/visits/{done}/close/", having_read=written)
    return due, done


def _lodged(by: Client, case: str, kind: str, statement: str) -> str:
    return str(
        by.post(f"/api/v1/assessments/{case}/disputes/", {"kind": kind, "statement": statement, **ANYBODY})["id"]
    )
