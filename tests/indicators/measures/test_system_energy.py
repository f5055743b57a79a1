"""Power inside the window of a test, and what a system achieves per watt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
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
    # The plain mean of the 789 samples inside is 179.45512 W; by the time each stands, the one before the start too:
    assert (found.rows.num_rows, round(float(found.mean_w), 5), found.covered) == (790, 179.44473, 1)
    window = (run["stopped_at"] - run["started_at"]).total_seconds()
    assert (window, round(float(found.mean_w) * window / 3600, 6)) == (789.667, 39.361549)
    assert round(float(run["value"] / Decimal(float(found.mean_w))), 6) == 1.16442  # samples per joule


@needs_samples
def test_the_power_of_the_published_training_run_is_that_inside_its_run() -> None:
    folder = "mlperf-power/v5.0_Lenovo_b200x8_bert_"
    (run,) = mlperf_training.PARSER.parse(sample(f"{folder}result_0.txt")).tables["benchmark_runs"].to_pylist()
    node = mlperf_power_log.PARSER.parse(sample(f"{folder}power_node_0.txt"))
    pooled = CentreEvidence.pooled(profile(), [("sha256:node", node.tables)])
    (found,) = powers_in(pooled, run["started_at"], run["stopped_at"])
    # The plain mean of the 209 samples inside is 9,754.8756 W.
    assert (found.rows.num_rows, round(float(found.mean_w), 4), found.covered) == (210, 9744.0687, 1)
    assert round(float(found.mean_w) * run["duration_ms"] / 3_600_000 / 1000, 6) == 0.595947


def test_rmax_is_divided_by_the_power_of_all_nodes_during_the_run() -> None:
    # Two nodes of mean 5,000 W each: 500,000 ÷ 10,000 = 50 GFLOPS per watt. Samples before and after do not count.
    before = power("n1", "900", start=START - 60 * SECOND)
    after = power("n1", "900", start=END + SECOND)
    both = power("n1", *["4000", "6000"] * 5, "5000"), power("n2", *["5000"] * 11)
    found = system(*before, *both[0], *after, *both[1])
    assert found.value == 50
    assert found.coverage == 1


def inside(*samples: dict) -> list[tuple[str, str, Fraction, Fraction, int]]:
    """Of each series its name, place, mean, covered share and number of readings in the ten minutes."""
    found = powers_in(centre({"a": {"power_samples": samples}}), START, END)
    return [(one.series, one.place, one.mean_w, one.covered, one.rows.num_rows) for one in found]


def test_a_sample_weighs_the_time_until_the_next_one() -> None:
    # 100 s at 1 kW read every second, 500 s at 4 kW read every 50 s: 0.1 + 2 MJ in 600 s.
    often, seldom = (
        power("n1", *["1000"] * 100, every=1),
        power("n1", *["4000"] * 10, every=50, start=START + 100 * SECOND),
    )
    assert inside(*often, *seldom) == [("n1", "node", 3500, 1, 110)]


def test_a_sample_stands_for_a_minute_at_most_and_the_rest_of_a_gap_is_unknown() -> None:
    # 0 to 60 s at 1 kW; nothing until 120 s; then 480 s at 3 kW: the mean of 540 s that are known.
    samples = [*power("n1", "1000"), *power("n1", *["3000"] * 8, start=START + 120 * SECOND)]
    assert inside(*samples) == [("n1", "node", Fraction(60 * 1000 + 480 * 3000, 540), Fraction(9, 10), 9)]


def test_what_stands_when_the_window_begins_counts_from_there_on() -> None:
    # The sample of 30 s before stands for the first 30 s, that of 90 s before for none of them.
    samples = power("n1", "9000", "1200", *["2400"] * 10, start=START - 90 * SECOND)
    assert inside(*samples) == [("n1", "node", Fraction(30 * 1200 + 570 * 2400, 600), 1, 11)]
    assert inside(*power("n2", "9000", start=START - 30 * SECOND)) == []  # never read while it ran


def on_change(series: str, *changes: tuple[int, str], place: str = "rack") -> list[dict]:
    """What was written, by the minute after the start."""
    return [
        row | {"reading": "on_change"}
        for minute, watts in changes
        for row in power(series, watts, place=place, start=START + 60 * minute * SECOND)
    ]


def test_a_value_written_on_change_stands_until_the_next_row_for_an_hour_at_most() -> None:
    # 2 kW stand until the sixth minute, 7 kW from there on: (6 · 2 + 4 · 7) ÷ 10.
    assert inside(*on_change("r1", (-50, "2000"), (6, "7000"))) == [("r1", "rack", 4000, 1, 2)]
    # Written 57 minutes before: believed for the first three of ten.
    assert inside(*on_change("r1", (-57, "2000"))) == [("r1", "rack", 2000, Fraction(3, 10), 1)]
    assert inside(*on_change("r1", (-60, "2000"))) == []


def test_readings_of_one_instant_that_differ_are_not_believed_and_told() -> None:
    twice = power("n1", "9000", start=START + 60 * SECOND)
    nodes = [*power("n1", *["5000"] * 10), *power("n2", *["5000"] * 10)]
    assert inside(*nodes[:10], *twice, *nodes[:10]) == [("n1", "node", 5000, Fraction(9, 10), 9)]
    found = system(*nodes, *twice)
    assert (found.value, found.coverage) == (50, Decimal("0.9"))
    assert "n1, readings of power not used" in next(n.message.en for n in found.notes if n.code == "power_contradicts")


@pytest.mark.parametrize(
    ("samples", "run", "reason"),
    [
        (power("n1", *["5000"] * 11), hpl(), "power_incomplete"),
        ([*power("n1", *["5000"] * 11), *power("n2", *["5000"] * 8)], hpl(), "power_gaps"),  # 120 of 600 s are bare
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
        (cards("n2"), power("n2", *["1000"] * 8)),
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
