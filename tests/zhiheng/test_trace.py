"""`zhiheng trace`: every figure leads to the text of its line or cell, offline, from whatever is at hand."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessment.scoring.inputs import inputs_digest, scored_attributes
from assessment.scoring.recompute.bundle import bundle_of, packed
from assessment.scoring.semantics.registry import score
from centres.profile_reading import read_profile_yaml
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from fixtures.demo.centres import CENTRE_BY_ID
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from indicators.measures.base import CentreEvidence
from indicators.measures.registry import measure_all
from indicators.rubric.loader import load_edition
from zhiheng.main import main

ROOT = Path(__file__).parents[2]
RUBRIC = ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.0"
LIVABILITY = ROOT / "fixtures" / "rubrics" / "livability"
CENTRE = CENTRE_BY_ID["demo-chengdu-1"]
NAMES = ("monthly_energy.xlsx", "sus_survey.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle as a server exports it, and the evidence it names in a folder, under other names."""
    home = tmp_path_factory.mktemp("trace")
    profile = read_profile_yaml(facility_profile(CENTRE))
    (home / "evidence").mkdir()
    read, entries = [], []
    for number, file in enumerate(one for one in evidence_files(CENTRE) if one.name in NAMES):
        (home / "evidence" / f"copy{number}").write_bytes(file.content)
        source = Source.of_bytes(file.content, file.name, timezone=profile.place.timezone)
        parser = identify(source)
        read.append((source.sha256, parser.parse(source).tables))
        entries.append(
            {"sha256": source.sha256, "name": file.name, "format": "", "encoding": "", "timezone": source.timezone}
        )
    edition, attributes = load_edition(RUBRIC), scored_attributes(profile)
    given: dict[str, Any] = {
        "profile": attributes,
        "measurements": measure_all(CentreEvidence.pooled(profile, read)),
    }
    digest = inputs_digest(facility=CENTRE.id, **given)
    result = score(edition, facility=CENTRE.id, inputs_digest=digest, **given)
    origin = {"profile": profile.model_dump(mode="json", by_alias=True), "evidence": entries, "rejected": []}
    bundle = bundle_of(result, edition=edition, origin=origin, **given)
    (home / "result.bundle.json.gz").write_bytes(packed(bundle.as_json()))
    (home / "result.json").write_text(json.dumps(result.as_json()), encoding="utf-8")
    return home


