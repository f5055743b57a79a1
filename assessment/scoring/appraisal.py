"""One indicator of one facility: from its measurement to points and an outcome, before the missing policy speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.conditions import holds
from assessment.scoring.curves import NotOnTheScale, points_of
from assessment.scoring.digits import stored
from core.outcome import Outcome, Reason
from core.quantity import plain, shortest
from core.text import Text
from indicators.measures.base import Input, Measurement
from indicators.rubric.curve import Checklist, Curve
from indicators.rubric.model import Edition, Indicator, MeasureDeclaration


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What one measurement is worth.

    Args:
        points: None unless the outcome is `scored` (display indicators without curve: None too).
        applied: how the points came about: points of the curve, caps, the alternative chosen.
        by_rule: not applicable by a rule of the rubric, rather than by an assessor's approval.
    """

    outcome: Outcome
    points: Fraction | None = None
    measurement: Measurement | None = None
    reason: Reason | None = None
    applied: Mapping[str, Any] = field(default_factory=dict)
    by_rule: bool = False


def appraise(
    indicator: Indicator, *, edition: Edition, profile: Mapping[str, Any], measurements: Mapping[str, Measurement]
) -> Appraisal:
    """Apply rule of applicability, curve, evidence caps, and the better of two alternatives."""
    condition = indicator.applies_when
    if condition is not None and holds(condition, profile=profile, measurements=measurements) is False:
        own = measurements.get(indicator.measure)
        return Appraisal(Outcome.NOT_APPLICABLE, measurement=own, reason=_BY_RULE, by_rule=True)
    main = _of_measure(indicator, indicator.measure, indicator.curve, edition, measurements)
    if not indicator.alternatives:
        return main
    return _better(indicator, main, edition, measurements)


def _better(
    indicator: Indicator, main: Appraisal, edition: Edition, measurements: Mapping[str, Measurement]
) -> Appraisal:
    """The better-scored of indicator and alternatives; all of them are listed in `applied`."""
    candidates = [(indicator.code, main)] + [
        (other.code, _of_measure(indicator, other.measure, other.curve, edition, measurements))
        for other in indicator.alternatives
    ]
    scored = [(code, one) for code, one in candidates if one.points is not None]
    code, chosen = max(scored, key=lambda pair: pair[1].points or Fraction(0)) if scored else candidates[0]
    listed = [
        {
            "code": each,
            "outcome": one.outcome.value,
            "value": plain(one.measurement.value) if one.measurement and one.measurement.value is not None else None,
            "points": plain(stored(one.points)) if one.points is not None else None,
        }
        for each, one in candidates
    ]
    return Appraisal(
        outcome=chosen.outcome,
        points=chosen.points,
        measurement=chosen.measurement,
        reason=chosen.reason,
        applied={**chosen.applied, "chosen": code, "candidates": listed},
        by_rule=chosen.by_rule,
    )


def _of_measure(
    indicator: Indicator,
    measure: str,
    curve: Curve | None,
    edition: Edition,
    measurements: Mapping[str, Measurement],
) -> Appraisal:
    declared = edition.measures[measure]
    measurement = measurements.get(measure) or _from_items(declared, curve, measurements)
    if measurement is None:
        return Appraisal(Outcome.NO_EVIDENCE, reason=_NO_EVIDENCE)
    if measurement.outcome is not Outcome.SCORED or measurement.value is None:
        by_rule = bool(measurement.reason and measurement.reason.code in indicator.not_applicable_reasons)
        return Appraisal(measurement.outcome, measurement=measurement, reason=measurement.reason, by_rule=by_rule)
    if (fault := _impossible(measurement, declared)) is not None:
        return Appraisal(Outcome.INVALID, measurement=measurement, reason=fault)
    if curve is None:
        return Appraisal(Outcome.SCORED, measurement=measurement)
    items = items_of(measurement, measurements)
    try:
        points = points_of(curve, measurement.value, items=items, highest=edition.highest_points)
    except NotOnTheScale as error:
        return Appraisal(Outcome.INVALID, measurement=measurement, reason=Reason("not_on_the_scale", error.message))
    return _capped(points, measurement, edition)


def _capped(points: Fraction, measurement: Measurement, edition: Edition) -> Appraisal:
    """Evidence grade and place of measurement cap the points."""
    caps: dict[str, Decimal] = {}
    if measurement.quality is not None and measurement.quality in edition.quality_caps:
        caps["quality_cap"] = edition.quality_caps[measurement.quality]
    if measurement.cap is not None:
        caps["evidence_cap"] = measurement.cap
    allowed = min((Fraction(cap) for cap in caps.values()), default=points)
    applied = {"curve_points": plain(stored(points))} | {name: plain(cap) for name, cap in caps.items()}
    return Appraisal(
        Outcome.SCORED,
        points=max(Fraction(0), min(points, allowed)),
        measurement=measurement,
        applied=applied,
    )


def items_of(measurement: Measurement, measurements: Mapping[str, Measurement]) -> dict[str, Decimal]:
    """The items behind a measurement: its inputs by name, and facts named `measure.item`."""
    items = {one.name: one.value for one in measurement.inputs}
    prefix = f"{measurement.measure}."
    for name, other in measurements.items():
        if name.startswith(prefix) and other.value is not None:
            items[name.removeprefix(prefix)] = other.value
    return items


def _from_items(
    declared: MeasureDeclaration, curve: Curve | None, measurements: Mapping[str, Measurement]
) -> Measurement | None:
    """A checklist whose items alone were handed in is the count of the items met."""
    if not isinstance(curve, Checklist):
        return None
    given = [
        Input(item.id, item.title, found.value, "1")
        for item in curve.items
        if (found := measurements.get(f"{declared.name}.{item.id}")) is not None and found.value is not None
    ]
    if not given:
        return None
    met = sum((one.value for one in given), Decimal(0))
    return Measurement(declared.name, Outcome.SCORED, unit=declared.unit, value=met, inputs=tuple(given))


def _impossible(measurement: Measurement, declared: MeasureDeclaration) -> Reason | None:
    value = measurement.value
    if measurement.unit and measurement.unit != declared.unit:
        return Reason(
            "unit_mismatch",
            Text(
                zh=f"单位为“{measurement.unit}”，应为“{declared.unit}”。",
                en=f"The unit is “{measurement.unit}”; “{declared.unit}” is expected.",
            ),
        )
    too_low = value is not None and declared.lowest is not None and value < declared.lowest
    too_high = value is not None and declared.highest is not None and value > declared.highest
    if value is None or not (too_low or too_high):
        return None
    low, high = (
        shortest(bound) if bound is not None else sign
        for bound, sign in ((declared.lowest, "−∞"), (declared.highest, "∞"))
    )
    return Reason(
        "out_of_range",
        Text(
            zh=f"{shortest(value)} 不在可能的范围 {low} 到 {high} 之内。",
            en=f"{shortest(value)} lies outside what is possible, {low} to {high}.",
        ),
    )


_NO_EVIDENCE = Reason("no_evidence", Text(zh="没有提交相应证据。", en="No evidence was handed in."))
_BY_RULE = Reason(
    "not_applicable_by_rule",
    Text(zh="按评价细则，此指标在这里不适用。", en="By a rule of the rubric this indicator does not apply here."),
)
