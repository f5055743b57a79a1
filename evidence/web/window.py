"""A small piece of a file around one place, for people who follow a number down to its bytes.

Of a text file the lines around a line; of a workbook the cells around a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.errors import ParseError
from core.text import Text
from evidence.models import Evidence
from evidence.parsers.places import ShownLine, cell_words
from evidence.parsers.workbooks.sheet_scan import cell_at, cell_name
from evidence.parsers.workbooks.workbook import Sheet, is_workbook, read_workbook
from evidence.selectors import lines_around, source_of

ROWS_AROUND = 4
COLUMNS_BEFORE = 3
COLUMNS_AFTER = 4
# A larger workbook is read by workers only, never while somebody waits for a page.
LARGEST_SHOWN = 10 * 1024 * 1024
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class GridCell:
    words: str
    is_number: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    number: int
    cells: tuple[GridCell, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Lines, or a grid of cells, around `place`; `absent` says why there are none."""

    place: Text
    line: int = 0
    lines: tuple[ShownLine, ...] = ()
    letters: tuple[str, ...] = ()
    rows: tuple[GridRow, ...] = ()
    absent: Text | None = None


def lines_window(evidence: Evidence, line: int) -> Window:
    place = Text(zh=f"第 {line} 行", en=f"Line {line}")
    try:
        lines = tuple(lines_around(evidence, line))
    except ParseError as error:
        return Window(place, absent=error.message)
    if any(shown.number == line for shown in lines):
        return Window(place, line=line, lines=lines)
    return Window(place, absent=Text(zh=f"文件没有可显示的第 {line} 行。", en=f"The file has no line {line} to show."))


def cell_window(evidence: Evidence, cell: str) -> Window:
    """The cells around `sheet!A1`."""
    place = Text(zh=f"单元格 {cell}", en=f"Cell {cell}")
    name, _, reference = cell.rpartition("!")
    at, source = cell_at(reference), source_of(evidence)
    if at is None or not is_workbook(source):
        return Window(place, absent=Text(zh="文件没有这个单元格。", en="The file has no such cell."))
    if evidence.blob.size > LARGEST_SHOWN:
        return Window(
            place,
            absent=Text(
                zh="工作簿过大，不在页面显示；请下载原文件查看。",
                en="The workbook is too large for a page; download the file to look at it.",
            ),
        )
    try:
        sheets = {sheet.name: sheet for sheet in read_workbook(source).sheets}
    except ParseError as error:
        return Window(place, absent=error.message)
    if name not in sheets:
        return Window(place, absent=Text(zh=f"没有工作表“{name}”。", en=f"There is no sheet “{name}”."))
    return _grid(place, sheets[name], *at)


def _grid(place: Text, sheet: Sheet, row: int, column: int) -> Window:
    columns = range(max(0, column - COLUMNS_BEFORE), column + COLUMNS_AFTER + 1)
    rows = range(max(0, row - ROWS_AROUND), row + ROWS_AROUND + 1)
    return Window(
        place,
        letters=tuple(cell_name(0, one).rstrip("1") for one in columns),
        rows=tuple(
            GridRow(
                one + 1,
                tuple(_cell(sheet, one, other, chosen=(one, other) == (row, column)) for other in columns),
                chosen=one == row,
            )
            for one in rows
            if one < max(len(sheet.rows), row + 1)
        ),
    )


def _cell(sheet: Sheet, row: int, column: int, *, chosen: bool) -> GridCell:
    words = cell_words(sheet, row, column)
    cut = words if len(words) <= SHOWN_CHARACTERS else words[:SHOWN_CHARACTERS] + "…"
    return GridCell(cut, isinstance(sheet.value(row, column), Decimal), chosen)
