"""What control of the cooling by learned models saves: cooling energy against a baseline from before it went live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import Meter
from core.errors import InsufficientData
from core.outcome import Outcome
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import FIGURE_SCALE, Integers, figures, milliseconds
from indicators.measures.declared import Quantity, declared_quantity, declared_value
from indicators.measures.findings import NoEvidence, coverage_grade, nothing_handed_in, percent
from indicators.measures.heat_and_power import topmost_meters
from indicators.measures.job_log import YEAR_DAYS, window
from indicators.measures.meter_tree import it_meters
from indicators.measures.meters import DAY
from indicators.measures.readings import readings_support
from indicators.measures.shelf import Kept, ledgers_of

LEAST_BEFORE, LEAST_AFTER = 180, 90  # whole days with all three figures
LEAST_COVERED = Fraction(90, 100)  # of a day
LEAST_FIT = Fraction(75, 100)  # R² of the baseline
_DATE = {"date": Fraction(1), "yyyymmdd": Fraction(1)}


@dataclass(frozen=True)
class _Day:
    """One day of the centre: its cooling and IT energy in kWh, its mean wet-bulb temperature."""

    on: dt.date
    cooling: Fraction
    it: Fraction
    wet_bulb: Fraction

    @property
    def features(self) -> tuple[Fraction, Fraction, Fraction]:
        return Fraction(1), self.wet_bulb, self.it


def ai_control_cooling_saving(evidence: CentreEvidence) -> Measurement:
    """1 − cooling energy ÷ what the baseline expects of the same days, in per cent.

    Baseline: least squares of daily cooling on wet-bulb temperature and IT energy over at least 180 days before the
    control went live (`GR-4.3.live_on`, such as 20250601), in exact fractions; at least 90 days after it. The wet-bulb
    temperature is the point that is an item of `GR-4.3.wet_bulb_point`. Else a declared figure stands (`GR-4.3`), 0
    where there is no such control.

    Raises:
        NoEvidence.
        InsufficientData: `meters_not_declared`, `too_few_days`, `baseline_unfit` below R² 0.75.
    Source: scheme §2.3 GR-4.3; IPMVP, option C.
    """
    live = declared_quantity(evidence, "GR-4.3.live_on", _DATE)
    if live is None:
        try:
            return declared_value("ai_control_cooling_saving", "GR-4.3", "%", evidence)
        except NoEvidence:
            raise nothing_handed_in(["energy_readings", "flow_readings", "declaration"], ["declaration"]) from None
    went_live = _date(live)
    days = _days(evidence)
    last = window(evidence, YEAR_DAYS).end.astimezone(evidence.profile.zone).date()
    before = [day for day in days if day.on < went_live]
    after = [day for day in days if went_live <= day.on < last]
    if len(before) < LEAST_BEFORE or len(after) < LEAST_AFTER:
        raise InsufficientData(
            "too_few_days",
            Text(
                zh=f"投用前 {len(before)} 天、投用后 {len(after)} 天数据齐全；"
                f"至少需要 {LEAST_BEFORE} 与 {LEAST_AFTER} 天。",
                en=f"{len(before)} days before and {len(after)} after have all figures; {LEAST_BEFORE} and "
                f"{LEAST_AFTER} are needed.",
            ),
            hint=Text(
                zh="请提交制冷与 IT 电表及湿球温度的完整记录。",
                en="Hand in whole records of cooling and IT meters and of the wet-bulb temperature.",
            ),
        )
    line, fit = _least_squares(before)
    if fit < LEAST_FIT:
        raise InsufficientData(
            "baseline_unfit",
            Text(
                zh=f"基线只能解释 {percent(fit)} 的变化，至少需要 75 %。",
                en=f"The baseline explains {percent(fit)} of the variation; 75 % are needed.",
            ),
            hint=Text(
                zh="请核对湿球温度测点与电表。", en="Check the point of the wet-bulb temperature and the meters."
            ),
        )
    share = min(Fraction(len(own), (own[-1].on - own[0].on).days + 1) for own in (before, after))
    expected = sum((_expected(line, day) for day in after), Fraction(0))
    used = sum((day.cooling for day in after), Fraction(0))
    if expected <= 0:
        raise InsufficientData(
            "baseline_unfit",
            Text(zh="基线给出的制冷用电量不为正。", en="The baseline expects no cooling energy at all."),
            hint=Text(
                zh="请核对湿球温度测点与电表。", en="Check the point of the wet-bulb temperature and the meters."
            ),
        )
    return Measurement(
        measure="ai_control_cooling_saving",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured((1 - used / expected) * 100),
        coverage=measured(share),
        quality=coverage_grade(share),
        formula="s = 1 − E_cooling ÷ E_baseline, × 100",
        inputs=(
            Input("E_cooling", Text(zh="投用后制冷用电量", en="Cooling energy since"), measured(used), "kWh"),
            Input("E_baseline", Text(zh="基线用电量", en="Expected by the baseline"), measured(expected), "kWh"),
            Input("R²", Text(zh="基线拟合度", en="Fit of the baseline"), measured(fit), "1"),
            Input("before", Text(zh="基线天数", en="Days of the baseline"), Decimal(len(before)), "d"),
            Input("after", Text(zh="投用后天数", en="Days since"), Decimal(len(after)), "d"),
        ),
        rests_on=_rests_on(evidence, live),
    )


def _date(live: Quantity) -> dt.date:
    """A date declared as a number, such as 20250601.

    Raises:
        InsufficientData: `too_few_days` for a number that is no date.
    """
    number = int(live.amount)
    try:
        return dt.date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError as error:
        raise InsufficientData(
            "too_few_days",
            Text(zh=f"{live.code} 不是日期：{number}。", en=f"{live.code} is not a date: {number}."),
            hint=Text(zh="请写成 20250601。", en="Write 20250601."),
        ) from error


def _days(evidence: CentreEvidence) -> list[_Day]:
    """Every whole day of the zone that meters and the temperature cover."""
    profile = evidence.profile
    cooling, it = topmost_meters(profile, "cooling"), list(it_meters(profile))
    points = _wet_bulb_points(evidence)
    if not cooling or not it or not points:
        raise InsufficientData(
            "meters_not_declared",
            Text(
                zh="缺少制冷电表、IT 电表或湿球温度测点的申报。",
                en="Cooling meters, IT meters or the point of the wet-bulb temperature are not declared.",
            ),
            hint=Text(
                zh="电表在机构概况中申报，测点以 GR-4.3.wet_bulb_point 申报。",
                en="Declare meters in the profile and the point under GR-4.3.wet_bulb_point.",
            ),
        )
    books = [[_kept(evidence, meter) for meter in meters] for meters in (cooling, it)]
    known = [kept for own in books for kept in own if kept is not None and kept.known()]
    if len(known) < len(cooling) + len(it):
        return []
    first, last = max(kept.known()[0][0] for kept in known), min(kept.known()[-1][1] for kept in known)
    at, celsius = _temperatures(evidence, points)
    whole = _whole_days(first, last, profile.zone)
    for kept in known:  # meter after meter, as not all of them lie open at once
        whole = [day for day in whole if Fraction(kept.covered(*day[1:]), day[2] - day[1]) >= LEAST_COVERED]
    warm = [(day, mean) for day in whole if (mean := _mean(at, celsius, *day[1:])) is not None]
    used = [_daily([kept for kept in own if kept is not None], [day[1:] for day, _ in warm]) for own in books]
    return [_Day(day[0], cooled, computed, mean) for (day, mean), cooled, computed in zip(warm, *used, strict=True)]


def _daily(books: Sequence[Kept], days: Sequence[tuple[int, int]]) -> list[Fraction]:
    """Energy of several meters together in each of some spans."""
    sums = [Fraction(0)] * len(days)
    for kept in books:
        sums = [before + kept.kwh(*day) for before, day in zip(sums, days, strict=True)]
    return sums


def _whole_days(first: int, last: int, zone: dt.tzinfo) -> list[tuple[dt.date, int, int]]:
    """The local days between two instants, each with its start and end; 23 and 25 hours where the clock changes."""
    begin, end = (dt.datetime.fromtimestamp(ms / 1000, zone).date() for ms in (first, last))
    number = min(max((end - begin).days, 0), 5 * YEAR_DAYS)
    dates = [begin + dt.timedelta(days=n) for n in range(number + 2)]
    edges = [round(dt.datetime.combine(date, dt.time(), tzinfo=zone).timestamp() * 1000) for date in dates]
    return list(zip(dates, edges, edges[1:], strict=False))


def _kept(evidence: CentreEvidence, meter: Meter) -> Kept | None:
    found = ledgers_of(evidence, meter)
    return found.get("register") or found.get("interval")


def _wet_bulb_points(evidence: CentreEvidence) -> list[str]:
    rows = evidence.rows("declaration").to_pylist()
    own = (row for row in rows if row["indicator"] == "GR-4.3.wet_bulb_point" and row["met"])
    return sorted({row["item"] for row in own if row["item"]})


def _temperatures(evidence: CentreEvidence, points: list[str]) -> tuple[Integers, Integers]:
    """Instants and 10⁻⁹ °C of the first of the points that was handed in, in the order of time."""
    rows = evidence.rows("flow_readings")
    for point in points:
        own = rows.filter(pc.and_(pc.equal(rows.column("point"), point), pc.equal(rows.column("unit"), "Cel")))
        if own.num_rows:
            own = own.sort_by([("at", "ascending"), ("value", "ascending")])
            return milliseconds(own.column("at")), figures(own.column("value"))
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _mean(at: Integers, values: Integers, start: int, end: int) -> Fraction | None:
    """Time-weighted mean of a day of what stands until the next change; None when the day begins unknown.

    A value older than a day is not believed.
    """
    first = int(np.searchsorted(at, start, side="right")) - 1
    if first < 0 or start - int(at[first]) > DAY:
        return None
    last = int(np.searchsorted(at, end, side="left"))
    edges = [start, *(int(moment) for moment in at[first + 1 : last]), end]
    total = sum(
        int(value) * (later - earlier)
        for value, earlier, later in zip(values[first:last], edges, edges[1:], strict=False)
    )
    return Fraction(total, (end - start) * FIGURE_SCALE)


def _least_squares(days: Sequence[_Day]) -> tuple[tuple[Fraction, ...], Fraction]:
    """The line through some days and its R², exactly; a feature that never varies takes no part."""
    rows = [day.features for day in days]
    used = [day.cooling for day in days]
    columns = list(zip(*rows, strict=True))
    matrix = [[_product(one, other) for other in columns] for one in columns]
    right = [_product(one, used) for one in columns]
    line = _solved(matrix, right)
    mean = sum((day.cooling for day in days), Fraction(0)) / len(days)
    spread = sum(((day.cooling - mean) ** 2 for day in days), Fraction(0))
    left = sum(((day.cooling - _expected(line, day)) ** 2 for day in days), Fraction(0))
    return line, 1 - left / spread if spread else Fraction(1)


def _product(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> tuple[Fraction, ...]:
    """Gauss and Jordan in fractions; what cannot be told apart is 0."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    pivots: list[tuple[int, int]] = []
    for column in range(size):
        done = len(pivots)
        found = next((index for index in range(done, size) if rows[index][column]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for index in range(size):
            if index != done and rows[index][column]:
                factor = rows[index][column]
                rows[index] = [value - factor * own for value, own in zip(rows[index], rows[done], strict=True)]
        pivots.append((done, column))
    solution = [Fraction(0)] * size
    for index, column in pivots:
        solution[column] = rows[index][size]
    return tuple(solution)


def _expected(line: Sequence[Fraction], day: _Day) -> Fraction:
    return sum((weight * value for weight, value in zip(line, day.features, strict=True)), Fraction(0))


def _rests_on(evidence: CentreEvidence, live: Quantity) -> tuple[Support, ...]:
    profile = evidence.profile
    meters = [meter.id for meter in (*topmost_meters(profile, "cooling"), *it_meters(profile))]
    flows = evidence.rows("flow_readings")
    return (
        *readings_support(evidence, meters=meters),
        *support(
            "flow_readings",
            flows.filter(pc.is_in(flows.column("point"), value_set=pa.array(_wet_bulb_points(evidence), pa.string()))),
        ),
        *support("declaration", live.rows),
    )
