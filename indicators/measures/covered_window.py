"""The windows a job log covers, to its ends and in between: days without a word of any job are told, not passed over.

A log may leave out a bad month from its middle as well as from its end. A centre where nothing ran for a week cannot be
told from one that withholds; what is known is measured, and the grade says how little the log alone shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np

from core.errors import InsufficientData
from core.outcome import Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import MISSING, bounds
from indicators.measures.findings import note, percent, some_of
from indicators.measures.job_log import DAY, SLACK, JobLog, window

# As long as a log may begin late or end early, it may be quiet in between.
QUIET_DAYS = SLACK // DAY
LEAST_TOLD = Fraction(75, 100)


@dataclass(frozen=True)
class CoveredWindow:
    """A window and what the log tells of it.

    Args:
        days: its length, as it was asked for; 365 are the twelve months.
        quiet: stretches of more than seven whole days, by first day and number, of which the log tells nothing.
    """

    period: Period
    days: int
    quiet: tuple[tuple[dt.date, int], ...]

    @classmethod
    def of(cls, log: JobLog, evidence: CentreEvidence, days: int) -> Self:
        period = window(evidence, days)
        first = period.start.astimezone(ZoneInfo(evidence.profile.place.timezone)).date()
        edges = [-1, *np.flatnonzero(_told_days(log, period)).tolist(), _number_of_days(period)]
        quiet = [(first + dt.timedelta(days=one + 1), other - one - 1) for one, other in pairwise(edges)]
        return cls(period, days, tuple(stretch for stretch in quiet if stretch[1] > QUIET_DAYS))

    @property
    def told(self) -> Fraction:
        """The share of its days that the log speaks of."""
        return 1 - Fraction(sum(number for _, number in self.quiet), _number_of_days(self.period))

    @property
    def coverage(self) -> Decimal:
        return measured(self.told)

    @property
    def quality(self) -> Quality:
        """A without quiet stretches; what is left is the operator's choice, C, and D where that is below 75 %."""
        if not self.quiet:
            return Quality.A
        return Quality.C if self.told >= LEAST_TOLD else Quality.D

    @property
    def notes(self) -> tuple[Reason, ...]:
        """Which days the log is quiet about, and how to mend it."""
        if not self.quiet:
            return ()
        days, grade = some_of([_named(first, number) for first, number in self.quiet]), self.quality.value
        return (
            note(
                "log_quiet",
                f"作业记录在以下日期没有任何作业提交、开始、结束或运行：{days.zh}；这些日子未被覆盖（覆盖率"
                f" {percent(self.told)}），证据等级最高为 {grade}。请补交这些日子的作业；如当时确无作业，仅凭作业记录"
                "无法与漏交区分，今后可每周运行一个短的检查作业，使记录连续。",
                f"No job was submitted, started, ended or running on these days: {days.en}. They are not covered "
                f"({percent(self.told)} is): grade {grade} at best. Hand in the jobs of these days. If there were "
                "none, the log alone cannot be told from one that leaves them out; from now on a short check job a "
                "week keeps it speaking.",
            ),
        )


def covered_window(log: JobLog, evidence: CentreEvidence, *, days: Sequence[int]) -> CoveredWindow:
    """The longest of some windows the log reaches back to; 365 days are the twelve months.

    Raises:
        InsufficientData: `window_not_covered` when even the shortest is not.
    Source: scheme §3.2 (by rule, not by choice), §2.0 (evidence grades).
    """
    seen = log.span
    for number in sorted(days, reverse=True):
        first, last = bounds(window(evidence, number))
        if seen and seen[0] <= first + SLACK and seen[1] >= last - SLACK:
            return CoveredWindow.of(log, evidence, number)
    raise InsufficientData(
        "window_not_covered",
        Text(
            zh=f"作业记录未覆盖申请日前最近的 {min(days)} 天。",
            en=f"The job records do not cover the last {min(days)} days before the application.",
        ),
        hint=Text(
            zh="请导出截至申请月之前最后一个整月的全部作业。",
            en="Export all jobs up to the end of the last whole month before the application.",
        ),
    )


def _told_days(log: JobLog, period: Period) -> np.ndarray:
    """Which days of a period a job was submitted, started, ended or ran on."""
    first, last = bounds(period)
    days = _number_of_days(period)
    steps = np.zeros(days + 1, dtype=np.int64)
    for begin, end in ((log.submit, log.submit), (log.start, log.start), (log.end, log.end), (log.start, log.end)):
        inside = (begin != MISSING) & (begin < last) & (end >= first)
        steps += np.bincount(np.maximum(begin[inside] - first, 0) // DAY, minlength=days + 1)
        steps -= np.bincount(np.minimum((end[inside] - first) // DAY + 1, days), minlength=days + 1)
    told: np.ndarray = np.cumsum(steps[:days]) > 0
    return told


def _number_of_days(period: Period) -> int:
    return -(-period.milliseconds // DAY)


def _named(first: dt.date, number: int) -> str:
    return f"{first} – {first + dt.timedelta(days=number - 1)}"
