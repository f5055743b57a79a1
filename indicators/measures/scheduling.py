"""Measures from the scheduler's jobs: allocation, waiting, failures, long runs, nights."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.causes import FINISHED, Cause
from indicators.measures.columns import WIDEST, Integers, bounds, exact_sum
from indicators.measures.covered_window import covered_window
from indicators.measures.findings import NoEvidence, NotApplicable, note, percent, worst
from indicators.measures.intervals import downtime
from indicators.measures.job_log import DAY, SHORTEST_DAYS, YEAR_DAYS, JobLog, job_log, window
from indicators.measures.outages import MAINTENANCE_SHARE, service_outages
from indicators.measures.references import size_class, size_classes

LEAST_JOBS = 200
QUEUE_FROM_ALLOCATION = Fraction(60, 100)
UNKNOWN_SHARE = Fraction(20, 100)
HOUR = 3_600_000
NIGHT_HOURS = 8


def accelerator_allocation_rate(evidence: CentreEvidence) -> Measurement:
    """Allocated card-hours ÷ (installed card-hours − planned maintenance), in per cent.

    Twelve months; a shorter log is measured over 180 or 90 days.

    Raises:
        InvalidEvidence: `allocated_above_installed`.
        InsufficientData: `window_not_covered`.
    Source: scheme §2.1 CE-4.1.
    """
    log = job_log(evidence)
    covered = covered_window(log, evidence, days=(YEAR_DAYS, 180, SHORTEST_DAYS))
    period = covered.period
    allocated, available = _allocation(evidence, log, period)
    rate = Fraction(allocated, available)
    if rate > 1:
        raise InvalidEvidence(
            "allocated_above_installed",
            Text(
                zh=f"分配的卡时为可用卡时的 {percent(rate)}，多于已安装的卡。",
                en=f"{percent(rate)} of the available card-hours are allocated, more than is installed.",
            ),
            hint=Text(
                zh="请核对卡数，并检查共享卡的作业是否重复计数。",
                en="Check the number of cards, and whether jobs sharing cards are counted twice.",
            ),
        )
    notes = list(covered.notes)
    if (days := covered.days) != YEAR_DAYS:
        notes.append(note("short_window", f"仅覆盖 {days} 天。", f"Only {days} days are covered."))
    if idle := _idle_months(log, period, evidence.profile.place.timezone):
        notes.append(
            note("idle_months", f"以下月份没有作业：{'、'.join(idle)}。", f"Months without any job: {', '.join(idle)}.")
        )
    return Measurement(
        measure="accelerator_allocation_rate",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(rate * 100),
        period=period,
        coverage=covered.coverage,
        quality=covered.quality,
        formula="a = allocated ÷ available × 100",
        inputs=(
            Input("allocated", Text(zh="已分配卡时", en="Allocated"), measured(Fraction(allocated, HOUR)), "card·h"),
            Input("available", Text(zh="可用卡时", en="Available"), measured(Fraction(available, HOUR)), "card·h"),
        ),
        notes=tuple(notes),
        rests_on=log.support(log.ran_in(period)),
    )


def mean_queue_wait(evidence: CentreEvidence) -> Measurement:
    """Mean of start − submit over the card jobs started in 90 days, seconds.

    Raises:
        NotApplicable: `empty_centre_has_no_queue` below 60 % allocation.
        InsufficientData: `too_few_jobs` below 200, `window_not_covered`.
    Source: scheme §2.4 US-3.1.
    """
    log = job_log(evidence)
    covered = covered_window(log, evidence, days=(SHORTEST_DAYS,))
    period = covered.period
    year = covered_window(log, evidence, days=(YEAR_DAYS, 180, SHORTEST_DAYS))
    rate = Fraction(*_allocation(evidence, log, year.period))
    if rate < QUEUE_FROM_ALLOCATION:
        raise NotApplicable(
            "empty_centre_has_no_queue",
            Text(
                zh=f"加速卡分配率为 {percent(rate)}，低于 60 %，排队时间不适用。",
                en=f"{percent(rate)} of the cards are allocated, below 60 %: an empty centre has no queue.",
            ),
        )
    jobs = log.where(log.started_in(period) & (log.submit > 0))
    _need_jobs(len(jobs.start))
    waits = jobs.start - jobs.submit
    if (waits < 0).any():
        raise InvalidEvidence(
            "started_before_submitted",
            Text(zh="有作业的开始早于提交。", en="A job starts before it was submitted."),
            hint=Text(zh="请检查导出文件的时区。", en="Check the time zone of the export."),
        )
    ordered = np.sort(waits)
    return Measurement(
        measure="mean_queue_wait",
        outcome=Outcome.SCORED,
        unit="s",
        value=measured(Fraction(exact_sum(waits), len(waits) * 1000)),
        period=period,
        coverage=covered.coverage,
        quality=covered.quality,
        formula="w = Σ (start − submit) ÷ jobs",
        inputs=(
            Input("jobs", Text(zh="作业数", en="Jobs"), Decimal(len(waits)), "1"),
            *(
                Input(f"p{p}", Text(zh=f"P{p}", en=f"P{p}"), measured(Fraction(_percentile(ordered, p), 1000)), "s")
                for p in (50, 90)
            ),
        ),
        notes=covered.notes,
        rests_on=support("jobs", jobs.rows),
    )


def platform_job_failure(evidence: CentreEvidence) -> Measurement:
    """Jobs the platform failed ÷ jobs finished in 90 days, in per cent.

    FAILED without a cause code of the taxonomy counts as the user's here, and as the platform's in the strict variant
    printed beside it; more than 20 % of such jobs make evidence grade C.

    Raises:
        InsufficientData: `window_not_covered`.
    Source: contract on scheduler states; scheme §2.4 US-3.2.
    """
    log = job_log(evidence)
    covered = covered_window(log, evidence, days=(SHORTEST_DAYS,))
    period = covered.period
    jobs = log.where(log.ended_in(period) & _finished(log))
    finished = len(jobs.start)
    if not finished:
        raise _too_few(0, 1)
    causes = Counter(jobs.blamed().tolist())
    failed, unknown = causes[Cause.PLATFORM], causes[Cause.UNKNOWN]
    unknown_share = Fraction(unknown, finished)
    strict = measured(Fraction(100 * (failed + unknown), finished))
    notes: tuple[Reason, ...] = ()
    if unknown:
        notes = (
            note(
                "unknown_causes",
                f"{unknown} 个失败作业（{percent(unknown_share)}）没有分类表内的原因代码，"
                f"按用户原因计；从严计为 {strict} %。",
                f"{unknown} failed jobs ({percent(unknown_share)}) have no cause code of the taxonomy and count as the "
                f"users'; strictly the figure is {strict} %.",
            ),
        )
    return Measurement(
        measure="platform_job_failure",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * failed, finished)),
        period=period,
        coverage=covered.coverage,
        quality=worst([covered.quality, Quality.C if unknown_share > UNKNOWN_SHARE else Quality.A]),
        formula="f = platform ÷ finished × 100",
        inputs=(
            Input("platform", Text(zh="平台原因失败的作业", en="Jobs the platform failed"), Decimal(failed), "1"),
            Input("finished", Text(zh="结束的作业", en="Jobs finished"), Decimal(finished), "1"),
            Input("unknown", Text(zh="原因不明的失败作业", en="Failed for an unknown cause"), Decimal(unknown), "1"),
            Input("strict", Text(zh="从严口径", en="Strict variant"), strict, "%"),
        ),
        notes=(*covered.notes, *notes, *jobs.causes_not_listed()),
        rests_on=support("jobs", jobs.rows),
    )


def longest_uninterrupted_run(evidence: CentreEvidence) -> Measurement:
    """Longest run of twelve months in card-days ÷ the reference of the centre's size class.

    Raises:
        InsufficientData: `no_peak` where the size class cannot be told.
    Source: scheme §2.2 ST-2.3.
    """
    log = job_log(evidence)
    period = window(evidence, YEAR_DAYS)
    size = size_class(evidence.profile)
    held = log.held(period)
    longest = _longest(log, held)
    card_days = Fraction(int(log.cards[longest]) * int(held[longest]), DAY)
    if not card_days:
        raise _too_few(0, 1)
    chosen = np.arange(len(held)) == longest
    return Measurement(
        measure="longest_uninterrupted_run",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(card_days / Fraction(size.longest_run_card_days)),
        period=period,
        quality=Quality.A,
        formula="r = cards × days ÷ reference",
        inputs=(
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(int(log.cards[longest])), "card"),
            Input("days", Text(zh="天数", en="Days"), measured(Fraction(int(held[longest]), DAY)), "d"),
            Input(
                "reference",
                Text(zh="规模等级参考值", en="Reference of the size class"),
                size.longest_run_card_days,
                "card·d",
                size_classes().cited(size.tier.value),
            ),
        ),
        rests_on=log.support(chosen),
    )


def off_peak_utilisation(evidence: CentreEvidence) -> Measurement:
    """Card-time held from 0 to 8 o'clock ÷ card-time of the busiest eight hours in a row, over 90 days.

    Raises:
        InsufficientData: `window_not_covered`, `too_few_jobs` when nothing was held.
    Source: scheme §2.4 US-5.3; report 三(四) on valley hours.
    """
    log = job_log(evidence)
    covered = covered_window(log, evidence, days=(SHORTEST_DAYS,))
    period = covered.period
    by_hour = _by_hour(log, period, evidence.profile.place.timezone)
    night = sum(by_hour[:NIGHT_HOURS])
    eights = [sum(by_hour[(first + step) % 24] for step in range(NIGHT_HOURS)) for first in range(24)]
    peak = max(eights)
    if not peak:
        raise _too_few(0, 1)
    return Measurement(
        measure="off_peak_utilisation",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(Fraction(night, peak)),
        period=period,
        coverage=covered.coverage,
        quality=covered.quality,
        formula="u = night ÷ peak",
        inputs=(
            Input("night", Text(zh="夜间卡时", en="Held 00:00–08:00"), measured(Fraction(night, HOUR)), "card·h"),
            Input("peak", Text(zh="最忙八小时", en="Busiest 8 hours"), measured(Fraction(peak, HOUR)), "card·h"),
            Input("peak_from", Text(zh="最忙时段起点", en="Busiest from"), Decimal(eights.index(peak)), "h"),
        ),
        notes=covered.notes,
        rests_on=log.support(log.ran_in(period)),
    )


def _finished(log: JobLog) -> np.ndarray:
    known = np.array([state in FINISHED for state in log.states.dictionary.to_pylist()] or [False])
    finished: np.ndarray = known[log.states.indices.to_numpy()]
    return finished


def _longest(log: JobLog, held: Integers) -> int:
    """The job of most card-time; of several the one that ended last, held its cards longest, or comes first by name."""
    cards = log.cards.astype(object) if exact_sum(log.cards) > WIDEST // DAY // 366 else log.cards
    card_time = cards * held
    tied = np.flatnonzero(card_time == card_time.max())
    names = log.rows.column("job").take(pa.array(tied)).to_pylist()
    best = min(
        zip((-log.end[tied]).tolist(), (-(log.end - log.start)[tied]).tolist(), names, tied.tolist(), strict=True)
    )
    return int(best[-1])


def _allocation(evidence: CentreEvidence, log: JobLog, period: Period) -> tuple[int, int]:
    """Card-milliseconds allocated and available in a period."""
    total = evidence.profile.cards * period.milliseconds
    excluded = min(_in_maintenance(evidence, period), int(total * MAINTENANCE_SHARE))
    return exact_sum(log.held(period) * log.cards), total - excluded


def _in_maintenance(evidence: CentreEvidence, period: Period) -> int:
    """Card-milliseconds of announced maintenance; none where no incident record of the centre's services is there."""
    installed = evidence.profile.cards
    try:
        spells = service_outages(evidence, "compute", period, installed=installed).maintenance
    except NoEvidence:
        return 0
    return downtime((), spells, installed=installed).excluded


