"""`zhiheng measure --integrity`: flags beside the measures, and copies against what the command wrote of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from zhiheng.main import main

NAMES = {"incidents.csv", "sacct_parsable2.txt"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Jobs and incidents of one centre, and a second profile under which the same are handed in again."""
    folder = tmp_path_factory.mktemp("integrity")
    for name in ("demo-qingdao-1", "demo-chengdu-1"):
        (folder / f"{name}.yaml").write_bytes(facility_profile(CENTRE_BY_ID[name]))
    for file in evidence_files(CENTRE_BY_ID["demo-qingdao-1"]):
        if file.name in NAMES:
            (folder / file.name).write_bytes(file.content)
    return folder


def measured(folder: Path, centre: str, *more: str) -> int:
    files = (str(folder / name) for name in sorted(NAMES))
    return main(["measure", *files, "--profile", str(folder / f"{centre}.yaml"), "--integrity", *more])


def test_flags_and_prints_stand_beside_the_measures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measured(folder, "demo-qingdao-1", "--json") == 0
    found = json.loads(capsys.readouterr().out)["integrity"]
    (flag,) = [one for one in found["flags"] if one["code"] == "unreported_failures"]
    assert flag["figures"][1]["value"] == "8"
    assert flag["rests_on"][0]["lines"]
    assert set(found["prints"]["sketches"]) == {"jobs", "outages"}


@pytest.mark.slow
def test_without_being_asked_nothing_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = str(folder / "demo-qingdao-1.yaml")
    assert main(["measure", str(folder / "incidents.csv"), "--profile", profile, "--json"]) == 0
    assert "integrity" not in json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_a_copy_under_another_name_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured(folder, "demo-qingdao-1", "--json")
    (folder / "theirs.json").write_text(capsys.readouterr().out, encoding="utf-8")
    measured(folder, "demo-chengdu-1", "--against", str(folder / "theirs.json"), "--language", "en")
    lines = capsys.readouterr().out.splitlines()
    assert any("[serious] The same rows as another centre (same_rows)  jobs: About 100 %" in line for line in lines)
    assert any(line.startswith("    → Compare both records side by side") for line in lines)


@pytest.mark.parametrize(
    "content", ["{}", "no json", '{"integrity": {"prints": {"centre": "x", "shapes": {"a": "0"}}}}']
)
def test_what_holds_no_prints_is_refused(folder: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "odd.json").write_text(content, encoding="utf-8")
    assert measured(folder, "demo-qingdao-1", "--against", str(folder / "odd.json"), "--json") == 2
    assert "no_prints" in capsys.readouterr().out
