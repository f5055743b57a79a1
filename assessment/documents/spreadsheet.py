"""Lists as workbooks: the rows of a page, figures as figures, and no cell that a spreadsheet would calculate.

A sheet is fit to be read and printed as it comes: columns as wide as what they hold, long words in several lines, the
head on every page, as many pages across as keep it legible.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from assessment.documents.content.ranked_csv import COLUMNS, ranked_csv
from assessment.documents.content.ranked_report import RankedReportContent

Cell = str | int | Decimal | dt.date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters a cell holds
_NARROWEST, _WIDEST = 8, 44  # of a column, in widths of a digit
_PAGE_WIDTH = 200  # of a page on its side, in widths of a digit as small as one reads
_INDENTED: dict[str, Any] = {"horizontal": "left", "indent": 1}  # words keep off the figures of the column before
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
    given = [list(row) for row in rows]
    _set_up(sheet, headings, given)
    figures = [any(isinstance(row[number], int | Decimal) for row in given) for number in range(len(headings))]
    sheet.append([_head(sheet, heading, over_figures=over) for heading, over in zip(headings, figures, strict=True)])
    for row in given:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ranked_report_xlsx(content: RankedReportContent) -> bytes:
    """The rows and columns of `ranked_csv`, its columns named in words, with ranks and points as figures."""
    names, *rows = list(csv.reader(io.StringIO(ranked_csv(content))))
    called = COLUMNS | {pillar.code: pillar.title for pillar in content.pillars}
    headings = [f"{called[name].zh} {called[name].en}" if name in called else name for name in names]
    return workbook(content.title.zh, headings, [[_figure(cell) for cell in row] for row in rows])


def _figure(cell: str) -> Cell:
    """Plain decimals as such; the apostrophe that keeps a CSV cell text is not needed here."""
    if _DECIMAL.fullmatch(cell):
        return Decimal(cell)
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell or None


def _set_up(sheet: Any, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Widths, a head that stays, and a page that prints; before the first row, as the sheet is written once through."""
    last = get_column_letter(max(len(headings), 1))
    together = 0.0
    for number, heading in enumerate(headings):
        longest = max((_width(row[number]) for row in rows), default=0)
        # A heading may stand in two lines, but no word of it in pieces.
        word = max(map(_width, heading.split()), default=0)
        width = min(max(_NARROWEST, longest + 3, _width(heading) / 2 + 3, word + 3), _WIDEST)
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
        together += width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = math.ceil(together / _PAGE_WIDTH) or 1, 0


def _width(value: Cell) -> int:
    """How much room a value takes, in digits; an ideograph takes two."""
    if value is None:
        return 0
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in str(value))


def _head(sheet: Any, words: str, *, over_figures: bool) -> Any:
    cell = _cell(sheet, words)
    cell.font = Font(bold=True)
    side = {"horizontal": "right"} if over_figures else _INDENTED
    cell.alignment = Alignment(**side, vertical="bottom", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if value is None:
        return None
    text = isinstance(value, str)
    content: Any = _ILLEGAL.sub("�", value)[:LONGEST] if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, value=content)
    if text:
        cell.data_type = "s"  # openpyxl takes a leading = for a formula
        cell.quotePrefix = isinstance(value, str) and value.startswith(_FORMULA)
    if isinstance(value, Decimal) and (places := -int(value.as_tuple().exponent)) > 0:
        cell.number_format = "0." + "0" * places
    cell.alignment = Alignment(**(_INDENTED if text else {}), vertical="top", wrap_text=text)
    return cell
