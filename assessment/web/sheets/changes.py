"""What changed as workbooks: between two versions of a file, and on the desk."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from assessment.scoring.result import Node
from assessment.web.shown.desk_changes import FigureChange, RulingChange
from assessment.web.shown.versions import LineShown, MeasureShown
from core.text import Text
from evidence.models import Evidence
from operations.http.sheets import Columns, Sheet
from operations.templatetags.words import said, unit_word


def rows_sheet(title: Text, lines: Iterable[LineShown], *, older: Evidence, newer: Evidence) -> Sheet[LineShown]:
    """A row that came or went is one line, one that changed a line for each column that did."""
    signs = {"changed": _("changed"), "added": _("added"), "removed": _("removed")}
    place = _("Place in version %(number)s")
    columns: Columns = [
        (_("Row"), lambda one: one.names),
        (_("What"), lambda one: capfirst(signs[one.sign])),
        (_("Column"), lambda one: one.column),
        (_("Before"), lambda one: one.before),
        (_("Now"), lambda one: one.after),
        (place % {"number": older.version}, lambda one: one.place_before),
        (place % {"number": newer.version}, lambda one: one.place_after),
    ]
    return Sheet("rows", title, columns, lines)


def measures_sheet(title: Text, measures: Iterable[MeasureShown]) -> Sheet[MeasureShown]:
    columns: Columns = [
        (_("Measure"), lambda one: one.title),
        (_("Identifier"), lambda one: one.name),
        (_("Before"), lambda one: one.before),
        (_("Now"), lambda one: one.after),
    ]
    return Sheet("measures", title, columns, measures)


def rulings_sheet(title: Text, changes: Iterable[RulingChange]) -> Sheet[RulingChange]:
    """Since the last round of the case."""
    columns: Columns = [
        (_("Code"), lambda one: one.code),
        (_("Indicator"), lambda one: one.title),
        (_("Before"), lambda one: capfirst(said(one.before))),
        (_("Now"), lambda one: capfirst(said(one.after))),
    ]
    return Sheet("rulings", title, columns, changes)


def figures_sheet(title: Text, changes: Iterable[FigureChange]) -> Sheet[FigureChange]:
    """Since the centre's last case; where nothing was measured stands why."""
    points = _("Points")
    columns: Columns = [
        (_("Code"), lambda one: one.code),
        (_("Indicator"), lambda one: one.title),
        (_("Last case"), lambda one: _measured(one.before) if one.before else None),
        (_("Now"), lambda one: _measured(one.after)),
        (_("Unit"), lambda one: unit_word(one.after.inputs.unit) if one.after.inputs else None),
        (f"{points}{_(': ')}{_('Last case')}", lambda one: one.before.published if one.before else None),
        (f"{points}{_(': ')}{_('Now')}", lambda one: one.after.published),
    ]
    return Sheet("figures", title, columns, changes)


def _measured(node: Node) -> Decimal | Text:
    if node.inputs is None or node.inputs.value is None:
        return node.outcome.label
    return node.inputs.value
