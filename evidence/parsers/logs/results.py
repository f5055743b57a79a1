"""What parsers of benchmark results share: figures out of text, rows as a table, and the result around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from core.provenance import Where
from core.quantity import bounded_decimal
from core.text import Text
from evidence.observations.schema import FIGURE, Kind
from evidence.parsers.base import NOWHERE, Coverage, Issues, ParseResult
from evidence.parsers.columns.figures import figure
from evidence.parsers.text.log_lines import log_encoding
from evidence.parsers.text.source import Source

# A figure as programs print it; patterns that use it are searched by re2 only.
FIGURE_PATTERN = r"([0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?)"


def printed(digits: str | bytes | None) -> Decimal | None:
    """A figure as printed, digit by digit; None where it is missing or no figure a column could hold."""
    if digits is None:
        return None
    value = bounded_decimal(digits.decode("ascii", "replace") if isinstance(digits, bytes) else digits)
    return value if figure(value) is not None else None


def table_of(kind: Kind, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of a kind; columns no row names are null, figures are held at their nine decimals."""
    names = {name for row in rows for name in row}
    figures = {column.name for column in kind.columns if column.type == FIGURE}
    return kind.table(
        {name: [figure(row.get(name)) if name in figures else row.get(name) for row in rows] for name in sorted(names)}
    )


def log_result(
    source: Source,
    *,
    tables: Mapping[str, pa.Table],
    facts: Sequence[Mapping[str, Any]],
    issues: Issues,
    lines: int,
    used: int,
    faulty: int = 0,
) -> ParseResult:
    """The result of a log that was read line by line; one mapping of facts per run."""
    return ParseResult(
        facts=facts[0] if len(facts) == 1 else {},
        runs=tuple(facts) if len(facts) > 1 else (),
        tables=tables,
        coverage=Coverage(lines, used, faulty),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=log_encoding(source),
    )


def document_result(
    source: Source, *, tables: Mapping[str, pa.Table], facts: Sequence[Mapping[str, Any]], issues: Issues
) -> ParseResult:
    """The result of a document that was read as a whole."""
    lines = sum(1 for _ in source.lines())
    return ParseResult(
        facts=facts[0] if len(facts) == 1 else {},
        runs=tuple(facts) if len(facts) > 1 else (),
        tables=tables,
        coverage=Coverage(lines, lines, 0),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=source.text_encoding,
    )


def tell_no_result(issues: Issues, *, where: Where = NOWHERE) -> None:
    """The file ends before its result: progress lines are none."""
    issues.add(
        "no_result",
        Text(
            zh="文件中没有结果：运行未结束或文件被截断；过程中打印的数值不作为成绩。",
            en="The file holds no result: the run did not end or the file is cut short; progress is not a result.",
        ),
        where=where,
        hint=Text(zh="请上传完整的输出。", en="Upload the whole output."),
    )
