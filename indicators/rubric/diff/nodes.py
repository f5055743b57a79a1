"""How one node changed besides its place, weight and curve: minima, missing policy, other rules, evidence, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.quantity import shortest
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from indicators.rubric.condition_words import condition_words
from indicators.rubric.diff.change import Aspect, Change
from indicators.rubric.diff.words import joined, number, same, text_of
from indicators.rubric.grade_words import grade_title
from indicators.rubric.model import Aggregation, Edition, Group, Indicator, Minimum, OnMiss, TreeNode
from indicators.rubric.words import CONFIDENCE, aggregation_words, minimum_words, missing_words

_TEXTS = {
    "definition": Text(zh="定义", en="definition"),
    "rationale": Text(zh="理由", en="rationale"),
    "applies_note": Text(zh="适用说明", en="note on applicability"),
}
_EVIDENCE = {
    "kinds": Text(zh="证据种类", en="kinds of evidence"),
    "formats": Text(zh="证据格式", en="formats of evidence"),
    "window": Text(zh="时间窗口", en="window"),
    "min_coverage": Text(zh="最低覆盖率", en="least coverage"),
}
_STANDING = {
    "confidence": Text(zh="阈值可信度", en="confidence of the thresholds"),
    "proposal": Text(zh="为本细则建议值", en="own proposal"),
    "review_due": Text(zh="复审期限", en="review due"),
    "mark": Text(zh="核心标记", en="mark"),
    "lifecycle": Text(zh="状态", en="lifecycle"),
}
_RULES = {
    "measure": Text(zh="度量", en="measure"),
    "applies_when": Text(zh="适用条件", en="condition of applicability"),
    "not_applicable_reasons": Text(zh="不适用原因", en="reasons of not being applicable"),
    "display": Text(zh="仅展示", en="shown only"),
    "invalid": Text(zh="证据校验未通过时", en="evidence that failed validation"),
}
_INVALID = {
    "zero": Text(zh="计 0 分", en="no points"),
    "block": Text(zh="不评级、不发证", en="no grade and no certificate"),
}
# Told elsewhere in the comparison, or in a way of their own below.
_TOLD = frozenset(
    ("id", "code", "title", "weight", "weights_sum", "curve", "minimum", "missing", "evidence", "references",
     "aggregation", "children", "order", "alternatives")
)  # fmt: skip


def node_changes(old: TreeNode, new: TreeNode, old_edition: Edition, new_edition: Edition) -> Iterator[Change]:
    """Everything that is written on a node itself."""
    if isinstance(old, Group) and isinstance(new, Group):
        yield from _aggregation(old, new)
    yield from _minima(old, new, old_edition, new_edition)
    yield from _missing(old, new, old_edition, new_edition)
    for key in {**new.authored, **old.authored}:
        if key not in _TOLD:
            yield from _key(old, new, key)
    if old.tags != new.tags:
        yield _change(new, Aspect.TEXT, Text(zh="标签", en="tags"), _listed([*old.tags]), _listed([*new.tags]))
    yield from _pairs(old, new, "evidence", _EVIDENCE, Aspect.EVIDENCE)
    yield from _references(old, new, old.authored, new.authored)
    yield from _alternatives(old, new)


def _change(node: TreeNode, aspect: Aspect, what: Text, old: Text | None, new: Text | None, *so: Text) -> Change:
    return Change(aspect, node.code, node.title, what, old, new, so)


def _key(old: TreeNode, new: TreeNode, key: str) -> Iterator[Change]:
    """A key of its own name, or one this module does not know: nothing is left unsaid."""
    before, after = old.authored.get(key), new.authored.get(key)
    if before == after:
        return
    if key in _TEXTS:
        aspect, what = Aspect.TEXT, _TEXTS[key]
    elif key in _STANDING:
        aspect, what = Aspect.SOURCE, _STANDING[key]
        if key == "confidence":
            yield _change(new, aspect, what, CONFIDENCE.get(str(before)), CONFIDENCE.get(str(after)))
            return
    else:
        aspect, what = Aspect.RULE, _RULES.get(key, same(key))
    if key == "applies_when":
        texts = [condition_words(one) if one else None for one in (before, after)]
        yield _change(new, aspect, what, texts[0], texts[1])
        return
    if key == "invalid":
        yield _change(new, aspect, what, _INVALID.get(str(before)), _INVALID.get(str(after)))
        return
    yield _change(new, aspect, what, text_of(before), text_of(after))


def _aggregation(old: Group, new: Group) -> Iterator[Change]:
    if old.aggregation == new.aggregation:
        return
    rules = [_in_force(node.aggregation) for node in (old, new)]
    before, after = (aggregation_words({"aggregation": rule}).sentence for rule in rules)
    if before == after:  # the exponent of a power mean, say
        before, after = (text_of(rule) or same("–") for rule in rules)
    yield _change(new, Aspect.RULE, Text(zh="汇总方式", en="aggregation"), before, after)


def _in_force(rule: Aggregation) -> dict[str, str]:
    """As it counts, whether the group says so or its level."""
    figures = {"floor": rule.floor, "exponent": rule.exponent}
    return {"kind": rule.kind.value} | {name: shortest(one) for name, one in figures.items() if one is not None}


# --- minima and missing evidence ------------------------------------------------------------------------------------


def _minima(old: TreeNode, new: TreeNode, old_edition: Edition, new_edition: Edition) -> Iterator[Change]:
    before = dict(zip(old.minima, minimum_words(old.authored, unit=_unit(old, old_edition)), strict=True))
    after = dict(zip(new.minima, minimum_words(new.authored, unit=_unit(new, new_edition)), strict=True))
    gone = [one for one in before if one not in after]
    came = [one for one in after if one not in before]
    what = Text(zh="底线要求", en="minimum")
    while gone or came:
        was = gone.pop(0) if gone else None
        now = next((one for one in came if was is None or one.item == was.item), None)
        if now is not None:
            came.remove(now)
        so = _minimum_means(was, now, subject=_subject(new, new_edition))
        yield _change(new, Aspect.MINIMUM, what, before[was] if was else None, after[now] if now else None, *so)


def _unit(node: TreeNode, edition: Edition) -> str:
    declared = edition.measures.get(node.measure) if isinstance(node, Indicator) else None
    return declared.unit if declared else ""


def _subject(node: TreeNode, edition: Edition) -> Text:
    declared = edition.measures.get(node.measure) if isinstance(node, Indicator) else None
    return declared.title if declared else node.title


def _minimum_means(was: Minimum | None, now: Minimum | None, *, subject: Text) -> tuple[Text, ...]:
    if now is None:
        return (Text(zh="此线不再有任何后果", en="missing this line no longer has any consequence"),)
    effect = _EFFECTS[now.on_miss].filled(grade=grade_title(now.cap_at or ""))
    if was is None or was.on_miss is not now.on_miss or was.cap_at != now.cap_at:
        return (Text(zh=f"达不到者：{effect.zh}", en=f"whoever misses it: {effect.en}"),)
    for before, after, is_ceiling in ((was.at_most, now.at_most, True), (was.at_least, now.at_least, False)):
        if before is None or after is None or before == after:
            continue
        low, high = sorted((before, after))
        if (after < before) == is_ceiling:
            return (
                Text(
                    zh=f"{subject.zh}介于 {number(low)} 和 {number(high)} 之间者原先达标，现在{effect.zh}",
                    en=f"{subject.en} between {number(low)} and {number(high)} passed, now: {effect.en}",
                ),
            )
        return (
            Text(
                zh=f"{subject.zh}介于 {number(low)} 和 {number(high)} 之间者现在达标，原先{effect.zh}",
                en=f"{subject.en} between {number(low)} and {number(high)} passes now, before: {effect.en}",
            ),
        )
    return (Text(zh=f"达不到者：{effect.zh}", en=f"whoever misses it: {effect.en}"),)


_EFFECTS = {
    OnMiss.BLOCK: Text(zh="不评级、不发证", en="no grade and no certificate"),
    OnMiss.CAP: Text(zh="等级不高于{grade}", en="the grade is at most {grade}"),
    OnMiss.FINDING: Text(zh="记为不符合项", en="a finding is recorded"),
}


def _missing(old: TreeNode, new: TreeNode, old_edition: Edition, new_edition: Edition) -> Iterator[Change]:
    if not (isinstance(old, Indicator) and isinstance(new, Indicator)) or old.missing == new.missing:
        return
    before, after = _missing_words(old, old_edition), _missing_words(new, new_edition)
    yield _change(new, Aspect.MISSING, Text(zh="缺失政策", en="missing policy"), before, after)


def _missing_words(indicator: Indicator, edition: Edition) -> Text | None:
    words = missing_words(indicator.authored)
    if words is None:
        return None
    rule, parts = indicator.missing, [words]
    if rule.policy.value == "default":
        points = number(edition.limits.default_points if rule.points is None else rule.points)
        parts.append(Text(zh=f"默认 {points} 分", en=f"default {points} points"))
    if rule.unless_scored:
        codes = ", ".join(rule.unless_scored)
        parts.append(Text(zh=f"{codes} 已计分时计 0 分", en=f"0 points where {codes} is scored"))
    return joined(parts, sign="; ")


# --- evidence, sources, alternatives --------------------------------------------------------------------------------


def _pairs(old: TreeNode, new: TreeNode, key: str, names: Mapping[str, Text], aspect: Aspect) -> Iterator[Change]:
    before, after = old.authored.get(key) or {}, new.authored.get(key) or {}
    for name in {**after, **before}:
        if before.get(name) != after.get(name):
            listed = _kinds if name == "kinds" else _listed
            yield _change(new, aspect, names.get(name, same(name)), listed(before.get(name)), listed(after.get(name)))


def _kinds(names: Any) -> Text | None:
    """Kinds of observations by their titles."""
    titles = [KIND_BY_NAME[name].title if name in KIND_BY_NAME else same(name) for name in names or ()]
    if not titles:
        return None
    return Text(zh="、".join(one.zh for one in titles), en=", ".join(one.en for one in titles))


def _listed(value: Any) -> Text | None:
    return same(", ".join(str(one) for one in value)) if isinstance(value, list) and value else text_of(value)


def _references(old: TreeNode, new: TreeNode, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    was, now = _cited(before), _cited(after)
    for key in {**now, **was}:
        if was.get(key) != now.get(key):
            what = Text(zh="引用来源", en="cited source")
            yield _change(new, Aspect.SOURCE, what, _reference(was.get(key)), _reference(now.get(key)))


def _cited(authored: Mapping[str, Any]) -> dict[tuple[str, str, int], Mapping[str, Any]]:
    """By source and clause; the same clause cited twice is told apart by its turn."""
    found: dict[tuple[str, str, int], Mapping[str, Any]] = {}
    for reference in authored.get("references") or ():
        name, clause = str(reference.get("source") or reference.get("title")), str(reference.get("clause") or "")
        turn = sum(1 for known in found if known[:2] == (name, clause))
        found[(name, clause, turn)] = reference
    return found


def _reference(reference: Mapping[str, Any] | None) -> Text | None:
    if reference is None:
        return None
    parts = [text_of(reference.get(key)) for key in ("title", "clause", "says", "url")]
    parts.append(CONFIDENCE.get(str(reference.get("confidence"))))
    return joined((part for part in parts if part is not None), sign=", ")


def _alternatives(old: TreeNode, new: TreeNode) -> Iterator[Change]:
    """Alternatives beside their curves, which `diff_curve` tells."""
    if not (isinstance(old, Indicator) and isinstance(new, Indicator)):
        return
    before = {str(one.get("code")): one for one in old.authored.get("alternatives") or ()}
    after = {str(one.get("code")): one for one in new.authored.get("alternatives") or ()}
    for code in after:
        was, now = before.get(code), after[code]
        if was is None:
            continue
        for key in {**now, **was}:
            if key in ("code", "curve", "references") or was.get(key) == now.get(key):
                continue
            aspect = Aspect.RULE if key == "measure" else Aspect.SOURCE if key in _STANDING else Aspect.TEXT
            name = _STANDING.get(key) or _RULES.get(key) or _TEXTS.get(key) or Text(zh="名称", en="title")
            what = Text(zh=f"{code} {name.zh}", en=f"{code} {name.en}")
            yield _change(new, aspect, what, text_of(was.get(key)), text_of(now.get(key)))
        yield from _references(old, new, was, now)
