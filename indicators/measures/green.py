"""Measures of green power, carbon, water and heat: declared quantities joined to measured energy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.carriers import other_energy
from indicators.measures.declared import Quantity, declared_quantity, declared_value, items_met
from indicators.measures.energy_results import it_input, it_kwh, year_measurement
from indicators.measures.energy_year import EnergyYear, energy_year
from indicators.measures.facility_energy import facility_energy
from indicators.measures.findings import note, nothing_handed_in, percent, worst
from indicators.measures.references import FactorRow, emission_factors
from indicators.measures.year_amounts import (
    ENERGY_UNITS,
    WATER,
    YearAmount,
    are_read,
    declared_amount,
    flow_of_year,
    heat_of_year,
    named_points,
)

CERTIFICATE_SHARE = Fraction(30, 100)


def renewable_energy_factor(evidence: CentreEvidence) -> Measurement:
    """Scored renewable energy factor: on-site + direct + bilateral trade + certificates up to 30 % of E_facility.

    Declared quantities stand under `GR-2.1.onsite_mwh`, `.direct_mwh`, `.ppa_mwh`, `.certificates_mwh`; an
    on-site generation meter replaces the first.

    Raises:
        InvalidEvidence: `renewables_above_consumption` when more was declared than used.
    Source: ISO/IEC 30134-3 (REF); 30 % cap on certificates bought apart: scheme §2.3.
    """
    year = energy_year(evidence, with_it=False)
    energy = facility_energy(evidence, year)
    facility = energy.of_whole_year
    parts = _renewables(evidence, year)
    if not parts:
        raise nothing_handed_in(["declaration"])
    scored = {name: kwh for name, (kwh, _) in parts.items()}
    full = sum(scored.values()) / facility
    power = year.whole_year(year.facility_kwh())
    if sum(scored.values()) > power:
        raise InvalidEvidence(
            "renewables_above_consumption",
            Text(
                zh=f"申报的绿电为用电量的 {percent(sum(scored.values()) / power)}，超过全部用电量。",
                en=f"The renewable energy declared is {percent(sum(scored.values()) / power)} of the electricity used.",
            ),
            hint=Text(
                zh="每兆瓦时只能计入一次；请检查单位（MWh 或 kWh）。",
                en="Each MWh counts once; check the unit (MWh or kWh).",
            ),
        )
    scored["certificates"] = min(scored.get("certificates", Fraction(0)), CERTIFICATE_SHARE * facility)
    factor = sum(scored.values()) / facility
    return year_measurement(
        evidence,
        year,
        measure="renewable_energy_factor",
        unit="%",
        value=factor * 100,
        quality=worst([year.grade, energy.grade, *(found.quality for _, found in parts.values() if found)]),
        formula="REF_s = (E_onsite + E_direct + E_PPA + min(E_cert, 0.30·E_facility)) ÷ E_facility × 100"
        + energy.formula,
        inputs=(
            *energy.inputs(facility),
            *(_renewable_input(name, kwh, found) for name, (kwh, found) in parts.items()),
            Input("ref_full", Text(zh="REF（不设上限）", en="REF, uncapped"), measured(full * 100), "%"),
        ),
        notes=energy.notes,
        declared=[found for _, found in parts.values() if found],
        also=energy.rests_on,
        coverage=energy.coverage,
    )


def carbon_usage_effectiveness(evidence: CentreEvidence) -> Measurement:
    """Market-based CUE: energy that is not renewable by any part of the REF × residual factor, plus fuel, ÷ IT energy.

    The location-based figure is shown beside it: grid energy × provincial factor, plus fuel, ÷ IT energy; renewables
    that were bought count as grid there, and only own generation does not. Display only. Months whose factor is not
    yet published take the latest earlier year's; certificates count without a cap.
    Source: ISO/IEC 30134-8:2022; scheme §2.3 GR-2.2; factors: MEE & NBS notices.
    """
    year = energy_year(evidence)
    it, facility = it_kwh(year), year.whole_year(year.facility_kwh())
    parts = _renewables(evidence, year)
    onsite = parts["onsite"][0] if "onsite" in parts else Fraction(0)
    shares = {
        "location": max(1 - onsite / facility, Fraction(0)),
        "market": max(1 - sum((kwh for kwh, _ in parts.values()), Fraction(0)) / facility, Fraction(0)),
    }
    fuel = declared_quantity(evidence, "GR-2.2.fuel_kg", {"kg": Fraction(1), "t": Fraction(1000)})
    burnt = fuel.amount if fuel else Fraction(0)
    kilograms, used = dict.fromkeys(shares, burnt), dict[tuple[str, int], FactorRow]()
    for _, month in year.months:
        electricity_year = month.start.astimezone(evidence.profile.zone).year
        rows = {
            "location": provincial_factor(evidence.profile.place.province, electricity_year),
            "market": residual_factor(electricity_year),
        }
        for basis, row in rows.items():
            used[basis, row.year] = row
            kilograms[basis] += year.facility_kwh(month) * shares[basis] * Fraction(row.factor)
    return year_measurement(
        evidence,
        year,
        measure="carbon_usage_effectiveness",
        unit="kg/kWh",
        value=kilograms["market"] / it,
        quality=worst([year.grade, *(found.quality for _, found in parts.values() if found)]),
        formula="CUE = (Σ E_facility × share × factor + fuel) ÷ E_IT",
        inputs=(
            Input("share", Text(zh="非绿电占比", en="Share not renewable"), measured(shares["market"] * 100), "%"),
            Input("mass", Text(zh="二氧化碳排放", en="Carbon dioxide"), measured(kilograms["market"]), "kg"),
            it_input(it),
            Input(
                "cue_location",
                Text(zh="CUE（位置口径）", en="CUE, location-based"),
                measured(kilograms["location"] / it),
                "kg/kWh",
            ),
            Input(
                "share_grid", Text(zh="电网电量占比", en="Share from the grid"), measured(shares["location"] * 100), "%"
            ),
            *(_factor_input(basis, row) for (basis, _), row in sorted(used.items())),
        ),
        declared=[*([fuel] if fuel else []), *(found for _, found in parts.values() if found)],
        notes=(
            note(
                "factor_year",
                f"采用 {'、'.join(_years(used))} 年排放因子。",
                f"Emission factors of {', '.join(_years(used))} are used.",
            ),
            *_carbon_left_out(evidence, fuel),
        ),
    )


def water_usage_effectiveness(evidence: CentreEvidence) -> Measurement:
    """Annual site water use ÷ annual IT energy, L/kWh.

    Water: past the points that are items of `GR-3.1.water_points`, by their registers (m3, L), else by their rates
    (m3/h, L/s); else declared under `GR-3.1` (or `GR-3.1.water_l`, `GR-3.1.water_m3`) in L or m3.

    Raises:
        InsufficientData: `points_silent`, `coverage_too_small`.
        InvalidEvidence: `point_in_two_units`, `wrong_unit`.
    Source: ISO/IEC 30134-9.
    """
    water = _water(evidence)
    if water is None:
        raise nothing_handed_in(["energy_readings", "flow_readings", "declaration"], ["energy_readings", "declaration"])
    year = energy_year(evidence)
    it = year.whole_year(it_kwh(year))
    return year_measurement(
        evidence,
        year,
        measure="water_usage_effectiveness",
        unit="L/kWh",
        value=water.amount / it,
        quality=worst([year.grade, water.quality]),
        formula="WUE = V_water ÷ E_IT",
        inputs=(
            Input("V_water", Text(zh="全年用水量", en="Annual water use"), measured(water.amount), "L", water.source),
            it_input(it),
        ),
        notes=water.notes,
        also=water.rests_on,
        coverage=water.coverage,
    )


def energy_reuse_factor(evidence: CentreEvidence) -> Measurement:
    """Energy reused outside the centre ÷ facility energy of all forms.

    Heat past the points and meters at the hand-over that are items of `GR-3.2.reused_points`, grade C unless that
    declaration has the contract of who takes it among its documents; else declared under `GR-3.2` (or
    `GR-3.2.reused_mwh`) as energy, or as a percentage which then stands as declared.

    Raises:
        InsufficientData: `points_silent`, `meter_silent`, `coverage_too_small`.
        InvalidEvidence: `reuse_above_consumption`, `wrong_unit`, `point_in_two_units`, `meter_of_electricity`.
    Source: ISO/IEC 30134-6:2021.
    """
    share = declared_quantity(evidence, "GR-3.2", {**ENERGY_UNITS, "%": Fraction(1)})
    points = named_points(evidence, _REUSED)
    if are_read(evidence, points):
        reused = heat_of_year(evidence, points, ENERGY_UNITS)
        reused = replace(reused, quality=worst([reused.quality, _grade_of_contract(evidence)]))
    elif share is None:
        raise nothing_handed_in(["energy_readings", "flow_readings", "declaration"], ["energy_readings", "declaration"])
    elif share.unit == "%":
        return declared_value("energy_reuse_factor", share.code, "%", evidence)
    else:
        reused = declared_amount(share)
    year = energy_year(evidence, with_it=False)
    energy = facility_energy(evidence, year)
    facility = energy.of_whole_year
    if reused.amount > facility:
        raise InvalidEvidence(
            "reuse_above_consumption",
            Text(zh="再利用的能量大于全部用电量。", en="More energy is reused than was used at all."),
            hint=Text(zh="请检查单位（MWh 或 kWh）。", en="Check the unit (MWh or kWh)."),
        )
    return year_measurement(
        evidence,
        year,
        measure="energy_reuse_factor",
        unit="%",
        value=reused.amount / facility * 100,
        quality=worst([year.grade, energy.grade, reused.quality]),
        formula=f"ERF = E_reused ÷ E_facility × 100{energy.formula}",
        inputs=(
            Input("E_reused", Text(zh="再利用能量", en="Energy reused"), measured(reused.amount), "kWh", reused.source),
            *energy.inputs(facility),
        ),
        notes=(*reused.notes, *energy.notes),
        also=(*reused.rests_on, *energy.rests_on),
        coverage=min(reused.coverage, energy.coverage),
    )


_LITRES = {**WATER, "t": Fraction(1000)}
_REUSED = "GR-3.2.reused"
_SYMBOLS = {"onsite": "E_onsite", "direct": "E_direct", "ppa": "E_PPA", "certificates": "E_cert"}
_PARTS = {
    "onsite": Text(zh="自发自用绿电", en="On-site generation"),
    "direct": Text(zh="绿电直连", en="Direct line"),
    "ppa": Text(zh="绿电双边交易", en="Bilateral green power trade"),
    "certificates": Text(zh="单独购买的绿证", en="Certificates bought apart"),
}


def _water(evidence: CentreEvidence) -> YearAmount | None:
    """Litres of twelve months: past the named points, else as declared; None when neither was handed in."""
    points = named_points(evidence, "GR-3.1.water")
    if are_read(evidence, points):
        return flow_of_year(evidence, points, WATER)
    told = declared_quantity(evidence, "GR-3.1", _LITRES)
    return declared_amount(told) if told else None


def _grade_of_contract(evidence: CentreEvidence) -> Quality:
    """A heat meter tells that heat left; that somebody used it a contract in force tells of each, or an assessor."""
    own = (row for row in items_met(evidence) if row["indicator"] == f"{_REUSED}_points")
    return Quality.A if all(row["documents"] or row["witnessed_by"] for row in own) else Quality.C


def _carbon_left_out(evidence: CentreEvidence, fuel: Quantity | None) -> Iterator[Reason]:
    """The forms of energy whose carbon dioxide nobody declared: of bought cooling and heat, of fuels."""
    others = [one for one in other_energy(evidence) if not (one.factors.is_fuel and fuel)]
    if others:
        yield note(
            "carbon_left_out",
            f"未计入这些能源的二氧化碳排放：{'、'.join(one.factors.title.zh for one in others)}。",
            f"The carbon dioxide of these is not in the figure: {', '.join(one.factors.title.en for one in others)}.",
        )


def _renewables(evidence: CentreEvidence, year: EnergyYear) -> dict[str, tuple[Fraction, Quantity | None]]:
    """Renewable energy by part, kWh: on-site as metered where a meter is, the rest as declared."""
    parts: dict[str, tuple[Fraction, Quantity | None]] = {}
    if year.generation or year.contained:
        parts["onsite"] = (year.whole_year(year.generation_kwh()), None)
    for name in _PARTS:
        found = declared_quantity(evidence, f"GR-2.1.{name}", ENERGY_UNITS)
        if found and name not in parts:
            parts[name] = (found.amount, found)
    return parts


def _renewable_input(name: str, kwh: Fraction, found: Quantity | None) -> Input:
    return Input(_SYMBOLS[name], _PARTS[name], measured(kwh), "kWh", found.code if found else "")


def _factor_input(basis: str, row: FactorRow) -> Input:
    return Input(
        f"factor_{basis}_{row.year}",
        Text(zh=f"{row.region}{row.year} 年电力排放因子", en=f"Emission factor of {row.region}, {row.year}"),
        row.factor,
        "kg/kWh",
        emission_factors().cited(f"{row.region} {row.year}"),
    )


def _years(used: Mapping[tuple[str, int], FactorRow]) -> list[str]:
    return sorted({str(year) for _, year in used})


def residual_factor(year: int) -> FactorRow:
    """The national factor without traded non-fossil power of a year, else of the latest year before, or the first."""
    rows = [row for row in emission_factors().rows if row.level == "national_residual"]
    return max((row for row in rows if row.year <= year), key=lambda row: row.year, default=rows[0])


def provincial_factor(province: str, year: int) -> FactorRow:
    """The provincial factor of a year, else of the latest year before it.

    Raises:
        InsufficientData: `no_emission_factor`.
    """
    rows = [row for row in emission_factors().rows if row.level == "province" and row.region == province]
    published = [row for row in rows if row.year <= year]
    if not published:
        raise InsufficientData(
            "no_emission_factor",
            Text(
                zh=f"排放因子表 {emission_factors().name} 中没有“{province}”。",
                en=f"The table {emission_factors().name} has no factor for “{province}”.",
            ),
            hint=Text(
                zh="省份请写规范简称，例如“内蒙古”。",
                en="Write the province by its short Chinese name, such as 内蒙古.",
            ),
        )
    return max(published, key=lambda row: row.year)
