"""Cooling, the way of the power and liquid cooling over twelve months: heat and energy of meters set side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import FacilityProfile, Meter
from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Support
from core.quantity import measured
from core.silences import told_silences
from core.text import Text, joined_zh
from evidence.observations.energy_readings import ENERGY_READINGS
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import bounds
from indicators.measures.declared import declared_quantity
from indicators.measures.energy import annual_pue
from indicators.measures.energy_results import it_kwh
from indicators.measures.energy_year import Account, account_of, energy_year
from indicators.measures.findings import NoEvidence, coverage_grade, note, nothing_handed_in, percent, worst
from indicators.measures.job_log import YEAR_DAYS, window
from indicators.measures.meters import ledgers
from indicators.measures.readings import number_of_readings, readings_support

LEAST_YEAR = Fraction(90, 100)
KWH_PER_GJ = Fraction(1000, 36) * 10
ELECTRICAL_LOSS = Fraction(104, 100)
FARTHEST_PUE = Fraction(5, 100)
LARGEST_LIQUID_SHARE = Fraction(105, 100)  # heat meters err by a few per cent
_ENERGY = {
    **{"kWh": Fraction(1), "MWh": Fraction(1000), "GWh": Fraction(10**6)},
    **{"GJ": KWH_PER_GJ, "TJ": KWH_PER_GJ * 1000},
}
_POWER = {"kW": Fraction(1), "MW": Fraction(1000), "W": Fraction(1, 1000)}


@dataclass(frozen=True)
class Energy:
    """An amount of twelve months in kWh, how well it is covered, its grade and what it rests on."""

    kwh: Fraction
    coverage: Fraction
    quality: Quality
    rests_on: tuple[Support, ...]
    source: str = ""


def cooling_efficiency_ratio(evidence: CentreEvidence) -> Measurement:
    """Heat removed ÷ electricity of cooling, over twelve months.

    Heat: the registers (GJ) of the points a declaration names as items of `GR-1.2.heat_points`, else the amount
    declared under `GR-1.2.heat`. Electricity: the topmost meters that measure cooling.

    Raises:
        NoEvidence.
        InsufficientData: `meters_not_declared`, `meter_silent`, `coverage_too_small`, `points_silent`.
        InvalidEvidence: `no_cooling_energy`.
    Source: ISO/IEC 30134-7:2023; scheme §2.3 GR-1.2.
    """
    heat = _heat(evidence, "GR-1.2.heat")
    if heat is None:
        raise nothing_handed_in(["energy_readings", "flow_readings", "declaration"])
    cooling = _metered(evidence, topmost_meters(evidence.profile, "cooling"), Text(zh="制冷", en="cooling"))
    if cooling.kwh <= 0:
        raise InvalidEvidence(
            "no_cooling_energy",
            Text(zh="评价期内制冷用电量为零。", en="Cooling used no electricity in the period."),
            hint=Text(zh="请检查制冷电表的读数与倍率。", en="Check readings and multipliers of the cooling meters."),
        )
    ratio = heat.kwh / cooling.kwh
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
            Input("Q_heat", Text(zh="移走的热量", en="Heat removed"), measured(heat.kwh), "kWh", heat.source),
            Input("E_cooling", Text(zh="制冷用电量", en="Electricity of cooling"), measured(cooling.kwh), "kWh"),
        ),
        notes=_implied_pue(evidence, ratio),
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
    used = _metered(evidence, at_input, Text(zh="IT 设备输入端", en="IT equipment input"))
    given = _metered(evidence, transformers, Text(zh="变压器低压侧", en="transformer output"))
    below = {meter.id for meter in transformers}
    others = [meter for meter in profile.meters if meter.measures in ("cooling", "other") and meter.parent in below]
    beside = _metered(evidence, others, Text(zh="其他负荷", en="other loads")) if others else None
    to_it = given.kwh - (beside.kwh if beside else 0)
    if to_it <= 0 or used.kwh > to_it:
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
        value=measured(used.kwh / to_it * 100),
        period=window(evidence, YEAR_DAYS),
        coverage=measured(min(part.coverage for part in parts)),
        quality=worst(part.quality for part in parts),
        formula="η = E_input ÷ (E_transformer − E_other) × 100",
        inputs=(
            Input("E_input", Text(zh="IT 输入端电量", en="At IT input"), measured(used.kwh), "kWh"),
            Input("E_transformer", Text(zh="变压器低压侧电量", en="At transformer output"), measured(given.kwh), "kWh"),
            Input("E_other", Text(zh="其他负荷", en="Other loads"), measured(given.kwh - to_it), "kWh"),
        ),
        rests_on=tuple(found for part in parts for found in part.rests_on),
    )


def liquid_cooling_share(evidence: CentreEvidence) -> Measurement:
    """Heat removed by liquid ÷ IT energy of twelve months, in per cent; else liquid-cooled IT power ÷ rated IT power.

    Heat as registers of the points `GR-1.5.liquid_heat_points` names, or declared under `GR-1.5.liquid_heat`; power
    under `GR-1.5.liquid_it_kw`.

    Raises:
        NoEvidence.
        InsufficientData: of the energy year; `points_silent`, `coverage_too_small`.
        InvalidEvidence: `liquid_above_it`.
    Source: scheme §2.3 GR-1.5.
    """
    heat = _heat(evidence, "GR-1.5.liquid_heat")
    if heat is not None:
        year = energy_year(evidence)
        liquid, whole, unit = heat.kwh, year.whole_year(it_kwh(year)), "kWh"
        quality, rests_on, coverage = worst([heat.quality, year.grade]), heat.rests_on, heat.coverage
    else:
        power = declared_quantity(evidence, "GR-1.5.liquid_it_kw", _POWER)
        if power is None:
            raise nothing_handed_in(["flow_readings", "energy_readings", "declaration"], ["declaration"])
        liquid, whole, unit = power.amount, Fraction(evidence.profile.it_capacity_kw), "kW"
        quality, rests_on, coverage = power.quality, support("declaration", power.rows), Fraction(1)
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
        rests_on=rests_on,
    )


def _heat(evidence: CentreEvidence, code: str) -> Energy | None:
    """Heat of twelve months: registers of the named points, else as declared; None when neither was handed in."""
    rows = evidence.rows("declaration").to_pylist()
    named = {row["item"] for row in rows if row["indicator"] == f"{code}_points" and row["item"] and row["met"]}
    if named and evidence.rows("flow_readings").num_rows:
        return _registers(evidence, sorted(named))
    told = declared_quantity(evidence, code, _ENERGY)
    if told is None:
        return None
    return Energy(told.amount, Fraction(1), told.quality, support("declaration", told.rows), told.code)


def _registers(evidence: CentreEvidence, points: list[str]) -> Energy:
    """Heat by the registers of some points, GJ."""
    rows = evidence.rows("flow_readings")
    rows = rows.filter(
        pc.and_(pc.is_in(rows.column("point"), value_set=pa.array(points)), pc.equal(rows.column("unit"), "GJ"))
    )
    period = window(evidence, YEAR_DAYS)
    start, end = bounds(period)
    total, shares, silent = Fraction(0), [], {}
    for point in points:
        own = rows.filter(pc.equal(rows.column("point"), point))
        if not own.num_rows:
            raise InsufficientData(
                "points_silent",
                Text(zh=f"测点 {point} 没有以 GJ 为单位的读数。", en=f"The point {point} has no reading in GJ."),
                hint=Text(zh="请提交该热量表的累计读数。", en="Hand in the register of this heat meter."),
            )
        ledger = ledgers(_as_meter(point), _as_readings(own), zone=evidence.profile.zone)["register"]
        total += ledger.kwh(start, end) * KWH_PER_GJ
        shares.append(Fraction(ledger.covered(start, end), end - start))
        silent[point] = ledger.uncovered(start, end)
    _require_year(min(shares), silent, evidence.profile.place.timezone)
    grade = coverage_grade(min(shares))
    return Energy(total, min(shares), grade, support("flow_readings", rows), ", ".join(points))


def _as_meter(point: str) -> Meter:
    """A heat register read like an electric one: only the unit differs, and is converted afterwards."""
    return Meter.model_validate(
        {"id": point[:64], "at": "other", "measures": "other", "kind": "on_change", "unit": "kWh", "max_silence": "P1D"}
    )


def _as_readings(rows: pa.Table) -> pa.Table:
    number = rows.num_rows
    return ENERGY_READINGS.table(
        {
            "meter": rows.column("point"),
            "at": rows.column("at"),
            "value": rows.column("value"),
            "reading": pa.array(np.full(number, "on_change", dtype=object), pa.string()),
            "line": rows.column("line"),
        }
    )


def _metered(evidence: CentreEvidence, meters: list[Meter], what: Text) -> Energy:
    """The energy of some meters over the year, each covered as the rule asks."""
    if not meters:
        raise InsufficientData(
            "meters_not_declared",
            Text(
                zh=f"{joined_zh('机构概况没有申报', what.zh)}的电表。",
                en=f"The profile declares no meter of {what.en}.",
            ),
            hint=Text(
                zh="请在机构概况中为电表申报位置（at）与对象（measures）。",
                en="Declare where each meter sits (at) and what it measures (measures).",
            ),
        )
    period = window(evidence, YEAR_DAYS)
    accounts = [_account(evidence, meter, period) for meter in meters]
    start, end = bounds(period)
    shares = [account.year_coverage for account in accounts]
    worst_month = min(share for account in accounts for share in account.coverage.values())
    silent = {account.meter.id: account.uncovered for account in accounts}
    _require_year(min(shares), silent, evidence.profile.place.timezone)
    return Energy(
        sum((account.kwh(start, end) for account in accounts), Fraction(0)),
        min(shares),
        worst([coverage_grade(min(shares)), coverage_grade(worst_month)]),
        readings_support(evidence, meters=[meter.id for meter in meters]),
    )


def _account(evidence: CentreEvidence, meter: Meter, period: Period) -> Account:
    account = account_of(evidence, meter, period)
    if account is None:
        raise InsufficientData(
            "meter_silent",
            Text(
                zh=f"电表 {meter.id} 在评价期内没有可用读数。",
                en=f"Meter {meter.id} has no usable reading in the period.",
            ),
            hint=Text(zh="请提交该电表十二个整月的读数。", en="Hand in twelve whole months of its readings."),
        )
    return account


def _require_year(share: Fraction, silent: Mapping[str, Iterable[tuple[int, int]]], zone: str) -> None:
    """Refuse the least covered of some meters or points; `silent` are the gaps of each."""
    if share < LEAST_YEAR:
        names, told = list(silent), told_silences(silent, zone)
        raise InsufficientData(
            "coverage_too_small",
            Text(
                zh=f"{'、'.join(names)} 的读数只覆盖全年的 {percent(share)}，至少需要 90 %。"
                f"没有可用读数的时段：{told.zh}。",
                en=f"The readings of {', '.join(names)} cover {percent(share)} of the year; 90 % are needed. "
                f"No usable readings: {told.en}.",
            ),
            hint=Text(zh="请补交缺失时段的原始读数。", en="Hand in the missing raw readings."),
        )


def topmost_meters(profile: FacilityProfile, measures: str) -> list[Meter]:
    """The meters of one purpose that have none of it above them."""
    own = {meter.id for meter in profile.meters if meter.measures == measures}
    return [m for m in profile.meters if m.id in own and _first_above(profile, m, own) is None]


def _first_above(profile: FacilityProfile, meter: Meter, among: set[str]) -> str | None:
    """The nearest meter above that is among some."""
    by_id = {other.id: other for other in profile.meters}
    seen: set[str] = set()
    while meter.parent is not None and meter.parent not in seen:
        seen.add(meter.parent)
        if meter.parent in among:
            return meter.parent
        meter = by_id[meter.parent]
    return None


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
