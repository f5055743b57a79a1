"""A site visit as an assessor tells it: the schedule, the pack for halls without a network, the record by form."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessment.web.forms.record_parts import PART_OF
from assessment.web.pages.visit import TITLE as VISITS
from core.text import Text
from tests.browser.person import Person

VISITED_ON, HALL = "2026-11-20", "2-R03"


def visits_the_site(ana: Person, *, meter: str, serials: int) -> None:
    """From the page of the case: scheduled, the pack opened, every part of the record filled in, closed."""
    ana.follows(VISITS)
    ana.is_at("Site visits")
    ana.writes("First day", VISITED_ON)
    ana.writes("Last day", VISITED_ON)
    ana.writes("Place", HALL)
    ana.presses("Save")
    ana.is_at("Site visit")
    ana.follows("Visit pack")
    ana.is_at("Visit pack")
    ana.sees(Text(zh="抽样种子", en="Seed of the draw"))
    assert ana.takes_home("Download the pack (PDF)").read_bytes().startswith(b"%PDF-")
    ana.follows(VISITED_ON)
    ana.is_at("Site visit")
    ana.follows(PART_OF["opening"].title)
    meets(ana, "opening", "09:00")
    saw = {"Place": HALL, "Read at": f"{VISITED_ON} 10:00", "Reading": "8123.4"}
    for label, words in saw.items():
        ana.writes(format_lazy("{} {}", _(label), meter), words)
    ana.chooses(format_lazy("{} {}", _("As declared"), meter), _("yes"))
    ana.presses("Save and go on")
    for _page in range(-(-serials // PART_OF["serials"].per_page)):
        ana.is_at(PART_OF["serials"].title)
        for serial in ana.rows:
            ana.chooses(format_lazy("{} {}", _("Found"), serial), _("matches"))
        ana.presses("Save and go on")
    ana.is_at(PART_OF["tests"].title)
    tested: dict[str, str | Text] = {
        "Test": "all_reduce_perf",
        "Witnessed by": ana.name,
        "Started at": f"{VISITED_ON} 14:00",
        "Ended at": f"{VISITED_ON} 14:20",
    }
    for label, words in tested.items():
        ana.writes(format_lazy("{} 1", _(label)), words)
    ana.presses("Save and go on")
    meets(ana, "closing", "17:00")
    ana.is_at(PART_OF["paper"].title)
    ana.writes("Signed back", Text(zh="中心代表已签字。", en="Signed for the centre."))
    ana.presses("Save and go on")
    ana.is_at("Site visit")
    ana.presses("Close the visit")
    ana.sees("Closed")


def meets(ana: Person, part: str, at: str) -> None:
    ana.is_at(PART_OF[part].title)
    ana.writes("Held at", f"{VISITED_ON} {at}")
    ana.writes(format_lazy("{} 1", _("Full name")), ana.name)
    ana.writes(format_lazy("{} 1", _("Organisation")), Text(zh="评价机构", en="The body"))
    ana.writes(format_lazy("{} 1", _("Role")), Text(zh="审查员", en="assessor"))
    ana.presses("Save and go on")
