"""The windows of a gateway as columns of integers, each once, over the longest period they reach back to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.period import Period, instant
from core.provenance import Support
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import Integers, bounds, distinct, exact_sum, integers, milliseconds
from indicators.measures.findings import nothing_handed_in, percent
from indicators.measures.job_log import SLACK, window

LEAST_COVERED = Fraction(75, 100)


@dataclass(frozen=True)
class Windows:
    """The windows inside a period, by service and time; counts as int64, `MISSING` where not said."""

    period: Period
    rows: pa.Table
    service: np.ndarray
    start: Integers
    length: Integers
    valid: Integers  # requests without client errors
    failed: Integers
    slo_met: Integers
    unreachable: np.ndarray  # a probe saw it so
    silent: np.ndarray  # neither requests nor a probe
    coverage: Fraction

    @property
    def rests_on(self) -> tuple[Support, ...]:
        return support("request_windows", self.rows)


def gateway_windows(evidence: CentreEvidence, *, days: tuple[int, ...]) -> Windows:
    """The windows of the longest of some periods they reach back to.

    Raises:
        NoEvidence.
        InsufficientData: `window_not_covered`, `windows_missing`.
        InvalidEvidence: `overlapping_windows`.
    """
    rows = evidence.rows("request_windows")
    if not rows.num_rows:
        raise nothing_handed_in(["request_windows"])
    rows = distinct(rows).sort_by([("service", "ascending"), ("start_at", "ascending")])
    start, length = milliseconds(rows.column("start_at")), integers(rows.column("window_ms"))
    period = _covered_period(evidence, start, length, days)
    first, last = bounds(period)
    inside = (start >= first) & (start + length <= last)
    rows = rows.filter(pa.array(inside))
    start, length = start[inside], length[inside]
    names = rows.column("service").to_numpy(zero_copy_only=False)
    _refuse_overlaps(rows, names, start, length)
    requests, ignored = integers(rows.column("requests")), integers(pc.fill_null(rows.column("client_errors"), 0))
    reachable = rows.column("reachable")
    valid, failed = np.maximum(requests - ignored, 0), integers(rows.column("failed"))
    if (failed > valid).any():
        at = instant(rows.column("start_at")[int(np.flatnonzero(failed > valid)[0])].as_py())
        raise InvalidEvidence(
            "more_failed_than_valid",
            Text(
                zh=f"{at} 的窗口中，服务端失败与客户端错误之和多于请求数。",
                en=f"In the window at {at} failures and client errors together exceed the requests.",
            ),
            hint=Text(zh="每个请求只能计入其中一项。", en="Each request counts as one of the two only."),
        )
    return Windows(
        period,
        rows,
        names,
        start,
        length,
        valid,
        failed,
        integers(rows.column("slo_met")),
        unreachable=(valid == 0) & pc.fill_null(pc.invert(reachable), False).to_numpy(),
        silent=(valid == 0) & pc.is_null(reachable).to_numpy(),
        coverage=_coverage(names, start, length),
    )


def _covered_period(evidence: CentreEvidence, start: Integers, length: Integers, days: tuple[int, ...]) -> Period:
    for number in sorted(days, reverse=True):
        period = window(evidence, number)
        first, last = bounds(period)
        if int(start.min()) <= first + SLACK and int((start + length).max()) >= last - SLACK:
            return period
    raise InsufficientData(
        "window_not_covered",
        Text(
            zh=f"请求窗口未覆盖申请日前最近的 {min(days)} 天。",
            en=f"The request windows do not cover the last {min(days)} days before the application.",
        ),
        hint=Text(
            zh="请导出截至申请月之前最后一个整月的全部窗口。",
            en="Export all windows up to the end of the last whole month before the application.",
        ),
    )


def _coverage(names: np.ndarray, start: Integers, length: Integers) -> Fraction:
    """Time of the windows ÷ time between the first and the last window of each service.

    Raises:
        InsufficientData: `windows_missing` below 75 %.
    """
    spans = covered = 0
    for name in np.unique(names):
        own = names == name
        covered += exact_sum(length[own])
        spans += int((start + length)[own].max() - start[own].min())
    share = Fraction(covered, spans) if spans else Fraction(0)
    if share < LEAST_COVERED:
        raise InsufficientData(
            "windows_missing",
            Text(
                zh=f"请求窗口只覆盖 {percent(share)} 的时间，至少需要 75 %。",
                en=f"The request windows cover {percent(share)} of the time; 75 % are needed.",
            ),
            hint=Text(zh="请补交缺失时段的窗口。", en="Hand in the windows of the missing time."),
        )
    return share


def _refuse_overlaps(rows: pa.Table, names: np.ndarray, start: Integers, length: Integers) -> None:
    clash = (names[1:] == names[:-1]) & (start[1:] < start[:-1] + length[:-1])
    if not clash.any():
        return
    index = int(np.flatnonzero(clash)[0]) + 1
    at = instant(rows.column("start_at")[index].as_py())
    raise InvalidEvidence(
        "overlapping_windows",
        Text(
            zh=f"服务 {names[index]} 在 {at} 有两个不同的窗口重叠。",
            en=f"Two different windows of the service {names[index]} overlap at {at}.",
        ),
        hint=Text(zh="请撤回其中一个导出文件。", en="Withdraw one of the exports."),
    )
