"""Losses that shrink when cooling draws more: an incomer that was scaled down tells of every meter below it too little.

Of an incomer scaled by k the rest – facility less IT less cooling – holds (k − 1) × cooling. Honest losses do not know
of the weather, or grow with what cooling draws; so where cooling changes from one day to the next and the load does
not, the factor itself is seen, however large the losses are.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.daily import overhead
from indicators.integrity.series import meter_support

_LEAST = line(
    "losses_against_cooling.change", "-0.024", "1", "fitted", "gains of two meters of class 1.0 differ by less"
)
_ERRORS = line("losses_against_cooling.standard_errors", "2.5", "1", "scheme", "as for the slope on the load")


def _find(dossier: Dossier) -> Iterable[Finding]:
    days = overhead(dossier)
    found = days.slope_on_cooling() if days is not None else None
    if found is None:
        return
    slope, error = found
    if not dossier.below(_LEAST, slope + _ERRORS.number * error):
        return
    profile = dossier.evidence.profile
    yield Finding(
        subject=", ".join(meter.id for meter in profile.meters),
        reason=Text(
            zh=f"最热的三分之一日子里，制冷每多用 1 kWh，其余用电（损耗等）反而变化 {slope:.4f} kWh："
            f"总表可能被乘以约 {1 + slope:.3f}。",
            en=f"On the warmest third of the days the rest changes by {slope:.4f} kWh for each further kWh of cooling, "
            f"as if the incomer had been multiplied by about {1 + slope:.3f}.",
        ),
        figures=(
            figure("slope", "边际变化", "Marginal change", slope, "kWh/kWh"),
            figure("error", "标准误差", "Standard error", error, "kWh/kWh"),
        ),
        rests_on=meter_support(dossier.evidence, profile.meters),
    )


LOSSES_AGAINST_COOLING = Check(
    code="losses_against_cooling",
    title=Text(zh="损耗随制冷减少", en="Losses shrink with cooling"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="逐日比较制冷用电与其余用电（总 − IT − 制冷）的变化，扣除负载的影响：其余用电不应随制冷减少。",
        en="Day-to-day changes of cooling against those of the rest, the load set aside: the rest does not shrink when "
        "cooling draws more.",
    ),
    why=Text(
        zh="总表被乘以小于 1 的系数时，制冷的每一度电在总表中只剩一部分，与损耗大小无关。",
        en="In an incomer scaled down each kWh of cooling counts only in part, however large the losses are.",
    ),
    look=Text(
        zh="对照供电公司账单核对总表倍率与互感器变比；核对制冷表是否含有总表之外的回路。",
        en="Check the incomer's multiplier and ratio against the utility's bills, and whether the cooling meter counts "
        "circuits the incomer does not.",
    ),
    thresholds=(_LEAST, _ERRORS),
    find=_find,
)
