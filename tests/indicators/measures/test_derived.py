"""Measures made of others, what is declared, and how alike the nodes are: worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, code, measured
from tests.indicators.measures.test_scheduling import weekly

UPPER = Fraction("2.99573227355399099343522357614")


def job(name: str, start: dt.datetime, hours: float, cards: int, **more: Any) -> dict[str, Any]:
    end = start + hours * HOUR
    return {
        "job": name, "submit_at": start, "start_at": start, "end_at": end, "cards": cards, "state": "COMPLETED",
        "elapsed_s": int(hours * 3600),
    } | more  # fmt: skip


YEAR_OF_JOBS = [job("first", YEAR_START, 24, 1), job("last", YEAR_END - DAY, 24, 1)]


def said(indicator: str, value: str, unit: str = "1", **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "documents": 1} | more


def declared(measure: str, *rows: dict[str, Any], **files: Any) -> Any:
    return measured(measure, centre({"d": {"declaration": rows}, **files}))


def test_time_between_interruptions_is_told_for_1024_cards() -> None:
    # 64 cards for 85 days without a fault: 5,440 card-days; 24,000 h ÷ (U ÷ 5.44 · 1,024).
    jobs = [job("big", YEAR_END - 85 * DAY, 85 * 24, 64), *YEAR_OF_JOBS]
    found = measured("mean_time_between_interruptions", centre({"j": {"jobs": jobs}}))
    assert found.value is not None
    assert abs(Fraction(found.value) - 24_000 / (UPPER / Fraction("5.44") * 1024)) < Fraction(1, 10**8)
    assert "no_interruption" in [note.code for note in found.notes]


STEPS = [
    {"step": n, "iteration_ms": Decimal(14_000), "global_batch_size": 256, "dialect": "megatron"} for n in range(1, 251)
]
CARD = {
    "log": "sha256:log", "workload": "reference_dense", "model": "R-D", "params": Decimal("70.6e9"),
    "params_active": Decimal("70.6e9"), "sequence_length": 4096, "objective": "pretrain",
    "accelerator": "NVIDIA H800 SXM", "accelerators": 64, "precision": "bf16", "witnessed_by": "Ana",
}  # fmt: skip
MFU = Fraction(6 * 706 * 10**8 * 256 * 4096, 14 * 64 * 989 * 10**12)


def training(measure: str, *cards: dict[str, Any], **files: Any) -> Any:
    return measured(measure, centre({"log": {"training_steps": STEPS}, "c": {"run_cards": cards or (CARD,)}, **files}))


def test_hardware_utilisation_counts_what_recomputation_executes() -> None:
    found = training("hardware_flops_utilisation", d={"declaration": [said("CE-1.2.flop_per_parameter", "8")]})
    assert found.value is not None
    assert abs(Fraction(found.value) - MFU * 8 / 6) < Fraction(1, 10**11)
    assert code(training("hardware_flops_utilisation")) == "recomputation_unknown"
    wrong = training("hardware_flops_utilisation", d={"declaration": [said("CE-1.2.flop_per_parameter", "9")]})
    assert code(wrong) == "recomputation_impossible"


def test_the_mixture_of_experts_part_is_measured_by_itself() -> None:
    assert code(training("model_flops_utilisation_moe")) == "no_moe_run"
    moe = CARD | {"workload": "reference_moe", "params_active": Decimal("12.9e9"), "params": Decimal("46.7e9")}
    found = training("model_flops_utilisation_moe", moe)
    assert found.value == digits(Fraction(6 * 129 * 10**8 * 256 * 4096, 14 * 64 * 989 * 10**12))
    assert code(training("model_flops_utilisation", moe)) == "no_dense_run"


def test_effective_compute_multiplies_mfu_and_training_time() -> None:
    start = YEAR_END - 40 * DAY
    beats = [{"job": "big", "at": start + n * HOUR, "step": n, "cards": 64} for n in range(1, 31)]
    jobs = [*YEAR_OF_JOBS, job("big", start, 40, 64)]
    files = {"b": {"step_heartbeats": beats}, "j": {"jobs": jobs}}
    # 30 of 40 hours.
    found = training("effective_compute_ratio", **files)
    assert found.value is not None
    assert abs(Fraction(found.value) - MFU * Fraction(3, 4)) < Fraction(1, 10**11)
    # 128 · 989 TFLOP/s = 126.592 PFLOP/s; allocated 64 · 40 + 48 of 1,121,280 card-hours.
    effective = next(one.value for one in found.inputs if one.name == "effective")
    expected = Fraction("126.592") * MFU * Fraction(3, 4) * Fraction(2608, 1_121_280)
    assert abs(Fraction(effective) - expected) < Fraction(1, 10**8)


def test_serving_capacity_is_throughput_of_all_cards_available_and_allocated() -> None:
    load = {
        "tool": "vllm_bench", "status": "success", "output_tokens_per_s": Decimal(8000), "ttft_p99_ms": Decimal(1500),
        "tpot_p99_ms": Decimal(150), "completed": 1000, "failed": 0, "input_tokens": 2_048_000,
        "output_tokens": 512_000,
    }  # fmt: skip
    card = CARD | {"objective": "inference", "accelerators": 8, "log": "sha256:run"}
    outage = {
        "outage": "I", "service": "inference", "started_at": YEAR_START, "ended_at": YEAR_START + 73 * HOUR / 10,
        "planned": False,
    }  # fmt: skip
    files = {
        "run": {"serving_runs": [load]}, "c": {"run_cards": [card]}, "i": {"outages": [outage]},
        "j": {"jobs": [*YEAR_OF_JOBS, job("all", YEAR_START, 4380, 128)]},
    }  # fmt: skip
    found = measured("effective_serving_capacity", centre(files))
    # 1,000 token/s · 128 cards · (1 − 7.3 ÷ 8,760) · (560,688 ÷ 1,121,280) · 0.0864.
    expected = 128_000 * (1 - Fraction(73, 87_600)) * Fraction(560_688, 1_121_280) * Fraction(864, 10_000)
    assert found.value is not None
    assert abs(Fraction(found.value) - expected) < Fraction(1, 10**6)


@pytest.mark.slow
def test_demand_response_is_a_bonus_only_when_it_was_tested_and_large_enough() -> None:
    start = YEAR_END - 90 * DAY
    samples = [
        {"series": "hall", "place": "it", "at": start + n * dt.timedelta(minutes=1), "power_w": Decimal(100_000)}
        for n in range(90 * 1440)
    ]

    def responding(*rows: dict[str, Any]) -> Any:
        files = {"p": {"power_samples": samples}, "d": {"declaration": rows}}
        return measured("load_fluctuation_with_demand_response", centre(files))

    assert responding(said("GR-4.4.demand_response_kw", "5", "kW")).value == 0
    assert code(responding(said("GR-4.4.demand_response_kw", "4.9", "kW"))) == "demand_response_too_small"
    assert code(responding(said("GR-4.4.demand_response_kw", "50", "kW", documents=0))) == "demand_response_not_shown"


def test_migration_is_the_matrix_times_the_spot_checks() -> None:
    rows = [said("US-2.2.matrix_models", "40"), said("US-2.2.spot_checks_passed", "4", witnessed_by="Ana")]
    found = declared("migration_coverage", *rows)
    assert (found.value, found.quality) == (64, Quality.C)
    assert code(declared("migration_coverage", rows[0])) == "part_not_declared"
    assert code(declared("migration_coverage", rows[0] | {"value": Decimal(51)}, rows[1])) == "more_than_asked"


def test_ready_assets_are_relative_to_the_size_class() -> None:
    # 126.6 PFLOP/s are a small centre: 30 assets.
    assert declared("ready_assets", said("US-2.3", "45")).value == Decimal("1.5")


def test_granularity_is_the_largest_over_the_smallest_unit() -> None:
    rows = [said("US-1.4.largest", "64"), said("US-1.4.smallest", "0.125")]
    assert declared("elastic_granularity", *rows).value == 512
    assert code(declared("elastic_granularity", rows[0], said("US-1.4.smallest", "0"))) == "smallest_above_largest"


def test_a_stage_of_the_toolchain_nobody_walked_through_is_not_met() -> None:
    stages = ("collect", "clean", "label", "train", "tune", "evaluate")
    rows = [{"indicator": "US-2.1", "item": stage, "met": True, "documents": 0} for stage in stages]
    assert declared("toolchain_coverage", *rows).value == digits(Fraction(600, 9))


def test_placing_from_outside_is_a_share_of_all_card_hours() -> None:
    jobs = {"jobs": [*YEAR_OF_JOBS, *weekly(), job("big", YEAR_START, 952, 1)]}  # 1,000 card-hours

    def placed(*rows: dict[str, Any]) -> Any:
        return declared("scheduling_interconnection", *rows, j=jobs)

    external = said("US-5.1.external_card_hours", "100", "card-hours")
    assert placed(external, said("US-5.1.success", "90", "%")).value == 9
    assert code(placed(external)) == "part_not_declared"
    connected = placed(external | {"value": Decimal(0)})
    assert (connected.value, [n.code for n in connected.notes]) == (Decimal("0.5"), ["connected_without_jobs"])
    assert code(placed(external | {"value": Decimal(1001)})) == "more_than_all"


@pytest.mark.parametrize(("days", "share", "grade"), [(365, 10, Quality.A), (180, 10, Quality.C), (90, 10, Quality.C)])
def test_a_declaration_of_twelve_months_is_held_against_twelve_months_of_jobs(
    days: int, share: int, grade: Quality
) -> None:
    # Ten cards throughout are 87,600 card-hours a year, of which 8,760 came from outside, whatever days the log covers.
    first = YEAR_END - days * DAY
    rows = [said("US-5.1.external_card_hours", "8760", "card-hours"), said("US-5.1.success", "100", "%")]
    witnessed = [row | {"witnessed_by": "Ana"} for row in rows]
    found = declared("scheduling_interconnection", *witnessed, j={"jobs": [job("all", first, days * 24, 10)]})
    assert (found.value, found.quality) == (share, grade)
    assert [n.code for n in found.notes] == ([] if days == 365 else ["brought_to_the_year"])


def gemm(host: str, *rates: str, started: dt.datetime | None = YEAR_START) -> list[dict[str, Any]]:
    return [
        {
            "tool": "gemm_table", "benchmark": "gemm", "status": "success", "metric": "gemm", "value": Decimal(rate),
            "unit": "TFLOP/s", "precision": "bf16", "host": host, "device": str(n), "started_at": started,
        }
        for n, rate in enumerate(rates)
    ]  # fmt: skip


def nodes(*rows: list[dict[str, Any]]) -> Any:
    return measured("node_consistency", centre({"g": {"benchmark_runs": [row for node in rows for row in node]}}))


def test_a_node_is_as_slow_as_its_slowest_card() -> None:
    # 16 nodes: P5 the 1st, P50 the 8th, P95 the 16th of the times; one node has a card at 640 of 800.
    alike = [gemm(f"n{n}", "800", "810") for n in range(15)]
    found = nodes(*alike, gemm("slow", "800", "640"))
    assert (found.value, found.quality) == (Decimal("0.25"), Quality.A)
    assert "slow (80 %)" in next(note for note in found.notes if note.code == "slowest_nodes").message.en


@pytest.mark.parametrize(("started", "grade"), [(None, Quality.B), (YEAR_START + 73 * HOUR, Quality.B)])
def test_tests_without_times_or_far_apart_are_grade_b(started: Any, grade: Quality) -> None:
    alike = [gemm(f"n{n}", "800") for n in range(15)]
    assert nodes(*alike, gemm("last", "800", started=started)).quality is grade


def test_too_few_nodes_say_nothing_of_the_rest() -> None:
    found = nodes(*[gemm(f"n{n}", "800") for n in range(11)])
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "too_few_nodes")
