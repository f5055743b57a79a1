"""Alarms from raise to clear: pairing whatever the order, open ends, and node events of Slurm."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.formats import alarm_changes, slurm_node_events
from evidence.parsers.monitoring.alarm_spells import NO_RAISE
from evidence.parsers.monitoring.spells import Change, paired
from tests.evidence.parsers.properties import quickly, read, survives_anything
from tests.golden import FOLDER

CHANGES = (FOLDER / "alarm_changes" / "out_of_order.csv").read_bytes()
EVENTS = (FOLDER / "slurm_node_events" / "one_open.txt").read_bytes()
BARE = (FOLDER / "slurm_node_events" / "without_zone.txt").read_bytes()
START = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


def change(minute: int, *, raised: bool, thing: str = "n1", line: int = 1) -> Change:
    return Change(START + dt.timedelta(minutes=minute), thing, "fault", raised, line)


def minutes(found) -> list[tuple[int, int | None, int]]:
    """Begin, end and repeats of spells, in minutes."""
    return [
        (
            (spell.first.at - START).seconds // 60,
            None if spell.ended_at is None else (spell.ended_at - START).seconds // 60,
            spell.repeats,
        )
        for spell in found.spells
    ]


def test_a_raise_while_one_is_open_repeats_it() -> None:
    found = paired([change(1, raised=True), change(2, raised=True), change(5, raised=False)])
    assert minutes(found) == [(1, 5, 1)]


def test_what_is_cleared_and_raised_in_one_instant_makes_two_spells() -> None:
    found = paired([change(1, raised=True), change(5, raised=True, line=2), change(5, raised=False, line=3)])
    assert minutes(found) == [(1, 5, 0), (5, None, 0)]


def test_a_clear_without_its_raise_ends_nothing() -> None:
    found = paired([change(1, raised=False), change(2, raised=True, thing="n2")])
    assert (minutes(found), len(found.lonely)) == ([(2, None, 0)], 1)


@quickly
@given(
    st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.sampled_from("ab")), max_size=30),
    st.randoms(use_true_random=False),
)
def test_no_change_is_lost_and_the_order_of_the_file_is_irrelevant(entries, chance) -> None:
    changes = [change(at, raised=up, thing=thing, line=n) for n, (at, up, thing) in enumerate(entries)]
    found = paired(changes)
    ended = sum(spell.ended_at is not None for spell in found.spells)
    assert len(changes) == sum(1 + spell.repeats for spell in found.spells) + ended + len(found.lonely)
    shuffled = list(changes)
    chance.shuffle(shuffled)
    assert paired(shuffled) == found


def test_rows_are_paired_by_device_and_alarm_and_keep_the_line_of_the_raise() -> None:
    result = read(alarm_changes.PARSER, CHANGES)
    rows = result.tables["device_alarms"].to_pylist()
    assert [(row["device"], row["line"], row["repeats"], row["cleared_at"] is None) for row in rows] == [
        ("sw-01", 3, 1, False),
        ("sw-01", 7, 0, True),
        ("node-7", 5, 0, True),
        ("node-9", 6, NO_RAISE, False),
    ]
    assert result.issue_counts["clear_without_raise"] == 1
    assert result.issue_counts["unknown_word"] == 1


def test_a_node_that_is_still_away_has_no_end_and_a_bar_in_the_reason_stays_there() -> None:
    rows = read(slurm_node_events.PARSER, EVENTS).tables["device_alarms"].to_pylist()
    assert [(row["device"], row["alarm"], row["cleared_at"] is None) for row in rows] == [
        ("n1", "DOWN", False),
        ("n2", "DRAIN", True),
    ]
    assert rows[1]["cause"] == "Xid 79 | replace card"


def test_what_is_left_out_of_node_events_is_told_at_its_line() -> None:
    told = {issue.code: issue.where.line for issue in read(slurm_node_events.PARSER, EVENTS).issues}
    assert told == {"no_node": 4, "ends_before_start": 5, "ragged_row": 6}


def test_local_times_need_the_zone_declared_at_upload() -> None:
    assert read(slurm_node_events.PARSER, BARE).has_errors
    rows = read(slurm_node_events.PARSER, BARE, timezone="Asia/Shanghai").tables["device_alarms"].to_pylist()
    assert rows[0]["raised_at"] == dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


def test_alarms_are_no_outages_of_a_service() -> None:
    """An alarm log that names no service must not prove that the service never failed."""
    for parser, content in ((alarm_changes.PARSER, CHANGES), (slurm_node_events.PARSER, EVENTS)):
        assert "outages" not in parser.kinds
        assert "outages" not in read(parser, content).tables


def test_an_event_without_a_start_is_told_and_left_out() -> None:
    content = b"NodeName|TimeStart|TimeEnd|State|Reason\nn1||2026-01-02T10:00:00Z|DOWN|x\n" + (
        b"n2|2026-01-02T09:00:00Z|Unknown|DOWN|x\n"
    )
    found = read(slurm_node_events.PARSER, content)
    assert [(issue.code, issue.where.line) for issue in found.issues] == [("no_start", 2)]
    assert found.tables["device_alarms"].column("device").to_pylist() == ["n2"]


def test_a_file_without_the_header_of_node_events_is_refused_with_the_command() -> None:
    with pytest.raises(ParseError) as refusal:
        read(slurm_node_events.PARSER, b"n1|2025-12-01T08:00:00|Unknown|DOWN\n")
    assert refusal.value.hint is not None
    assert "sacctmgr" in refusal.value.hint.en


test_any_bytes_survive_alarm_changes = survives_anything(alarm_changes.PARSER, CHANGES)
test_any_bytes_survive_node_events = survives_anything(slurm_node_events.PARSER, EVENTS)
