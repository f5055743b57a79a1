"""What the sweep of all pages looks at: a case with a finding, tables and maps, a draft, a certificate."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fixtures.demo.centres import CENTRES
from fixtures.demo.client import Client
from fixtures.demo.people import engineer
from fixtures.demo.play import rule_on_every_indicator
from fixtures.demo.publish import FOLDER, archive_of
from tests.browser.conftest import CENTRE, Site
from tests.evidence.files import sus_csv
from tests.profiles import profile_content

# Of the demo's centres: one with a year of evidence, one at work, one that has handed in nothing yet, one about to.
FULL, BUSY, EMPTY, ABOUT_TO = CENTRE.id, CENTRES[1].id, CENTRES[2].id, CENTRES[3].id
READINGS = "采集时间,回路,有功(MWh)\n2025-04-01 00:15:00,A,1.5\n2025-04-01 00:30:00,A,\n".encode()
MAP = {
    "contract": 1,
    "map": "dcim",
    "kind": "energy_readings",
    "fields": {"at": "采集时间", "meter": "回路", "value": "有功"},
}


@dataclass(frozen=True)
class Filled:
    """Names and numbers of what was made."""

    case: str
    open_case: str
    finding: str
    survey: str
    table: str
    certificate: str
    draft: tuple[str, str]
    invitation: str


def fill(site: Site, folder: Path) -> Filled:
    """Everything through the API, each person their own part; what another test has made already is used."""

    person = functools.cache(site.client)
    author = person("rubric_author")
    draft = author.post_archive("/api/v1/editions/", archive_of(FOLDER))
    own = person(engineer(BUSY))
    own.put(f"/api/v1/centres/{BUSY}/profile/", profile_content(BUSY))
    own.post(f"/api/v1/centres/{BUSY}/maps/", {"map": MAP})
    table = _handed_in(own, folder / "dcim.csv", READINGS, format_="mapped_table")
    _handed_in(own, folder / "sus.csv", sus_csv(8))
    survey = _handed_in(own, folder / "sus.csv", sus_csv(7, first=2))
    case = own.post("/api/v1/assessments/", {"centre": BUSY})["id"]
    open_case = _about_to_submit(person(engineer(ABOUT_TO)), folder)
    certificate = certificate_of(site, person)
    own.finished(own.post(f"/api/v1/assessments/{case}/submit/", {"reason": "What there is so far."})["job"])
    assessor = person("assessor")
    said = {"centre": BUSY, "conflict": False, "statement": "No ties in five years."}
    assessor.post("/api/v1/declarations/", said)
    remark = {"severity": "minor", "node": "GR-1.1", "statement": "The meters' calibration is older than a year."}
    finding = assessor.post(f"/api/v1/assessments/{case}/findings/", remark)["id"]
    question = {"text": "Which meters are read by hand?", "due_on": "2030-01-31"}
    assessor.post(f"/api/v1/findings/{finding}/questions/", question)
    author.finished(draft["job"])
    invited = {"email": "nina@example.com", "role": "energy", "centre": BUSY}
    person("registrar").post("/api/v1/invitations/", invited)
    return Filled(
        case,
        open_case,
        finding,
        survey,
        table,
        certificate,
        (draft["rubric"], draft["edition"]),
        site.newest_link("/invitations/"),
    )


def _handed_in(own: Client, file: Path, content: bytes, *, format_: str | None = None) -> str:
    file.write_bytes(content)
    handed_in = own.upload(file, centre=BUSY, timezone="Asia/Shanghai", format_=format_)
    own.finished(handed_in["job"])
    return str(handed_in["id"])


def _about_to_submit(own: Client, folder: Path) -> str:
    """A case whose package may be submitted and is not."""
    own.put(f"/api/v1/centres/{ABOUT_TO}/profile/", profile_content(ABOUT_TO))
    (folder / "sus.csv").write_bytes(sus_csv(9))
    own.finished(own.upload(folder / "sus.csv", centre=ABOUT_TO, timezone="Asia/Shanghai")["job"])
    return str(own.post("/api/v1/assessments/", {"centre": ABOUT_TO})["id"])


def certificate_of(site: Site, person: Callable[[str], Client]) -> str:
    """The number of the first centre's certificate, which is earned here unless another test did."""
    own = person(site.engineer)
    if issued := list(own.pages("/api/v1/certificates/")):
        return str(issued[0]["number"])
    own.upload(site.last_file, centre=site.centre, timezone="Asia/Shanghai")
    own.settled(f"/api/v1/evidence/?centre={site.centre}&limit=100", busy=("received", "parsing"))
    case = own.post("/api/v1/assessments/", {"centre": site.centre})["id"]
    door = f"/api/v1/assessments/{case}"
    own.finished(own.post(f"{door}/submit/", {"reason": "The year is complete."})["job"])
    rule_on_every_indicator(person("assessor"), door)
    person("assessor").post(f"{door}/evaluate/", {"reason": "Checked."})
    person("reviewer").post(f"{door}/review/", {"reason": "Consistent."})
    number = person("decider").post(f"{door}/decide/", {"decision": "certify", "reason": "It carries one."})
    own.finished(own.get(f"/api/v1/certificates/{number['certificate']}/")["job"])
    return str(number["certificate"])
