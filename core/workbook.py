"""Lists as workbooks: the rows of a page, figures as figures, and no cell that a spreadsheet would calculate.

A sheet is fit to be read and printed as it comes: columns as wide as what they hold, long words in several lines, the
head on every page, as many pages across as keep it legible.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.text import fit_for_xml

Cell = str | int | Decimal | dt.date | dt.datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters a cell holds
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for one by its first sign
_MEASURED = 1_000  # rows that tell how wide the columns are; the others are written as they come
_NARROWEST, _WIDEST = 8, 44  # of a column, in widths of a digit
_PAGE_WIDTH = 200  # of a page on its side, in widths of a digit as small as one reads
_TO_THE_MINUTE = "yyyy-mm-dd hh:mm"
_INDENTED: dict[str, Any] = {"horizontal": "left", "indent": 1}  # words keep off the figures of the column before


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a frozen head.

    Text is text whatever it begins with; what looks like a formula is marked as quoted, so that it stays text when
    somebody edits it. Control characters, which a workbook cannot hold, become `�`.

    Args:
        rows: as wide as `headings`; decimals, whole numbers, dates and instants (without a zone) as such. They are read
            once and never held together.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    coming = iter(rows)
    first = [list(row) for row in islice(coming, _MEASURED)]
    _set_up(sheet, headings, first)
    figures = [any(_is_figure(row[number]) for row in first) for number in range(len(headings))]
    sheet.append([_head(sheet, heading, over_figures=over) for heading, over in zip(headings, figures, strict=True)])
    written = 1
    for row in chain(first, coming):
        sheet.append([_cell(sheet, value) for value in row])
        written += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(headings), 1))}{written}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _set_up(sheet: Any, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Widths, a head that stays, and a page that prints; before the first row, as the sheet is written once through."""
    together = 0.0
    for number, heading in enumerate(headings):
        longest = max((_width(row[number]) for row in rows), default=0)
        # A heading may stand in two lines, but no word of it in pieces.
        word = max(map(_width, heading.split()), default=0)
        width = min(max(_NARROWEST, longest + 3, _width(heading) / 2 + 3, word + 3), _WIDEST)
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
        together += width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = math.ceil(together / _PAGE_WIDTH) or 1, 0


def _width(value: Cell) -> int:
    """How much room a value takes, in digits; an ideograph takes two."""
    if value is None:
        return 0
    if isinstance(value, dt.datetime):
        return len(_TO_THE_MINUTE)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in str(value))


def _is_figure(value: Cell) -> bool:
    return isinstance(value, int | Decimal)


def _sheet_name(title: str) -> str:
    """As spreadsheets take it: no signs of addresses, no quote at an edge, not the one name they keep."""
    name = re.sub(r"[\[\]:*?/\\]", " ", fit_for_xml(title))[:31].strip("' ")
    return "1" if name.lower() in ("", "history") else name


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
    content: Any = fit_for_xml(value)[:LONGEST] if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, value=content)
    if text:
        cell.data_type = "s"  # openpyxl takes a leading = for a formula
        cell.quotePrefix = isinstance(value, str) and value.startswith(FORMULA)
    if isinstance(value, Decimal) and (places := -int(value.as_tuple().exponent)) > 0:
        cell.number_format = "0." + "0" * places
    if isinstance(value, dt.datetime):
        cell.number_format = _TO_THE_MINUTE
    cell.alignment = Alignment(**(_INDENTED if text else {}), vertical="top", wrap_text=text)
    return cell
