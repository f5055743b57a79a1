"""Energy that crosses the boundary of a centre besides electricity – fuels, bought cooling and heat – as electricity.

A form of energy is metered where a declaration names its points or meters, else declared for the year. What the table
of carriers lacks counts by a factor the centre declares with its document; nothing is left out for want of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text, joined_zh
from indicators.measures.base import CentreEvidence, Input, support
from indicators.measures.carrier_factors import CODE, ELECTRICITY, FACTOR, Factors, factors_of
from indicators.measures.declared import declared_below, declared_exactly, declared_quantity
from indicators.measures.findings import worst
from indicators.measures.points import units_told
from indicators.measures.year_amounts import are_read, heat_of_year, items_below, require_none_below

CARBON_OF_FUEL = "GR-2.2.fuel_kg"
_POINTS = "_points"


@dataclass(frozen=True)
class Carried:
    """One form of energy of twelve months: how much of it, the electricity it counts as, and who tells it.

    Args:
        amounts: by the unit they are told in.
        is_metered: by readings; else declared for the year.
        quality: of what tells the amount, and of the factor where the centre declares it.
        coverage: share of the year its readings cover.
        notes: what its readings had against them, and what is to be known of its factor.
    """

    name: str
    amounts: Mapping[str, Fraction]
    factors: Factors
    source: str
    is_metered: bool
    quality: Quality
    rests_on: tuple[Support, ...]
    coverage: Fraction = Fraction(1)
    notes: tuple[Reason, ...] = ()

    @property
    def kwh(self) -> Fraction:
        """The electricity it counts as."""
        return sum((amount * self.factors.by_unit[unit] for unit, amount in self.amounts.items()), Fraction(0))

    def inputs(self, share: Fraction) -> tuple[Input, ...]:
        """What it adds to the energy of a share of the year, its amount in the whole of it, and the factor."""
        title = self.factors.title
        adds = Text(zh=joined_zh(title.zh, "折算的电能"), en=f"Electricity that {title.en} counts as")
        return (
            Input(f"E_other_{self.name}", adds, measured(self.kwh * share), "kWh"),
            *(found for unit in self.amounts for found in self._counted(unit)),
        )

    def _counted(self, unit: str) -> Iterator[Input]:
        """An amount and its factor, in the unit it is told in."""
        title, name = self.factors.title, self.name if len(self.amounts) == 1 else f"{self.name}_{unit}"
        used = Text(zh=joined_zh(title.zh, "全年用量"), en=f"Used in the year: {title.en}")
        factor = Text(zh=joined_zh(title.zh, "折算为电能的系数"), en=f"Electricity that a unit of {title.en} counts as")
        yield Input(f"Q_{name}", used, measured(self.amounts[unit]), unit, self.source)
        yield Input(f"factor_{name}", factor, measured(self.factors.by_unit[unit]), f"kWh/{unit}", self.factors.cited)


def other_energy(evidence: CentreEvidence) -> tuple[Carried, ...]:
    """What crosses the boundary besides electricity, each by its factor, in the order of names.

    Raises:
        InsufficientData: `factor_missing`, `fuel_energy_missing`, and what the points and meters named raise.
        InvalidEvidence: `negative_amount`, `point_in_two_units`, `point_counted_twice`, `meter_of_electricity`,
            `electricity_declared`.
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
    _require_no_electricity([*metered, *declared])
    _require_counted_once(metered)
    require_none_below(evidence.profile, {item for items in metered.values() for item in items})
    for code, items in metered.items():
        yield _metered(evidence, code.removeprefix(f"{CODE}."), items)
    for code, unit in declared.items():
        name = code.removeprefix(f"{CODE}.")
        if not name.startswith(FACTOR) and code not in metered:
            yield _declared(evidence, name, unit)


def _metered(evidence: CentreEvidence, name: str, items: Sequence[str]) -> Carried:
    meters = {meter.id for meter in evidence.profile.meters}
    told_in = {item: {"kWh"} for item in items if item in meters}
    told_in |= units_told(evidence, [item for item in items if item not in meters])
    factors = factors_of(evidence, name, [told_in[item] for item in items])
    found = heat_of_year(evidence, items, factors.by_unit)
    return Carried(
        name,
        found.counted,
        factors,
        found.source,
        is_metered=True,
        quality=worst([found.quality, factors.quality]),
        rests_on=(*found.rests_on, *factors.rests_on),
        coverage=found.coverage,
        notes=(*found.notes, *factors.notes),
    )


def _declared(evidence: CentreEvidence, name: str, unit: str) -> Carried:
    factors = factors_of(evidence, name, [{unit}])
    told = declared_exactly(evidence, f"{CODE}.{name}", {unit: Fraction(1)})
    return Carried(
        name,
        {unit: told.amount},
        factors,
        told.code,
        is_metered=False,
        quality=worst([told.quality, factors.quality]),
        rests_on=(*support("declaration", told.rows), *factors.rests_on),
        notes=factors.notes,
    )


def _require_no_electricity(codes: Iterable[str]) -> None:
    """Refuse electricity, which counts by its meters already."""
    own = f"{CODE}.{ELECTRICITY}"
    for code in codes:
        if code == own or code.startswith(f"{own}_"):
            raise InvalidEvidence(
                "electricity_declared",
                Text(
                    zh=f"{code} 申报的是电力；电力由电表计入，再申报会重复计入。",
                    en=f"Electricity is declared under {code}; it counts by its meters and would count twice.",
                ),
                hint=Text(
                    zh="请提交不含该代码的新版声明；列为测点的，重新声明并写 no。",
                    en="Hand in the declaration anew without this code; declare points anew with `no`.",
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
