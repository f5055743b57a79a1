"""Amounts of twelve months: energy of meters, and heat, water or fuel past points that count it or tell a rate.

What is known of part of the year is brought to the whole of it at its mean, as the energy it is set against is.
Registers come before rates. A rate stands until its point changes, for a day at most; a register that is read seldom
loses nothing between its readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import FacilityProfile, Meter
from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality
from core.period import Period
from core.provenance import Support
from core.silences import told_silences
from core.text import Text, joined_zh
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import FIGURE_SCALE, bounds, figures, milliseconds
from indicators.measures.declared import Quantity, items_met
from indicators.measures.energy_year import LEAST_YEAR, Account, account_of, is_below
from indicators.measures.findings import coverage_grade, percent, worst
from indicators.measures.intervals import Spell
from indicators.measures.meters import DAY, HOUR, Ledger, ledgers, one_per_stamp
from indicators.measures.readings import readings_support
from indicators.measures.shelf import year_of

KWH_PER_GJ = Fraction(10_000, 36)
ENERGY_UNITS = {
    **{"Wh": Fraction(1, 1000), "kWh": Fraction(1), "MWh": Fraction(1000), "GWh": Fraction(10**6)},
    **{"GJ": KWH_PER_GJ, "TJ": KWH_PER_GJ * 1000},
}
WATER = {"L": Fraction(1), "m3": Fraction(1000)}

_FLOWS = FLOW_READINGS.name
COUNTED = ("GJ", "m3", "L")  # what registers of points count in
RATES = {"m3": ("m3/h", HOUR), "L": ("L/s", 1000)}  # the rate of a unit, and the ms of one


@dataclass(frozen=True)
class YearAmount:
    """An amount of twelve months, how well it is covered, its grade, what it rests on and who tells it."""

    amount: Fraction
    coverage: Fraction
    quality: Quality
    rests_on: tuple[Support, ...]
    source: str = ""


def named_points(evidence: CentreEvidence, code: str) -> list[str]:
    """The points and meters that a declaration names as the items of `<code>_points`."""
    return items_below(evidence, code, "_points").get(f"{code}_points", [])


def items_below(evidence: CentreEvidence, code: str, ending: str) -> dict[str, list[str]]:
    """The items that are met of all declarations whose code begins and ends so, in their order."""
    found: dict[str, list[str]] = {}
    for row in items_met(evidence):
        if row["indicator"].startswith(code) and row["indicator"].endswith(ending):
            found.setdefault(row["indicator"], []).append(row["item"])
    return found


def declared_amount(told: Quantity) -> YearAmount:
    """What is declared for the year, which no reading covers."""
    return YearAmount(told.amount, Fraction(1), told.quality, support("declaration", told.rows), told.code)


def are_read(evidence: CentreEvidence, names: Sequence[str]) -> bool:
    """Whether there are readings that may be theirs: of a meter of the profile, or of any points at all."""
    declared = {meter.id for meter in evidence.profile.meters}
    return bool(names) and (bool(declared & set(names)) or evidence.number_of_rows(_FLOWS) > 0)


def heat_of_year(evidence: CentreEvidence, names: Sequence[str], units: Mapping[str, Fraction]) -> YearAmount:
    """Energy past some meters: those of the profile by their readings in kWh, points by their registers or rates.

    Args:
        units: for each unit, what one of it is in the unit asked for.

    Raises:
        InsufficientData: `points_silent`, `meter_silent`, `coverage_too_small`.
        InvalidEvidence: `point_in_two_units`, `meter_of_electricity`.
    """
    declared = {meter.id: meter for meter in evidence.profile.meters if "kWh" in units}
    meters = [declared[name] for name in names if name in declared]
    _require_no_electricity(evidence.profile, meters)
    points = [name for name in names if name not in declared]
    parts = []
    if meters:
        found = metered(evidence, meters, Text(zh="热量", en="heat"))
        parts.append(replace(found, amount=found.amount * units["kWh"]))
    if points:
        counted = {unit: amount for unit, amount in units.items() if unit in COUNTED}
        parts.append(flow_of_year(evidence, points, counted))
    return YearAmount(
        sum((part.amount for part in parts), Fraction(0)),
        min(part.coverage for part in parts),
        worst(part.quality for part in parts),
        tuple(found for part in parts for found in part.rests_on),
        ", ".join(names),
    )


def flow_of_year(evidence: CentreEvidence, points: Sequence[str], units: Mapping[str, Fraction]) -> YearAmount:
    """What flowed past some points, by their registers, else by their rates.

    Args:
        units: for each unit a register may count in, what one of it is in the unit asked for.

    Raises:
        InsufficientData: `points_silent`, `coverage_too_small`.
        InvalidEvidence: `point_in_two_units`.
    """
    rows = evidence.rows(_FLOWS)
    rows = rows.filter(pc.is_in(rows.column("point"), value_set=pa.array(points, pa.string())))
    start, end = bounds(year_of(evidence.profile))
    total, shares, silent = Fraction(0), [], {}
    for point in points:
        own = rows.filter(pc.equal(rows.column("point"), point))
        unit, ledger = _ledger_of(evidence, point, own, tuple(units))
        total += _of_whole_year(ledger, start, end) * units[unit]
        shares.append(Fraction(ledger.covered(start, end), end - start))
        silent[point] = ledger.uncovered(start, end)
    require_year(min(shares), silent, evidence.profile.place.timezone)
    return YearAmount(total, min(shares), coverage_grade(min(shares)), support(_FLOWS, rows), ", ".join(points))


def metered(evidence: CentreEvidence, meters: Sequence[Meter], what: Text) -> YearAmount:
    """The energy of some meters over the year in kWh, each covered as the rule asks.

    Raises:
        InsufficientData: `meters_not_declared`, `meter_silent`, `coverage_too_small`.
    """
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
    period = year_of(evidence.profile)
    accounts = [_account(evidence, meter, period) for meter in meters]
    start, end = bounds(period)
    shares = [account.year_coverage for account in accounts]
    worst_month = min(share for account in accounts for share in account.coverage.values())
    silent = {account.meter.id: account.uncovered for account in accounts}
    require_year(min(shares), silent, evidence.profile.place.timezone)
    return YearAmount(
        sum((_of_whole_year(account, start, end) for account in accounts), Fraction(0)),
        min(shares),
        worst([coverage_grade(min(shares)), coverage_grade(worst_month)]),
        readings_support(evidence, meters=[meter.id for meter in meters]),
    )


def _of_whole_year(told: Ledger | Account, start: int, end: int) -> Fraction:
    """The amount of a year of which part may be unknown, at the mean of what is known."""
    inside = (Spell(*span).within(start, end) for span in told.known())
    known = sum(spell.end - spell.start for spell in inside if spell)
    return told.kwh(start, end) * Fraction(end - start, known or 1)


def require_year(share: Fraction, silent: Mapping[str, Iterable[tuple[int, int]]], zone: str) -> None:
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


def _require_no_electricity(profile: FacilityProfile, meters: Iterable[Meter]) -> None:
    """Refuse meters of electricity, which counts already, where heat, cold or fuel is asked for."""
    electric = [meter.id for meter in meters if meter.measures != "other" or is_below(profile, meter, "facility")]
    if electric:
        raise InvalidEvidence(
            "meter_of_electricity",
            Text(
                zh=f"声明列为测点的 {'、'.join(electric)} 在机构概况中是电表，其电量已经计入，不是热量、冷量或燃料。",
                en=f"Declared as points, but meters of electricity in the profile, whose energy counts already and is "
                f"no heat, cold or fuel: {', '.join(electric)}.",
            ),
            hint=Text(
                zh="请改列热量表或流量计；机构概况中的热量表，其 measures 应为 other，且不在总电表之下。",
                en="Name the heat or flow meter; a heat meter in the profile measures `other` and hangs below no "
                "facility meter.",
            ),
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


def _ledger_of(evidence: CentreEvidence, point: str, rows: pa.Table, units: tuple[str, ...]) -> tuple[str, Ledger]:
    """The amounts past one point by the time, and the unit they are in."""
    read = set(pc.unique(rows.column("unit")).to_pylist())
    registers = [unit for unit in units if unit in read]
    if len(registers) > 1:
        raise InvalidEvidence(
            "point_in_two_units",
            Text(
                zh=f"测点 {point} 的累计读数有两种单位：{'、'.join(registers)}。",
                en=f"The register of the point {point} is in two units: {', '.join(registers)}.",
            ),
            hint=Text(zh="请为两只表取不同的测点名。", en="Name two meters by two points."),
        )
    if registers:
        own = rows.filter(pc.equal(rows.column("unit"), registers[0]))
        return registers[0], ledgers(_as_meter(own), _as_readings(own), zone=evidence.profile.zone)["register"]
    for unit, (rate, length) in RATES.items():
        if unit in units and rate in read:
            return unit, _of_rates(rows.filter(pc.equal(rows.column("unit"), rate)), length)
    raise _silent(point, units)


def _silent(point: str, units: tuple[str, ...]) -> InsufficientData:
    wanted = [*units, *(RATES[unit][0] for unit in units if unit in RATES)]
    return InsufficientData(
        "points_silent",
        Text(
            zh=f"测点 {point} 没有以 {'、'.join(wanted)} 为单位的读数。",
            en=f"The point {point} has no reading in {' or '.join(wanted)}.",
        ),
        hint=Text(
            zh="请提交该测点全年的读数；累计读数优先。",
            en="Hand in a year of its readings, the register before the rate.",
        ),
    )


def _as_meter(rows: pa.Table) -> Meter:
    """A register read like an electric one: only the unit differs, and is converted afterwards.

    One that is written down on change may be silent for a day; one that is read less often has its own usual interval.
    """
    at = np.unique(milliseconds(rows.column("at")))
    seldom = len(at) > 1 and int(np.median(np.diff(at))) > DAY
    changes = {"kind": "cumulative"} if seldom else {"kind": "on_change", "max_silence": "P1D"}
    return Meter.model_validate({"id": "point", "at": "other", "measures": "other", "unit": "kWh", **changes})


def _as_readings(rows: pa.Table) -> pa.Table:
    return ENERGY_READINGS.table(
        {"meter": rows.column("point"), **{name: rows.column(name) for name in ("at", "value", "line")}}
    )


def _of_rates(rows: pa.Table, length: int) -> Ledger:
    """The amounts of a rate that stands until the next reading, and for a day at most.

    Args:
        length: in ms, of the time the rate is over.
    """
    at, values, contradicting = one_per_stamp(milliseconds(rows.column("at")), figures(rows.column("value")))
    lasting = np.minimum(np.diff(at), DAY)
    amounts = values[:-1].astype(object) * lasting.astype(object)  # wider than a machine integer
    kept = (values[:-1] >= 0).astype(bool)
    return Ledger(
        "interval",
        Fraction(1, FIGURE_SCALE * length),
        at[:-1][kept],
        (at[:-1] + lasting)[kept],
        amounts[kept],
        at[:-1][kept],
        DAY,
        int(np.count_nonzero(~kept)) + contradicting,
    )
