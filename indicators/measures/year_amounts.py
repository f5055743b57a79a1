"""Amounts of twelve months: energy of meters, and heat, water or fuel past points that count it or tell a rate.

What is known of part of the year is brought to the whole of it at its mean, as the energy it is set against is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from centres.profile import FacilityProfile, Meter
from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality, Reason
from core.period import Period
from core.provenance import Support
from core.silences import told_silences
from core.text import Text, joined_zh
from evidence.observations.flow_readings import FLOW_READINGS
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import bounds
from indicators.measures.declared import Quantity, items_met
from indicators.measures.energy_year import LEAST_YEAR, Account, account_of
from indicators.measures.findings import coverage_grade, percent, some_of, worst
from indicators.measures.intervals import Spell
from indicators.measures.meter_tree import ancestors, is_below
from indicators.measures.meters import Ledger
from indicators.measures.points import COUNTED, ledger_of, rows_of, units_told
from indicators.measures.reading_notes import METER, POINT, Told, reading_notes
from indicators.measures.readings import readings_support
from indicators.measures.shelf import year_of

KWH_PER_GJ = Fraction(10_000, 36)
ENERGY_UNITS = {
    **{"Wh": Fraction(1, 1000), "kWh": Fraction(1), "MWh": Fraction(1000), "GWh": Fraction(10**6)},
    **{"MJ": KWH_PER_GJ / 1000, "GJ": KWH_PER_GJ, "TJ": KWH_PER_GJ * 1000},
}
WATER = {"L": Fraction(1), "m3": Fraction(1000)}
_READ_AS_METER = Text(zh="请提交该电表十二个整月的读数。", en="Hand in twelve whole months of its readings.")
_READ_AS_POINT = Text(
    zh="其读数以测点提交，而机构概况中的表以 kWh 计："
    "请提交以 kWh 为单位的读数，或从机构概况中去掉该表，使其作为测点计入。",
    en="Its readings are those of a point, whereas a meter of the profile counts in kWh: hand in readings in kWh, or "
    "take the meter out of the profile, so that it counts as a point.",
)


@dataclass(frozen=True)
class YearAmount:
    """An amount of twelve months, how well it is covered, its grade, what it rests on and who tells it.

    Args:
        counted: what it is made of, by the unit it is told in.
        notes: what its readings had against them.
    """

    amount: Fraction
    coverage: Fraction
    quality: Quality
    rests_on: tuple[Support, ...]
    source: str = ""
    counted: Mapping[str, Fraction] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()


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
    return bool(names) and (bool(declared & set(names)) or evidence.number_of_rows(FLOW_READINGS.name) > 0)


def heat_of_year(evidence: CentreEvidence, names: Sequence[str], units: Mapping[str, Fraction]) -> YearAmount:
    """Energy past some meters: those of the profile by their readings in kWh, points by their registers or rates.

    Args:
        units: for each unit, what one of it is in the unit asked for.

    Raises:
        InsufficientData: `points_silent`, `meter_silent`, `coverage_too_small`.
        InvalidEvidence: `point_in_two_units`, `meter_of_electricity`, `point_counted_twice`.
    """
    declared = {meter.id: meter for meter in evidence.profile.meters}
    meters = [declared[name] for name in names if name in declared]
    _require_no_electricity(evidence.profile, meters)
    require_none_below(evidence.profile, names)
    points = [name for name in names if name not in declared]
    parts = []
    if meters:
        found = metered(evidence, meters, Text(zh="热量", en="heat"))
        parts.append(replace(found, amount=found.amount * units["kWh"]))
    if points:
        parts.append(flow_of_year(evidence, points, units))
    return YearAmount(
        sum((part.amount for part in parts), Fraction(0)),
        min(part.coverage for part in parts),
        worst(part.quality for part in parts),
        tuple(found for part in parts for found in part.rests_on),
        ", ".join(names),
        _added(item for part in parts for item in part.counted.items()),
        tuple(found for part in parts for found in part.notes),
    )


def flow_of_year(evidence: CentreEvidence, points: Sequence[str], units: Mapping[str, Fraction]) -> YearAmount:
    """What flowed past some points, by their registers, else by their rates.

    Args:
        units: for each unit, what one of it is in the unit asked for; points count in some of them only.

    Raises:
        InsufficientData: `points_silent`, `coverage_too_small`.
        InvalidEvidence: `point_in_two_units`.
    """
    counted = [unit for unit in units if unit in COUNTED]
    rows = rows_of(evidence, points)
    ledgers = {point: ledger_of(rows, point, counted, zone=evidence.profile.zone) for point in points}
    told = [Told(point, ledger, unit) for point, (unit, ledger) in ledgers.items()]
    rests_on = support(FLOW_READINGS.name, rows)
    return replace(_year_amount(evidence, POINT, told, units, rests_on), source=", ".join(points))


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
    told = [Told(meter.id, _account(evidence, meter, period)) for meter in meters]
    rests_on = readings_support(evidence, meters=[meter.id for meter in meters])
    return _year_amount(evidence, METER, told, {"kWh": Fraction(1)}, rests_on)


def _year_amount(
    evidence: CentreEvidence,
    of: Text,
    told: Sequence[Told],
    units: Mapping[str, Fraction],
    rests_on: tuple[Support, ...],
) -> YearAmount:
    """Of some meters or points together, each covered as the rule asks."""
    year, zone = year_of(evidence.profile), evidence.profile.place.timezone
    coverage = {one.name: _coverage(one.amounts, year, zone) for one in told}
    _require_year(told, {name: of_year for name, (of_year, *_) in coverage.items()}, year, zone)
    counted = _added((one.unit, _of_whole_year(one.amounts, year)) for one in told)
    return YearAmount(
        sum((amount * units[unit] for unit, amount in counted.items()), Fraction(0)),
        min(of_year for of_year, *_ in coverage.values()),
        coverage_grade(min(share for shares in coverage.values() for share in shares)),
        rests_on,
        counted=counted,
        notes=tuple(reading_notes(of, told, year)),
    )


def _added(amounts: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """The sum of the amounts in each unit."""
    sums: dict[str, Fraction] = {}
    for unit, amount in amounts:
        sums[unit] = sums.get(unit, Fraction(0)) + amount
    return sums


def _coverage(told: Account | Ledger, year: Period, zone: str) -> list[Fraction]:
    """The share of the year that readings cover, and then that of each month."""
    if isinstance(told, Account):
        return [told.year_coverage, *told.coverage.values()]
    windows = [bounds(year), *(bounds(month) for _, month in year.months(zone))]
    return [Fraction(told.covered(start, end), end - start) for start, end in windows]


def _of_whole_year(told: Account | Ledger, year: Period) -> Fraction:
    """The amount of a year of which part may be unknown, at the mean of what is known."""
    start, end = bounds(year)
    inside = (Spell(*span).within(start, end) for span in told.known())
    known = sum(spell.end - spell.start for spell in inside if spell)
    return told.kwh(start, end) * Fraction(end - start, known or 1)


def _require_year(told: Sequence[Told], coverage: Mapping[str, Fraction], year: Period, zone: str) -> None:
    """Refuse the meters or points that cover too little of the year."""
    short = sorted((one for one in told if coverage[one.name] < LEAST_YEAR), key=lambda one: coverage[one.name])
    if not short:
        return
    named = some_of([f"{one.name} {percent(coverage[one.name])}" for one in short])
    silent = told_silences({one.name: _uncovered(one.amounts, year) for one in short}, zone)
    raise InsufficientData(
        "coverage_too_small",
        Text(
            zh=f"读数覆盖全年的比例不足 90 %：{named.zh}。没有可用读数的时段：{silent.zh}。",
            en=f"Readings cover less than 90 % of the year, as is needed: {named.en}. No usable readings: {silent.en}.",
        ),
        hint=Text(zh="请补交缺失时段的原始读数。", en="Hand in the missing raw readings."),
    )


def _uncovered(told: Account | Ledger, year: Period) -> list[tuple[int, int]]:
    return told.uncovered if isinstance(told, Account) else told.uncovered(*bounds(year))


def require_none_below(profile: FacilityProfile, names: Collection[str]) -> None:
    """Refuse meters that hang below another one that is named, which counts what flows past both."""
    for meter in (one for one in profile.meters if one.id in names):
        above = [one.id for one in ancestors(profile, meter) if one.id in names]
        if above:
            raise InvalidEvidence(
                "point_counted_twice",
                Text(
                    zh=f"声明列为测点的 {meter.id} 在机构概况中位于同样列出的 {above[0]} 之下，会重复计入。",
                    en=f"The point {meter.id} hangs below {above[0]} in the profile, both are named, and what flows "
                    "past both would count twice.",
                ),
                hint=Text(
                    zh="请只列其中一个：重新声明另一个，写 no；或更正机构概况中的上级（parent）。",
                    en="Name one of them only and declare the other anew with `no`, or correct the parent in the "
                    "profile.",
                ),
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
            hint=_READ_AS_POINT if units_told(evidence, [meter.id])[meter.id] else _READ_AS_METER,
        )
    return account
