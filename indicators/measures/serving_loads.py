"""Which loads of a serving test count: of the reference job its mix, few requests failed, and within the target.

A request that failed has no latency. Where more than one in a hundred fail, P99 of all requests is not within any
target, whatever the tool prints of those that completed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.errors import InsufficientData
from core.outcome import Quality, Reason
from core.text import Text
from indicators.measures.findings import note
from indicators.measures.serving_roofline import INPUT_TOKENS, OUTPUT_TOKENS

TTFT_P99_MS = 2000
TPOT_P99_MS = 200
MOST_FAILED = Fraction(1, 100)  # of the requests sent: what P99 leaves
MIX_TOLERANCE = Fraction(5, 100)  # of the mean lengths: tokenisers count a little differently; ours, not the scheme's

Load = Mapping[str, Any]


@dataclass(frozen=True)
class Flaw:
    """Why a load does not count, and what to do about it."""

    code: str
    what: Text
    hint: Text


NO_RESULT = Flaw(
    "no_result",
    Text(zh="没有有效结果", en="no valid result"),
    Text(zh="请重新压测。", en="Test again."),
)
OTHER_MIX = Flaw(
    "not_the_reference_mix",
    Text(
        zh=f"平均输入、输出词元数与参考作业（{INPUT_TOKENS} / {OUTPUT_TOKENS}）相差超过 5 %，或未写明",
        en=f"mean tokens in and out are not those of the reference job ({INPUT_TOKENS} and {OUTPUT_TOKENS}) within "
        "5 %, or not told",
    ),
    Text(
        zh=f"请以 {INPUT_TOKENS} 输入、{OUTPUT_TOKENS} 输出词元压测，并提交工具写出的完整结果。",
        en=f"Test with {INPUT_TOKENS} tokens in and {OUTPUT_TOKENS} out, and hand in the whole result of the tool.",
    ),
)
FAILURES = Flaw(
    "requests_failed",
    Text(zh="失败请求超过 1 %", en="more than 1 % of the requests failed"),
    Text(zh="请以更低的请求速率重新压测。", en="Test again at a lower request rate."),
)
LATE = Flaw(
    "slo_not_met",
    Text(
        zh=f"未满足时延目标（TTFT P99 ≤ {TTFT_P99_MS} ms 且 TPOT P99 ≤ {TPOT_P99_MS} ms）",
        en=f"outside the target (P99 of TTFT ≤ {TTFT_P99_MS} ms and of TPOT ≤ {TPOT_P99_MS} ms)",
    ),
    Text(zh="请以更低的请求速率重新压测。", en="Test again at a lower request rate."),
)
_IN_ORDER = (NO_RESULT, OTHER_MIX, FAILURES, LATE)  # the later, the nearer a load came to counting


def flaw_of(load: Load, card: Mapping[str, Any]) -> Flaw | None:
    """Why a load does not count; null when it does."""
    if load["status"] != "success":
        return NO_RESULT
    if card["workload"] != "operator_job" and not _is_reference_mix(load):
        return OTHER_MIX
    failed = failed_share(load)
    if failed is not None and failed > MOST_FAILED:
        return FAILURES
    return None if _is_in_time(load) else LATE


def failed_share(load: Load) -> Fraction | None:
    """Failed requests ÷ requests, as counted or as what did not complete, whichever is more; null where neither."""
    completed, sent, failed = load["completed"] or 0, load["requests"], load["failed"]
    if sent is None and failed is None:
        return None
    lost = max(failed or 0, (sent or 0) - completed)
    return Fraction(lost, max(lost + completed, 1))


def none_counts(flaws: Sequence[Flaw]) -> InsufficientData:
    """That no load counts: for the reason of those that came nearest."""
    nearest = max(flaws, key=_IN_ORDER.index)
    said = _counted(flaws)
    return InsufficientData(
        nearest.code,
        Text(zh=f"没有一档压测计入：{said.zh}。", en=f"No load of the tests counts: {said.en}."),
        hint=nearest.hint,
    )


def left_out(flaws: Iterable[Flaw]) -> tuple[Reason, ...]:
    """A note on loads that do not count; that a search for the highest load goes beyond the target, needs none."""
    told = [flaw for flaw in flaws if flaw is not LATE]
    if not told:
        return ()
    said = _counted(told)
    return (note("loads_left_out", f"以下压测未计入：{said.zh}。", f"Loads that do not count: {said.en}."),)


def untold(load: Load) -> tuple[Reason, ...]:
    """A note on what cannot be known of a load that counts: it is grade B at best."""
    lacking = []
    if failed_share(load) is None:
        lacking.append(Text(zh="失败的请求数", en="how many requests failed"))
    if not load["duration_ms"] or load["output_tokens"] is None:
        lacking.append(
            Text(zh="时长与词元数，吞吐无从核对", en="duration and tokens, which would confirm its throughput")
        )
    if not lacking:
        return ()
    zh, en = "、".join(one.zh for one in lacking), " and ".join(one.en for one in lacking)
    return (
        note(
            "load_not_fully_told",
            f"压测结果没有写明{zh}，证据等级最高为 B。",
            f"The load test does not tell {en}: grade B at best.",
        ),
    )


def grade_of(load: Load) -> Quality:
    return Quality.B if untold(load) else Quality.A


def _counted(flaws: Iterable[Flaw]) -> Text:
    numbers = Counter(flaws)
    listed = [(flaw, numbers[flaw]) for flaw in _IN_ORDER if numbers[flaw]]
    return Text(
        zh="；".join(f"{number} 档{flaw.what.zh}" for flaw, number in listed),
        en="; ".join(f"{flaw.what.en} ({number} of them)" for flaw, number in listed),
    )


def _is_reference_mix(load: Load) -> bool:
    return _is_near(load, "input_tokens", INPUT_TOKENS) and _is_near(load, "output_tokens", OUTPUT_TOKENS)


def _is_near(load: Load, tokens: str, expected: int) -> bool:
    """Whether the mean length of the requests that completed is as expected."""
    if load[tokens] is None or not load["completed"]:
        return False
    return abs(Fraction(load[tokens], load["completed"]) - expected) <= MIX_TOLERANCE * expected


def _is_in_time(load: Load) -> bool:
    ttft, tpot = load["ttft_p99_ms"], load["tpot_p99_ms"]
    return ttft is not None and tpot is not None and ttft <= TTFT_P99_MS and tpot <= TPOT_P99_MS
