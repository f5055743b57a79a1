"""Effective training time: how much of the clock of long, large jobs was progress that stayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.columns import MISSING, bounds
from indicators.measures.covered_window import CoveredWindow, covered_window
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import NoEvidence, PartMissing, note, nothing_handed_in, percent, worst
from indicators.measures.interruptions import interruption_rate
from indicators.measures.job_log import DAY, SHORTEST_DAYS, JobLog, job_log
from indicators.measures.recovery import checkpoint_stall, mean_time_to_recover
from indicators.measures.step_progress import Progress, training_progress

LEAST_CARDS, MOST_CARDS, SHARE_OF_CARDS = 8, 256, 20  # per cent
LEAST_COVERED = Fraction(30, 100)
RUNGS = (1024, 256, 64, 32, 16)
PACK_INTERVAL_S = Fraction(1800)  # checkpoints of the reference job
FARTHEST = Fraction(5, 100)
LARGEST_LOSS = Fraction(1, 5)  # λ(u + τ/2): the estimate holds while it is small
HOUR_S = 3600
_SECONDS = {"s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)}


def effective_training_time_ratio(evidence: CentreEvidence) -> Measurement:
    """Σ cards · productive time ÷ Σ cards · clock of the jobs, over 90 days.

    Jobs of 24 hours and more on min(256, max(8, 20 % of the cards)) cards or more. The clock runs from the first
    allocation to the end, waiting for a restart included. Where heartbeats cover less than 30 % of the card-hours of
    such jobs, (1 − δ/τ)·(1 − λ(u + τ/2)) is scored instead, no higher than what the heartbeats showed, at grade B.

    Raises:
        NoEvidence.
        InsufficientData: `jobs_missing`, `window_not_covered`, `no_large_job`, `heartbeats_too_few` naming what the
            estimate lacks, `estimate_out_of_range`.
        InvalidEvidence: `more_progress_than_time`.
    Source: scheme §2.2 ST-2.4, §3.2; Kokolis et al. 2024, arXiv 2410.21680 (estimate).
    """
    progress = training_progress(evidence)
    if not evidence.rows("jobs").num_rows:
        if not progress:
            raise nothing_handed_in(["step_heartbeats", "jobs"])
        raise PartMissing(
            "jobs_missing",
            Text(
                zh="有训练步记录，但没有调度器作业记录，无法得知覆盖多少作业。",
                en="There are steps, but no jobs of the scheduler, so it is unknown how many jobs they cover.",
            ),
            hint=Text(zh="请提交作业记录。", en="Hand in the job records."),
            ways=(("jobs",),),
        )
    log = job_log(evidence)
    window = covered_window(log, evidence, days=(SHORTEST_DAYS,))
    jobs = _large_jobs(evidence, log, window.period)
    clocked = [found for one in progress if (found := _clocked(one, jobs))]
    shown = _Shown.of(clocked, jobs)
    if shown.covered < LEAST_COVERED:
        return _estimated(evidence, window, shown)
    return _measured(evidence, window, shown)


@dataclass(frozen=True)
class _Job:
    """One large job: its clock inside the period (ms), its first waiting time, card-ms held in the period."""

    name: str
    cards: int
    start: int
    end: int
    waited: int
    held: int


@dataclass(frozen=True)
class _Estimate:
    """Effective training time from the interruption rate, and what it was made of."""

    value: Fraction
    quality: Quality
    inputs: tuple[Input, ...]
    rests_on: tuple[Support, ...]


@dataclass(frozen=True)
class _Clocked:
    job: _Job
    progress: Progress
    productive_us: int
    seen: int  # ms between its first and last step

    @property
    def wall(self) -> int:
        return self.job.end - self.job.start


@dataclass(frozen=True)
class _Shown:
    """What heartbeats and logs show of the large jobs together."""

    clocked: tuple[_Clocked, ...]
    covered: Fraction  # of the card-time of all large jobs

    @classmethod
    def of(cls, clocked: list[_Clocked], jobs: Mapping[str, _Job]) -> _Shown:
        best: dict[str, _Clocked] = {}
        for one in clocked:
            if one.job.name not in best or one.seen > best[one.job.name].seen:
                best[one.job.name] = one
        used = tuple(best[name] for name in sorted(best))
        seen = sum(min(one.seen * one.job.cards, one.job.held) for one in used)
        held = sum(job.held for job in jobs.values())
        return cls(used, Fraction(seen, held))

    @property
    def ratio(self) -> Fraction | None:
        wall = sum(one.wall * one.job.cards for one in self.clocked)
        return Fraction(sum(one.productive_us * one.job.cards for one in self.clocked), wall * 1000) if wall else None

    @property
    def with_queue(self) -> Fraction:
        wall = sum((one.wall + one.job.waited) * one.job.cards for one in self.clocked)
        return Fraction(sum(one.productive_us * one.job.cards for one in self.clocked), wall * 1000)

    @property
    def rests_on(self) -> tuple[Support, ...]:
        return tuple(found for one in self.clocked for found in one.progress.rests_on)

    @property
    def quality(self) -> Quality:
        """Heartbeats A; an operator's own logs are C."""
        return worst(Quality.A if one.progress.kind == "step_heartbeats" else Quality.C for one in self.clocked)


