"""A condition as a reader understands it: “PUE > 1.15”, “the class is training-led and training share ≤ 0.50”."""

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
# What a profile says of a centre; the class is the attribute every edition with classes has.
_ATTRIBUTES = {
    "class": Text(zh="类别", en="the class"),
    "training_share": Text(zh="训练占比", en="training share"),
    "scale_tier": Text(zh="规模", en="scale tier"),
}
# What is true of a centre or is not: what is said where it is, and where it is not.
_FLAGS = {
    "hub_node": (
        Text(zh="位于国家枢纽节点", en="it is in a national hub node"),
        Text(zh="不位于国家枢纽节点", en="it is in no national hub node"),
    ),
    "self_use_only": (
        Text(zh="仅供自用", en="it is for the operator's own use only"),
        Text(zh="不仅供自用", en="it is not for the operator's own use only"),
    ),
    "water_stressed": (
        Text(zh="位于缺水地区", en="it is in a water-stressed region"),
        Text(zh="不位于缺水地区", en="it is not in a water-stressed region"),
    ),
    "services_span_nodes": (
        Text(zh="业务跨节点运行", en="its services run on more than one node"),
        Text(zh="业务不跨节点运行", en="its services run on one node only"),
    ),
}
_YES, _NO = Text(zh="是", en="yes"), Text(zh="否", en="no")

Named = Callable[[str], Text | None]


def _unnamed(_: str) -> None:
    return None


def condition_words(condition: Any, *, measure: Named = _unnamed, value: Named = _unnamed) -> Text:
    """An authored condition in words.

    Args:
        condition: `{measure | attribute: name, test: value}`, or `all`, `any`, `not` of such.
        measure: title of a measure by its name, where there is one.
        value: title of an attribute's value, such as a class, where there is one.
    """
    if not isinstance(condition, Mapping):
        return Text(zh=str(condition), en=str(condition))
    if "all" in condition:
        return _joined(condition["all"], Text(zh="且", en=" and "), measure, value)
    if "any" in condition:
        return _joined(condition["any"], Text(zh="，或", en=", or "), measure, value)
    if "not" in condition:
        inner = condition_words(condition["not"], measure=measure, value=value)
        return Text(zh=f"非（{inner.zh}）", en=f"not ({inner.en})")
    name = str(condition.get("measure") or condition.get("attribute") or "")
    if (flag := _flag(name, condition)) is not None:
        return flag
    subject = (measure(name) if "measure" in condition else None) or _ATTRIBUTES.get(name)
    subject = subject or Text(zh=name, en=name.replace("_", " "))
    parts = [(_TESTS[test], _value(given, value)) for test, given in condition.items() if test in _TESTS]
    return Text(
        zh=_close(subject.zh, "且".join(_close(test.zh, value.zh) for test, value in parts)),
        en=f"{subject.en} " + " and ".join(f"{test.en} {value.en}" for test, value in parts),
    )


def _joined(conditions: Any, sign: Text, measure: Named, value: Named) -> Text:
    words = [condition_words(one, measure=measure, value=value) for one in conditions]
    return Text(zh=sign.zh.join(one.zh for one in words), en=sign.en.join(one.en for one in words))


def _flag(name: str, condition: Mapping[str, Any]) -> Text | None:
    """The words of a yes or no of the profile; None where something else is asked."""
    given = condition.get("is", condition.get("is_not"))
    if name not in _FLAGS or not isinstance(given, bool):
        return None
    holds, fails = _FLAGS[name]
    return holds if given == ("is" in condition) else fails


def _close(before: str, after: str) -> str:
    """Chinese words beside each other, a space between them and anything else."""
    both_chinese = all("\u4e00" <= sign <= "\u9fff" for sign in (before[-1:], after[:1]))
    return f"{before}{after}" if both_chinese else f"{before} {after}"


def _value(given: Any, title: Named) -> Text:
    if isinstance(given, bool):
        return _YES if given else _NO
    if isinstance(given, list):
        words = [_value(one, title) for one in given]
        return Text(zh="、".join(one.zh for one in words), en=", ".join(one.en for one in words))
    return title(str(given)) or Text(zh=str(given), en=str(given))
