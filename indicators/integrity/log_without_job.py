"""Training and benchmark runs the scheduler knows nothing of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from indicators.integrity.allocation import jobs_of
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.run_sets import run_sets
from indicators.measures.base import support
from indicators.measures.columns import MISSING, milliseconds
from indicators.measures.run_cards import card_rows

_COVERED = line("log_without_job.covered", "0.9", "1", "scheme", "of a run's time, a job of its size should hold cards")


@dataclass(frozen=True)
class _Run:
    subject: str
    kind: str
    cards: int
    start: int
    stop: int
    rows: pa.Table


def _find(dossier: Dossier) -> Iterable[Finding]:
    log = jobs_of(dossier)
    if log is None:
        return
    ran = (log.start != MISSING) & (log.end != MISSING)
    if not ran.any():
        return
    first, last = int(log.start[ran].min()), int(log.end[ran].max())
    for run in (*_trained(dossier), *_benchmarked(dossier)):
        if run.start < first or run.stop > last or run.stop <= run.start:
            continue
        enough = ran & (log.cards >= run.cards)
        shared = (log.end[enough].clip(max=run.stop) - log.start[enough].clip(min=run.start)).clip(min=0)
        covered = min(1.0, float(shared.sum()) / (run.stop - run.start))
        if not dossier.below(_COVERED, covered):
            continue
        yield Finding(
            subject=run.subject,
            reason=Text(
                zh=f"该运行使用 {run.cards} 张卡，而调度器中不少于该卡数的作业只覆盖其 {covered * 100:.0f} % 的时间。",
                en=f"The run used {run.cards} cards; jobs of that size cover {covered * 100:.0f} % of its time only.",
            ),
            figures=(
                figure("covered", "有作业覆盖的时间", "Time covered by jobs", covered),
                figure("cards", "卡数", "Cards", run.cards),
            ),
            rests_on=support(run.kind, run.rows),
        )


def _trained(dossier: Dossier) -> Iterator[_Run]:
    rows = dossier.evidence.rows("training_steps")
    for digest in pc.unique(rows.column("evidence")).to_pylist():
        own = rows.filter(pc.equal(rows.column("evidence"), digest))
        at = milliseconds(own.column("at"))
        cards = card_rows(dossier.evidence, [digest]).column("accelerators").to_pylist()
        if cards and not (at == MISSING).any():
            name = dossier.names.get(digest, digest[:19])
            yield _Run(name, "training_steps", cards[-1], int(at.min()), int(at.max()), own)


def _benchmarked(dossier: Dossier) -> Iterator[_Run]:
    for runs in run_sets(dossier):
        for index in range(len(runs.start)):
            if runs.cards:
                row = runs.rows.slice(index, 1)
                start, stop = int(runs.start[index]), int(runs.stop[index])
                yield _Run(runs.subject, "benchmark_runs", runs.cards, start, stop, row)


LOG_WITHOUT_JOB = Check(
    code="log_without_job",
    title=Text(zh="日志在调度器中无对应作业", en="A run the scheduler knows nothing of"),
    severity=Severity.NOTABLE,
    what=Text(
        zh="训练或测试运行期间，调度器中应有不少于其卡数的作业。",
        en="While a training or benchmark ran, the scheduler had a job of at least its size.",
    ),
    why=Text(
        zh="日志来自其他系统或其他时间，或在调度器之外的专用节点上运行。",
        en="The log comes from another system or time, or from nodes kept outside the scheduler.",
    ),
    look=Text(
        zh="询问运行所用的节点与作业号，核对时区。",
        en="Ask for the nodes and the job's number; compare time zones.",
    ),
    thresholds=(_COVERED,),
    find=_find,
)
