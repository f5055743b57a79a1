"""Card-hours × power against the IT meters: what an allocated card draws, and whether power follows the jobs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.provenance import Support
from core.text import Text
from indicators.integrity.allocation import allocated, jobs_of
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import hourly_sum, meter_support
from indicators.measures.base import support
from indicators.measures.meter_tree import it_meters
from indicators.measures.references import accelerators

_CARD = "rated power of the card (accelerator table); 8-card servers at full load draw up to twice that of their cards"
_LEAST_W = line("power_against_jobs.least_per_card", "0.15", "TDP", "fitted", _CARD)
_MOST_W = line("power_against_jobs.most_per_card", "1.60", "TDP", "scheme", _CARD)
_LEAST_MEAN = line("power_against_jobs.least_mean", "0.28", "TDP", "fitted", _CARD)
_MOST_MEAN = line("power_against_jobs.most_mean", "2.00", "TDP", "scheme", _CARD)
_CORRELATION = line("power_against_jobs.correlation", "0.45", "1", "fitted", "power of IT equipment follows its jobs")
_DAYS = line("power_against_jobs.days", "60", "d", "scheme", "a season's worth of days before power is compared")


def _find(dossier: Dossier) -> Iterable[Finding]:
    profile = dossier.evidence.profile
    held, meters = allocated(dossier), it_meters(profile)
    energy = hourly_sum(dossier, meters)
    rated = _rated(dossier)
    if held is None or energy is None or rated is None:
        return
    cards, (first, last) = held
    kw, known = energy
    hours = known.copy()
    hours[:first] = hours[last:] = False
    days = len(hours) // 24
    whole = hours[: days * 24].reshape(days, 24).all(axis=1)
    if whole.sum() < _DAYS.number:
        return
    x, y = (values[: days * 24].reshape(days, 24).mean(axis=1)[whole] for values in (cards, kw))
    mean = float(y.mean()) * 1000 / profile.cards / rated
    rests = (*meter_support(dossier.evidence, meters), *_jobs(dossier))
    names = ", ".join(meter.id for meter in meters)
    if dossier.below(_LEAST_MEAN, mean) or dossier.above(_MOST_MEAN, mean):
        yield Finding(
            subject=names,
            reason=Text(
                zh=f"每张已安装卡平均 IT 功率为额定功率的 {mean:.2f} 倍，"
                f"不在 {_LEAST_MEAN.value}–{_MOST_MEAN.value} 之间。",
                en=f"Mean IT power per installed card is {mean:.2f} × its rated power, outside "
                f"{_LEAST_MEAN.value}–{_MOST_MEAN.value}.",
            ),
            figures=(figure("mean", "每卡平均功率 ÷ 额定", "Mean power per card ÷ rated", mean),),
            rests_on=rests,
        )
    if float(x.std()) < 0.04 * profile.cards:
        return  # a load that never changes tells nothing of what a job draws
    together = float(np.corrcoef(x, y)[0, 1]) if y.std() > 0 else 0.0
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / np.square(x - x.mean()).sum()) * 1000 / rated
    if dossier.below(_CORRELATION, together):
        yield Finding(
            subject=names,
            reason=Text(
                zh=f"逐日 IT 用电与已分配卡数的相关系数仅 {together:.2f}：用电不随作业变化。",
                en=f"Daily IT energy and allocated cards correlate by {together:.2f} only: power ignores the jobs.",
            ),
            figures=(figure("correlation", "相关系数", "Correlation", together),),
            rests_on=rests,
        )
    elif dossier.below(_LEAST_W, slope) or dossier.above(_MOST_W, slope):
        yield Finding(
            subject=names,
            reason=Text(
                zh=f"每多分配一张卡，IT 功率增加额定功率的 {slope:.2f} 倍，"
                f"不在 {_LEAST_W.value}–{_MOST_W.value} 之间。",
                en=f"Each further allocated card adds {slope:.2f} × its rated power, outside "
                f"{_LEAST_W.value}–{_MOST_W.value}.",
            ),
            figures=(figure("slope", "每卡增加功率 ÷ 额定", "Power per allocated card ÷ rated", slope),),
            rests_on=rests,
        )


def _rated(dossier: Dossier) -> float | None:
    """Rated W of the mean installed card; None where one is not in the table."""
    total = 0.0
    for group in dossier.evidence.profile.accelerators:
        row = accelerators().find(group.model)
        if row is None or row.tdp_w is None:
            return None
        total += float(row.tdp_w) * group.cards
    return total / dossier.evidence.profile.cards


def _jobs(dossier: Dossier) -> tuple[Support, ...]:
    log = jobs_of(dossier)
    return support("jobs", log.rows) if log is not None else ()


POWER_AGAINST_JOBS = Check(
    code="power_against_jobs",
    title=Text(zh="用电与作业不符", en="Power does not fit the jobs"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="逐日比较 IT 电量与调度器记录的卡时：每卡平均功率、每张已分配卡增加的功率、二者的相关。",
        en="Daily IT energy against the scheduler's card-hours: mean power per card, power that an allocated card "
        "adds, and whether the two move together.",
    ),
    why=Text(
        zh="编造的电表数据、编造的作业记录、少报或多报的卡数都会破坏这一关系。",
        en="Invented meter data, invented jobs, and cards that were left out or added break the relation.",
    ),
    look=Text(
        zh="抽查数周的原始电表与作业记录，核对 IT 电表覆盖的机柜与概况中的卡数。",
        en="Take some weeks of raw meter data and jobs; compare racks behind the IT meters with the declared cards.",
    ),
    thresholds=(_LEAST_W, _MOST_W, _LEAST_MEAN, _MOST_MEAN, _CORRELATION, _DAYS),
    find=_find,
)
