"""Energy that crosses the boundary of a centre besides electricity – fuels, bought cooling and heat – as electricity.

A form of energy is metered where a declaration names its points or meters, else declared for the year. What the table
of carriers lacks counts by a factor the centre declares with its document; nothing is left out for want of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, support
from indicators.measures.declared import declared_below, declared_exactly, declared_quantity
from indicators.measures.findings import worst
from indicators.measures.references import CarrierRow, energy_carriers
from indicators.measures.year_amounts import ENERGY_UNITS, are_read, heat_of_year, items_below

CODE = "GR-1.1"
CARBON_OF_FUEL = "GR-2.2.fuel_kg"
_POINTS = "_points"
_FACTOR = "factor."


@dataclass(frozen=True)
class Carried:
    """One form of energy of twelve months: the electricity it counts as, by which factor, and who tells it.

    Args:
        kwh: of electricity.
        is_metered: by readings; else declared for the year.
        quality: of what tells the amount, and of the factor where the centre declares it.
        coverage: share of the year its readings cover.
        notes: what its readings had against them.
    """

    name: str
    kwh: Fraction
    factors: Factors
    unit: str
    source: str
    is_metered: bool
    quality: Quality
    rests_on: tuple[Support, ...]
    coverage: Fraction = Fraction(1)
    notes: tuple[Reason, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        title = self.factors.title
        return (
            Input(f"E_{self.name}", title, measured(self.kwh), "kWh", self.source),
            Input(
                f"factor_{self.name}",
                Text(zh=f"{title.zh}折算为电能的系数", en=f"Electricity that {title.en} counts as"),
                measured(self.factors.by_unit[self.unit]),
                f"kWh/{self.unit}",
                self.factors.cited,
            ),
        )


@dataclass(frozen=True)
class Factors:
    """For each unit of a form of energy how much electricity it counts as, kWh, and where that stands."""

    title: Text
    by_unit: Mapping[str, Fraction]
    cited: str
    is_fuel: bool = False
    quality: Quality = Quality.A
    rests_on: tuple[Support, ...] = ()


def other_energy(evidence: CentreEvidence) -> tuple[Carried, ...]:
    """What crosses the boundary besides electricity, each by its factor, in the order of names.

    Raises:
        InsufficientData: `factor_missing`, `fuel_energy_missing`, and what the points and meters named raise.
        InvalidEvidence: `wrong_unit`, `negative_amount`, `point_in_two_units`, `point_counted_twice`,
            `meter_of_electricity`.
    Source: ISO/IEC 30134-2, EN 50600-4-2 (all energy is counted at the interface); scheme §3.1 rule 2.
    """
    if "other_energy" not in evidence.derived:
        found = tuple(sorted(_other_energy(evidence), key=lambda one: one.name))
        _require_fuels(evidence, found)
        evidence.derived["other_energy"] = found
    others: tuple[Carried, ...] = evidence.derived["other_energy"]
    return others


def _other_energy(evidence: CentreEvidence) -> Iterator[Carried]:
    """What is metered, and what is declared of that which is not."""
    declared = declared_below(evidence, CODE)
    named = {code.removesuffix(_POINTS): items for code, items in items_below(evidence, CODE, _POINTS).items()}
    metered = {code: items for code, items in named.items() if code not in declared or are_read(evidence, items)}
    _require_counted_once(metered)
    for code, items in metered.items():
        name = code.removeprefix(f"{CODE}.")
        factors = _factors(evidence, name, unit="GJ")
        found = heat_of_year(evidence, items, factors.by_unit)
        unit = next(iter(factors.by_unit))
        quality, rests_on = worst([found.quality, factors.quality]), (*found.rests_on, *factors.rests_on)
        yield Carried(
            name, found.amount, factors, unit, found.source, True, quality, rests_on, found.coverage, found.notes
        )
    for code, unit in declared.items():
        name = code.removeprefix(f"{CODE}.")
        if name.startswith(_FACTOR) or code in metered:
            continue
        factors = _factors(evidence, name, unit=unit)
        told = declared_exactly(evidence, code, factors.by_unit)
        quality, rests_on = worst([told.quality, factors.quality]), support("declaration", told.rows)
        yield Carried(name, told.amount, factors, unit, code, False, quality, (*rests_on, *factors.rests_on))


def _factors(evidence: CentreEvidence, name: str, *, unit: str) -> Factors:
    """Of the table, else as declared with a document.

    Args:
        name: of a carrier of the table, or one that begins with it: `diesel`, `diesel_of_generators`.
        unit: a declared factor would be asked for.
    """
    row = next((row for row in _rows() if name == row.carrier or name.startswith(f"{row.carrier}_")), None)
    if row is not None:
        by_unit = {name: content * Fraction(row.weight) for name, content in _content(row).items()}
        return Factors(row.title.text, by_unit, energy_carriers().cited(row.carrier), is_fuel=bool(row.kgce))
    code = f"{CODE}.{_FACTOR}{name}"
    declared = declared_below(evidence, CODE).get(code, "")
    if not declared.startswith("kWh/"):
        raise _no_factor(name, code, unit)
    factor = declared_exactly(evidence, code, {declared: Fraction(1)})
    if factor.quality is Quality.D:  # nobody but the centre says so
        raise _no_factor(name, code, unit)
    by_unit, rests_on = {declared.removeprefix("kWh/"): factor.amount}, support("declaration", factor.rows)
    # What the table lacks may well be a fuel.
    return Factors(Text(zh=name, en=name), by_unit, code, is_fuel=True, quality=factor.quality, rests_on=rests_on)


def _content(row: CarrierRow) -> dict[str, Fraction]:
    """For each unit of a carrier how many kWh it holds."""
    (electricity,) = (Fraction(one.kgce["kWh"]) for one in energy_carriers().rows if one.carrier == "electricity")
    return {"kWh": Fraction(1)} | ENERGY_UNITS | {unit: Fraction(kgce) / electricity for unit, kgce in row.kgce.items()}


def _rows() -> list[CarrierRow]:
    return [row for row in energy_carriers().rows if row.carrier != "electricity"]


def _no_factor(name: str, code: str, unit: str) -> InsufficientData:
    table = energy_carriers().name
    return InsufficientData(
        "factor_missing",
        Text(
            zh=f"{CODE}.{name} 申报的能源不在系数表 {table} 中，也没有附文件的折算系数。",
            en=f"The energy told under {CODE}.{name} is not in the table {table}, and no factor is declared with a "
            "document.",
        ),
        hint=Text(
            zh=f"请以 {code} 申报其折算为电能的系数（单位 kWh/{unit}），并附出处文件。",
            en=f"Declare under {code} how much electricity one unit counts as (in kWh/{unit}), and add the document it "
            "is taken from.",
        ),
    )


def _require_counted_once(metered: Mapping[str, Sequence[str]]) -> None:
    """Refuse a point that is named under two forms of energy."""
    under: dict[str, list[str]] = {}
    for code, items in metered.items():
        for item in items:
            under.setdefault(item, []).append(f"{code}{_POINTS}")
    for item, codes in under.items():
        if len(codes) > 1:
            raise InvalidEvidence(
                "point_counted_twice",
                Text(
                    zh=f"测点 {item} 同时列在 {'、'.join(codes)} 之下，会重复计入。",
                    en=f"The point {item} is named under {' and '.join(codes)} and would count twice.",
                ),
                hint=Text(
                    zh="每个测点只属于一种能源；请重新声明，在多余的一处写 no。",
                    en="A point belongs to one form of energy; declare it anew with `no` where it does not belong.",
                ),
            )


def _require_fuels(evidence: CentreEvidence, found: tuple[Carried, ...]) -> None:
    """A fuel whose carbon dioxide is declared has energy, too."""
    burnt = declared_quantity(evidence, CARBON_OF_FUEL, {"kg": Fraction(1), "t": Fraction(1000)})
    if burnt is None or not burnt.amount or any(one.factors.is_fuel for one in found):
        return
    raise InsufficientData(
        "fuel_energy_missing",
        Text(
            zh=f"{CARBON_OF_FUEL} 申报了燃料的二氧化碳排放，但没有申报这些燃料的用量。",
            en=f"The carbon dioxide of fuels is declared under {CARBON_OF_FUEL}, but not how much of them was used.",
        ),
        hint=Text(
            zh=f"请申报全年用量，例如 {CODE}.diesel（kg）或 {CODE}.natural_gas（m3）。",
            en=f"Declare what was used in the year, such as {CODE}.diesel (kg) or {CODE}.natural_gas (m3).",
        ),
    )
