"""Zabbix by its API and events of Kubernetes: units decide kinds, problems end where they say, nodes become alarms."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.base import ParseResult
from evidence.parsers.formats import declaration, kubernetes_events, zabbix_events, zabbix_series
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import read, survives_anything

T = 1_767_542_400
HOST = [{"host": "h"}]


def series(units: str, key: str, what: str = "trends", **value: Any) -> bytes:
    item = {"itemid": "1", "key_": key, "name": "n", "units": units, "hosts": HOST}
    row = {"itemid": "1", "clock": str(T)} | value
    return json.dumps({"items": [item | value.pop("item", {})], what: [row]}).encode()


def row_of(result: ParseResult, kind: str) -> dict[str, Any]:
    assert list(result.tables) == [kind]
    (row,) = result.tables[kind].to_pylist()
    return dict(row)


def trend(units: str, key: str, mean: str, highest: str = "9") -> ParseResult:
    return read(zabbix_series.PARSER, series(units, key, value_min="1", value_avg=mean, value_max=highest))


def test_an_hourly_trend_of_a_register_is_its_highest_value_at_the_end_of_the_hour() -> None:
    row = row_of(trend("kWh", "meter[IN]", "8.5"), "energy_readings")
    assert (row["meter"], row["value"], row["unit"], row["reading"]) == ("h:meter[IN]", Decimal(9), "kWh", "cumulative")
    assert row["at"] == dt.datetime.fromtimestamp(T + 3600, dt.UTC)


def test_an_hourly_mean_of_power_is_the_energy_of_that_hour_and_no_sample() -> None:
    row = row_of(trend("kW", "bmc.power", "5.25"), "energy_readings")
    assert (row["value"], row["unit"], row["reading"]) == (Decimal(5250), "Wh", "interval")
    assert row["at"] - row["start_at"] == dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("key", "column"),
    [("dcgm.sm_active[0]", "active_ratio"), ("npu.aicore[0]", "active_ratio"), ("gpu.utilization[0]", "util_ratio")],
)
def test_only_the_activity_of_cores_is_active(key: str, column: str) -> None:
    row = row_of(trend("%", key, "62.5"), "device_samples")
    assert (row[column], row["interval_ms"], row["device"]) == (Decimal("0.625"), 3_600_000, "0")


def test_history_of_power_is_sampled_where_its_tag_says() -> None:
    tagged = {"tags": [{"tag": "place", "value": "rack"}]}
    content = series("W", "pdu.power", "history", value="5200", ns="500000000", item=tagged)
    row = row_of(read(zabbix_series.PARSER, content), "power_samples")
    assert (row["place"], row["power_w"], row["at"].microsecond) == ("rack", Decimal(5200), 500_000)


@pytest.mark.parametrize(("units", "key", "mean"), [("%", "gpu.util[0]", "101"), ("W", "p", "-1"), ("kWh", "e", "x")])
def test_a_value_that_cannot_be_is_told_and_left_out(units: str, key: str, mean: str) -> None:
    result = trend(units, key, mean, highest="x" if mean == "x" else "9")
    assert (result.issue_counts, result.coverage.lines_used) == ({"unreadable_value": 1}, 0)


@pytest.mark.torture("T15", "a figure kept as text")
@pytest.mark.parametrize("value", ["1_00", "３００", "٣", "1,000", "NaN", "0x10"])
def test_a_value_outside_the_grammar_of_numbers_is_told_and_left_out(value: str) -> None:
    result = read(zabbix_series.PARSER, series("W", "pdu.power", "history", value=value))
    assert (result.issue_counts, result.coverage.lines_used) == ({"unreadable_value": 1}, 0)


def test_items_of_which_nothing_is_asked_are_named() -> None:
    result = trend("", "system.cpu.load", "1")
    assert result.issue_counts == {"items_ignored": 1}
    assert "h:system.cpu.load" in result.issues[0].message.en


def test_values_without_their_items_are_refused() -> None:
    with pytest.raises(ParseError) as caught:
        read(zabbix_series.PARSER, json.dumps({"items": [{"itemid": "1"}], "trends": [{"itemid": "1"}]}).encode())
    assert caught.value.code == "unexpected_shape"


def event(number: int, clock: int, value: str, **more: Any) -> dict[str, Any]:
    return {
        "eventid": str(number), "clock": str(clock), "ns": "0", "value": value, "severity": "4", "name": "GPU lost",
        "r_eventid": "0", "hosts": HOST,
    } | more  # fmt: skip


def events(*entries: dict[str, Any]) -> ParseResult:
    return read(zabbix_events.PARSER, json.dumps({"jsonrpc": "2.0", "result": entries, "id": 1}).encode())


def test_a_problem_lasts_until_the_event_that_resolved_it() -> None:
    result = events(event(2, T + 600, "0"), event(1, T, "1", r_eventid="2"))
    row = row_of(result, "device_alarms")
    assert (row["cleared_at"] - row["raised_at"], row["severity"]) == (dt.timedelta(minutes=10), "high")


def test_a_recovery_outside_the_file_leaves_the_problem_open_and_is_told() -> None:
    result = events(event(1, T, "1", r_eventid="2"), event(3, T, "1"))
    assert [row["cleared_at"] for row in result.tables["device_alarms"].to_pylist()] == [None, None]
    assert result.issue_counts == {"recovery_missing": 1}


def node_event(reason: str, first: str, last: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "Event", "involvedObject": {"kind": "Node", "name": "n1"}, "reason": reason, "type": "Warning",
        "firstTimestamp": f"2026-01-05T{first}Z", "lastTimestamp": f"2026-01-05T{last}Z", "count": count,
    } | more  # fmt: skip


def cluster(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"apiVersion": "v1", "items": entries, "kind": "List"}).encode()


def test_a_node_is_not_ready_until_it_is_ready_again() -> None:
    content = cluster(
        node_event("NodeReady", "01:20:00", "01:20:00"), node_event("NodeNotReady", "01:00:00", "01:10:00", count=5)
    )
    row = row_of(read(kubernetes_events.PARSER, content), "device_alarms")
    assert (row["cleared_at"] - row["raised_at"], row["repeats"]) == (dt.timedelta(minutes=20), 1)


def test_events_of_jobs_make_no_alarm_and_are_no_jobs() -> None:
    content = cluster(
        node_event("Failed", "01:00:00", "01:00:00", involvedObject={"kind": "Job", "name": "train"}),
    )
    source = Source.of_bytes(content, "events.json")
    assert identify(source).format == "kubernetes_events"
    result = read(kubernetes_events.PARSER, content)
    assert (result.facts["other_events_by_reason"], result.tables["device_alarms"].num_rows) == ({"Failed": 1}, 0)


def test_a_point_is_declared_by_the_name_its_system_gives_it() -> None:
    text = 'contract: 1\nindicator: GR-4.3.wet_bulb_point\nitems: {"roof:weather.wetbulb[1]": yes, 湿球温度: yes}\n'
    rows = read(declaration.PARSER, text.encode()).tables["declaration"].to_pylist()
    assert [row["item"] for row in rows] == ["roof:weather.wetbulb[1]", "湿球温度"]


test_any_bytes_as_series_give_a_result_or_a_refusal = survives_anything(
    zabbix_series.PARSER,
    series("kWh", "meter[IN]", value_min="1", value_avg="8.5", value_max="9"),
    series("W", "pdu.power", "history", value="5200", ns="500000000"),
)
test_any_bytes_as_problems_give_a_result_or_a_refusal = survives_anything(
    zabbix_events.PARSER, json.dumps({"result": [event(1, T, "1", r_eventid="2"), event(2, T, "0")]}).encode()
)
test_any_bytes_as_events_give_a_result_or_a_refusal = survives_anything(
    kubernetes_events.PARSER, cluster(node_event("NodeNotReady", "01:00:00", "01:10:00", count=5))
)
