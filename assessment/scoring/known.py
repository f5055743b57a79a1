"""What is known of one facility when it is scored: what was handed in, what follows from it, its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.digits import stored
from assessment.scoring.formulas import NotComputable, NotKnown, evaluate
from assessment.scoring.validity import impossible
from core.errors import InputError
from core.outcome import Outcome, Reason
from core.provenance import Where
from core.text import Text
from indicators.measures.base import Input, Measurement
from indicators.rubric.formula import Formula
from indicators.rubric.measure_rules import day_of, is_day
from indicators.rubric.model import Edition, MeasureDeclaration, Parameter


@dataclass(frozen=True, slots=True)
class Known:
    """One facility.

    Args:
        measurements: by measure, derived ones among them.
        exact: values of derived measures, where a decimal of 40 digits does not hold them.
        parameters: the value each has for this facility.
    """

    profile: Mapping[str, Any]
    measurements: Mapping[str, Measurement]
    exact: Mapping[str, Fraction] = field(default_factory=dict)
    parameters: Mapping[str, Decimal] = field(default_factory=dict)

    def value(self, measurement: Measurement) -> Fraction:
        """The exact value of a scored measurement."""
        found = self.exact.get(measurement.measure)
        return Fraction(measurement.value or 0) if found is None else found


def known_of(
    edition: Edition, *, facility: str, profile: Mapping[str, Any], measurements: Mapping[str, Measurement]
) -> Known:
    """Look up the parameters and work out the derived measures; what was handed in under their names is left aside.

    Raises:
        InputError: the profile lacks the date a parameter goes by, or names none it has a value for.
    """
    derived = [declared for declared in edition.measures.values() if declared.formula is not None]
    if not derived and not edition.parameters:
        return Known(profile, measurements)
    parameters = {
        name: _in_force(parameter, facility=facility, profile=profile) for name, parameter in edition.parameters.items()
    }
    names = {declared.name for declared in derived}
    known = Known(
        profile,
        {name: one for name, one in measurements.items() if name not in names},
        {},
        parameters,
    )
    deriver = _Deriver(edition, known, dict(known.measurements), {})
    for declared in derived:
        deriver.measurement(declared.name)
    return Known(profile, deriver.measurements, deriver.exact, parameters)


def worth_of(formula: Formula, *, edition: Edition, known: Known, own: Measurement | None = None) -> Fraction | Reason:
    """A formula over measures, parameters and, as `value`, an indicator's own measurement.

    Returns:
        The exact figure, or the reason why there is none; see `ended_of` for the outcome that goes with it.
    """
    try:
        return evaluate(formula.expression, lambda name: _looked_up(name, edition, known, own))
    except NotComputable as error:
        return Reason("not_computable", error.message)
    except NotKnown as error:
        return _lacking(edition, error.name)


def ended_of(formula: Formula, *, edition: Edition, known: Known) -> Outcome:
    """How a formula without a figure ends: the first of invalid, no evidence, not assessable, not applicable inputs."""
    ended = {_outcome(edition, known, name) for name in formula.names if name in edition.measures}
    return next((outcome for outcome in _ENDINGS if outcome in ended), Outcome.NOT_ASSESSABLE)


def has_invalid(formula: Formula, *, edition: Edition, known: Known) -> bool:
    """Whether an input failed validation: then the formula has too, whatever branch it would take."""
    return any(_outcome(edition, known, name) is Outcome.INVALID for name in formula.names if name in edition.measures)


_ENDINGS = (Outcome.INVALID, Outcome.NO_EVIDENCE, Outcome.NOT_ASSESSABLE, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class _Deriver:
    """Works derived measures out in the order they rest on each other."""

    edition: Edition
    known: Known
    measurements: dict[str, Measurement]
    exact: dict[str, Fraction]

    def measurement(self, name: str) -> None:
        if name in self.measurements:
            return
        declared = self.edition.measures[name]
        formula = declared.formula
        if formula is None:
            return
        for other in formula.names:
            if other in self.edition.measures:
                self.measurement(other)
        so_far = Known(self.known.profile, self.measurements, self.exact, self.known.parameters)
        inputs = [self.measurements[other] for other in formula.names if other in self.measurements]
        worth: Fraction | Reason = _INVALID_INPUT
        if not has_invalid(formula, edition=self.edition, known=so_far):
            worth = worth_of(formula, edition=self.edition, known=so_far)
        if isinstance(worth, Fraction):
            value = stored(worth)
            if Fraction(value) != worth:
                self.exact[name] = worth
            self.measurements[name] = self._scored(declared, formula, value, inputs)
        else:
            ended = ended_of(formula, edition=self.edition, known=so_far)
            outcome = Outcome.NOT_ASSESSABLE if worth.code == "not_computable" else ended
            self.measurements[name] = Measurement(
                name, outcome, unit=declared.unit, reason=worth, formula=formula.text, inputs=self._inputs(formula)
            )

    def _scored(
        self, declared: MeasureDeclaration, formula: Formula, value: Decimal, inputs: list[Measurement]
    ) -> Measurement:
        """The worst grade and the lowest cap of what it rests on are its own."""
        return Measurement(
            declared.name,
            Outcome.SCORED,
            unit=declared.unit,
            value=value,
            quality=max((one.quality for one in inputs if one.quality is not None), default=None),
            cap=min((one.cap for one in inputs if one.cap is not None), default=None),
            formula=formula.text,
            inputs=self._inputs(formula),
        )

    def _inputs(self, formula: Formula) -> tuple[Input, ...]:
        found = []
        for name in formula.names:
            if name in self.known.parameters:
                parameter = self.edition.parameters[name]
                found.append(Input(name, parameter.title, self.known.parameters[name], parameter.unit))
            elif (given := self.measurements.get(name)) is not None and given.value is not None:
                declared = self.edition.measures[name]
                found.append(Input(name, declared.title, given.value, declared.unit))
        return tuple(found)


def _looked_up(name: str, edition: Edition, known: Known, own: Measurement | None) -> Fraction:
    if name in known.parameters:
        return Fraction(known.parameters[name])
    given = own if own is not None and name not in edition.measures else known.measurements.get(name)
    if given is None or given.value is None or impossible(given, edition.measures[given.measure]) is not None:
        raise NotKnown(name)
    return known.value(given)


def _outcome(edition: Edition, known: Known, name: str) -> Outcome:
    given = known.measurements.get(name)
    if given is None:
        return Outcome.NO_EVIDENCE
    return Outcome.INVALID if impossible(given, edition.measures[name]) is not None else given.outcome


def _in_force(parameter: Parameter, *, facility: str, profile: Mapping[str, Any]) -> Decimal:
    """The last value that began on or before the facility's date."""
    if parameter.by is None:
        return parameter.values[-1].value
    written = str(profile.get(parameter.by, "") or "")
    if not is_day(written):
        shown = f"“{written}”" if written else "–"
        raise InputError(
            "date_missing",
            Text(
                zh=f"{facility}：参数“{parameter.name}”需要 profile.{parameter.by}"
                f"（YYYY、YYYY-MM 或 YYYY-MM-DD），现为 {shown}。",
                en=f"{facility}: the parameter “{parameter.name}” needs profile.{parameter.by} (YYYY, YYYY-MM or "
                f"YYYY-MM-DD); it is {shown}.",
            ),
            where=Where(field=f"profile.{parameter.by}"),
            hint=Text(
                zh=f"请在档案中填写 {parameter.by}，例如 2026-03-31。",
                en=f"Write {parameter.by} into the profile, such as 2026-03-31.",
            ),
        )
    begun = [one for one in parameter.values if day_of(one.since or "") <= day_of(written)]
    if not begun:
        raise InputError(
            "date_too_early",
            Text(
                zh=f"{facility}：参数“{parameter.name}”在 {written} 尚无数值，最早为 {parameter.values[0].since}。",
                en=f"{facility}: the parameter “{parameter.name}” has no value for {written}; the first is from "
                f"{parameter.values[0].since}.",
            ),
            where=Where(field=f"profile.{parameter.by}"),
            hint=Text(
                zh="请核对该日期；更早的日期不能用这一版次计分。",
                en="Check the date; an earlier one cannot be scored by this edition.",
            ),
        )
    return begun[-1].value


def _lacking(edition: Edition, name: str) -> Reason:
    declared = edition.measures.get(name)
    title = declared.title if declared else Text(zh=name, en=name)
    return Reason("input_missing", Text(zh=f"缺少“{title.zh}”的数值。", en=f"There is no value of “{title.en}”."))


_INVALID_INPUT = Reason(
    "invalid_input", Text(zh="公式所依据的证据无效。", en="Evidence the formula rests on is invalid.")
)
