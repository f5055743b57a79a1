"""Readings that repeat one value for longer than a frozen gateway would."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import Marks, Series, dates, meter_support, runs_of, series_of
from indicators.measures.meters import HOUR

_LONGEST = line(
    "constant_stretch.longest", "12", "h", "fitted", "scheme §3.1 call 4 h stuck; gateways freeze for some hours"
)
_TOTAL = line("constant_stretch.total", "60", "h", "fitted", "stretches of 8 h and more over the year")
_STUCK = 8 * HOUR
_FINE = 25  # reading steps by which readings usually differ
_VERY_FINE = 1500  # reading steps of a value, of which a load moves several by itself
_LEAST_STEPS = 40  # a value of fewer reading steps repeats by itself


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum or not _is_fine(series):
            continue
        same = _repeats(series)
        stretches = [(first, end) for first, end in runs_of(same) if (end - first + 1) * series.step >= _STUCK]
        longest = max(((end - first + 1) * series.step / HOUR for first, end in stretches), default=0.0)
        total = sum((end - first + 1) * series.step / HOUR for first, end in stretches)
        if not dossier.above(_LONGEST, longest) and not dossier.above(_TOTAL, total):
            continue
        first, end = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"读数最长连续 {longest:.0f} 小时不变，不短于 8 小时的不变时段全年合计 {total:.0f} 小时。",
                en=f"The readings repeat one value for up to {longest:.0f} h; stretches of 8 h and more add up to "
                f"{total:.0f} h.",
            ),
            figures=(
                figure("longest", "最长不变时段", "Longest stretch", longest, "h"),
                figure("total", "合计", "Together", total, "h"),
            ),
            period=dates(series, first, end, dossier.evidence.profile.zone),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


def _repeats(series: Series) -> Marks:
    """Where a reading repeats the one before; where meters are fine, one step of their counter is no difference."""
    both = series.known[1:] & series.known[:-1] & (series.values[1:] > 0)
    moved = np.abs(np.diff(series.values))
    usual = float(np.median(moved[both])) if both.any() else 0.0
    typical = float(np.median(series.values[series.known]))
    is_fine = usual >= _FINE * series.quantum or typical >= _VERY_FINE * series.quantum
    counted = series.quantum if is_fine else 0.0
    found: Marks = both & (moved <= 1.01 * counted)
    return found


def _is_fine(series: Series) -> bool:
    """Whether readings are fine enough not to repeat by themselves."""
    own = series.values[series.known]
    return bool(np.ptp(own) == 0) or float(np.median(own)) >= _LEAST_STEPS * series.quantum


CONSTANT_STRETCH = Check(
    code="constant_stretch",
    title=Text(zh="电表读数长时间不变", en="Readings that do not move"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="逐表统计相同的非零读数连续出现的时长。",
        en="For each meter: how long the same non-zero reading is repeated.",
    ),
    why=Text(
        zh="表计故障、网关冻结，或用固定值补齐的数据。",
        en="A broken meter, a frozen gateway, or data made up of one value.",
    ),
    look=Text(
        zh="索取该时段的表码与网关日志，对照上级与下级电表。",
        en="Ask for the registers and the gateway's log of that time; compare the meters above and below.",
    ),
    thresholds=(_LONGEST, _TOTAL),
    find=_find,
)
