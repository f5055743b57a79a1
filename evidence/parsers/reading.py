"""A file read by its parser, with what holds for files of every format."""

from __future__ import annotations

from dataclasses import replace

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import NOWHERE, ParseIssue, Parser, ParseResult, Severity
from evidence.parsers.content_digests import with_content_digests
from evidence.parsers.tables.left_out import CODE as ROW_LEFT_OUT
from evidence.parsers.tables.left_out import lacks_records
from evidence.parsers.text.misfits import first_misfit
from evidence.parsers.text.source import Source


def read_by(parser: Parser, source: Source) -> ParseResult:
    """What the file amounts to; every door reads by this.

    A file none of whose records can be used is refused by the error `no_rows`, which stands before the issues
    that say what is wrong with each of them. So is one of a kind whose every record counts (`LeftOut.REFUSED`) as soon
    as a single record cannot be used, by the error `unreadable_records`.

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
        return _refused(result, "no_rows", _ALL_FAULTY, hint=_MEND)
    if lacks_records(result):
        return _refused(result, "unreadable_records", _SOME_FAULTY, hint=_MEND)
    return replace(result, tables=with_content_digests(result, source))


def _is_all_faulty(result: ParseResult) -> bool:
    has_rows = any(table.num_rows for table in result.tables.values())
    coverage = result.coverage
    return not (has_rows or result.has_errors or coverage.lines_used) and coverage.lines_with_issue > 0


def _refused(result: ParseResult, code: str, message: Text, *, hint: Text) -> ParseResult:
    found = [issue for issue in result.issues if issue.severity is Severity.WARNING]
    first = min(found, key=lambda issue: issue.code != ROW_LEFT_OUT).where if found else NOWHERE
    told = message.filled(count=result.coverage.lines_with_issue)
    issue = ParseIssue(code, Severity.ERROR, told, first, hint)
    return replace(result, issues=(issue, *result.issues), issue_counts={code: 1, **result.issue_counts})


_ALL_FAULTY = Text(
    zh="文件中没有可用的数据：{count} 条记录全部有问题。",
    en="The file has no usable data: each of its {count} records has a fault.",
)
_SOME_FAULTY = Text(
    zh="有 {count} 条记录无法读取。此类记录每一条都要计入，缺少的可能正是最不利的一条，因此整个文件未采用。",
    en="Records that cannot be read: {count}. Every record of this kind counts, and a missing one could be the worst; "
    "the file is not used.",
)
_MEND = Text(
    zh="请按其余问题所述改正后重新提交。",
    en="Mend what the other issues name and hand the file in again.",
)
