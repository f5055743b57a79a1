"""A file read by its parser, with what holds for files of every format."""

from __future__ import annotations

from dataclasses import replace

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import NOWHERE, ParseIssue, Parser, ParseResult, Severity
from evidence.parsers.content_digests import with_content_digests
from evidence.parsers.misfits import first_misfit
from evidence.parsers.source import Source


def read_by(parser: Parser, source: Source) -> ParseResult:
    """What the file amounts to; every door reads by this.

    A file none of whose records can be used is refused by the error `no_rows`, which stands before the issues
    that say what is wrong with each of them.

    Raises:
        ParseError: the file cannot be read.
    """
    try:
        result = parser.parse(source)
    except ParseError as refusal:
        if refusal.code == "unknown_encoding" and refusal.where is None:  # readers are ahead of the line they give
            raise refusal.retold(where=first_misfit(source, unmarked="" if source.encoding else "utf-8")) from refusal
        raise
    if _is_all_faulty(result):
        return _refused(result)
    return replace(result, tables=with_content_digests(result, source))


def _is_all_faulty(result: ParseResult) -> bool:
    has_rows = any(table.num_rows for table in result.tables.values())
    coverage = result.coverage
    return not (has_rows or result.has_errors or coverage.lines_used) and coverage.lines_with_issue > 0


def _refused(result: ParseResult) -> ParseResult:
    number = result.coverage.lines_with_issue
    first = next((issue.where for issue in result.issues if issue.severity is Severity.WARNING), NOWHERE)
    issue = ParseIssue(
        "no_rows",
        Severity.ERROR,
        Text(
            zh=f"文件中没有可用的数据：{number} 条记录全部有问题。",
            en=f"The file has no usable data: each of its {number} records has a fault.",
        ),
        first,
        Text(
            zh="请按其余问题所述改正后重新提交。",
            en="Mend what the other issues name and hand the file in again.",
        ),
    )
    return replace(result, issues=(issue, *result.issues), issue_counts={"no_rows": 1, **result.issue_counts})
