"""Holes between back-to-back runs that are just as long as runs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.run_sets import Runs, run_sets
from indicators.measures.base import support

_HOLES = line("holes_between_runs.holes", "1", "1", "fitted", "a pause may last as long as a run once, hardly twice")
_LEAST = 4
_MOST_RUNS = 6  # that one hole may stand for
_BACK_TO_BACK = 0.15  # of a run: the usual pause of a campaign


def _find(dossier: Dossier) -> Iterable[Finding]:
    for runs in run_sets(dossier):
        if len(runs.lengths) < _LEAST:
            continue
        holes = _holes(runs)
        if holes is None or not dossier.above(_HOLES, float(len(holes))):
            continue
        lost = sum(holes)
        yield Finding(
            subject=runs.subject,
            reason=Text(
                zh=f"连续运行之间有 {len(holes)} 处空当，长度恰为整次运行，可容纳 {lost} 次运行。",
                en=f"Between back-to-back runs {len(holes)} holes are just as long as whole runs; {lost} runs fit in.",
            ),
            figures=(
                figure("holes", "空当", "Holes", len(holes)),
                figure("lost", "可容纳的运行", "Runs that fit in", lost),
            ),
            rests_on=support("benchmark_runs", runs.rows),
        )


def _holes(runs: Runs) -> list[int] | None:
    """How many runs fit into each hole that is as long as whole runs; None unless runs follow each other closely."""
    pauses = (runs.start[1:] - runs.stop[:-1]).astype(np.float64)
    usual = float(np.quantile(pauses, 0.3))
    typical = runs.typical
    if usual < 0 or usual > _BACK_TO_BACK * typical:
        return None
    found = []
    for pause in pauses[pauses > 0.7 * typical]:
        fits = round((pause - usual) / (typical + usual))
        if not 1 <= fits <= _MOST_RUNS:
            continue
        tolerance = min(0.1, 2.5 * runs.spread * fits**0.5 + 0.02) * typical
        if abs(pause - usual - fits * (typical + usual)) <= tolerance:
            found.append(fits)
    return found


HOLES_BETWEEN_RUNS = Check(
    code="holes_between_runs",
    title=Text(zh="运行之间恰有整次运行的空当", en="Holes as long as runs"),
    severity=Severity.NOTABLE,
    what=Text(
        zh="一组连续进行的运行中，空当长度不应恰为一次或几次运行。",
        en="In a set of back-to-back runs, pauses are not just as long as one or more runs.",
    ),
    why=Text(zh="被剔除的运行留下与其等长的空当。", en="Runs left out leave holes of their own length."),
    look=Text(
        zh="索取该时段调度器记录与机柜功率，确认是否有未提交的运行。",
        en="Ask for the scheduler's records and rack power of that time.",
    ),
    thresholds=(_HOLES,),
    find=_find,
)
