"""Energy the declared equipment cannot draw, or so little that it cannot be the whole of it."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import hourly_sum, meter_support
from indicators.measures.meter_tree import it_meters

_TIMES_RATED = line(
    "energy_against_nameplate.times_rated", "1.10", "1", "scheme", "scheme §3.1: spike above nameplate × 1.1"
)
_HOURS = line("energy_against_nameplate.hours", "3", "h", "scheme", "single hours are spikes, which measures take out")
_LEAST_LOAD = line(
    "energy_against_nameplate.least_load", "3", "%", "scheme", "idle servers alone draw a quarter of their rated power"
)


def _find(dossier: Dossier) -> Iterable[Finding]:
    yield from _too_little(dossier)
    meters = it_meters(dossier.evidence.profile)
    found = hourly_sum(dossier, meters)
    if found is None:
        return
    energy, known = found
    rated = float(dossier.evidence.profile.it_capacity_kw)
    times = energy[known] / rated
    over = float((times > _TIMES_RATED.number).sum())
    if dossier.above(_HOURS, over):
        most = float(times.max())
        yield Finding(
            subject=", ".join(meter.id for meter in meters),
            reason=Text(
                zh=f"有 {over:.0f} 小时的 IT 用电量超过额定功率的 {_TIMES_RATED.value} 倍，最高为 {most:.2f} 倍。",
                en=f"In {over:.0f} hours IT energy is above {_TIMES_RATED.value} × rated power, {most:.2f} × at most.",
            ),
            figures=(
                figure("hours", "超过的小时数", "Hours above", over, "h"),
                figure("most", "最高为额定的倍数", "At most, times rated", most),
            ),
            rests_on=meter_support(dossier.evidence, meters),
        )


def _too_little(dossier: Dossier) -> Iterable[Finding]:
    measurement = dossier.measurements.get("it_load_factor")
    if measurement is None or measurement.value is None:
        return
    if dossier.below(_LEAST_LOAD, float(measurement.value)):
        yield Finding(
            subject="it_load_factor",
            reason=Text(
                zh=f"全年 IT 用电量只相当于额定功率的 {float(measurement.value):.3g} %。",
                en=f"IT energy of the year is {float(measurement.value):.3g} % of the rated power only.",
            ),
            figures=(figure("load", "IT 负荷率", "IT load factor", measurement.value, "%"),),
            rests_on=measurement.rests_on,
            severity=Severity.SERIOUS,
        )


ENERGY_AGAINST_NAMEPLATE = Check(
    code="energy_against_nameplate",
    title=Text(zh="用电量与额定功率不符", en="Energy does not fit the rated power"),
    severity=Severity.IMPOSSIBLE,
    what=Text(
        zh="逐小时的 IT 用电量不得超过 IT 额定功率 × 时间，全年也不应只有其百分之几。",
        en="IT energy of an hour is at most the rated IT power × time, and over a year more than a few per cent.",
    ),
    why=Text(
        zh="倍率或单位错误、放大 IT 电量以压低 PUE、少报容量、漏表都会表现为此。",
        en="Wrong multipliers or units, inflated IT energy that lowers PUE, too small a capacity, missing meters.",
    ),
    look=Text(
        zh="核对电表倍率与单位、IT 额定功率的来源文件、扩容日期。",
        en="Compare multipliers and units of the meters, the papers of the rated power, and dates of extensions.",
    ),
    thresholds=(_TIMES_RATED, _HOURS, _LEAST_LOAD),
    find=_find,
    is_open=True,
)
