"""Empty tables to fill in: the header row of each of our own tables, as CSV or as a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.errors import InputError
from core.text import Language, Text
from evidence.parsers.energy.energy_sheet import LIST_HEADINGS
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.simple_tables import SIMPLE_TABLES

# By format; the monthly energy sheet is a workbook only.
TEMPLATES: Mapping[str, Sequence[Heading]] = {**SIMPLE_TABLES, "energy_workbook": LIST_HEADINGS}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTH = 22


def endings(name: str) -> tuple[str, ...]:
    """The kinds of file a template comes as; none for a format that has no template."""
    if name in SIMPLE_TABLES:
        return ("csv", "xlsx")
    return ("xlsx",) if name in TEMPLATES else ()


def template(name: str, *, ending: str, language: Language) -> bytes:
    """An empty table of this format: its header row, in Chinese or in English.

    Raises:
        InputError: `no_template` for a format or a kind of file there is none of.
    """
    if ending not in endings(name):
        raise InputError(
            "no_template",
            Text(zh=f"没有“{name}.{ending}”模板。", en=f"There is no template “{name}.{ending}”."),
            hint=Text(
                zh="可用模板：" + "、".join(_names()),
                en="Templates: " + ", ".join(_names()),
            ),
        )
    header = [_heading(heading, language) for heading in TEMPLATES[name]]
    return _workbook(header) if ending == "xlsx" else _text(header)


def _names() -> list[str]:
    return [f"{name}.{ending}" for name in sorted(TEMPLATES) for ending in endings(name)]


def _heading(heading: Heading, language: Language) -> str:
    """The heading a person of this language knows: the first Chinese one, else the name in our contract."""
    if language == "en":
        return heading.name
    return next((word for word in heading.also if not word.isascii()), heading.name)


def _text(header: Sequence[str]) -> bytes:
    """With a byte-order mark, without which spreadsheets take Chinese for another encoding."""
    return ("\ufeff" + ",".join(header) + "\r\n").encode()


def _workbook(header: Sequence[str]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(header))
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
