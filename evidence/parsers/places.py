"""The very text of a line or cell of an evidence file, for people who follow a figure down to its bytes."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.quantity import shortest
from evidence.parsers.personal_data import masked
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import cell_at
from evidence.parsers.workbooks.workbook import Sheet, Value, read_workbook

SHOWN_WIDTH = 400
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a file, harmless to look at."""

    number: int
    text: str
    is_cut: bool


def lines_at(source: Source, numbers: Collection[int], *, encoding: str, width: int = SHOWN_WIDTH) -> list[ShownLine]:
    """The lines of these numbers in file order; those past the end are left out.

    Args:
        encoding: as its parser found it; it is not worked out anew, for that takes the whole file.

    Control and direction characters are made visible, long lines cut, undecodable bytes written in hexadecimal.

    Raises:
        ParseError: a file that cannot be read that far.
    """
    last = max(numbers, default=0)
    wide = encoding.lower().replace("_", "-").startswith("utf-16")
    strict = wide or _ends_lines_with_cr(source)
    numbered: Iterable[tuple[int, bytes | str]] = source.lines() if strict else source.raw_lines()
    shown = []
    for number, content in numbered:
        if number in numbers:
            shown.append(_shown(number, content, encoding, width))
        if number >= last:
            break
    return shown


def cells_at(source: Source, cells: Iterable[str]) -> dict[str, str]:
    """The words in cells named `sheet!A1` of a workbook; those it does not have are left out.

    Raises:
        ParseError: a file that is no workbook, or one that is refused.
    """
    sheets = {sheet.name: sheet for sheet in read_workbook(source).sheets}
    found = {}
    for cell in cells:
        name, _, reference = cell.rpartition("!")
        at = cell_at(reference)
        if at is not None and name in sheets:
            found[cell] = cell_words(sheets[name], *at)
    return found


def cell_words(sheet: Sheet, row: int, column: int) -> str:
    """What a person sees in a cell, harmless to look at; `formula` or the error where there is no value."""
    return harmless(sheet.flaw((row, column)) or _words(sheet.value(row, column)))


def harmless(text: str) -> str:
    """Tabs stay; an escape becomes `␛`, a direction mark `⟨U+202E⟩`; personal data is shown in outline."""
    return "".join(_visible(character) for character in masked(text))


def _ends_lines_with_cr(source: Source) -> bool:
    """Tables that end their lines as old Macs did; in a log a lone CR only redraws a line."""
    return b"\r" in source.head and b"\n" not in source.head


def _shown(number: int, content: bytes | str, encoding: str, width: int) -> ShownLine:
    text = content if isinstance(content, str) else _decoded(content, encoding)
    # Masked before it is cut, so that half a number is no less masked than a whole one.
    return ShownLine(number, harmless(text[: 2 * width])[:width], is_cut=len(text) > width)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "backslashreplace")
    except LookupError:  # the uploader may declare any word
        return content.decode("utf-8", "backslashreplace")


def _visible(character: str) -> str:
    if character == "\t" or unicodedata.category(character) not in _HIDDEN:
        return character
    return chr(0x2400 + ord(character)) if ord(character) < 0x20 else f"⟨U+{ord(character):04X}⟩"


def _words(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return shortest(value)
        case dt.datetime() | dt.date():
            return value.isoformat()
    return str(value)
