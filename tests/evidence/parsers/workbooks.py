"""Small workbooks for tests, and ways to damage them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]


def workbook(rows: Rows, *, name: str = "能耗", change: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook of one sheet, `change`d before it is saved."""
    return workbook_of({name: rows}, change=change)


def workbook_of(sheets: Mapping[str, Rows], *, change: Callable[[Worksheet], None] | None = None) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue())


def repacked(
    content: bytes, *, replace: Mapping[str, bytes] | None = None, add: Mapping[str, bytes] | None = None
) -> bytes:
    """The same archive with members replaced or added, and no time stamps, so that equal books are equal bytes."""
    out = io.BytesIO()
    replace = replace or {}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = replace.get(item.filename, old.read(item))
            if item.filename == "docProps/core.xml":
                continue
            new.writestr(zipfile.ZipInfo(item.filename), data, zipfile.ZIP_DEFLATED)
        for name, data in (add or {}).items():
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def member(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
