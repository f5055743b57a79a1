"""How a table as text ends: a last line that breaks off may lack cells, and an empty cell says something of its own.

A ticket whose time of resolution is cut off reads like an open one, and eight cards of eighty like eight. Only the end
of the file tells the two apart: a line that was written whole ends with a line end, unless a person left it out.
"""

from __future__ import annotations

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, Severity
from evidence.parsers.tables.table_batches import Layout

_NO_LINE_END = Text(zh="文件在第 {line} 行末尾没有换行", en="The file ends in line {line} without a line end")
_LACKS_CELLS = Text(
    zh="，且该行最后的单元格为空或缺失：文件可能被截断。",
    en=", and the last cell there is empty or missing: it may be cut short.",
)
_MAY_LACK_CHARACTERS = Text(
    zh="：从文件本身看不出该行最后的单元格是否完整。",
    en=": whether the last cell there is whole, the file does not show.",
)
_NEVER_BY_ITSELF = Text(
    zh="，而导出工具在每条记录之后都写换行：文件可能被截断。",
    en=", which the tool that exports it writes behind every record: it may be cut short.",
)


def tell_cut_end(first: int, content: bytes, layout: Layout, issues: Issues) -> None:
    """Tell where the last line of a file has no line end: it may lack cells, or characters of its last one.

    Args:
        first: number of the first line of `content`.
        content: the last lines of the file in UTF-8, the last of them without a line end.
    """
    begin = content.rfind(b"\n") + 1
    last, delimiter = content[begin:], layout.delimiter.encode()
    if not last.strip(delimiter):
        return
    line = first + content.count(b"\n")
    if _lacks_cells(last, delimiter, width=len(layout.cells)):
        _tell(line, _LACKS_CELLS, issues, Severity.WARNING)
    elif not last.endswith(b'"'):  # a closing quotation mark closes the cell
        _tell(line, _MAY_LACK_CHARACTERS, issues, Severity.INFO)


def tell_open_record(first: int, text: str, issues: Issues) -> None:
    """Tell that the last record has no line end, in an export of a tool that never leaves it out.

    Args:
        first: number of the first line of `text`.
        text: the last lines of the file.
    """
    if not text.endswith("\n"):
        _tell(first + text.count("\n"), _NEVER_BY_ITSELF, issues, Severity.WARNING)


def _tell(line: int, why: Text, issues: Issues, severity: Severity) -> None:
    issues.add(
        "may_be_cut",
        Text(zh=_NO_LINE_END.zh + why.zh, en=_NO_LINE_END.en + why.en).filled(line=line),
        where=Where(line=line),
        severity=severity,
        hint=Text(
            zh="请重新导出；若文件完整，请在最后一行末尾加上换行。",
            en="Export it again; where the file is whole, end its last line.",
        ),
    )


def _lacks_cells(line: bytes, delimiter: bytes, *, width: int) -> bool:
    if line.endswith(delimiter):
        return True
    return b'"' not in line and line.count(delimiter) + 1 < width
