"""How a table as text ends: a last line that breaks off may lack cells, and an empty cell says something of its own.

A ticket whose time of resolution is cut off reads like an open one. Only the end of the file tells the two apart.
"""

from __future__ import annotations

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.table_batches import Layout


def tell_cut_end(first: int, content: bytes, layout: Layout, issues: Issues) -> None:
    """Tell where the last line of a file has no line end and lacks cells, or ends in an empty one.

    Args:
        first: number of the first line of `content`.
        content: the last lines of the file in UTF-8.
    """
    begin = content.rfind(b"\n") + 1
    last, delimiter = content[begin:], layout.delimiter.encode()
    if not last.strip(delimiter) or not _lacks_cells(last, delimiter, width=len(layout.cells)):
        return
    line = first + content.count(b"\n")
    issues.add(
        "may_be_cut",
        Text(
            zh=f"文件在第 {line} 行末尾没有换行，且该行最后的单元格为空或缺失：文件可能被截断。",
            en=f"The file ends in line {line} without a line end, and the last cell there is empty or missing: "
            f"it may be cut short.",
        ),
        where=Where(line=line),
        hint=Text(
            zh="请重新导出；若文件完整，请在最后一行末尾加上换行。",
            en="Export it again; where the file is whole, end its last line.",
        ),
    )


def _lacks_cells(line: bytes, delimiter: bytes, *, width: int) -> bool:
    if line.endswith(delimiter):
        return True
    return b'"' not in line and line.count(delimiter) + 1 < width
