"""One small JSON object, read strictly and to a bounded depth."""

from __future__ import annotations

import json
from typing import Any

from core.errors import ParseError
from core.json_depth import first_too_deep
from core.provenance import Where
from core.text import Text
from evidence.parsers.documents.strict_json import ORIGINAL_FILE, STRICT, text_of_json, too_deep
from evidence.parsers.text.source import Source

LARGEST_DOCUMENT = 1024 * 1024


def read_json_object(source: Source, *, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        ParseError: `too_large`, `unknown_encoding`, `bad_json` (syntax, NaN, an endless number, half a character, not
            an object), `too_deep` (nesting over 32), `repeated_key`.
    """
    try:
        text = text_of_json(source, largest=largest)
    except ValueError as error:
        raise _bad_json(None) from error
    if (deep := first_too_deep(text)) is not None:
        raise too_deep(text, deep)
    try:
        value = STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise _bad_json(error.lineno) from error
    except ValueError as error:
        raise _bad_json(None) from error
    if not isinstance(value, dict):
        raise _bad_json(1)
    return value


def line_of_key(source: Source, key: str) -> int:
    """The line on which a top-level key of a pretty-printed object stands; 1 when it cannot be told."""
    quoted = f'"{key}"'
    return next((number for number, text in source.lines() if quoted in text), 1)


def _bad_json(line: int | None) -> ParseError:
    place = Text(zh="" if line is None else f"（第 {line} 行）", en="" if line is None else f" (line {line})")
    return ParseError(
        "bad_json",
        Text(zh=f"文件不是一个完整的 JSON 对象{place.zh}。", en=f"The file is not one whole JSON object{place.en}."),
        where=None if line is None else Where(line=line),
        hint=ORIGINAL_FILE,
    )
