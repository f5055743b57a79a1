"""The first rows a map makes of a file, with its issues: what a person looks at before a map is saved.

Of a large text file only the opening is read, so that nobody waits; the whole file is read by a worker afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from core.canonical import jsonable
from evidence.parsers.base import ParseResult
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.parser import MappedTable
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

SHOWN_ROWS = 20
READ_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Preview:
    """What the opening of a file amounts to; `is_part` when there is more of it."""

    result: ParseResult
    table: pa.Table
    is_part: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "is_part": self.is_part,
            "rows": [
                {name: jsonable(value) for name, value in row.items()}
                for row in self.table.slice(0, SHOWN_ROWS).to_pylist()
            ],
            "coverage": jsonable(self.result.coverage),
            "issues": [issue.as_json() for issue in self.result.issues],
            "issue_counts": dict(self.result.issue_counts),
        }


def preview(source: Source, column_map: ColumnMap) -> Preview:
    """Read the opening of a file by a map.

    Raises:
        ParseError: what reading the file raises.
    """
    part, is_part = _opening_of(source)
    result = MappedTable(column_map).parse(part)
    return Preview(result, result.tables[column_map.kind.name], is_part)


def _opening_of(source: Source) -> tuple[Source, bool]:
    """Whole lines of the first half mebibyte; a workbook as it is."""
    if is_workbook(source):
        return source, False
    with source.open() as stream:
        head = stream.read(READ_BYTES + 1)
    if len(head) <= READ_BYTES:
        return source, False
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    end = b"\n\x00" if head[:2] == b"\xff\xfe" else b"\x00\n" if wide else b"\n"
    cut = head.rfind(end) + len(end)
    if wide and cut % 2:
        cut -= 1
    name = source.name.removesuffix(".gz")
    content = head[:cut] or head
    return Source.of_bytes(content, name, encoding=source.encoding, timezone=source.timezone), True
