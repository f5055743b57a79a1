"""Records of which every one counts: none vanishes from a file that is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.parsers.base import Parser, ParseResult, Severity
from evidence.parsers.formats import incidents, jobs_table, link_events, tickets, timed_trials
from evidence.parsers.maps.checking import read_map
from evidence.parsers.maps.parser import MappedTable
from evidence.parsers.reading import read_by
from evidence.parsers.text.source import Source

T1, T2 = "2025-04-01T01:00:00Z", "2025-04-01T02:00:00Z"
INCIDENTS = "id,service,started_at,ended_at,planned,announced_at,cards_affected,alarmed_at,automatic\n"
GOOD = f"A,compute,{T1},{T2},no,,8,,\n"
OTHERS = {
    tickets.PARSER: ("id,priority,opened_at,resolved_at", f"t,P1,{T1},{T2}", f"t,P9,{T1},"),
    timed_trials.PARSER: ("trial,subject,started_at,recovered_at", f"t,link,{T1},{T2}", f"t,router,{T1},{T2}"),
    link_events.PARSER: ("link,down_at,up_at", f"e1,{T1},{T2}", f"e1,{T2},{T1}"),
}
BY_MAP = {
    "contract": 1,
    "map": "incidents",
    "kind": "outages",
    "timezone": "UTC",
    "fields": {
        "outage": {"column": "no"},
        "service": {"constant": "compute"},
        "started_at": {"column": "from"},
        "ended_at": {"column": "to"},
        "planned": {"constant": False},
    },
}


def read(parser: Parser, text: str) -> ParseResult:
    return read_by(parser, Source.of_bytes(text.encode(), "list.csv"))


def errors(result: ParseResult) -> list[str]:
    return [issue.code for issue in result.issues if issue.severity is Severity.ERROR]


def lines_of(result: ParseResult, code: str) -> list[int | None]:
    return [issue.where.line for issue in result.issues if issue.code == code]


def only_row(text: str) -> dict[str, Any]:
    result = read(incidents.PARSER, INCIDENTS + text)
    assert not result.has_errors
    (row,) = result.tables["outages"].to_pylist()
    return dict(row)


@pytest.mark.torture("T12")
@pytest.mark.torture("T17")
@pytest.mark.parametrize(
    "bad",
    [
        "B,compute,2025-04-01T00:00:00Z,2025-04-31T00:00:00Z,no,,128,,\n",
        f"B,compute,{T2},{T1},no,,128,,\n",
        f",compute,{T1},{T2},no,,128,,\n",
        f"B,,{T1},{T2},no,,128,,\n",
        f"B,compute,{T1},{T2},perhaps,,128,,\n",
        f"B,compute,{T1}\n",
    ],
    ids=["no such day", "backwards", "no id", "no service", "planned or not", "ragged"],
)
def test_an_incident_that_cannot_be_read_keeps_its_table_out(bad: str) -> None:
    result = read(incidents.PARSER, INCIDENTS + GOOD + bad)
    assert errors(result) == ["unreadable_records"]
    assert result.issues[0].where.line == 3
    assert result.issues[0].hint is not None


def test_every_row_that_cannot_be_read_is_named_with_what_to_do() -> None:
    bad = "B,compute,2025-04-31T00:00:00Z,,no,,8,,\n"
    result = read(incidents.PARSER, INCIDENTS + bad + GOOD + bad + bad)
    assert lines_of(result, "row_left_out") == [2, 4, 5]
    assert all(issue.hint for issue in result.issues)
    assert "3" in result.issues[0].message.zh


@pytest.mark.parametrize("parser", OTHERS, ids=lambda parser: parser.format)
def test_so_does_a_ticket_a_drill_and_a_dropped_link(parser: Parser) -> None:
    head, good, bad = OTHERS[parser]
    assert errors(read(parser, f"{head}\n{good}\n")) == []
    assert errors(read(parser, f"{head}\n{good}\n{bad}\n")) == ["unreadable_records"]


def test_so_does_an_incident_read_by_a_map() -> None:
    table = f"no,from,to\nA,{T1},{T2}\nB,{T1},2025-04-31T00:00:00Z\n"
    result = read(MappedTable(read_map(BY_MAP)), table)
    assert errors(result) == ["unreadable_records"]
    assert lines_of(result, "row_left_out") == [3]


def test_cells_that_need_not_be_there_are_taken_as_empty_which_is_worse() -> None:
    text = f"A,compute,{T1},{T2},no,soon,128卡,early,perhaps\n"
    row = only_row(text)
    assert (row["cards_affected"], row["announced_at"], row["alarmed_at"], row["automatic"]) == (None,) * 4
    result = read(incidents.PARSER, INCIDENTS + text)
    assert result.issue_counts["taken_as_empty"] == 4
    assert set(lines_of(result, "taken_as_empty")) == {2}
    assert result.rows_left_out == 0


def test_planned_work_has_to_name_its_cards_because_it_hides_outages() -> None:
    assert only_row(f"A,compute,{T1},{T2},yes,,,,\n")["cards_affected"] is None
    result = read(incidents.PARSER, INCIDENTS + GOOD + f"M,compute,{T1},{T2},yes,,128卡,,\n")
    assert errors(result) == ["unreadable_records"]


def test_a_job_log_stays_with_a_broken_line_and_tells_how_many() -> None:
    head = "job,submit_at,start_at,end_at,cards,state\n"
    result = read(jobs_table.PARSER, f"{head}a,{T1},{T1},{T2},8,COMPLETED\nb,{T1},{T1},{T2},8卡,NODE_FAIL\n")
    assert errors(result) == []
    assert (result.tables["jobs"].num_rows, result.rows_left_out) == (1, 1)
