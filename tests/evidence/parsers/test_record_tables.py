"""What services, networks, drills, assets and bills record: words of both languages, and rows that cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evidence.parsers.base import Parser
from evidence.parsers.formats import (
    asset_ledger,
    billing_table,
    incidents,
    link_events,
    network_probe,
    request_windows,
    step_heartbeat,
    timed_trials,
)
from tests.evidence.parsers.properties import read, survives_anything

T1, T2 = "2026-01-05T01:00:00Z", "2026-01-05T01:05:00Z"
WINDOWS = "service,start_at,window_s,requests,failed,client_errors,slo_met\n"
TRIALS = "trial,subject,started_at,recovered_at\n"
ASSETS = "asset,category,event,on,mass_kg\n"
BILLS = "customer,customer_class,month,card_hours\n"
LINKS = "link,down_at,up_at\n"
BEATS = "job,at,step,cards,step_ms,checkpoint_ms\n"
PROBES = "at,operation,ranks,size_bytes,time_us\n"


def rows(parser: Parser, text: str) -> list[dict[str, Any]]:
    (table,) = read(parser, text.encode()).tables.values()
    return list(table.to_pylist())


def test_a_window_keeps_its_length_in_milliseconds() -> None:
    (row,) = rows(request_windows.PARSER, f"{WINDOWS}chat,{T1},0.5,10,1,2,7\n")
    assert (row["window_ms"], row["requests"], row["failed"], row["slo_met"]) == (500, 10, 1, 7)


@pytest.mark.parametrize("seconds", ["0", "-60", "300.001", "900", "1e20"])
def test_a_window_longer_than_five_minutes_proves_nothing(seconds: str) -> None:
    result = read(request_windows.PARSER, f"{WINDOWS}chat,{T1},{seconds},10,1,2,7\n".encode())
    assert (result.coverage.lines_used, result.issue_counts) == (0, {"out_of_range": 1})


@pytest.mark.parametrize("part", ["11,0,0", "0,11,0", "0,0,11"])
def test_no_part_of_a_window_exceeds_its_requests(part: str) -> None:
    result = read(request_windows.PARSER, f"{WINDOWS}chat,{T1},60,10,{part}\n".encode())
    assert (result.coverage.lines_used, result.issue_counts) == (0, {"more_than_requests": 1})


@pytest.mark.parametrize(
    ("parser", "text"),
    [(timed_trials.PARSER, f"{TRIALS}D1,link,{T2},{T1}\n"), (link_events.PARSER, f"{LINKS}Eth1,{T2},{T1}\n")],
)
def test_what_recovers_before_it_starts_is_left_out(parser: Parser, text: str) -> None:
    assert read(parser, text.encode()).issue_counts == {"ends_before_start": 1}


@pytest.mark.parametrize(
    ("word", "subject"),
    [("扩容", "scale_out"), ("Scale-Out", "scale_out"), ("训练作业", "training_job"), ("断点恢复", "restore")],
)
def test_subjects_of_trials_are_named_in_either_language(word: str, subject: str) -> None:
    assert rows(timed_trials.PARSER, f"{TRIALS}D1,{word},{T1},{T2}\n")[0]["subject"] == subject


def test_an_asset_without_a_mass_is_kept_and_one_of_no_mass_is_not() -> None:
    text = f"{ASSETS}S1,服务器,退役,2025-09-30,\nS2,服务器,回收,2025-09-30,0\n"
    assert [row["asset"] for row in rows(asset_ledger.PARSER, text)] == ["S1"]


@pytest.mark.parametrize("month", ["2025-04", "2025年4月", "202504", "2025-04-01", "2025/4"])
def test_months_are_read_however_people_write_them(month: str) -> None:
    (row,) = rows(billing_table.PARSER, f"{BILLS}u1,sme,{month},10\n")
    assert (row["month"].isoformat(), row["card_hours"]) == ("2025-04-01", Decimal(10))


def test_a_heartbeat_of_no_card_is_left_out() -> None:
    text = f"{BEATS}j,{T1},1,0,10,\nj,{T1},2,8,-1,\nj,{T1},3,8,10,5\n"
    assert [row["step"] for row in rows(step_heartbeat.PARSER, text)] == [3]


def test_a_probe_of_an_unknown_collective_is_an_issue() -> None:
    assert read(network_probe.PARSER, f"{PROBES}{T1},ring,8,1073741824,10\n".encode()).issue_counts == {
        "unknown_word": 1
    }


def test_an_incident_may_say_when_it_was_seen_located_and_how_it_ended() -> None:
    head = "id,service,started_at,ended_at,告警时间,定位时间,是否自动恢复\n"
    (row,) = rows(incidents.PARSER, f"{head}I1,compute,{T1},{T2},{T1},{T2},是\n")
    assert row["alarmed_at"] < row["located_at"]
    assert row["automatic"] is True


test_any_bytes_as_windows_give_a_result_or_a_refusal = survives_anything(
    request_windows.PARSER, f"{WINDOWS}chat,{T1},60,10,1,2,7\n".encode()
)
test_any_bytes_as_trials_give_a_result_or_a_refusal = survives_anything(
    timed_trials.PARSER, f"{TRIALS}D1,link,{T1},{T2}\n".encode()
)
test_any_bytes_as_assets_give_a_result_or_a_refusal = survives_anything(
    asset_ledger.PARSER, f"{ASSETS}S1,服务器,退役,2025-09-30,42.5\n".encode()
)
test_any_bytes_as_bills_give_a_result_or_a_refusal = survives_anything(
    billing_table.PARSER, f"{BILLS}u1,sme,2025-04,10\n".encode()
)
test_any_bytes_as_link_events_give_a_result_or_a_refusal = survives_anything(
    link_events.PARSER, f"{LINKS}Eth1,{T1},{T2}\n".encode()
)
test_any_bytes_as_heartbeats_give_a_result_or_a_refusal = survives_anything(
    step_heartbeat.PARSER, f"{BEATS}j,{T1},1,8,10,5\n".encode()
)
test_any_bytes_as_probes_give_a_result_or_a_refusal = survives_anything(
    network_probe.PARSER, f"{PROBES}{T1},all_reduce,8,1073741824,10\n".encode()
)
