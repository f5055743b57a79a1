"""`zhiheng map` and `zhiheng parse --map`: proposed, completed by a person, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from zhiheng.main import main

TABLE = "采集时间,回路,有功(MWh)\n2025-04-01 00:15:00,A,1.5\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "d.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_what_is_proposed_reads_the_table(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(table), "--timezone", "Asia/Shanghai"]) == 0
    proposed = tmp_path / "MAP.yaml"
    proposed.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["parse", str(table), "--map", str(proposed), "--timezone", "Asia/Shanghai", "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["parser"].startswith("mapped_table/1-")
    assert read["tables"]["energy_readings"]["rows"] == 1


def test_an_open_question_is_told_and_the_exit_code_says_so(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(table)]) == 1
    assert "The times carry no zone" in capsys.readouterr().err


def test_every_fault_of_a_map_is_told_with_its_line(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "BAD.yaml"
    bad.write_text("contract: 1\nmap: x\nkind: tickets\nfields:\n  tickett: a\n", encoding="utf-8")
    assert main(["parse", str(table), "--map", str(bad)]) == 2
    told = capsys.readouterr().err
    assert "map_field (fields.tickett:5)" in told
    assert told.count("map_lacks") == 6, "three fields, each in both languages"


@pytest.mark.parametrize("content", ["one word\n", ""])
def test_what_is_no_table_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["map", str(path)]) == 2


@pytest.mark.slow
def test_a_mapped_table_gives_the_same_measure_as_our_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    centre = CENTRE_BY_ID["demo-chengdu-1"]
    (tmp_path / "facility.yaml").write_bytes(facility_profile(centre))
    [content] = [file.content for file in evidence_files(centre) if file.name == "tickets.csv"]
    (tmp_path / "tickets.csv").write_bytes(content)
    heads = content.decode("utf-8-sig").splitlines()[0]
    own = heads.replace("id", "甲", 1).replace("priority", "乙").replace("opened_at", "丙").replace("resolved_at", "丁")
    (tmp_path / "own.csv").write_bytes(content.replace(heads.encode(), own.encode(), 1))
    fields = (
        "fields: {ticket: 甲, priority: 乙, opened_at: 丙, resolved_at: 丁, first_response_at: first_response_at}\n"
    )
    (tmp_path / "MAP.yaml").write_text("contract: 1\nmap: t\nkind: tickets\n" + fields, encoding="utf-8")

    def value(*arguments: str) -> str:
        assert main(["measure", *arguments, "--profile", str(tmp_path / "facility.yaml"), "--json"]) == 0
        return str(json.loads(capsys.readouterr().out)["measures"]["ticket_resolution"]["value"])

    ours = value(str(tmp_path / "tickets.csv"))
    assert ours != "None"
    assert value("--map", str(tmp_path / "own.csv"), str(tmp_path / "MAP.yaml")) == ours
