"""How much the IT load swings from one minute to the next."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.outcome import Outcome
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import Integers, figures, milliseconds
from indicators.measures.findings import coverage_grade, note, nothing_handed_in, percent
from indicators.measures.job_log import SHORTEST_DAYS, window
from indicators.measures.power_windows import LONGEST_SILENCE, stands_until_changed

MINUTE = 60_000
LEAST_COVERED = Fraction(75, 100)
LEAST_PRESENT = Fraction(90, 100)
# Where IT power is read, the nearest to the whole first; cards and analysers are parts of it.
PLACES = (("it",), ("rack",), ("node", "switch"))
_MICROWATT = 1000  # in the 10⁻⁹ W of a figure
_PER_WATT = 10**6


def load_fluctuation(evidence: CentreEvidence) -> Measurement:
    """P99 of the absolute change of IT power between neighbouring minutes ÷ highest minute, over 90 days, in per cent.

    Power of a minute is the mean of its samples, per series, to the µW. A change counts only the series present in
    both minutes, at least nine tenths of them, so that a lost sample is no swing.

    Raises:
        NoEvidence: no power of IT equipment.
        InsufficientData: `power_gaps` below 75 % of the minutes, `no_load`.
    Source: scheme §2.3 GR-4.4 (report S-19).
    """
    rows, places = _it_rows(evidence)
    period = window(evidence, SHORTEST_DAYS)
    rows = _inside(rows, period)
    changes, peak, series = _changes(rows)
    expected = period.milliseconds // MINUTE - 1
    coverage = Fraction(len(changes), expected)
    if coverage < LEAST_COVERED:
        raise InsufficientData(
            "power_gaps",
            Text(
                zh=f"只有 {percent(coverage)} 的分钟有连续的 IT 功率，至少需要 75 %。",
                en=f"Only {percent(coverage)} of the minutes have IT power beside the next one; 75 % are needed.",
            ),
            hint=Text(
                zh="请提交 90 天、间隔不大于 60 秒的功率记录。",
                en="Hand in 90 days of power at steps of 60 s or less.",
            ),
        )
    if peak <= 0:
        raise InsufficientData(
            "no_load",
            Text(zh="IT 功率始终为 0。", en="The IT power is 0 throughout."),
            hint=Text(zh="请核对功率记录的来源与单位。", en="Check source and unit of the power log."),
        )
    ordered = np.sort(np.abs(changes))
    high = int(ordered[-(-len(ordered) * 99 // 100) - 1])
    return Measurement(
        measure="load_fluctuation",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(high, peak) * 100),
        period=period,
        coverage=measured(coverage),
        quality=coverage_grade(coverage),
        formula="f = P99(|ΔP|) ÷ P_peak × 100",
        inputs=(
            Input("P99(|ΔP|)", Text(zh="一分钟变化 P99", en="P99 of 1-min changes"), _kw(high), "kW"),
            Input("P_peak", Text(zh="IT 峰值功率", en="IT peak"), _kw(peak), "kW"),
            Input("series", Text(zh="功率序列数", en="Series of power"), Decimal(series), "1"),
        ),
        notes=(note("places", f"功率测点：{'、'.join(places)}。", f"Power is read at: {', '.join(places)}."),),
        rests_on=support("power_samples", rows),
    )


def _it_rows(evidence: CentreEvidence) -> tuple[pa.Table, tuple[str, ...]]:
    rows = evidence.rows("power_samples")
    for places in PLACES:
        own = rows.filter(pc.is_in(rows.column("place"), value_set=pa.array(places)))
        if own.num_rows:
            return own, places
    raise nothing_handed_in(["power_samples"])


def _inside(rows: pa.Table, period: Period) -> pa.Table:
    at = rows.column("at")
    edges = pa.scalar(period.start, at.type), pa.scalar(period.end, at.type)
    return rows.filter(pc.and_(pc.greater_equal(at, edges[0]), pc.less(at, edges[1])))


def _changes(rows: pa.Table) -> tuple[Integers, int, int]:
    """Changes between neighbouring minutes in µW, the highest minute in µW, and how many series there are."""
    if not rows.num_rows:
        return np.zeros(0, dtype=np.int64), 0, 0
    series, minute, power = _minutes(rows)
    known = int(series.max()) + 1
    least = -(-known * LEAST_PRESENT.numerator // LEAST_PRESENT.denominator)
    base = int(minute.min())
    length = int(minute.max()) - base + 2
    present = np.bincount(minute - base, minlength=length)
    peak = int(_added(minute - base, power, length)[present >= least].max(initial=0))
    joined = (series[1:] == series[:-1]) & (minute[1:] == minute[:-1] + 1)
    later = (minute[1:] - base)[joined]
    both = np.bincount(later, minlength=length)
    moved = _added(later, np.diff(power)[joined], length)
    return moved[both >= least], peak, known


def _minutes(rows: pa.Table) -> tuple[Integers, Integers, Integers]:
    """Series, minute and mean power (µW) of every minute with power, in that order; repetitions count once."""
    names = pc.binary_join_element_wise(rows.column("place"), rows.column("series"), "\n").combine_chunks()
    series = names.dictionary_encode().indices.to_numpy().astype(np.int64)
    at, power = milliseconds(rows.column("at")), (figures(rows.column("power_w")) // _MICROWATT).astype(np.int64)
    held = stands_until_changed(rows)
    order = np.lexsort((power, at, series))
    series, at, power, held = series[order], at[order], power[order], held[order]
    again = (series[1:] == series[:-1]) & (at[1:] == at[:-1]) & (power[1:] == power[:-1])
    kept = np.append(True, ~again)
    series, at, power, held = series[kept], at[kept], power[kept], held[kept]
    series, minute, power, weight = _spread(series, at, power, held)
    order = np.lexsort((minute, series))
    series, minute, power, weight = series[order], minute[order], power[order], weight[order]
    first = np.flatnonzero(np.append(True, (series[1:] != series[:-1]) | (minute[1:] != minute[:-1])))
    weights = np.add.reduceat(weight, first)
    sums = np.add.reduceat(power * weight, first)
    return series[first], minute[first], sums // weights + (2 * (sums % weights) >= weights)


def _spread(
    series: Integers, at: Integers, power: Integers, held: np.ndarray
) -> tuple[Integers, Integers, Integers, Integers]:
    """Each sample in its minute; what stands until it changes in every minute, weighed by its ms there."""
    same = np.append(series[1:] == series[:-1], False)
    following = np.where(same, np.append(at[1:], 0), at + MINUTE)
    end = np.where(held, np.minimum(following, at + LONGEST_SILENCE), at + 1)
    count = np.maximum((end - 1) // MINUTE - at // MINUTE + 1, 0)
    count[end <= at] = 0
    index = np.repeat(np.arange(len(at)), count)
    step = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    minute = at[index] // MINUTE + step
    lasting = np.minimum(end[index], (minute + 1) * MINUTE) - np.maximum(at[index], minute * MINUTE)
    return series[index], minute, power[index], np.where(held[index], lasting, 1)


def _added(places: Integers, values: Integers, length: int) -> Integers:
    """Sums per place, in whole numbers."""
    sums = np.zeros(length, dtype=np.int64)
    np.add.at(sums, places, values)
    return sums


def _kw(microwatts: int) -> Decimal:
    return measured(Fraction(microwatts, _PER_WATT * 1000))
