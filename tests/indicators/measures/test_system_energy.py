"""Power inside the window of a test, and what a system achieves per watt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome
from evidence.parsers.formats import mlperf_inference_detail, mlperf_power_log, mlperf_training, ptdaemon_samples
from indicators.measures.base import CentreEvidence
from indicators.measures.power_windows import powers_in
from tests.indicators.measures.evidence import centre, code, measured, profile
from tests.samples import needs_samples, sample

START = dt.datetime(2026, 2, 3, 9, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
END = START + 600 * SECOND


def power(series: str, *watts: str, place: str = "node", every: int = 60, start: dt.datetime = START) -> list[dict]:
    return [
        {"series": series, "place": place, "at": start + index * every * SECOND, "power_w": Decimal(value)}
        for index, value in enumerate(watts)
    ]


def hpl(**more: Any) -> dict[str, Any]:
    return {
        "tool": "hpl", "benchmark": "HPL", "status": "success", "metric": "rmax", "value": Decimal(500_000),
        "unit": "GFLOP/s", "precision": "fp64", "accelerators": 16, "started_at": START, "stopped_at": END,
    } | more  # fmt: skip


def system(*samples: dict, run: dict[str, Any] | None = None, said: tuple[dict, ...] = ()) -> Any:
    tables = {"benchmark_runs": [run or hpl()], "power_samples": samples, "declaration": said}
    return measured("system_energy_efficiency", centre({"a": tables}))


@needs_samples
def test_the_power_of_the_published_inference_run_is_that_inside_its_window() -> None:
    folder = "mlperf-power/v3.0inf_Dell_A2_bert99_Offline_run_1_"
    detail = mlperf_inference_detail.PARSER.parse(sample(f"{folder}mlperf_log_detail.txt", timezone="UTC"))
    spl = ptdaemon_samples.PARSER.parse(sample(f"{folder}spl.txt", timezone="UTC"))
    (run,) = detail.tables["benchmark_runs"].to_pylist()
    pooled = CentreEvidence.pooled(profile(), [("sha256:spl", spl.tables)])
    (found,) = powers_in(pooled, run["started_at"], run["stopped_at"])
    assert (found.samples, round(float(found.mean_w), 5)) == (789, 179.45512)
    window = (run["stopped_at"] - run["started_at"]).total_seconds()
    assert (window, round(float(found.mean_w) * window / 3600, 6)) == (789.667, 39.363830)
    assert round(float(run["value"] / Decimal(float(found.mean_w))), 6) == 1.164352  # samples per joule


@needs_samples
def test_the_power_of_the_published_training_run_is_that_inside_its_run() -> None:
    folder = "mlperf-power/v5.0_Lenovo_b200x8_bert_"
    (run,) = mlperf_training.PARSER.parse(sample(f"{folder}result_0.txt")).tables["benchmark_runs"].to_pylist()
    node = mlperf_power_log.PARSER.parse(sample(f"{folder}power_node_0.txt"))
    pooled = CentreEvidence.pooled(profile(), [("sha256:node", node.tables)])
    (found,) = powers_in(pooled, run["started_at"], run["stopped_at"])
    assert (found.samples, round(float(found.mean_w), 4)) == (209, 9754.8756)
    assert round(float(found.mean_w) * run["duration_ms"] / 3_600_000 / 1000, 6) == 0.596608


def test_rmax_is_divided_by_the_power_of_all_nodes_during_the_run() -> None:
    # Two nodes of mean 5,000 W each: 500,000 ÷ 10,000 = 50 GFLOPS per watt. Samples before and after do not count.
    before = power("n1", "900", start=START - 60 * SECOND)
    after = power("n1", "900", start=END + SECOND)
    both = power("n1", *["4000", "6000"] * 5, "5000"), power("n2", *["5000"] * 11)
    found = system(*before, *both[0], *after, *both[1])
    assert found.value == 50
    assert found.coverage == 1


@pytest.mark.parametrize(
    ("samples", "run", "reason"),
    [
        (power("n1", *["5000"] * 11), hpl(), "power_incomplete"),
        ([*power("n1", *["5000"] * 11), *power("n2", *["5000"] * 9)], hpl(), "power_gaps"),  # 120 of 600 s are bare
        (power("n1", *["5000"] * 11, start=END + SECOND), hpl(), "power_missing"),
        ([*power("n1", *["5000"] * 11), *power("n2", *["5000"] * 11)], hpl(accelerators=None), "nodes_unknown"),
        (power("n1", *["5000"] * 11), hpl(started_at=None), "no_run_times"),
        (power("n1", *["5000"] * 11), hpl(status="failed"), "no_valid_result"),
        ([*power("n1", *["0"] * 11), *power("n2", *["0"] * 11)], hpl(), "no_power"),
    ],
)
def test_what_the_power_of_a_run_lacks_is_named(samples: list[dict], run: dict[str, Any], reason: str) -> None:
    found = system(*samples, run=run)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def test_declared_nodes_stand_where_the_output_names_none_and_an_analyser_stands_for_all() -> None:
    nodes = {"indicator": "GR-4.2.nodes", "value": Decimal(2), "unit": "node", "documents": 0}
    analyser = power("analyser", *["10000"] * 11, place="analyser")
    assert system(*analyser, run=hpl(accelerators=None), said=(nodes,)).value == 50


GROUP = {"model": "NVIDIA A800 SXM", "cards": 80, "cards_per_node": 2}  # 40 nodes; a twentieth are 2


def cards(host: str, tflops: str = "250", **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "tool": "gemm_table", "benchmark": "gemm", "status": "success", "metric": "gemm", "value": Decimal(tflops),
            "unit": "TFLOP/s", "precision": "bf16", "host": host, "device": str(device), "started_at": START,
            "stopped_at": END, "duration_ms": 600_000,
        } | more
        for device in range(2)
    ]  # fmt: skip


def ai_cards(rows: list[dict[str, Any]], samples: list[dict]) -> Any:
    evidence = centre({"a": {"benchmark_runs": rows, "power_samples": samples}}, accelerators=[GROUP])
    return measured("ai_card_energy_efficiency", evidence)


def test_the_median_node_is_scored_in_teraflops_per_kilowatt() -> None:
    # Two cards of 250 TFLOP/s on 1,250 W are 400 TFLOPS per kW; on 1,000 W 500. The median of two is their mean.
    rows = [*cards("n1"), *cards("n2")]
    samples = [*power("N1", *["1250"] * 11), *power("n2", *["1000"] * 11)]
    assert ai_cards(rows, samples).value == 450


@pytest.mark.parametrize(
    ("second", "samples"),
    [
        (cards("n2")[:1], power("n2", *["1000"] * 11)),
        (cards("n2", started_at=None), power("n2", *["1000"] * 11)),
        (cards("n2", stopped_at=END - SECOND), power("n2", *["1000"] * 11)),
        (cards("n2"), power("other", *["1000"] * 11)),
        (cards("n2"), power("n2", *["1000"] * 9)),
    ],
    ids=["a card missing", "no times", "under ten minutes", "no power", "gaps"],
)
def test_a_node_that_lacks_something_does_not_count(second: list[dict[str, Any]], samples: list[dict]) -> None:
    found = ai_cards([*cards("n1"), *second], [*power("n1", *["1250"] * 11), *samples])
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "too_few_nodes")
    assert "n2" in found.reason.message.en


def test_more_than_1500_teraflops_per_kilowatt_is_implausible() -> None:
    rows = [*cards("n1"), *cards("n2")]
    samples = [*power("n1", *["333"] * 11), *power("n2", *["333"] * 11)]
    found = ai_cards(rows, samples)
    assert (found.outcome, code(found)) == (Outcome.INVALID, "efficiency_implausible")


def test_without_power_both_measures_ask_for_it() -> None:
    for name in ("system_energy_efficiency", "ai_card_energy_efficiency"):
        found = measured(name, centre({"a": {"benchmark_runs": [hpl()]}}))
        assert found.outcome is Outcome.NO_EVIDENCE
        assert "power" in found.reason.message.en
