"""Job lists of platforms other than Slurm, as a simple table: one allocation per row."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.jobs import JOBS
from evidence.observations.schema import COUNT
from evidence.parsers.base import ParseResult
from evidence.parsers.csv_tables import Layout, head_layout
from evidence.parsers.headers import Heading
from evidence.parsers.job_facts import job_facts
from evidence.parsers.source import Source
from evidence.parsers.typed_rows import TypedRows, read_table

HEADINGS = (
    Heading("job", ("job_id", "作业", "作业号", "作业ID", "任务", "任务ID", "任务编号")),
    Heading("submit_at", ("submit_time", "submitted_at", "提交时间")),
    Heading("start_at", ("start_time", "started_at", "开始时间", "启动时间")),
    Heading("end_at", ("end_time", "ended_at", "结束时间", "完成时间")),
    Heading("cards", ("gpus", "gpu_num", "npus", "accelerators", "卡数", "加速卡数", "GPU卡数", "GPU数", "NPU数")),
    Heading("state", ("status", "状态", "作业状态", "任务状态")),
    Heading("cause", ("cause_code", "原因", "原因代码", "失败原因"), required=False),
    Heading("nodes", ("node_num", "节点数"), required=False),
)

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
    title = Text(zh="作业列表（CSV）", en="Job table (CSV)")
    kinds = (JOBS.name,)

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=JOBS, columns=_columns)
        return read.result(source, job_facts(read.table))


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
        "cause": rows.text("cause"),
    }
    rows.refuse(
        backwards,
        "ends_before_start",
        Text(zh="第 {line} 行的结束时间早于开始时间。", en="Line {line} ends before it starts."),
    )
    return columns


PARSER = JobsTable()
