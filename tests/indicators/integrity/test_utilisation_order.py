"""MFU ≤ HFU ≤ what the middle card reaches in matrix multiplications: the bound of scheme §3.3."""

from __future__ import annotations

from decimal import Decimal

from core.outcome import Outcome
from core.text import Text
from indicators.integrity.base import Dossier, Flag
from indicators.integrity.registry import flags_of
from indicators.measures.base import Input, Measurement
from tests.indicators.measures.evidence import centre, measured

A800 = {"model": "NVIDIA A800 SXM", "cards": 100, "cards_per_node": 10}  # dense BF16 peak 312 TFLOP/s


def utilisation(measure: str, number: str) -> Measurement:
    return Measurement(measure, Outcome.SCORED, value=Decimal(number))


def gemm(*, tenth: str, median: str) -> Measurement:
    middle = Input("median", Text(zh="中位数", en="Median ratio"), Decimal(median), "ratio")
    return Measurement("achieved_gemm_ratio", Outcome.SCORED, value=Decimal(tenth), inputs=(middle,))


def flagged(*, against: Measurement | None, mfu: str, hfu: str | None = None) -> Flag | None:
    found = [utilisation("model_flops_utilisation", mfu)]
    found += [utilisation("hardware_flops_utilisation", hfu)] if hfu else []
    found += [against] if against else []
    flags = flags_of(Dossier(centre(), {one.measure: one for one in found}))
    return next((flag for flag in flags if flag.code == "utilisation_order"), None)


def test_two_per_cent_above_the_median_is_tolerated_and_more_is_not() -> None:
    bound = gemm(tenth="0.40", median="0.50")
    assert flagged(against=bound, mfu="0.51") is None  # 0.51 ÷ 0.50 = 1.02
    flag = flagged(against=bound, mfu="0.511")  # 1.022
    assert flag is not None
    assert flag.subject == "model_flops_utilisation"
    assert [one.value for one in flag.figures] == [Decimal("0.511"), Decimal("0.50")]


def test_a_job_on_healthy_cards_may_exceed_the_tenth_percentile() -> None:
    # Of a hundred cards 11 reach 124.8 ÷ 312 = 0.40 and 89 reach 0.80; 0.45 ÷ 0.40 = 1.125, but 0.45 ÷ 0.80 = 0.56.
    rows = [
        {
            "tool": "gemm_table", "benchmark": "gemm", "status": "success", "metric": "gemm", "unit": "TFLOP/s",
            "value": Decimal("124.8" if card < 11 else "249.6"), "precision": "bf16", "duration_ms": 60_000,
            "host": f"node-{card // 10}", "device": str(card % 10), "accelerators": 1,
        }
        for card in range(100)
    ]  # fmt: skip
    tested = measured("achieved_gemm_ratio", centre({"a": {"benchmark_runs": rows}}, accelerators=[A800]))
    assert tested.value == Decimal("0.4")
    assert flagged(against=tested, mfu="0.45") is None
    assert flagged(against=tested, mfu="0.82") is not None  # 1.025


def test_what_the_hardware_executed_is_held_against_the_same_bound() -> None:
    # With all activations computed again HFU = 0.45 · 8 ÷ 6 = 0.60.
    flag = flagged(against=gemm(tenth="0.50", median="0.55"), mfu="0.45", hfu="0.60")  # 0.60 ÷ 0.55 = 1.09
    assert flag is not None
    assert flag.subject == "hardware_flops_utilisation"
    assert "0.6000" in flag.reason.zh
    assert flagged(against=gemm(tenth="0.50", median="0.59"), mfu="0.45", hfu="0.60") is None  # 1.017


def test_both_above_the_bound_are_one_flag() -> None:
    flag = flagged(against=gemm(tenth="0.30", median="0.40"), mfu="0.45", hfu="0.60")
    assert flag is not None
    assert flag.subject == "model_flops_utilisation"


def test_without_a_test_of_matrices_there_is_no_bound() -> None:
    assert flagged(against=None, mfu="0.60") is None
    assert flagged(against=gemm(tenth="0", median="0"), mfu="0.60") is None
