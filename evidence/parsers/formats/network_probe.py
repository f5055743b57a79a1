"""A fixed collective probe repeated in service: when it ran, on how many ranks, what payload, how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.network_probes import NETWORK_PROBES
from evidence.parsers.base import ParseResult
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.record_tables import NETWORK_PROBES as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

OPERATIONS = {
    "allreduce": "all_reduce",
    "allgather": "all_gather",
    "reducescatter": "reduce_scatter",
    "alltoall": "alltoall",
}


class NetworkProbe:
    format = "network_probe"
    version = "1"
    title = Text(zh="集合通信探测记录（CSV、xlsx）", en="Collective probes in service (CSV, xlsx)")
    kinds = (NETWORK_PROBES.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=NETWORK_PROBES, columns=_columns)
        table = read.table
        facts = {
            "probes": table.num_rows,
            "probes_by_operation": counted(table.column("operation").to_pylist()),
            "sizes": pc.count_distinct(table.column("size_bytes")).as_py(),
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    times = rows.number("time_us", required=True)
    columns = {
        "at": rows.instant("at", required=True),
        "operation": rows.choice("operation", OPERATIONS, required=True),
        "ranks": rows.count("ranks", required=True),
        "size_bytes": rows.count("size_bytes", required=True),
        "time_us": times,
    }
    rows.refuse(
        pc.fill_null(pc.less_equal(times, Decimal(0)), fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的耗时应大于 0。", en="The time in line {line} must be more than 0."),
    )
    return columns


PARSER = NetworkProbe()
