"""Workbooks that every spreadsheet opens."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.workbook import workbook


@pytest.mark.parametrize(
    ("title", "called"),
    [
        ("Findings", "Findings"),
        ("History", "1"),
        ("'a'.csv", "a'.csv"),
        ("a/b: c", "a b  c"),
        ("", "1"),
        ("一" * 40, "一" * 31),
    ],
)
def test_a_sheet_has_a_name_that_spreadsheets_take(title: str, called: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(title, ["a"], [["=cmd()"]])))
    assert book.sheetnames == [called]
