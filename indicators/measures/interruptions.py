"""Interruptions of large jobs by the platform, bounded from above over a window that nobody chooses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil
from typing import Self

from core.errors import InsufficientData
from core.outcome import Outcome
from core.period import Period
from core.quantity import decimal_of_fraction, measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.causes import Cause
from indicators.measures.columns import exact_sum
from indicators.measures.covered_window import CoveredWindow, covered_window
from indicators.measures.job_log import DAY, SHORTEST_DAYS, YEAR_DAYS, JobLog, job_log, window
from indicators.measures.poisson import upper_bound

EXPOSURES = (SHORTEST_DAYS, 180, YEAR_DAYS)
ENOUGH_CARD_DAYS = 10_000
LEAST_CARD_DAYS = 1_000


def interruption_rate(evidence: CentreEvidence) -> Measurement:
    """Platform interruptions per 1,000 card-days of large jobs: the one-sided 95 % Poisson upper bound.

    Large: at least min(64, max(8, 5 % of the installed cards)). The window is the shortest of 90, 180 and
    365 days that reaches 10,000 card-days, else 365. An unknown cause counts as the platform's, and so does one in
    words the taxonomy does not have.

    Raises:
        InsufficientData: `exposure_too_small` below 1,000 card-days, `window_not_covered`, `year_not_covered` where
            the days the log covers do not reach 10,000 card-days and are not the whole year.
    Source: scheme §3.2 (bound, windows, qualifying size, unknown causes); §2.2 (taxonomy).
    """
    log = job_log(evidence)
    smallest = min(Fraction(64), max(Fraction(8), Fraction(5 * evidence.profile.cards, 100)))
    large = log.where(log.cards >= ceil(smallest))
    covered = covered_window(log, evidence, days=EXPOSURES).days
    seen = _seen(large, evidence, covered)
    if seen.exposure < LEAST_CARD_DAYS:
        raise _too_little(seen)
    if seen.exposure < ENOUGH_CARD_DAYS and covered < YEAR_DAYS:
        raise _cut_short(seen, covered)
    told = CoveredWindow.of(log, evidence, seen.days)
    return Measurement(
        measure="interruption_rate",
        outcome=Outcome.SCORED,
        unit="1/kcd",
        value=measured(Fraction(seen.bound)),
        period=seen.period,
        coverage=told.coverage,
        quality=told.quality,
        formula="λ = χ²(0.95; 2·events + 2) ÷ 2 ÷ exposure × 1000",
        inputs=(
            Input("events", Text(zh="平台原因中断", en="Platform interruptions"), Decimal(seen.events), "1"),
            Input("exposure", Text(zh="作业卡天", en="Exposure of the jobs"), measured(seen.exposure), "card·d"),
            Input(
                "point",
                Text(zh="点估计", en="Point estimate"),
                measured(1000 * seen.events / seen.exposure),
                "1/kcd",
            ),
            Input("smallest_job", Text(zh="计入的最小作业", en="Smallest job counted"), measured(smallest), "card"),
        ),
        notes=(*told.notes, *large.where(large.ended_in(seen.period)).causes_not_listed()),
        rests_on=large.support(large.ran_in(seen.period)),
    )


@dataclass(frozen=True)
class _Seen:
    """What happened to large jobs in a period: their card-days, and how often the platform interrupted them."""

    days: int
    period: Period
    exposure: Fraction
    events: int

    @classmethod
    def of(cls, large: JobLog, evidence: CentreEvidence, days: int) -> Self:
        period = window(evidence, days)
        ended = large.where(large.ended_in(period))
        causes = Counter(ended.blamed().tolist())
        exposure = Fraction(exact_sum(large.held(period) * large.cards), DAY)
        return cls(days, period, exposure, causes[Cause.PLATFORM] + causes[Cause.UNKNOWN])

    @property
    def bound(self) -> Decimal:
        with localcontext() as context:
            context.prec = 40
            return upper_bound(self.events) * 1000 / decimal_of_fraction(self.exposure)


def _seen(large: JobLog, evidence: CentreEvidence, covered: int) -> _Seen:
    """In the shortest window of enough card-days, else in the longest the log covers."""
    for days in [days for days in EXPOSURES if days <= covered]:
        seen = _Seen.of(large, evidence, days)
        if seen.exposure >= ENOUGH_CARD_DAYS:
            break
    return seen


def _too_little(seen: _Seen) -> InsufficientData:
    return InsufficientData(
        "exposure_too_small",
        Text(
            zh=f"符合规模的作业仅有 {measured(seen.exposure)} 卡天，至少需要 {LEAST_CARD_DAYS} 卡天。",
            en=f"Jobs of qualifying size amount to {measured(seen.exposure)} card-days; {LEAST_CARD_DAYS} are needed.",
        ),
        hint=Text(zh="请提交覆盖更长时间的作业记录。", en="Hand in job records of a longer time."),
    )


def _cut_short(seen: _Seen, covered: int) -> InsufficientData:
    """A shorter log would be a window of the centre's own choice; what it shows is told, and worth nothing."""
    exposure, bound = int(seen.exposure), round(seen.bound, 2)
    return InsufficientData(
        "year_not_covered",
        Text(
            zh=f"作业记录只覆盖最近 {covered} 天，其中符合规模的作业有 {exposure} 卡天，不足 {ENOUGH_CARD_DAYS} 卡天，"
            f"按规则须取十二个月，故不计分；其间有 {seen.events} 次中断，上限为每千卡日 {bound} 次。",
            en=f"The job records cover only the last {covered} days, in which jobs of qualifying size held {exposure} "
            f"card-days. Below {ENOUGH_CARD_DAYS} the window is the twelve months by rule, so nothing is scored. The "
            f"days covered have {seen.events} interruptions, an upper bound of {bound} per 1,000 card-days.",
        ),
        hint=Text(
            zh="请提交申请前十二个整月的全部作业记录；运行不满十二个月的中心只作预评价，可引用上述上限。",
            en="Hand in all jobs of the twelve whole months before the application. A centre in operation for less "
            "is pre-assessed only, where the bound above may be quoted.",
        ),
    )
