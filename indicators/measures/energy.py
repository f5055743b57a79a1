"""Energy measures of a year: PUE, load factor, renewable share, water, heat, metering, carbon."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from centres.profile import Meter
from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.quantity import measured
from core.text import Text, joined_zh
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.energy_results import it_input, it_kwh, year_measurement
from indicators.measures.energy_year import EnergyYear, account_of, energy_year
from indicators.measures.facility_energy import FacilityEnergy, boundary_notes, facility_energy
from indicators.measures.findings import note, nothing_handed_in, percent, worst
from indicators.measures.meters import DAY, HOUR
from indicators.measures.readings import number_of_readings, readings_support
from indicators.measures.shelf import year_of

# Places of the IT meter, categories 1, 2 and 3 of ISO/IEC 30134-2, and the highest points the first two allow.
_CATEGORIES = ("ups_output", "pdu_output", "it_input")
_CAPS = {"ups_output": Decimal(74), "pdu_output": Decimal(89)}
_LONGEST_INTERVAL = {"ups_output": HOUR, "pdu_output": HOUR, "it_input": HOUR // 4}
_HIGHEST_PUE = 5
_SUSPICIOUS_PUE = Fraction(103, 100)
_CALIBRATION_YEARS = 3
_METERING_FLOOR = 75


def annual_pue(evidence: CentreEvidence) -> Measurement:
    """Power usage effectiveness over exactly twelve months: facility energy of all forms ÷ IT energy.

    Fuels, bought cooling and heat are declared under `GR-1.1.<carrier>`, or metered at the points and meters that are
    items of `GR-1.1.<carrier>_points`; what the table of carriers lacks has its factor under `GR-1.1.factor.<name>`.

    Returns:
        Ratio ≥ 1, capped at 74, 89 or 100 points by the place of the IT meter.

    Raises:
        InsufficientData: coverage below the rule, naming the missing months; `factor_missing`, `fuel_energy_missing`.
        InvalidEvidence: `pue_impossible` below 1 or above 5.
    Source: ISO/IEC 30134-2 (definition, categories); GB 40879-2021; scheme §3.1.
    """
    year = energy_year(evidence)
    energy, it = facility_energy(evidence, year), it_kwh(year)
    pue = energy.kwh() / it
    if not 1 <= pue <= _HIGHEST_PUE:
        shown = measured(pue)
        raise InvalidEvidence(
            "pue_impossible",
            Text(
                zh=f"电能利用效率为 {shown}，不在 1 至 {_HIGHEST_PUE} 之间，不可能成立。",
                en=f"A power usage effectiveness of {shown} is impossible; it lies between 1 and {_HIGHEST_PUE}.",
            ),
            hint=Text(
                zh="请检查总电表与 IT 电表是否对调、倍率与单位是否正确。",
                en="Check whether facility and IT meters are swapped, and their multipliers and units.",
            ),
        )
    place = _place(year)
    quality = worst([year.grade, energy.grade, _interval_grade(year, place), _metering_grade(evidence)])
    return year_measurement(
        evidence,
        year,
        measure="annual_pue",
        unit="1",
        value=pue,
        quality=quality,
        cap=_CAPS.get(place),
        formula=f"PUE = E_facility ÷ E_IT{energy.formula}",
        inputs=(*energy.inputs(energy.kwh()), it_input(it), *_monthly_pue(energy)),
        notes=(*_pue_notes(energy, pue, place), *boundary_notes(evidence), *energy.notes),
        also=energy.rests_on,
        coverage=energy.coverage,
    )


def it_load_factor(evidence: CentreEvidence) -> Measurement:
    """Mean IT power ÷ rated IT power of the racks in service, over twelve months.

    Source: national green data centre criteria 2025, item 14.
    """
    year = energy_year(evidence)
    it = year.whole_year(it_kwh(year))
    rated = evidence.profile.it_capacity_kw
    hours = Fraction(year.period.seconds, 3600)
    load = it / hours / Fraction(rated)
    if load > Fraction(11, 10):
        raise InvalidEvidence(
            "above_nameplate",
            Text(
                zh=f"平均 IT 功率为额定功率的 {percent(load)}，超过额定值 10 % 以上。",
                en=f"Mean IT power is {percent(load)} of the rated power, more than 10 % above it.",
            ),
            hint=Text(
                zh="请核对 it_capacity_kw 与电表单位、倍率。",
                en="Check it_capacity_kw and the meters' units and multipliers.",
            ),
        )
    return year_measurement(
        evidence,
        year,
        measure="it_load_factor",
        unit="%",
        value=load * 100,
        quality=year.grade,
        formula="L = E_IT ÷ (hours × P_rated) × 100",
        inputs=(
            it_input(it),
            Input("hours", Text(zh="评价期小时数", en="Hours of the period"), measured(hours), "h"),
            Input("P_rated", Text(zh="额定 IT 功率", en="Rated IT power"), rated, "kW", "profile: it_capacity_kw"),
        ),
    )


def metering_completeness(evidence: CentreEvidence) -> Measurement:
    """Meters online and calibrated within three years ÷ meters of the tree, × their mean data coverage.

    Source: GB/T 29149 practice (meter equipment rate); scheme §2.3.
    """
    profile = evidence.profile
    if not number_of_readings(evidence):
        raise nothing_handed_in(["energy_readings"])
    if not profile.meters:
        raise InsufficientData(
            "meters_not_declared",
            Text(zh="机构概况没有申报电表。", en="The profile declares no meters."),
            hint=Text(zh="请在机构概况中申报电表树。", en="Declare the tree of meters in the profile."),
        )
    period = year_of(profile)
    accounts = {meter.id: account_of(evidence, meter, period) for meter in profile.meters}
    online = {name: account for name, account in accounts.items() if account}
    good = [m for m in profile.meters if m.id in online and _calibrated(m, profile.applied_on)]
    mean = sum((a.year_coverage for a in online.values()), Fraction(0)) / len(online) if online else Fraction(0)
    share = Fraction(len(good), len(profile.meters))
    return Measurement(
        measure="metering_completeness",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(share * mean * 100),
        period=period,
        coverage=measured(mean),
        quality=Quality.A,
        formula="M = n_good ÷ n_required × coverage × 100",
        inputs=(
            Input(
                "n_good", Text(zh="在线且校准有效的电表", en="Meters online and calibrated"), Decimal(len(good)), "1"
            ),
            Input(
                "n_required",
                Text(zh="应配电表", en="Meters required"),
                Decimal(len(profile.meters)),
                "1",
                "profile: meters",
            ),
            Input("coverage", Text(zh="平均数据覆盖率", en="Mean data coverage"), measured(mean * 100), "%"),
        ),
        rests_on=readings_support(evidence),
    )


def _place(year: EnergyYear) -> str:
    """The place of the IT meters: of several the lowest category; an unnamed place counts as the lowest."""
    return _CATEGORIES[min(_CATEGORIES.index(a.meter.at) if a.meter.at in _CATEGORIES else 0 for a in year.it)]


def _interval_grade(year: EnergyYear, place: str) -> Quality:
    """Readings as close as the category asks → A; daily → B; monthly sheets are a summary → C."""
    usual = max(account.usual for account in (*year.facility, *year.it))
    if usual <= _LONGEST_INTERVAL[place]:
        return Quality.A
    return Quality.B if usual <= DAY else Quality.C


def _metering_grade(evidence: CentreEvidence) -> Quality:
    value = metering_completeness(evidence).value
    return Quality.C if value is not None and value < _METERING_FLOOR else Quality.A


def _calibrated(meter: Meter, applied_on: dt.date) -> bool:
    if meter.calibrated_on is None or meter.calibrated_on > applied_on:
        return False
    return (applied_on.year - meter.calibrated_on.year, applied_on.month, applied_on.day) <= (
        _CALIBRATION_YEARS,
        meter.calibrated_on.month,
        meter.calibrated_on.day,
    )


def _monthly_pue(energy: FacilityEnergy) -> tuple[Input, ...]:
    """The twelve monthly ratios, shown only; a month without IT energy has none."""
    return tuple(
        Input(f"pue_{name}", Text(zh=f"{name} 的 PUE", en=f"PUE of {name}"), measured(energy.kwh(month) / it), "1")
        for name, month in energy.year.months
        if (it := energy.year.it_kwh(month)) > 0
    )


def _pue_notes(energy: FacilityEnergy, pue: Fraction, place: str) -> tuple[Reason, ...]:
    category, cap = 1 + _CATEGORIES.index(place), _CAPS.get(place, 100)
    notes = [
        note(
            "category",
            f"{joined_zh('IT 电表位于', _PLACES[place].zh)}：PUE{category} 类，指标得分上限 {cap}。",
            f"The IT meter sits at the {_PLACES[place].en}: category PUE{category}, points capped at {cap}.",
        )
    ]
    if pue < _SUSPICIOUS_PUE:
        notes.append(note("site_check", "PUE 低于 1.03，须现场核查。", "A PUE below 1.03 asks for a site check."))
    for name, month in energy.year.months:
        if energy.kwh(month) < energy.year.it_kwh(month):
            notes.append(
                note(
                    "month_impossible",
                    f"{name}：IT 用电量大于总用电量，请检查是否对调。",
                    f"{name}: IT energy exceeds facility energy; are the meters swapped?",
                )
            )
    return tuple(notes)


_PLACES = {
    "ups_output": Text(zh="不间断电源输出端", en="UPS output"),
    "pdu_output": Text(zh="配电列头柜输出端", en="PDU output"),
    "it_input": Text(zh="IT 设备输入端", en="IT equipment input"),
}
