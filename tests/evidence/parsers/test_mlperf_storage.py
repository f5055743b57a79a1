"""MLPerf Storage: run summaries, reports of sets and statistics per epoch."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import mlperf_storage_epochs, mlperf_storage_report, mlperf_storage_summary
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

REPORTS, SUMMARIES, EPOCHS = readme_rows("overall="), readme_rows("start="), readme_rows("keys=")
REPORT = (FOLDER / "mlperf_storage_report/unet3d.json").read_bytes()
SUMMARY = (FOLDER / "mlperf_storage_summary/unet3d.json").read_bytes()
EPOCH = (FOLDER / "mlperf_storage_epochs/three.json").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(REPORTS), len(SUMMARIES), len(EPOCHS)) == (2, 1, 1)


@pytest.mark.parametrize(("name", "truth"), REPORTS, ids=lambda value: value[:60])
def test_each_report_gives_its_published_truth(name: str, truth: str) -> None:
    result = mlperf_storage_report.PARSER.parse(sample(name))
    (overall, runs) = truth_in(truth, r"overall=(\{.*?\}); runs=(\d+)")
    said = json.loads(overall, parse_float=str)
    facts = result.facts
    assert (facts["model"], facts["accelerator"]) == (said["model"], said["accelerator"])
    assert facts["accelerators"] == int(said["train_num_accelerators"])
    assert (facts["num_benchmark_runs"], facts["files"], facts["samples_per_file"]) == (
        said["num_benchmark_runs"],
        said["num_files_train"],
        said["num_samples_per_file"],
    )
    for key, ours in (("samples_per_second", "samples_per_second"), ("MB_per_second", "mb_per_second")):
        for statistic in ("mean", "stdev"):
            assert str(facts[f"throughput_{statistic}_{ours}"]) == said[f"train_throughput_{statistic}_{key}"]
    assert str(result.tables["benchmark_runs"].num_rows) == runs
    assert not result.issues


@pytest.mark.parametrize(("name", "truth"), SUMMARIES, ids=lambda value: value[:60])
def test_the_summary_gives_its_published_truth(name: str, truth: str) -> None:
    result = mlperf_storage_summary.PARSER.parse(sample(name))
    ours = {
        "num_accelerators": "accelerators", "num_hosts": "hosts", "epochs": "epochs",
        "train_au_mean_percentage": "au_mean_percent", "train_au_meet_expectation": "au_meets_expectation",
        "train_au_stdev_percentage": "au_stdev_percent",
        "train_throughput_mean_samples_per_second": "throughput_mean_samples_per_second",
        "train_throughput_stdev_samples_per_second": "throughput_stdev_samples_per_second",
        "train_io_mean_MB_per_second": "io_mean_mb_per_second",
        "train_io_stdev_MB_per_second": "io_stdev_mb_per_second",
    }  # fmt: skip
    times, *pairs = truth.split(" \\|")[0].split("; ")
    assert truth_in(times, r"start=(\S+) end=(\S+)") == (
        result.facts["started_at_local"],
        result.facts["stopped_at_local"],
    )
    said = dict(pair.split("=", 1) for pair in pairs)
    assert {key: str(result.facts[ours[key]]) for key in said} == said
    assert not result.issues


@pytest.mark.parametrize(("name", "truth"), EPOCHS, ids=lambda value: value[:60])
def test_the_epochs_give_their_published_truth(name: str, truth: str) -> None:
    result = mlperf_storage_epochs.PARSER.parse(sample(name))
    assert truth.split(" \\|")[0] == f"keys={result.facts['epoch_names']}"
    assert not result.issues


def test_a_run_yields_its_utilisation_and_the_throughput_that_joins_it_to_its_report() -> None:
    rows = read(mlperf_storage_summary.PARSER, SUMMARY).tables["benchmark_runs"].to_pylist()
    assert [(row["metric"], row["value"], row["accelerators"]) for row in rows] == [
        ("accelerator_utilisation", Decimal("91.5"), 32),
        ("samples_per_second", Decimal("411"), 32),
    ]
    assert all(b"train_" in SUMMARY.splitlines()[row["line"] - 1] for row in rows)


def test_a_run_below_the_line_and_a_mean_that_was_edited_are_told() -> None:
    edited = (FOLDER / "mlperf_storage_summary/below_expectation_and_edited.json").read_bytes()
    result = read(mlperf_storage_summary.PARSER, edited)
    assert result.facts["status"] == "failed"
    assert set(result.issue_counts) == {"average_mismatch", "au_below_expectation"}


def test_a_report_that_lists_other_runs_than_it_counts_is_told() -> None:
    edited = (FOLDER / "mlperf_storage_report/run_missing_and_edited.json").read_bytes()
    assert set(read(mlperf_storage_report.PARSER, edited).issue_counts) == {"runs_missing", "average_mismatch"}


@pytest.mark.parametrize(
    ("parser", "content", "code"),
    [
        (mlperf_storage_summary.PARSER, b'{"metric": 3}', "unexpected_shape"),
        (mlperf_storage_report.PARSER, b'{"overall": {}, "runs": []}', "unexpected_shape"),
        (mlperf_storage_epochs.PARSER, b'{"x": {"start": "now"}}', "no_rows"),
        (mlperf_storage_summary.PARSER, b'{"metric": {"train_au_mean_percentage": NaN}}', "bad_json"),
    ],
)
def test_json_of_another_shape_is_refused(parser, content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, content)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (mlperf_storage_summary.PARSER, SUMMARY),
        (mlperf_storage_report.PARSER, REPORT),
        (mlperf_storage_epochs.PARSER, EPOCH),
    ],
    ids=["summary", "report", "epochs"],
)
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    for dressed in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
        assert figures(read(parser, dressed)) == figures(read(parser, content))


test_any_bytes_give_a_storage_summary_or_a_refusal = survives_anything(mlperf_storage_summary.PARSER, SUMMARY)
test_any_bytes_give_a_storage_report_or_a_refusal = survives_anything(mlperf_storage_report.PARSER, REPORT)
test_any_bytes_give_epochs_or_a_refusal = survives_anything(mlperf_storage_epochs.PARSER, EPOCH)
