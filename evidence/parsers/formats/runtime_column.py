"""Published run times of jobs as one column `runtime` in seconds: a distribution to compare with."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.parsers.base import ParseResult
from evidence.parsers.logs.training_steps import plain_figure
from evidence.parsers.tables.fact_tables import read_fact_table, tell_reference_only
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

HEADINGS = (Heading("runtime"),)
_OWN = re2.compile(rb"^(?:\xef\xbb\xbf)?runtime\r?\n[0-9]{1,15}(?:\.[0-9]{1,9})?\r?\n")


class RuntimeColumn:
    format = "runtime_column"
    version = "1"
    title = Text(zh="公开的作业运行时间", en="Published run times of jobs")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _OWN.match(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        tell_reference_only(read.issues)
        times = read.columns.column("runtime_s")
        ordered = times.take(pc.sort_indices(times))
        low, high = ordered[(len(ordered) - 1) // 2].as_py(), ordered[len(ordered) // 2].as_py()
        facts = {
            "rows": len(times),
            "runtime_sum_s": plain_figure(pc.sum(times).as_py()),
            "runtime_median_s": plain_figure((low + high) / 2),
            "runtime_max_s": plain_figure(ordered[-1].as_py()),
        }
        return read.result(source, facts, tables={})


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    return {"runtime_s": rows.number("runtime", required=True)}


PARSER = RuntimeColumn()
