"""The editions, and the tree of one, as workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.text import Text
from indicators.rubric.model import CentreClassRule
from indicators.web.shown import PillarShown, RowShown
from operations.http.sheets import Columns, Sheet
from operations.templatetags.words import said


def editions_sheet(title: Text, editions: Iterable[Mapping[str, Any]]) -> Sheet[Mapping[str, Any]]:
    columns: Columns = [
        (_("Edition"), lambda row: f"{row['edition'].rubric}/{row['edition'].edition}"),
        (_("State"), lambda row: capfirst(said(row["state"]))),
        (_("Published on"), lambda row: row["edition"].published_at),
        (_("Standing"), lambda row: row["edition"].standing),
        (_("Digest"), lambda row: row["edition"].digest),
    ]
    return Sheet("editions", title, columns, editions)


def life_sheet(title: Text, history: Iterable[Mapping[str, Any]]) -> Sheet[Mapping[str, Any]]:
    """What was done with an edition."""
    columns: Columns = [
        (_("When"), lambda row: row["act"].at),
        (_("Act"), lambda row: capfirst(said(row["words"]))),
        (_("Who"), lambda row: row["act"].person.name),
        (_("Reason"), lambda row: row["act"].reason),
        (_("Digest"), lambda row: row["act"].digest),
    ]
    return Sheet("edition", title, columns, history)


def rubric_sheet(
    title: str, pillars: Iterable[PillarShown], classes: Sequence[CentreClassRule]
) -> Sheet[tuple[PillarShown, RowShown]]:
    """Groups and indicators below each other, with the weight in each class of centre."""
    weights: Columns = [(said(rule.title), _weight_in(at)) for at, rule in enumerate(classes)]
    columns: Columns = [
        (_("Pillar"), lambda line: line[0].title),
        (_("Code"), lambda line: line[1].node.code),
        (_("Indicator"), lambda line: line[1].node.title),
        (_("Curve"), lambda line: line[1].curve.sentence if line[1].curve else None),
        (_("Minimum"), lambda line: _("; ").join(said(one) for one in line[1].minima)),
        (_("Missing evidence"), lambda line: line[1].missing),
        *weights,
    ]
    return Sheet("rubric", title, columns, ((pillar, row) for pillar in pillars for row in pillar.rows))


def _weight_in(at: int) -> Callable[[tuple[PillarShown, RowShown]], Decimal | None]:
    """The weight in one class; nothing where the node is not in it."""
    return lambda line: line[1].weights[at].figure
