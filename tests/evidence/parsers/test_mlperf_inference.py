"""MLPerf Inference: summaries, detail logs and accuracy files, the published samples to their printed digits."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats import mlperf_inference_accuracy, mlperf_inference_detail, mlperf_inference_summary
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

SUMMARIES, DETAILS = readme_rows("SUT name="), readme_rows("MLLOG events=")
SUMMARY, DETAIL, ACCURACY = (
    (FOLDER / name).read_bytes()
    for name in (
        "mlperf_inference_summary/offline_tokens.txt",
        "mlperf_inference_detail/offline_without_zone.txt",
        "mlperf_inference_accuracy/metrics.txt",
    )
)
PRINTED = {
    "SUT name": "sut_name", "Scenario": "scenario", "Mode": "mode", "Result is": "validity",
    "Samples per second": "samples_per_second", "Scheduled samples per second": "scheduled_samples_per_second",
    "Completed samples per second": "completed_samples_per_second", "Mean latency (ns)": "latency_mean_ns",
    "90.00 percentile latency (ns)": "latency_p90_ns", "99.00 percentile latency (ns)": "latency_p99_ns",
    "target_qps": "target_qps", "min_duration (ms)": "min_duration_ms", "qsl_rng_seed": "qsl_rng_seed",
    "sample_index_rng_seed": "sample_index_rng_seed", "schedule_rng_seed": "schedule_rng_seed",
    "accuracy_log_rng_seed": "accuracy_log_rng_seed",
}  # fmt: skip
CHECKS = {
    "Performance constraints satisfied": "performance_constraints_satisfied",
    "Min duration satisfied": "min_duration_satisfied",
    "Min queries satisfied": "min_queries_satisfied",
    "Early stopping satisfied": "early_stopping_satisfied",
}


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(SUMMARIES), len(DETAILS)) == (4, 3)


@pytest.mark.parametrize(("name", "truth"), SUMMARIES, ids=lambda value: value[:60])
def test_each_summary_gives_its_published_truth(name: str, truth: str) -> None:
    result = mlperf_inference_summary.PARSER.parse(sample(name))
    pairs = dict(pair.split("=", 1) for pair in truth.split("; "))
    assert set(pairs) <= set(PRINTED) | set(CHECKS)
    for key, value in pairs.items():
        if key in CHECKS:
            assert result.facts[CHECKS[key]] is (value == "Yes")
        else:
            assert str(result.facts[PRINTED[key]]) == value
    (row,) = result.tables["benchmark_runs"].to_pylist()
    assert row["status"] == {"VALID": "success", "INVALID": "invalid"}[pairs["Result is"]]
    assert row["scenario"] == pairs["Scenario"]


@pytest.mark.parametrize(("name", "truth"), DETAILS, ids=lambda value: value[:60])
def test_each_detail_log_gives_its_published_truth(name: str, truth: str) -> None:
    facts = mlperf_inference_detail.PARSER.parse(sample(name)).facts
    said = dict(pair.split("=", 1) for pair in truth.split("; "))
    assert said.pop("MLLOG events") == str(facts["mllog_events"])
    assert said.pop("distinct keys") == str(facts["distinct_keys"])
    assert said.pop("namespaces/keys error events") == str(facts["error_events"])
    ours = {
        "result_validity": "validity",
        "test_datetime": "test_datetime",
        "effective_scenario": "scenario",
        "result_samples_per_second": "samples_per_second",
        "result_scheduled_samples_per_sec": "scheduled_samples_per_second",
        "result_completed_samples_per_sec": "completed_samples_per_second",
        "result_99.00_percentile_latency_ns": "latency_p99_ns",
        "power_begin": "power_begin",
        "power_end": "power_end",
        "loadgen_version": "loadgen_version",
        "effective_sample_index_rng_seed": "sample_index_rng_seed",
        "result_query_count": "query_count",
    }
    assert {key: str(facts[ours[key]]) for key in said} == said


def test_each_accuracy_file_gives_its_published_truth() -> None:
    parse = mlperf_inference_accuracy.PARSER.parse
    (name, truth), *more = readme_rows(r'\{"exact_match"') or [("", "")]
    if not name:
        pytest.skip("the samples are not beside the repository")
    assert more == []
    facts = parse(sample(name)).facts
    assert {key: str(value) for key, value in facts["metrics"].items()} == {
        key: str(value) for key, value in json.loads(truth.split(" / ")[0], parse_float=Decimal).items()
    }
    assert truth_in(truth, r"hash=([0-9a-f]{64})") == (facts["accuracy_log_sha256"],)
    ((name, truth),) = readme_rows("accuracy=")
    facts = parse(sample(name)).facts
    assert truth_in(truth, r"accuracy=([\d.]+)%, good=(\d+), total=(\d+)") == (
        str(facts["metrics"]["accuracy"]),
        str(facts["good"]),
        str(facts["total"]),
    )
    assert truth_in(truth, r"hash=([0-9a-f]{64})") == (facts["accuracy_log_sha256"],)


def test_tokens_outweigh_samples_as_headline_and_the_line_is_kept() -> None:
    (row,) = read(mlperf_inference_summary.PARSER, SUMMARY).tables["benchmark_runs"].to_pylist()
    assert (row["metric"], row["value"], row["unit"]) == ("tokens_per_second", Decimal("23887.5"), "token/s")
    assert row["line"] == 8


def test_a_rate_below_the_verdict_is_no_headline() -> None:
    late = (
        SUMMARY.replace(b"Samples per second: 81.25\nTokens per second: 23887.5\n", b"") + b"Samples per second: 99\n"
    )
    result = read(mlperf_inference_summary.PARSER, late)
    assert result.facts["status"] == "incomplete"
    assert result.tables["benchmark_runs"].num_rows == 0


def test_an_invalid_run_names_what_it_missed() -> None:
    result = read(
        mlperf_inference_summary.PARSER, (FOLDER / "mlperf_inference_summary/server_invalid.txt").read_bytes()
    )
    assert result.facts["status"] == "invalid"
    assert "Performance constraints satisfied" in result.issues[0].message.en
    assert result.facts["warnings"] == 3


def test_the_power_window_needs_the_zone_of_the_upload() -> None:
    parser = mlperf_inference_detail.PARSER
    without = read(parser, DETAIL)
    assert without.tables["benchmark_runs"].column("started_at").to_pylist() == [None]
    assert [issue.severity for issue in without.issues] == [Severity.INFO]
    (row,) = read(parser, DETAIL, timezone="Asia/Shanghai").tables["benchmark_runs"].to_pylist()
    assert row["started_at"].isoformat() == "2026-02-03T01:15:20.500000+00:00"
    assert row["duration_ms"] == 604_250


def test_an_edited_accuracy_is_told() -> None:
    result = read(
        mlperf_inference_accuracy.PARSER,
        (FOLDER / "mlperf_inference_accuracy/edited_without_hash.txt").read_bytes(),
    )
    assert set(result.issue_counts) == {"accuracy_mismatch", "no_hash"}


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (mlperf_inference_summary.PARSER, SUMMARY),
        (mlperf_inference_detail.PARSER, DETAIL),
        (mlperf_inference_accuracy.PARSER, ACCURACY),
    ],
    ids=["summary", "detail", "accuracy"],
)
@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
    ],
    ids=["CRLF", "byte-order mark", "UTF-16"],
)
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes, disguise) -> None:
    assert figures(read(parser, disguise(content))) == figures(read(parser, content))


@pytest.mark.parametrize(
    "parser", [mlperf_inference_summary.PARSER, mlperf_inference_detail.PARSER, mlperf_inference_accuracy.PARSER]
)
def test_a_file_without_anything_of_it_is_refused(parser) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, b"nothing here\n")
    assert refusal.value.code == "no_rows"


test_any_bytes_give_a_summary_or_a_refusal = survives_anything(mlperf_inference_summary.PARSER, SUMMARY)
test_any_bytes_give_a_detail_log_or_a_refusal = survives_anything(mlperf_inference_detail.PARSER, DETAIL)
test_any_bytes_give_an_accuracy_or_a_refusal = survives_anything(mlperf_inference_accuracy.PARSER, ACCURACY)
