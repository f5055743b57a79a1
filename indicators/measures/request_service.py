"""What users of inference services meet, from a gateway's windows: availability, success, latency."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures import outages
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.columns import MISSING, exact_sum
from indicators.measures.findings import NoEvidence, coverage_grade, note, nothing_handed_in, percent
from indicators.measures.gateway_windows import LEAST_COVERED, Windows, gateway_windows
from indicators.measures.job_log import SHORTEST_DAYS, YEAR_DAYS
from indicators.measures.service_time import ServiceTime, service_time, told_by_record

HOUR = 3_600_000


def request_success_rate(evidence: CentreEvidence) -> Measurement:
    """Valid requests completed without a fault of the service ÷ valid requests, over 90 days, in per cent.

    Client errors, and what was refused beyond the sold quota, are no valid requests.

    Raises:
        NoEvidence.
        InsufficientData: `window_not_covered`, `windows_missing` below 75 %, `no_requests`.
        InvalidEvidence: `overlapping_windows`.
    Source: scheme §2.2 ST-6.2.
    """
    windows = gateway_windows(evidence, days=(SHORTEST_DAYS,))
    valid, failed = _requests(windows), exact_sum(windows.failed)
    return Measurement(
        measure="request_success_rate",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured((1 - Fraction(failed, valid)) * 100),
        period=windows.period,
        coverage=measured(windows.coverage),
        quality=coverage_grade(windows.coverage),
        formula="S = 1 − failed ÷ valid, × 100",
        inputs=(_count("failed", _FAILED, failed), _count("valid", _VALID, valid)),
        rests_on=windows.rests_on,
    )


def latency_slo_attainment(evidence: CentreEvidence) -> Measurement:
    """Valid requests that met TTFT and TPOT of their target ÷ all valid requests, over 90 days, in per cent.

    Windows that do not say it count neither above nor below the line; they may hold a quarter of the requests.

    Raises:
        NoEvidence.
        InsufficientData: as `request_success_rate`, and `latency_not_told`.
        InvalidEvidence: `overlapping_windows`, `more_in_time_than_valid`.
    Source: scheme §2.2 ST-6.4.
    """
    windows = gateway_windows(evidence, days=(SHORTEST_DAYS,))
    everything = _requests(windows)
    told = windows.slo_met != MISSING
    valid, met = exact_sum(windows.valid[told]), exact_sum(windows.slo_met[told])
    known = Fraction(valid, everything)
    if known < LEAST_COVERED:
        raise InsufficientData(
            "latency_not_told",
            Text(
                zh=f"只有 {percent(known)} 的请求说明了时延是否达标，至少需要 75 %。",
                en=f"Only {percent(known)} of the requests tell whether they met their target; 75 % are needed.",
            ),
            hint=Text(zh="请在导出中加入时延达标数（slo_met）。", en="Add slo_met to the export."),
        )
    if met > valid:
        raise InvalidEvidence(
            "more_in_time_than_valid",
            Text(zh="时延达标的请求多于有效请求。", en="More requests met their target than were valid."),
            hint=Text(
                zh="客户端错误不应计入时延达标数。",
                en="Requests that failed by the client's fault do not meet a target.",
            ),
        )
    coverage = windows.coverage * known
    return Measurement(
        measure="latency_slo_attainment",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * met, valid)),
        period=windows.period,
        coverage=measured(coverage),
        quality=coverage_grade(coverage),
        formula="L = met ÷ valid × 100",
        inputs=(
            _count("met", Text(zh="时延达标的请求", en="Requests within the target"), met),
            _count("valid", _VALID, valid),
        ),
        rests_on=windows.rests_on,
    )


def inference_service_availability(evidence: CentreEvidence) -> Measurement:
    """Availability by what the gateway saw; by the incident record where no windows, or too few, were handed in.

    Raises:
        NoEvidence, InsufficientData, InvalidEvidence: of either way.
    Source: scheme §2.2 ST-6.1, §3.2.
    """
    if not evidence.rows("request_windows").num_rows:
        if not evidence.rows("outages").num_rows:
            raise nothing_handed_in(["request_windows"], ["outages"])
        return outages.inference_service_availability(evidence)
    try:
        return availability_by_requests(evidence)
    except InsufficientData as too_little:
        try:
            return outages.inference_service_availability(evidence)
        except NoEvidence:
            raise too_little from None


def availability_by_requests(evidence: CentreEvidence) -> Measurement:
    """1 − time down ÷ time in service of each service, weighted by its valid requests, in per cent.

    A window is down when 5 % of its valid requests failed, or when a probe could not reach a service without requests.
    Windows with neither say nothing. Where no window tells, an outage of inference in the incident record is time down.
    Maintenance announced 72 h ahead there is left out up to 1 %. What lies above the resolution of the windows is cut
    to it.

    Raises:
        NoEvidence.
        InsufficientData: `window_not_covered`, `windows_missing`.
        InvalidEvidence: `overlapping_windows`, `outage_backwards`.
    Source: scheme §2.2 ST-6.1, §3.2.
    """
    windows = gateway_windows(evidence, days=(YEAR_DAYS, 180, SHORTEST_DAYS))
    record = told_by_record(evidence, windows.period)
    services = np.unique(windows.service)
    weights = [exact_sum(windows.valid[windows.service == name]) for name in services]
    if not any(weights):
        weights = [1] * len(services)
    found = [service_time(windows, name, record) for name in services]
    known = [(part, weight) for part, weight in zip(found, weights, strict=True) if part.total > part.excluded]
    if not known:
        raise InsufficientData(
            "windows_missing",
            Text(zh="没有一个窗口有请求或探测结果。", en="No window holds requests or the result of a probe."),
            hint=Text(zh="请为无请求的分钟加入每分钟一次的探测。", en="Probe silent minutes once a minute."),
        )
    weighed = sum((part.available * weight for part, weight in known), Fraction(0))
    raw = weighed / sum(weight for _, weight in known)
    longest = max(part.total for part, _ in known)
    provable = 1 - Fraction(int(windows.length.max()), longest)
    value = min(raw, provable)
    lost, total = sum(part.lost for part, _ in known), sum(part.total for part, _ in known)
    excluded = sum(part.excluded for part, _ in known)
    return Measurement(
        measure="inference_service_availability",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(value * 100),
        period=windows.period,
        coverage=measured(windows.coverage),
        quality=coverage_grade(windows.coverage),
        formula="A = Σ weight × (1 − lost ÷ (total − excluded)) ÷ Σ weight, × 100",
        inputs=(
            Input("lost", Text(zh="不可用", en="Unavailable"), measured(Fraction(lost, HOUR)), "h"),
            Input("total", Text(zh="服务时间", en="In service"), measured(Fraction(total, HOUR)), "h"),
            Input(
                "excluded",
                Text(zh="扣除的计划维护", en="Maintenance left out"),
                measured(Fraction(excluded, HOUR)),
                "h",
            ),
            _count("services", Text(zh="服务数", en="Services"), len(known)),
            Input("resolution", Text(zh="窗口", en="Window"), Decimal(int(windows.length.max()) // 1000), "s"),
        ),
        notes=(*_notes(windows, found, raw, provable), *record.notes),
        rests_on=(*windows.rests_on, *record.rests_on),
    )


def _requests(windows: Windows) -> int:
    valid = exact_sum(windows.valid)
    if not valid:
        raise InsufficientData(
            "no_requests",
            Text(zh="评价期内没有有效请求。", en="There was no valid request in the period."),
            hint=Text(zh="请核对导出的服务与时间范围。", en="Check services and period of the export."),
        )
    return valid


def _notes(windows: Windows, found: list[ServiceTime], raw: Fraction, provable: Fraction) -> tuple[Reason, ...]:
    notes = []
    if silent := int(windows.silent.sum()):
        notes.append(
            note(
                "silent_windows",
                f"有 {silent} 个窗口既无请求也无探测，未计入。",
                f"{silent} windows hold neither requests nor a probe and count nowhere.",
            )
        )
    if missing := sum(part.unexplained for part in found):
        hours = measured(Fraction(missing, HOUR))
        notes.append(
            note(
                "windows_unexplained",
                f"缺少 {hours} 小时的窗口，事件记录也未说明，未计入；请补交窗口，若服务中断请在事件记录中登记。",
                f"Windows of {hours} h are missing and no incident explains them: that time counts nowhere. Hand in "
                "the windows, or record the outage if there was one.",
            )
        )
    if raw > provable:
        notes.append(
            note(
                "cut_to_resolution",
                f"可用度 {percent(raw, decimals=5)} 高于窗口所能证明的 {percent(provable, decimals=5)}，取后者。",
                f"{percent(raw, decimals=5)} is more than windows of this length can prove; cut to "
                f"{percent(provable, decimals=5)}.",
            )
        )
    return tuple(notes)


_FAILED = Text(zh="服务端失败的请求", en="Requests the service failed")
_VALID = Text(zh="有效请求", en="Valid requests")


def _count(name: str, title: Text, number: int) -> Input:
    return Input(name, title, Decimal(number), "1")
