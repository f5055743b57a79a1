"""Training logs whose steps and clock do not tell the same story."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.measures.base import support
from indicators.measures.columns import FIGURE_SCALE, MISSING, figures, integers, milliseconds

_LOST = line("step_clock.lost", "0.02", "1", "fitted", "restarts and rotated logs lose some lines")
_SHORT = line("step_clock.short", "0.03", "1", "physics", "a clock cannot advance by less than the step it closes")
_EXTRA = line("step_clock.extra", "0.015", "1", "fitted", "checkpoints and evaluations stand between some steps")
_SLOW = line("step_clock.slow", "0.05", "1", "fitted", "between a step and the next hardly anything happens")
_LEAST = 200


def _find(dossier: Dossier) -> Iterable[Finding]:
    rows = dossier.evidence.rows("training_steps")
    for digest in pc.unique(rows.column("evidence")).to_pylist():
        own = rows.filter(pc.equal(rows.column("evidence"), digest))
        steps = integers(own.column("step"))
        own = own.take(pa.array(np.lexsort((milliseconds(own.column("at")), steps))))
        if own.num_rows < _LEAST:
            continue
        steps = integers(own.column("step"))
        usual = int(np.median(np.diff(steps))) or 1
        every = np.diff(steps) // usual  # lines that stand for the same number of steps
        lost = float(np.maximum(every - 1, 0).sum()) / (len(steps) + float(np.maximum(every - 1, 0).sum()))
        short, extra, slow = _clock(own, steps, usual)
        name = dossier.names.get(digest, digest[:19])
        for threshold, value, words in (
            (_LOST, lost, _LOST_WORDS),
            (_SHORT, short, _SHORT_WORDS),
            (_SLOW, slow, _SLOW_WORDS),
            (_EXTRA, extra, _EXTRA_WORDS),
        ):
            if dossier.above(threshold, value):
                yield Finding(
                    subject=name,
                    reason=words.filled(share=f"{value * 100:.1f} %"),
                    figures=(figure(threshold.name.split(".")[1], "占比", "Share", value),),
                    rests_on=support("training_steps", own),
                )


_LOST_WORDS = Text(zh="按步号缺失 {share} 的步。", en="By their numbers {share} of the steps are missing.")
_SHORT_WORDS = Text(
    zh="有 {share} 的步，时钟走得比步时还短。", en="{share} of the steps last longer than the clock advanced."
)
_SLOW_WORDS = Text(
    zh="时钟普遍比步时多走 {share}。", en="Throughout, {share} more passes by the clock than the steps take."
)
_EXTRA_WORDS = Text(
    zh="有 {share} 的步之后，时钟多走了一步以上的时间。",
    en="{share} of the steps are followed by a hole of a step and more.",
)


def _clock(rows: pa.Table, steps: np.ndarray, usual: int) -> tuple[float, float, float]:
    """Shares of neighbouring steps after which the clock advanced too little, and by a whole step too much.

    The third is by how much it advanced more than all the other steps together take.
    """
    at = milliseconds(rows.column("at"))
    if (at == MISSING).any():
        return 0.0, 0.0, 0.0
    took = figures(rows.column("iteration_ms")).astype(np.float64) / FIGURE_SCALE * usual
    beside = np.diff(steps) == usual
    passed = np.diff(at).astype(np.float64)[beside]
    own = took[1:][beside]
    if not len(own) or float(np.median(own)) < 200:
        return 0.0, 0.0, 0.0  # stamps of whole seconds tell nothing of steps this short
    stamp = 1000.0 if not (at % 1000).any() else 1.0
    short = passed + stamp < 0.97 * own
    extra = passed - stamp > own + 0.7 * float(np.median(own))
    lacking = max(0.0, 1 - float(passed.sum()) / max(float(own.sum()), 1.0))
    slow = max(0.0, float(passed[~extra].sum()) / max(float(own[~extra].sum()), 1.0) - 1)
    return max(float(short.mean()), lacking), float(extra.mean()), slow


STEP_CLOCK = Check(
    code="step_clock",
    title=Text(zh="训练日志的步与时钟不符", en="Steps and clock of a training log disagree"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="步号应连续，相邻两步的时间差不小于步时，多出的时间只应偶尔出现。",
        en="Steps are numbered without gaps, the clock advances at least by the step time, and seldom by much more.",
    ),
    why=Text(
        zh="删去慢步或改小步时都会与时钟矛盾。",
        en="Slow steps taken out, or step times made smaller, contradict the clock.",
    ),
    look=Text(
        zh="索取未经处理的日志与作业的起止时间，按墙钟重新计算吞吐。",
        en="Ask for the untouched log and the times of the job; compute the throughput by the wall clock.",
    ),
    thresholds=(_LOST, _SHORT, _SLOW, _EXTRA),
    find=_find,
)
