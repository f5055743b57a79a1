"""JSON evidence read strictly: numbers keep their digits, and what readers understand differently is refused.

Two equal keys, NaN, numbers beyond 40 digits and half a character written as an escape are no evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

import re2

from core.errors import ParseError
from core.json_depth import TOO_DEEP
from core.provenance import Where
from core.quantity import LONGEST_NUMBER, bounded_decimal
from core.text import Text
from evidence.parsers.documents.json_text import line_at
from evidence.parsers.text.source import Source

ORIGINAL_FILE = Text(zh="请上传未经改动的原文件。", en="Upload the original file, unchanged.")

# An escaped backslash, or an escaped surrogate: a high one with or without its low one, or a low one alone.
_SURROGATES = re2.compile(
    r"\\\\|(\\u[dD][89abAB][0-9a-fA-F]{2})(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|(\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)


def text_of_json(source: Source, *, largest: int) -> str:
    """The text of a JSON file of at most so many bytes, without its byte-order mark.

    Raises:
        ParseError: `too_large`, `unknown_encoding`.
        ValueError: half a surrogate pair, escaped or not; it could never be stored or shown.
    """
    text = source.read(largest).decode(source.text_encoding).removeprefix("\ufeff")
    halves = _SURROGATES.findall(text) if "\\u" in text else []
    if any(alone or bool(high) != bool(low) for high, low, alone in halves):
        raise ValueError("half a surrogate pair")
    return text


def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of some pairs.

    Raises:
        ParseError: `repeated_key`.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise repeated_key(next(name for name in names if names.count(name) > 1))
    return found


def repeated_key(name: str) -> ParseError:
    shown = name[:LONGEST_NUMBER]
    return ParseError(
        "repeated_key",
        Text(zh=f"JSON 中键“{shown}”重复。", en=f"The key “{shown}” stands twice in one JSON object."),
        hint=Text(zh="请只保留其中一个。", en="Keep only one of them."),
    )


def too_deep(text: str, position: int) -> ParseError:
    """The refusal of JSON that is nested too deep from this position on."""
    return ParseError(
        "too_deep",
        TOO_DEEP,
        where=Where(line=line_at(text, position)),
        hint=Text(zh="请上传工具导出的原文件。", en="Upload the file as the tool exported it."),
    )


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("endless number")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    value = bounded_decimal(digits)
    if value is None:
        raise ValueError("endless number")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def strict_decoder(
    *,
    objects: Callable[[list[tuple[str, Any]]], Any] = unrepeated,
    constants: Callable[[str], Any] = _refuse,
) -> json.JSONDecoder:
    """A decoder whose numbers keep their digits; `objects` and `constants` (NaN, Infinity) say what else it takes.

    It raises ValueError (`JSONDecodeError` with a place, where there is one), RecursionError, or what they raise.
    """
    return json.JSONDecoder(
        object_pairs_hook=objects, parse_int=_whole, parse_float=_fraction, parse_constant=constants
    )


STRICT = strict_decoder()
