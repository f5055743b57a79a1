"""What changed between two versions of a file, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assessment.scoring.explain.evidence_effect import EvidenceEffect
from assessment.services.version_changes import VersionChanges
from assessment.web.difference import DifferenceShown, difference_words
from core.canonical import jsonable
from core.quantity import shortest
from core.text import Text
from core.units import with_unit
from evidence.models import Evidence
from evidence.observations.row_difference import RowDifference
from indicators.measures.base import Measurement

LISTED_ROWS = 20


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


@dataclass(frozen=True, slots=True)
class MeasureShown:
    title: Text
    name: str
    before: Text
    after: Text


def kinds_shown(changes: VersionChanges) -> list[KindShown]:
    return [_kind(one, changes) for one in changes.rows]


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
        is_cut=len(rows) < found.after.num_rows + found.added.num_rows + found.removed.num_rows,
    )


def _known_by(row: Mapping[str, Any], found: RowDifference) -> str:
    names = found.kind.identity or tuple(column.name for column in found.kind.own_columns)
    return _names({name: row[name] for name in names if name in row})


def _names(identity: Mapping[str, Any]) -> str:
    return " · ".join(_word(value) for value in identity.values() if value is not None)


def _word(value: Any) -> str:
    return "–" if value is None else str(jsonable(value))


def _place(item: Evidence, row: Mapping[str, Any]) -> Place:
    where = "cell" if row.get("cell") else "line"
    address = reverse("evidence:evidence", args=[item.pk])
    return Place(str(row[where]), f"{address}?{urlencode({where: row[where]})}#lines")


def _measured(one: Measurement) -> Text:
    if one.value is None:
        return one.reason.message if one.reason else one.outcome.label
    said = with_unit(shortest(one.value), one.unit)
    if one.quality is None:
        return said
    grade = one.quality.value
    return Text(zh=f"{said.zh}（证据等级 {grade}）", en=f"{said.en} (evidence grade {grade})")
