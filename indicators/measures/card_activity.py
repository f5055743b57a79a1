"""How busy allocated cards are: the active fraction of their cores over time, from telemetry and the jobs beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import FIGURE_SCALE, Integers, bounds, exact_sum, figures, milliseconds
from indicators.measures.covered_window import covered_window
from indicators.measures.findings import coverage_grade, note, nothing_handed_in, percent, worst
from indicators.measures.job_log import SHORTEST_DAYS, job_log

# A sample stands until the next one, and never for longer than this.
LONGEST_STEP = 60_000
LEAST_COVERED = Fraction(75, 100)
HOUR = 3_600_000


@dataclass(frozen=True)
class Observed:
    """Card-time seen in a window: ms of it, Σ ratio × ms × 10⁹, cards, and whether means over intervals are in it."""

    covered: int
    weighed: int
    cards: int
    averaged: bool

    @property
    def mean(self) -> Fraction:
        return Fraction(self.weighed, self.covered * FIGURE_SCALE)


def accelerator_active_utilisation(evidence: CentreEvidence) -> Measurement:
    """Active card-time ÷ allocated card-time, over 90 days, in per cent.

    Telemetry tells no jobs apart, and a card without a job runs no kernel: what is active at all is active under an
    allocation. Card-time without samples is not known to be active and counts as inactive, so that leaving idle cards,
    or quiet hours, out of an export raises nothing. “GPU-Util” is never used.

    Raises:
        NoEvidence: no active fraction, or no jobs.
        InsufficientData: `telemetry_gaps` below 75 % of card-time, `nothing_allocated`, `window_not_covered`.
        InvalidEvidence: `more_telemetry_than_cards`, `active_above_allocated`.
    Source: scheme §2.1 CE-4.2.
    """
    rows = evidence.rows("device_samples")
    rows = rows.filter(pc.is_valid(rows.column("active_ratio")))
    if not rows.num_rows or not evidence.rows("jobs").num_rows:
        raise nothing_handed_in(["device_samples", "jobs"])
    log = job_log(evidence)
    window = covered_window(log, evidence, days=(SHORTEST_DAYS,))
    period = window.period
    installed = evidence.profile.cards * period.milliseconds
    active = observed(rows, "active_ratio", period)
    coverage = _checked_coverage(active, installed)
    allocated = exact_sum(log.held(period) * log.cards)
    if not allocated:
        raise InsufficientData(
            "nothing_allocated",
            Text(zh="评价期内没有分配任何加速卡。", en="No card was allocated in the period."),
            hint=Text(zh="请提交评价期内的全部作业记录。", en="Hand in all job records of the period."),
        )
    value = Fraction(active.weighed, allocated * FIGURE_SCALE)
    if value > 1:
        raise _active_above_allocated(value)
    tensor = observed(rows_with(evidence, "tensor_ratio"), "tensor_ratio", period)
    inputs = [
        Input(
            "active",
            Text(zh="活跃卡时", en="Active"),
            measured(Fraction(active.weighed, HOUR * FIGURE_SCALE)),
            "card·h",
        ),
        Input("mean", Text(zh="有遥测时的平均活跃比例", en="Mean active fraction seen"), measured(active.mean), "1"),
        Input("allocated", Text(zh="已分配卡时", en="Allocated"), measured(Fraction(allocated, HOUR)), "card·h"),
        Input("installed", Text(zh="已安装卡时", en="Installed"), measured(Fraction(installed, HOUR)), "card·h"),
        Input("cards_seen", Text(zh="有遥测的卡数", en="Cards with telemetry"), Decimal(active.cards), "1"),
    ]
    if tensor.covered:
        title = Text(zh="平均张量单元活跃比例（仅展示）", en="Mean tensor-pipe fraction (shown only)")
        inputs.append(Input("tensor", title, measured(tensor.mean), "1"))
    return Measurement(
        measure="accelerator_active_utilisation",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(value * 100),
        period=period,
        coverage=measured(coverage * window.told),
        quality=worst([coverage_grade(coverage), window.quality, Quality.B if active.averaged else Quality.A]),
        formula="u = active ÷ allocated × 100",
        inputs=tuple(inputs),
        notes=(*window.notes, *_notes(active, coverage, value, active.mean / Fraction(allocated, installed))),
        rests_on=(
            *support("device_samples", _inside(rows, period)),
            *log.support(log.ran_in(period)),
        ),
    )


def rows_with(evidence: CentreEvidence, column: str) -> pa.Table:
    """The rows of card telemetry that tell one quantity."""
    rows = evidence.rows("device_samples")
    return rows.filter(pc.is_valid(rows.column(column)))


def observed(rows: pa.Table, column: str, period: Period) -> Observed:
    """The time-weighted mean of a ratio over all cards inside a window.

    A card told in several ways (samples, means over 5 min or 1 h) counts in the way that covers most of the window.
    Two values for one instant are both disbelieved.
    """
    if not rows.num_rows:
        return Observed(0, 0, 0, averaged=False)
    card = _cards(rows)
    length = pc.fill_null(rows.column("interval_ms"), 0).to_numpy()
    at, value = milliseconds(rows.column("at")), figures(rows.column(column))
    order = np.lexsort((value, at, length, card))
    card, length, at, value = card[order], length[order], at[order], value[order]
    card, length, at, value = _one_per_instant(card, length, at, value)
    if not len(at):
        return Observed(0, 0, 0, averaged=False)
    held = _held(card, length, at, bounds(period))
    first = np.flatnonzero(np.append(True, (card[1:] != card[:-1]) | (length[1:] != length[:-1])))
    covered = np.add.reduceat(held, first)
    weighed = _sums(value * held, first)
    best: dict[int, tuple[int, int, int]] = {}
    for index, place in enumerate(first.tolist()):
        found = (int(covered[index]), -int(length[place]), weighed[index])
        best[int(card[place])] = max(best.get(int(card[place]), (0, 0, 0)), found)
    used = [entry for entry in best.values() if entry[0]]
    return Observed(
        sum(entry[0] for entry in used),
        sum(entry[2] for entry in used),
        len(used),
        averaged=any(entry[1] < 0 for entry in used),
    )


def _cards(rows: pa.Table) -> Integers:
    nodes = pc.fill_null(rows.column("node"), "")
    names = pc.binary_join_element_wise(nodes, rows.column("device"), "\n").combine_chunks()
    indices: Integers = names.dictionary_encode().indices.to_numpy().astype(np.int64)
    return indices


def _one_per_instant(
    card: Integers, length: Integers, at: Integers, value: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    """Of sorted samples those whose instant is told once, or always alike."""
    again = np.append(False, (card[1:] == card[:-1]) & (length[1:] == length[:-1]) & (at[1:] == at[:-1]))
    other = again & np.append(False, value[1:] != value[:-1])
    first = np.flatnonzero(~again)
    torn = np.repeat(np.logical_or.reduceat(other, first), np.diff(np.append(first, len(at))))
    kept = ~again & ~torn
    return card[kept], length[kept], at[kept], value[kept]


def _held(card: Integers, length: Integers, at: Integers, window: tuple[int, int]) -> Integers:
    """For how many ms of the window each sample stands: an instant until the next, a mean since the one before."""
    same = (card[1:] == card[:-1]) & (length[1:] == length[:-1])
    gap = np.diff(at)
    ahead = np.append(np.where(same, np.minimum(gap, LONGEST_STEP), LONGEST_STEP), LONGEST_STEP)
    behind = np.append(length[:1], np.where(same, np.minimum(gap, length[1:]), length[1:]))
    instant = length == 0
    start, end = np.where(instant, at, at - behind), np.where(instant, at + ahead, at)
    held: Integers = np.maximum(np.minimum(end, window[1]) - np.maximum(start, window[0]), 0)
    return held


def _sums(values: Integers, first: Integers) -> list[int]:
    """Exact sums of groups: high and low halves apart, so that nothing overflows below 2³¹ samples."""
    high, low = np.add.reduceat(values >> 32, first), np.add.reduceat(values & 0xFFFFFFFF, first)
    return [(int(h) << 32) + int(part) for h, part in zip(high, low, strict=True)]


def _inside(rows: pa.Table, period: Period) -> pa.Table:
    at = rows.column("at")
    edges = pa.scalar(period.start, at.type), pa.scalar(period.end, at.type)
    return rows.filter(pc.and_(pc.greater_equal(at, edges[0]), pc.less(at, edges[1])))


def _checked_coverage(active: Observed, installed: int) -> Fraction:
    coverage = Fraction(active.covered, installed)
    if coverage > 1:
        raise InvalidEvidence(
            "more_telemetry_than_cards",
            Text(
                zh=f"遥测的卡时为已安装卡时的 {percent(coverage)}。",
                en=f"The telemetry spans {percent(coverage)} of the installed card-time.",
            ),
            hint=Text(
                zh="请核对概况中的卡数，并检查同一张卡是否以不同主机名重复导出。",
                en="Check the cards of the profile, and whether a card was exported under two names of its host.",
            ),
        )
    if coverage < LEAST_COVERED:
        raise InsufficientData(
            "telemetry_gaps",
            Text(
                zh=f"遥测只覆盖 {percent(coverage)} 的卡时，至少需要 75 %。",
                en=f"The telemetry covers {percent(coverage)} of the card-time; 75 % are needed.",
            ),
            hint=Text(
                zh="请导出全部卡 90 天、间隔不大于 60 秒的序列，或记录规则的时段平均值。",
                en="Export all cards over 90 days at steps of 60 s or less, or the means of a recording rule.",
            ),
        )
    return coverage


def _notes(active: Observed, coverage: Fraction, value: Fraction, like_seen: Fraction) -> Iterator[Reason]:
    """What the samples are, and how much the figure owes to card-time nobody saw."""
    if active.averaged:
        yield note("averaged", "部分采样为时段平均值。", "Some samples are means over an interval.")
    if coverage < 1 and percent(value) != percent(like_seen):
        yield note(
            "unseen_is_inactive",
            f"{percent(1 - coverage)} 的卡时没有遥测，计为不活跃，得 {percent(value)}；如与有遥测的卡时同样活跃，则为"
            f" {percent(like_seen)}。请导出全部卡（包括空闲卡）的遥测。",
            f"{percent(1 - coverage)} of the card-time has no samples and counts as inactive: {percent(value)}. Were "
            f"it as active as what was seen, it would be {percent(like_seen)}. Export the telemetry of all cards, "
            "idle ones too.",
        )


def _active_above_allocated(value: Fraction) -> InvalidEvidence:
    return InvalidEvidence(
        "active_above_allocated",
        Text(
            zh=f"活跃时间为已分配时间的 {percent(value)}，有卡在没有作业时运行。",
            en=f"Cards are active for {percent(value)} of the allocated time: some run without a job.",
        ),
        hint=Text(
            zh="请提交全部作业，包括推理服务占用的卡。", en="Hand in all jobs, with the cards inference services hold."
        ),
    )
