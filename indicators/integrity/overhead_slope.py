"""Overhead that does not grow with the load: losses and cooling must."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.daily import overhead
from indicators.integrity.series import meter_support

_LOSSES = line(
    "overhead_shrinks.losses", "0.013", "1", "fitted", "marginal losses of transformer and power supply, 2–6 %"
)
_OVERHEAD = line("overhead_shrinks.overhead", "0.045", "1", "fitted", "marginal losses and marginal cooling together")
_ERRORS = line(
    "overhead_shrinks.standard_errors", "2.5", "1", "scheme", "a slope counts when chance hardly explains it"
)


def _find(dossier: Dossier) -> Iterable[Finding]:
    days = overhead(dossier)
    found = days.slope() if days is not None else None
    if days is None or found is None:
        return
    slope, error = found
    least = _LOSSES if days.has_cooling else _OVERHEAD
    if not dossier.below(least, slope + _ERRORS.number * error):
        return
    what = ("损耗", "losses") if days.has_cooling else ("非 IT 用电", "overhead")
    profile = dossier.evidence.profile
    yield Finding(
        subject=", ".join(meter.id for meter in profile.meters),
        reason=Text(
            zh=f"IT 每多用 1 kWh，{what[0]}只变化 {slope:.4f} kWh，低于下限 {least.value}。",
            en=f"For each further kWh of IT the {what[1]} change by {slope:.4f} kWh only, below {least.value}.",
        ),
        figures=(
            figure("slope", "边际变化", "Marginal change", slope, "kWh/kWh"),
            figure("error", "标准误差", "Standard error", error, "kWh/kWh"),
        ),
        rests_on=meter_support(dossier.evidence, profile.meters),
    )


OVERHEAD_SHRINKS = Check(
    code="overhead_shrinks",
    title=Text(zh="非 IT 用电不随负载增长", en="Overhead does not grow with the load"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="逐日比较 IT 用电与非 IT 用电的变化：损耗与制冷必随负载增加。",
        en="Day-to-day changes of IT energy against those of the rest: losses and cooling grow with the load.",
    ),
    why=Text(
        zh="总表被乘以小于 1 的系数（或 IT 表被放大）时，负载越高，非 IT 用电看起来越少。",
        en="An incomer scaled down, or IT scaled up, makes the overhead look smaller the higher the load is.",
    ),
    look=Text(
        zh="对照供电公司账单核对总表倍率，现场读取总表与 IT 表码。",
        en="Check the incomer's multiplier against the utility's bills, and read the registers on site.",
    ),
    thresholds=(_LOSSES, _OVERHEAD, _ERRORS),
    find=_find,
)
