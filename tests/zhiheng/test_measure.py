"""`zhiheng measure`: the same measures alone on the command line, without a server."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.parameters import APPLIED_ON
from fixtures.demo.writers.facility_profile import facility_profile
from zhiheng.main import main

CENTRE = CENTRE_BY_ID["demo-chengdu-1"]
NAMES = ("incidents.csv", "sus_survey.csv", "tickets.csv", "declaration.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facility.yaml").write_bytes(facility_profile(CENTRE))
    for file in evidence_files(CENTRE):
        if file.name in NAMES:
            (tmp_path / file.name).write_bytes(file.content)
    return tmp_path


def measure(folder: Path, *names: str, more: tuple[str, ...] = ()) -> int:
    return main(["measure", *(str(folder / name) for name in names), "--profile", str(folder / "facility.yaml"), *more])


@pytest.mark.slow
def test_every_measure_is_printed_with_its_reason_or_value(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(folder, *NAMES, more=("--json",)) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["facility"] == "demo-chengdu-1"
    assert set(printed["references"]) >= {"accelerators/2026.1", "emission_factors/2026.1"}
    assert all(file["used"] for file in printed["evidence"])
    measures = printed["measures"]
    assert measures["security_and_isolation"]["value"] == "85.7142857143"  # 6 of 7
    assert measures["compute_availability"]["outcome"] == "scored"
    assert measures["compute_availability"]["rests_on"][0]["lines"]
    assert measures["annual_pue"]["outcome"] == "no_evidence"
    assert measures["annual_pue"]["reason"]["message"]["zh"]


def test_plain_output_speaks_the_chosen_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(folder, "incidents.csv", more=("--language", "en")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Compute availability (compute_availability)  99.") for line in lines)
    assert any("Power usage effectiveness (PUE) (annual_pue)  no evidence:" in line for line in lines)


def test_a_file_that_cannot_be_used_is_named_and_fails_the_call(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty.csv").write_bytes(b"")
    assert measure(folder, "empty.csv", "incidents.csv") == 1
    assert "empty_file" in capsys.readouterr().out


@pytest.mark.slow
def test_a_rejected_file_is_named_by_the_measures_that_lack_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contradictory = CENTRE_BY_ID["demo-shenyang-1"]
    (tmp_path / "facility.yaml").write_bytes(facility_profile(contradictory))
    for file in evidence_files(contradictory):
        if file.name in ("train_256_cards.log", "run_card_256_cards.yaml"):
            (tmp_path / file.name).write_bytes(file.content)
    assert measure(tmp_path, "train_256_cards.log", "run_card_256_cards.yaml", more=("--json",)) == 1
    printed = json.loads(capsys.readouterr().out)
    found = printed["measures"]["model_flops_utilisation"]
    assert found["reason"]["code"] == "evidence_rejected"
    assert "“train_256_cards.log”" in found["reason"]["message"]["en"]
    assert "contradictory_log" not in found["reason"]["message"]["zh"]
    assert "互相矛盾" in found["reason"]["message"]["zh"]
    log = next(file for file in printed["evidence"] if not file["used"])
    assert [support["evidence"] for support in found["rests_on"]] == [log["sha256"]]
    assert log["reason"]["code"] == "contradictory_log"


def test_a_profile_with_a_fault_or_no_profile_at_all_is_unusable(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measure", str(folder / "incidents.csv"), "--profile", str(folder / "nowhere.yaml")]) == 2
    (folder / "facility.yaml").write_text("contract: 1\nclass: training_led\n", encoding="utf-8")
    assert measure(folder, "incidents.csv") == 2
    assert "required" in capsys.readouterr().err


@pytest.mark.torture("T12")
def test_an_outage_that_cannot_be_read_never_makes_a_better_availability(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "id,service,started_at,ended_at,planned,cards_affected\n"
    (folder / "list.csv").write_text(
        f"{head}A,compute,2025-03-10T00:00:00+08:00,2025-03-10T01:00:00+08:00,no,8\n"
        "B,compute,2025-04-01T00:00:00+08:00,2025-04-31T00:00:00+08:00,no,128\n",
        encoding="utf-8",
    )
    assert measure(folder, "list.csv", more=("--json",)) == 1
    found = json.loads(capsys.readouterr().out)["measures"]["compute_availability"]
    assert (found["outcome"], found["reason"]["code"]) == ("no_evidence", "evidence_rejected")
    assert found["rests_on"][0]["lines"] == [3]


def test_a_broken_line_of_a_job_log_is_told_by_what_is_measured_from_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"j{day},{at},{at},{end},512,COMPLETED" for day in range(91) for at, end in [_day(day)]]
    broken = f"bad,{rows[3].split(',')[1]},,,64卡,NODE_FAIL"
    text = "\n".join(("job,submit_at,start_at,end_at,cards,state", *rows, broken, ""))
    (folder / "jobs.csv").write_text(text, encoding="utf-8")
    assert measure(folder, "jobs.csv", more=("--json",)) == 0
    found = json.loads(capsys.readouterr().out)["measures"]["interruption_rate"]
    assert (found["outcome"], found["quality"]) == ("scored", "C")  # one of 92
    assert "rows_left_out" in [note["code"] for note in found["notes"]]


def _day(number: int) -> tuple[str, str]:
    """Begin and end of a job on one of the ninety-one days up to the application."""
    begin = dt.datetime.combine(APPLIED_ON, dt.time(), tzinfo=dt.UTC) - dt.timedelta(days=number)
    return begin.isoformat(), (begin + dt.timedelta(hours=12)).isoformat()
