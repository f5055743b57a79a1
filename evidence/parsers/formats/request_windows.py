"""Requests of inference services as a gateway counts them: one service and window of at most five minutes per row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.request_windows import LONGEST_WINDOW_MS, REQUEST_WINDOWS
from evidence.observations.schema import COUNT
from evidence.parsers.base import ParseResult
from evidence.parsers.tables.record_tables import REQUEST_WINDOWS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

_SECOND = 1000
_PARTS = ("failed", "client_errors", "shed", "slo_met")


class RequestWindows:
    format = "request_windows"
    version = "1"
    title = Text(zh="网关请求窗口（CSV、xlsx）", en="Gateway request windows (CSV, xlsx)")
    kinds = (REQUEST_WINDOWS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=REQUEST_WINDOWS, columns=_columns)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    seconds = rows.number("window_s", required=True)
    longest = Decimal(LONGEST_WINDOW_MS // _SECOND)
    outside = pc.or_(pc.less_equal(seconds, Decimal(0)), pc.greater(seconds, longest))
    rows.refuse(
        pc.fill_null(outside, fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的窗口应大于 0 且不超过 300 秒。", en="The window in line {line} must last up to 300 s."),
        hint=Text(zh="请以不超过 5 分钟的窗口导出。", en="Export windows of five minutes or less."),
    )
    requests = rows.count("requests", required=True)
    parts = {name: rows.count(name, required=name == "failed") for name in _PARTS}
    columns = {
        "service": rows.text("service", required=True),
        "start_at": rows.instant("start_at", required=True),
        "window_ms": _milliseconds(rows, seconds),
        "requests": requests,
        **parts,
        "output_tokens": rows.count("output_tokens"),
        "reachable": rows.flag("reachable"),
    }
    for name, part in parts.items():
        rows.refuse(
            pc.fill_null(pc.greater(part, requests), fill_value=False).to_numpy(zero_copy_only=False),
            "more_than_requests",
            Text(zh=f"第 {{line}} 行的“{name}”多于请求数。", en=f"“{name}” in line {{line}} exceeds its requests."),
        )
    return columns


def _milliseconds(rows: TypedRows, seconds: pa.Array) -> pa.Array:
    bounded = pc.if_else(pc.less_equal(pc.abs(seconds), Decimal(10**6)), seconds, pa.scalar(None, seconds.type))
    return pc.cast(pc.round(rows.scaled(bounded, Decimal(_SECOND))), COUNT)


def _facts(table: pa.Table) -> dict[str, Any]:
    return {
        "windows": table.num_rows,
        "services": pc.count_distinct(table.column("service")).as_py(),
        "requests": pc.sum(table.column("requests")).as_py() or 0,
        "failed": pc.sum(table.column("failed")).as_py() or 0,
    }


PARSER = RequestWindows()
