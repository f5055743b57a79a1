"""JSON objects one after another in one file, as tools write that append a line per run.

Numbers keep their digits. NaN and Infinity are no JSON, but these tools write them where nothing was measured or set;
they are read as missing.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import ParseError
from core.text import Text
from evidence.parsers.documents.json_arrays import Located
from evidence.parsers.documents.json_text import bad_json, skip_blanks
from evidence.parsers.documents.strict_json import strict_decoder, text_of_json
from evidence.parsers.text.source import Source

LARGEST = 64 * 1024 * 1024
MOST_OBJECTS = 100_000


def json_objects(source: Source, *, largest: int = LARGEST) -> list[Located]:
    """The objects of a file, each with the line it starts at.

    Raises:
        ParseError: `bad_json` at its line (also for anything but objects, and for too many of them), `repeated_key`,
            `too_large`, `unknown_encoding`, `no_rows` for a file without any.
    """
    try:
        text = text_of_json(source, largest=largest)
    except ValueError as error:
        raise bad_json(1) from error
    decoder = strict_decoder(constants=_missing)
    found: list[Located] = []
    position, line, counted = skip_blanks(text, 0), 1, 0
    while position < len(text):
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, ValueError, RecursionError) as error:
            raise bad_json(line) from error
        if not isinstance(value, dict) or len(found) >= MOST_OBJECTS:
            raise bad_json(line)
        found.append(Located(value, line))
        position = skip_blanks(text, position)
    if not found:
        raise ParseError(
            "no_rows",
            Text(zh="文件中没有结果。", en="The file holds no result."),
            hint=Text(zh="请上传完整的结果文件。", en="Upload the whole result file."),
        )
    return found


def _missing(name: str) -> Any:
    return None
