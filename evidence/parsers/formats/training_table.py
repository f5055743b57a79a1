"""Training progress as a table of one's own: CSV, a row per printed step, with the time each step took.

For frameworks whose logs nobody here reads. The heading of the time says its unit; a rate is never turned into a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.training_steps import contradictions, step_facts, tell_early_end
from evidence.parsers.tables.fact_tables import read_fact_table
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

_STEP = Heading("step", ("iteration", "global_step", "步数", "迭代", "迭代步"))
_TIMES = (
    Heading("iteration_ms", ("step_time_ms", "elapsed_ms", "迭代耗时(ms)", "单步耗时(ms)")),
    Heading("iteration_s", ("step_time_s", "elapsed_s", "迭代耗时(s)", "单步耗时(s)")),
)
_OTHERS = (
    Heading("at", ("timestamp", "time", "时间"), required=False),
    Heading("steps_total", ("total_steps", "总步数"), required=False),
    Heading("loss", ("train_loss", "lm_loss", "损失"), required=False),
    Heading("global_batch_size", ("batch_size", "全局批大小"), required=False),
    Heading("consumed_samples", ("samples", "已用样本数"), required=False),
)
_LAYOUTS = tuple((_STEP, time, *_OTHERS) for time in _TIMES)


class TrainingTable:
    format = "training_table"
    version = "1"
    title = Text(zh="训练步表（CSV）", en="Table of training steps (CSV)")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        return any(head_layout(source, headings) is not None for headings in _LAYOUTS)

    def parse(self, source: Source) -> ParseResult:
        """By the layout whose time is there; with both times, milliseconds count."""
        in_seconds = head_layout(source, _LAYOUTS[0]) is None and head_layout(source, _LAYOUTS[1]) is not None
        read = read_fact_table(
            source,
            headings=_LAYOUTS[1 if in_seconds else 0],
            columns=lambda rows: _columns(rows, in_seconds=in_seconds),
        )
        steps = TRAINING_STEPS.table(
            {
                **{name: read.columns.column(name) for name in read.columns.column_names},
                "dialect": ["table"] * read.columns.num_rows,
            }
        )
        contradictions(steps, read.issues)
        tell_early_end(steps, read.issues)
        _tell_own_record(read.issues)
        return read.result(source, {"dialect": "table", **step_facts(steps)}, tables={TRAINING_STEPS.name: steps})


def _columns(rows: TypedRows, *, in_seconds: bool) -> Mapping[str, pa.Array]:
    name = "iteration_s" if in_seconds else "iteration_ms"
    times = rows.number(name, required=True)
    rows.refuse(
        pc.fill_null(pc.less_equal(times, 0), fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh=f"第 {{line}} 行的“{name}”应大于 0。", en=f"“{name}” in line {{line}} must be more than 0."),
    )
    return {
        "step": rows.count("step", required=True),
        "steps_total": rows.count("steps_total"),
        "at": rows.instant("at"),
        "iteration_ms": rows.scaled(times, Decimal(1000)) if in_seconds else times,
        "loss": rows.number("loss"),
        "global_batch_size": rows.count("global_batch_size"),
        "consumed_samples": rows.count("consumed_samples"),
    }


def _tell_own_record(issues: Issues) -> None:
    issues.add(
        "own_record",
        Text(
            zh="该表是自行整理的记录，不是训练框架的原始日志；评审时需与日志核对。",
            en="The table is a record of one's own, no log of a framework; assessors compare it with the log.",
        ),
        hint=Text(zh="如有原始日志，请一并上传。", en="Upload the framework's log as well, where there is one."),
    )


PARSER = TrainingTable()
