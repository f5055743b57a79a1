"""Readings more regular, or more random, than equipment under load can be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import Figures, Marks, dates, meter_support, series_of

_ROUGHNESS = line(
    "quiet_meter.roughness",
    "0.0015",
    "1",
    "fitted",
    "power of many machines moves by some tenths of a per cent an hour",
)
_MEMORY = line("quiet_meter.memory", "0.25", "1", "fitted", "machines that are on stay on: successive hours are alike")
_WINDOW, _STEP = 7 * 24, 3 * 24
_LEAST_HOURS = 130
_STEPS_OF_MEMORY, _STEPS_OF_ROUGHNESS = 100, 400  # reading steps of a value; rounding hides what is finer


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum:
            continue
        values, known = series.hourly()
        if not known.any():
            continue
        typical = float(np.median(values[known])) / series.quantum
        if typical < _STEPS_OF_MEMORY:
            continue  # too coarse to show how it moves
        quietest, weakest = _extremes(values, known)
        if typical < _STEPS_OF_ROUGHNESS:
            quietest = None
        per_hour = len(series.values) // len(values)
        for found, is_odd, words in (
            (quietest, quietest is not None and dossier.below(_ROUGHNESS, quietest[0]), _QUIET),
            (weakest, weakest is not None and dossier.below(_MEMORY, weakest[0]), _RANDOM),
        ):
            if found is None or not is_odd:
                continue
            value, first = found
            yield Finding(
                subject=meter.id,
                reason=words.filled(value=f"{value:.4f}"),
                figures=(figure("value", "统计量", "Statistic", value),),
                period=dates(
                    series,
                    first * per_hour,
                    min(len(values), first + _WINDOW) * per_hour - 1,
                    dossier.evidence.profile.zone,
                ),
                rests_on=meter_support(dossier.evidence, (meter,)),
            )


_QUIET = Text(
    zh="一周内逐小时变化的均方根仅为均值的 {value}：过于平稳。",
    en="Over a week the hourly changes amount to {value} of the mean only: too quiet.",
)
_RANDOM = Text(
    zh="一周内相邻小时的相关系数仅 {value}：像随机数，不像设备负载。",
    en="Over a week successive hours correlate by {value} only: like drawn numbers, unlike a load.",
)


def _extremes(values: Figures, known: Marks) -> tuple[tuple[float, int] | None, tuple[float, int] | None]:
    """The quietest window and the one with the weakest memory, each with its first hour."""
    firsts = np.arange(0, len(values) - _WINDOW + 1, _STEP)
    if not len(firsts):
        return None, None
    pairs = np.where(known[1:] & known[:-1], 1.0, 0.0)
    before, after = values[:-1] * pairs, values[1:] * pairs

    def summed(points: Figures) -> Figures:
        """Of the pairs of hours in each window."""
        total = np.concatenate(([0.0], np.cumsum(points)))
        found: Figures = total[firsts + _WINDOW - 1] - total[firsts]
        return found

    count, total_before, total_after = summed(pairs), summed(before), summed(after)
    told = (count >= _LEAST_HOURS) & (total_before > 0)
    if not told.any():
        return None, None
    level = float(values[known].mean())  # taken off first, so that squares keep their digits
    x, y = (values[:-1] - level) * pairs, (values[1:] - level) * pairs
    n = np.maximum(count, 1)
    rough = np.sqrt(summed(np.square(y - x)) / n) / np.maximum((total_before + total_after) / 2 / n, 1e-300)
    spread_x, spread_y = (summed(np.square(part)) - np.square(summed(part)) / n for part in (x, y))
    moves = told & (spread_x > 1e-12 * level**2) & (spread_y > 1e-12 * level**2)
    memory = (summed(x * y) - summed(x) * summed(y) / n) / np.sqrt(np.where(moves, spread_x * spread_y, 1.0))
    quietest, weakest = int(np.where(told, rough, np.inf).argmin()), int(np.where(moves, memory, np.inf).argmin())
    return (
        (float(rough[quietest]), int(firsts[quietest])),
        (float(memory[weakest]), int(firsts[weakest])) if moves.any() else None,
    )


QUIET_METER = Check(
    code="quiet_meter",
    title=Text(zh="读数过于规则或随机", en="Readings too regular or too random"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="在七天窗口内统计逐小时变化的幅度，以及相邻小时的相关。",
        en="In windows of seven days: how much the hours change, and how alike successive hours are.",
    ),
    why=Text(
        zh="以常数加微小噪声或随机数生成的数据没有真实负载的起伏与惯性。",
        en="Data made of a constant and a little noise, or of drawn numbers, lack the swing and inertia of a load.",
    ),
    look=Text(
        zh="对照该周的作业记录与其他电表，索取采集系统原始记录。",
        en="Compare jobs and other meters of that week; ask for the raw acquisition records.",
    ),
    thresholds=(_ROUGHNESS, _MEMORY),
    find=_find,
)
