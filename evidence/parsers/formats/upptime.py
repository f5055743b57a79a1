"""Upptime, the availability monitor in a git repository: `history/summary.json` and the last state of a monitor.

The summary counts since each monitor's own start, polled every five minutes. A monitor is not yet a service, and a
threshold of utilisation is not availability; that mapping is an assessor's. The last state holds no history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.monitors import MONITORS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figure
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.documents.yaml_documents import read_document
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

MINUTES_PER_DAY = 1440
LARGEST_HTTP_STATUS = 599  # a monitor that was not reached has 0
LONGEST_SHOWN = 40
_CODES = {
    "startTime": "bad_instant",
    "lastUpdated": "bad_instant",
    "status": "unknown_word",
    "url": "unreadable_value",
}
_STATES = ("up", "down", "degraded")
_PERCENT = re2.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_DAY = re2.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STATE_FACTS = {
    "url": "url",
    "status": "status",
    "code": "http_status",
    "responseTime": "response_time_ms",
    "startTime": "started_at",
    "lastUpdated": "last_updated_at",
}


class Upptime:
    format = "upptime"
    version = "2"
    title = Text(zh="Upptime 可用性监测", en="Upptime availability monitors")
    kinds = (MONITORS.name,)

    def recognises(self, source: Source) -> bool:
        return _is_summary(source) or b"\ngenerator: Upptime" in source.head_in_utf8

    def parse(self, source: Source) -> ParseResult:
        return _summary(source) if _is_summary(source) else _last_state(source)


def _is_summary(source: Source) -> bool:
    head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"[") and b'"dailyMinutesDown"' in head and b'"uptime"' in head


def _summary(source: Source) -> ParseResult:
    document = read_array(source, None)
    if not document.elements:
        raise no_rows()
    issues = Issues()
    columns: dict[str, list[Any]] = {column.name: [] for column in MONITORS.columns if column.name != "cell"}
    for element in document.elements:
        row = _monitor(element.value)
        if row is None:
            issues.add(
                "unreadable_monitor",
                Text(
                    zh=f"第 {element.line} 行开始的监测项无法读取。",
                    en=f"The monitor that starts in line {element.line} cannot be read.",
                ),
                where=Where(line=element.line),
                hint=Text(zh="请上传未经改动的 summary.json。", en="Upload summary.json unchanged."),
            )
            continue
        for name, value in (row | {"line": element.line}).items():
            columns[name].append(value)
    table = MONITORS.table(columns)
    read, used = len(document.elements), table.num_rows
    return ParseResult(
        facts={"monitors": used, "monitors_up": columns["status"].count("up")},
        runs=tuple(_run(row) for row in table.to_pylist()),
        tables={MONITORS.name: table},
        coverage=Coverage(read, used, read - used),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=source.text_encoding,
    )


def _monitor(entry: Any) -> dict[str, Any] | None:
    if not isinstance(entry, Mapping):
        return None
    name, status, uptime = (entry.get(key) for key in ("name", "status", "uptime"))
    down = entry.get("dailyMinutesDown")
    if not isinstance(name, str) or not isinstance(status, str) or not isinstance(uptime, str):
        return None
    percent = _PERCENT.fullmatch(uptime)
    if percent is None or Decimal(percent.group(1)) > 100 or not isinstance(down, Mapping):
        return None
    minutes = list(down.values())
    if not all(_DAY.fullmatch(day) for day in down) or not all(_is_day_share(value) for value in minutes):
        return None
    return {
        "monitor": words(name),
        "status": words(status),
        "uptime_ratio": Decimal(percent.group(1)) / 100,
        "down_ms": sum(minutes) * 60_000,
        "days_with_downtime": len(minutes),
    }


def _is_day_share(value: Any) -> bool:
    return _is_whole(value) and 0 <= value <= MINUTES_PER_DAY


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "monitor": row["monitor"],
        "status": row["status"],
        "uptime_ratio": row["uptime_ratio"].quantize(Decimal("0.00000001")).normalize() + 0,
        "down_minutes": row["down_ms"] // 60_000,
        "days_with_downtime": row["days_with_downtime"],
    }


def _last_state(source: Source) -> ParseResult:
    """Facts only: one state says nothing about a period."""
    document = read_document(source)
    issues = Issues()
    issues.add(
        "last_state_only",
        Text(
            zh="该文件只有监测项的最近状态，没有可用性历史。",
            en="The file holds a monitor's last state only, no history of availability.",
        ),
        severity=Severity.INFO,
        hint=Text(zh="请上传 history/summary.json。", en="Upload history/summary.json."),
    )
    faulty = {key for key in _STATE_FACTS if not _is_possible(key, document.content.get(key))}
    for key in sorted(faulty):
        _tell_impossible(key, document.content[key], issues, where=document.where(key))
    facts = {
        name: words(value) if isinstance(value, str) else value
        for key, name in _STATE_FACTS.items()
        if key not in faulty and (value := document.content.get(key)) is not None
    }
    lines = sum(1 for _, line in source.lines() if line.strip())
    return ParseResult(
        facts=facts,
        tables={},
        coverage=Coverage(lines, lines - len(faulty), len(faulty)),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=source.text_encoding,
    )


def _is_possible(key: str, value: Any) -> bool:
    """Whether a field of the last state is what its name says; one that is not there is."""
    if value is None:
        return True
    match key:
        case "code":
            return _is_whole(value) and 0 <= value <= LARGEST_HTTP_STATUS
        case "responseTime":
            return _is_number(value) and value >= 0 and figure(value) is not None
        case "startTime" | "lastUpdated":
            return isinstance(value, str) and _is_instant(value)
        case "status":
            return value in _STATES
    return isinstance(value, str)


def _is_instant(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _tell_impossible(key: str, value: Any, issues: Issues, *, where: Where) -> None:
    of_a_figure = "out_of_range" if _is_number(value) else "not_a_number"
    shown = words(str(value)[:LONGEST_SHOWN])
    issues.add(
        _CODES.get(key, of_a_figure),
        Text(
            zh=f"“{key}”的值“{shown}”不可能或无法读取，未采用。",
            en=f"The value “{shown}” of `{key}` is impossible or cannot be read; it is not used.",
        ),
        where=where,
        hint=Text(zh="请上传未经改动的文件。", en="Upload the file unchanged."),
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or isinstance(value, Decimal)


PARSER = Upptime()
