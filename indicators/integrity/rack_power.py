"""Power sampled at all IT equipment against the IT meters over the same hours."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow.compute as pc

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import hourly_sum, meter_support, year
from indicators.measures.base import support
from indicators.measures.columns import FIGURE_SCALE, bounds, figures, milliseconds
from indicators.measures.meter_tree import it_meters
from indicators.measures.meters import HOUR

_APART = line(
    "racks_against_meters.apart", "0.022", "1", "fitted", "meter class 1.0 and 1 % of rack distribution units together"
)
_HOURS = line("racks_against_meters.hours", "12", "h", "scheme", "half a day of both at least")
_SAMPLES = 30  # of an hour, with at most a minute between two


def _find(dossier: Dossier) -> Iterable[Finding]:
    meters = it_meters(dossier.evidence.profile)
    energy = hourly_sum(dossier, meters)
    rows = dossier.evidence.rows("power_samples")
    rows = rows.filter(pc.equal(rows.column("place"), "it"))
    if energy is None or not rows.num_rows:
        return
    start, _ = bounds(year(dossier))
    hour = (milliseconds(rows.column("at")) - start - 1) // HOUR
    watts = figures(rows.column("power_w")).astype(np.float64) / FIGURE_SCALE
    kwh, known = energy
    inside = (hour >= 0) & (hour < len(kwh))
    counts = np.bincount(hour[inside], minlength=len(kwh))
    sums = np.bincount(hour[inside], weights=watts[inside], minlength=len(kwh))
    series = max(1, len(pc.unique(rows.column("series"))))
    both = known & (counts >= _SAMPLES * series)
    if both.sum() < _HOURS.number:
        return
    sampled = float((sums[both] / counts[both]).sum()) * series / 1000
    metered = float(kwh[both].sum())
    apart = metered / sampled - 1
    if not dossier.above(_APART, abs(apart)):
        return
    yield Finding(
        subject=", ".join(meter.id for meter in meters),
        reason=Text(
            zh=f"在 {int(both.sum())} 小时内，IT 电表为 {metered:.0f} kWh，而采样功率合计 {sampled:.0f} kWh，"
            f"相差 {apart * 100:+.1f} %。",
            en=f"Over {int(both.sum())} hours the IT meters tell {metered:.0f} kWh, the samples {sampled:.0f} kWh: "
            f"{apart * 100:+.1f} %.",
        ),
        figures=(
            figure("metered", "电表电量", "By the meters", metered, "kWh"),
            figure("sampled", "采样电量", "By the samples", sampled, "kWh"),
        ),
        rests_on=(*meter_support(dossier.evidence, meters), *support("power_samples", rows)),
    )


RACKS_AGAINST_METERS = Check(
    code="racks_against_meters",
    title=Text(zh="机柜功率与 IT 电表不符", en="Rack power and IT meters disagree"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="同一时段内，全部 IT 设备的采样功率与 IT 电表电量应在仪表误差内一致。",
        en="Over the same hours, power sampled at all IT equipment agrees with the IT meters within their classes.",
    ),
    why=Text(
        zh="只改了其中一份数据（例如放大 IT 电量以压低 PUE）就会不一致。",
        en="Whoever changes only one of them, such as IT energy to lower PUE, makes them disagree.",
    ),
    look=Text(
        zh="核对两份数据的时区、覆盖的机柜与 IT 电表倍率。",
        en="Compare time zones, the racks each of them covers, and the multiplier of the IT meters.",
    ),
    thresholds=(_APART, _HOURS),
    find=_find,
)
