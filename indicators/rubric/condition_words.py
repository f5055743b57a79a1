"""A condition as a reader understands it: “PUE > 1.15”, “class = training_led and hub node = yes”."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.text import Text

_TESTS = {
    "is": Text(zh="为", en="is"),
    "is_not": Text(zh="不为", en="is not"),
    "in": Text(zh="属于", en="is one of"),
    "at_least": Text(zh="≥", en="≥"),
    "at_most": Text(zh="≤", en="≤"),
    "above": Text(zh=">", en=">"),
    "below": Text(zh="<", en="<"),
}
_YES, _NO = Text(zh="是", en="yes"), Text(zh="否", en="no")

Named = Callable[[str], Text | None]


def condition_words(condition: Any, *, measure: Named) -> Text:
    """An authored condition in words.

    Args:
        condition: `{measure | attribute: name, test: value}`, or `all`, `any`, `not` of such.
        measure: title of a measure by its name, where there is one.
    """
    if not isinstance(condition, Mapping):
        return Text(zh=str(condition), en=str(condition))
    if "all" in condition:
        return _joined(condition["all"], Text(zh=" 且 ", en=" and "), measure)
    if "any" in condition:
        return _joined(condition["any"], Text(zh=" 或 ", en=" or "), measure)
    if "not" in condition:
        inner = condition_words(condition["not"], measure=measure)
        return Text(zh=f"非（{inner.zh}）", en=f"not ({inner.en})")
    name = str(condition.get("measure") or condition.get("attribute") or "")
    subject = (measure(name) if "measure" in condition else None) or Text(zh=name, en=name.replace("_", " "))
    parts = [(_TESTS[test], _value(value)) for test, value in condition.items() if test in _TESTS]
    return Text(
        zh=f"{subject.zh} " + " 且 ".join(f"{test.zh} {value.zh}" for test, value in parts),
        en=f"{subject.en} " + " and ".join(f"{test.en} {value.en}" for test, value in parts),
    )


def _joined(conditions: Any, sign: Text, measure: Named) -> Text:
    words = [condition_words(one, measure=measure) for one in conditions]
    return Text(zh=sign.zh.join(one.zh for one in words), en=sign.en.join(one.en for one in words))


def _value(value: Any) -> Text:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, list):
        return Text(zh="、".join(str(one) for one in value), en=", ".join(str(one) for one in value))
    return Text(zh=str(value), en=str(value))
