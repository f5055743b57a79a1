"""Which line of a text is the header of a table, and how its cells are delimited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from evidence.parsers.base import Issues
from evidence.parsers.tables.headers import Heading, keys_of, mapped, require_complete, show_mapping
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.table_batches import Layout, no_rows
from evidence.parsers.text.source import Source

DELIMITERS = (",", "\t", ";")
HEADER_WITHIN = 10
MOST_COLUMNS = 16_384  # as wide as a sheet can be
LONGEST_KEPT = 4096


def head_layout(source: Source, headings: Sequence[Heading]) -> Layout | None:
    """The layout of a file whose head holds a header row with all required fields; null when it has none.

    For deciding the type of a file: looks at the head only and decodes it leniently.
    """
    lines = list(enumerate(source.head_lines()[:HEADER_WITHIN], start=1))
    if not any(_may_be_header(line, headings) for _, line in lines):
        return None
    layout = _best(lines, headings)
    return layout if layout is not None and not layout.header.missing else None


def layout_of(source: Source, headings: Sequence[Heading], issues: Issues) -> Layout:
    """The layout of a table; title lines may stand above its header.

    Raises:
        ParseError: `missing_column`, `repeated_column`, or `no_rows` for a file without any text.
    """
    first: list[tuple[int, str]] = []
    for number, line in source.lines():
        if line.strip():
            first.append((number, line))
        if len(first) >= HEADER_WITHIN:
            break
    layout = _best(first, headings)
    if layout is None:
        raise no_rows()
    where = layout.where
    require_complete(layout.header, headings, where=where)
    show_mapping(layout.header, issues, where=where)
    return layout


def _best(lines: list[tuple[int, str]], headings: Sequence[Heading]) -> Layout | None:
    """Of the first lines and the delimiters, the pair under which most fields are found; earlier lines win."""
    best: Layout | None = None
    for number, line in lines:
        for delimiter in _delimiters_of(line):
            cells = _cells(line, delimiter) if len(line) > LONGEST_KEPT else _kept_cells(line, delimiter)
            if cells is None:
                continue
            layout = Layout(delimiter, number, cells, mapped(cells, headings))
            if best is None or len(layout.header.columns) > len(best.header.columns):
                best = layout
            if len(best.header.columns) == len(headings):
                return best
    return best


def _cells(line: str, delimiter: str) -> tuple[str, ...] | None:
    cells = split_quoted(line.lstrip("\ufeff"), delimiter)
    return None if cells is None or len(cells) > MOST_COLUMNS else tuple(cells)


def _may_be_header(line: str, headings: Sequence[Heading]) -> bool:
    """Whether all required fields stand in a line under one of the delimiters; far quicker than to find them all."""
    if len(line) > LONGEST_KEPT:
        return True
    required = [heading.keys for heading in headings if heading.required]
    return any(not any(keys.isdisjoint(field) for field in required) for keys in _kept_keys(line))


def _keys(line: str) -> tuple[frozenset[str], ...]:
    """What the cells of a line may be known under, by delimiter."""
    cut = (_kept_cells(line, delimiter) or () for delimiter in _delimiters_of(line))
    return tuple(frozenset(key for cell in cells for key in keys_of(cell)) for cells in cut)


def _delimiters_of(line: str) -> list[str]:
    """Those that cut it; of a line without any the first one, under which it is one cell."""
    return [delimiter for delimiter in DELIMITERS if delimiter in line or delimiter == DELIMITERS[0]]


# Every format of tables looks at the same first lines.
_kept_cells = lru_cache(maxsize=256)(_cells)
_kept_keys = lru_cache(maxsize=256)(_keys)
