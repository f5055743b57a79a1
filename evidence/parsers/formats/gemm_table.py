"""Our own table of matrix multiplication tests: one card per row, for tools whose output we do not read.

With start and end of the test it can be joined with the power of its node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.observations.schema import COUNT, TEXT
from evidence.parsers.base import ParseResult
from evidence.parsers.logs.gemm_results import PRECISIONS
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

HEADINGS = (
    Heading("host", ("node", "hostname", "主机", "节点", "节点名称")),
    Heading("device", ("card", "gpu", "npu", "rank", "卡号", "加速卡", "设备")),
    Heading("accelerator", ("model", "gpu_name", "型号", "加速卡型号"), required=False),
    Heading("precision", ("dtype", "精度", "数据类型")),
    Heading("tflops", ("gemm_tflops", "实测算力(TFLOPS)", "算力(TFLOPS)", "TFLOPS")),
    Heading("started_at", ("start_time", "开始时间"), required=False),
    Heading("ended_at", ("end_time", "结束时间"), required=False),
)


class GemmTable:
    format = "gemm_table"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="单卡矩阵乘实测表（CSV）", en="Matrix multiplication per card (CSV)")

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=BENCHMARK_RUNS, columns=_columns)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    start, end = rows.instant("started_at"), rows.instant("ended_at")
    milliseconds = pc.subtract(end.cast(pa.int64()), start.cast(pa.int64()))
    values = rows.number("tflops", required=True)
    columns = {
        "host": rows.text("host", required=True),
        "device": rows.text("device", required=True),
        "accelerator": rows.text("accelerator"),
        "precision": rows.choice("precision", PRECISIONS, required=True),
        "value": values,
        "started_at": start,
        "stopped_at": end,
        "duration_ms": milliseconds.cast(COUNT),
    }
    rows.refuse(
        pc.fill_null(pc.less_equal(values, pa.scalar(0, values.type)), fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的算力不大于零。", en="Line {line}: the rate is not above zero."),
    )
    rows.refuse(
        pc.fill_null(pc.less(milliseconds, 0), fill_value=False).to_numpy(zero_copy_only=False),
        "ends_before_start",
        Text(zh="第 {line} 行的结束时间早于开始时间。", en="Line {line} ends before it starts."),
    )
    same = {"tool": "gemm_table", "benchmark": "gemm", "status": "success", "metric": "gemm", "unit": "TFLOP/s"}
    columns |= {name: pa.array([value] * len(rows), TEXT) for name, value in same.items()}
    return columns | {"accelerators": pa.array([1] * len(rows), COUNT)}


def _facts(table: pa.Table) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "rows": table.num_rows,
        "hosts": pc.count_distinct(table.column("host")).as_py(),
        "precisions": sorted(filter(None, pc.unique(table.column("precision")).to_pylist())),
    }
    if table.num_rows:
        span = pc.min_max(table.column("value")).as_py()
        facts |= {"gemm_min_tflops": span["min"], "gemm_max_tflops": span["max"]}
    return facts


PARSER = GemmTable()
