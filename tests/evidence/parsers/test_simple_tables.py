"""Jobs, incidents and tickets as tables: words of both languages, and rows that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.parsers.base import Parser
from evidence.parsers.formats import incidents, jobs_table, tickets
from tests.evidence.parsers.properties import read, survives_anything

JOBS = "job,submit_at,start_at,end_at,cards,state,cause\n"
INCIDENTS = "id,service,started_at,ended_at,planned,announced_at,cards_affected,cause\n"
TICKETS = "id,priority,opened_at,first_response_at,resolved_at\n"
T1, T2, T3 = (f"2025-04-01T0{hour}:00:00Z" for hour in (1, 2, 3))


def only_row(parser: Parser, text: str) -> dict[str, Any]:
    (table,) = read(parser, text.encode()).tables.values()
    (row,) = table.to_pylist()
    return dict(row)


def test_a_job_runs_from_its_start_to_its_end() -> None:
    row = only_row(jobs_table.PARSER, f"{JOBS}j,{T1},{T2},{T3},64,成功,\n")
    assert (row["elapsed_s"], row["cards"], row["state"], row["cause"]) == (3600, 64, "COMPLETED", None)


def test_a_job_that_waits_has_neither_start_nor_end() -> None:
    row = only_row(jobs_table.PARSER, f"{JOBS}j,{T1},,,64,Pending,\n")
    assert (row["start_at"], row["end_at"], row["elapsed_s"], row["state"]) == (None, None, 0, "PENDING")


def test_an_unknown_state_of_a_job_is_kept_and_listed() -> None:
    result = read(jobs_table.PARSER, f"{JOBS}j,{T1},{T2},{T3},64,weird,\n".encode())
    assert result.facts["jobs_by_state"] == {"WEIRD": 1}
    assert result.issue_counts == {"unknown_state": 1}


@pytest.mark.torture("T16")
@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (jobs_table.PARSER, f"{JOBS}j,{T1},{T3},{T2},64,failed,\n"),
        (incidents.PARSER, f"{INCIDENTS}i,compute,{T2},{T1},no,,8,\n"),
        (tickets.PARSER, f"{TICKETS}t,P1,{T2},{T1},\n"),
        (tickets.PARSER, f"{TICKETS}t,P1,{T2},,{T1}\n"),
    ],
)
def test_what_ends_before_it_starts_is_left_out_with_its_line(parser: Parser, text: str) -> None:
    result = read(parser, text.encode())
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("ends_before_start", 2)]
    assert (result.coverage.lines_used, result.coverage.lines_with_issue) == (0, 1)


def test_only_what_is_marked_as_planned_is_planned() -> None:
    assert only_row(incidents.PARSER, f"{INCIDENTS}i,compute,{T1},,,,8,\n")["planned"] is False
    assert only_row(incidents.PARSER, f"{INCIDENTS}i,compute,{T1},,是,{T1},8,\n")["planned"] is True


def test_services_are_named_in_either_language_and_others_keep_their_name() -> None:
    services = [
        only_row(incidents.PARSER, f"{INCIDENTS}i,{name},{T1},,,,,\n")["service"]
        for name in ("compute", "算力", "机房", "推理服务", "Portal")
    ]
    assert services == ["compute", "compute", "facility", "inference", "portal"]


@pytest.mark.parametrize(("word", "priority"), [("P1", "P1"), ("紧急", "P1"), ("high", "P2"), ("一般", "P3")])
def test_priorities_are_three(word: str, priority: str) -> None:
    assert only_row(tickets.PARSER, f"{TICKETS}t,{word},{T1},,\n")["priority"] == priority


def test_a_priority_outside_the_list_is_an_issue() -> None:
    assert read(tickets.PARSER, f"{TICKETS}t,P9,{T1},,\n".encode()).issue_counts == {"unknown_word": 1}


test_any_bytes_as_jobs_give_a_result_or_a_refusal = survives_anything(
    jobs_table.PARSER, f"{JOBS}j,{T1},{T2},{T3},64,成功,x\n".encode()
)
test_any_bytes_as_incidents_give_a_result_or_a_refusal = survives_anything(
    incidents.PARSER, f"{INCIDENTS}i,compute,{T1},{T2},no,,8,gpu\n".encode()
)
test_any_bytes_as_tickets_give_a_result_or_a_refusal = survives_anything(
    tickets.PARSER, f"{TICKETS}t,P1,{T1},{T2},{T3}\n".encode()
)


def test_a_ticket_whose_resolution_is_cut_off_is_open_but_not_without_a_word() -> None:
    cut = f"{TICKETS}t,P1,{T1},{T2},".encode()
    open_one = read(tickets.PARSER, cut + b"\n")
    assert (open_one.facts["tickets_open"], open_one.issue_counts) == (1, {})
    result = read(tickets.PARSER, cut)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("may_be_cut", 2)]
    assert not result.has_errors
