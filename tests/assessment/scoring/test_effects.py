"""Whose score, grade or rank another edition changes, by the library and by `zhiheng rubric diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assessment.scoring.effects import effects_of
from assessment.scoring.facts import read_facts
from indicators.rubric.loader import edition_of_content, load_edition
from tests.indicators.rubric.tiny import RUBRIC, folder_with
from zhiheng.main import main

ROOT = Path(__file__).parents[3]
EDITIONS = ROOT / "indicators" / "rubrics" / "zhisuan"
FACTS = b"facility,measure,value\nana,speed,6\nravi,speed,5\nzoe,speed,9\n"


def test_only_those_whose_figures_move_are_changed(tmp_path: Path) -> None:
    old = load_edition(folder_with(tmp_path))
    content = dict(old.content)
    # Up to 6 as before, then flat: Zoe falls back to Ana and shares her rank.
    content["rubric.yaml"] = content["rubric.yaml"] | {
        "children": [
            content["rubric.yaml"]["children"][0]
            | {"curve": {"kind": "linear", "points": [["0", "0"], ["6", "60"], ["10", "60"]]}}
        ]
    }
    effects = {
        effect.facility: effect
        for effect in effects_of(
            old, edition_of_content(content, final=False), read_facts(FACTS, file="f.csv").values()
        )
    }
    assert [name for name, effect in effects.items() if effect.changes] == ["ana", "zoe"]
    assert (effects["ana"].old.rank, effects["ana"].new.rank) == (2, 1)
    assert (effects["ravi"].old.rank, effects["ravi"].new.rank) == (3, 3)


@pytest.fixture
def editions_and_facts() -> list[str]:
    facts = ROOT / "fixtures" / "rubric_cases" / "worked" / "inference-led.csv"
    return [str(EDITIONS / "2026.1"), str(EDITIONS / "2026.2-draft"), str(facts)]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_tells_the_diff_and_the_effects(
    language: str, editions_and_facts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rubric", "diff", *editions_and_facts, "--language", language]) == 0
    said = capsys.readouterr().out
    words = {"zh": "1.30：原得 60 分，现得 50 分", "en": "1.30 gave 60 points, now 50"}
    assert words[language] in said
    assert "inference-led" in said.splitlines()[-1]


@pytest.mark.slow
def test_the_json_of_a_diff_has_the_facilities_that_change(
    editions_and_facts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rubric", "diff", *editions_and_facts, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["old"]["edition"] == "2026.1"
    [facility] = told["facilities"]
    assert facility["old"]["score"] != facility["new"]["score"]


def test_one_folder_is_too_few_to_compare(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", "diff", str(EDITIONS / "2026.1"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "two_editions_needed"


def test_two_equal_editions_differ_in_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(folder_with(tmp_path, RUBRIC))
    assert main(["rubric", "diff", folder, folder, "--language", "en"]) == 0
    assert "no difference" in capsys.readouterr().out
