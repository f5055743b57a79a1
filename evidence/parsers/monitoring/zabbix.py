"""What readers of Zabbix's API share: its values are texts, its instants epoch seconds, its items named by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.quantity import bounded_decimal
from evidence.parsers.columns.figures import figure
from evidence.parsers.schedulers.slurm_json import OddValue, mapping
from evidence.parsers.text.log_lines import words

_LATEST_SECOND = 7_258_118_400  # 2200-01-01


@dataclass(frozen=True, slots=True)
class Item:
    """One item as `item.get` tells it."""

    host: str
    key: str
    unit: str
    tags: Mapping[str, str]

    @property
    def name(self) -> str:
        """How its series is called: `host:key`."""
        return f"{self.host}:{self.key}"


def items_by_id(told: Any) -> dict[str, Item]:
    """The items of a result of `item.get` with `selectHosts` and, where wanted, `selectTags`.

    Raises:
        OddValue: at the first item that cannot be read.
    """
    if not isinstance(told, list):
        raise OddValue("items")
    found: dict[str, Item] = {}
    for entry in told:
        item = mapping(entry, "items")
        host = host_of(item)
        tags = item.get("tags")
        named = (
            {str(tag.get("tag")): str(tag.get("value")) for tag in tags if isinstance(tag, Mapping)}
            if (isinstance(tags, list))
            else {}
        )
        unit = item.get("units")
        found[text_of(item, "itemid")] = Item(host, text_of(item, "key_"), unit if isinstance(unit, str) else "", named)
    return found


def host_of(entry: Mapping[str, Any]) -> str:
    """The first host of an entry.

    Raises:
        OddValue
    """
    hosts = entry.get("hosts")
    if not isinstance(hosts, list) or not hosts:
        raise OddValue("hosts")
    return text_of(mapping(hosts[0], "hosts"), "host")


def text_of(entry: Mapping[str, Any], name: str) -> str:
    """A text that is not empty; Zabbix writes numbers as text as well.

    Raises:
        OddValue
    """
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    shown = words(value) if isinstance(value, str) else ""
    if not shown:
        raise OddValue(name)
    return shown


def figure_of(entry: Mapping[str, Any], name: str) -> Decimal:
    """A figure, written as text or as a number.

    Raises:
        OddValue
    """
    value = entry.get(name)
    if isinstance(value, str):
        value = bounded_decimal(value)
    number = figure(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    if number is None:
        raise OddValue(name)
    return number


def instant_of(entry: Mapping[str, Any]) -> dt.datetime:
    """The instant of `clock` and, where it is there, `ns`, in UTC with milliseconds.

    Raises:
        OddValue
    """
    seconds = figure_of(entry, "clock")
    if not 0 <= seconds < _LATEST_SECOND or seconds != int(seconds):
        raise OddValue("clock")
    nanoseconds = figure_of(entry, "ns") if entry.get("ns") is not None else Decimal(0)
    if not 0 <= nanoseconds < 10**9:
        raise OddValue("ns")
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(
        seconds=int(seconds), milliseconds=int(nanoseconds) // 10**6
    )
