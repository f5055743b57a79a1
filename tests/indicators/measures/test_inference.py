"""MLPerf Inference results against the best published ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import centre, code, measured

H100 = {"model": "NVIDIA H100 SXM", "cards": 64, "cards_per_node": 8}


def result(value: str = "20000", **more: Any) -> dict[str, Any]:
    return {
        "tool": "mlperf_inference", "benchmark": "", "status": "success", "scenario": "Offline",
        "metric": "tokens_per_second", "value": Decimal(value), "unit": "token/s",
    } | more  # fmt: skip


def card(**more: Any) -> dict[str, Any]:
    return {
        "log": "sha256:a", "workload": "operator_job", "model": "llama2-70b-99.9", "params": Decimal(70),
        "params_active": Decimal(70), "sequence_length": 1024, "objective": "inference",
        "accelerator": "NVIDIA H100 SXM", "accelerators": 8, "precision": "fp8",
    } | more  # fmt: skip


def parity(*rows: dict[str, Any], cards: tuple[dict[str, Any], ...] | None = None, **changes: Any) -> Any:
    cards = (card(),) if cards is None else cards
    evidence = centre(
        {"a": {"benchmark_runs": rows}, "b": {"run_cards": cards}}, **({"accelerators": [H100]} | changes)
    )
    return measured("inference_benchmark_parity", evidence)


def test_the_own_result_is_divided_by_the_best_published_one() -> None:
    found = parity(result("20000"), result("18000"))
    assert found.value == Decimal("0.8")  # 20,000 of 25,000 token/s
    assert found.quality is Quality.B  # the published figure is press, rounded
    assert {one.name: one.source for one in found.inputs}["published"].startswith("inference_benchmarks/2026.1: v4.1")


@pytest.mark.parametrize(
    ("rows", "cards", "reason"),
    [
        ((result(status="invalid"),), (card(),), "no_valid_result"),
        ((result(),), (), "run_card_missing"),
        ((result(),), (card(model="mixtral-8x7b"),), "no_comparable_result"),
        ((result(),), (card(accelerators=16),), "no_comparable_result"),
        ((result(scenario="Server"),), (card(),), "no_comparable_result"),
        ((result(unit="sample/s"),), (card(),), "no_comparable_result"),
    ],
)
def test_what_a_result_lacks_is_named(rows: Any, cards: Any, reason: str) -> None:
    found = parity(*rows, cards=cards)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def test_more_cards_than_installed_contradict_the_profile() -> None:
    assert code(parity(result(), cards=(card(accelerators=72),))) == "more_cards_than_installed"


def test_a_card_nobody_published_a_result_for_is_out_by_rule() -> None:
    h800 = {"model": "NVIDIA H800 SXM", "cards": 64, "cards_per_node": 8}
    found = parity(result(), accelerators=[h800])
    assert (found.outcome, code(found)) == (Outcome.NOT_APPLICABLE, "no_published_reference")
