"""`zhiheng parse`: the contract of its JSON, its tables, its exit codes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pyarrow.parquet
import pytest

from evidence.observations.registry import KIND_BY_NAME
from tests.golden import FOLDER
from zhiheng.main import main

GOOD = FOLDER / "mlperf_training" / "success.txt"
TRIALS = FOLDER / "mlperf_training" / "two_trials.txt"
CONTRADICTORY = FOLDER / "megatron" / "contradictory_samples.log"


def test_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(GOOD), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["contract"] == 1
    assert (said["format"], said["parser"]) == ("mlperf_training", "mlperf_training/4")
    assert said["sha256"].startswith("sha256:")
    assert said["facts"]["duration_s"] == "1805.250"
    assert said["facts"]["global_batch_size"] == 8
    assert said["tables"]["benchmark_runs"]["rows"] == 1
    assert said["tables"]["benchmark_runs"]["columns"]["duration_ms"] == "ms"
    assert set(said["coverage"]) == {"lines_read", "lines_used", "lines_with_issue"}


def test_several_runs_are_printed_as_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(TRIALS), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert "facts" not in said
    assert [run["duration_s"] for run in said["runs"]] == ["1805.250", "1811.007"]


def test_an_issue_has_code_place_and_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(CONTRADICTORY), "--json"]) == 1
    issues = json.loads(capsys.readouterr().out)["issues"]
    issue = next(issue for issue in issues if issue["code"] == "contradictory_log")
    assert issue["severity"] == "error"
    assert issue["where"] == {"line": 9}
    assert set(issue["message"]) == {"zh", "en"}


@pytest.mark.parametrize(("language", "word"), [("zh", "格式"), ("en", "Format")])
def test_people_read_their_own_language(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(TRIALS), "--language", language]) == 0
    assert capsys.readouterr().out.startswith(word)


def test_a_table_is_written_as_csv_and_parquet(tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.parquet"):
        assert main(["parse", str(TRIALS), "--table", "benchmark_runs", "--out", str(tmp_path / name)]) == 0
    written = pyarrow.parquet.read_table(tmp_path / "rows.parquet")
    assert written.schema == KIND_BY_NAME["benchmark_runs"].arrow
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text(encoding="utf-8"))))
    assert [row["duration_ms"] for row in rows] == ["1805250", "1811007"]


def test_a_zone_is_declared_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    case = str(FOLDER / "megatron" / "mindspeed_with_zone.log")
    assert main(["parse", case, "--timezone", "Asia/Shanghai", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["issues"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["/no/such/file"], "file_not_found"),
        ([str(Path(__file__))], "unknown_format"),
        ([str(GOOD), "--table", "jobs"], "unknown_table"),
        ([str(GOOD), "--table", "benchmark_runs", "--out", "rows.docx"], "unsupported_format"),
        ([str(GOOD), "--out", "rows.csv"], "table_not_named"),
        ([str(FOLDER / "mlperf_scaling" / "below_one.json")], "out_of_range"),
    ],
)
def test_an_unusable_call_ends_with_two_and_says_why_in_both_languages(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parse", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"zhiheng: {code}") for line in lines)


def test_with_json_an_error_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "/no/such/file", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_not_found"


def test_a_call_without_a_command_ends_with_two() -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2


@pytest.mark.torture("T19", "never raw on a terminal")
def test_escape_codes_of_a_file_never_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = tmp_path / "log.txt"
    hostile.write_bytes(GOOD.read_bytes().replace(b"8xExample-H800", rb"\u001b[31mred\u009b2J"))
    assert main(["parse", str(hostile)]) == 0
    shown = capsys.readouterr().out
    assert "red" in shown
    assert not {"\x1b", "\x9b"} & set(shown)


def test_a_cut_list_of_issues_names_how_many_places_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"2025-04-01T00:00:00+08:00,M,{'x' if n < 7 else n}\n" for n in range(9))
    (tmp_path / "m.csv").write_text("at,meter,value\n" + rows, encoding="utf-8")
    assert main(["parse", str(tmp_path / "m.csv"), "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert said.count("warning not_a_number") == 5
    assert "not_a_number: 7 places in all" in said


def test_an_archive_is_told_from_a_file_nobody_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "july.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(GOOD, "success.txt")
    assert main(["parse", str(packed), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "archive"
    assert "each of them" in error["hint"]["en"]
