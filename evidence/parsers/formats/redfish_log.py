"""Event logs of a server's management controller, as Redfish gives them: a collection of `LogEntry`.

Entries of a system event log assert and deassert (`EntryCode`); those are paired into alarms. A warning that was never
deasserted is an alarm that is open, or ended where the entry says it was resolved; entries of severity OK are none.

Source: DMTF DSP0268, schema LogEntry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.monitoring.alarm_spells import alarms_of, raised
from evidence.parsers.monitoring.spells import Change, paired
from evidence.parsers.schedulers.kubernetes import moment_of, text
from evidence.parsers.schedulers.slurm_json import OddValue, counted, mapping, tell_odd
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

SEVERITIES = frozenset(("OK", "Warning", "Critical"))
_MEMBERS = re2.compile(rb'"Members"\s*:\s*\[')
_ENTRY = re2.compile(rb"#LogEntry(?:Collection)?\.")
_ENTRY_WORD = Text(zh="日志条目", en="entry")


class RedfishLog:
    format = "redfish_log"
    version = "2"
    title = Text(zh="BMC 事件日志（Redfish）", en="Event log of a BMC (Redfish)")
    kinds = (DEVICE_ALARMS.name,)

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
        return head.startswith(b"{") and _MEMBERS.search(head) is not None and _ENTRY.search(head) is not None

    def parse(self, source: Source) -> ParseResult:
        document = read_array(source, "Members")
        if not document.elements:
            raise no_rows()
        issues, changes, messages, severities = Issues(), list[Change](), dict[int, str](), list[str]()
        for element in document.elements:
            try:
                severity, found, message = _entry(element.value, element.line)
            except OddValue as odd:
                tell_odd(issues, "unreadable_entry", _ENTRY_WORD, str(odd), element.line)
                continue
            severities.append(severity)
            changes += found
            messages[element.line] = message
        pairs = paired(changes)
        table = alarms_of(pairs, causes=messages)
        alarms = raised(table)
        read = len(document.elements)
        return ParseResult(
            facts={
                "entries": len(severities),
                "entries_by_severity": counted(severities),
                "alarms": alarms.num_rows,
                "alarms_open": alarms.column("cleared_at").null_count,
                "devices": pc.count_distinct(alarms.column("device")).as_py(),
                "clears_without_raise": len(pairs.lonely),
            },
            tables={DEVICE_ALARMS.name: table},
            coverage=Coverage(read, len(severities), read - len(severities)),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _entry(value: Any, line: int) -> tuple[str, list[Change], str]:
    """The severity of an entry, the changes it stands for, and what it says."""
    entry = mapping(value, "Members")
    severity = text(entry.get("Severity"), "Severity")
    if severity not in SEVERITIES:
        raise OddValue("Severity")
    at = moment_of(text(entry.get("Created"), "Created"), "Created")
    if at is None:
        raise OddValue("Created")
    device, alarm, message = _device(entry), _alarm(entry), words(str(entry.get("Message") or ""))
    if _is_deassertion(entry):
        return severity, [Change(at, device, alarm, raised=False, line=line)], message
    if severity == "OK":
        return severity, [], message
    raised = Change(at, device, alarm, raised=True, line=line, severity=severity)
    return severity, [raised, *_resolved(entry, raised)], message


def _resolved(entry: Mapping[str, Any], raised: Change) -> list[Change]:
    """The clear an entry tells of itself, where it says when it was resolved."""
    at: dt.datetime | None = moment_of(entry.get("Modified"), "Modified") if entry.get("Resolved") is True else None
    if at is None or at <= raised.at:
        return []
    return [Change(at, raised.thing, raised.alarm, raised=False, line=raised.line)]


def _is_deassertion(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("EntryCode", "")).lower() in ("deassert", "deasserted")


def _device(entry: Mapping[str, Any]) -> str:
    """The part of the server an entry speaks of: where it originates, else its sensor, else the controller."""
    links = entry.get("Links")
    origin = links.get("OriginOfCondition") if isinstance(links, Mapping) else None
    path = origin.get("@odata.id") if isinstance(origin, Mapping) else None
    sensor = entry.get("SensorType")
    number = entry.get("SensorNumber")
    if isinstance(path, str) and path:
        return words(path)
    if isinstance(sensor, str) and sensor:
        return words(f"{sensor} {number}" if isinstance(number, int) and not isinstance(number, bool) else sensor)
    return "BMC"


def _alarm(entry: Mapping[str, Any]) -> str:
    for name in ("MessageId", "EventId", "Message", "Name"):
        value = entry.get(name)
        if isinstance(value, str) and value.strip():
            return words(value)
    raise OddValue("MessageId")


PARSER = RedfishLog()
