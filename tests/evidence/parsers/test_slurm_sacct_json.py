"""Slurm accounting as JSON: the samples' truths, odd jobs, and bytes that are no accounting at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.formats.slurm_sacct_json import PARSER
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import outcome, read, survives_anything
from tests.samples import needs_samples, sample


def job(**changes: Any) -> dict[str, Any]:
    record = {
        "job_id": 7,
        "allocation_nodes": 1,
        "state": {"current": ["COMPLETED"], "reason": "None"},
        "time": {"elapsed": 60, "submission": 1_740_000_000, "start": 1_740_000_010, "end": 1_740_000_070},
        "tres": {"allocated": [{"type": "gres", "name": "gpu:h100", "count": 8}]},
    }
    return record | changes


def document(*jobs: dict[str, Any]) -> bytes:
    return json.dumps({"jobs": list(jobs), "meta": {"Slurm": {"release": "21.08.5"}}}, indent=1).encode()


def given(name: str, count: int = 8, **changes: Any) -> dict[str, Any]:
    return job(tres={"allocated": [{"type": "gres", "name": name, "count": count}]}, **changes)


def test_cards_of_any_maker_count_and_what_is_no_whole_card_is_told() -> None:
    result = read(PARSER, document(given("Ascend910"), given("hpu", job_id=8), given("zpu", job_id=9)))
    assert result.tables["jobs"].column("cards").to_pylist() == [8, 8, 0]
    assert result.issue_counts == {"unknown_resource": 1}
    slices = read(PARSER, document(given("gpu:1g.10gb", 2), given("gpu", job_id=8)))
    assert slices.tables["jobs"].column("job").to_pylist() == ["8"]
    assert (slices.issue_counts, slices.rows_left_out) == ({"shared_cards": 1}, 1)


@pytest.mark.parametrize("count", [2, {"set": True, "infinite": False, "number": 2}])
def test_runs_before_a_requeue_that_the_file_lacks_are_told(count: Any) -> None:
    # Started again twice and in the file twice: one run is missing.
    result = read(PARSER, document(job(restart_cnt=0), job(restart_cnt=count), job(job_id=8, restart_cnt=0)))
    assert result.issue_counts == {"earlier_runs_missing": 1}
    assert read(PARSER, document(job(restart_cnt="often"))).issue_counts == {}


def test_an_export_cut_anywhere_is_refused() -> None:
    whole = document(job(), job(job_id=8)).rstrip()
    assert read(PARSER, whole).facts["jobs"] == 2
    for length in range(len(whole)):
        with pytest.raises(ParseError) as caught:
            read(PARSER, whole[:length])
        assert caught.value.code in {"bad_json", "unexpected_shape"}, length  # of nothing at all even the shape is odd


@needs_samples
@pytest.mark.parametrize(
    ("name", "states", "elapsed", "card_elapsed", "first", "last"),
    [
        ("mila", {"RUNNING": 3, "COMPLETED": 4, "FAILED": 1}, 10529044, 13156930, 1708759061, 1714003200),
        (
            "fromage",
            {"RUNNING": 3, "CANCELLED": 1, "FAILED": 2, "COMPLETED": 7},
            10567718,
            10578722,
            1706152080,
            1714003200,
        ),
    ],
)
def test_samples_give_their_published_truths(
    name: str, states: dict[str, int], elapsed: int, card_elapsed: int, first: int, last: int
) -> None:
    result = PARSER.parse(sample(f"scheduler/sarc_sacct_{name}_1714003200.json"))
    facts, table = result.facts, result.tables["jobs"]
    assert facts["jobs"] == facts["jobs_distinct"] == sum(states.values())
    assert facts["jobs_by_state"] == states
    assert (facts["elapsed_s"], facts["card_elapsed_s"]) == (elapsed, card_elapsed)
    assert min(table.column("submit_at").to_pylist()).timestamp() == first
    assert max(end for end in table.column("end_at").to_pylist() if end).timestamp() == last
    assert facts["jobs_unfinished"] == 3
    assert facts["array_tasks"] == 0
    assert facts["slurm_version"] == {"major": "25", "minor": "05", "micro": "2"}
    assert (facts["slurm_release"], facts["cluster"]) == ("25.05.2", name)
    assert not result.issues


@needs_samples
def test_the_live_queue_is_not_taken_for_accounting() -> None:
    assert not PARSER.recognises(sample("scheduler/rivos_squeue_out.json"))
    assert not PARSER.recognises(sample("scheduler/rivos_sinfo_out.json"))


@pytest.mark.parametrize("state", ["COMPLETED", ["COMPLETED"], {"current": ["COMPLETED"]}, {"current": "COMPLETED"}])
def test_a_state_is_a_text_a_list_or_an_object(state: Any) -> None:
    assert read(PARSER, document(job(state=state))).facts["jobs_by_state"] == {"COMPLETED": 1}


def test_numbers_may_come_with_their_set_flag() -> None:
    times = {
        "elapsed": {"set": True, "infinite": False, "number": 60},
        "submission": {"set": True, "infinite": False, "number": 1_740_000_000},
        "start": {"set": False, "infinite": False, "number": 0},
        "end": {"set": False, "infinite": False, "number": 0},
    }
    row = read(PARSER, document(job(time=times))).tables["jobs"].to_pylist()[0]
    assert (row["elapsed_s"], row["start_at"], row["end_at"]) == (60, None, None)


def test_a_total_and_its_models_are_not_added() -> None:
    allocated = [
        {"type": "gres", "name": "gpu", "count": 8},
        {"type": "gres", "name": "gpu:h100", "count": 8},
    ]
    assert read(PARSER, document(job(tres={"allocated": allocated}))).tables["jobs"].column("cards").to_pylist() == [8]


def test_a_job_keeps_the_line_it_starts_at() -> None:
    lines = read(PARSER, document(job(), job(job_id=8))).tables["jobs"].column("line").to_pylist()
    text = document(job(), job(job_id=8)).decode().splitlines()
    assert [text[line - 1].strip() for line in lines] == ["{", "{"]
    assert lines[0] < lines[1]


def test_an_unknown_state_is_listed_and_kept() -> None:
    result = read(PARSER, document(job(state="DOZING")))
    assert result.facts["jobs_by_state"] == {"DOZING": 1}
    assert result.issue_counts == {"unknown_state": 1}


def test_a_job_without_elapsed_time_is_an_issue_at_its_line() -> None:
    result = read(PARSER, document(job(), job(time={"elapsed": None})))
    assert (result.coverage.lines_used, result.coverage.lines_with_issue) == (1, 1)
    assert result.issues[0].code == "unreadable_job"
    assert result.issues[0].where.line


def test_an_export_without_jobs_has_no_rows() -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, document())
    assert caught.value.code == "no_rows"


@pytest.mark.torture("T19")
def test_endless_nesting_is_refused() -> None:
    error = outcome(PARSER, b'{"jobs": ' + b"[" * 100_000)
    assert isinstance(error, ParseError)
    assert error.code == "too_deep"


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, document(job(), job(state="FAILED")))


def test_a_document_cut_short_is_recognised_and_refused() -> None:
    content = document(job(), job())[:-40]
    assert PARSER.recognises(Source.of_bytes(content, "sacct.json"))
    with pytest.raises(ParseError):
        read(PARSER, content)
