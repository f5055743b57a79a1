"""The pack of a visit as it stands now: who is met, which meters are walked, what was drawn."""

from __future__ import annotations

from assessment.documents.content.visit_pack import DrawnSample, MeterLine, OnSite, ToWalk, VisitPack, visit_pack
from assessment.documents.render import visit_pack_pdf
from assessment.models import IN_HAND, CasePart, EvaluationPlan, Part, Sample, SiteVisit
from assessment.sampling.draw import seed_of
from assessment.services.chain.part_words import PARTS
from assessment.services.visits import draw_sample
from assessment.visit_selectors import MeterToWalk, cards_counted, meters_to_walk
from centres.selectors import zone_of
from core.text import Language

# Who is met on site; those who will judge the case are not.
_ON_SITE = (Part.APPLICANT, Part.REGISTRAR, Part.ASSESSOR)


def pack_of(visit: SiteVisit, *, language: Language) -> VisitPack:
    case = visit.assessment
    zone = zone_of(case.centre)
    plan = EvaluationPlan.objects.filter(assessment=case).first()
    to_walk = ToWalk(
        centre=case.centre.name,
        case=str(case.pk),
        place=visit.place,
        begins_on=visit.begins_on,
        ends_on=visit.ends_on,
        zone=zone,
        agenda=visit.agenda,
        plan=plan.text if plan else "",
        people=_people(visit),
        meters=[_meter(one, zone) for one in meters_to_walk(case).values()],
        samples=[_drawn(one) for one in case.samples.all()],
    )
    return visit_pack(to_walk, language=language)


def pack_pdf_of(visit: SiteVisit, *, language: Language) -> bytes:
    """The pack as a PDF to print, made anew each time: what is drawn meanwhile belongs to it.

    Raises:
        UserFacingError: as `make_pdf`.
    """
    return visit_pack_pdf(pack_of(visit, language=language))


def _people(visit: SiteVisit) -> list[OnSite]:
    """Those who took a part in the case so far, but for who was taken off, and those assigned, with their pillars."""
    case = visit.assessment
    pillars: dict[int, list[str]] = {}
    met = {
        one.person_id: (one.person, one.part)
        for one in CasePart.objects.filter(assessment=case, part__in=_ON_SITE).select_related("person")
    }
    for one in case.assignments.exclude(IN_HAND):
        met.pop(one.person_id, None)
    for one in case.assignments.filter(IN_HAND).select_related("person"):
        pillars.setdefault(one.person_id, []).append(one.pillar)
        met[one.person_id] = (one.person, Part.ASSESSOR)
    return [OnSite(person.name, PARTS[part], pillars.get(key, [])) for key, (person, part) in met.items()]


def _meter(walked: MeterToWalk, zone: str) -> MeterLine:
    meter, last = walked.meter, walked.last
    return MeterLine(meter.id, meter.unit, last.figure if last else "", last.local(zone) if last else "")


def _drawn(sample: Sample) -> DrawnSample:
    """What was drawn, and the seed it was drawn with, which anybody can repeat."""
    record = draw_sample.record_of(sample)
    if record is None:
        return DrawnSample(sample.of)
    seed = seed_of(record.secret, inventory_commitment=record.inventory_commitment).hex()
    cards = cards_counted(sample).words if sample.of == "cards" else None
    return DrawnSample(sample.of, record.names, record.population, seed, cards)
