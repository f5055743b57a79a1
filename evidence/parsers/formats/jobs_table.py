"""Job lists of platforms other than Slurm, as a simple table: one allocation per row."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.jobs import JOBS
from evidence.observations.schema import COUNT
from evidence.parsers.base import ParseResult
from evidence.parsers.schedulers.job_facts import JobFacts
from evidence.parsers.tables.simple_tables import JOBS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_rows
from evidence.parsers.text.source import Source

STATES = {
    "completed": "COMPLETED",
    "succeeded": "COMPLETED",
    "success": "COMPLETED",
    "成功": "COMPLETED",
    "已完成": "COMPLETED",
    "failed": "FAILED",
    "失败": "FAILED",
    "cancelled": "CANCELLED",
    "canceled": "CANCELLED",
    "已取消": "CANCELLED",
    "timeout": "TIMEOUT",
    "超时": "TIMEOUT",
    "deadline": "DEADLINE",
    "outofmemory": "OUT_OF_MEMORY",
    "内存不足": "OUT_OF_MEMORY",
    "nodefail": "NODE_FAIL",
    "节点故障": "NODE_FAIL",
    "bootfail": "BOOT_FAIL",
    "preempted": "PREEMPTED",
    "被抢占": "PREEMPTED",
    "requeued": "REQUEUED",
    "running": "RUNNING",
    "运行中": "RUNNING",
    "pending": "PENDING",
    "排队中": "PENDING",
    "suspended": "SUSPENDED",
}


class JobsTable:
    format = "jobs_table"
    version = "1"
    title = Text(zh="作业列表（CSV、xlsx）", en="Job table (CSV, xlsx)")
    kinds = (JOBS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        facts = JobFacts()
        read = read_rows(source, headings=HEADINGS, kind=JOBS, columns=_columns, watch=facts.add)
        return read.result(source, facts.close(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    start, end = rows.instant("start_at"), rows.instant("end_at")
    milliseconds = pc.subtract(end.cast(pa.int64()), start.cast(pa.int64()))
    backwards = pc.fill_null(pc.less(milliseconds, 0), fill_value=False).to_numpy(zero_copy_only=False)
    columns = {
        "job": rows.text("job", required=True),
        "submit_at": rows.instant("submit_at", required=True),
        "start_at": start,
        "end_at": end,
        "elapsed_s": pc.fill_null(pc.divide(milliseconds, 1000), 0).cast(COUNT),
        "cards": rows.count("cards", required=True),
        "nodes": rows.count("nodes"),
        "state": rows.state("state", STATES),
        "cause": rows.words("cause"),
    }
    rows.refuse(
        backwards,
        "ends_before_start",
        Text(zh="第 {line} 行的结束时间早于开始时间。", en="Line {line} ends before it starts."),
    )
    return columns


PARSER = JobsTable()
