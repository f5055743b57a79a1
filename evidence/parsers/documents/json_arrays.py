"""An array of JSON evidence, element by element with the line of each: strict, bounded, numbers exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import ParseError
from core.json_depth import DEEPEST, first_too_deep, is_deeper
from core.text import Text
from evidence.parsers.documents.json_text import bad_json, line_at, skip_blanks
from evidence.parsers.documents.strict_json import ORIGINAL_FILE, STRICT, repeated_key, text_of_json, too_deep
from evidence.parsers.text.source import Source

LARGEST_JSON = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Located:
    """An element of an array and the line it starts at."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class ArrayDocument:
    """One array of a JSON document, and what stands beside it in the top-level object."""

    elements: tuple[Located, ...]
    beside: dict[str, Any] = field(default_factory=dict)


def read_array(source: Source, key: str | None) -> ArrayDocument:
    """The array under `key` of a top-level object, or the top-level array itself when `key` is null.

    Raises:
        ParseError: `bad_json` (also for NaN and endless digits), `too_deep` (nesting over 32), `repeated_key`,
            `too_large`, `unknown_encoding`, and `unexpected_shape` when there is no such array.
    """
    try:
        text = text_of_json(source, largest=LARGEST_JSON)
    except ValueError as error:
        raise bad_json(1) from error
    start = skip_blanks(text, 0)
    if key is None:
        elements, end = _array(text, start, depth=1)
        document = ArrayDocument(elements)
    else:
        document, end = _object_around(text, start, key)
    if skip_blanks(text, end) != len(text):
        raise bad_json(line_at(text, end))
    return document


def unexpected_shape(expected: Text) -> ParseError:
    return ParseError(
        "unexpected_shape",
        Text(zh=f"JSON 内容与格式不符：{expected.zh}。", en=f"The JSON is not of the expected shape: {expected.en}."),
        hint=ORIGINAL_FILE,
    )


def _object_around(text: str, start: int, key: str) -> tuple[ArrayDocument, int]:
    if text[start : start + 1] != "{":
        raise unexpected_shape(Text(zh="顶层应为对象", en="an object is expected at the top"))
    elements: tuple[Located, ...] | None = None
    beside: dict[str, Any] = {}
    position = skip_blanks(text, start + 1)
    while text[position : position + 1] != "}":
        name, position = _decode(text, position, depth=1)
        position = skip_blanks(text, position)
        if not isinstance(name, str) or text[position : position + 1] != ":":
            raise bad_json(line_at(text, position))
        position = skip_blanks(text, position + 1)
        if name in beside or (name == key and elements is not None):
            raise repeated_key(name)
        if name == key:
            elements, position = _array(text, position, depth=2)
        else:
            beside[name], position = _decode(text, position, depth=1)
        position = _after_item(text, position, "}")
    if elements is None:
        raise unexpected_shape(Text(zh=f"缺少数组“{key}”", en=f"the array “{key}” is missing"))
    return ArrayDocument(elements, beside), position + 1


def _array(text: str, start: int, *, depth: int) -> tuple[tuple[Located, ...], int]:
    """The elements with their lines, and the position behind the closing bracket; `depth` counts its own bracket."""
    if text[start : start + 1] != "[":
        raise unexpected_shape(Text(zh="此处应为数组", en="an array is expected"))
    elements: list[Located] = []
    position = skip_blanks(text, start + 1)
    line, counted = line_at(text, position), position
    while text[position : position + 1] != "]":
        line, counted = line + text.count("\n", counted, position), position
        value, position = _decode(text, position, depth=depth)
        elements.append(Located(value, line))
        position = _after_item(text, position, "]")
    return tuple(elements), position + 1


def _after_item(text: str, position: int, closing: str) -> int:
    """Behind the comma after an item, or at the closing bracket."""
    position = skip_blanks(text, position)
    sign = text[position : position + 1]
    if sign == closing:
        return position
    following = skip_blanks(text, position + 1)
    if sign != "," or text[following : following + 1] in ("", closing):
        raise bad_json(line_at(text, position))
    return following


def _decode(text: str, position: int, *, depth: int) -> tuple[Any, int]:
    """One value inside so many open brackets, and the position behind it."""
    try:
        value: tuple[Any, int] = STRICT.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        if (deep := first_too_deep(text, start=position, depth=depth)) is not None:
            raise too_deep(text, deep) from error
        raise bad_json(line_at(text, getattr(error, "pos", position))) from error
    if is_deeper(value[0], DEEPEST - depth):
        raise too_deep(text, first_too_deep(text, start=position, depth=depth) or position)
    return value
