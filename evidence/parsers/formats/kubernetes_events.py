"""Events of Kubernetes, as `kubectl get events -A -o json` prints them: what befell nodes becomes alarms.

Kubernetes keeps events for an hour: a record of a period needs something that collects them. What befell pods is
counted by reason and makes no alarm, because most of it is the users'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from core.text import Text
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.monitoring.alarm_spells import alarms_of
from evidence.parsers.monitoring.spells import Change, paired
from evidence.parsers.schedulers.kubernetes import is_list_of, moment_of, read_items, text
from evidence.parsers.schedulers.slurm_json import OddValue, counted, mapping, tell_odd
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

NOT_READY, READY = "NodeNotReady", "NodeReady"
MOST_COUNTED = 2**31
_EVENT = Text(zh="事件", en="event")


class KubernetesEvents:
    format = "kubernetes_events"
    version = "1"
    title = Text(zh="Kubernetes 事件（JSON）", en="Events of Kubernetes (JSON)")
    kinds = (DEVICE_ALARMS.name,)

    def recognises(self, source: Source) -> bool:
        return is_list_of(source, rb"Event")

    def parse(self, source: Source) -> ParseResult:
        document = read_items(source)
        issues, changes, seen, reasons = Issues(), list[Change](), list[dict[str, Any]](), list[str]()
        read = 0
        for element in document.elements:
            try:
                event = _Event(element.value, element.line)
            except OddValue as odd:
                tell_odd(issues, "unreadable_event", _EVENT, str(odd), element.line)
                continue
            read += 1
            if event.kind != "Node":
                reasons.append(event.reason)
            elif event.reason in (NOT_READY, READY):
                changes += event.changes()
            elif event.warning:
                seen.append(event.alarm())
        pairs = paired(changes)
        spells = alarms_of(pairs)
        others = DEVICE_ALARMS.table({name: [row[name] for row in seen] for name in _COLUMNS})
        table = pa.concat_tables([spells, others])
        total = len(document.elements)
        return ParseResult(
            facts={
                "events": total,
                "node_alarms": table.num_rows,
                "node_alarms_open": spells.column("cleared_at").null_count,
                "nodes": len(set(table.column("device").to_pylist())),
                "other_events_by_reason": counted(reasons),
            },
            tables={DEVICE_ALARMS.name: table},
            coverage=Coverage(total, read, total - read),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


_COLUMNS = ("device", "alarm", "severity", "raised_at", "cleared_at", "repeats", "cause", "line")


class _Event:
    """One event, of the first or of the later API.

    Raises:
        OddValue: at any field that cannot be read.
    """

    def __init__(self, value: Any, line: int) -> None:
        event = mapping(value, "item")
        about = mapping(event.get("involvedObject") or event.get("regarding"), "involvedObject")
        self.kind = words(text(about.get("kind"), "involvedObject.kind"))
        self.name = words(text(about.get("name"), "involvedObject.name"))
        self.reason = words(text(event.get("reason"), "reason"))
        self.warning = event.get("type") == "Warning"
        self._message = event.get("message") or event.get("note")
        self._line = line
        series = event.get("series")
        series = series if isinstance(series, Mapping) else {}
        first = moment_of(event.get("firstTimestamp") or event.get("eventTime"), "firstTimestamp")
        last = moment_of(event.get("lastTimestamp") or series.get("lastObservedTime"), "lastTimestamp")
        self.first, self.last = _ordered(first, last)
        count = event.get("count") or series.get("count") or 1
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count < MOST_COUNTED:
            raise OddValue("count")
        self._count = count

    def changes(self) -> list[Change]:
        """Ready and not ready, at the first and at the last time they were said."""
        raised = self.reason == NOT_READY
        moments = [self.first] if self._count == 1 or self.first == self.last else [self.first, self.last]
        return [Change(at, self.name, NOT_READY, raised, self._line, "Warning") for at in moments]

    def alarm(self) -> dict[str, Any]:
        """A warning about a node lasts from the first to the last time it was said."""
        cause = words(self._message) if isinstance(self._message, str) else ""
        return {
            "device": self.name,
            "alarm": self.reason,
            "severity": "Warning",
            "raised_at": self.first,
            "cleared_at": self.last,
            "repeats": self._count - 1,
            "cause": cause or None,
            "line": self._line,
        }


def _ordered(first: dt.datetime | None, last: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    begin, end = first or last, last or first
    if begin is None or end is None:
        raise OddValue("firstTimestamp")
    if end < begin:
        raise OddValue("lastTimestamp")
    return begin, end


PARSER = KubernetesEvents()
