"""The list of a page as a workbook: `?format=xlsx` at the page's own address gives all of its rows, paged or not.

A view names the columns and hands over the rows it would show, so that who may see the page, its filters and its order
hold for the workbook too. `includes/_as_workbook.html` leads to it from below the list; where a page has several,
`?list=` names the further ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.text import Text
from core.workbook import XLSX, Cell, workbook
from operations.http.formats import asks_for
from operations.templatetags.words import said

CHUNK = 500  # rows that are read from the database at once
Row = TypeVar("Row")
_Kept = TypeVar("_Kept", bound=Model)
Told = Cell | Text
Columns = list[tuple[str, Callable[[Any], Told]]]  # each with its heading


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """A list: what its file is called (the day is added), its title, each column's heading with the cell of a row."""

    name: str
    title: Text | str
    columns: Columns
    rows: Iterable[Row]


def asks_for_sheet(request: HttpRequest, *, of: str = "") -> bool:
    """Whether the list of the page is asked for as a workbook, or the further one of this name."""
    return bool(asks_for(request, "xlsx")) and request.GET.get("list", "") == of


def in_chunks(found: QuerySet[_Kept]) -> Iterable[_Kept]:
    """Every row of a list, some hundreds in memory at a time."""
    return found.iterator(chunk_size=CHUNK)


def sheet_answer(sheet: Sheet[Row]) -> HttpResponse:
    """The workbook to download, in the language of the page."""
    headings = [heading for heading, _ in sheet.columns]
    rows = ([_cell(told(row)) for _, told in sheet.columns] for row in sheet.rows)
    answer = HttpResponse(workbook(said(sheet.title), headings, rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{sheet.name}-{timezone.localdate().isoformat()}.xlsx"'
    return answer


def _cell(told: Told) -> Cell:
    """Words in the language of the page, instants as its clock shows them."""
    if isinstance(told, Text):
        return said(told)
    if isinstance(told, dt.datetime) and timezone.is_aware(told):
        return timezone.localtime(told).replace(tzinfo=None)
    return told
