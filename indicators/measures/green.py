"""Measures of green power, carbon, water and heat: declared quantities joined to measured energy."""

from __future__ import annotations

from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.declared import Quantity, declared_quantity, declared_value
from indicators.measures.energy_results import facility_input, it_input, it_kwh, year_measurement
from indicators.measures.energy_year import EnergyYear, energy_year
from indicators.measures.findings import note, nothing_handed_in, percent, worst
from indicators.measures.references import FactorRow, emission_factors

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
    facility = year.whole_year(year.facility_kwh())
    parts = _renewables(evidence, year)
    if not parts:
        raise nothing_handed_in(["declaration"])
    scored = {name: kwh for name, (kwh, _) in parts.items()}
    full = sum(scored.values()) / facility
    if full > 1:
        raise InvalidEvidence(
            "renewables_above_consumption",
            Text(
                zh=f"申报的绿电为用电量的 {percent(full)}，超过全部用电量。",
                en=f"The renewable energy declared is {percent(full)} of the energy used.",
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
        quality=worst([year.grade, *(found.quality for _, found in parts.values() if found)]),
        formula="REF_s = (E_onsite + E_direct + E_PPA + min(E_cert, 0.30·E_facility)) ÷ E_facility × 100",
        inputs=(
            facility_input(facility),
            *(_renewable_input(name, kwh, found) for name, (kwh, found) in parts.items()),
            Input("ref_full", Text(zh="REF（不设上限）", en="REF, uncapped"), measured(full * 100), "%"),
        ),
        declared=[found for _, found in parts.values() if found],
    )


def carbon_usage_effectiveness(evidence: CentreEvidence) -> Measurement:
    """Location-based CUE: grid energy × provincial factor of the electricity year, plus fuel, ÷ IT energy.

    Display only. Own generation does not come from the grid, in every month alike; renewables that were bought
    do. Months whose factor is not yet published take the latest earlier year's.
    Source: ISO/IEC 30134-8:2022; factors: MEE & NBS notices.
    """
    year = energy_year(evidence)
    it, total = it_kwh(year), year.facility_kwh()
    parts = _renewables(evidence, year)
    onsite = parts["onsite"][0] if "onsite" in parts else Fraction(0)
    from_grid = max(1 - onsite / year.whole_year(total), Fraction(0))
    kilograms, used = Fraction(0), {}
    for _, month in year.months:
        row = provincial_factor(evidence.profile.place.province, month.start.astimezone(evidence.profile.zone).year)
        used[row.year] = row
        kilograms += year.facility_kwh(month) * from_grid * Fraction(row.factor)
    fuel = declared_quantity(evidence, "GR-2.2.fuel_kg", {"kg": Fraction(1), "t": Fraction(1000)})
    if fuel:
        kilograms += fuel.amount
    table = emission_factors()
    factors = tuple(
        Input(
            f"factor_{row.year}",
            Text(zh=f"{row.region}{row.year} 年电力平均排放因子", en=f"Emission factor of {row.region}, {row.year}"),
            row.factor,
            "kg/kWh",
            table.cited(f"{row.region} {row.year}"),
        )
        for row in used.values()
    )
    return year_measurement(
        evidence,
        year,
        measure="carbon_usage_effectiveness",
        unit="kg/kWh",
        value=kilograms / it,
        quality=year.grade,
        formula="CUE = (Σ E_facility × share × factor + fuel) ÷ E_IT",
        inputs=(
            Input("share", Text(zh="电网电量占比", en="Share from the grid"), measured(from_grid * 100), "%"),
            Input("mass", Text(zh="二氧化碳排放", en="Carbon dioxide"), measured(kilograms), "kg"),
            it_input(it),
            *factors,
        ),
        declared=[fuel] if fuel else [],
        notes=(
            note(
                "factor_year",
                f"采用 {'、'.join(map(str, sorted(used)))} 年排放因子。",
                f"Emission factors of {', '.join(map(str, sorted(used)))} are used.",
            ),
        ),
    )


def water_usage_effectiveness(evidence: CentreEvidence) -> Measurement:
    """Annual site water use ÷ annual IT energy, L/kWh.

    Declared under `GR-3.1` (or `GR-3.1.water_l`, `GR-3.1.water_m3`) in L or m3.
    Source: ISO/IEC 30134-9.
    """
    litres = {"L": Fraction(1), "l": Fraction(1), "m3": Fraction(1000), "m³": Fraction(1000), "t": Fraction(1000)}
    water = declared_quantity(evidence, "GR-3.1", litres)
    if water is None:
        raise nothing_handed_in(["declaration"])
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
            Input("V_water", Text(zh="全年用水量", en="Annual water use"), measured(water.amount), "L", water.code),
            it_input(it),
        ),
        declared=[water],
    )


def energy_reuse_factor(evidence: CentreEvidence) -> Measurement:
    """Energy reused outside the centre ÷ facility energy.

    Declared under `GR-3.2` (or `GR-3.2.reused_mwh`) as energy, or as a percentage which then stands as declared.
    Source: ISO/IEC 30134-6:2021.
    """
    reused = declared_quantity(evidence, "GR-3.2", {**_ENERGY, "%": Fraction(1)})
    if reused is None:
        raise nothing_handed_in(["declaration"])
    if reused.unit == "%":
        return declared_value("energy_reuse_factor", reused.code, "%", evidence)
    year = energy_year(evidence, with_it=False)
    facility = year.whole_year(year.facility_kwh())
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
        quality=worst([year.grade, reused.quality]),
        formula="ERF = E_reused ÷ E_facility × 100",
        inputs=(
            Input("E_reused", Text(zh="再利用能量", en="Energy reused"), measured(reused.amount), "kWh", reused.code),
            facility_input(facility),
        ),
        declared=[reused],
    )


_ENERGY = {"kWh": Fraction(1), "MWh": Fraction(1000), "GWh": Fraction(10**6), "Wh": Fraction(1, 1000)}
_SYMBOLS = {"onsite": "E_onsite", "direct": "E_direct", "ppa": "E_PPA", "certificates": "E_cert"}
_PARTS = {
    "onsite": Text(zh="自发自用绿电", en="On-site generation"),
    "direct": Text(zh="绿电直连", en="Direct line"),
    "ppa": Text(zh="绿电双边交易", en="Bilateral green power trade"),
    "certificates": Text(zh="单独购买的绿证", en="Certificates bought apart"),
}


def _renewables(evidence: CentreEvidence, year: EnergyYear) -> dict[str, tuple[Fraction, Quantity | None]]:
    """Renewable energy by part, kWh: on-site as metered where a meter is, the rest as declared."""
    parts: dict[str, tuple[Fraction, Quantity | None]] = {}
    if year.generation:
        parts["onsite"] = (year.whole_year(year.generation_kwh()), None)
    for name in _PARTS:
        found = declared_quantity(evidence, f"GR-2.1.{name}", _ENERGY)
        if found and name not in parts:
            parts[name] = (found.amount, found)
    return parts


def _renewable_input(name: str, kwh: Fraction, found: Quantity | None) -> Input:
    return Input(_SYMBOLS[name], _PARTS[name], measured(kwh), "kWh", found.code if found else "")


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
