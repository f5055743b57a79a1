"""Drills and events with the instants of their fault and recovery: links, switches, instances, jobs, scale-outs."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.timed_trials import TIMED_TRIALS
from evidence.parsers.base import ParseResult
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.record_tables import TIMED_TRIALS as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

SUBJECTS = {
    **dict.fromkeys(("trainingjob", "job", "训练作业", "作业"), "training_job"),
    **dict.fromkeys(("restore", "checkpointrestore", "断点恢复", "加载检查点"), "restore"),
    **dict.fromkeys(("link", "链路"), "link"),
    **dict.fromkeys(("switch", "交换机"), "switch"),
    **dict.fromkeys(("instance", "replica", "实例", "推理实例"), "instance"),
    **dict.fromkeys(("node", "节点"), "node"),
    **dict.fromkeys(("scaleout", "扩容", "弹性扩容"), "scale_out"),
}


class TimedTrials:
    format = "timed_trials"
    version = "1"
    title = Text(zh="演练与事件计时表（CSV、xlsx）", en="Timed drills and events (CSV, xlsx)")
    kinds = (TIMED_TRIALS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=TIMED_TRIALS, columns=_columns)
        table = read.table
        facts = {
            "trials": table.num_rows,
            "trials_by_subject": counted(table.column("subject").to_pylist()),
            "trials_open": table.column("recovered_at").null_count,
            "trials_witnessed": table.num_rows - table.column("witnessed_by").null_count,
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    start, end = rows.instant("started_at", required=True), rows.instant("recovered_at")
    columns = {
        "trial": rows.text("trial", required=True),
        "subject": rows.choice("subject", SUBJECTS, required=True),
        "started_at": start,
        "recovered_at": end,
        "injected": rows.flag("injected"),
        "cards": rows.count("cards"),
        "witnessed_by": rows.text("witnessed_by"),
    }
    rows.refuse(
        pc.fill_null(pc.less(end, start), fill_value=False).to_numpy(zero_copy_only=False),
        "ends_before_start",
        Text(zh="第 {line} 行的恢复早于开始。", en="Line {line} recovers before it starts."),
        hint=Text(zh="请核对该行的起止时间。", en="Check start and recovery of this line."),
    )
    return columns


PARSER = TimedTrials()
