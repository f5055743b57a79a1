"""A list of a page as the workbook it can be had as."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.test import Client


def rows_of(client: Client, address: str, *, of: str = "") -> list[tuple[Any, ...]]:
    """Head and rows; `of` names the list where a page has several."""
    answer = client.get(address, {"format": "xlsx"} | ({"list": of} if of else {}))
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer["Content-Disposition"].endswith('.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
