"""How deep JSON may be nested, told before a parser recurses: one limit for evidence, facts files and API bodies."""

from __future__ import annotations

from typing import Any

import re2

from core.text import Text

DEEPEST = 32
TOO_DEEP = Text(
    zh=f"JSON 嵌套超过 {DEEPEST} 层。",
    en=f"The JSON is nested deeper than {DEEPEST} levels.",
)
# A whole string (its brackets do not count), or one bracket.
_STRING_OR_BRACKET = re2.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def first_too_deep(text: str, *, start: int = 0, depth: int = 0) -> int | None:
    """Where the first bracket beyond the limit stands, or null.

    Args:
        text: JSON, perhaps broken.
        start: where to begin; not inside a string.
        depth: how many brackets are open there.
    """
    for match in _STRING_OR_BRACKET.finditer(text, start):
        sign = text[match.start()]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                return int(match.start())
        elif sign in "]}":
            depth -= 1
    return None


def is_deeper(value: Any, levels: int = DEEPEST) -> bool:
    """Whether a value already read is nested deeper than so many levels."""
    level = [value]
    for _ in range(levels):
        level = [
            item
            for container in level
            if isinstance(container, dict | list)
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True
