"""Cooling, the way of the power and liquid cooling over twelve months: heat and energy of meters set side by side."""

from __future__ import annotations

from fractions import Fraction

from centres.profile import FacilityProfile, Meter
from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.declared import declared_quantity
from indicators.measures.energy import annual_pue
from indicators.measures.energy_results import it_kwh
from indicators.measures.energy_year import energy_year
from indicators.measures.findings import NoEvidence, note, nothing_handed_in, percent, worst
from indicators.measures.job_log import YEAR_DAYS, window
from indicators.measures.meter_tree import ancestors
from indicators.measures.readings import number_of_readings
from indicators.measures.year_amounts import (
    ENERGY_UNITS,
    YearAmount,
    are_read,
    declared_amount,
    heat_of_year,
    metered,
    named_points,
)

ELECTRICAL_LOSS = Fraction(104, 100)
FARTHEST_PUE = Fraction(5, 100)
LARGEST_LIQUID_SHARE = Fraction(105, 100)  # heat meters err by a few per cent
_POWER = {"kW": Fraction(1), "MW": Fraction(1000), "W": Fraction(1, 1000)}


def cooling_efficiency_ratio(evidence: CentreEvidence) -> Measurement:
    """Heat removed ÷ electricity of cooling, over twelve months.

    Heat: past the points and meters a declaration names as items of `GR-1.2.heat_points`, else the amount declared
    under `GR-1.2.heat`. Electricity: the topmost meters that measure cooling.

    Raises:
        NoEvidence.
        InsufficientData: `meters_not_declared`, `meter_silent`, `coverage_too_small`, `points_silent`.
        InvalidEvidence: `no_cooling_energy`, `point_in_two_units`, `meter_of_electricity`.
    Source: ISO/IEC 30134-7:2023; scheme §2.3 GR-1.2.
    """
    heat = _heat(evidence, "GR-1.2.heat")
    if heat is None:
        raise nothing_handed_in(["energy_readings", "flow_readings", "declaration"])
    cooling = metered(evidence, topmost_meters(evidence.profile, "cooling"), Text(zh="制冷", en="cooling"))
    if cooling.amount <= 0:
        raise InvalidEvidence(
            "no_cooling_energy",
            Text(zh="评价期内制冷用电量为零。", en="Cooling used no electricity in the period."),
            hint=Text(zh="请检查制冷电表的读数与倍率。", en="Check readings and multipliers of the cooling meters."),
        )
    ratio = heat.amount / cooling.amount
    return Measurement(
        measure="cooling_efficiency_ratio",
        outcome=Outcome.SCORED,
        unit="1",
        value=measured(ratio),
        period=window(evidence, YEAR_DAYS),
        coverage=measured(min(heat.coverage, cooling.coverage)),
        quality=worst([heat.quality, cooling.quality]),
        formula="CER = Q_heat ÷ E_cooling",
        inputs=(
            Input("Q_heat", Text(zh="移走的热量", en="Heat removed"), measured(heat.amount), "kWh", heat.source),
            Input("E_cooling", Text(zh="制冷用电量", en="Electricity of cooling"), measured(cooling.amount), "kWh"),
        ),
        notes=(*_implied_pue(evidence, ratio), *heat.notes, *cooling.notes),
        rests_on=(*heat.rests_on, *cooling.rests_on),
    )


def power_distribution_efficiency(evidence: CentreEvidence) -> Measurement:
    """Energy at the input of IT equipment ÷ energy the transformers gave to IT, over twelve months, in per cent.

    Of a transformer that also feeds cooling and other loads, what the meters of those below it read is taken off.

    Raises:
        NoEvidence.
        InsufficientData: `meters_not_declared`, `meter_silent`, `coverage_too_small`.
        InvalidEvidence: `efficiency_above_one`.
    Source: scheme §2.3 GR-1.4; report S-21.
    """
    if not number_of_readings(evidence):
        raise nothing_handed_in(["energy_readings"])
    profile = evidence.profile
    at_input = [meter for meter in profile.meters if meter.at == "it_input" and meter.measures == "it"]
    transformers = [meter for meter in profile.meters if meter.at == "transformer_output"]
    used = metered(evidence, at_input, Text(zh="IT 设备输入端", en="IT equipment input"))
    given = metered(evidence, transformers, Text(zh="变压器低压侧", en="transformer output"))
    below = {meter.id for meter in transformers}
    others = [meter for meter in profile.meters if meter.measures in ("cooling", "other") and meter.parent in below]
    beside = metered(evidence, others, Text(zh="其他负荷", en="other loads")) if others else None
    to_it = given.amount - (beside.amount if beside else 0)
    if to_it <= 0 or used.amount > to_it:
        raise InvalidEvidence(
            "efficiency_above_one",
            Text(
                zh="IT 输入端电量大于变压器供给 IT 的电量。",
                en="More energy reached the IT equipment than the transformers gave to it.",
            ),
            hint=Text(zh="请核对电表位置（at）、上下级（parent）与倍率。", en="Check places, parents and multipliers."),
        )
    parts = [used, given, *([beside] if beside else [])]
    return Measurement(
        measure="power_distribution_efficiency",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(used.amount / to_it * 100),
        period=window(evidence, YEAR_DAYS),
        coverage=measured(min(part.coverage for part in parts)),
        quality=worst(part.quality for part in parts),
        formula="η = E_input ÷ (E_transformer − E_other) × 100",
        inputs=(
            Input("E_input", Text(zh="IT 输入端电量", en="At IT input"), measured(used.amount), "kWh"),
            Input(
                "E_transformer", Text(zh="变压器低压侧电量", en="At transformer output"), measured(given.amount), "kWh"
            ),
            Input("E_other", Text(zh="其他负荷", en="Other loads"), measured(given.amount - to_it), "kWh"),
        ),
        notes=tuple(found for part in parts for found in part.notes),
        rests_on=tuple(found for part in parts for found in part.rests_on),
    )


