"""Alarms over two files: parts of a log, cut or overlapping, tell the spells that the whole of it tells."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers.formats import alarm_changes, slurm_node_events, zabbix_events
from indicators.integrity.alarm_record import alarm_record
from indicators.measures.base import CentreEvidence
from tests.evidence.parsers.properties import quickly, read
from tests.indicators.measures.evidence import profile, table

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Spells = set[tuple[str, str, int, int | None]]


def instant(minute: int) -> dt.datetime:
    return START + dt.timedelta(minutes=minute)


def minutes(at: dt.datetime | None) -> int | None:
    return None if at is None else int((at - START).total_seconds()) // 60


def spells(parser: Any, *files: str) -> Spells:
    """What the files tell together: device, alarm, begin and end in minutes."""
    tables = [
        (f"sha256:{number}", read(parser, content.encode(), timezone="UTC").tables)
        for number, content in enumerate(files)
    ]
    rows = alarm_record(CentreEvidence.pooled(profile(), tables).rows("device_alarms")).to_pylist()
    assert all(row["repeats"] >= 0 for row in rows)
    return {(row["device"], row["alarm"], minutes(row["raised_at"]) or 0, minutes(row["cleared_at"])) for row in rows}


def log(changes: list[tuple[int, bool, str]]) -> str:
    rows = [
        f"{(START + dt.timedelta(minutes=at)).isoformat()},{device},DOWN,{'raised' if up else 'cleared'}"
        for at, up, device in changes
    ]
    return "\n".join(["at,device,alarm,change", *rows, ""])


def test_a_raise_of_one_month_meets_its_clear_of_the_next() -> None:
    assert spells(alarm_changes.PARSER, log([(1, True, "n1")]), log([(9, False, "n1")])) == {("n1", "DOWN", 1, 9)}


def test_a_raise_while_one_is_open_in_the_file_before_begins_nothing_new() -> None:
    parts = log([(1, True, "n1")]), log([(5, True, "n1"), (9, False, "n1")])
    assert spells(alarm_changes.PARSER, *parts) == {("n1", "DOWN", 1, 9)}


def test_a_clear_whose_raise_no_file_has_is_no_alarm() -> None:
    assert spells(alarm_changes.PARSER, log([(9, False, "n1")]), log([(10, True, "n2")])) == {("n2", "DOWN", 10, None)}


def spells_of(*told: tuple[int, int | None]) -> list[tuple[int | None, int | None]]:
    """What becomes of one file's spells of one alarm: begin and end in minutes."""
    named = {"device": "n1", "alarm": "DOWN", "severity": None, "repeats": 0, "cause": None}
    rows = [
        named | {"raised_at": instant(begin), "cleared_at": None if end is None else instant(end)}
        for begin, end in told
    ]
    tables = [("sha256:a", {"device_alarms": table("device_alarms", rows)})]
    pooled = CentreEvidence.pooled(profile(), tables).rows("device_alarms")
    return [(minutes(one["raised_at"]), minutes(one["cleared_at"])) for one in alarm_record(pooled).to_pylist()]


def test_an_alarm_of_no_length_swallows_none_that_comes_after_it() -> None:
    told = [(600, 600), (2040, 2045), (12_000, None)]
    assert spells_of(*told) == told


@pytest.mark.parametrize(
    ("told", "whole"),
    [
        ([(10, 12), (11, 15)], (10, 15)),
        ([(10, 15), (11, 12)], (10, 15)),
        ([(10, 12), (10, 15)], (10, 15)),
        ([(10, 12), (11, 15), (14, 20)], (10, 20)),
    ],
)
def test_two_problems_of_one_name_that_overlap_are_cut_short_by_neither_end(told: Any, whole: tuple[int, int]) -> None:
    # Zabbix pairs by event, so that each is complete; that one is open later makes all of them be paired anew.
    assert spells_of(*told, (60, None)) == [whole, (60, None)]


def test_what_is_cleared_and_raised_again_in_one_instant_stays_two_spells() -> None:
    told = [(10, 12), (12, 15), (60, None)]
    assert spells_of(*told) == told


ENTRIES = st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.sampled_from("ab")), min_size=2, max_size=24)


@quickly
@given(ENTRIES, st.data())
def test_parts_that_follow_each_other_or_overlap_tell_the_same_spells(entries, data) -> None:
    whole = sorted(dict.fromkeys(entries), key=lambda entry: (entry[0], entry[1]))
    cut = data.draw(st.integers(1, len(whole)))
    overlap = data.draw(st.integers(0, cut))
    parts = [part for part in (whole[:cut], whole[cut - overlap :]) if part]
    assert spells(alarm_changes.PARSER, *map(log, parts)) == spells(alarm_changes.PARSER, log(whole))


def test_a_node_away_when_one_export_was_made_has_its_end_in_the_next() -> None:
    head = "NodeName|TimeStart|TimeEnd|State|Reason\n"
    first, second = (
        f"{head}n1|2026-01-01T00:05:00|Unknown|DOWN|x\n",
        f"{head}n1|2026-01-01T00:05:00|2026-01-01T00:09:00|DOWN|x\n",
    )
    assert spells(slurm_node_events.PARSER, first, second) == {("n1", "DOWN", 5, 9)}


def test_a_problem_of_zabbix_meets_its_recovery_in_another_file() -> None:
    def event(number: int, minute: int, value: int, **more: str) -> str:
        told = {
            "eventid": str(number), "clock": str(int(START.timestamp()) + 60 * minute), "ns": "0", "value": str(value),
            "name": "unreachable", "severity": "4", "r_eventid": "0", "hosts": '[{"host": "n1"}]',
        } | more  # fmt: skip
        return "{" + ", ".join(f'"{k}": {v if k == "hosts" else chr(34) + v + chr(34)}' for k, v in told.items()) + "}"

    first = '{"result": [' + event(1, 5, 1, r_eventid="2") + "]}"
    second = '{"result": [' + event(2, 9, 0) + "]}"
    assert spells(zabbix_events.PARSER, first, second) == {("n1", "unreachable", 5, 9)}
