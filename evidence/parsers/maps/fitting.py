"""Which saved maps fit a file: an offer to its uploader, never applied by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.errors import ParseError
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.preview import preview
from evidence.parsers.source import Source


def fitting(source: Source, maps: Iterable[ColumnMap]) -> Iterator[ColumnMap]:
    """The maps that have all their columns in the file, in units that do not contradict them, and read rows from it."""
    for one in maps:
        try:
            found = preview(source, one)
        except ParseError:
            continue
        if found.table.num_rows and not found.result.has_errors:
            yield one
