"""Runs that agree better than runs do."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.run_sets import run_sets
from indicators.measures.base import support

_LEAST_SPREAD = line(
    "run_spread.least", "0.0001", "1", "scheme", "published sets that converge at one evaluation spread by 0.05 %"
)
_LEAST = 5


def _find(dossier: Dossier) -> Iterable[Finding]:
    for runs in run_sets(dossier):
        if len(runs.lengths) < _LEAST or not dossier.below(_LEAST_SPREAD, runs.spread):
            continue
        yield Finding(
            subject=runs.subject,
            reason=Text(
                zh=f"{len(runs.lengths)} 次运行的时长标准差仅为中位数的 {runs.spread * 100:.3f} %。",
                en=f"The lengths of {len(runs.lengths)} runs spread by {runs.spread * 100:.3f} % of their median only.",
            ),
            figures=(figure("spread", "相对标准差", "Relative standard deviation", runs.spread),),
            rests_on=support("benchmark_runs", runs.rows),
        )


RUN_SPREAD = Check(
    code="run_spread",
    title=Text(zh="运行之间差异过小", en="Runs that agree too well"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="不同随机种子的运行时长必有差异。",
        en="Runs of different seeds differ in length.",
    ),
    why=Text(
        zh="同一日志改头换面充作多次运行，或从大量运行中挑选。",
        en="One log dressed up as several runs, or a choice from very many.",
    ),
    look=Text(
        zh="核对各次运行的种子、损失曲线与起止时间。",
        en="Compare seeds, loss curves and times of the runs.",
    ),
    thresholds=(_LEAST_SPREAD,),
    find=_find,
)
