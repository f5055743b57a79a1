"""Values of Zabbix: hourly trends or history, with the items they belong to, as its API gives them.

`{"items": [item.get …], "trends": [trend.get …]}` or `{"items": …, "history": [history.get …]}`. The unit of an item
decides what its values are: energy registers, power, temperature, or the activity of cards. Other items are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import Kind
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.documents.json_arrays import read_array, unexpected_shape
from evidence.parsers.monitoring.zabbix import Item, figure_of, instant_of, items_by_id, text_of
from evidence.parsers.schedulers.slurm_json import OddValue, counted, mapping, tell_odd
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

HOUR_MS = 3_600_000
PLACES = ("it", "rack", "node", "switch", "facility", "cooling")
_ITEMS = re2.compile(rb'"items"\s*:\s*\[')
_SERIES = re2.compile(rb'"(?:trends|history)"\s*:\s*\[')
_ITEM_ID = re2.compile(rb'"itemid"\s*:')
_ENERGY = {"Wh": "Wh", "kWh": "kWh", "MWh": "MWh"}
_POWER = {"W": 1, "kW": 1000, "MW": 10**6}
_CELSIUS = frozenset(("C", "°C", "℃"))
# SM or AI Core activity is what is scored; the coarse utilisation is kept apart.
_ACTIVE = re2.compile(r"(?i)sm[_.]?act|ai[_.]?core|prof_sm")
_COARSE = re2.compile(r"(?i)(?:gpu|npu|dcu|mlu).{0,40}util|util.{0,40}(?:gpu|npu|dcu|mlu)")
_PARAMETER = re2.compile(r"\[([^\],]{1,80})")
_VALUE = Text(zh="数值", en="value")
_Row = tuple[Kind, dict[str, Any]]


class ZabbixSeries:
    format = "zabbix_series"
    version = "2"
    title = Text(zh="Zabbix 趋势与历史数据（JSON）", en="Trends and history of Zabbix (JSON)")
    kinds = (ENERGY_READINGS.name, POWER_SAMPLES.name, DEVICE_SAMPLES.name, FLOW_READINGS.name)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return (
            opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and _ITEMS.search(opening) is not None
            and _ITEM_ID.search(opening) is not None
            and (_SERIES.search(opening) is not None or b'"value_avg"' in opening)
        )

    def parse(self, source: Source) -> ParseResult:
        """Trends are means (and, of registers, the highest value) of whole hours.

        Raises:
            ParseError: what `read_array` raises; `unexpected_shape` for items that cannot be read, `no_rows`.
        """
        series = "trends" if b'"value_avg"' in source.opening_in_utf8 else "history"
        document = read_array(source, series)
        if not document.elements:
            raise no_rows()
        items = _items(document.beside.get("items"))
        issues, rows, ignored = Issues(), dict[Kind, list[dict[str, Any]]](), list[str]()
        for element in document.elements:
            try:
                kind, row = _row(mapping(element.value, series), items, hourly=series == "trends")
            except OddValue as odd:
                tell_odd(issues, "unreadable_value", _VALUE, str(odd), element.line)
                continue
            except _OtherItem as other:
                ignored.append(str(other))
                continue
            rows.setdefault(kind, []).append(row | {"line": element.line})
        if ignored:
            _tell_ignored(issues, ignored)
        tables = {kind.name: kind.table(_columns(own)) for kind, own in rows.items()}
        read, used = len(document.elements), sum(len(own) for own in rows.values()) + len(ignored)
        return ParseResult(
            facts={
                "values": read,
                "series": len({_name(kind, row) for kind, own in rows.items() for row in own}),
                "values_by_kind": {kind.name: len(own) for kind, own in sorted(rows.items(), key=lambda e: e[0].name)},
                "values_of_other_items": len(ignored),
            },
            tables=tables,
            coverage=Coverage(read, used, read - used),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


class _OtherItem(Exception):
    """A value of an item of which nothing is asked; says which."""


def _items(told: Any) -> dict[str, Item]:
    try:
        return items_by_id(told)
    except OddValue as odd:
        raise _bad_items(str(odd)) from odd


def _bad_items(name: str) -> ParseError:
    return unexpected_shape(
        Text(zh=f"items 中缺少或无法识别“{name}”", en=f"`{name}` of the items is missing or cannot be read")
    )


def _row(value: Mapping[str, Any], items: Mapping[str, Item], *, hourly: bool) -> _Row:
    item = items.get(text_of(value, "itemid"))
    if item is None:
        raise OddValue("itemid")
    at = instant_of(value)
    mean = figure_of(value, "value_avg" if hourly else "value")
    if item.unit in _ENERGY:
        # A register grows: at the end of its hour it stands at the highest value.
        register = figure_of(value, "value_max") if hourly else mean
        ended = at + dt.timedelta(milliseconds=HOUR_MS) if hourly else at
        return ENERGY_READINGS, {
            "meter": item.name, "at": ended, "value": register, "unit": _ENERGY[item.unit], "reading": "cumulative",
        }  # fmt: skip
    if item.unit in _POWER:
        return _power(item, at, mean * _POWER[item.unit], hourly=hourly)
    if item.unit in _CELSIUS:
        return FLOW_READINGS, {"point": item.name, "at": at, "value": mean, "unit": "Cel", "reading": "on_change"}
    if item.unit == "%" and (_ACTIVE.search(item.key) or _COARSE.search(item.key)):
        column = "active_ratio" if _ACTIVE.search(item.key) else "util_ratio"
        if not 0 <= mean <= 100:
            raise OddValue(column)
        parameter = _PARAMETER.search(item.key)
        return DEVICE_SAMPLES, {
            "node": item.host,
            "device": parameter.group(1) if parameter else item.key,
            "at": at + dt.timedelta(milliseconds=HOUR_MS) if hourly else at,
            "interval_ms": HOUR_MS if hourly else None,
            column: mean / 100,
        }
    raise _OtherItem(item.name)


def _power(item: Item, at: dt.datetime, watts: Decimal, *, hourly: bool) -> _Row:
    """Samples of history are power; a mean over an hour is the energy of that hour, which no sample stands for."""
    if watts < 0 or watts >= Decimal(10) ** 20:
        raise OddValue("value")
    if not hourly:
        place = item.tags.get("place", "other")
        return POWER_SAMPLES, {
            "series": item.name, "place": place if place in PLACES else "other", "at": at, "power_w": watts,
        }  # fmt: skip
    return ENERGY_READINGS, {
        "meter": item.name,
        "start_at": at,
        "at": at + dt.timedelta(milliseconds=HOUR_MS),
        "value": watts,
        "unit": "Wh",
        "reading": "interval",
    }


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _name(kind: Kind, row: Mapping[str, Any]) -> str:
    return f"{kind.name} {row.get('meter') or row.get('series') or row.get('point') or (row['node'], row['device'])}"


def _tell_ignored(issues: Issues, names: list[str]) -> None:
    counts = counted(names)
    shown = ", ".join(list(counts)[:8])
    issues.add(
        "items_ignored",
        Text(
            zh=f"有 {len(names)} 个数值属于未采用的监控项：{shown}。",
            en=f"{len(names)} values belong to items of which nothing is asked: {shown}.",
        ),
        severity=Severity.INFO,
        times=len(names),
    )


PARSER = ZabbixSeries()