def _measured(evidence: CentreEvidence, window: CoveredWindow, shown: _Shown) -> Measurement:
    ratio = shown.ratio
    if ratio is None or ratio > 1:
        raise InvalidEvidence(
            "more_progress_than_time",
            Text(zh="训练步记录的时间多于作业的时钟时间。", en="The steps take more time than the jobs had."),
            hint=Text(zh="请核对两份记录的时区。", en="Check the time zones of both records."),
        )
    return Measurement(
        measure="effective_training_time_ratio",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(ratio),
        period=window.period,
        coverage=measured(shown.covered * window.told),
        quality=worst([window.quality, shown.quality]),
        formula="ETTR = Σ cards × productive ÷ Σ cards × clock",
        inputs=(
            _card_hours("productive", Text(zh="有效训练", en="Productive"), shown, productive=True),
            _card_hours("clock", Text(zh="作业时钟", en="Clock of the jobs"), shown, productive=False),
            Input("ettr_sched", Text(zh="含首次排队", en="First queue included"), measured(shown.with_queue), "ratio"),
            Input("jobs", Text(zh="作业数", en="Jobs"), Decimal(len(shown.clocked)), "1"),
        ),
        notes=(*window.notes, *_cross_check(evidence, ratio)),
        rests_on=shown.rests_on,
    )


def _cross_check(evidence: CentreEvidence, ratio: Fraction) -> tuple[Reason, ...]:
    """A note where the estimate, as far as it can be made, lies farther than 0.05 from what was measured."""
    try:
        estimate = _estimate(evidence)
    except (NoEvidence, InsufficientData, InvalidEvidence):
        return ()
    if abs(estimate.value - ratio) <= FARTHEST:
        return ()
    return (
        note(
            "ettr_disagrees",
            f"由中断率估计为 {percent(estimate.value)}，与实测 {percent(ratio)} 相差超过 0.05，须说明。",
            f"The estimate from the interruption rate, {percent(estimate.value)}, is more than 0.05 off the measured "
            f"{percent(ratio)}; to be explained.",
        ),
    )


def _estimated(evidence: CentreEvidence, window: CoveredWindow, shown: _Shown) -> Measurement:
    try:
        estimate = _estimate(evidence)
    except (NoEvidence, InsufficientData) as lacking:
        raise InsufficientData(
            "heartbeats_too_few",
            Text(
                zh=f"训练步记录只覆盖 {percent(shown.covered)} 的卡时（至少 30 %），且无法估计：{lacking.message.zh}",
                en=f"Steps cover {percent(shown.covered)} of the card-hours (30 % are needed), and there is no "
                f"estimate: {lacking.message.en}",
            ),
            hint=Text(zh="请提交训练步心跳。", en="Hand in step heartbeats."),
        ) from None
    reached = shown.ratio
    value = estimate.value if reached is None else min(estimate.value, reached)
    return Measurement(
        measure="effective_training_time_ratio",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(max(value, Fraction(0))),
        period=window.period,
        coverage=measured(shown.covered * window.told),
        quality=worst([Quality.B, window.quality, shown.quality, estimate.quality]),
        formula="ETTR ≈ (1 − δ ÷ τ) × (1 − λ × (u + τ ÷ 2))",
        inputs=estimate.inputs,
        notes=(
            *window.notes,
            note(
                "estimated",
                f"训练步记录只覆盖 {percent(shown.covered)} 的卡时，按中断率估计，证据等级最高为 B。",
                f"Steps cover {percent(shown.covered)} of the card-hours: estimated from the interruption rate, "
                "grade B at best.",
            ),
        ),
        rests_on=(*estimate.rests_on, *shown.rests_on),
    )


