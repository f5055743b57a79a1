"""What other values would give: the fields a person may change, and the facility with them changed.

Nothing is decided or kept; the facility is scored again by the engine that scored it, from the same evidence grades
and caps. A value given for an indicator without evidence stands for evidence of the best grade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from assessment.scoring.appraisal import items_of
from assessment.scoring.explain.situation import Situation
from assessment.scoring.result import Node, Result
from assessment.scoring.validity import impossible
from core.errors import InputError
from core.outcome import Outcome, Quality
from core.provenance import Where
from core.quantity import read_number, shortest
from core.suggestion import meant
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.curve import Bands, Boolean, Checklist, Curve, Judged, Linear
from indicators.rubric.model import Indicator

_STEPS = 100  # of a slider, at least


class FieldKind(StrEnum):
    NUMBER = "number"
    CHOICE = "choice"  # yes or no, or a level
    ITEM = "item"  # of a checklist: met or not


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to try.

    Args:
        name: the code of the indicator; of an item `code.item`.
        code: of the indicator it belongs to.
        value: as measured; None where nothing was.
        low, high, step: of a slider; the curve does not change beyond them. Any possible value may be given.
        choices: values and their names.
    """

    name: str
    code: str
    title: Text
    measure: str
    unit: str
    kind: FieldKind
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None
    choices: tuple[tuple[Decimal, Text], ...] = ()


def fields_of(situation: Situation, result: Result) -> tuple[Field, ...]:
    """Every indicator of the facility's tree that applies and has a curve over values, in the order of the tree.

    Args:
        result: of the situation.
    """
    rules = {node.code: node for node in situation.edition.root.walk()}
    return tuple(
        field
        for node in result.root.walk()
        if isinstance(rule := rules[node.code], Indicator) and not rule.display
        for field in _fields(node, rule, situation)
    )


def tried(situation: Situation, fields: tuple[Field, ...], given: Mapping[str, str]) -> tuple[Situation, list[Field]]:
    """The facility with the given values, and the fields that differ from what was measured; empty ones are left.

    Raises:
        InputError: `unknown_field`, `not_a_number`, `not_a_choice`, `out_of_range` of what the rubric says is possible,
            naming the field.
    """
    known = {field.name: field for field in fields}
    changed: list[Field] = []
    measurements = dict(situation.measurements)
    for name, text in given.items():
        if name not in known:
            raise InputError(
                "unknown_field", _UNKNOWN, where=Where(field=name[:60]), hint=meant(name[:60], known, otherwise=_FIELDS)
            )
        field, value = known[name], _value(known[name], text)
        if value is None or value == field.value:
            continue
        _possible(field, value, situation)
        changed.append(replace(field, value=value))
        _set(measurements, field, value)
    return situation.measuring(measurements), changed


def _possible(field: Field, value: Decimal, situation: Situation) -> None:
    """What could never be measured would be scored as invalid, which nobody wants to try."""
    if field.kind is not FieldKind.NUMBER:
        return
    given = Measurement(field.measure, Outcome.SCORED, unit=field.unit, value=value)
    if (reason := impossible(given, situation.edition.measures[field.measure])) is not None:
        said = Text(zh=f"{field.name}：{reason.message.zh}", en=f"{field.name}: {reason.message.en}")
        raise InputError(reason.code, said, where=Where(field=field.name), hint=_IMPOSSIBLE)


def _set(measurements: dict[str, Measurement], field: Field, value: Decimal) -> None:
    present = measurements.get(field.measure)
    usable = present is not None and present.outcome is Outcome.SCORED
    if field.kind is FieldKind.ITEM:
        if not usable:
            measurements.pop(field.measure, None)
        item = f"{field.measure}.{field.name.removeprefix(field.code + '.')}"
        measurements[item] = Measurement(item, Outcome.SCORED, value=value)
    elif present is not None and usable:
        measurements[field.measure] = replace(present, value=value)
    else:
        measurements[field.measure] = Measurement(
            field.measure, Outcome.SCORED, unit=field.unit, value=value, quality=Quality.A
        )


