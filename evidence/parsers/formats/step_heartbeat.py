"""Step heartbeats: time, step and cards of a training job, as the call-back of the reference job's pack writes them.

A CSV with a row per step. Nothing in it tells what is trained; tenants may switch it on for jobs of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.step_heartbeats import STEP_HEARTBEATS
from evidence.parsers.base import ParseResult
from evidence.parsers.columns.instants import iso_of_ms
from evidence.parsers.tables.record_tables import STEP_HEARTBEATS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source


class StepHeartbeat:
    format = "step_heartbeat"
    version = "1"
    title = Text(zh="训练步心跳（CSV、xlsx）", en="Step heartbeats (CSV, xlsx)")
    kinds = (STEP_HEARTBEATS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=STEP_HEARTBEATS, columns=_columns)
        table = read.table
        facts = {"heartbeats": table.num_rows, "jobs": pc.count_distinct(table.column("job")).as_py()}
        if table.num_rows:
            span = pc.min_max(table.column("at").cast(pa.int64())).as_py()
            facts |= {"first_at": iso_of_ms(span["min"]), "last_at": iso_of_ms(span["max"])}
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    times = {name: rows.number(name) for name in ("step_ms", "data_wait_ms", "checkpoint_ms")}
    cards = rows.count("cards", required=True)
    columns = {
        "job": rows.text("job", required=True),
        "at": rows.instant("at", required=True),
        "step": rows.count("step", required=True),
        "cards": cards,
        **times,
    }
    too_small = {name: pc.less(values, Decimal(0)) for name, values in times.items()} | {"cards": pc.less(cards, 1)}
    for name, mask in too_small.items():
        rows.refuse(
            pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False),
            "out_of_range",
            Text(zh=f"第 {{line}} 行的“{name}”过小。", en=f"“{name}” in line {{line}} is too small."),
        )
    return columns


PARSER = StepHeartbeat()
