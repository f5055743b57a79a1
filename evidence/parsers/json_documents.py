"""One small JSON object, read strictly and to a bounded depth."""

from __future__ import annotations

import json
from typing import Any

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.source import Source
from evidence.parsers.strict_json import STRICT, text_of_json

LARGEST_DOCUMENT = 1024 * 1024
DEEPEST = 32


def read_json_object(source: Source, *, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        ParseError: `too_large`, `unknown_encoding`, `bad_json` (syntax, NaN, an endless number, half a character,
            nesting over 32, not an object), `repeated_key`.
    """
    try:
        value = STRICT.decode(text_of_json(source, largest=largest))
    except json.JSONDecodeError as error:
        raise _bad_json(error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise _bad_json(None) from error
    if not isinstance(value, dict) or _deeper_than(value, DEEPEST):
        raise _bad_json(1)
    return value


def line_of_key(source: Source, key: str) -> int:
    """The line on which a top-level key of a pretty-printed object stands; 1 when it cannot be told."""
    quoted = f'"{key}"'
    return next((number for number, text in source.lines() if quoted in text), 1)


def _deeper_than(value: object, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    items = value.values() if isinstance(value, dict) else value
    return any(_deeper_than(item, depth - 1) for item in items)


def _bad_json(line: int | None) -> ParseError:
    place = Text(zh="" if line is None else f"（第 {line} 行）", en="" if line is None else f" (line {line})")
    return ParseError(
        "bad_json",
        Text(zh=f"文件不是一个完整的 JSON 对象{place.zh}。", en=f"The file is not one whole JSON object{place.en}."),
        where=None if line is None else Where(line=line),
        hint=Text(zh="请上传未经改动的原文件。", en="Upload the original file, unchanged."),
    )