def _by_hour(log: JobLog, period: Period, zone: str) -> list[int]:
    """Card-milliseconds held in each hour of the local day; an hour the clock repeats counts as long as it lasts."""
    ran = log.where(log.held(period) > 0)
    hours = [0] * 24
    for first, last, offset in _offsets(period, zone):
        start, end = (np.clip(column, first, last) + offset for column in (ran.start, ran.end))
        for hour in range(24):
            hours[hour] += exact_sum((_in_hour(end, hour) - _in_hour(start, hour)) * ran.cards)
    return hours


def _in_hour(local: Integers, hour: int) -> Integers:
    """Milliseconds of this hour of the day between the first local midnight of 1970 and each instant."""
    return local // DAY * HOUR + np.clip(local % DAY - hour * HOUR, 0, HOUR)


def _offsets(period: Period, zone: str) -> list[tuple[int, int, int]]:
    """The stretches of a period of one offset from UTC each: start, end and offset, ms."""
    first, last = bounds(period)
    quarters = np.append(np.arange(first, last, HOUR // 4), last)  # clocks change on quarter hours
    stamps = pd.DatetimeIndex(quarters.astype("datetime64[ms]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    offsets = stamps.to_numpy().astype("datetime64[ms]").astype(np.int64) - quarters
    begins = np.concatenate([[0], np.flatnonzero(np.diff(offsets[:-1])) + 1])
    edges = [*quarters[begins].tolist(), last]
    return [(edges[n], edges[n + 1], int(offsets[begin])) for n, begin in enumerate(begins.tolist())]


def _percentile(ordered: Integers, percentile: int) -> int:
    """By nearest rank."""
    return int(ordered[-(-len(ordered) * percentile // 100) - 1])


def _idle_months(log: JobLog, period: Period, zone: str) -> list[str]:
    return [name for name, month in period.months(zone) if not log.ran_in(month).any()]


def _need_jobs(number: int) -> None:
    if number < LEAST_JOBS:
        raise _too_few(number, LEAST_JOBS)


def _too_few(number: int, needed: int) -> InsufficientData:
    return InsufficientData(
        "too_few_jobs",
        Text(
            zh=f"评价期内只有 {number} 个作业，至少需要 {needed} 个。",
            en=f"{number} jobs; {needed} are needed.",
        ),
        hint=Text(zh="请提交评价期内的全部作业记录。", en="Hand in all job records of the period."),
    )
