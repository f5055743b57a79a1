"""A simple table kept in a workbook: the same columns as in a text file, each cell with its `sheet!cell`.

Every visible sheet with the header is read, the rest is told. Values become the text a CSV would hold; a cell that
holds an error, or a formula saved without its value, is an issue and its row is left out – never zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa

from core.provenance import Where
from core.quantity import shortest
from evidence.parsers.base import Issues
from evidence.parsers.tables.headers import Heading, mapped, require_complete, show_mapping
from evidence.parsers.tables.sheet_words import SHEET_WORDS
from evidence.parsers.tables.table_batches import Batch, Layout, Tally, no_rows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import cell_name
from evidence.parsers.workbooks.workbook import Sheet, Value, read_workbook

HEADER_WITHIN = 10


def sheet_batches(
    source: Source, headings: Sequence[Heading], issues: Issues, tally: Tally
) -> Iterator[tuple[Layout, Batch]]:
    """The records of every visible sheet that has the header, with its layout.

    Raises:
        ParseError: `missing_column` or `repeated_column` when no sheet has the whole header, `no_rows`, and what
            `read_workbook` raises.
    """
    workbook = read_workbook(source)
    if workbook.external_links:
        tell_sheet(issues, "external_link", Where())
    found: list[tuple[Sheet, Layout]] = []
    for sheet in workbook.sheets:
        if sheet.hidden:
            tell_sheet(issues, "hidden_sheet", Where(cell=sheet.name))
        elif (layout := _layout(sheet, headings)) is not None:
            found.append((sheet, layout))
    if found and not any(layout.header.complete for _, layout in found):
        best = max((layout for _, layout in found), key=lambda layout: len(layout.header.columns))
        require_complete(best.header, headings, where=best.where)
    for sheet, layout in found:
        if not layout.header.complete:
            tell_sheet(issues, "sheet_ignored", Where(cell=sheet.name))
            continue
        show_mapping(layout.header, issues, where=layout.where)
        for code, where in hidden_parts(sheet):
            tell_sheet(issues, code, where)
        for where in merged_heads(sheet, first_row=layout.header_line):
            tell_sheet(issues, "merged_header", where)
        yield layout, sheet_batch(sheet, layout, issues, tally)
    if tally.read == 0:
        raise no_rows()


def hidden_parts(sheet: Sheet) -> Iterator[tuple[str, Where]]:
    """The hidden rows and columns of a sheet that hold something: `hidden_row` or `hidden_column` with its place."""
    for row in sorted(sheet.scan.hidden_rows):
        if row < len(sheet.rows) and any(sheet.rows[row]):
            yield "hidden_row", Where(line=row + 1, cell=f"{sheet.name}!{row + 1}:{row + 1}")
    width = max((len(row) for row in sheet.rows), default=0)
    for column in sorted(sheet.scan.hidden_columns):
        if column < width:
            name = cell_name(0, column).rstrip("1")
            yield "hidden_column", Where(cell=f"{sheet.name}!{name}:{name}")


def merged_heads(sheet: Sheet, *, first_row: int) -> Iterator[Where]:
    """The merged ranges above a table's first row that stand beside other heads; titles stand alone in their row."""
    for (top, left), (bottom, right) in sorted(sheet.scan.merged):
        beside = (
            (column for column in range(len(sheet.rows[top])) if not left <= column <= right)
            if top < len(sheet.rows)
            else ()
        )
        if top < first_row and any(sheet.rows[top][column] is not None for column in beside):
            place = f"{sheet.name}!{cell_name(top, left)}:{cell_name(bottom, right)}"
            yield Where(line=top + 1, cell=place)


def _layout(sheet: Sheet, headings: Sequence[Heading]) -> Layout | None:
    """Of the first rows that hold anything the one with most fields, earlier ones first; null for an empty sheet."""
    best: Layout | None = None
    filled = (row for row in range(len(sheet.rows)) if any(value is not None for value in sheet.rows[row]))
    for row, _ in zip(filled, range(HEADER_WITHIN), strict=False):
        cells = tuple(cell_text(sheet.value(row, column)) for column in range(len(sheet.rows[row])))
        layout = Layout("", row + 1, cells, mapped(cells, headings), sheet.name)
        if best is None or len(layout.header.columns) > len(best.header.columns):
            best = layout
    return best


def sheet_batch(sheet: Sheet, layout: Layout, issues: Issues, tally: Tally) -> Batch:
    """The records below the header; rows without any value are none."""
    columns = layout.header.columns
    flawed = {row for row, column in (*sheet.scan.errors, *sheet.scan.uncached) if column in columns.values()}
    texts: dict[str, list[str]] = {name: [] for name in columns}
    typed: dict[str, list[bool]] = {name: [] for name in columns}
    lines: list[int] = []
    for row in range(layout.header_line, max(len(sheet.rows), max(flawed, default=-1) + 1)):
        values = sheet.rows[row] if row < len(sheet.rows) else []
        if row not in flawed and all(value is None for value in values):
            continue
        tally.read += 1
        if row in flawed:
            tally.faulty += 1
            _tell_flaws(sheet, layout, row, issues)
            continue
        lines.append(row + 1)
        for name, column in columns.items():
            value = values[column] if column < len(values) else None
            texts[name].append(cell_text(value))
            typed[name].append(isinstance(value, str))
    return Batch(
        {name: pa.array(column, pa.string()) for name, column in texts.items()},
        pa.array(lines, pa.int64()),
        layout,
        {name: np.array(column, dtype=bool) for name, column in typed.items()},
    )


def _tell_flaws(sheet: Sheet, layout: Layout, row: int, issues: Issues) -> None:
    for column in layout.header.columns.values():
        flaw = sheet.flaw((row, column))
        if flaw is not None:
            code = "formula_without_value" if flaw == "formula" else "cell_error"
            tell_sheet(issues, code, sheet.where(row, column), error=flaw)


def cell_text(value: Value) -> str:
    """A value as a text file would hold it, empty for none; a date alone is the midnight it begins with."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return shortest(value)
        case dt.datetime():
            rounded = value + dt.timedelta(microseconds=500)  # a spreadsheet keeps binary fractions of a day
            return rounded.isoformat(timespec="milliseconds").removesuffix(".000")
        case dt.date():
            return f"{value.isoformat()}T00:00:00"
    return value


def tell_sheet(issues: Issues, code: str, where: Where, **words: object) -> None:
    """One of `SHEET_WORDS`, at its place."""
    severity, message, hint = SHEET_WORDS[code]
    issues.add(code, message.filled(place=where, **words), where=where, severity=severity, hint=hint)
