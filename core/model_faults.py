"""What a checked model refuses, in words of both languages: each fault with the path of its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from core.quantity import PLAIN_NUMBER
from core.text import Text

Path = tuple[int | str, ...]

# By pydantic's name of a fault; its own words name types of Python.
USUAL_WORDS = {
    "missing": Text(zh="此项必填。", en="This is needed."),
    "extra_forbidden": Text(zh="没有这个字段。", en="There is no such field."),
    "literal_error": Text(zh="应为以下之一：{expected}。", en="One of these is expected: {expected}."),
    "enum": Text(zh="应为以下之一：{expected}。", en="One of these is expected: {expected}."),
    "string_type": Text(zh="应为文字。", en="This should be text."),
    "string_too_short": Text(zh="不能少于 {min_length} 个字符。", en="At least {min_length} characters are needed."),
    "string_too_long": Text(zh="不能多于 {max_length} 个字符。", en="At most {max_length} characters are allowed."),
    "string_pattern_mismatch": Text(zh="不符合格式 {pattern}。", en="This does not fit the pattern {pattern}."),
    "int_type": Text(zh="应为整数。", en="This should be a whole number."),
    "int_parsing": Text(zh="应为整数。", en="This should be a whole number."),
    "int_from_float": Text(zh="应为整数。", en="This should be a whole number."),
    "bool_type": Text(zh="应为 true 或 false。", en="This should be true or false."),
    "bool_parsing": Text(zh="应为 true 或 false。", en="This should be true or false."),
    "decimal_type": Text(zh="应为数字。", en="This should be a number."),
    "decimal_parsing": Text(zh="应为数字。", en="This should be a number."),
    "date_type": Text(zh="应为日期，例如 2026-03-31。", en="This should be a day, such as 2026-03-31."),
    "date_parsing": Text(zh="应为日期，例如 2026-03-31。", en="This should be a day, such as 2026-03-31."),
    "date_from_datetime_parsing": Text(
        zh="应为日期，例如 2026-03-31。", en="This should be a day, such as 2026-03-31."
    ),
    "date_from_datetime_inexact": Text(zh="应为日期，不含时刻。", en="This should be a day, without a time of day."),
    "greater_than": Text(zh="应大于 {gt}。", en="This should be more than {gt}."),
    "greater_than_equal": Text(zh="应不小于 {ge}。", en="This should be at least {ge}."),
    "less_than_equal": Text(zh="应不大于 {le}。", en="This should be at most {le}."),
    "too_short": Text(zh="至少需要 {min_length} 项。", en="At least {min_length} is needed."),
    "tuple_type": Text(zh="应为列表。", en="This should be a list."),
    "model_type": Text(zh="应为一组“键: 值”。", en="This should be a group of `key: value`."),
    "model_attributes_type": Text(zh="应为一组“键: 值”。", en="This should be a group of `key: value`."),
}

_DAY = Text(
    zh="请按“年-月-日”填写，数字补足位数。", en="Write year, month and day with a hyphen between, such as 2026-03-31."
)
_WHOLE = Text(
    zh="请直接写数字，例如 12；不加引号和小数点。", en="Write the digits alone, such as 12: no quotes, no point."
)
_GROUP = Text(zh="请在其下逐行写“键: 值”。", en="Write its fields below it, each as `key: value`.")
_ONE_OF = Text(zh="请照抄其中一个，区分大小写。", en="Copy one of them as it stands; capitals matter.")
_FLAG = Text(zh="请写 true 或 false，不加引号。", en="Write true or false, without quotes.")

# How to mend it, by pydantic's name of a fault.
USUAL_HINTS = {
    "missing": Text(zh="请补上此项。", en="Add it."),
    "extra_forbidden": Text(zh="请删去该字段，或检查拼写。", en="Leave it out, or check its spelling."),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "string_type": Text(zh="请加上引号写成文字。", en="Put it in quotes."),
    "string_too_short": Text(zh="请写得更完整。", en="Write more."),
    "string_too_long": Text(zh="请缩短内容。", en="Shorten it."),
    "string_pattern_mismatch": Text(zh="请只用该格式允许的字符。", en="Use only the characters the pattern allows."),
    "int_": _WHOLE,
    "bool_": _FLAG,
    "decimal_": PLAIN_NUMBER,
    "date_": _DAY,
    "datetime_": Text(
        zh="请把日期、时间和偏移写全，并加引号。", en="Write all of it, day, time and offset, as text in quotes."
    ),
    "greater_than": Text(
        zh="请核对数字和单位，填写较大的数值。", en="Check figure and unit, and write a larger number."
    ),
    "greater_than_equal": Text(
        zh="请核对数字和单位，填写较大的数值。", en="Check figure and unit, and write a larger number."
    ),
    "less_than_equal": Text(
        zh="请核对数字和单位，填写较小的数值。", en="Check figure and unit, and write a smaller number."
    ),
    "too_short": Text(zh="请补上所缺的项。", en="Add what is missing."),
    "tuple_type": Text(
        zh="请用方括号列出，或每行以“- ”开头。", en="Write it as a list: in brackets, or each line with `- `."
    ),
    "model_": _GROUP,
}
_ANY_HINT = Text(zh="请对照模板或接口说明改正此项。", en="Compare it with the template or the description of the API.")


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One thing that is wrong: the path of the field it is at (empty: the whole), the words, and how to mend it.

    `rule` is pydantic's name of it, or that of a rule of our own.
    """

    path: Path
    rule: str
    words: Text
    hint: Text = _ANY_HINT

    @property
    def field(self) -> str | None:
        """`("meters", 0, "unit")` as `meters[0].unit`; None for the whole."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).lstrip(".") or None

    @property
    def told(self) -> Text:
        """What is wrong and how to mend it, in one text, as a refusal tells it."""
        return Text(zh=self.words.zh + self.hint.zh, en=f"{self.words.en} {self.hint.en}")


def broken_rule(rule: LiteralString, words: Text, *, hint: Text | None = None, at: Path = ()) -> PydanticCustomError:
    """The error a rule of our own raises; pydantic adds the field.

    Args:
        at: the field below the one whose check this is, for a rule over several fields.
    """
    told: dict[str, Any] = {"zh": words.zh, "en": words.en, "hint": hint, "at": at}
    return PydanticCustomError(rule, "{en}", told)


def faults_in(refusal: ValidationError, words: Mapping[str, Text] = USUAL_WORDS) -> tuple[ModelFault, ...]:
    """Everything a check of the model found, in its order.

    Args:
        words: what to say by pydantic's name of a fault, for its own words name types of Python; a name that ends in
            `_` stands for all that begin so. `{…}` is filled with what pydantic tells of the fault.
    """
    return tuple(_fault(one, words) for one in _causes(refusal))


def _fault(error: ErrorDetails, words: Mapping[str, Text]) -> ModelFault:
    told = error.get("ctx", {})
    hint = told.get("hint") or _named(error["type"], USUAL_HINTS) or _ANY_HINT
    return ModelFault((*error["loc"], *told.get("at", ())), error["type"], _words(error, words), hint)


def _causes(refusal: ValidationError) -> list[ErrorDetails]:
    """Without lists called too short only because their items are faulty."""
    errors = refusal.errors()
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in inside]


def _words(error: ErrorDetails, words: Mapping[str, Text]) -> Text:
    told = error.get("ctx", {})
    if "zh" in told:  # our own rules say both themselves
        return Text(zh=str(told["zh"]), en=str(told["en"]))
    known = _named(error["type"], words)
    if known is None:
        message = error["msg"].removesuffix(".")
        return Text(zh=f"填写有误（{message}）。", en=f"{message}.")
    filled = _Shown(told)
    return Text(zh=known.zh.format_map(filled), en=known.en.format_map(filled))


def _named(rule: str, words: Mapping[str, Text]) -> Text | None:
    return words.get(rule) or next(
        (said for name, said in words.items() if name.endswith("_") and rule.startswith(name)), None
    )


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
