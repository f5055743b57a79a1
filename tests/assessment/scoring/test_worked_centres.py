"""The table of worked centres in the documentation is what `zhiheng score` prints for their facts files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhiheng.main import main

ROOT = Path(__file__).parents[3]
EDITION = ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.1"
FACTS = sorted((ROOT / "fixtures" / "rubric_cases" / "worked").glob("*.csv"))


def test_the_seven_worked_centres_are_there() -> None:
    assert len(FACTS) == 7


@pytest.mark.slow
@pytest.mark.parametrize("facts", FACTS, ids=lambda path: path.stem)
def test_a_worked_centre_is_judged_as_the_table_says(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["score", str(EDITION), str(facts), "--json"])
    [found] = json.loads(capsys.readouterr().out)
    blocked = any(one["effect"] == "block" for one in found["caps"])
    assert code == (1 if blocked else 0)
    pillars = [found["nodes"][pillar]["score"] or "–" for pillar in ("CE", "ST", "GR", "US")]
    causes = [" ".join(filter(None, (one["effect"], one["grade"], one["code"]))) for one in found["caps"]]
    cells = [found["score"] or "–", found["grade"] or "–", *pillars, ", ".join(causes) or "–"]
    [row] = [line for line in table() if line[0] == f"`{facts.stem}`"]
    assert row[-len(cells) :] == cells


def table() -> list[list[str]]:
    lines = (ROOT / "docs" / "worked-centres.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
