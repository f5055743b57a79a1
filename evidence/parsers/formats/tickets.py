"""Support tickets: one per row, with priority and the instants of its life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.tickets import TICKETS
from evidence.parsers.base import ParseResult
from evidence.parsers.csv_tables import Layout, head_layout
from evidence.parsers.headers import Heading
from evidence.parsers.source import Source
from evidence.parsers.typed_rows import TypedRows, read_table

HEADINGS = (
    Heading("id", ("ticket", "ticket_id", "编号", "工单号", "工单编号", "工单ID")),
    Heading("priority", ("优先级", "级别", "紧急程度")),
    Heading("opened_at", ("created_at", "提交时间", "创建时间", "受理时间")),
    Heading("first_response_at", ("first_responded_at", "首次响应时间", "响应时间"), required=False),
    Heading("resolved_at", ("closed_at", "解决时间", "关闭时间", "完成时间")),
)
PRIORITIES = {
    **dict.fromkeys(("p1", "1", "critical", "urgent", "紧急", "一级"), "P1"),
    **dict.fromkeys(("p2", "2", "high", "major", "高", "重要", "二级"), "P2"),
    **dict.fromkeys(("p3", "3", "normal", "medium", "low", "中", "低", "一般", "三级"), "P3"),
}


class Tickets:
    format = "tickets"
    version = "1"
    title = Text(zh="工单记录（CSV）", en="Tickets (CSV)")
    kinds = (TICKETS.name,)

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

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
