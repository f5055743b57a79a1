"""Jobs like the runs of a set that the scheduler knows and nobody handed in."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.special import pdtrc  # not `scipy.stats`: half a second of every start

from core.text import Text
from indicators.integrity.allocation import jobs_of
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.run_sets import run_sets
from indicators.measures.base import support
from indicators.measures.columns import MISSING

_IMPROBABLE = line("runs_left_out.improbability", "3.5", "−log₁₀ p", "scheme", "one in three thousand")
_LIKE = 0.12  # relative difference of length that still is a run of the set
_LEAST = 3
_LEAST_LEFT = 2  # one file of a set is easily lost
_SLACK_MS = 15 * 60_000


def _find(dossier: Dossier) -> Iterable[Finding]:
    log = jobs_of(dossier)
    if log is None:
        return
    ran = (log.start != MISSING) & (log.end != MISSING)
    first_seen, last_seen = int(log.start[ran].min(initial=MISSING)), int(log.end[ran].max(initial=MISSING))
    for runs in run_sets(dossier):
        if len(runs.lengths) < _LEAST or not runs.cards:
            continue
        typical = runs.typical
        near = max(_LIKE, 3 * runs.spread)
        like = ran & (log.cards == runs.cards) & (np.abs(log.end - log.start - typical) <= near * typical + 120_000)
        begins, ends = int(runs.start.min()) - 3 * int(typical), int(runs.stop.max()) + 3 * int(typical)
        inside = like & (log.start >= begins) & (log.end <= ends)
        middle = (log.start + log.end) // 2
        known = np.zeros(len(middle), dtype=bool)
        for start, stop in zip(runs.start.tolist(), runs.stop.tolist(), strict=True):
            known |= (middle >= start - _SLACK_MS) & (middle <= stop + _SLACK_MS)
        left = inside & ~known
        count = int(left.sum())
        if count < _LEAST_LEFT:
            continue
        elsewhere = max(1, last_seen - first_seen - (ends - begins))
        usual = (int((like & ~inside).sum()) + 0.5) * (ends - begins) / elsewhere
        with np.errstate(divide="ignore"):  # beyond 10^-308 the odds are infinite
            odds = -float(np.log10(pdtrc(count - 1, usual)))  # so many or more, by Poisson
        if not dossier.above(_IMPROBABLE, odds):
            continue
        yield Finding(
            subject=runs.subject,
            reason=Text(
                zh=f"测试期间调度器另有 {count} 个卡数与时长相同的作业未提交（平时同样长的时段约有 {usual:.1f} 个）。",
                en=f"During the campaign the scheduler knows {count} further jobs of the same size and length that "
                f"nobody handed in (usually about {usual:.1f} in such a time).",
            ),
            figures=(
                figure("left", "未提交的同类作业", "Like jobs not handed in", count),
                figure("usual", "平时数量", "Usual number", usual),
                figure("runs", "提交的运行", "Runs handed in", len(runs.start)),
            ),
            rests_on=(*support("jobs", log.where(left).rows), *support("benchmark_runs", runs.rows)),
        )


RUNS_LEFT_OUT = Check(
    code="runs_left_out",
    title=Text(zh="调度器中有未提交的同类运行", en="Like runs in the scheduler, not handed in"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="在测试期前后，查找卡数相同、时长相近而未提交的作业，与平时数量比较。",
        en="Around a campaign: jobs of the same size and about the same length that were not handed in, against how "
        "many there usually are.",
    ),
    why=Text(
        zh="反复运行、只提交最好的若干次。",
        en="Running often and handing in the best.",
    ),
    look=Text(
        zh="要求提交这些作业的日志，按全部运行重新计算。",
        en="Ask for the logs of these jobs and compute the result from all of them.",
    ),
    thresholds=(_IMPROBABLE,),
    find=_find,
)
