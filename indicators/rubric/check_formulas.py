"""Formulas of an edition: every name is declared, none leads back to itself, and the units go together."""

from __future__ import annotations

from core.provenance import Where
from core.text import Text
from indicators.rubric.curve import ByFormula
from indicators.rubric.faults import Faults
from indicators.rubric.formula import Formula
from indicators.rubric.model import Edition
from indicators.rubric.units import Unit, UnitFault, alike, parsed, unit_of, written

OWN_VALUE = "value"  # in the formula of a curve: the value of the indicator's measure


def check_formulas(edition: Edition, faults: Faults) -> None:
    """Note unknown names, circles and units that do not fit."""
    for name in sorted(set(edition.parameters) & set(edition.measures)):
        faults.add(
            "duplicate_id",
            edition.parameters[name].where,
            zh=f"“{name}”既是度量又是参数。",
            en=f"“{name}” is both a measure and a parameter.",
        )
    for measure in edition.measures.values():
        if measure.formula is None:
            continue
        unit = _unit(measure.formula, edition, faults, measure.where, own=None)
        if measure.name in _all_names(measure.formula, edition, set()):
            faults.add(
                "circular_formula",
                measure.where,
                zh=f"“{measure.name}”的公式绕回自身。",
                en=f"The formula of “{measure.name}” leads back to itself.",
            )
        elif unit is not None and not unit.number and not alike(unit, parsed(measure.unit)):
            faults.add(
                "unit_of_formula",
                measure.where,
                zh=f"“{measure.name}”的公式单位为“{written(unit)}”，声明为“{measure.unit}”。",
                en=f"The formula of “{measure.name}” gives “{written(unit)}”; “{measure.unit}” is declared.",
                hint=Text(
                    zh="请改声明的单位，或用参数换算。",
                    en="Declare the unit the formula gives, or convert with a parameter.",
                ),
            )
    for indicator in edition.indicators:
        for own, curve in indicator.curves:
            if isinstance(curve, ByFormula):
                _unit(curve.formula, edition, faults, indicator.where, own=own)
    _parameters_are_used(edition, faults)


def named_by_curves(edition: Edition) -> set[str]:
    """Every name in the formula of a curve."""
    return {
        name
        for indicator in edition.indicators
        for _, curve in indicator.curves
        if isinstance(curve, ByFormula)
        for name in curve.formula.names
    }


def _unit(formula: Formula, edition: Edition, faults: Faults, where: Where, *, own: str | None) -> Unit | None:
    units = {name: parameter.unit for name, parameter in edition.parameters.items()}
    units |= {name: measure.unit for name, measure in edition.measures.items()}
    if own is not None and own in edition.measures:
        units.setdefault(OWN_VALUE, edition.measures[own].unit)
    unknown = [name for name in formula.names if name not in units]
    for name in unknown:
        faults.add(
            "unknown_name",
            where,
            zh=f"公式中的“{name}”既不是度量也不是参数。",
            en=f"“{name}” in the formula is neither a measure nor a parameter.",
        )
    if unknown:
        return None
    try:
        return unit_of(formula, units)
    except UnitFault as error:
        faults.add(
            "unit_of_formula",
            where,
            zh=f"公式把“{error.left}”与“{error.right}”相加或比较。",
            en=f"The formula adds or compares “{error.left}” and “{error.right}”.",
            hint=Text(zh="请先用参数换算到同一单位。", en="Convert to one unit with a parameter first."),
        )
        return None


def _all_names(formula: Formula, edition: Edition, seen: set[str]) -> set[str]:
    """Every measure a formula rests on, directly or through others."""
    for name in formula.names:
        if name not in seen:
            seen.add(name)
            measure = edition.measures.get(name)
            if measure is not None and measure.formula is not None:
                _all_names(measure.formula, edition, seen)
    return seen


def _parameters_are_used(edition: Edition, faults: Faults) -> None:
    used = named_by_curves(edition)
    used |= {name for measure in edition.measures.values() if measure.formula for name in measure.formula.names}
    for node in edition.root.walk():
        used |= {minimum.parameter for minimum in node.minima if minimum.parameter is not None}
    for name, parameter in edition.parameters.items():
        if name not in used:
            faults.add(
                "unused_parameter",
                parameter.where,
                zh=f"参数“{name}”未被使用。",
                en=f"Nothing uses the parameter “{name}”.",
            )
