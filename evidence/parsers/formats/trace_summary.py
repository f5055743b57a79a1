"""Published aggregates of job traces, a row per data centre: `cluster_summary.csv` of the Acme trace."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from core.text import Text
from evidence.parsers.base import ParseResult
from evidence.parsers.logs.training_steps import plain_figure
from evidence.parsers.tables.fact_tables import read_fact_table, tell_reference_only
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

MOST_CENTRES = 100
_COUNTS = ("job_num", "cpu_job_num", "gpu_job_num")
_FIGURES = (
    *("avg_run_time_gpu", "avg_que_time_gpu", "avg_gpu_num", "med_run_time_gpu", "med_que_time_gpu", "med_gpu_num"),
    *("max_gpu", "complete_rate_gpu", "cancel_rate_gpu", "fail_rate_gpu"),
)
HEADINGS = (Heading("id"), *(Heading(name) for name in (*_COUNTS, *_FIGURES)))


class TraceSummary:
    format = "trace_summary"
    version = "1"
    title = Text(zh="公开作业轨迹汇总（Acme）", en="Published summary of job traces (Acme)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        tell_reference_only(read.issues)
        rows = read.columns.slice(0, MOST_CENTRES).to_pylist()
        centres = {row["id"]: {name: _plain(row[name]) for name in (*_COUNTS, *_FIGURES)} for row in rows}
        return read.result(source, {"rows": read.columns.num_rows, "centres": centres}, tables={})


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    return {
        "id": rows.text("id", required=True),
        **{name: rows.count(name) for name in _COUNTS},
        **{name: rows.number(name) for name in _FIGURES},
    }


def _plain(value: Any) -> Any:
    return plain_figure(value) if isinstance(value, Decimal) else value


PARSER = TraceSummary()
