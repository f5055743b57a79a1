"""Whole days that come again to the last digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import dates, meter_support, series_of

_DAYS = line(
    "repeated_days.days", "1", "d", "physics", "two days of 24 readings hardly agree to the last digit by chance"
)
_VARIETY = 8  # different values of a day
_STEPS = 3  # reading steps a day must spread over


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum or series.per_day < 24:
            continue
        days = len(series.values) // series.per_day
        values = np.rint(series.values[: days * series.per_day] / series.quantum).reshape(days, -1)
        whole = series.known[: days * series.per_day].reshape(days, -1).all(axis=1)
        different = (np.diff(np.sort(values, axis=1), axis=1) > 0).sum(axis=1) + 1
        various = (different >= _VARIETY) & (values.std(axis=1) >= _STEPS)
        chosen = np.flatnonzero(whole & various)
        prints = {int(day): values[day].tobytes() for day in chosen}
        counts = Counter(prints.values())
        again = [day for day, content in prints.items() if counts[content] > 1]
        if not dossier.above(_DAYS, float(len(again))):
            continue
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"有 {len(again)} 天的全部读数与另一天逐位相同。",
                en=f"{len(again)} days repeat another day of this meter to the last digit.",
            ),
            figures=(figure("days", "重复的天数", "Repeated days", len(again), "d"),),
            period=dates(
                series, again[0] * series.per_day, (again[-1] + 1) * series.per_day - 1, dossier.evidence.profile.zone
            ),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


REPEATED_DAYS = Check(
    code="repeated_days",
    title=Text(zh="整日读数重复", en="Whole days repeated"),
    severity=Severity.SERIOUS,
    what=Text(zh="逐表查找逐位相同的两天。", en="For each meter: days that agree in every reading."),
    why=Text(
        zh="以某天的数据填补其他日期，或由同一模板生成的数据。",
        en="Days filled with another day's data, or all made from one template.",
    ),
    look=Text(
        zh="索取重复日期的表码照片或采集记录。",
        en="Ask for pictures of the registers or the acquisition records of these days.",
    ),
    thresholds=(_DAYS,),
    find=_find,
)
