"""A PUE too good for any known plant, or months in which IT uses more than the whole."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import meter_support
from indicators.measures.meter_tree import facility_meters, it_meters

_BEST = line("pue_too_low.best", "1.03", "1", "scheme", "scheme §3.1: best public yearly value 1.036 (NREL ESIF)")
_MONTH = line("pue_too_low.month", "1.015", "1", "physics", "conversion losses alone take about 2 % of the energy")


def _find(dossier: Dossier) -> Iterable[Finding]:
    measurement = dossier.measurements.get("annual_pue")
    if measurement is None or measurement.value is None:
        return
    annual = float(measurement.value)
    months = {one.name: float(one.value) for one in measurement.inputs if one.name.startswith("pue_")}
    low = {name.removeprefix("pue_"): value for name, value in months.items() if value < _MONTH.number}
    dossier.below(_MONTH, min(months.values(), default=annual))
    if not dossier.below(_BEST, annual) and not low:
        return
    profile = dossier.evidence.profile
    named = "、".join(f"{month} {value:.3f}" for month, value in low.items())
    yield Finding(
        subject="PUE",
        reason=Text(
            zh=f"全年 PUE 为 {annual:.4f}" + (f"；低于 {_MONTH.value} 的月份：{named}。" if low else "。"),
            en=f"The yearly PUE is {annual:.4f}"
            + (f"; months below {_MONTH.value}: {named.replace('、', ', ')}." if low else "."),
        ),
        figures=(
            figure("annual_pue", "全年 PUE", "Yearly PUE", measurement.value),
            *(figure(f"pue_{month}", f"{month} 的 PUE", f"PUE of {month}", value) for month, value in low.items()),
        ),
        rests_on=meter_support(dossier.evidence, (*facility_meters(profile), *it_meters(profile))),
    )


PUE_TOO_LOW = Check(
    code="pue_too_low",
    title=Text(zh="PUE 低于已知最好水平", en="PUE below the best known"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="全年 PUE 与公开的最好全年值比较，逐月 PUE 与供配电损耗的下限比较。",
        en="The yearly PUE is held against the best public one, monthly ones against the least conversion losses.",
    ),
    why=Text(
        zh="缩小总电量、放大 IT 电量、漏计冷源都会使 PUE 过低。",
        en="Scaled-down facility energy, inflated IT energy and cooling left outside the boundary make it too low.",
    ),
    look=Text(
        zh="现场核对总表与 IT 表的位置、倍率、供电边界以及外购冷量。",
        en="Visit: places and multipliers of the meters, the boundary, and cooling that is bought.",
    ),
    thresholds=(_BEST, _MONTH),
    find=_find,
    version="2",
    is_open=True,
)
