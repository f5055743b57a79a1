"""Which saved maps fit a file: an offer to its uploader, never applied by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.errors import ParseError
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.preview import preview
from evidence.parsers.tables.headers import folded
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook
from evidence.parsers.workbooks.workbook_head import sheet_heads

MOST_OFFERED = 5
_LOOKED_AT = 40  # lines in which headings are searched


def fitting(source: Source, maps: Iterable[ColumnMap]) -> Iterator[ColumnMap]:
    """The first maps that have all their columns in the file, in units that do not contradict them, and read rows."""
    words, offered = _opening_words(source), 0
    for one in maps:
        if offered < MOST_OFFERED and _may_fit(one, words) and _fits(source, one):
            offered += 1
            yield one


def _opening_words(source: Source) -> str:
    """Everything the opening says, folded, so that most maps are told apart without reading anything by them."""
    if is_workbook(source):
        return folded("\n".join(cell for rows in sheet_heads(source) for row in rows for cell in row))
    return folded("\n".join(source.head_lines()[:_LOOKED_AT]))


def _may_fit(column_map: ColumnMap, words: str) -> bool:
    names = [name for name in column_map.columns if isinstance(name, str)]
    return all(folded(part) in words for name in names for part in name.split())


def _fits(source: Source, column_map: ColumnMap) -> bool:
    try:
        found = preview(source, column_map)
    except ParseError:
        return False
    return bool(found.table.num_rows) and not found.result.has_errors
