"""STREAM on processors and cards, fio as JSON and text, IO500."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import fio, fio_text, gpu_stream, io500, stream
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


FIO_ROWS = readme_rows("fio-")
STREAM, CARDS = fixture("stream/validates.txt"), fixture("gpu_stream/two_cards.txt")
JSON, TEXT = fixture("fio/two_jobs_after_warnings.json"), fixture("fio_text/version_3.txt")
SUMMARY, INI = fixture("io500/valid.txt"), fixture("io500/result_ini.txt")


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(readme_rows("Copy ")), len(readme_rows("rows=32")), len(FIO_ROWS)) == (1, 1, 2)


@needs_samples
def test_the_stream_sample_gives_its_published_truth() -> None:
    ((name, truth),) = readme_rows("Copy ")
    facts = stream.PARSER.parse(sample(name)).facts
    rates = truth_in(truth, r"Copy ([\d.]+) MB/s; Scale ([\d.]+) MB/s; Add ([\d.]+) MB/s; Triad ([\d.]+) MB/s")
    assert rates == tuple(str(facts[f"{kernel}_mb_s"]) for kernel in ("copy", "scale", "add", "triad"))
    assert truth_in(truth, r"validates=(\w+)") == (str(facts["validates"]),)


@needs_samples
def test_the_card_stream_sample_gives_its_published_truth() -> None:
    ((name, truth),) = readme_rows("rows=32")
    result = gpu_stream.PARSER.parse(sample(name))
    assert result.tables["benchmark_runs"].num_rows == 32
    for kernel in ("COPY", "SCALE", "ADD", "TRIAD"):
        assert truth_in(truth, rf"'{kernel}': ([\d.]+)") == (str(result.facts[f"{kernel.lower()}_best_gb_s"]),)
    assert list(result.issue_counts) == ["not_validated"]  # the sample was run with `Check data: No`


@pytest.mark.parametrize(("name", "truth"), FIO_ROWS, ids=lambda value: value[:60])
def test_each_fio_sample_gives_its_published_truth(name: str, truth: str) -> None:
    result = fio.PARSER.parse(sample(name))
    runs = result.runs or (result.facts,)
    version, jobs = truth_in(truth, r"(fio-[\d.]+); jobs=(\d+)")
    assert ({run["version"] for run in runs}, str(len(runs))) == ({version}, jobs)
    for run in runs:
        read_bw, read_iops, write_bw, write_iops, error = truth_in(
            truth,
            rf"\b{run['job']}: read (\d+) KiB/s ([\d.]+) iops; write (\d+) KiB/s ([\d.]+) iops; error=(\d+)",
        )
        assert (str(run["read_bw_kib_s"]), str(run["write_bw_kib_s"])) == (read_bw, write_bw)
        assert (round(run["read_iops"], 2), round(run["write_iops"], 2)) == (Decimal(read_iops), Decimal(write_iops))
        assert str(run["error"]) == error
    assert not result.issues


@pytest.mark.parametrize(("case", "status"), [("failed_validation", "failed"), ("no_verdict", "incomplete")])
def test_a_stream_that_does_not_validate_does_not_count(case: str, status: str) -> None:
    result = read(stream.PARSER, fixture(f"stream/{case}.txt"))
    assert result.facts["status"] == status
    assert list(result.issue_counts) == ["not_validated"]


def test_a_job_with_an_error_keeps_its_figures_as_failed() -> None:
    result = read(fio.PARSER, fixture("fio/job_with_error.json"))
    rows = result.tables["benchmark_runs"].to_pylist()
    assert {row["status"] for row in rows if row["benchmark"] == "mixed"} == {"failed"}
    assert {row["status"] for row in rows if row["benchmark"] == "seq_read"} == {"success"}
    assert list(result.issue_counts) == ["job_failed"]


def test_latencies_of_version_2_and_3_are_in_one_unit() -> None:
    new, old = read(fio.PARSER, JSON), read(fio.PARSER, fixture("fio/version_2_repeated_percentiles.json"))
    assert new.runs[0]["read_latency_mean_us"] == Decimal("1500.00025")
    assert old.runs[0]["read_latency_mean_us"] == Decimal("1500.25")


def test_a_repeated_key_outside_a_percentile_table_is_refused() -> None:
    with pytest.raises(ParseError) as refusal:
        read(fio.PARSER, JSON.replace(b'"groupid": 0', b'"error": 0'))
    assert refusal.value.code == "repeated_key"


def test_units_of_the_text_output_are_read_as_what_each_version_means() -> None:
    new = read(fio_text.PARSER, TEXT)
    assert [run["status"] for run in new.runs] == ["success", "failed"]
    assert new.runs[0]["read_bw_kib_s"] == 2000 * 1024
    assert new.runs[1]["read_iops"] == 10_700
    assert read(fio_text.PARSER, fixture("fio_text/version_2.txt")).facts["write_bw_kib_s"] == 68_118


def test_the_score_of_io500_is_read_from_every_generation_of_its_files() -> None:
    for content in (SUMMARY, INI, fixture("io500/of_2019.txt")):
        result = read(io500.PARSER, content)
        assert result.facts["status"] == "success"
        assert round(result.facts["score"], 4) == Decimal("61.2372")
    assert read(io500.PARSER, fixture("io500/of_2019.txt")).facts["bandwidth_unit"] == "GB/s"


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [("invalid", "invalid", "run_invalid"), ("edited_score", "contradictory", "score_mismatch")],
)
def test_a_score_that_is_invalid_or_edited_does_not_count(case: str, status: str, code: str) -> None:
    result = read(io500.PARSER, fixture(f"io500/{case}.txt"))
    assert result.facts["status"] == status
    assert list(result.issue_counts) == [code]
    (row,) = [row for row in result.tables["benchmark_runs"].to_pylist() if row["metric"] == "score"]
    assert row["status"] == status


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (stream.PARSER, STREAM),
        (gpu_stream.PARSER, CARDS),
        (fio.PARSER, JSON),
        (fio_text.PARSER, TEXT),
        (io500.PARSER, SUMMARY),
    ],
    ids=["stream", "gpu_stream", "fio", "fio_text", "io500"],
)
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    for dressed in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
        assert figures(read(parser, dressed)) == figures(read(parser, content))


test_any_bytes_give_a_stream_result_or_a_refusal = survives_anything(stream.PARSER, STREAM)
test_any_bytes_give_a_card_stream_or_a_refusal = survives_anything(gpu_stream.PARSER, CARDS)
test_any_bytes_give_fio_jobs_or_a_refusal = survives_anything(fio.PARSER, JSON)
test_any_bytes_give_fio_text_or_a_refusal = survives_anything(fio_text.PARSER, TEXT)
test_any_bytes_give_an_io500_result_or_a_refusal = survives_anything(io500.PARSER, SUMMARY, INI)
