"""The parts of a visit's record as pages of a form: which fields stand where, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from assessment.sampling.visit_record import Match
from core.text import Text

Kind = Literal["line", "words", "instant", "day", "figure", "flag", "list", "choice"]
_WHEN = _("Such as 2026-11-20 09:30, by the centre's clocks.")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the record: its name there, the words beside it, and what it takes."""

    name: str
    label: Any
    kind: Kind = "line"
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part: fields of its own, and rows of a list.

    Args:
        within: the meeting its fields belong to; empty: the record itself.
        rows: name of the list in the record, or in the meeting.
        key: the column that names a row.
        per_page: rows shown on one page; a form holds a thousand fields at most.
        spare: empty rows after the last.
    """

    slug: str
    title: Text
    within: str = ""
    singles: tuple[Column, ...] = ()
    rows: str = ""
    columns: tuple[Column, ...] = ()
    key: str = ""
    per_page: int = 200
    spare: int = 0
    help: Any = ""


_MEETING = (
    Column("held_at", _("Held at"), "instant", _WHEN),
    Column("minutes", _("Minutes"), "words", optional=True),
)
_PRESENT = (
    Column("name", _("Full name")),
    Column("organisation", _("Organisation")),
    Column("role", _("Role")),
)
_AS_DECLARED = (("yes", _("yes")), ("no", _("no")))
_METERS = (
    Column("meter", _("Meter")),
    Column("place", _("Place")),
    Column("read_at", _("Read at"), "instant"),
    Column("reading", _("Reading"), "figure"),
    Column("unit", _("Unit")),
    Column("as_declared", _("As declared"), "flag", choices=_AS_DECLARED),
    Column("accuracy_class", _("Accuracy class"), optional=True),
    Column("calibrated_until", _("Calibrated until"), "day", optional=True),
    Column("note", _("Note"), "words", optional=True),
)
_FOUND = (
    (Match.MATCHES.value, _("matches")),
    (Match.DIFFERS.value, _("differs")),
    (Match.ABSENT.value, _("absent")),
)
_SERIALS = (
    Column("drawn", _("Serial number")),
    Column("found", _("Found"), "choice", choices=_FOUND),
    Column("place", _("Place"), optional=True),
    Column("note", _("Note"), "words", optional=True),
)
_TESTS = (
    Column("test", _("Test")),
    Column("witnessed_by", _("Witnessed by")),
    Column("started_at", _("Started at"), "instant"),
    Column("ended_at", _("Ended at"), "instant"),
    Column("nodes", _("Nodes"), "list", optional=True),
    Column("evidence", _("Digest of its output"), optional=True),
    Column("command", _("Command"), "words", optional=True),
    Column("deviations", _("Deviations"), "words", optional=True),
)
_WHY = _("Why, if there was none.")
_PAPER = (
    Column("no_meter_walk", _("No meter walk"), "words", _WHY, optional=True),
    Column("no_sample", _("No sample of cards"), "words", _WHY, optional=True),
    Column("no_witnessed_test", _("No witnessed test"), "words", _WHY, optional=True),
    Column("not_inspected", _("Not inspected"), "words", _("What else was not looked at, and why."), optional=True),
    Column(
        "signed_back", _("Signed back"), "words", _("Who signed the paper for the centre, and when."), optional=True
    ),
)
PARTS = (
    Part(
        "opening", Text(zh="首次会议", en="Opening meeting"), "opening", _MEETING,
        rows="present", columns=_PRESENT, key="name", spare=4,
    ),
    Part(
        "meters", Text(zh="计量器具巡查", en="Meter walk"), rows="meters", columns=_METERS, key="meter",
        per_page=30, spare=1,
        help=_("Leave empty what you did not see, and say why under “Not inspected”. Write times as 2026-11-20 09:30."),
    ),
    Part(
        "serials", Text(zh="抽中的序列号", en="Serial numbers drawn"), rows="serials", columns=_SERIALS, key="drawn",
        per_page=100, help=_("In the order of the draw; leave empty what was not looked for yet."),
    ),
    Part(
        "tests", Text(zh="见证测试", en="Witnessed tests"), rows="tests", columns=_TESTS, key="test",
        per_page=20, spare=2, help=_("Separate nodes by commas. Write times as 2026-11-20 09:30."),
    ),
    Part(
        "closing", Text(zh="末次会议", en="Closing meeting"), "closing", _MEETING,
        rows="present", columns=_PRESENT, key="name", spare=4,
    ),
    Part("paper", Text(zh="未检查的内容与回签", en="Not inspected, and the signed paper"), singles=_PAPER),
)  # fmt: skip
PART_OF = {part.slug: part for part in PARTS}


def after(part: Part) -> Part | None:
    """The part that comes next; None after the last."""
    place = PARTS.index(part) + 1
    return PARTS[place] if place < len(PARTS) else None