def traced(*arguments: str | Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> Any:
    assert main(["trace", *map(str, arguments), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_bundle_and_a_folder_lead_from_the_score_to_the_words_of_each_cell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = traced(
        folder / "result.bundle.json.gz", "--evidence", folder / "evidence", "--node", "GR-1.1", capsys=capsys
    )
    (node,) = found["nodes"]
    assert node["path"][1:] == ["GR", "GR-1"]
    assert node["rule"]["references"][0]["title"]["en"]
    assert node["measurement"]["formula"]
    assert node["measurement"]["inputs"][0]["value"]
    (support,) = node["measurement"]["rests_on"]
    assert support["file"] == "monthly_energy.xlsx"
    assert support["places"][0]["cell"].startswith("抄表记录!")
    book = openpyxl.load_workbook(io.BytesIO((folder / "evidence" / "copy0").read_bytes()), data_only=True)
    for place in support["places"]:
        name, _, reference = place["cell"].partition("!")
        assert place["text"] == f"{book[name][reference].value:.15g}"
        assert place["observations"][0]["cell"] == place["cell"]
    assert support["problem"] is None


def test_text_of_a_line_is_the_line_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = traced(folder / "result.json", "--evidence", folder / "evidence", "--measure", "sus_mean", capsys=capsys)
    (support,) = found["measures"][0]["rests_on"]
    lines = (folder / "evidence" / support["file"]).read_text(encoding="utf-8").splitlines()
    assert [place["text"] for place in support["places"]] == [lines[place["line"] - 1] for place in support["places"]]
    assert [place["observations"][0]["respondent"] for place in support["places"][:2]] == [
        lines[1].split(",")[0],
        lines[2].split(",")[0],
    ]


@pytest.mark.slow
def test_without_the_files_names_of_lines_remain_and_the_call_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = traced(folder / "result.bundle.json.gz", "--node", "US-4.3", capsys=capsys, code=1)
    (support,) = found["nodes"][0]["measurement"]["rests_on"]
    assert support["places"][0]["line"] == 2
    assert support["places"][0]["text"] is None
    assert "--evidence" in support["problem"]["en"]


def test_a_changed_file_is_not_taken_for_the_one_a_result_rests_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (folder / "evidence").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"\n")
    found = traced(folder / "result.bundle.json.gz", "--evidence", tmp_path, "--node", "US-4.3", capsys=capsys, code=1)
    assert found["nodes"][0]["measurement"]["rests_on"][0]["places"][0]["text"] is None


def test_thresholds_come_with_their_source_and_clause(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = traced(folder / "result.json", "--node", "ST-1.2", capsys=capsys)
    cited = {(one["title"]["en"], one["clause"]) for one in found["nodes"][0]["rule"]["references"]}
    assert any("I–IV" in clause for _, clause in cited), cited


def test_a_group_names_its_parts_and_how_they_are_put_together(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = traced(folder / "result.json", "--node", "GR", capsys=capsys)
    assert found["nodes"][0]["rule"]["aggregation"]["formula"]
    assert found["nodes"][0]["parts"][0]["code"].startswith("GR-")


@pytest.mark.slow
def test_measures_as_printed_are_traced_too(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "facility.yaml").write_bytes(facility_profile(CENTRE))
    files = [str(path) for path in sorted((folder / "evidence").iterdir())]
    main(["measure", *files, "--profile", str(tmp_path / "facility.yaml"), "--json"])
    (tmp_path / "measures.json").write_text(capsys.readouterr().out, encoding="utf-8")
    found = traced(
        tmp_path / "measures.json", "--measure", "sus_mean", "--evidence", folder / "evidence", capsys=capsys
    )
    assert found["measures"][0]["rests_on"][0]["places"][0]["observations"]


def test_a_facts_file_is_traced_to_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    facts = LIVABILITY.with_name("livability.facts.csv")
    found = traced(facts, "--rubric", LIVABILITY, "--facility", "oslo", "--node", "income", capsys=capsys)
    row = found["nodes"][0]["facts_row"]
    assert row["text"] == facts.read_text(encoding="utf-8").splitlines()[row["line"] - 1]
    assert main(["trace", str(facts), "--rubric", str(LIVABILITY)]) == 2
    assert "facility_not_named" in capsys.readouterr().err


def test_from_a_line_of_a_file_to_its_observations_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sus.csv"
    rows = ["respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10", "u1,5,1,5,1,5,1,5,1,5,1", "u2,9,1,5,1,5,1,5,1,5,1"]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    there = traced(path, "--line", "2", capsys=capsys)
    assert there["places"][0]["text"] == rows[1]
    assert there["places"][0]["observations"][0]["respondent"] == "u1"
    back = traced(path, "--table", "survey_responses", "--row", "1", capsys=capsys)
    assert back["places"][0]["line"] == 2
    bad = traced(path, "--line", "3", capsys=capsys)
    assert bad["places"][0]["observations"] == []
    assert bad["issues"][0]["where"]["line"] == 3
    assert traced(path, "--line", "99", capsys=capsys, code=1)["places"][0]["text"] is None
    assert main(["trace", str(path), "--table", "survey_responses", "--row", "7"]) == 2


@pytest.mark.parametrize(
    ("encoding", "line_end"), [("utf-8", "\r"), ("utf-16", "\n"), ("gb18030", "\r\n"), ("utf-8-sig", "\n")]
)
def test_lines_count_as_the_parser_counted_them(
    encoding: str, line_end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "incidents.csv"
    rows = [
        "id,service,started_at,ended_at,planned,cause",
        *(f"i{n},算力,2025-04-0{n}T00:00:00Z,2025-04-0{n}T01:00:00Z,否,gpu" for n in range(1, 4)),
    ]
    path.write_bytes((line_end.join(rows) + line_end).encode(encoding))
    found = traced(path, "--table", "outages", "--row", "2", capsys=capsys)
    assert found["places"][0]["text"] == rows[2]


def test_text_of_files_cannot_reach_a_terminal_raw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sus.csv"
    path.write_text("respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10\nu\x1b[31m1,5,1,5,1,5,1,5,1,5,1\n", encoding="utf-8")
    assert main(["trace", str(path), "--line", "2", "--language", "en"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "␛[31m" in printed


def test_what_cannot_be_traced_is_refused_with_the_way_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(folder / "result.json"), "--node", "XX"]) == 2
    assert "GR-1.1" in capsys.readouterr().err
    assert main(["trace", str(folder / "evidence" / "copy0")]) == 2
    assert "--line" in capsys.readouterr().err
    assert main(["trace", str(folder / "nowhere")]) == 2


@pytest.mark.torture("T12", "score carries it")
def test_a_figure_carries_the_issues_of_its_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was odd in a workbook stands beside every figure that rests on it."""
    book = openpyxl.load_workbook(io.BytesIO((folder / "evidence" / "copy0").read_bytes()))
    book.worksheets[0].row_dimensions[3].hidden = True
    book.create_sheet("旧").sheet_state = "hidden"
    book.save(tmp_path / "energy.xlsx")
    (tmp_path / "facility.yaml").write_bytes(facility_profile(CENTRE))
    main(["measure", str(tmp_path / "energy.xlsx"), "--profile", str(tmp_path / "facility.yaml"), "--json"])
    (tmp_path / "measures.json").write_text(capsys.readouterr().out, encoding="utf-8")
    found = traced(
        *(tmp_path / "measures.json", "--measure", "annual_pue", "--evidence", tmp_path),
        *("--timezone", "Asia/Shanghai"),
        capsys=capsys,
    )
    issues = found["measures"][0]["rests_on"][0]["issues"]
    assert issues["hidden_row"] == 1
    assert issues["hidden_sheet"] == 1


def test_plain_output_goes_from_rule_to_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--evidence", str(folder / "evidence"), "--node", "US-4.3", "--language", "en"]
    assert main(["trace", str(folder / "result.bundle.json.gz"), *asked]) == 0
    lines = capsys.readouterr().out.splitlines()
    starts = ("rule:", "source:", "measured: sus_mean", "formula:", "rests on: sus_survey.csv sha256:", "line 2: U001,")
    order = [next(at for at, line in enumerate(lines) if line.strip().startswith(start)) for start in starts]
    assert order == sorted(order)