def _fields(node: Node, rule: Indicator, situation: Situation) -> Iterator[Field]:
    measure = node.inputs.measure if node.inputs else rule.measure
    curve = next((curve for name, curve in rule.curves if name == measure), rule.curve)
    declared = situation.edition.measures[measure]
    if curve is None or declared.formula is not None or node.outcome is Outcome.NOT_APPLICABLE:
        return
    measured = node.inputs if node.outcome is Outcome.SCORED else None
    value = measured.value if measured else None
    base = Field(node.code, node.code, node.title, measure, declared.unit, FieldKind.NUMBER, value)
    match curve:
        case Linear() | Bands():
            low, high = _ends(curve, value, declared.lowest, declared.highest)
            yield replace(base, low=low, high=high, step=_step(low, high))
        case Boolean():
            yield replace(base, kind=FieldKind.CHOICE, choices=((Decimal(1), _YES), (Decimal(0), _NO)))
        case Judged(levels=levels):
            yield replace(base, kind=FieldKind.CHOICE, choices=tuple((one.level, one.title) for one in levels))
        case Checklist(items=items):
            met = items_of(measured, situation.measurements) if measured else {}
            for item in items:
                name = f"{node.code}.{item.id}"
                yield replace(base, name=name, title=item.title, kind=FieldKind.ITEM, value=met.get(item.id))
        case _:
            return


def _ends(
    curve: Curve, value: Decimal | None, lowest: Decimal | None, highest: Decimal | None
) -> tuple[Decimal, Decimal]:
    """Where the curve begins and ends, and the measured value, within what is possible."""
    if isinstance(curve, Linear):
        known = [anchor.value for anchor in curve.anchors]
    elif isinstance(curve, Bands):
        known = [end for band in curve.bands for end in (band.start, band.end) if end is not None]
    else:
        known = []
    known = known or [Decimal(0), Decimal(1)]
    low, high = min(known), max(known)
    if isinstance(curve, Bands) or low == high:  # the outer bands lie beyond the lines
        low, high = low - (abs(low) or Decimal(1)) / 2, high + (abs(high) or Decimal(1)) / 2
    if lowest is not None:
        low = max(low, lowest)
    if highest is not None:
        high = min(high, highest)
    if value is not None:
        low, high = min(low, value), max(high, value)
    return low, high


def _step(low: Decimal, high: Decimal) -> Decimal:
    """A round step of which the slider has a hundred to a thousand."""
    width = (high - low) / _STEPS
    return Decimal(1).scaleb(width.adjusted()) if width else Decimal(1)


def _value(field: Field, text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = read_number(text)
    except InputError as error:
        said = Text(zh=f"{field.name}：{error.message.zh}", en=f"{field.name}: {error.message.en}")
        raise error.retold(message=said, where=Where(field=field.name)) from error
    possible = [Decimal(0), Decimal(1)] if field.kind is FieldKind.ITEM else [one for one, _ in field.choices]
    if field.kind is not FieldKind.NUMBER and value not in possible:
        listed = ", ".join(shortest(one) for one in possible)
        hint = _POSSIBLE.filled(listed=listed)
        raise InputError("not_a_choice", _CHOICE.filled(field=field.name), where=Where(field=field.name), hint=hint)
    return value


_YES, _NO = Text(zh="是", en="yes"), Text(zh="否", en="no")
_UNKNOWN = Text(zh="没有这一项可试算。", en="There is no such field to try.")
_FIELDS = Text(zh="可试算的项见该地址的 GET 回答。", en="A GET of this address lists the fields.")
_POSSIBLE = Text(zh="可选值：{listed}。", en="One of: {listed}.")
_IMPOSSIBLE = Text(
    zh="量表规定了该数值可能的范围；请填写其中的值。",
    en="The rubric says what this figure can be: stay within.",
)
_CHOICE = Text(zh="{field}：请选择所列的值之一。", en="{field}: choose one of the listed values.")
