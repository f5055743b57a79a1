"""Matrix multiplications per card: the tenth percentile of all cards, on the cited dense peak."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import centre, code, measured

GROUP = {"model": "NVIDIA A800 SXM", "cards": 10, "cards_per_node": 10}  # dense BF16 peak 312 TFLOP/s


def card(device: int, tflops: str, **more: Any) -> dict[str, Any]:
    return {
        "tool": "gemm_table", "benchmark": "gemm", "status": "success", "metric": "gemm", "value": Decimal(tflops),
        "unit": "TFLOP/s", "precision": "bf16", "host": "node-1", "device": str(device), "accelerators": 1,
        "duration_ms": 60_000,
    } | more  # fmt: skip


def gemm(*rows: dict[str, Any], **changes: Any) -> Any:
    return measured(
        "achieved_gemm_ratio", centre({"a": {"benchmark_runs": rows}}, **({"accelerators": [GROUP]} | changes))
    )


def inputs(found: Any) -> dict[str, Decimal]:
    return {one.name: one.value for one in found.inputs}


def test_the_tenth_percentile_over_the_cards_is_scored() -> None:
    # Ten cards: by nearest rank the lowest one. 249.6 ÷ 312 = 0.8; the median is 280.8 ÷ 312 = 0.9.
    found = gemm(card(0, "249.6"), *(card(n, "280.8") for n in range(1, 10)))
    assert found.value == Decimal("0.8")
    assert inputs(found)["median"] == Decimal("0.9")
    assert (found.quality, found.coverage) == (Quality.A, 1)


def test_of_several_results_of_a_card_the_best_counts_and_fp8_does_not() -> None:
    rows = [card(n, "280.8") for n in range(1, 10)]
    found = gemm(card(0, "249.6"), card(0, "265.2", precision="fp16"), card(0, "300", precision="fp8"), *rows)
    assert found.value == Decimal("0.85")
    assert code(gemm(card(0, "300", precision="fp8"))) == "no_half_precision"


def test_cards_below_half_of_the_median_are_counted_and_named() -> None:
    found = gemm(card(0, "124.8"), *(card(n, "280.8") for n in range(1, 10)))  # 0.4 of 0.9
    assert inputs(found)["cards_below_half_of_median"] == 1
    assert "node-1 0" in next(note.message.en for note in found.notes if note.code == "faulty_cards")


def test_a_rate_within_two_per_cent_above_the_peak_is_one_and_beyond_is_held_for_review() -> None:
    rows = [card(n, "318.24") for n in range(10)]  # 1.02
    assert gemm(*rows).value == 1
    held = gemm(*rows[1:], card(0, "318.25"))
    assert (held.outcome, code(held)) == (Outcome.NOT_ASSESSABLE, "held_for_review")


@pytest.mark.parametrize(("tested", "grade"), [(10, Quality.A), (9, Quality.B), (8, Quality.C)])
def test_cards_left_out_lower_the_grade(tested: int, grade: Quality) -> None:
    assert gemm(*(card(n, "280.8") for n in range(tested))).quality is grade


def test_a_short_test_or_one_of_unknown_length_is_grade_b_at_best() -> None:
    for duration in (59_999, None):
        assert gemm(*(card(n, "280.8", duration_ms=duration) for n in range(10))).quality is Quality.B


def test_a_result_that_names_no_card_takes_the_only_model_installed() -> None:
    assert gemm(*(card(n, "280.8", accelerator="NVIDIA A800") for n in range(10))).value == Decimal("0.9")
    two = [GROUP, {"model": "NVIDIA H20", "cards": 8, "cards_per_node": 8}]
    assert code(gemm(card(0, "280.8"), accelerators=two)) == "card_model_unknown"
    assert gemm(card(0, "280.8", accelerator="NVIDIA A800 SXM"), accelerators=two).value == Decimal("0.9")


def test_a_card_that_is_not_installed_contradicts_the_profile() -> None:
    found = gemm(card(0, "280.8", accelerator="NVIDIA H800 SXM"))
    assert (found.outcome, code(found)) == (Outcome.INVALID, "other_card")


def test_a_peak_of_low_confidence_needs_the_vendors_papers() -> None:
    ascend = [{"model": "Huawei Ascend 910B3", "cards": 1, "cards_per_node": 1}]
    assert code(gemm(card(0, "280.8"), accelerators=ascend)) == "peak_unconfirmed"
    papers = {
        "indicator": "CE-1.1.peak_tflops", "value": Decimal(351), "unit": "TFLOPS", "documents": 1,
        "declared_by": "Olu",
    }  # fmt: skip
    evidence = centre({"a": {"benchmark_runs": [card(0, "280.8")], "declaration": [papers]}}, accelerators=ascend)
    assert measured("achieved_gemm_ratio", evidence).value == Decimal("0.8")  # the larger figure divides


def test_the_same_results_in_another_file_add_no_card() -> None:
    rows = [card(n, "280.8") for n in range(9)]
    evidence = centre({"a": {"benchmark_runs": rows}, "b": {"benchmark_runs": rows}}, accelerators=[GROUP])
    assert inputs(measured("achieved_gemm_ratio", evidence))["cards_tested"] == 9


def test_results_of_training_are_no_matrix_multiplications() -> None:
    found = gemm({"tool": "mlperf_training", "benchmark": "bert", "status": "success"})
    assert found.outcome is Outcome.NO_EVIDENCE
