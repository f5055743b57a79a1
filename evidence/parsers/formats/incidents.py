"""Incident list: one spell of unavailability or maintenance per row, with its service and cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.outages import OUTAGES
from evidence.parsers.base import ParseResult
from evidence.parsers.tables.simple_tables import INCIDENTS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

# The three services the indicators ask for; any other service keeps its own name.
SERVICES = {"计算": "compute", "算力": "compute", "算力服务": "compute", "机房": "facility", "基础设施": "facility"}
SERVICES |= {"推理": "inference", "推理服务": "inference"}


class Incidents:
    format = "incidents"
    version = "3"
    title = Text(zh="事件与中断记录（CSV、xlsx）", en="Incidents (CSV, xlsx)")
    kinds = (OUTAGES.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=OUTAGES, columns=_columns)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    """`planned` left empty means unplanned: only what a centre marks as planned may count as such.

    Cells that need not be there count as empty where they cannot be read: then all cards are affected, nothing was
    announced, and a stamp is as late as it can have been. Planned work has to name its cards, which hides outages.
    """
    start, end = rows.instant("started_at", required=True), rows.instant("ended_at")
    planned = pc.fill_null(rows.flag("planned"), fill_value=False)
    unplanned = pc.invert(planned).to_numpy(zero_copy_only=False)
    backwards = pc.fill_null(pc.less(end, start), fill_value=False).to_numpy(zero_copy_only=False)
    columns = {
        "outage": rows.text("id", required=True),
        "service": _services(rows.text("service", required=True)),
        "started_at": start,
        "ended_at": end,
        "planned": planned,
        "announced_at": rows.or_empty("announced_at", rows.instant),
        "cards_affected": rows.or_empty("cards_affected", rows.count, where=unplanned),
        "cause": rows.text("cause"),
        "raised_by": rows.text("raised_by"),
        "alarmed_at": rows.or_empty("alarmed_at", rows.instant),
        "located_at": rows.or_empty("located_at", rows.instant),
        "automatic": rows.or_empty("automatic", rows.flag),
    }
    rows.refuse(
        backwards,
        "ends_before_start",
        Text(zh="第 {line} 行的结束时间早于开始时间。", en="Line {line} ends before it starts."),
        hint=Text(zh="请核对该行的起止时间。", en="Check start and end of this line."),
    )
    return columns


def _services(names: pa.Array) -> pa.Array:
    known = [None if name is None else SERVICES.get(name, name.lower()) for name in names.to_pylist()]
    return pa.array(known, pa.string())


def _facts(table: pa.Table) -> dict[str, Any]:
    services = pc.value_counts(table.column("service").combine_chunks()).to_pylist()
    return {
        "incidents": table.num_rows,
        "incidents_by_service": {e["values"]: e["counts"] for e in sorted(services, key=lambda e: e["values"])},
        "incidents_planned": pc.sum(table.column("planned")).as_py() or 0,
        "incidents_open": table.column("ended_at").null_count,
        "incidents_with_cause": table.num_rows - table.column("cause").null_count,
    }


PARSER = Incidents()
