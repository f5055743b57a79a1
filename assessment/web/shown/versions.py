"""What changed between two versions of a file, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

import pyarrow as pa
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assessment.scoring.explain.evidence_effect import EvidenceEffect
from assessment.services.results.version_changes import VersionChanges
from assessment.web.shown.difference import DifferenceShown, difference_words
from core.canonical import jsonable
from core.errors import InputError
from core.quantity import shortest
from core.text import Text
from core.units import with_unit
from core.workbook import Cell
from evidence.models import Evidence
from evidence.observations.row_difference import RowDifference
from indicators.measures.base import Measurement

LISTED_ROWS = 20
MOST_IN_A_SHEET = 5_000  # lines: some seconds; more are a matter of the command line


@dataclass(frozen=True, slots=True)
class Place:
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row: what it is known by, what differs, and where it stands in either version."""

    sign: str  # changed | added | removed
    names: str
    columns: tuple[tuple[str, str, str], ...]  # name, before, after
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class LineShown:
    """One cell of a row that changed, or a row that came or went, as a workbook holds them."""

    sign: str  # changed | added | removed
    names: str
    column: str = ""
    before: Cell = None
    after: Cell = None
    place_before: str = ""
    place_after: str = ""


@dataclass(frozen=True, slots=True)
class KindShown:
    title: Text
    name: str
    unchanged: int
    changed: int
    added: int
    removed: int
    columns: Mapping[str, int]
    rows: tuple[RowShown, ...]
    is_cut: bool
    no_sheet: InputError | None


@dataclass(frozen=True, slots=True)
class MeasureShown:
    title: Text
    name: str
    before: Text
    after: Text


def kinds_shown(changes: VersionChanges) -> list[KindShown]:
    return [_kind(one, changes) for one in changes.rows]


def lines_shown(found: RowDifference) -> Iterator[LineShown]:
    """All rows of a kind that differ.

    Raises:
        InputError: `too_many_lines` for a workbook somebody waits for.
    """
    if (refusal := _no_sheet(found)) is not None:
        raise refusal
    rows = found.as_json(limit=MOST_IN_A_SHEET)["rows"]
    return chain(
        (line for one in rows["changed"] for line in _lines(one, found)),
        (LineShown("added", _known_by(one, found), place_after=_at(one)) for one in rows["added"]),
        (LineShown("removed", _known_by(one, found), place_before=_at(one)) for one in rows["removed"]),
    )


def _no_sheet(found: RowDifference) -> InputError | None:
    """Why the rows come as no workbook, in which one that changed is a line for each column that did."""
    lines = found.added.num_rows + found.removed.num_rows + sum(found.columns.values())
    if lines <= MOST_IN_A_SHEET:
        return None
    return InputError(
        "too_many_lines",
        Text(
            zh=f"差异共 {lines} 行，超过 {MOST_IN_A_SHEET} 行，不提供工作簿。",
            en=f"{lines} lines differ; more than {MOST_IN_A_SHEET} do not come as a workbook.",
        ),
        hint=Text(zh="请下载两个文件，用 zhiheng changes 比较。", en="Download both files and use zhiheng changes."),
    )


def _lines(row: Mapping[str, Any], found: RowDifference) -> Iterator[LineShown]:
    """A row that changed, column by column."""
    types = {column.name: column.type for column in found.kind.own_columns}
    for name, (before, after) in row["columns"].items():
        is_figure = pa.types.is_decimal(types[name]) or pa.types.is_integer(types[name])
        yield LineShown(
            "changed",
            _names(row["identity"]),
            column=name,
            before=_cell(before, is_figure=is_figure),
            after=_cell(after, is_figure=is_figure),
            place_before=_at(row["before"]),
            place_after=_at(row["after"]),
        )


def _cell(value: Any, *, is_figure: bool) -> Cell:
    """A figure as such, everything else in words."""
    if value is None:
        return None
    return Decimal(str(value)) if is_figure else _word(value)


def measures_shown(effect: EvidenceEffect) -> list[MeasureShown]:
    return [
        MeasureShown(one.title, one.after.measure, _measured(one.before), _measured(one.after))
        for one in effect.measures
    ]


def effect_difference(effect: EvidenceEffect) -> DifferenceShown | None:
    if effect.difference is None:
        return None
    return difference_words(
        effect.difference, _("%(change)s points through the newer version (%(before)s → %(after)s)")
    )


def _kind(found: RowDifference, changes: VersionChanges) -> KindShown:
    listed = found.as_json(limit=LISTED_ROWS)["rows"]
    rows = [
        *(
            RowShown(
                "changed",
                _names(one["identity"]),
                tuple((name, _word(old), _word(new)) for name, (old, new) in one["columns"].items()),
                _place(changes.older, one["before"]),
                _place(changes.newer, one["after"]),
            )
            for one in listed["changed"]
        ),
        *(RowShown("added", _known_by(one, found), (), None, _place(changes.newer, one)) for one in listed["added"]),
        *(
            RowShown("removed", _known_by(one, found), (), _place(changes.older, one), None)
            for one in listed["removed"]
        ),
    ]
    return KindShown(
        title=found.kind.title,
        name=found.kind.name,
        unchanged=found.unchanged,
        changed=found.after.num_rows,
        added=found.added.num_rows,
        removed=found.removed.num_rows,
        columns=found.columns,
        rows=tuple(rows),
        is_cut=len(rows) < _differing(found),
        no_sheet=_no_sheet(found),
    )


def _differing(found: RowDifference) -> int:
    return int(found.after.num_rows + found.added.num_rows + found.removed.num_rows)


def _known_by(row: Mapping[str, Any], found: RowDifference) -> str:
    names = found.kind.identity or tuple(column.name for column in found.kind.own_columns)
    return _names({name: row[name] for name in names if name in row})


def _names(identity: Mapping[str, Any]) -> str:
    return " · ".join(_word(value) for value in identity.values() if value is not None)


def _word(value: Any) -> str:
    return "–" if value is None else str(jsonable(value))


def _at(row: Mapping[str, Any]) -> str:
    return str(row.get("cell") or row["line"])


def _place(item: Evidence, row: Mapping[str, Any]) -> Place:
    where = "cell" if row.get("cell") else "line"
    address = reverse("evidence:evidence", args=[item.pk])
    return Place(_at(row), f"{address}?{urlencode({where: row[where]})}#lines")


def _measured(one: Measurement) -> Text:
    if one.value is None:
        return one.reason.message if one.reason else one.outcome.label
    said = with_unit(shortest(one.value), one.unit)
    if one.quality is None:
        return said
    grade = one.quality.value
    return Text(zh=f"{said.zh}（证据等级 {grade}）", en=f"{said.en} (evidence grade {grade})")
