"""What is left of facility energy after IT and cooling, held against the losses no plant avoids."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.daily import overhead
from indicators.integrity.series import meter_support, year
from indicators.measures.columns import bounds
from indicators.measures.energy_year import account_of
from indicators.measures.meter_tree import facility_meters, it_meters

_LEAST = line(
    "losses_too_small.least_share", "0.024", "1", "fitted", "transformers ≥ 0.7 %, power supplies ≥ 1.5 % of the load"
)

_WHOLE = Fraction(98, 100)


def _find(dossier: Dossier) -> Iterable[Finding]:
    share = _rest_share(dossier)
    if share is None or not dossier.below(_LEAST, share):
        return
    profile = dossier.evidence.profile
    yield Finding(
        subject=", ".join(meter.id for meter in profile.meters),
        reason=Text(
            zh=f"总电量扣除 IT 与制冷后只剩 {share * 100:.2f} %，低于变配电损耗与照明的下限 {_LEAST.value}。",
            en=f"Facility energy less IT and cooling leaves {share * 100:.2f} %, below the least that conversion and "
            f"lighting take ({_LEAST.value}).",
        ),
        figures=(figure("rest", "剩余占比", "Share that is left", share),),
        rests_on=meter_support(dossier.evidence, profile.meters),
    )


def _rest_share(dossier: Dossier) -> float | None:
    """What IT and cooling leave of facility energy, by hourly readings, else by the sheets of whole months."""
    days = overhead(dossier)
    if days is not None:
        return float(days.rest.sum() / days.facility.sum()) if days.has_cooling else None
    profile, period = dossier.evidence.profile, year(dossier)
    cooling = tuple(meter for meter in profile.meters if meter.measures == "cooling")
    groups = (facility_meters(profile), it_meters(profile), cooling)
    accounts = [[account_of(dossier.evidence, meter, period) for meter in group] for group in groups]
    if not all(accounts) or any(account is None for group in accounts for account in group):
        return None
    known = [[account for account in group if account is not None] for group in accounts]
    total = [Fraction(0)] * len(groups)
    for month, span in period.months(profile.place.timezone):
        if all(account.coverage[month] >= _WHOLE for group in known for account in group):
            for place, group in enumerate(known):
                total[place] += sum((account.read_kwh(*bounds(span)) for account in group), Fraction(0))
    return float((total[0] - total[1] - total[2]) / total[0]) if total[0] > 0 else None


LOSSES_TOO_SMALL = Check(
    code="losses_too_small",
    title=Text(zh="配电损耗过小", en="Conversion losses too small"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="总电量 − IT − 制冷 = 变压器、不间断电源、照明等；该项占比不能低于物理下限。",
        en="Facility − IT − cooling is what transformers, power supplies and lighting take; it has a least share.",
    ),
    why=Text(
        zh="缩小总表或放大 IT 表时，首先消失的就是这一部分。",
        en="Scale the incomer down or IT up, and this is what disappears first.",
    ),
    look=Text(
        zh="核对总表、IT 表、制冷表的倍率、校准与所覆盖的回路，对照供电公司账单。",
        en="Compare multipliers, calibration and circuits of the three meters, and the utility's bills.",
    ),
    thresholds=(_LEAST,),
    find=_find,
    version="2",
)
