"""Events of Zabbix (`event.get`): each problem from its beginning to the recovery it names.

A recovery that no problem of the file names is handed on: the file before may have its problem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pyarrow.compute as pc
import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.monitoring.alarm_spells import NO_RAISE, raised
from evidence.parsers.monitoring.zabbix import host_of, instant_of, text_of
from evidence.parsers.schedulers.slurm_json import OddValue, counted, mapping, tell_odd
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

SEVERITIES = ("not classified", "information", "warning", "average", "high", "disaster")
_RESULT = re2.compile(rb'"result"\s*:\s*\[')
_EVENT = re2.compile(rb'"r_eventid"\s*:')
_WORD = Text(zh="事件", en="event")
_Row = dict[str, Any]
_COLUMNS = ("device", "alarm", "severity", "raised_at", "cleared_at", "repeats", "line")


class ZabbixEvents:
    format = "zabbix_events"
    version = "2"
    title = Text(zh="Zabbix 问题事件（JSON）", en="Events of Zabbix (JSON)")
    kinds = (DEVICE_ALARMS.name,)

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and _RESULT.search(head) is not None
            and _EVENT.search(head) is not None
        )

    def parse(self, source: Source) -> ParseResult:
        document = read_array(source, "result")
        if not document.elements:
            raise no_rows()
        issues, events, faulty = Issues(), dict[str, Mapping[str, Any]](), 0
        problems: list[tuple[Mapping[str, Any], int]] = []
        recoveries: list[tuple[Mapping[str, Any], int]] = []
        for element in document.elements:
            try:
                event = mapping(element.value, "event")
                events[text_of(event, "eventid")] = {"at": instant_of(event)}
                (problems if text_of(event, "value") == "1" else recoveries).append((event, element.line))
            except OddValue as odd:
                faulty += 1
                tell_odd(issues, "unreadable_event", _WORD, str(odd), element.line)
        rows, lost = list[dict[str, Any]](), list[int]()
        for event, line in problems:
            try:
                row, missing = _row(event, events)
            except OddValue as odd:
                faulty += 1
                tell_odd(issues, "unreadable_event", _WORD, str(odd), line)
                continue
            rows.append(row | {"line": line})
            if missing:
                lost.append(line)
        if lost:
            _tell_lost(issues, lost)
        rows += _clears_alone(recoveries, {str(event.get("r_eventid")) for event, _ in problems})
        table = DEVICE_ALARMS.table({name: [row[name] for row in rows] for name in _COLUMNS})
        alarms, read = raised(table), len(document.elements)
        return ParseResult(
            facts={
                "events": read,
                "alarms": alarms.num_rows,
                "alarms_open": alarms.column("cleared_at").null_count,
                "alarms_by_severity": counted(alarms.column("severity").to_pylist()),
                "devices": pc.count_distinct(alarms.column("device")).as_py(),
                "recoveries_missing": len(lost),
            },
            tables={DEVICE_ALARMS.name: table},
            coverage=Coverage(read, read - faulty, faulty),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _row(event: Mapping[str, Any], events: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The alarm of a problem, and whether the recovery it names is not in the file."""
    raised = instant_of(event)
    recovery = text_of(event, "r_eventid") if event.get("r_eventid") not in (None, "") else "0"
    cleared = events[recovery]["at"] if recovery in events else None
    if cleared is not None and cleared < raised:
        raise OddValue("r_eventid")
    level = text_of(event, "severity")
    if level not in {str(number) for number in range(len(SEVERITIES))}:
        raise OddValue("severity")
    return {
        "device": host_of(event),
        "alarm": text_of(event, "name"),
        "severity": SEVERITIES[int(level)],
        "raised_at": raised,
        "cleared_at": cleared,
        "repeats": 0,
    }, recovery != "0" and cleared is None


def _clears_alone(recoveries: Iterable[tuple[Mapping[str, Any], int]], named: Collection[str]) -> Iterator[_Row]:
    """The clears of recoveries whose problem is not in the file, of those that say of what they are."""
    for event, line in recoveries:
        if text_of(event, "eventid") in named:
            continue
        with suppress(OddValue):
            at, device, alarm = instant_of(event), host_of(event), text_of(event, "name")
            row = {"device": device, "alarm": alarm, "severity": None, "raised_at": at, "cleared_at": at}
            yield row | {"repeats": NO_RAISE, "line": line}


def _tell_lost(issues: Issues, lines: list[int]) -> None:
    issues.add(
        "recovery_missing",
        Text(
            zh=f"有 {len(lines)} 个问题已恢复，但恢复事件不在文件中，按未恢复读取。",
            en=f"{len(lines)} problems were resolved by events that are not in the file; they are read as open.",
        ),
        where=Where(line=lines[0]),
        times=len(lines),
        hint=Text(
            zh="请一并提交此后时段的事件，或导出到更晚的时间。",
            en="Hand in the events of the time after as well, or export up to a later time.",
        ),
    )


PARSER = ZabbixEvents()
