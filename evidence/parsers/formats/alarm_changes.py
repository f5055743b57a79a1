"""Alarm logs with a row per change, raised or cleared: paired into alarms with a beginning and an end.

A clear without its raise is told and makes no alarm; it is handed on, since the log of the time before may have it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from core.text import Text
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.monitoring.alarm_spells import alarms_of, raised
from evidence.parsers.monitoring.spells import Change, Paired, paired
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.fact_tables import read_fact_table
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

HEADINGS = (
    Heading("at", ("time", "timestamp", "event_time", "时间", "告警时间", "事件时间")),
    Heading("device", ("host", "object", "resource", "设备", "主机", "告警对象", "设备名称", "告警源")),
    Heading("alarm", ("alarm_name", "alarm_id", "event", "告警", "告警名称", "告警ID", "事件名称")),
    Heading("change", ("action", "alarm_state", "alarm_status", "告警状态", "告警类型", "动作")),
    Heading("severity", ("level", "级别", "告警级别"), required=False),
)
_RAISED = ("raised", "raise", "set", "active", "asserted", "firing", "problem", "产生", "告警产生", "发生", "告警")
_CLEARED = ("cleared", "clear", "reset", "deasserted", "resolved", "ok", "恢复", "告警恢复", "清除", "已清除")
CHANGES = {**dict.fromkeys(_RAISED, 1), **dict.fromkeys(_CLEARED, 0)}


class AlarmChanges:
    format = "alarm_changes"
    version = "2"
    title = Text(zh="告警日志（产生与恢复，CSV）", en="Alarm log (raised and cleared, CSV)")
    kinds = (DEVICE_ALARMS.name,)

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        pairs = paired(_change(row) for row in read.columns.to_pylist())
        _tell_lonely(pairs, read.issues)
        table = alarms_of(pairs)
        return read.result(
            source, _facts(raised(table), read.columns.num_rows, pairs), tables={DEVICE_ALARMS.name: table}
        )


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    return {
        "at": rows.instant("at", required=True),
        "device": rows.text("device", required=True),
        "alarm": rows.text("alarm", required=True),
        "change": rows.coded("change", CHANGES, required=True),
        "severity": rows.text("severity"),
    }


def _change(row: Mapping[str, Any]) -> Change:
    at: dt.datetime = row["at"]
    return Change(at, row["device"], row["alarm"], row["change"] == 1, row["line"], row["severity"])


def _facts(alarms: pa.Table, changes: int, pairs: Paired) -> dict[str, Any]:
    return {
        "changes": changes,
        "alarms": alarms.num_rows,
        "alarms_open": alarms.column("cleared_at").null_count,
        "alarms_by_name": counted(alarms.column("alarm").to_pylist()),
        "devices": pc.count_distinct(alarms.column("device")).as_py(),
        "repeats": pc.sum(alarms.column("repeats")).as_py() or 0,
        "clears_without_raise": len(pairs.lonely),
    }


def _tell_lonely(pairs: Paired, issues: Issues) -> None:
    if pairs.lonely:
        issues.add(
            "clear_without_raise",
            Text(
                zh=f"有 {len(pairs.lonely)} 条恢复记录在本文件中没有对应的产生记录。",
                en=f"{len(pairs.lonely)} clears have no raise before them in this file.",
            ),
            where=Where(line=pairs.lonely[0].line),
            times=len(pairs.lonely),
            hint=Text(
                zh="请一并提交此前时段的告警日志，或从更早的时间开始导出。",
                en="Hand in the log of the time before as well, or export from an earlier time on.",
            ),
        )


PARSER = AlarmChanges()
