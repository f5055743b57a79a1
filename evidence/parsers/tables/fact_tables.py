"""Tables as text that are told as facts: read like any other, but not as observations of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.instants import Clock
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.table_batches import Tally, no_rows
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source


@dataclass(frozen=True, slots=True)
class FactTable:
    """The columns of a whole table with `line`, and everything found on the way."""

    columns: pa.Table
    issues: Issues
    tally: Tally

    def result(self, source: Source, facts: Mapping[str, Any], *, tables: Mapping[str, pa.Table]) -> ParseResult:
        return ParseResult(
            facts=facts,
            tables=tables,
            coverage=self.tally.coverage,
            issues=tuple(self.issues.listed),
            issue_counts=self.issues.counts,
            encoding=source.text_encoding,
        )


def read_fact_table(
    source: Source, *, headings: Sequence[Heading], columns: Callable[[TypedRows], Mapping[str, pa.Array]]
) -> FactTable:
    """Read a table; a row with a fault is an issue at its line and left out.

    Raises:
        ParseError: what `text_batches` raises, and `no_rows` when every row has a fault.
    """
    issues, tally, parts = Issues(), Tally(), []
    clock = Clock(source.timezone, issues)
    for _, batch in text_batches(source, headings, issues, tally):
        rows = TypedRows(batch, issues=issues, clock=clock)
        read = columns(rows)
        parts.append(pa.table(rows.kept(read)))
        tally.faulty += int(rows.bad.sum())
    clock.close()
    if not sum(part.num_rows for part in parts):
        raise no_rows()
    return FactTable(pa.concat_tables(parts), issues, tally)


def tell_reference_only(issues: Issues) -> None:
    """A published figure of other systems: to compare with, never evidence of a centre."""
    issues.add(
        "reference_only",
        Text(
            zh="该文件是公开发布的汇总数据，只作参照，不能作为本中心的证据。",
            en="The file is a published aggregate: something to compare with, no evidence of a centre.",
        ),
        hint=Text(zh="请上传本中心的作业记录。", en="Upload the job records of the centre."),
    )
