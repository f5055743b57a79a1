"""Single values of JSON objects out of files: figures, whole numbers and names, or None where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from evidence.parsers.columns.figures import count, figure
from evidence.parsers.text.log_lines import words


def number(holder: Mapping[str, Any], key: str) -> Decimal | None:
    """A figure as it is written; None for text, truth values and what no column can hold."""
    value = holder.get(key)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value) if figure(value) is not None else None


def whole(holder: Mapping[str, Any], key: str) -> int | None:
    return count(holder.get(key))


def name(holder: Mapping[str, Any], key: str) -> str | None:
    """A text fit to be shown; None for an empty one."""
    value = holder.get(key)
    return words(value) or None if isinstance(value, str) else None
