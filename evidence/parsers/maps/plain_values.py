"""What a document may hold as words, headings and numbers."""

from __future__ import annotations

from typing import Any

from core.errors import InputError
from core.quantity import read_number

LONGEST_WORD = 200
_LAST_COLUMN = 16_384  # of a workbook


def is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORD and is_printable(value)


def is_word(value: Any) -> bool:
    return is_text(value) and bool(value.strip())


def is_column(value: Any) -> bool:
    """A heading, or the number of a column from 1."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 1 <= value <= _LAST_COLUMN
    return is_word(value)


def is_number(text: str) -> bool:
    try:
        read_number(text)
    except InputError:
        return False
    return True


def is_printable(text: str) -> bool:
    """Headings may be broken over lines; other control signs and half characters are none of a word."""
    return all(sign.isprintable() or sign in "\n\t\u3000" for sign in text)


def shown(value: Any) -> str:
    """Anything from a document, short and harmless, for a message."""
    text = str(value)[:60]
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