def liquid_cooling_share(evidence: CentreEvidence) -> Measurement:
    """Heat removed by liquid ÷ IT energy of twelve months, in per cent; else liquid-cooled IT power ÷ rated IT power.

    Heat past the points `GR-1.5.liquid_heat_points` names, or declared under `GR-1.5.liquid_heat`; power under
    `GR-1.5.liquid_it_kw`.

    Raises:
        NoEvidence.
        InsufficientData: of the energy year; `points_silent`, `coverage_too_small`.
        InvalidEvidence: `liquid_above_it`, `point_in_two_units`, `meter_of_electricity`.
    Source: scheme §2.3 GR-1.5.
    """
    heat = _heat(evidence, "GR-1.5.liquid_heat")
    if heat is not None:
        year = energy_year(evidence)
        liquid, whole, unit = heat.amount, year.whole_year(it_kwh(year)), "kWh"
        quality, coverage = worst([heat.quality, year.grade]), heat.coverage
        rests_on, notes = heat.rests_on, heat.notes
    else:
        power = declared_quantity(evidence, "GR-1.5.liquid_it_kw", _POWER)
        if power is None:
            raise nothing_handed_in(["flow_readings", "energy_readings", "declaration"], ["declaration"])
        liquid, whole, unit = power.amount, Fraction(evidence.profile.it_capacity_kw), "kW"
        quality, coverage = power.quality, Fraction(1)
        rests_on, notes = support("declaration", power.rows), ()
    share = liquid / whole
    if share > LARGEST_LIQUID_SHARE:
        raise InvalidEvidence(
            "liquid_above_it",
            Text(
                zh=f"液冷部分为 IT 总量的 {percent(share)}，超过全部。",
                en=f"The liquid-cooled part is {percent(share)} of all IT, more than there is.",
            ),
            hint=Text(zh="请核对单位与测点。", en="Check units and points."),
        )
    return Measurement(
        measure="liquid_cooling_share",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(min(share, Fraction(1)) * 100),
        period=window(evidence, YEAR_DAYS),
        coverage=measured(coverage),
        quality=quality,
        formula="L = liquid ÷ it × 100",
        inputs=(
            Input("liquid", Text(zh="液冷部分", en="Liquid-cooled"), measured(liquid), unit),
            Input("it", Text(zh="IT 总量", en="All IT"), measured(whole), unit),
        ),
        notes=notes,
        rests_on=rests_on,
    )


def _heat(evidence: CentreEvidence, code: str) -> YearAmount | None:
    """Heat of twelve months: past the named points and meters, else as declared; None when neither was handed in."""
    named = named_points(evidence, code)
    if are_read(evidence, named):
        return heat_of_year(evidence, named, ENERGY_UNITS)
    told = declared_quantity(evidence, code, ENERGY_UNITS)
    return declared_amount(told) if told else None


def topmost_meters(profile: FacilityProfile, measures: str) -> list[Meter]:
    """The meters of one purpose that have none of it above them."""
    own = {meter.id for meter in profile.meters if meter.measures == measures}
    return [m for m in profile.meters if m.id in own and _first_above(profile, m, own) is None]


def _first_above(profile: FacilityProfile, meter: Meter, among: set[str]) -> str | None:
    """The nearest meter above that is among some."""
    return next((above.id for above in ancestors(profile, meter) if above.id in among), None)


def _implied_pue(evidence: CentreEvidence, ratio: Fraction) -> tuple[Reason, ...]:
    """A note where 1 ÷ CER + 1.04 lies farther than 0.05 from the measured PUE."""
    try:
        pue = Fraction(annual_pue(evidence).value or 0)
    except (NoEvidence, InsufficientData, InvalidEvidence):
        return ()
    if not ratio:
        return ()
    implied = 1 / ratio + ELECTRICAL_LOSS
    if abs(implied - pue) <= FARTHEST_PUE:
        return ()
    return (
        note(
            "cer_disagrees",
            f"制冷效率对应的 PUE 为 {measured(implied)}，与实测 {measured(pue)} 相差超过 0.05，须说明。",
            f"This cooling efficiency implies a PUE of {measured(implied)}, more than 0.05 off the measured "
            f"{measured(pue)}; to be explained.",
        ),
    )
