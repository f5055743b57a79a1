"""What people ruled on single indicators, as measurements: a judged level, a figure not accepted, not applicable.

A figure that was accepted stays as it was measured, to the digit. Everything else takes the place of the measurement
behind the indicator, says so in its formula and reason, and keeps the rows it rests on; what was measured is kept with
the inputs of the result, so that it can be measured again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.outcome import Outcome, Reason
from core.text import Text
from indicators.measures.base import Input, Measurement
from indicators.rubric.model import Edition, Indicator


class Ruled(StrEnum):
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    NOT_APPLICABLE = "not_applicable"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds for one indicator.

    Args:
        code: of the indicator in its edition.
        level: of its scale, where it was judged.
        ground: for not applicable, one of the reasons the indicator declares; empty: `text` is the approved reason.
        text: the reason or rationale, as it was written.
    """

    code: str
    ruled: Ruled
    level: Decimal | None = None
    ground: str = ""
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        level = None if self.level is None else str(self.level)
        return {"ruled": self.ruled.value, "level": level, "ground": self.ground, "text": self.text}


# Where the inputs of a result keep the rulings and what was measured in their place.
SOURCE = "rulings"


def ruled_measurements(
    edition: Edition, measurements: Mapping[str, Measurement], rulings: Iterable[Ruling]
) -> dict[str, Measurement]:
    """The measurements as they count once these rulings hold.

    A measure that two indicators of the edition share is ruled on for both; of two rulings the later code holds.

    Raises:
        KeyError: a ruling on a code that is no indicator of the edition.
    """
    indicators = {one.code: one for one in edition.indicators}
    changed = dict(measurements)
    for ruling in sorted(rulings, key=lambda one: one.code):
        for measure in _touched(indicators[ruling.code], ruling, measurements):
            unit = edition.measures[measure].unit
            before = measurements.get(measure) or Measurement(measure, Outcome.NO_EVIDENCE, unit=unit, reason=_NONE)
            changed[measure] = _ruled(before, ruling, unit=unit)
    return changed


def rulings_source(
    edition: Edition, measurements: Mapping[str, Measurement], rulings: Iterable[Ruling]
) -> dict[str, Any]:
    """What `sources` say of rulings: each with the measurements it took the place of; empty where all were accepted."""
    indicators = {one.code: one for one in edition.indicators}
    found = {}
    for ruling in rulings:
        touched = _touched(indicators[ruling.code], ruling, measurements)
        measured = {name: one.as_json() if (one := measurements.get(name)) else None for name in touched}
        if touched:
            found[ruling.code] = ruling.as_json() | {"measured": measured}
    return {SOURCE: found} if found else {}


def as_measured(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The measurements of a result's inputs as they were before anybody ruled on them, as JSON by measure."""
    measured = dict(inputs["measurements"])
    for ruling in inputs["sources"].get(SOURCE, {}).values():
        for name, before in ruling["measured"].items():
            if before is None:
                measured.pop(name, None)
            else:
                measured[name] = before
    return measured


def _touched(indicator: Indicator, ruling: Ruling, measurements: Mapping[str, Measurement]) -> tuple[str, ...]:
    """The measures a ruling speaks of: the level replaces the main one, a dispute whatever has a value."""
    match ruling.ruled:
        case Ruled.ACCEPTED:
            return ()
        case Ruled.JUDGED:
            return (indicator.measure,)
        case Ruled.NOT_APPLICABLE:
            return indicator.measures
    valued = tuple(
        name for name in indicator.measures if (one := measurements.get(name)) is not None and one.value is not None
    )
    return valued or (indicator.measure,)


def _ruled(before: Measurement, ruling: Ruling, *, unit: str) -> Measurement:
    match ruling.ruled:
        case Ruled.JUDGED:
            claimed = () if before.value is None else (Input("claimed", _CLAIMED, before.value, unit),)
            return replace(
                before, outcome=Outcome.SCORED, unit=unit, value=ruling.level, reason=None, quality=None, cap=None,
                error=None, formula="judged by assessors", inputs=claimed, notes=(_said("judged", _JUDGED, ruling),),
            )  # fmt: skip
        case Ruled.NOT_APPLICABLE:
            reason = _said(ruling.ground or "not_applicable_approved", _NOT_APPLICABLE, ruling)
            return replace(before, outcome=Outcome.NOT_APPLICABLE, value=None, error=None, reason=reason)
    return replace(before, outcome=Outcome.INVALID, value=None, error=None, reason=_said("disputed", _DISPUTED, ruling))


def _said(code: str, words: Text, ruling: Ruling) -> Reason:
    text = ruling.text.strip() or ruling.ground
    return Reason(code, Text(zh=f"{words.zh}{text}", en=f"{words.en}{text}"))


_CLAIMED = Text(zh="申报的等级", en="Level the centre claims")
_NONE = Reason("no_evidence", Text(zh="没有提交相应证据。", en="No evidence was handed in."))
_JUDGED = Text(zh="审查员判定的理由：", en="The assessors' rationale: ")
_NOT_APPLICABLE = Text(zh="经审查判定不适用：", en="Found not applicable: ")
_DISPUTED = Text(zh="审查员不采信该数值：", en="The assessors do not accept this figure: ")