def _estimate(evidence: CentreEvidence) -> _Estimate:
    """The estimate; λ is the scored upper bound, brought to the size of the reference job."""
    rate, stall, recovery = interruption_rate(evidence), checkpoint_stall(evidence), mean_time_to_recover(evidence)
    interval = declared_quantity(evidence, "ST-2.4.checkpoint_interval", _SECONDS)
    tau = interval.amount if interval and interval.amount else PACK_INTERVAL_S
    rung = next((rung for rung in RUNGS if 2 * rung <= evidence.profile.cards), evidence.profile.cards)
    per_hour = Fraction(rate.value or 0) / 1000 * rung / 24
    delta, restart = Fraction(stall.value or 0), Fraction(recovery.value or 0) * 60
    loss = per_hour * (restart + tau / 2) / HOUR_S
    if loss > LARGEST_LOSS or delta >= tau:
        raise InsufficientData(
            "estimate_out_of_range",
            Text(
                zh="中断过于频繁或检查点过长，估计式不适用。",
                en="Interruptions are too frequent, or checkpoints too long, for the estimate to hold.",
            ),
            hint=Text(zh="请提交训练步心跳。", en="Hand in step heartbeats."),
        )
    inputs = (
        Input("λ", Text(zh="参考规模每小时中断率", en="Interruptions an hour at the rung"), measured(per_hour), "1/h"),
        Input("rung", Text(zh="参考作业卡数", en="Cards of the reference job"), Decimal(rung), "card"),
        Input("δ", Text(zh="检查点阻塞", en="Checkpoint stall"), measured(delta), "s", stall.measure),
        Input(
            "τ",
            Text(zh="检查点间隔", en="Checkpoint interval"),
            measured(tau),
            "s",
            interval.code if interval else "reference job",
        ),
        Input("u", Text(zh="恢复时长", en="Time to recover"), measured(restart), "s", recovery.measure),
    )
    return _Estimate(
        (1 - delta / tau) * (1 - loss),
        worst(part.quality or Quality.A for part in (rate, stall, recovery)),
        inputs,
        (*rate.rests_on, *stall.rests_on, *recovery.rests_on),
    )


def _large_jobs(evidence: CentreEvidence, log: JobLog, period: Period) -> dict[str, _Job]:
    """The jobs that count, by name; a job that was queued again is one."""
    needed = min(MOST_CARDS, max(LEAST_CARDS, -(-SHARE_OF_CARDS * evidence.profile.cards // 100)))
    first, last = bounds(period)
    ran = log.where((log.start != MISSING) & (log.end != MISSING) & (log.cards >= needed))
    held = ran.held(period)
    submitted = np.where(ran.submit == MISSING, np.iinfo(np.int64).max, ran.submit)
    allocations = pd.DataFrame(
        {
            "job": ran.rows.column("job").to_numpy(zero_copy_only=False),
            "cards": ran.cards,
            "start": ran.start,
            "end": ran.end,
            "ran": ran.end - ran.start,
            "submit": submitted,
            "held": held * ran.cards,
        }
    )
    by_job = allocations.groupby("job").agg(
        {"cards": "max", "start": "min", "end": "max", "ran": "sum", "submit": "min", "held": "sum"}
    )
    large = by_job[(by_job["ran"] >= DAY) & (by_job["held"] > 0)].sort_index()
    jobs = [
        _Job(
            str(row["job"]),
            int(row["cards"]),
            max(int(row["start"]), first),
            min(int(row["end"]), last),
            max(int(row["start"]) - int(row["submit"]), 0) if int(row["start"]) >= first else 0,
            int(row["held"]),
        )
        for row in large.reset_index().to_dict("records")
    ]
    if not jobs:
        raise InsufficientData(
            "no_large_job",
            Text(
                zh=f"评价期内没有不少于 {needed} 卡、24 小时的作业。",
                en=f"No job of the period ran on {needed} cards or more for 24 hours.",
            ),
            hint=Text(zh="请提交包含这类作业的记录。", en="Hand in records with such jobs."),
        )
    return {job.name: job for job in jobs}


def _clocked(progress: Progress, jobs: Mapping[str, _Job]) -> _Clocked | None:
    """Progress put on the clock of its job; None for a job that does not count, or cannot be told."""
    job = _job_of(progress, jobs)
    if job is None:
        return None
    own = progress.within(job.start, job.end)
    if len(own.at) < 2:
        return None
    return _Clocked(job, own, int(own.productive.sum()), int(own.at[-1]) - max(own.started, job.start))


def _job_of(progress: Progress, jobs: Mapping[str, _Job]) -> _Job | None:
    """By name; a log that names none belongs to the one job of its size that ran all the while."""
    if progress.job is not None:
        return jobs.get(progress.job)
    first, last = int(progress.at[0]), int(progress.at[-1])
    fitting = [job for job in jobs.values() if job.cards == progress.cards and job.start <= first and last <= job.end]
    return fitting[0] if len(fitting) == 1 else None


def _card_hours(name: str, title: Text, shown: _Shown, *, productive: bool) -> Input:
    total = sum((one.productive_us if productive else one.wall * 1000) * one.job.cards for one in shown.clocked)
    return Input(name, title, measured(Fraction(total, 3_600_000_000)), "card·h")
