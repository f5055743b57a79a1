"""The lists of the pages of assessments as workbooks: the columns of each page, its rows as the page shows them.

Figures come as figures; a state begins with a capital, as on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from assessment.board_selectors.standings import ProvinceLine, Standing
from assessment.documents.content.words import figure_words, grade_words
from assessment.models import OwnTable, Reminder, SiteVisit
from assessment.scoring.result import Node
from assessment.services.histories.history import Happened
from assessment.web.shown.acts import state_words
from assessment.web.shown.board import SIGNS, TITLE, ReasonShown
from assessment.web.shown.desk import Row
from centres.models import Declaration
from centres.provinces import province_name
from core.quantity import rounded
from core.text import Text
from operations.http.sheets import Columns, Sheet
from operations.templatetags.words import said, unit_word

RowOf = Mapping[str, Any]  # a row as its page shows it


# --- for everybody ----------------------------------------------------------------------------------------------------


def ranking_sheet(title: str, rows: Sequence[RowOf]) -> Sheet[RowOf]:
    """The rows of the public ranking."""
    pillars: Columns = [
        (said(pillar.title), _points_of_pillar(at)) for at, pillar in enumerate(rows[0]["pillars"] if rows else ())
    ]
    columns: Columns = [
        (_("Rank"), lambda row: row["rank"]),
        (_("Rank range"), lambda row: "–".join(map(str, row["firmness"].rank)) if row["firmness"] else None),
        (_("Centre"), lambda row: row["name"]),
        (_("Grade"), lambda row: _grade(row["grade"]) if row["rank"] is not None else None),
        (_("Score"), lambda row: row["score"] if row["rank"] is not None else None),
        *pillars,
        (_("Certificate"), lambda row: row["certificate_number"]),
        (_("State"), lambda row: row["standing"]),
        (_("Remark"), lambda row: row["remark"]),
        (_("Reason"), lambda row: None if row["rank"] is not None else row["reason"]),
    ]
    return Sheet("ranking", title, columns, rows)


def announcements_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    columns: Columns = [
        (_("Centre"), lambda row: row["centre"]),
        (_("Decision"), lambda row: _state(row["decision"])),
        (_("Region"), lambda row: row["region"]),
        (_("Rubric edition"), lambda row: row["edition"]["name"]),
        (_("Objections until"), lambda row: row["until"]),
    ]
    return Sheet("announcements", title, columns, rows)


def register_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    columns: Columns = [
        (_("Number"), lambda row: row["number"]),
        (_("Centre"), lambda row: row["centre"]),
        (_("Region"), lambda row: row["region"]),
        (_("Grade"), lambda row: _grade(row["grade"])),
        (_("Score"), lambda row: row["score"]),
        (_("Rubric edition"), lambda row: row["edition"]),
        (_("Issued on"), lambda row: row["issued_on"]),
        (_("Valid until"), lambda row: row["valid_until"]),
        (_("State"), lambda row: row["words"]),
    ]
    return Sheet("certificates", title, columns, rows)


def reratings_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    """The cases drawn to be rated anew, draw after draw."""
    columns: Columns = [
        (_("Drawn on"), lambda row: timezone.localdate(row["draw"].drawn_at)),
        (_("Certificate"), lambda row: row["case"].certificate.number),
        (_("Centre"), lambda row: row["case"].assessment.centre.name),
        (_("Not by"), lambda row: "; ".join(map(said, row["case"].not_by))),
        (_("Commitment"), lambda row: row["draw"].body_commitment),
    ]
    return Sheet("reratings", title, columns, rows)


def effects_sheet(title: str, rows: Iterable[RowOf], *, old: str, new: str) -> Sheet[RowOf]:
    """The centres that another edition would change."""
    columns: Columns = [
        (_("Centre"), lambda row: row["name"]),
        (f"{_('Score')} {old}", lambda row: row["old"].score),
        (f"{_('Score')} {new}", lambda row: row["new"].score),
        (f"{_('Grade')} {old}", lambda row: _grade(row["old"].grade)),
        (f"{_('Grade')} {new}", lambda row: _grade(row["new"].grade)),
        (f"{_('Rank')} {old}", lambda row: row["old"].rank),
        (f"{_('Rank')} {new}", lambda row: row["new"].rank),
    ]
    return Sheet("effects", title, columns, rows)


def result_sheet(title: Text, pillars: Iterable[Node]) -> Sheet[Node]:
    """Pillars, dimensions and indicators below each other, as the tree has them."""
    columns: Columns = [
        (_("Code"), lambda node: node.code),
        (_("Indicator"), lambda node: node.title),
        (_("Outcome"), lambda node: _state(node.outcome.label)),
        (_("Reason"), _why),
        (_("Measured"), _measured),
        (_("Unit"), _unit),
        (_("Evidence grade"), _quality),
        (_("Points"), lambda node: node.published),
        (_("Weight"), lambda node: node.weight),
        (_("Share in percent"), lambda node: None if node.share is None else rounded(node.share * 100, 1)),
    ]
    return Sheet("result", title, columns, (node for pillar in pillars for node in pillar.walk()))


# --- the regulator's board --------------------------------------------------------------------------------------------


def provinces_sheet(lines: Sequence[ProvinceLine]) -> Sheet[ProvinceLine]:
    columns: Columns = [
        (_("Province"), lambda one: province_name(one.province)),
        (_("Centres"), lambda one: one.centres),
        (_("Reported"), lambda one: one.reported),
        (_("Not reported"), lambda one: one.centres - one.reported),
        (_("Came back"), lambda one: one.came_back),
        (_("Certificate ends"), lambda one: one.ends_soon),
        (_("Early warnings"), lambda one: one.warned),
    ]
    return Sheet("board", TITLE, columns, lines)


def standings_sheet(title: Text, standings: Sequence[Standing], table: OwnTable | None) -> Sheet[Standing]:
    """The centres of a province, with the reader's own columns at the end."""
    own: Columns = [(heading, _own_cell(at)) for at, heading in enumerate(table.columns if table else ())]
    columns: Columns = [
        (_("Centre"), lambda one: one.centre.name),
        (_("Identifier"), lambda one: one.centre.slug),
        (_("Province"), lambda one: province_name(one.centre.province)),
        (_("Assessment"), lambda one: _state(state_words(one.state)) if one.state else None),
        (_("Evidence until"), lambda one: one.month),
        (_("Last handed in"), lambda one: one.received_at),
        (_("Grade"), lambda one: _grade(one.grade)),
        (_("Score"), lambda one: one.score),
        (_("Certificate"), lambda one: one.certificate),
        (_("Valid until"), lambda one: one.valid_until),
        (_("What stands out"), _reasons),
        *own,
    ]
    return Sheet("centres", title, columns, standings)


