"""What several of the cast do: hand in a file, open what waits for them, take a step, sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessment.services.chain.table import TITLES
from assessment.web.shown.acts import STATES
from assessment.web.shown.board import TITLE as BOARD
from centres.provinces import province_name
from centres.web.profile_form import Entry
from core.text import Text
from evidence.web.words import STATES as FILE_STATES
from tests.browser.person import Holding, Person, Words


@dataclass(frozen=True)
class Subject:
    """The centre the story is about, and what it hands in.

    Args:
        profile: the plain content of its facility profile.
        archive: all its evidence but `last`, the readings of its meters.
    """

    name: Text
    profile: Mapping[str, Any]
    archive: Path
    last: Path

    @property
    def province(self) -> Text:
        return province_name(self.profile["place"]["province"])


def tells(engineer: Person, label: Words, entry: Entry, value: Any) -> None:
    """One field of the profile; what the centre has nothing to say about stays empty."""
    if value is None or value is False:
        return
    if entry.kind == "flag":
        engineer.picks(label)
    elif entry.choices:
        engineer.chooses(label, dict(entry.choices)[value])
    else:
        engineer.writes(label, str(value))


def value_at(content: Any, path: str) -> Any:
    for step in path.split("."):
        content = content.get(step, {})
    return content if content != {} else None


def hands_in(engineer: Person, file: Path, *, zone: str = "") -> None:
    """From the page of the centre to a file that was read."""
    engineer.follows("Hand in evidence")
    engineer.is_at("Hand in evidence")
    engineer.attaches("File", file)
    engineer.writes("Time zone", zone)
    engineer.presses("Hand in")
    engineer.is_at(Holding(file.name))
    engineer.sees(FILE_STATES["accepted"].words)


def submits(engineer: Person, remark: Text) -> None:
    engineer.is_at("Check what you hand in")
    engineer.waits_for("It cannot be submitted yet", gone=True)  # while files are still being read
    engineer.writes("Remark", remark)
    engineer.picks(Holding("We have checked the profile and the files, and hand them in as they are"))
    engineer.presses("Freeze and submit")
    engineer.is_at("Receipt of the submission")


def opens_what_waits(person: Person, centre: Subject, act: str, heading: Words) -> None:
    """From the list of one's own work to the page where it is done."""
    person.follows("My work")
    person.is_at("My work")
    person.follows(TITLES[act], beside=centre.name)
    person.is_at(heading)


def opens_the_case(person: Person, centre: Subject, state: str) -> None:
    person.follows("My work")
    person.is_at("My work")
    person.follows(STATES[state], beside=centre.name)
    person.is_at("Assessment")


def finds_on_the_board(regulator: Person, centre: Subject) -> None:
    regulator.follows("My work")
    regulator.is_at("My work")
    regulator.follows("Regulator's board")
    regulator.is_at(BOARD)
    regulator.follows(centre.province)
    regulator.is_at(centre.province)
    regulator.follows(centre.name)
    regulator.is_at(centre.name)


def takes(person: Person, act: str, reason: Text) -> None:
    person.writes("Reason", reason)
    person.presses(TITLES[act])
    person.sees(reason)


def comes_to_the_desk(assessor: Person, centre: Subject) -> None:
    opens_what_waits(assessor, centre, "evaluate", "Desk")


def says_of_the_finding(person: Person, act: str, words: Text) -> None:
    person.writes("What was done, or why", words)
    person.presses(TITLES[act])
    person.sees(words)


def judges(person: Person, act: str, reason: Text) -> None:
    person.picks(TITLES[act])
    person.writes("Reason", reason)
    person.presses("Sign and record")
