"""Strict JSON: what stock parsers let pass is refused with its place.

UTF-8 only, no key twice, no NaN, no NUL or lone surrogate, at most 1 MiB, 32 levels and 40 characters a number.
Numbers with a point become `Decimal`, so no float enters by this door.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from email.message import Message
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from core.errors import InputError
from core.json_depth import TOO_DEEP, first_too_deep
from core.provenance import Where
from core.quantity import LONGEST_NUMBER, bounded_decimal
from core.text import Text
from operations.http.words import HINT_BY_CODE


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        _only_utf8(media_type or self.media_type)
        content = stream.read(settings.BODY_LIMIT + 1)
        if len(content) > settings.BODY_LIMIT:
            raise InputError(
                "too_large",
                Text(
                    zh=f"请求内容超过 {settings.BODY_LIMIT} 字节。",
                    en=f"The body is larger than {settings.BODY_LIMIT} bytes.",
                ),
                hint=HINT_BY_CODE["too_large"],
            )
        return strict_json(content)


def strict_json(content: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        InputError: `malformed_json`, `too_deep`, `duplicate_key`, `not_a_number`, `number_too_long`,
            `forbidden_character`, with the byte or the key.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "malformed_json",
            Text(zh="请求内容不是有效的 UTF-8。", en="The body is not valid UTF-8."),
            where=Where(byte=error.start),
            hint=HINT_BY_CODE["malformed_json"],
        ) from error
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_each_key_once,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            "malformed_json",
            Text(zh="请求内容不是有效的 JSON。", en=f"The body is not valid JSON: {error.msg}."),
            where=Where(line=error.lineno, byte=len(text[: error.pos].encode())),
            hint=HINT_BY_CODE["malformed_json"],
        ) from error
    _refuse_characters(value, path="")
    return value


def _only_utf8(media_type: str) -> None:
    header = Message()
    header["Content-Type"] = media_type
    charset = header.get_param("charset")
    if charset is not None and str(charset).lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(media_type)


def _refuse_depth(text: str) -> None:
    """Before parsing, because the parser itself would recurse."""
    if (deep := first_too_deep(text)) is not None:
        line, byte = text.count("\n", 0, deep) + 1, len(text[:deep].encode())
        raise InputError("too_deep", TOO_DEEP, where=Where(line=line, byte=byte), hint=HINT_BY_CODE["too_deep"])


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            shown = visible(key)
            raise InputError(
                "duplicate_key",
                Text(zh=f"键“{shown}”出现两次。", en=f"The key “{shown}” stands there twice."),
                where=Where(field=shown),
                hint=Text(zh="请只保留其中一个。", en="Keep only one of them."),
            )
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise InputError(
        "not_a_number",
        Text(zh=f"{word} 不是 JSON 数字。", en=f"{word} is not a JSON number."),
        hint=Text(zh="请填写有限的数字，或写 null。", en="Write a finite number, or null."),
    )


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _too_long(digits)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    value = bounded_decimal(digits)
    if value is None:
        raise _too_long(digits)
    return value


def _too_long(digits: str) -> InputError:
    shown = digits if len(digits) <= LONGEST_NUMBER else f"{digits[:LONGEST_NUMBER]}…"
    return InputError(
        "number_too_long",
        Text(
            zh=f"数字“{shown}”写全超过 {LONGEST_NUMBER} 位。",
            en=f"The number “{shown}” has more than {LONGEST_NUMBER} characters when written out.",
        ),
        hint=HINT_BY_CODE["number_too_long"],
    )


def _refuse_characters(value: Any, *, path: str) -> None:
    match value:
        case str():
            if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
                raise InputError(
                    "forbidden_character",
                    Text(
                        zh="文本含有 NUL 或不成对的代理字符。", en="The text holds a NUL or half of a surrogate pair."
                    ),
                    where=Where(field=path or None),
                    hint=HINT_BY_CODE["forbidden_character"],
                )
        case dict():
            for key, inner in value.items():
                _refuse_characters(key, path=f"{path}.{visible(key)}".lstrip("."))
                _refuse_characters(inner, path=f"{path}.{visible(key)}".lstrip("."))
        case list():
            for position, inner in enumerate(value):
                _refuse_characters(inner, path=f"{path}[{position}]")


def visible(text: str) -> str:
    """A name from outside, short and printable, for use in a message."""
    return "".join(character if character.isprintable() else "�" for character in text[:60])
