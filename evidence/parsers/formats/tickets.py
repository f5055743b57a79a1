"""Support tickets: one per row, with priority and the instants of its life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.tickets import TICKETS
from evidence.parsers.base import ParseResult
from evidence.parsers.tables.simple_tables import TICKETS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

PRIORITIES = {
    **dict.fromkeys(("p1", "1", "critical", "urgent", "紧急", "一级"), "P1"),
    **dict.fromkeys(("p2", "2", "high", "major", "高", "重要", "二级"), "P2"),
    **dict.fromkeys(("p3", "3", "normal", "medium", "low", "中", "低", "一般", "三级"), "P3"),
}


class Tickets:
    format = "tickets"
    version = "1"
    title = Text(zh="工单记录（CSV、xlsx）", en="Tickets (CSV, xlsx)")
    kinds = (TICKETS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=TICKETS, columns=_columns)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    opened = rows.instant("opened_at", required=True)
    responded, resolved = rows.instant("first_response_at"), rows.instant("resolved_at")
    columns = {
        "ticket": rows.text("id", required=True),
        "priority": rows.choice("priority", PRIORITIES, required=True),
        "opened_at": opened,
        "first_response_at": responded,
        "resolved_at": resolved,
    }
    for later in (responded, resolved):
        rows.refuse(
            pc.fill_null(pc.less(later, opened), fill_value=False).to_numpy(zero_copy_only=False),
            "ends_before_start",
            Text(
                zh="第 {line} 行的响应或解决时间早于提交时间。",
                en="Line {line} is answered or resolved before it was opened.",
            ),
            hint=Text(zh="请核对该工单的各个时间。", en="Check the times of this ticket."),
        )
    return columns


def _facts(table: pa.Table) -> dict[str, Any]:
    priorities = pc.value_counts(table.column("priority").combine_chunks()).to_pylist()
    return {
        "tickets": table.num_rows,
        "tickets_by_priority": {e["values"]: e["counts"] for e in sorted(priorities, key=lambda e: e["values"])},
        "tickets_open": table.column("resolved_at").null_count,
    }


PARSER = Tickets()
