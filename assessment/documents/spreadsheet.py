"""Lists as workbooks: the rows of a page, figures as figures, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from assessment.documents.content.ranked_report import RankedReportContent, ranked_csv

Cell = str | int | Decimal | dt.date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters a cell holds
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,6})?")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a frozen head.

    Text is text whatever it begins with; what looks like a formula is marked as quoted, so that it stays text when
    somebody edits it. Control characters, which a workbook cannot hold, become `�`.

    Args:
        rows: as wide as `headings`; decimals, whole numbers and dates as such.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(12, 2 * len(heading)), 40)
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ranked_report_xlsx(content: RankedReportContent) -> bytes:
    """The rows and columns of `ranked_csv`, with ranks and points as figures."""
    headings, *rows = list(csv.reader(io.StringIO(ranked_csv(content))))
    return workbook(content.title.zh, headings, [[_figure(cell) for cell in row] for row in rows])


def _figure(cell: str) -> Cell:
    """Plain decimals as such; the apostrophe that keeps a CSV cell text is not needed here."""
    if _DECIMAL.fullmatch(cell):
        return Decimal(cell)
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell or None


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    if value is None:
        return None
    text = isinstance(value, str)
    content: Any = _ILLEGAL.sub("�", value)[:LONGEST] if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, value=content)
    if text:
        cell.data_type = "s"  # openpyxl takes a leading = for a formula
        cell.quotePrefix = isinstance(value, str) and value.startswith(_FORMULA)
    if bold:
        cell.font = Font(bold=True)
    return cell
