"""What interruptions and checkpoints cost training jobs: recovery, lost work, stalls; from the steps of 90 days."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.outcome import Outcome, Quality
from core.period import Period
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import bounds, distinct, exact_sum, figures, integers, milliseconds
from indicators.measures.declared import declared_value
from indicators.measures.findings import NoEvidence, PartMissing, nothing_handed_in, worst
from indicators.measures.job_log import SHORTEST_DAYS, window
from indicators.measures.step_progress import Progress, training_progress
from indicators.measures.trials import Trials, trials_of

MINUTE_MS = 60_000
MINUTE_US = 60_000_000
FIGURE = 10**9


def mean_time_to_recover(evidence: CentreEvidence) -> Measurement:
    """Mean minutes from an interruption to steps at the previous rate, of the step records and the timed job drills.

    Raises:
        NoEvidence.
        InsufficientData: `no_interruption`.
    Source: scheme §2.2 ST-3.3.
    """
    period, progress = _steps(evidence, required=False)
    drills = _drills(evidence)
    if not progress and drills is None:
        raise nothing_handed_in(["step_heartbeats"], ["timed_trials"])
    times = [time for one in progress for time in one.recoveries()]
    drilled = list(drills.times) if drills else []
    if not times and not drilled:
        raise _no_interruption()
    everything = [*times, *drilled]
    return Measurement(
        measure="mean_time_to_recover",
        outcome=Outcome.SCORED,
        unit="min",
        value=measured(Fraction(sum(everything), len(everything) * MINUTE_MS)),
        period=period,
        quality=worst([*map(_grade, progress if times else ()), *([drills.quality] if drills else [])]),
        formula="T = Σ (recovered − interruption) ÷ interruptions",
        inputs=(
            Input(
                "interruptions", Text(zh="步记录中的中断", en="Interruptions in the steps"), Decimal(len(times)), "1"
            ),
            Input("drills", Text(zh="计时演练", en="Timed drills"), Decimal(len(drilled)), "1"),
            Input("longest", Text(zh="最长", en="Longest"), measured(Fraction(max(everything), MINUTE_MS)), "min"),
        ),
        notes=drills.notes if drills else (),
        rests_on=(*_rests_on(progress), *(drills.rests_on if drills else ())),
    )


def lost_work_per_interruption(evidence: CentreEvidence) -> Measurement:
    """Mean minutes of progress thrown away per interruption; display only.

    Raises:
        NoEvidence.
        InsufficientData: `no_interruption`.
    Source: scheme §2.2 ST-4.3.
    """
    period, progress = _steps(evidence)
    events = sum(len(one.restarts) for one in progress)
    if not events:
        raise _no_interruption()
    lost = sum(exact_sum(one.rolled_back) for one in progress)
    return Measurement(
        measure="lost_work_per_interruption",
        outcome=Outcome.SCORED,
        unit="min",
        value=measured(Fraction(lost, events * MINUTE_US)),
        period=period,
        quality=worst(map(_grade, progress)),
        formula="L = Σ lost ÷ interruptions",
        inputs=(
            Input(
                "lost", Text(zh="回滚的训练时间", en="Progress rolled back"), measured(Fraction(lost, MINUTE_US)), "min"
            ),
            Input("interruptions", Text(zh="中断", en="Interruptions"), Decimal(events), "1"),
        ),
        rests_on=_rests_on(progress),
    )


def checkpoint_stall(evidence: CentreEvidence) -> Measurement:
    """Mean seconds for which training stood still per checkpoint; without heartbeats a declared figure (`ST-4.1`).

    Raises:
        NoEvidence.
        InsufficientData: `no_checkpoint` when the heartbeats tell of none.
    Source: scheme §2.2 ST-4.1.
    """
    rows = _heartbeats(evidence)
    if not rows.num_rows:
        return _declared("checkpoint_stall", "ST-4.1", "s", evidence)
    saved = rows.filter(pc.greater(pc.fill_null(rows.column("checkpoint_ms"), Decimal(0)), Decimal(0)))
    if not saved.num_rows:
        try:
            return _declared("checkpoint_stall", "ST-4.1", "s", evidence)
        except NoEvidence:
            raise PartMissing(
                "no_checkpoint",
                Text(zh="心跳中没有检查点阻塞时间。", en="The heartbeats tell of no checkpoint."),
                hint=Text(zh="请在心跳中写明 checkpoint_ms。", en="Write checkpoint_ms into the heartbeats."),
                ways=(("step_heartbeats",),),
            ) from None
    total = exact_sum(figures(saved.column("checkpoint_ms")))
    return Measurement(
        measure="checkpoint_stall",
        outcome=Outcome.SCORED,
        unit="s",
        value=measured(Fraction(total, saved.num_rows * FIGURE * 1000)),
        period=window(evidence, SHORTEST_DAYS),
        quality=_reference_grade(evidence, saved),
        formula="C = Σ blocked ÷ checkpoints",
        inputs=(Input("checkpoints", Text(zh="检查点", en="Checkpoints"), Decimal(saved.num_rows), "1"),),
        rests_on=support("step_heartbeats", saved),
    )


def data_stall_share(evidence: CentreEvidence) -> Measurement:
    """Σ cards · time blocked on input ÷ Σ cards · step time, in per cent; else a declared figure (`CE-3.3`).

    Raises:
        NoEvidence.
        InsufficientData: `data_wait_not_told`.
    Source: scheme §2.1 CE-3.3.
    """
    rows = _heartbeats(evidence)
    told = rows.filter(
        pc.and_(pc.is_valid(rows.column("data_wait_ms")), pc.greater(rows.column("step_ms"), Decimal(0)))
    )
    if not told.num_rows:
        try:
            return _declared("data_stall_share", "CE-3.3", "%", evidence)
        except NoEvidence:
            if not rows.num_rows:
                raise
            raise PartMissing(
                "data_wait_not_told",
                Text(zh="心跳没有写明数据等待时间。", en="The heartbeats do not tell the time blocked on input."),
                hint=Text(
                    zh="请在心跳中写明 step_ms 与 data_wait_ms。", en="Write step_ms and data_wait_ms into them."
                ),
                ways=(("step_heartbeats",),),
            ) from None
    cards = integers(told.column("cards")).astype(object)
    waited, stepped = (
        int((figures(told.column(name)).astype(object) * cards).sum()) for name in ("data_wait_ms", "step_ms")
    )
    return Measurement(
        measure="data_stall_share",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(min(Fraction(waited, stepped), Fraction(1)) * 100),
        period=window(evidence, SHORTEST_DAYS),
        quality=_reference_grade(evidence, told),
        formula="D = Σ cards × waited ÷ Σ cards × step × 100",
        inputs=(Input("steps", Text(zh="步数", en="Steps"), Decimal(told.num_rows), "1"),),
        rests_on=support("step_heartbeats", told),
    )


def _steps(evidence: CentreEvidence, *, required: bool = True) -> tuple[Period, list[Progress]]:
    period = window(evidence, SHORTEST_DAYS)
    start, end = bounds(period)
    parts = (one.within(start, end) for one in training_progress(evidence))
    found = [part for part in parts if len(part.at) > 1]
    if required and not found:
        raise nothing_handed_in(["step_heartbeats"], ["training_steps", "run_cards"])
    return period, found


def _drills(evidence: CentreEvidence) -> Trials | None:
    try:
        return trials_of(evidence, ("training_job",), days=SHORTEST_DAYS)
    except NoEvidence:
        return None


def _heartbeats(evidence: CentreEvidence) -> pa.Table:
    rows = distinct(evidence.rows("step_heartbeats"))
    first, last = bounds(window(evidence, SHORTEST_DAYS))
    at = milliseconds(rows.column("at"))
    return rows.filter(pa.array((at >= first) & (at < last)))


def _declared(measure: str, code: str, unit: str, evidence: CentreEvidence) -> Measurement:
    try:
        return declared_value(measure, code, unit, evidence)
    except NoEvidence:
        raise nothing_handed_in(["step_heartbeats"], ["declaration"]) from None


def _reference_grade(evidence: CentreEvidence, rows: pa.Table) -> Quality:
    """The reference job, witnessed under `reference_jobs`, is A; other jobs of the operator are C."""
    witnessed = {
        row["item"]
        for row in evidence.rows("declaration").to_pylist()
        if row["indicator"] == "reference_jobs" and row["met"] and row["witnessed_by"]
    }
    return Quality.A if set(np.unique(rows.column("job").to_numpy(zero_copy_only=False))) <= witnessed else Quality.C


def _grade(progress: Progress) -> Quality:
    return Quality.A if progress.kind == "step_heartbeats" else Quality.C


def _rests_on(progress: Iterable[Progress]) -> tuple[Support, ...]:
    return tuple(found for one in progress for found in one.rests_on)


def _no_interruption() -> InsufficientData:
    return InsufficientData(
        "no_interruption",
        Text(
            zh="评价期内的训练步记录没有中断，也没有计时演练。",
            en="The steps of the period show no interruption, and there is no timed drill.",
        ),
        hint=Text(zh="请提交参考作业中断演练的记录。", en="Hand in the record of the reference job's injected fault."),
    )
