"""From YAML or plain values to a facility profile, or to all its faults at once, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from centres.profile import FacilityProfile
from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from core.yaml_document import YamlDocument, read_mapping


class ProfileError(InputError):
    """A profile breaks a rule; `faults` holds every one found, each with its field."""

    def __init__(self, faults: tuple[UserFacingError, ...]) -> None:
        super().__init__(
            "profile_invalid",
            Text(zh=f"设施档案有 {len(faults)} 处错误。", en=f"The facility profile has {len(faults)} faults."),
        )
        self.faults = faults


def read_profile(content: Mapping[str, Any], *, document: YamlDocument | None = None) -> FacilityProfile:
    """A checked profile.

    Args:
        content: plain values, decimals as text, `Decimal` or `int`.
        document: the YAML it came from, so that faults name lines.

    Raises:
        ProfileError: with every fault.
    """
    try:
        return FacilityProfile.model_validate(content)
    except ValidationError as refusal:
        raise ProfileError(tuple(_fault(details, document) for details in _causes(refusal))) from refusal


def read_profile_yaml(content: bytes) -> FacilityProfile:
    """A checked profile from one YAML mapping in UTF-8.

    Raises:
        ParseError: for YAML that cannot be read, with its line.
        ProfileError: with every fault, each with field and line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "unknown_encoding",
            Text(zh="档案文件不是 UTF-8 文本。", en="The profile is not UTF-8 text."),
            where=Where(byte=error.start),
        ) from error
    document = read_mapping(text)
    return read_profile(document.content, document=document)


def _causes(refusal: ValidationError) -> list[ErrorDetails]:
    """Without lists called too short only because their items are faulty."""
    errors = refusal.errors()
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in inside]


def _fault(details: ErrorDetails, document: YamlDocument | None) -> UserFacingError:
    path = details["loc"]
    line = document.where(*path).line if document else None
    kind = details["type"]
    context = details.get("ctx", {})
    if "zh" in context:  # our own rules say both themselves
        message = Text(zh=str(context["zh"]), en=details["msg"])
    else:
        message = _message(kind, context) or Text(zh="值无效。", en=_sentence(details["msg"]))
    code = {"missing": "required", "extra_forbidden": "unknown_field"}.get(kind, kind)
    return InputError(code, message, where=Where(field=_dotted(path) or None, line=line))


def _message(kind: str, context: Mapping[str, Any]) -> Text | None:
    words, filled = _WORDS.get(kind), _Shown(context)
    return words and Text(zh=words.zh.format_map(filled), en=words.en.format_map(filled))


def _dotted(path: tuple[int | str, ...]) -> str:
    """`("meters", 0, "unit")` as `meters[0].unit`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _sentence(words: str) -> str:
    return words if words.endswith(".") else words + "."


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


# By pydantic's name of a fault; its own words name types of Python.
_WORDS = {
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
