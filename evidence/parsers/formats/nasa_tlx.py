"""NASA Task Load Index: six scales from 0 to 100 per respondent, told as facts beside the usability score.

Raw TLX is the plain mean of the six. `Performance` runs from good to poor on the paper form, and tools differ in
whether they turn it round; it is taken as given, and said so.

Source: S. Hart, NASA-Task Load Index (NASA-TLX); 20 years later (2006).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.quantity import measured
from core.text import Text
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.tables.fact_tables import read_fact_table
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

SCALES = {
    "mental_demand": ("脑力需求", "mentaldemand"),
    "physical_demand": ("体力需求", "physicaldemand"),
    "temporal_demand": ("时间需求", "temporaldemand"),
    "performance": ("绩效", "自我绩效"),
    "effort": ("努力程度",),
    "frustration": ("受挫程度", "挫败感"),
}
HEADINGS = (
    Heading("respondent", ("participant", "participant id", "编号", "受访者", "参与者")),
    *(Heading(scale, also) for scale, also in SCALES.items()),
)
HIGHEST = 100


class NasaTlx:
    format = "nasa_tlx"
    version = "1"
    title = Text(zh="NASA 任务负荷指数（TLX）", en="NASA Task Load Index (TLX)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        _tell_performance(read.issues)
        return read.result(source, _facts(read.columns), tables={})


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    columns = {scale: rows.number(scale, required=True) for scale in SCALES}
    for scale, values in columns.items():
        outside = pc.or_(pc.less(values, 0), pc.greater(values, HIGHEST))
        rows.refuse(
            pc.fill_null(outside, fill_value=False).to_numpy(zero_copy_only=False),
            "out_of_range",
            Text(
                zh=f"第 {{line}} 行的“{scale}”不在 0–100 之间。", en=f"“{scale}” in line {{line}} is not in 0 to 100."
            ),
        )
    return {"respondent": rows.text("respondent", required=True), **columns}


def _facts(answers: pa.Table) -> dict[str, Any]:
    """Means in points of 0 to 100."""
    number = answers.num_rows
    sums = {scale: Fraction(pc.sum(answers.column(scale)).as_py()) for scale in SCALES}
    return {
        "respondents": number,
        "raw_tlx_mean": measured(sum(sums.values(), Fraction(0)) / (number * len(SCALES))),
        **{f"{scale}_mean": measured(total / number) for scale, total in sums.items()},
    }


def _tell_performance(issues: Issues) -> None:
    issues.add(
        "performance_as_given",
        Text(
            zh="“performance”按文件中的方向计入，未做反向处理。",
            en="“performance” is taken in the direction of the file; it is not turned round.",
        ),
        severity=Severity.INFO,
    )


PARSER = NasaTlx()
