"""What a page of a visit knows before anybody writes: the meters with their last readings, the serial numbers drawn."""

from __future__ import annotations

from assessment.models import SiteVisit
from assessment.visit_selectors import MeterToWalk, drawn_cards, meters_to_walk
from assessment.web.forms.record_parts import Part
from assessment.web.forms.record_rows import Row
from core.text import Text

_NOTHING = Text(zh="证据中没有可对照的示数。", en="The evidence has no register to compare with.")


def expected_rows(visit: SiteVisit, part: Part, *, zone: str) -> list[Row]:
    """The rows of a part that are to be looked at on this visit."""
    if part.slug == "meters":
        return [_meter(one, zone) for one in meters_to_walk(visit.assessment).values()]
    if part.slug == "serials":
        return [Row(given, given) for given in ({part.key: name} for name in drawn_cards(visit))]
    return []


def remark_on(walked: MeterToWalk, *, zone: str) -> Text:
    """What the evidence last read of a meter."""
    if walked.last is None:
        return _NOTHING
    figure, when = walked.last.figure, walked.last.local(zone)
    return Text(zh=f"证据中的最后示数：{figure}，{when}。", en=f"Last in the evidence: {figure} at {when}.")


def _meter(walked: MeterToWalk, zone: str) -> Row:
    given = {"meter": walked.meter.id, "unit": walked.meter.unit}
    return Row(given, given, remark_on(walked, zone=zone))
