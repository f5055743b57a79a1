"""Alarms over two files: parts of a log, cut or overlapping, tell the spells that the whole of it tells."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
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
    return spells_of_files(told)


def spells_of_files(*files: Sequence[tuple[int, int | None]]) -> list[tuple[int | None, int | None]]:
    """The same of several files."""
    named = {"device": "n1", "alarm": "DOWN", "severity": None, "repeats": 0, "cause": None}
    told = [
        [
            named | {"raised_at": instant(begin), "cleared_at": None if end is None else instant(end)}
            for begin, end in own
        ]
        for own in files
    ]
    tables = [(f"sha256:{number}", {"device_alarms": table("device_alarms", own)}) for number, own in enumerate(told)]
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


@pytest.mark.parametrize(
    ("files", "whole"),
    [
        ([[(1, 9)], [(1, 5), (7, 9)]], [(1, 5), (7, 9)]),
        ([[(0, 41_760)], [(0, 30), (41_740, 41_760)]], [(0, 30), (41_740, 41_760)]),
    ],
)
def test_a_spell_from_whose_file_lines_were_lost_covers_no_end_that_another_file_tells(files: Any, whole: Any) -> None:
    assert spells_of_files(*files) == whole


def test_a_problem_that_is_open_begins_anew_at_the_end_of_one_in_which_it_was_raised() -> None:
    assert spells_of((10, 15), (12, None)) == [(10, 15), (15, None)]


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


def zabbix(*events: tuple[int, int, int]) -> str:
    """An export of Zabbix.

    Args:
        events: number, minute, and the number of its recovery; the last is -1 of what is a recovery itself.
    """
    told = [
        {
            "eventid": str(number), "clock": str(int(START.timestamp()) + 60 * minute), "ns": "0",
            "value": "0" if recovery < 0 else "1", "name": "unreachable", "severity": "4",
            "r_eventid": str(max(recovery, 0)), "hosts": [{"host": "n1"}],
        }
        for number, minute, recovery in events
    ]  # fmt: skip
    return json.dumps({"result": told})


def test_a_problem_of_zabbix_meets_its_recovery_in_another_file() -> None:
    assert spells(zabbix_events.PARSER, zabbix((1, 5, 2)), zabbix((2, 9, -1))) == {("n1", "unreachable", 5, 9)}


def test_a_problem_of_zabbix_that_outlasts_another_of_its_name_has_its_end_in_the_next_file() -> None:
    january = zabbix((1, 10, 3), (2, 12, 9), (3, 15, -1))
    assert {(begin, end) for _, _, begin, end in spells(zabbix_events.PARSER, january, zabbix((9, 4000, -1)))} == {
        (10, 15),
        (15, 4000),
    }


PROBLEMS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), min_size=1, max_size=6)


@quickly
@given(PROBLEMS, st.data())
def test_parts_of_problems_that_overlap_under_one_name_tell_no_more_than_the_whole(problems, data) -> None:
    told = [(number, begin, begin + length) for number, (begin, length) in enumerate(problems, start=1)]
    events = [(number, begin, 100 + number) for number, begin, _ in told]
    events += [(100 + number, end, -1) for number, _, end in told]
    cut = data.draw(st.integers(0, 100))
    begun = data.draw(st.integers(0, cut))
    parts = [event for event in events if event[1] < cut], [event for event in events if event[1] >= begun]
    found = away(spells(zabbix_events.PARSER, *(zabbix(*part) for part in parts if part)))
    whole = away(spells(zabbix_events.PARSER, zabbix(*events)))
    assert found <= whole
    torn = [end for _, begin, end in told if begin < begun and end >= cut]
    if all(sum(cut <= end <= last for _, _, end in told) == 1 for last in torn):
        assert found == whole  # of one that stands in two parts the first end in the second part is its own


def away(found: Spells) -> set[int]:
    """The minutes inside the spells that are ended."""
    return {minute for _, _, begin, end in found for minute in range(begin, end or begin)}
