"""Pod lists in the form of the published Alibaba trace openb: a pod per row, times in seconds since its start.

Seconds since an unknown start belong to no period, and a pod may hold thousandths of a card (`gpu_milli`), so the
list is told as facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.fact_tables import read_fact_table
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

WHOLE_CARD = 1000
HEADINGS = (
    Heading("name"),
    Heading("num_gpu"),
    Heading("gpu_milli"),
    Heading("gpu_spec", required=False),
    Heading("qos"),
    Heading("pod_phase"),
    Heading("creation_time"),
    Heading("deletion_time"),
    Heading("scheduled_time"),
)


class OpenbPods:
    format = "openb_pods"
    version = "1"
    title = Text(zh="Pod 列表（openb）", en="Pod list (openb)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        _tell_relative(read.issues)
        return read.result(source, _facts(read.columns), tables={})


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    columns = {
        "name": rows.text("name", required=True),
        "cards": rows.count("num_gpu", required=True),
        "milli": rows.count("gpu_milli", required=True),
        "qos": rows.text("qos", required=True),
        "phase": rows.text("pod_phase", required=True),
        "created_s": rows.count("creation_time", required=True),
        "deleted_s": rows.count("deletion_time"),
        "scheduled_s": rows.count("scheduled_time"),
    }
    rows.refuse(
        pc.fill_null(
            pc.or_kleene(
                pc.less(columns["scheduled_s"], columns["created_s"]),
                pc.less(columns["deleted_s"], columns["scheduled_s"]),
            ),
            fill_value=False,
        ).to_numpy(zero_copy_only=False),
        "ends_before_start",
        Text(
            zh="第 {line} 行的调度或结束时间早于之前的时间。",
            en="Line {line} is scheduled before it was created, or ends before it was scheduled.",
        ),
    )
    return columns


def _facts(pods: pa.Table) -> dict[str, Any]:
    """Counts, cards asked for, waiting and running seconds of the pods that were scheduled."""
    one_card = pc.and_(pc.equal(pods.column("cards"), 1), pc.less(pods.column("milli"), WHOLE_CARD))
    waited = pc.subtract(pods.column("scheduled_s"), pods.column("created_s"))
    ran = pc.subtract(pods.column("deleted_s"), pods.column("scheduled_s"))
    return {
        "pods": pods.num_rows,
        "pods_distinct": pc.count_distinct(pods.column("name")).as_py(),
        "pods_by_phase": counted(pods.column("phase").to_pylist()),
        "pods_by_qos": counted(pods.column("qos").to_pylist()),
        "cards": pc.sum(pods.column("cards")).as_py(),
        "pods_sharing_a_card": pc.sum(one_card).as_py(),
        "pods_never_scheduled": pods.column("scheduled_s").null_count,
        "waited_s": pc.sum(waited).as_py() or 0,
        "ran_s": pc.sum(ran).as_py() or 0,
    }


def _tell_relative(issues: Issues) -> None:
    issues.add(
        "relative_times",
        Text(
            zh="时间是相对于未知起点的秒数，无法对应到评价时段；仅列出事实。",
            en="The times are seconds since an unknown start and belong to no period; facts only.",
        ),
        hint=Text(
            zh="请用作业列表（jobs_table）或 kubectl get … -o json 导出带时区的时间。",
            en="Export times with a zone: as a job table, or by kubectl get … -o json.",
        ),
    )


PARSER = OpenbPods()