def reasons_sheet(title: Text, reasons: Iterable[ReasonShown]) -> Sheet[ReasonShown]:
    """Why a centre stands out."""
    columns: Columns = [
        (_("What"), lambda one: _state(one.words)),
        (_("Reason"), lambda one: _(": ").join(filter(None, (_state(one.reason.said), one.reason.words)))),
        (_("Source"), lambda one: _state(one.reason.source)),
    ]
    return Sheet("reasons", title, columns, reasons)


def reminders_sheet(title: Text, reminders: Iterable[Reminder]) -> Sheet[Reminder]:
    columns: Columns = [
        (_("When"), lambda one: one.sent_at),
        (_("Who"), lambda one: one.sent_by.name),
        (_("Reminder"), lambda one: one.text),
        (_("Noted"), lambda one: one.noted_at),
        (f"{_('Noted')}{_(': ')}{_('Who')}", lambda one: one.noted_by.name if one.noted_by else None),
    ]
    return Sheet("reminders", title, columns, reminders)


# --- inside a case ----------------------------------------------------------------------------------------------------


def work_sheet(title: str, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    """One's own centres with what waits there."""
    columns: Columns = [
        (_("Centre"), lambda row: row["name"]),
        (_("Assessment"), lambda row: _state(row["state"])),
        (_("To do"), lambda row: _state(row["task"])),
    ]
    return Sheet("my-work", title, columns, rows)


def disputes_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    columns: Columns = [
        (_("What is wrong"), lambda row: row["item"].statement),
        (_("Kind"), lambda row: _state(row["kind"])),
        (_("Centre"), lambda row: row["centre"]),
        (_("State"), lambda row: _state(row["state"])),
        (_("Lodged on"), lambda row: row["item"].lodged_at),
    ]
    return Sheet("disputes", title, columns, rows)


def findings_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    columns: Columns = [
        (_("Indicator"), lambda row: row["item"].node),
        (_("What was found"), lambda row: row["item"].statement),
        (_("Severity"), lambda row: _state(row["severity"])),
        (_("State"), lambda row: _state(row["state"])),
        (_("To be corrected by"), lambda row: None if row["over"] else row["item"].due_on),
    ]
    return Sheet("findings", title, columns, rows)


def history_sheet(title: Text, entries: Iterable[Happened]) -> Sheet[Happened]:
    columns: Columns = [
        (_("When"), lambda one: one.at),
        (_("Act"), lambda one: _state(one.words)),
        (_("Whom"), lambda one: one.whom),
        (_("Who"), lambda one: one.who),
        (_("Reason"), lambda one: one.reason),
        (_("Entry"), lambda one: one.sequence),
        (_("Digest"), lambda one: one.hash),
    ]
    return Sheet("history", title, columns, entries)


def samples_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    columns: Columns = [
        (_("What is drawn"), lambda row: _state(row["of"])),
        (_("Share in percent"), lambda row: Decimal(row["percent"])),
        (_("State"), lambda row: _state(row["state"])),
        (_("Asked on"), lambda row: row["item"].asked_at),
    ]
    return Sheet("samples", title, columns, rows)


def drawn_sheet(of: Text, names: Sequence[str]) -> Sheet[tuple[int, str]]:
    """What is looked for on site, in the order of the draw, with room to write."""
    columns: Columns = [
        (_("Number"), lambda line: line[0]),
        (capfirst(said(of)), lambda line: line[1]),
        (_("Found"), lambda line: None),
        (_("Place and note"), lambda line: None),
    ]
    return Sheet("sample", of, columns, enumerate(names, start=1))


def visits_sheet(title: Text, visits: Iterable[SiteVisit]) -> Sheet[SiteVisit]:
    columns: Columns = [
        (_("Place"), lambda visit: visit.place),
        (_("First day"), lambda visit: visit.begins_on),
        (_("Last day"), lambda visit: visit.ends_on),
        (_("State"), lambda visit: _("Closed") if visit.closed_at else _("Not closed")),
    ]
    return Sheet("visits", title, columns, visits)


def declarations_sheet(title: Text, declarations: Iterable[Declaration]) -> Sheet[Declaration]:
    columns: Columns = [
        (_("When"), lambda one: one.declared_on),
        (_("Conflict of interest"), lambda one: _("there is one") if one.conflict else _("none")),
        (_("Valid until"), lambda one: one.valid_until),
        (_("Statement"), lambda one: one.statement),
    ]
    return Sheet("interests", title, columns, declarations)


def desk_sheet(title: Text, pillars: Iterable[RowOf]) -> Sheet[tuple[Node, Row]]:
    """The work list of the desk, by pillar."""
    columns: Columns = [
        (_("Pillar"), lambda line: line[0].title),
        (_("Code"), lambda line: line[1].item.code),
        (_("Indicator"), lambda line: line[1].item.indicator.title),
        (_("Value"), lambda line: line[1].item.node.inputs.value if line[1].item.node.inputs else None),
        (_("Unit"), lambda line: _unit(line[1].item.node)),
        (_("Points"), lambda line: line[1].item.node.published),
        (_("Evidence grade"), lambda line: _quality(line[1].item.node)),
        (_("Flags"), lambda line: len(line[1].item.flags)),
        (_("State"), lambda line: _state(line[1].words)),
    ]
    return Sheet("desk", title, columns, ((one["group"].pillar, row) for one in pillars for row in one["rows"]))


def agreement_sheet(title: Text, rows: Iterable[RowOf]) -> Sheet[RowOf]:
    """What the two raters came to, indicator by indicator."""
    columns: Columns = [
        (_("Code"), lambda row: row["item"].code),
        (_("Indicator"), lambda row: row["item"].indicator.title),
        (_("First rating"), lambda row: row["words"]["first"]),
        (f"{_('First rating')}{_(': ')}{_('Who')}", lambda row: row["first"].person.name),
        (_("Second rating"), lambda row: row["words"]["second"]),
        (f"{_('Second rating')}{_(': ')}{_('Who')}", lambda row: row["second"].person.name),
        (_("State"), _agreed),
    ]
    return Sheet("agreement", title, columns, rows)


# --- the centre's desk ------------------------------------------------------------------------------------------------


def tasks_sheet(title: Text, pillars: Iterable[RowOf]) -> Sheet[tuple[Node, RowOf]]:
    columns: Columns = [
        (_("Pillar"), lambda line: line[0].title),
        (_("Code"), lambda line: line[1]["node"].code),
        (_("Indicator"), lambda line: line[1]["node"].title),
        (_("State"), lambda line: _state(line[1]["sign"].words)),
        (_("What is missing"), lambda line: line[1]["months"]),
        (_("Reason"), lambda line: line[1]["reason"]),
        (_("Why it matters"), lambda line: _state(line[1]["stake"])),
        (_("Files that would do"), _formats),
    ]
    return Sheet("tasks", title, columns, ((pillar["node"], task) for pillar in pillars for task in pillar["tasks"]))


def months_sheet(title: Text, months: Sequence[str], rows: Iterable[RowOf]) -> Sheet[RowOf]:
    """Rows read by kind and month; 0 where a month is missing, nothing where there may be none."""
    cells: Columns = [(month, _rows_read_in(at)) for at, month in enumerate(months)]
    columns: Columns = [(_("Kind"), lambda row: row["title"]), *cells]
    return Sheet("months", title, columns, rows)


# --- cells ------------------------------------------------------------------------------------------------------------


def _state(words: Text | None) -> str | None:
    return capfirst(said(words)) if words else None


def _grade(grade: str | None) -> Text | None:
    return grade_words(grade) if grade else None


def _measured(node: Node) -> Decimal | None:
    """With the decimals its unit is published with, as the page shows it."""
    if node.inputs is None or node.inputs.value is None:
        return None
    return Decimal(figure_words(node.inputs.value, node.inputs.unit))


def _unit(node: Node) -> str | None:
    return unit_word(node.inputs.unit) if node.inputs else None


def _quality(node: Node) -> str | None:
    return node.inputs.quality.value if node.inputs and node.inputs.quality else None


def _why(node: Node) -> Text | None:
    reason = node.reason or (node.inputs.reason if node.inputs else None)
    return reason.message if reason else None


def _reasons(one: Standing) -> str:
    return _("; ").join(f"{said(SIGNS[reason.sign][0])}{_(': ')}{said(reason.said)}" for reason in one.reasons)


def _agreed(row: RowOf) -> str:
    if row["adjudicated"]:
        return f"{_('adjudicated')}{_(': ')}{said(row['adjudicated'])}"
    return _("alike") if row["settled"] else _("to adjudicate")


def _formats(line: tuple[Node, RowOf]) -> str:
    return _("; ").join(said(one.title) for one in (*line[1]["formats"], *line[1]["more_formats"]))


def _rows_read_in(at: int) -> Callable[[RowOf], int | None]:
    def rows_read(row: RowOf) -> int | None:
        cell = row["cells"][at]
        return cell["cell"].rows or (0 if cell["missing"] else None)

    return rows_read


def _points_of_pillar(at: int) -> Callable[[RowOf], Decimal | None]:
    return lambda row: row["pillars"][at].published


def _own_cell(at: int) -> Callable[[Standing], str | None]:
    return lambda one: one.cells[at] if at < len(one.cells) else None
