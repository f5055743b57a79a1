"""What the framework says of a field, said again in Chinese: out of its own catalogue, with the bounds it named."""

from __future__ import annotations

import re

from django.utils import translation

# Its messages that name something. Others are found in the catalogue as they stand.
_TEMPLATES = (
    "Ensure this field has no more than {max_length} characters.",
    "Ensure this field has at least {min_length} characters.",
    "Ensure this field has no more than {max_length} elements.",
    "Ensure this field has at least {min_length} elements.",
    "Ensure this value is less than or equal to {max_value}.",
    "Ensure this value is greater than or equal to {min_value}.",
    "Ensure that there are no more than {max_digits} digits in total.",
    "Ensure that there are no more than {max_decimal_places} decimal places.",
    "Ensure that there are no more than {max_whole_digits} digits before the decimal point.",
    'Expected a list of items but got type "{input_type}".',
    'Expected a dictionary of items but got type "{input_type}".',
    "Invalid data. Expected a dictionary, but got {datatype}.",
    "Date has wrong format. Use one of these formats instead: {format}.",
    "Datetime has wrong format. Use one of these formats instead: {format}.",
    'Invalid pk "{pk_value}" - object does not exist.',
    "Incorrect type. Expected pk value, received {data_type}.",
    '"{input}" is not a valid choice.',
)


# Where its Chinese says something else.
_BETTER = {
    'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.': (
        "请只用字母、数字、下划线和连字符。"
    ),
}


def in_chinese(english: str) -> str | None:
    """The same sentence in Chinese; None where the framework does not have one."""
    if english in _BETTER:
        return _BETTER[english]
    with translation.override("zh-hans"):
        whole = translation.gettext(english)
        if whole != english:
            return whole
        for template, pattern in _PATTERNS:
            if named := pattern.fullmatch(english):
                said = translation.gettext(template)
                return said.format_map(named.groupdict()) if said != template else None
    return None


def _pattern(template: str) -> re.Pattern[str]:
    before, name, after = re.fullmatch(r"(.*)\{(\w+)\}(.*)", template).groups()  # type: ignore[union-attr]  # each has one
    return re.compile(f"{re.escape(before)}(?P<{name}>.*){re.escape(after)}", re.DOTALL)


_PATTERNS = tuple((template, _pattern(template)) for template in _TEMPLATES)
