"""How much electricity one unit of a form of energy counts as: by the cited table, else by a factor a centre declares.

A declared factor counts with its document only. Of what the table lacks it tells the electricity itself, as kWh/t does.
Of what the table has it leads from a unit the table lacks to one that it has: kg/L is a density, kWh/m3 a calorific
value. Where the table suffices it is not used, and that is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from core.errors import InsufficientData
from core.outcome import Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.declared import Quantity, declared_below, declared_exactly
from indicators.measures.findings import note
from indicators.measures.references import CarrierRow, energy_carriers
from indicators.measures.year_amounts import ENERGY_UNITS, WATER

CODE = "GR-1.1"
FACTOR = "factor."
ELECTRICITY = "electricity"
_ELECTRIC = ("Wh", "kWh", "MWh", "GWh")
_MASSES = {"kg": Fraction(1), "t": Fraction(1000)}


@dataclass(frozen=True)
class Factors:
    """For each unit of a form of energy how much electricity it counts as, kWh, and where that stands."""

    title: Text
    by_unit: Mapping[str, Fraction]
    cited: str
    is_fuel: bool = False
    quality: Quality = Quality.A
    rests_on: tuple[Support, ...] = ()
    notes: tuple[Reason, ...] = ()


def factors_of(evidence: CentreEvidence, name: str, told_in: Sequence[Collection[str]]) -> Factors:
    """The factors of one form of energy.

    Args:
        name: of a carrier of the table, or one that begins with it: `diesel`, `diesel_of_generators`.
        told_in: of each of its amounts the units it is told in, one of which must have a factor; none where silent.

    Raises:
        InsufficientData: `factor_missing`.
    """
    row = next((row for row in _rows() if name == row.carrier or name.startswith(f"{row.carrier}_")), None)
    owned = _declared_factors(evidence, name, row)
    # What the table lacks may well be a fuel.
    known = _of_table(row) if row else Factors(Text(zh=name, en=name), {}, "", is_fuel=True)
    if row and _lacking(known.by_unit, told_in) is None:
        return replace(known, notes=(*known.notes, *_not_used(owned, name)))
    joined = [one for own in owned if (one := own.joined_to(known)) is not known]
    found = next((one for one in joined if _lacking(one.by_unit, told_in) is None), (joined or [known])[0])
    lacking = _lacking(found.by_unit, told_in)
    if lacking is not None or not found.by_unit:
        raise _no_factor(name, row, "GJ" if lacking is None else lacking, owned)
    return found


@dataclass(frozen=True)
class _DeclaredFactor:
    """So much of one unit is in another one: kWh in t, kg in L."""

    of: str
    per: str
    told: Quantity

    def joined_to(self, known: Factors) -> Factors:
        """Factors and what it adds to them; nothing where it is nought, or nobody but the centre says so."""
        by_unit = known.by_unit or {unit: ENERGY_UNITS[unit] for unit in _ELECTRIC}
        if not self.told.amount or self.told.quality is Quality.D or self.of not in by_unit:
            return known
        return replace(
            known,
            by_unit={**_of_one_kind(self.per, self.told.amount * by_unit[self.of]), **known.by_unit},
            cited="; ".join(filter(None, (known.cited, self.told.code))),
            quality=self.told.quality,
            rests_on=support("declaration", self.told.rows),
        )


def _declared_factors(evidence: CentreEvidence, name: str, row: CarrierRow | None) -> list[_DeclaredFactor]:
    """Of this name, then of its carrier."""
    declared = declared_below(evidence, CODE)
    codes = dict.fromkeys(f"{CODE}.{FACTOR}{one}" for one in (name, *([row.carrier] if row else [])))
    found = []
    for code in (code for code in codes if "/" in declared.get(code, "")):
        of, _, per = declared[code].partition("/")
        found.append(_DeclaredFactor(of, per, declared_exactly(evidence, code, {declared[code]: Fraction(1)})))
    return found


def _of_table(row: CarrierRow) -> Factors:
    """For each unit of a carrier what it holds by its coal equivalent, times the weight of the carrier."""
    (electricity,) = (Fraction(one.kgce["kWh"]) for one in energy_carriers().rows if one.carrier == ELECTRICITY)
    held = dict(ENERGY_UNITS)
    for unit, kgce in row.kgce.items():
        held |= _of_one_kind(unit, Fraction(kgce) / electricity)
    by_unit = {unit: content * Fraction(row.weight) for unit, content in held.items()}
    cited = energy_carriers().cited(row.carrier)
    return Factors(row.title.text, by_unit, cited, is_fuel=bool(row.kgce), notes=tuple(_unconfirmed(row)))


def _of_one_kind(unit: str, factor: Fraction) -> dict[str, Fraction]:
    """The factors of all units of one kind, from that of one of them."""
    kind = next((kind for kind in (ENERGY_UNITS, WATER, _MASSES) if unit in kind), {unit: Fraction(1)})
    return {other: factor * size / kind[unit] for other, size in kind.items()}


def _lacking(by_unit: Mapping[str, Fraction], told_in: Iterable[Collection[str]]) -> str | None:
    """The unit of the first amount of which no unit has a factor; null where all have."""
    return next((min(units) for units in told_in if units and not by_unit.keys() & set(units)), None)


def _rows() -> list[CarrierRow]:
    return [row for row in energy_carriers().rows if row.carrier != ELECTRICITY]


def _unconfirmed(row: CarrierRow) -> Iterator[Reason]:
    if row.confidence == "L":
        title = row.title.text
        yield note(
            "factor_unconfirmed",
            f"{title.zh}折算为电能的系数尚未对照原文核实（{energy_carriers().cited(row.carrier)}，可信度低）。",
            f"How much electricity {title.en} counts as is not yet confirmed against its source "
            f"({energy_carriers().cited(row.carrier)}, low confidence).",
        )


def _not_used(owned: Sequence[_DeclaredFactor], name: str) -> Iterator[Reason]:
    for own in owned:
        table = energy_carriers().name
        yield note(
            "factor_not_used",
            f"{own.told.code} 申报的折算系数不用于 {CODE}.{name}：其单位在系数表 {table} 中已有系数。",
            f"The factor declared under {own.told.code} does not count for {CODE}.{name}, whose unit the table {table} "
            "has.",
        )


def _no_factor(name: str, row: CarrierRow | None, unit: str, owned: Sequence[_DeclaredFactor]) -> InsufficientData:
    table, code = energy_carriers().name, f"{CODE}.{FACTOR}{name}"
    wanted = f"{next(iter(row.kgce), 'kWh') if row else 'kWh'}/{unit}"
    if row is None:
        hint = Text(
            zh=f"请以 {code} 申报其折算为电能的系数（单位 {wanted}），并附出处文件。",
            en=f"Declare under {code} how much electricity one unit counts as (in {wanted}), and add the document it "
            "is taken from.",
        )
    else:
        known = [*row.kgce, "kWh", "GJ"]
        hint = Text(
            zh=f"请改用 {'、'.join(known)} 为单位，或以 {code} 申报换算系数（单位 {wanted}），并附出处文件，"
            "如密度或热值检测单。",
            en=f"Tell it in {' or '.join(known)}, or declare under {code} what converts it (in {wanted}), and add the "
            "document it is taken from, such as a test of density or calorific value.",
        )
    documented = [own for own in owned if own.told.quality is not Quality.D]
    if documented:
        codes = [f"{own.told.code} ({measured(own.told.amount)} {own.told.unit})" for own in documented]
        told = Text(
            zh=f"附文件申报的 {'、'.join(codes)} 无法由此单位折算。",
            en=f"what is declared with a document does not lead there: {', '.join(codes)}.",
        )
    else:
        told = Text(zh="也没有附文件的折算系数。", en="and none is declared with a document.")
    return InsufficientData(
        "factor_missing",
        Text(
            zh=f"{CODE}.{name} 的能源以 {unit} 计；系数表 {table} 中没有该系数，{told.zh}",
            en=f"The energy under {CODE}.{name} is told in {unit}; the table {table} has no factor for that, {told.en}",
        ),
        hint=hint,
    )
