"""What every page of a visit begins with, and what stands on the page of the visit itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse

from assessment.models import SiteVisit
from assessment.sampling.visit_record import Match, VisitRecord, read_record
from assessment.services.visits import visit_drafts
from assessment.visit_selectors import drawn_cards, gaps_of, meters_to_walk
from assessment.web.forms.record_parts import PARTS, Part
from assessment.web.pages.case import case_crumbs
from centres.models import Person
from centres.web.crumbs import Step
from core.quantity import plain
from core.text import Text

TITLE = Text(zh="现场评价", en="Site visits")
_FOUND = {
    Match.MATCHES: Text(zh="相符", en="matches"),
    Match.DIFFERS: Text(zh="不符", en="differs"),
    Match.ABSENT: Text(zh="缺失", en="absent"),
}
_EMPTY = Text(zh="尚未填写", en="nothing written yet")
_WRITTEN = Text(zh="已填写", en="written")


def visit_crumbs(visit: SiteVisit, *further: Step) -> list[dict[str, Any]]:
    case = visit.assessment
    own = Text(zh=visit.begins_on.isoformat(), en=visit.begins_on.isoformat())
    return case_crumbs(
        case,
        (TITLE, reverse("assessment:visits", args=[case.pk])),
        (own, reverse("assessment:visit", args=[visit.pk])),
        *further,
    )


def seen_on(visit: SiteVisit) -> dict[str, Any]:
    """The record in words, and what is lacking in it."""
    record = read_record(visit.record)
    meetings = [
        (Text(zh="首次会议", en="opening meeting"), record.opening),
        (Text(zh="末次会议", en="closing meeting"), record.closing),
    ]
    return {
        "record": record,
        "meetings": [{"words": words, "meeting": meeting} for words, meeting in meetings if meeting],
        "meters": _meters(visit, record),
        "serials": [{"seen": seen, "found": _FOUND[seen.found]} for seen in record.serials],
        "lacking": gaps_of(visit),
        "left_out": [(words, why) for words, why in _left_out(record) if why],
    }


def parts_of(visit: SiteVisit, person: Person) -> list[dict[str, Any]]:
    """The parts of the form, how far each is, and whether words of this person wait there."""
    record = read_record(visit.record)
    drafts = {key.partition(":")[0] for key in visit_drafts.parts_with_drafts(visit, person=person)}
    return [
        {
            "part": part,
            "address": reverse("assessment:visit_part", args=[visit.pk, part.slug]),
            "state": _state(visit, record, part),
            "draft": part.slug in drafts,
        }
        for part in PARTS
    ]


def _state(visit: SiteVisit, record: VisitRecord, part: Part) -> Text:
    if part.slug == "serials":
        drawn, looked_for = drawn_cards(visit), {one.drawn for one in record.serials}
        done = sum(name in looked_for for name in drawn)
        return Text(zh=f"{len(drawn)} 个中已查 {done} 个", en=f"{done} of {len(drawn)} looked for")
    if part.slug == "paper":
        return _WRITTEN if any(getattr(record, column.name) for column in part.singles) else _EMPTY
    if part.within:
        return _WRITTEN if getattr(record, part.within) else _EMPTY
    rows = len(getattr(record, part.rows))
    return Text(zh=f"已记录 {rows} 项", en=f"{rows} written down") if rows else _EMPTY


def _left_out(record: VisitRecord) -> tuple[tuple[Text, str], ...]:
    """What was not inspected, each with its reason."""
    return (
        (Text(zh="未巡查计量器具", en="No meter walk"), record.no_meter_walk),
        (Text(zh="未核查抽样的序列号", en="No sample of cards"), record.no_sample),
        (Text(zh="未见证测试", en="No witnessed test"), record.no_witnessed_test),
        (Text(zh="其他未检查的内容", en="Not inspected"), record.not_inspected),
    )


def _meters(visit: SiteVisit, record: VisitRecord) -> list[dict[str, Any]]:
    """Each meter with what it counted since the last reading of the evidence."""
    walked = meters_to_walk(visit.assessment) if record.meters else {}
    return [
        {"seen": seen, "difference": _signed(walked[seen.meter].difference(seen.reading, seen.unit))}
        if seen.meter in walked
        else {"seen": seen, "difference": ""}
        for seen in record.meters
    ]


def _signed(difference: Decimal | None) -> str:
    if difference is None:
        return ""
    return f"{'+' if difference > 0 else ''}{plain(difference.normalize())}"
