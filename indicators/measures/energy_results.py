"""What all energy measures share: named inputs, notes on the data, and the measurement itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from core.errors import InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.silences import told_silences
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import bounds
from indicators.measures.declared import Quantity
from indicators.measures.energy_year import EnergyYear, used_readings
from indicators.measures.findings import note, percent
from indicators.measures.reading_notes import METER, Told, reading_notes
from indicators.measures.readings import meters_read


def year_measurement(
    evidence: CentreEvidence,
    year: EnergyYear,
    *,
    measure: str,
    unit: str,
    value: Fraction,
    quality: Quality,
    formula: str,
    inputs: tuple[Input, ...],
    cap: Decimal | None = None,
    notes: tuple[Reason, ...] = (),
    declared: Sequence[Quantity] = (),
    also: Sequence[Support] = (),
    coverage: Fraction = Fraction(1),
) -> Measurement:
    """A scored measurement of the energy year.

    Args:
        evidence: of the centre; readings that belong to no meter of the profile become notes.
        year: the period, its coverage, and the readings it was worked out from.
        value: exact, in `unit`; rounded here, once, to 12 significant digits.
        cap: highest points the source of the figures allows.
        declared: declared quantities the value rests on besides the readings.
        also: other rows it rests on.
        coverage: of the worst covered amount it rests on besides the energy of the year.
    """
    rests_on = list(used_readings(evidence, year))
    for found in declared:
        rests_on += support("declaration", found.rows)
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit=unit,
        value=measured(value),
        period=year.period,
        coverage=measured(min(year.coverage, coverage)),
        quality=quality,
        cap=cap,
        formula=formula,
        inputs=inputs,
        notes=(*notes, *_year_notes(year), *_stranger_notes(evidence)),
        rests_on=(*rests_on, *also),
    )


def it_kwh(year: EnergyYear) -> Fraction:
    """IT energy of the year in kWh, above zero, so that it may be divided by.

    Raises:
        InvalidEvidence: `no_it_energy`.
    """
    it = year.it_kwh()
    if it <= 0:
        raise InvalidEvidence(
            "no_it_energy",
            Text(zh="评价期内 IT 用电量为零。", en="No IT energy was used in the period."),
            hint=Text(
                zh="请检查 IT 电表的读数、单位与倍率。", en="Check readings, units and multipliers of the IT meters."
            ),
        )
    return it


def facility_input(kwh: Fraction) -> Input:
    return Input("E_facility", Text(zh="总用电量", en="Facility energy"), measured(kwh), "kWh")


def it_input(kwh: Fraction) -> Input:
    return Input("E_IT", Text(zh="IT 用电量", en="IT energy"), measured(kwh), "kWh")


def _stranger_notes(evidence: CentreEvidence) -> tuple[Reason, ...]:
    """Meters that were read but never declared: their energy counts nowhere."""
    read = set(meters_read(evidence))
    if not (strangers := sorted(read - {meter.id for meter in evidence.profile.meters})):
        return ()
    return (
        note(
            "meters_unknown",
            f"机构概况没有申报这些电表，其读数未计入：{'、'.join(strangers)}。",
            f"The profile does not declare these meters, their readings do not count: {', '.join(strangers)}.",
        ),
    )


def _year_notes(year: EnergyYear) -> tuple[Reason, ...]:
    notes: list[Reason] = []
    if estimated := year.estimated_share:
        notes.append(
            note(
                "estimated",
                f"短缺口按规则估算，占电量 {percent(estimated, decimals=4)}。",
                f"Short gaps were estimated by rule: {percent(estimated, decimals=4)} of the energy.",
            )
        )
    if year.common_share < 1:
        window, share = bounds(year.period), percent(year.common_share)
        unknown = {account.meter.id: gaps for account in year.accounts if (gaps := account.unknown(*window))}
        told = told_silences(unknown, year.zone)
        notes.append(
            note(
                "common_time",
                f"仅计入各电表均有数据的 {share} 时间；没有数据的时段：{told.zh}。",
                f"Only the {share} of the time known to all meters counts; not known: {told.en}.",
            )
        )
    notes += reading_notes(METER, [Told(account.meter.id, account) for account in year.accounts], year.period)
    notes += _generation_notes(year)
    for found in year.imbalances:
        notes.append(
            note(
                "meters_unbalanced",
                f"电表 {found.meter} 与其下级电表合计相差 {percent(found.error)}。",
                f"The meters below {found.meter} differ from it by {percent(found.error)} together.",
            )
        )
    return tuple(notes)


def _generation_notes(year: EnergyYear) -> Iterator[Reason]:
    if year.unfollowed:
        yield note(
            "generation_added",
            f"机构概况把自发电电表 {'、'.join(year.unfollowed)} 挂在市电进线之下；进线不含其后的自发电量，"
            "故不采用该上级，其电量另计入全部用电量。请在机构概况中去掉该上级（parent）。",
            f"The profile puts own generation below an incomer of the utility: {', '.join(year.unfollowed)}. What is "
            "generated behind an incomer does not come in by it, so this parent is not followed and the generation is "
            "added. Leave the parent out in the profile.",
        )
    if year.uncredited:
        yield note(
            "generation_silent",
            f"自发电电表 {'、'.join(year.uncredited)} 在评价期内没有可用读数，不计入绿电。请提交其读数。",
            f"Meters of own generation without a usable reading in the period credit nothing: "
            f"{', '.join(year.uncredited)}. Hand in their readings.",
        )
