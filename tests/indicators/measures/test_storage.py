"""Accelerator utilisation of MLPerf Storage, and the relative score of IO500."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import centre, code, measured


def run(au: str, throughput: str, cards: int = 32, **more: Any) -> list[dict[str, Any]]:
    same = {"tool": "mlperf_storage", "benchmark": "", "status": "success", "accelerators": cards, "nodes": 4} | more
    return [
        same | {"metric": "accelerator_utilisation", "value": Decimal(au), "unit": "%"},
        same | {"metric": "samples_per_second", "value": Decimal(throughput), "unit": "sample/s"},
    ]


def report(*throughputs: str, model: str = "unet3d", cards: int = 32) -> list[dict[str, Any]]:
    return [
        {
            "tool": "mlperf_storage_report", "benchmark": model, "status": "success", "metric": "samples_per_second",
            "value": Decimal(throughput), "unit": "sample/s", "accelerators": cards, "accelerator": "h100",
        }
        for throughput in throughputs
    ]  # fmt: skip


def utilisation(runs: list[list[dict[str, Any]]], reports: list[dict[str, Any]], **changes: Any) -> Any:
    files = {f"r{index}": {"benchmark_runs": rows} for index, rows in enumerate(runs)}
    return measured(
        "storage_accelerator_utilisation", centre({**files, "report": {"benchmark_runs": reports}}, **changes)
    )


def test_the_mean_of_the_runs_with_the_most_accelerators_is_scored() -> None:
    # 32 of 128 cards are a quarter. (91 + 92) ÷ 2.
    runs = [run("91", "410.5"), run("92", "411.5"), run("97", "205", cards=16)]
    found = utilisation(runs, [*report("410.5", "411.5"), *report("205", cards=16)])
    assert (found.value, found.quality) == (Decimal("91.5"), Quality.A)
    assert {one.name: one.value for one in found.inputs}["most_at_90_percent"] == 32


def test_a_run_below_its_line_counts_with_what_it_reached() -> None:
    assert utilisation([run("80", "400", status="failed")], report("400")).value == 80


@pytest.mark.parametrize(
    ("runs", "reports", "reason"),
    [
        ([run("91", "410.5")], report("999"), "model_unknown"),
        ([run("91", "410.5")], report("410.5", model="cosmoflow"), "other_model"),
        ([run("91", "410.5", cards=31)], report("410.5", cards=31), "too_few_emulated"),
        ([run("91", "410.5", status="incomplete")], report("410.5"), "no_valid_result"),
    ],
)
def test_what_a_run_lacks_is_named(runs: Any, reports: Any, reason: str) -> None:
    found = utilisation(runs, reports)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def test_more_than_a_hundred_per_cent_is_invalid() -> None:
    found = utilisation([run("100.5", "410.5")], report("410.5"))
    assert (found.outcome, code(found)) == (Outcome.INVALID, "above_hundred")


def io500(score: str, *, clients: str | None = None, **more: Any) -> Any:
    row = {
        "tool": "io500", "benchmark": "io500", "status": "success", "metric": "score", "value": Decimal(score),
        "unit": "",
    } | more  # fmt: skip
    nodes = {"indicator": "CE-3.2.client_nodes", "unit": "node", "documents": 0}
    said = [nodes | {"value": Decimal(clients)}] if clients else []
    group = {"model": "NVIDIA H800 SXM", "cards": 512, "cards_per_node": 8}  # 506 PFLOP/s: medium, reference 153
    return measured(
        "io500_relative_score", centre({"a": {"benchmark_runs": [row], "declaration": said}}, accelerators=[group])
    )


def test_the_score_is_divided_by_the_reference_of_the_size_class() -> None:
    found = io500("306", clients="10")
    assert (found.value, found.quality) == (2, Quality.A)


def test_unknown_clients_are_grade_b_and_another_number_is_another_variant() -> None:
    assert io500("306").quality is Quality.B
    assert code(io500("306", clients="4")) == "other_variant"


def test_an_invalid_or_edited_score_does_not_count() -> None:
    assert code(io500("306", status="invalid")) == "no_valid_result"
    assert code(io500("306", status="contradictory")) == "no_valid_result"
