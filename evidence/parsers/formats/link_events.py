"""Link events as a table: each time a link went down and came up again, from the log of its switch."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.link_events import LINK_EVENTS
from evidence.parsers.base import ParseResult
from evidence.parsers.tables.record_tables import LINK_EVENTS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source


class LinkEvents:
    format = "link_events"
    version = "1"
    title = Text(zh="链路中断记录（CSV、xlsx）", en="Link events (CSV, xlsx)")
    kinds = (LINK_EVENTS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=LINK_EVENTS, columns=_columns)
        table = read.table
        facts = {
            "events": table.num_rows,
            "links": pc.count_distinct(table.column("link")).as_py(),
            "events_open": table.column("up_at").null_count,
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    down, up = rows.instant("down_at", required=True), rows.instant("up_at")
    columns = {
        "switch": rows.text("switch"),
        "link": rows.text("link", required=True),
        "down_at": down,
        "up_at": up,
        "cause": rows.text("cause"),
    }
    rows.refuse(
        pc.fill_null(pc.less(up, down), fill_value=False).to_numpy(zero_copy_only=False),
        "ends_before_start",
        Text(zh="第 {line} 行的恢复早于中断。", en="The link in line {line} comes up before it went down."),
        hint=Text(zh="请核对该行的中断与恢复时间。", en="Check when this link went down and came up."),
    )
    return columns


PARSER = LinkEvents()
