"""What is wrong in a visit's record, in words of both languages: what, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from core.text import Text

Path = tuple[str | int, ...]

# Rules of our own, which the record raises by these names.
OWN = {
    "offset_missing": Text(zh="时间须带时区偏移。", en="The time needs its offset."),
    "ends_before_it_starts": Text(zh="测试结束早于开始。", en="The test ends before it starts."),
    "closing_first": Text(zh="末次会议早于首次会议。", en="The closing meeting was before the opening meeting."),
    "listed_twice": Text(zh="同一序列号列出了两次。", en="A serial number is listed twice."),
}
_FIGURE = Text(zh="请填写数值，如 8123.4。", en="Write a number such as 8123.4.")
_INSTANT = Text(zh="请填写日期和时间，如 2026-11-20 09:30。", en="Write day and time as 2026-11-20 09:30.")
_DAY = Text(zh="请按 2026-03-31 填写日期。", en="Write the day as 2026-03-31.")
_CHOICE = Text(zh="请选择一项。", en="Choose one.")
_KNOWN = {
    "missing": Text(zh="请填写此项。", en="Write something here."),
    "string_too_short": Text(zh="请填写此项。", en="Write something here."),
    "too_short": Text(zh="请至少写一位到会人员。", en="Write down at least one person who was there."),
    "too_long": Text(zh="行数过多。", en="There are too many rows."),
    "string_too_long": Text(zh="文字过长，请缩短。", en="This is too long; shorten it."),
    "string_pattern_mismatch": Text(
        zh="摘要形如 sha256: 加 64 个十六进制字符。", en="A digest is sha256: and 64 hexadecimal characters."
    ),
    "extra_forbidden": Text(zh="记录没有此项。", en="The record has no such field."),
    "decimal_parsing": _FIGURE,
    "decimal_type": _FIGURE,
    "finite_number": _FIGURE,
    "enum": _CHOICE,
    "bool_parsing": _CHOICE,
    "bool_type": _CHOICE,
}
_BY_BEGINNING = {"datetime_": _INSTANT, "date_": _DAY}


@dataclass(frozen=True, slots=True)
class RecordFault:
    """One thing that is wrong: the path of the field it is at (empty: the whole), and the words.

    `rule` is pydantic's name of it, or one of `OWN`.
    """

    path: Path
    rule: str
    words: Text


def broken(rule: str) -> PydanticCustomError:
    """The error a rule of our own raises."""
    return PydanticCustomError(rule, OWN[rule].en)


def faults_in(refusal: ValidationError) -> tuple[RecordFault, ...]:
    """Everything a check of the record found, in its order."""
    return tuple(RecordFault(one["loc"], one["type"], _words(one)) for one in refusal.errors())


def _words(error: Mapping[str, Any]) -> Text:
    rule = error["type"]
    for beginning, words in _BY_BEGINNING.items():
        if rule.startswith(beginning):
            return words
    told: str = error["msg"]
    return OWN.get(rule) or _KNOWN.get(rule) or Text(zh=f"填写有误（{told}）。", en=f"{told}.")
