"""`zhiheng rubric`, `score` and `rank` run alone: no settings, no database, any rubric folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from zhiheng.main import main

ROOT = Path(__file__).parents[3]
FOREIGN = ROOT / "fixtures" / "rubrics" / "livability"
FACTS = ROOT / "fixtures" / "rubrics" / "livability.facts.csv"
ZHISUAN = ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.0"


def zhiheng(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """In this process, which has loaded everything already."""
    said, told = StringIO(), StringIO()
    given = [str(one) for one in arguments]
    with chdir(cwd), redirect_stdout(said), redirect_stderr(told):
        try:
            code = main(given)
        except SystemExit as ended:  # of argparse
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(given, code, said.getvalue(), told.getvalue())


def alone(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, without any settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, "-m", "zhiheng", *map(str, arguments)],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_foreign_rubric_of_another_shape_is_scored_and_ranked(tmp_path: Path) -> None:
    done = alone("rank", FOREIGN, FACTS, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == zhiheng("rank", FOREIGN, FACTS, "--json", cwd=tmp_path).stdout
    ranked = as_json(done)
    assert [(one["facility"], one["score"], one["rank"], one["peer_rank"]) for one in ranked] == [
        ("bergen", "0.989", 1, 1),
        ("oslo", "0.989", 1, 1),
        ("lagos", "0.334", 3, None),
    ]
    assert ranked[2]["nodes"]["housing.rent"] == {"outcome": "scored", "score": "0.200", "weight": "1", "value": "45"}
    assert set(ranked[0]) == {
        "facility", "edition", "edition_digest", "inputs_digest", "scoring", "outcome", "verdict", "score", "grade",
        "rank", "peer_rank", "caps", "nodes",
        "interval", "median", "p_top", "tie_group", "near", "score_interval", "score_median", "p_grade", "p_blocked",
        "draws", "seed",
    }  # fmt: skip


@pytest.mark.slow
def test_a_rank_comes_with_its_interval_and_one_process_or_two_change_no_byte(tmp_path: Path) -> None:
    options = ("--json", "--draws", "200", "--seed", "5", "--top", "1,2")
    one, two = (alone("rank", FOREIGN, FACTS, *options, "--processes", count, cwd=tmp_path) for count in ("1", "2"))
    assert one.stdout == two.stdout
    bergen, oslo, lagos = as_json(one)
    assert (bergen["interval"], bergen["median"], bergen["p_top"]) == ([1, 1], 1, {"1": "1.0000", "2": "1.0000"})
    assert bergen["tie_group"] == oslo["tie_group"] != lagos["tie_group"]
    assert (lagos["interval"], lagos["p_top"]["2"], lagos["draws"], lagos["seed"]) == ([3, 3], "0.0000", 200, 5)
    low, high = lagos["score_interval"]
    assert low < lagos["score"] < high


@pytest.mark.slow
def test_the_printed_list_brackets_ties_and_says_what_was_varied(tmp_path: Path) -> None:
    for language, words in (("en", "weights ±20 % (uniform)"), ("zh", "权重 ±20 %（均匀分布）")):
        done = zhiheng("rank", FOREIGN, FACTS, "--language", language, "--draws", "50", cwd=tmp_path)
        lines = done.stdout.splitlines()
        assert [line[0] for line in lines[-3:]] == ["┌", "└", " "]
        assert words in lines[2]


@pytest.mark.slow
def test_a_blocked_facility_is_listed_last_without_interval(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("facility,measure,value\nf,annual_pue,1.51\nf,profile.class,mixed\n"
                                    "f,profile.training_share,0.5\n", encoding="utf-8")  # fmt: skip
    (one,) = as_json(done := zhiheng("rank", ZHISUAN, tmp_path / "f.csv", "--json", cwd=tmp_path))
    assert (done.returncode, one["rank"], one["interval"], one["tie_group"]) == (1, None, None, None)


@pytest.mark.parametrize("option", [("--draws", "0"), ("--draws", "x"), ("--processes", "-1"), ("--top", "1,0")])
def test_options_of_chance_that_make_no_sense_end_with_2(option: tuple[str, str], tmp_path: Path) -> None:
    assert zhiheng("rank", FOREIGN, FACTS, *option, cwd=tmp_path).returncode == 2


def test_rubric_health_reports_in_both_languages_and_as_json(tmp_path: Path) -> None:
    report = as_json(zhiheng("rubric", "health", FOREIGN, FACTS, "--json", cwd=tmp_path))
    assert report["facilities"] == 3
    assert [remark["code"] for remark in report["remarks"]] == ["few_facilities"]
    assert all(set(remark["message"]) == {"zh", "en"} for remark in report["remarks"])
    assert {part["code"] for part in report["indicators"]} >= {"housing.rent"}
    for language, words in (("en", "There are 3 facilities"), ("zh", "只有 3 个机构")):
        assert words in zhiheng("rubric", "health", FOREIGN, FACTS, "--language", language, cwd=tmp_path).stdout
    assert zhiheng("rubric", "health", FOREIGN, cwd=tmp_path).returncode == 2


def test_the_order_of_rows_changes_no_digit(tmp_path: Path) -> None:
    head, *rows = FACTS.read_text(encoding="utf-8").splitlines()
    (tmp_path / "turned.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    straight = zhiheng("score", FOREIGN, FACTS, "--json", "--trace", cwd=tmp_path)
    turned = zhiheng("score", FOREIGN, tmp_path / "turned.csv", "--json", "--trace", cwd=tmp_path)
    assert straight.stdout == turned.stdout


@pytest.mark.slow
def test_a_blocked_facility_ends_with_1_keeps_figures_and_has_no_grade(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("facility,measure,value\nf,annual_pue,1.51\nf,profile.class,mixed\n"
                                    "f,profile.training_share,0.5\n", encoding="utf-8")  # fmt: skip
    done = zhiheng("score", ZHISUAN, tmp_path / "f.csv", "--json", cwd=tmp_path)
    (one,) = as_json(done)
    assert (done.returncode, one["verdict"], one["grade"], one["rank"]) == (1, "blocked", None, None)
    assert one["nodes"]["GR-1.1"]["score"] == "0.00"
    assert ("GR-1.1", "block") in [(cap["code"], cap["effect"]) for cap in one["caps"]]


def test_rows_of_unknown_measures_are_told_in_both_languages_beside_clean_json(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(FACTS.read_text(encoding="utf-8") + "oslo,moonlight,3\n", encoding="utf-8")
    for language in ("zh", "en"):
        done = zhiheng("score", FOREIGN, tmp_path / "f.csv", "--json", "--language", language, cwd=tmp_path)
        assert len(as_json(done)) == 3
        assert done.stderr.splitlines() == [
            "zhiheng: 提示：评价指标体系没有度量“moonlight”，相应的行未使用。",
            "zhiheng: note: the rubric has no measure “moonlight”; its rows are not used.",
        ]


@pytest.mark.slow
@pytest.mark.parametrize("folder", [FOREIGN, ZHISUAN], ids=lambda folder: folder.name)
def test_rubric_check_and_test_are_content(folder: Path, tmp_path: Path) -> None:
    assert zhiheng("rubric", "check", folder, cwd=tmp_path).returncode == 0
    tested = zhiheng("rubric", "test", folder, "--json", cwd=tmp_path)
    assert (tested.returncode, as_json(tested)["misses"]) == (0, [])


def test_rubric_check_lists_every_fault_with_file_and_line_and_ends_with_1(tmp_path: Path) -> None:
    text = (FOREIGN / "rubric.yaml").read_text(encoding="utf-8")
    (tmp_path / "rubric.yaml").write_text(text.replace("weight: 1", "weight: -1"), encoding="utf-8")
    done = zhiheng("rubric", "check", tmp_path, "--json", cwd=tmp_path)
    faults = as_json(done)["faults"]
    assert done.returncode == 1
    assert [fault["code"] for fault in faults].count("not_positive") == 2
    assert all(fault["where"]["file"] and fault["where"]["line"] for fault in faults)
    assert all(fault["message"]["zh"] and fault["message"]["en"] for fault in faults)


@pytest.mark.slow
def test_unusable_facts_and_folders_end_with_2_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("facility,measure,value\nf,noise,NaN\n", encoding="utf-8")
    for run, arguments in (
        (alone, ("score", FOREIGN, tmp_path / "f.csv")),
        (zhiheng, ("score", FOREIGN, tmp_path / "f.csv")),
        (zhiheng, ("score", FOREIGN, tmp_path / "absent.csv")),
        (zhiheng, ("rank", tmp_path, FACTS)),
        (zhiheng, ("rubric", "check", tmp_path / "nowhere")),
    ):
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "zhiheng:" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_long_list_of_faults_is_cut_and_says_how_many_there_are(tmp_path: Path) -> None:
    broken = (FOREIGN / "rubric.yaml").read_text(encoding="utf-8")
    (tmp_path / "rubric.yaml").write_text(broken + "".join(f"no_{n}: 1\n" for n in range(250)), encoding="utf-8")
    done = zhiheng("rubric", "check", tmp_path, "--language", "en", cwd=tmp_path)
    *listed, summary = done.stdout.splitlines()
    assert len(listed) == 200
    told = as_json(zhiheng("rubric", "check", tmp_path, "--json", cwd=tmp_path))
    assert len(told["faults"]) == 200
    assert told["faults_found"] >= 250
    assert summary.endswith(f": {told['faults_found']} faults, of which the first 200 are listed")


def test_rubric_schema_prints_the_schema_of_a_file_and_refuses_another(tmp_path: Path) -> None:
    done = zhiheng("rubric", "schema", "rubric.yaml", cwd=tmp_path)
    assert (done.returncode, as_json(done)["title"]) == (0, "rubric.yaml")
    refused = zhiheng("rubric", "schema", "weights.yaml", cwd=tmp_path)
    assert (refused.returncode, "index.yaml" in refused.stderr) == (2, True)


def test_a_fact_of_a_derived_measure_is_refused_with_its_facility(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("facility,measure,value\nx,people_inputs_3_per_head,2\n", encoding="utf-8")
    done = zhiheng("rank", FOREIGN.parent / "innovation", tmp_path / "f.csv", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert as_json(done)["error"]["code"] == "derived_measure"


def test_score_explains_itself_as_text_and_json(tmp_path: Path) -> None:
    done = zhiheng("score", FOREIGN, FACTS, "--explain", "--json", cwd=tmp_path)
    lagos = next(one for one in as_json(done) if one["facility"] == "lagos")["explanation"]
    assert lagos["lost"]["own"]["points"] == "0.666"
    assert sum(Decimal(part["of_total"]["points"]) for part in lagos["lost"]["parts"]) == Decimal("0.666")
    assert lagos["advice"]["target"] is None
    text = zhiheng("score", FOREIGN, FACTS, "--explain", "--language", "en", cwd=tmp_path).stdout
    assert "Points lost (own scale · of the total)" in text
    assert "This rubric has no grades." in text


@pytest.mark.slow
def test_compare_splits_a_difference_into_evidence_rubric_and_engine(tmp_path: Path) -> None:
    head, *rows = FACTS.read_text(encoding="utf-8").splitlines()
    better = [row.replace("lagos,rent_share,45", "lagos,rent_share,19") for row in rows]
    assert better != rows
    (tmp_path / "after.csv").write_text("\n".join([head, *better]) + "\n", encoding="utf-8")
    done = zhiheng("compare", FOREIGN, FACTS, FOREIGN, "after.csv", "--facility", "lagos", "--json", cwd=tmp_path)
    [one] = as_json(done)
    parts = {name: part["points"] for name, part in one["parts"].items()}
    assert parts == {"evidence": one["total"]["points"], "rubric": "0.000", "engine": "0.000"}
    assert [found["code"] for found in one["evidence"]] == ["housing.rent"]
    turned = as_json(
        zhiheng("compare", FOREIGN, "after.csv", FOREIGN, FACTS, "--facility", "lagos", "--json", cwd=tmp_path)
    )
    assert turned[0]["total"]["exact"] == "-" + one["total"]["exact"]


def test_compare_without_a_common_facility_ends_with_2(tmp_path: Path) -> None:
    done = zhiheng("compare", FOREIGN, FACTS, FOREIGN, FACTS, "--facility", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "no_common_facility" in done.stderr
