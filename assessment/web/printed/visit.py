"""A site visit as papers: the report on what was seen, and the pack that is taken along to write in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, facts
from assessment.documents.content.visit_pack import Cell, PackTable, Section, VisitPack
from assessment.models import Assessment, SiteVisit
from assessment.web.printed.answer import day, moment, paper_on, word
from core.text import Text
from operations.templatetags.words import said

REPORT = Text(zh="现场评价报告", en="Report of a site visit")


def visit_report(visit: SiteVisit, seen: Mapping[str, Any], photographs: Sequence[Any]) -> Paper:
    """`seen`: what the page of the visit shows of its record."""
    return paper_on(visit.assessment, REPORT, _report(visit, seen, photographs))


def pack_paper(case: Assessment, pack: VisitPack) -> Paper:
    return paper_on(case, pack.title, _pack(pack))


# --- the report -------------------------------------------------------------------------------------------------------


def _report(visit: SiteVisit, seen: Mapping[str, Any], photographs: Sequence[Any]) -> Iterator[Block]:
    record = seen["record"]
    yield facts(
        (
            (_("Assessment"), str(visit.assessment_id)),
            (_("Place"), visit.place),
            (_("First day"), day(visit.begins_on)),
            (_("Last day"), day(visit.ends_on)),
            (_("Agenda"), visit.agenda or "–"),
            (_("Closed"), moment(visit.closed_at)),
        )
    )
    if seen["lacking"]:
        yield Heading(_("Still missing before the visit can be closed"))
        for gap in seen["lacking"]:
            yield Sentence(said(gap), listed=True)
    for one in seen["meetings"]:
        yield Heading(word(one["words"]))
        yield Sentence(moment(one["meeting"].held_at))
        present = tuple((who.name, who.organisation, who.role) for who in one["meeting"].present)
        yield Table((_("Full name"), _("Organisation"), _("Role")), present)
        if one["meeting"].minutes:
            yield Sentence(one["meeting"].minutes)
    yield from _seen(seen)
    yield from _tests(record.tests)
    yield Heading(_("Not inspected"))
    yield Sentence(record.not_inspected or "–")
    if photographs:
        yield Heading(_("Pictures"))
        rows = tuple((one.shows, one.place, moment(one.taken_at), one.blob_id) for one in photographs)
        yield Table((_("What it shows"), _("Place"), _("When"), "SHA-256"), rows, shares=(4, 3, 2, 5))
    yield Heading(_("Signed back"))
    yield Sentence(record.signed_back or "–")


def _seen(seen: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(_("Meter walk"))
    meters = tuple(
        (
            one["seen"].meter,
            one["seen"].place,
            moment(one["seen"].read_at),
            f"{one['seen'].reading} {one['seen'].unit}",
            one["difference"] or "–",
            f"{_('yes') if one['seen'].as_declared else _('no')} {one['seen'].note}".strip(),
        )
        for one in seen["meters"]
    )
    heads = (_("Meter"), _("Place"), _("When"), _("Reading"), _("Since the evidence"), _("As declared"))
    yield Table(heads, meters, shares=(3, 3, 3, 3, 2, 3)) if meters else Sentence("–")
    yield Heading(_("Serial numbers drawn"))
    serials = tuple(
        (one["seen"].drawn, word(one["found"]), f"{one['seen'].place} {one['seen'].note}".strip())
        for one in seen["serials"]
    )
    yield Table((_("Serial number"), _("Found"), _("Place and note")), serials) if serials else Sentence("–")


def _tests(tests: Sequence[Any]) -> Iterator[Block]:
    yield Heading(_("Witnessed tests"))
    rows = tuple(
        (one.test, _("; ").join(one.nodes), _span(one.started_at, one.ended_at), one.witnessed_by, one.deviations)
        for one in tests
    )
    heads = (_("Test"), _("Nodes"), _("When"), _("Witnessed by"), _("Deviations"))
    yield Table(heads, rows, shares=(3, 3, 3, 2, 4)) if rows else Sentence("–")


def _span(begun: dt.datetime, ended: dt.datetime) -> str:
    return f"{moment(begun)} – {moment(ended)}"


# --- the pack ---------------------------------------------------------------------------------------------------------


def _pack(pack: VisitPack) -> Iterator[Block]:
    yield facts((fact.label, fact.words) for fact in pack.facts)
    for section in pack.sections:
        yield from _section(section)
    for signer in pack.signers:
        yield Heading(f"{pack.signing.title}{_(': ')}{signer}", level=2)
        yield _lines(pack.signing.lines)
    yield Sentence(pack.signing.words)


def _section(section: Section) -> Iterator[Block]:
    yield Heading(section.title)
    if section.facts:
        yield facts((fact.label, fact.words) for fact in section.facts)
    if section.words:
        yield Sentence(section.words)
    if section.lines:
        yield _lines(section.lines)
    if section.table:
        yield _table(section.table)
    if section.has_room:
        yield Table((), (("\n" * 6,),))


def _lines(labels: Sequence[str]) -> Table:
    return Table((), tuple((label, "") for label in labels), shares=(1, 3), to_write=True)


def _table(given: PackTable) -> Table:
    return Table(given.heads, tuple(tuple(map(_cell, row)) for row in given.rows), to_write=True)


def _cell(cell: Cell) -> str:
    if cell.boxes:
        return "  ".join(f"□ {box}".rstrip() for box in cell.boxes)
    return "\n".join(filter(None, (cell.words, cell.below)))
