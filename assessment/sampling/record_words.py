"""What is wrong in a visit's record, in words of both languages: what, and how to mend it."""

from __future__ import annotations

from core.model_faults import USUAL_WORDS
from core.text import Text

_FIGURE = Text(zh="请填写数值，如 8123.4。", en="Write a number such as 8123.4.")
_INSTANT = Text(
    zh="请填写日期、时间和时区偏移，如 2026-11-20T09:30:00+08:00。",
    en="Write day, time and offset as 2026-11-20T09:30:00+08:00.",
)
_DAY = Text(zh="请按 2026-03-31 填写日期。", en="Write the day as 2026-03-31.")
_CHOICE = Text(zh="请选择一项。", en="Choose one.")
_OWN_WORDS = {
    "missing": Text(zh="请填写此项。", en="Fill this in."),
    "string_too_short": Text(zh="请填写此项。", en="Fill this in."),
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
    "datetime_": _INSTANT,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
}
RECORD_WORDS = USUAL_WORDS | _OWN_WORDS


def say_how_to_mend(rule: str) -> bool:
    """Whether the words of a rule say that already, so that no hint need follow them."""
    return rule in _OWN_WORDS or rule.startswith("datetime_")
