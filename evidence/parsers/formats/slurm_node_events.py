"""Spells in which nodes of Slurm were away, as `sacctmgr -P list event` prints them.

The end of a spell that lasts is `Unknown`. Only the reason is free text; a surplus `|` is taken to stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.observations.schema import COUNT
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.columns.instants import Clock
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

HEADER_WITHIN = 10
STATE_FLAGS = "*~#!%$@^-"
OPEN = frozenset(("", "unknown", "none", "now"))
_NAMES = {
    "nodename": "device",
    "node": "device",
    "timestart": "raised_at",
    "start": "raised_at",
    "timeend": "cleared_at",
    "end": "cleared_at",
    "state": "alarm",
    "reason": "cause",
}
_REQUIRED = frozenset(("device", "raised_at", "cleared_at", "alarm"))


class SlurmNodeEvents:
    format = "slurm_node_events"
    version = "2"
    title = Text(zh="Slurm 节点事件（sacctmgr list event）", en="Node events of Slurm (sacctmgr list event)")
    kinds = (DEVICE_ALARMS.name,)

    def recognises(self, source: Source) -> bool:
        return any(_fields(line) is not None for line in source.head_lines()[:HEADER_WITHIN])

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        rows, read = _rows(source, issues)
        clock = Clock(source.timezone, issues)
        lines = pa.array([row["line"] for row in rows], COUNT)
        raised, bad_raised = clock.read(pa.array([row["raised_at"] for row in rows], pa.string()), lines)
        cleared, bad_cleared = clock.read(pa.array([row["cleared_at"] for row in rows], pa.string()), lines)
        clock.close()
        backwards = pc.fill_null(pc.less(cleared, raised), fill_value=False).to_numpy(zero_copy_only=False)
        for index in backwards.nonzero()[0]:
            _tell_backwards(issues, rows[int(index)]["line"])
        unstarted = raised.is_null().to_numpy(zero_copy_only=False) & ~bad_raised
        for index in unstarted.nonzero()[0]:
            _tell_unstarted(issues, rows[int(index)]["line"])
        kept = pa.array(~(bad_raised | bad_cleared | backwards | unstarted))
        columns: dict[str, Any] = {
            **{name: pa.array([row[name] for row in rows], pa.string()) for name in ("device", "alarm", "cause")},
            **{"raised_at": raised, "cleared_at": cleared, "line": lines},
            "repeats": pa.array([0] * len(rows), COUNT),
        }
        table = DEVICE_ALARMS.table({name: column.filter(kept) for name, column in columns.items()})
        return ParseResult(
            facts=_facts(table),
            tables={DEVICE_ALARMS.name: table},
            coverage=Coverage(read, table.num_rows, read - table.num_rows),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _fields(line: str) -> list[str] | None:
    """The fields of a header line, empty where a column is not read; none where it is no header of node events."""
    fields = [_NAMES.get(folded(cell), "") for cell in line.split("|")]
    named = [field for field in fields if field]
    return fields if set(named) >= _REQUIRED and len(named) == len(set(named)) else None


def _rows(source: Source, issues: Issues) -> tuple[list[dict[str, Any]], int]:
    """The records below the header, and how many were read.

    Raises:
        ParseError: `missing_column`, `no_rows`.
    """
    fields: list[str] | None = None
    rows: list[dict[str, Any]] = []
    read = 0
    for number, line in source.lines():
        if fields is None:
            fields = _fields(line)
            if fields is None and number >= HEADER_WITHIN:
                break
            continue
        if not line.strip():
            continue
        read += 1
        row = _record(fields, line.split("|"))
        if row is None:
            _tell_ragged(issues, number)
        elif row["device"] and row["alarm"]:
            rows.append(row | {"line": number})
        else:  # an event of the whole cluster names no node
            _tell_nameless(issues, number)
    if fields is None:
        raise _no_header()
    if not rows:
        raise no_rows()
    return rows, read


def _record(fields: list[str], cells: list[str]) -> dict[str, Any] | None:
    surplus = len(cells) - len(fields)
    if surplus > 0 and "cause" in fields:
        at = fields.index("cause")
        cells = [*cells[:at], "|".join(cells[at : at + surplus + 1]), *cells[at + surplus + 1 :]]
    if len(cells) != len(fields):
        return None
    row = {name: cell.strip() for name, cell in zip(fields, cells, strict=True) if name}
    end = row["cleared_at"]
    return {
        "device": words(row["device"]),
        "alarm": words(row["alarm"]).rstrip(STATE_FLAGS).upper(),
        "cause": words(row.get("cause", "")) or None,
        "raised_at": row["raised_at"],
        "cleared_at": None if end.lower() in OPEN else end,
    }


def _facts(table: pa.Table) -> Mapping[str, Any]:
    return {
        "events": table.num_rows,
        "events_open": table.column("cleared_at").null_count,
        "events_by_state": counted(table.column("alarm").to_pylist()),
        "nodes": pc.count_distinct(table.column("device")).as_py(),
    }


def _tell_ragged(issues: Issues, line: int) -> None:
    issues.add(
        "ragged_row",
        Text(zh=f"第 {line} 行的列数与表头不符。", en=f"Line {line} has another number of cells than the header."),
        where=Where(line=line),
    )


def _tell_nameless(issues: Issues, line: int) -> None:
    issues.add(
        "no_node",
        Text(
            zh=f"第 {line} 行没有节点名或状态（可能是整个集群的事件），未读取。",
            en=f"Line {line} names no node or no state (an event of the whole cluster, perhaps); it is not read.",
        ),
        where=Where(line=line),
    )


def _tell_unstarted(issues: Issues, line: int) -> None:
    issues.add(
        "no_start",
        Text(zh=f"第 {line} 行没有开始时间，未读取。", en=f"Line {line} has no start; it is not read."),
        where=Where(line=line),
    )


def _tell_backwards(issues: Issues, line: int) -> None:
    issues.add(
        "ends_before_start",
        Text(zh=f"第 {line} 行的结束时间早于开始时间。", en=f"Line {line} ends before it starts."),
        where=Where(line=line),
    )


def _no_header() -> ParseError:
    return ParseError(
        "missing_column",
        Text(
            zh="没有找到节点事件的表头（NodeName|TimeStart|TimeEnd|State|Reason）。",
            en="No header of node events was found (NodeName|TimeStart|TimeEnd|State|Reason).",
        ),
        hint=Text(
            zh="请用 sacctmgr -P list event format=NodeName,TimeStart,TimeEnd,State,Reason 导出。",
            en="Export with sacctmgr -P list event format=NodeName,TimeStart,TimeEnd,State,Reason.",
        ),
    )


PARSER = SlurmNodeEvents()
