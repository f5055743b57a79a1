"""Times of drills and events: network convergence, failover, scale-out, restore.

What had not recovered counts as lasting to the end of the period; nothing is left out for being slow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import MISSING, bounds, distinct, median, milliseconds
from indicators.measures.declared import declared_value
from indicators.measures.findings import NoEvidence, note, nothing_handed_in, some_of
from indicators.measures.job_log import SHORTEST_DAYS, YEAR_DAYS, window

LEAST_LINK_FAULTS, LEAST_SWITCH_FAULTS = 5, 1
LEAST_INJECTED_LOSSES = 3
LEAST_SCALE_OUTS = 10
SLICE = (16, 256)  # cards of a drill's slice: 5 % of the centre, within these
MINUTE = 60_000


@dataclass(frozen=True)
class Trials:
    """Some trials inside a period: how long each took (ms), and the rows behind them."""

    period: Period
    rows: pa.Table
    times: tuple[int, ...]
    open: int
    differing: tuple[str, ...] = ()  # which trials exports tell differently

    @property
    def quality(self) -> Quality:
        """A when the body witnessed all of them; an operator's own record is C."""
        return Quality.A if self.rows.column("witnessed_by").null_count == 0 else Quality.C

    @property
    def notes(self) -> tuple[Reason, ...]:
        return (*self._left_open(), *self._told_differently())

    @property
    def rests_on(self) -> tuple[Support, ...]:
        return support("timed_trials", self.rows)

    def _left_open(self) -> Iterator[Reason]:
        if self.open:
            yield note(
                "not_recovered",
                f"有 {self.open} 次未恢复，计到评价期末。",
                f"{self.open} had not recovered and count as lasting to the end of the period.",
            )

    def _told_differently(self) -> Iterator[Reason]:
        if self.differing:
            shown = some_of(self.differing)
            yield note(
                "trials_differ",
                f"以下演练有互不一致的记录，按恢复最晚的计：{shown.zh}。不同的演练请各用一个编号。",
                f"Records of these trials contradict each other, the latest recovery counts: {shown.en}. Give each "
                "trial an id of its own.",
            )

    def counted(self, subject: str) -> int:
        return sum(each == subject for each in self.rows.column("subject").to_pylist())

    def percentile(self, percent: int) -> int:
        """By nearest rank, ms."""
        ordered = sorted(self.times)
        return ordered[-(-len(ordered) * percent // 100) - 1]


def network_convergence_time(evidence: CentreEvidence) -> Measurement:
    """P95 of the time from a link or switch fault to collectives at 95 % of their rate; drills of twelve months, s.

    At least five link and one switch faults, on a slice of min(256, max(16, 5 % of the cards)) cards or more.

    Raises:
        NoEvidence.
        InsufficientData: `too_few_drills`.
    Source: scheme §2.2 ST-5.1, §3.2.
    """
    least, most = SLICE
    needed = min(most, max(least, -(-5 * evidence.profile.cards // 100)))
    trials = trials_of(evidence, ("link", "switch"), days=YEAR_DAYS, where=_on_slice(needed))
    links, switches = trials.counted("link"), trials.counted("switch")
    if links < LEAST_LINK_FAULTS or switches < LEAST_SWITCH_FAULTS:
        raise _too_few(
            f"{links} 次链路、{switches} 次交换机故障（{needed} 卡以上）；"
            f"至少需要 {LEAST_LINK_FAULTS} 次与 {LEAST_SWITCH_FAULTS} 次",
            f"{links} link and {switches} switch faults on {needed} cards or more; "
            f"{LEAST_LINK_FAULTS} and {LEAST_SWITCH_FAULTS} are needed",
        )
    return _timed(
        "network_convergence_time", "s", Fraction(trials.percentile(95), 1000), trials, "T = P95(recovered − fault)"
    )


def instance_failover_time(evidence: CentreEvidence) -> Measurement:
    """P95 of the time from the loss of an instance or node to the service at 95 % of its throughput; 90 days, s.

    At least three of the losses injected.

    Raises:
        NoEvidence.
        InsufficientData: `too_few_drills`.
    Source: scheme §2.2 ST-6.3.
    """
    trials = trials_of(evidence, ("instance", "node"), days=SHORTEST_DAYS)
    injected = trials.rows.column("injected").to_pylist().count(True)
    if injected < LEAST_INJECTED_LOSSES:
        raise _too_few(
            f"{injected} 次注入的实例或节点丢失；至少需要 {LEAST_INJECTED_LOSSES} 次",
            f"{injected} injected losses of instances or nodes; {LEAST_INJECTED_LOSSES} are needed",
        )
    return _timed(
        "instance_failover_time", "s", Fraction(trials.percentile(95), 1000), trials, "T = P95(recovered − loss)"
    )


def elastic_scale_out_time(evidence: CentreEvidence) -> Measurement:
    """P95 of the time from a request for more to the first token of the added instance; twelve months, s.

    At least ten trials or events.

    Raises:
        NoEvidence.
        InsufficientData: `too_few_drills`.
    Source: scheme §2.4 US-3.4.
    """
    trials = trials_of(evidence, ("scale_out",), days=YEAR_DAYS)
    if len(trials.times) < LEAST_SCALE_OUTS:
        raise _too_few(
            f"{len(trials.times)} 次扩容；至少需要 {LEAST_SCALE_OUTS} 次",
            f"{len(trials.times)} scale-outs; {LEAST_SCALE_OUTS} are needed",
        )
    return _timed(
        "elastic_scale_out_time", "s", Fraction(trials.percentile(95), 1000), trials, "T = P95(token − request)"
    )


def restore_time(evidence: CentreEvidence) -> Measurement:
    """Minutes from the start of loading a checkpoint to the first training step, median over twelve months.

    Without a timed restore a declared or judged figure stands (`ST-4.2`).

    Raises:
        NoEvidence.
    Source: scheme §2.2 ST-4.2.
    """
    try:
        trials = trials_of(evidence, ("restore",), days=YEAR_DAYS)
    except NoEvidence:
        if not evidence.rows("declaration").num_rows:
            raise nothing_handed_in(["timed_trials"], ["declaration"]) from None
        return declared_value("restore_time", "ST-4.2", "min", evidence)
    middle = median([Fraction(time, MINUTE) for time in trials.times])
    return _timed("restore_time", "min", middle, trials, "T = median(first step − loading)")


def trials_of(
    evidence: CentreEvidence,
    subjects: Collection[str],
    *,
    days: int,
    where: Callable[[dict[str, Any]], bool] = lambda row: True,
) -> Trials:
    """The trials of some subjects that began inside the period, each once: one handed in open and later closed, too.

    Raises:
        NoEvidence: there is none.
    """
    period = window(evidence, days)
    rows = _each_once(evidence.rows("timed_trials"))
    start, end = bounds(period)
    begun, done = milliseconds(rows.column("started_at")), milliseconds(rows.column("recovered_at"))
    chosen = [
        index
        for index, row in enumerate(rows.to_pylist())
        if row["subject"] in subjects and start <= begun[index] < end and where(row)
    ]
    if not chosen:
        raise nothing_handed_in(["timed_trials"])
    times = tuple(int((end if done[index] == MISSING else done[index]) - begun[index]) for index in chosen)
    still_open = sum(int(done[index]) == MISSING for index in chosen)
    found = rows.take(pa.array(chosen, pa.int64()))
    return Trials(period, found, times, still_open, _told_differently(evidence, found))


_IDENTITY = ("trial", "subject", "started_at")


def _each_once(rows: pa.Table) -> pa.Table:
    """One row per trial: a closed one before an open one, the latest recovery, and of equal ones what proves less."""
    ranked = rows.append_column("witnessed", pc.is_valid(rows.column("witnessed_by")))
    ranked = ranked.append_column("said_injected", pc.fill_null(rows.column("injected"), False))
    order = [("recovered_at", "descending"), ("witnessed", "ascending"), ("said_injected", "ascending")]
    return distinct(ranked.sort_by(order), by=_IDENTITY).select(rows.column_names)


def _told_differently(evidence: CentreEvidence, chosen: pa.Table) -> tuple[str, ...]:
    """Of some trials those of which there are several recoveries."""
    rows = evidence.rows("timed_trials")
    closed = distinct(rows.filter(pc.is_valid(rows.column("recovered_at"))), by=(*_IDENTITY, "recovered_at"))
    times = closed.group_by(_IDENTITY).aggregate([("recovered_at", "count")])
    several = times.filter(pc.greater(times.column("recovered_at_count"), 1)).column("trial").to_pylist()
    return tuple(sorted({*several}.intersection(chosen.column("trial").to_pylist())))


def _on_slice(needed: int) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["cards"] is None or row["cards"] >= needed


def _timed(measure: str, unit: str, value: Fraction, trials: Trials, formula: str) -> Measurement:
    unit_ms = MINUTE if unit == "min" else 1000
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit=unit,
        value=measured(value),
        period=trials.period,
        quality=trials.quality,
        formula=formula,
        inputs=(
            Input("trials", Text(zh="演练与事件", en="Drills and events"), Decimal(len(trials.times)), "1"),
            Input("p50", Text(zh="P50", en="P50"), measured(Fraction(trials.percentile(50), unit_ms)), unit),
            Input("longest", Text(zh="最长", en="Longest"), measured(Fraction(max(trials.times), unit_ms)), unit),
        ),
        notes=trials.notes,
        rests_on=trials.rests_on,
    )


def _too_few(zh: str, en: str) -> InsufficientData:
    return InsufficientData(
        "too_few_drills",
        Text(zh=f"演练与事件不足：{zh}。", en=f"Too few drills and events: {en}."),
        hint=Text(zh="请补充演练并提交计时表。", en="Run more drills and hand in their times."),
    )
