"""`zhiheng changes`: two versions of a file on the command line, from rows to the score."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from zhiheng.main import main

RUBRIC = Path(__file__).parents[2] / "indicators" / "rubrics" / "zhisuan" / "2026.0"
HEAD = "respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10"
ROWS = [f"u{number},4,2,4,2,4,2,4,2,4,2" for number in range(1, 31)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facility.yaml").write_bytes(facility_profile(CENTRE_BY_ID["demo-chengdu-1"]))
    (tmp_path / "old.csv").write_text("\n".join([HEAD, *ROWS, ""]))
    (tmp_path / "new.csv").write_text(
        "\n".join([HEAD, "u1,1,5,1,5,1,5,1,5,1,5", *ROWS[2:], "u99,5,1,5,1,5,1,5,1,5,1", ""])
    )
    return tmp_path


def changes(folder: Path, *more: str, language: str = "en") -> int:
    return main(["changes", str(folder / "old.csv"), str(folder / "new.csv"), *more, "--language", language])


def test_rows_are_printed_with_the_lines_of_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("(survey_responses): 1 changed, 1 added, 1 removed, 28 unchanged")
    assert any(line.startswith("  ~ 2 → 2  respondent=u1  q1 4 → 1, q2 2 → 5") for line in lines)
    assert any(line.startswith("  - 3  respondent=u2") for line in lines)
    assert any(line.startswith("  + 31  respondent=u99") for line in lines)


@pytest.mark.slow
def test_measures_and_score_follow_when_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(folder, "--profile", str(folder / "facility.yaml"), "--rubric", str(RUBRIC), "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    (sus,) = printed["effect"]["measures"]
    assert (sus["measure"], sus["before"]["value"]) == ("sus_mean", "75")
    assert sus["after"]["value"].startswith("73.33")  # 28 people at 75, one at 0, one at 100
    assert printed["effect"]["difference"]["reason"]["en"] == "One of the two results has no score to compare."


@pytest.mark.slow
def test_a_centre_with_a_score_is_told_what_its_new_file_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre = CENTRE_BY_ID["demo-guangzhou-1"]
    (tmp_path / "facility.yaml").write_bytes(facility_profile(centre))
    files = {file.name: file.content for file in evidence_files(centre)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    head, *rows = files["sus_survey.csv"].decode("utf-8-sig").splitlines()
    worst = [",".join([row.split(",")[0], *("1", "5") * 5, *row.split(",")[11:]]) for row in rows]
    (tmp_path / "old.csv").write_bytes(files["sus_survey.csv"])
    (tmp_path / "new.csv").write_text("\n".join([head, *worst, ""]))
    others = [str(tmp_path / name) for name in files if name != "sus_survey.csv"]
    profile, rubric = str(tmp_path / "facility.yaml"), str(RUBRIC)
    assert changes(tmp_path, "--profile", profile, "--rubric", rubric, "--json", "--with", *others) == 0
    effect = json.loads(capsys.readouterr().out)["effect"]
    assert [(one["measure"], one["after"]["value"]) for one in effect["measures"]] == [("sus_mean", "0")]
    found = effect["difference"]
    assert Decimal(found["total"]["points"]) < 0
    assert Decimal(found["after"]["score"]) - Decimal(found["before"]["score"]) == Decimal(found["total"]["points"])
    assert found["parts"]["evidence"]["points"] == found["total"]["points"]
    assert "sus" in found["evidence"][0]["title"]["en"].lower()


def test_the_same_file_twice_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["changes", str(folder / "old.csv"), str(folder / "old.csv")]) == 0
    assert "两个版本的观测相同。" in capsys.readouterr().out


def test_a_rubric_without_a_profile_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert changes(folder, "--rubric", str(RUBRIC)) == 2
    assert "profile_missing" in capsys.readouterr().err
