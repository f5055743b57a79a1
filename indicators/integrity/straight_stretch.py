"""Readings on a straight line: gaps that were bridged by interpolation and handed in as readings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import dates, meter_support, runs_of, series_of
from indicators.measures.meters import HOUR

_LONGEST = line("straight_stretch.longest", "16", "h", "fitted", "scheme §3.1: no gap above 24 h may be filled")
_TOTAL = line("straight_stretch.total", "60", "h", "fitted", "lines of 8 h and more over the year")
_SHORTEST = 8 * HOUR
_LEAST_VARIETY = 40  # reading steps the series usually bends by


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum:
            continue
        known = series.known[2:] & series.known[1:-1] & series.known[:-2]
        bends = np.abs(series.values[2:] - 2 * series.values[1:-1] + series.values[:-2])
        if not known.any() or float(np.median(bends[known])) < _LEAST_VARIETY * series.quantum:
            continue
        moving = series.values[1:-1] != series.values[:-2]
        straight = known & moving & (bends <= 2.01 * series.quantum)
        lines = [(first, end) for first, end in runs_of(straight) if (end - first + 2) * series.step >= _SHORTEST]
        longest = max(((end - first + 2) * series.step / HOUR for first, end in lines), default=0.0)
        total = sum((end - first + 2) * series.step / HOUR for first, end in lines)
        if not dossier.above(_LONGEST, longest) and not dossier.above(_TOTAL, total):
            continue
        first, end = max(lines, key=lambda stretch: stretch[1] - stretch[0])
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"读数最长 {longest:.0f} 小时呈直线，全年合计 {total:.0f} 小时：像是内插得出。",
                en=f"Readings lie on a straight line for up to {longest:.0f} h, {total:.0f} h in all, as interpolation "
                "gives.",
            ),
            figures=(
                figure("longest", "最长直线时段", "Longest line", longest, "h"),
                figure("total", "合计", "Together", total, "h"),
            ),
            period=dates(series, first, end + 1, dossier.evidence.profile.zone),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


STRAIGHT_STRETCH = Check(
    code="straight_stretch",
    title=Text(zh="读数呈直线（疑似内插）", en="Readings on a straight line"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="逐表统计相邻读数之差保持不变的时长。",
        en="For each meter: how long the difference from reading to reading stays the same.",
    ),
    why=Text(
        zh="把缺失时段内插后当作读数提交，覆盖率因此虚高。",
        en="Gaps filled by interpolation and handed in as readings make the coverage look better than it is.",
    ),
    look=Text(
        zh="索取原始采集记录，确认哪些时段为估算。",
        en="Ask for the raw acquisition records and which stretches were estimated.",
    ),
    thresholds=(_LONGEST, _TOTAL),
    find=_find,
)
