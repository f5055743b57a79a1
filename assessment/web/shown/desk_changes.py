"""What changed, as the desk shows it: by rulings, since the last round of the case, since the centre's last case."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessment.desk_selectors import Item, measured_result
from assessment.difference_selectors import difference_between, previous_result
from assessment.models import Act, Assessment, StoredResult
from assessment.scoring.result import Node
from assessment.scoring.rulings import Ruled, Ruling
from assessment.services.desk.rating_words import verdict_words
from assessment.services.evaluation.conclude import effect_of, rulings_at
from assessment.web.shown.desk import address_of, node_in
from assessment.web.shown.difference import DifferenceShown, difference_words
from core.quantity import shortest
from core.text import Text


@dataclass(frozen=True, slots=True)
class RulingChange:
    """One indicator that is ruled on otherwise than in the round before."""

    code: str
    title: Text
    address: str
    before: Text
    after: Text


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One indicator whose figure or points differ from the centre's last case."""

    code: str
    title: Text
    address: str
    before: Node | None
    after: Node
    change: Decimal | None


def changes_shown(case: Assessment, found: list[Item]) -> dict[str, Any]:
    """Empty parts where there is nothing to compare with; blind ratings that are not open count for nothing."""
    rulings = [ruling for one in found if (ruling := one.ruling) is not None]
    measured = measured_result(case)
    last_round = Act.objects.filter(assessment=case, act="evaluate").order_by("-pk").first()
    earlier = rulings_at(case, last_round.at) if last_round is not None else []
    previous = previous_result(measured, assessment=case, insider=True) if measured is not None else None
    return {
        "by_rulings": _effect(case, rulings, [], _("%(change)s points by the rulings (%(before)s → %(after)s)")),
        "changing": [one for one in rulings if one.ruled is not Ruled.ACCEPTED],
        "last_round": last_round,
        "since_round": _effect(
            case, rulings, earlier, _("%(change)s points since the last round (%(before)s → %(after)s)")
        )
        if last_round is not None
        else None,
        "ruled_otherwise": list(_ruled_otherwise(case, found, earlier, rulings)) if last_round is not None else [],
        "previous": previous,
        "since_year": _between(previous, measured),
        "figures": list(_figures(case, found, previous)),
    }


def _effect(case: Assessment, rulings: list[Ruling], since: list[Ruling], finding: str) -> DifferenceShown | None:
    found = effect_of(case, rulings, since=since)
    return difference_words(found, finding) if found is not None else None


def _between(previous: StoredResult | None, measured: StoredResult | None) -> DifferenceShown | None:
    found = difference_between(previous, measured) if previous is not None and measured is not None else None
    if found is None:
        return None
    return difference_words(found, _("%(change)s points since the last case (%(before)s → %(after)s)"))


def _ruled_otherwise(case: Assessment, found: list[Item], before: list[Ruling], after: list[Ruling]) -> Any:
    then, now = ({one.code: one for one in side} for side in (before, after))
    for item in found:
        old, new = then.get(item.code), now.get(item.code)
        if old != new:
            yield RulingChange(
                item.code, item.indicator.title, address_of(case, item.code), _ruling_words(old), _ruling_words(new)
            )


def _figures(case: Assessment, found: list[Item], previous: StoredResult | None) -> Any:
    if previous is None:
        return
    result = previous.result
    for item in found:
        before, after = node_in(result, item.code), item.node
        if before is not None and (before.published, _value(before)) == (after.published, _value(after)):
            continue
        both = before is not None and before.published is not None and after.published is not None
        change = after.published - before.published if both else None  # type: ignore[operator,union-attr]  # both have points
        yield FigureChange(item.code, item.indicator.title, address_of(case, item.code), before, after, change)


def _value(node: Node) -> Decimal | None:
    return node.inputs.value if node.inputs is not None else None


def _ruling_words(ruling: Ruling | None) -> Text:
    if ruling is None:
        return Text(zh="未评定", en="not settled")
    return verdict_words(ruling.ruled.value, None if ruling.level is None else shortest(ruling.level))
