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
from assessment.scoring.known import Known, ended_of, has_invalid, worth_of
from assessment.scoring.relative_points import relative_points
from assessment.scoring.samples import RELATIVE, Samples
from assessment.scoring.validity import impossible
from core.outcome import Outcome, Reason
from core.quantity import plain
from core.text import Text
from indicators.measures.base import Input, Measurement
from indicators.rubric.curve import ByFormula, Checklist, Curve
from indicators.rubric.model import Direction, Edition, Indicator, MeasureDeclaration


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


def appraise(indicator: Indicator, *, edition: Edition, known: Known, samples: Samples) -> Appraisal:
    """Apply rule of applicability, curve, evidence caps, and the better of two alternatives."""
    condition = indicator.applies_when
    if condition is not None and (holds(condition, profile=known.profile, measurements=known.measurements) is False):
        own = known.measurements.get(indicator.measure)
        return Appraisal(Outcome.NOT_APPLICABLE, measurement=own, reason=_BY_RULE, by_rule=True)
    bench = _Bench(indicator, edition, known, samples)
    main = bench.appraisal(indicator.code, indicator.measure, indicator.curve)
    return _better(bench, main) if indicator.alternatives else main


def _better(bench: _Bench, main: Appraisal) -> Appraisal:
    """The better-scored of indicator and alternatives; all of them are listed in `applied`."""
    candidates = [(bench.indicator.code, main)] + [
        (other.code, bench.appraisal(other.code, other.measure, other.curve)) for other in bench.indicator.alternatives
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


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where the measures of one indicator are appraised."""

    indicator: Indicator
    edition: Edition
    known: Known
    samples: Samples

    def appraisal(self, code: str, measure: str, curve: Curve | None) -> Appraisal:
        declared = self.edition.measures[measure]
        measurements = self.known.measurements
        measurement = measurements.get(measure) or _from_items(declared, curve, measurements)
        if measurement is None:
            return Appraisal(Outcome.NO_EVIDENCE, reason=_NO_EVIDENCE)
        if measurement.outcome is not Outcome.SCORED or measurement.value is None:
            by_rule = bool(measurement.reason and measurement.reason.code in self.indicator.not_applicable_reasons)
            return Appraisal(measurement.outcome, measurement=measurement, reason=measurement.reason, by_rule=by_rule)
        if (fault := impossible(measurement, declared)) is not None:
            return Appraisal(Outcome.INVALID, measurement=measurement, reason=fault)
        if curve is None:
            return Appraisal(Outcome.SCORED, measurement=measurement)
        return self._on_curve(code, curve, measurement)

    def _on_curve(self, code: str, curve: Curve, measurement: Measurement) -> Appraisal:
        if isinstance(curve, ByFormula):
            return self._by_formula(curve, measurement)
        exact = self.known.value(measurement)
        if isinstance(curve, RELATIVE):
            points, figures = relative_points(
                curve,
                exact,
                sample=self.samples.of(code, curve, self.known.profile),
                higher=self.edition.measures[measurement.measure].direction is not Direction.LOWER,
                lowest=self.edition.lowest_points,
                highest=self.edition.highest_points,
            )
            return _capped(points, measurement, self.edition, {"sample": figures})
        value = exact if measurement.measure in self.known.exact else measurement.value
        assert value is not None  # noqa: S101 – a scored measurement has one
        items = items_of(measurement, self.known.measurements)
        try:
            points = points_of(
                curve, value, items=items, lowest=self.edition.lowest_points, highest=self.edition.highest_points
            )
        except NotOnTheScale as error:
            reason = Reason("not_on_the_scale", error.message)
            return Appraisal(Outcome.INVALID, measurement=measurement, reason=reason)
        return _capped(points, measurement, self.edition)

    def _by_formula(self, curve: ByFormula, measurement: Measurement) -> Appraisal:
        """Points that also rest on other measures: without one of them the indicator ends as that measure did."""
        formula = curve.formula
        if has_invalid(formula, edition=self.edition, known=self.known):
            reason = _lacking_input(Outcome.INVALID)
            return Appraisal(Outcome.INVALID, measurement=measurement, reason=reason)
        worth = worth_of(formula, edition=self.edition, known=self.known, own=measurement)
        if isinstance(worth, Reason):
            ended = ended_of(formula, edition=self.edition, known=self.known)
            outcome = Outcome.NOT_ASSESSABLE if worth.code == "not_computable" else ended
            return Appraisal(outcome, measurement=measurement, reason=worth)
        span = Fraction(self.edition.lowest_points), Fraction(self.edition.highest_points)
        return _capped(min(max(worth, span[0]), span[1]), measurement, self.edition)


def _capped(
    points: Fraction, measurement: Measurement, edition: Edition, figures: Mapping[str, Any] | None = None
) -> Appraisal:
    """Evidence grade and place of measurement cap the points; `figures` are what they rest on besides the value."""
    caps: dict[str, Decimal] = {}
    if measurement.quality is not None and measurement.quality in edition.quality_caps:
        caps["quality_cap"] = edition.quality_caps[measurement.quality]
    if measurement.cap is not None:
        caps["evidence_cap"] = measurement.cap
    allowed = min((Fraction(cap) for cap in caps.values()), default=points)
    applied: dict[str, Any] = {"curve_points": plain(stored(points))}
    applied |= {name: plain(cap) for name, cap in caps.items()} | dict(figures or {})
    return Appraisal(
        Outcome.SCORED,
        points=max(Fraction(edition.lowest_points), min(points, allowed)),
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


_NO_EVIDENCE = Reason("no_evidence", Text(zh="没有提交相应证据。", en="No evidence was handed in."))
_BY_RULE = Reason(
    "not_applicable_by_rule",
    Text(zh="按评价细则，此指标在这里不适用。", en="By a rule of the rubric this indicator does not apply here."),
)


def _lacking_input(outcome: Outcome) -> Reason:
    return Reason(
        f"{outcome.value}_input",
        Text(zh=f"公式所依据的度量：{outcome.label.zh}。", en=f"A measure the formula rests on: {outcome.label.en}."),
    )
