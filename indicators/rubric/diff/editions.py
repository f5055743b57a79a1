"""What changed between two editions, grouped by pillar, with what each change means in points, shares and grades.

Nodes are matched by code, the name results carry; a node whose code changed but whose place did not is a renaming.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from core.text import Text
from indicators.rubric.diff.change import Aspect, Change, ChangesOfPillar, EditionDiff, EditionNamed
from indicators.rubric.diff.curves import Worth, curve_changes
from indicators.rubric.diff.head import head_changes
from indicators.rubric.diff.nodes import node_changes
from indicators.rubric.diff.words import joined, number, percent, same
from indicators.rubric.model import Edition, Group, Indicator, TreeNode, Weight
from indicators.rubric.tree import RUBRIC_FILE

_WHOLE = Text(zh="整个版次", en="the edition as a whole")
_ORDER = {aspect: position for position, aspect in enumerate(Aspect)}


def diff_editions(old: Edition, new: Edition, *, worth: Worth) -> EditionDiff:
    """Every difference between two editions.

    Args:
        old: any edition; usually an earlier one of the same rubric.
        worth: points of a value on a curve, as the engine computes them (`assessment.scoring.effects.worth`).

    Returns:
        Changes by pillar in the order of the new tree, pillars that are gone last; none exactly when nothing but the
        name of the edition differs.
    """
    return _Comparison(old, new, worth).diff()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node with its ancestors, and its share of its pillar by class (of a pillar: of the whole)."""

    node: TreeNode
    parent: Group | None
    pillar: TreeNode | None
    shares: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class _Comparison:
    old: Edition
    new: Edition
    worth: Worth

    def diff(self) -> EditionDiff:
        by_pillar: dict[str, list[Change]] = {"": list(self._whole())}
        titles: dict[str, Text] = {"": _WHOLE}
        for side in (self._new, self._old):
            for placed in side.values():
                if placed.pillar is not None:
                    by_pillar.setdefault(placed.pillar.code, [])
                    titles.setdefault(placed.pillar.code, placed.pillar.title)
        for pillar, change in chain(self._kept(), self._arrived(), self._left()):
            by_pillar[pillar].append(change)
        if not any(by_pillar.values()) and _but_the_name(self.old) != _but_the_name(self.new):
            by_pillar[""].append(_unseen())
        place = {code: position for position, code in enumerate(chain(self._new, self._old))}
        groups = tuple(
            ChangesOfPillar(
                code,
                titles[code],
                tuple(sorted(changes, key=lambda one: (place.get(one.code, -1), _ORDER[one.aspect]))),
            )
            for code, changes in by_pillar.items()
            if changes
        )
        return EditionDiff(_named(self.old), _named(self.new), groups)

    @cached_property
    def _old(self) -> dict[str, _Placed]:
        return _placed(self.old)

    @cached_property
    def _new(self) -> dict[str, _Placed]:
        return _placed(self.new)

    @cached_property
    def _pairs(self) -> dict[str, str]:
        """Old code → new code: the same code, else the same place in the tree."""
        pairs = {code: code for code in self._old if code in self._new}
        by_id = {placed.node.id: code for code, placed in self._new.items() if code not in self._old}
        for code, placed in self._old.items():
            if code not in pairs and placed.node.id in by_id:
                pairs[code] = by_id[placed.node.id]
        return pairs

    def _whole(self) -> Iterator[Change]:
        yield from head_changes(self.old, self.new)
        yield from node_changes(self.old.root, self.new.root, self.old, self.new)

    # --- the three fates of a node -----------------------------------------------------------------------------------

    def _kept(self) -> Iterator[tuple[str, Change]]:
        for old_code, new_code in self._pairs.items():
            was, now = self._old[old_code], self._new[new_code]
            pillar = now.pillar.code if now.pillar else ""
            for change in chain(
                self._moved(was, now),
                self._weights(was, now),
                self._titles(was, now),
                curve_changes(was.node, now.node, self.old, self.new, worth=self.worth),
                node_changes(was.node, now.node, self.old, self.new),
            ):
                yield pillar, change

    def _arrived(self) -> Iterator[tuple[str, Change]]:
        known = set(self._pairs.values())
        for code, placed in self._new.items():
            if code not in known:
                words = self._place_and_weight(placed, self.new)
                change = Change(Aspect.ADDED, code, placed.node.title, _kind(placed.node), None, words)
                yield (placed.pillar.code if placed.pillar else "", change)

    def _left(self) -> Iterator[tuple[str, Change]]:
        for code, placed in self._old.items():
            if code not in self._pairs:
                words = self._place_and_weight(placed, self.old)
                change = Change(Aspect.REMOVED, code, placed.node.title, _kind(placed.node), words, None)
                yield (placed.pillar.code if placed.pillar else "", change)

    def _place_and_weight(self, placed: _Placed, edition: Edition) -> Text:
        where = _parent_words(placed)
        if isinstance(placed.node, Indicator) and placed.node.display:
            weight = Text(zh="仅展示", en="shown, not scored")
        else:
            weight = joined(
                _class_weight(_class_title(edition, name), _weight_in(placed.node.weight, name))
                for name in placed.shares
            )
        return Text(zh=f"{where.zh}；{weight.zh}", en=f"{where.en}; {weight.en}")

    # --- place and weight --------------------------------------------------------------------------------------------

    def _moved(self, was: _Placed, now: _Placed) -> Iterator[Change]:
        node = now.node
        if was.node.code != node.code:
            what = Text(zh="编码", en="code")
            yield Change(Aspect.MOVED, node.code, node.title, what, same(was.node.code), same(node.code))
        came_from = was.parent.code if was.parent else ""
        if self._pairs.get(came_from, came_from) != (now.parent.code if now.parent else ""):
            what = Text(zh="所属上级", en="place in the tree")
            yield Change(Aspect.MOVED, node.code, node.title, what, _parent_words(was), _parent_words(now))

    def _titles(self, was: _Placed, now: _Placed) -> Iterator[Change]:
        before, after = was.node.title, now.node.title
        if before != after:
            yield Change(Aspect.TEXT, now.node.code, after, Text(zh="名称", en="title"), before, after)

    def _weights(self, was: _Placed, now: _Placed) -> Iterator[Change]:
        node = now.node
        for name in {**now.shares, **was.shares}:
            before, after = _weight_in(was.node.weight, name), _weight_in(node.weight, name)
            if before == after:
                continue
            title = _class_title(self.new, name) or _class_title(self.old, name)
            what = Text(zh=f"权重（{title.zh}）", en=f"weight, {title.en}") if title else Text(zh="权重", en="weight")
            consequence = _share_words(was.shares.get(name), now.shares.get(name), is_pillar=now.pillar is node)
            yield Change(
                Aspect.WEIGHT, node.code, node.title, what, _weight_words(before), _weight_words(after), (consequence,)
            )


def _placed(edition: Edition) -> dict[str, _Placed]:
    """Every node but the root, by code, in the order of the tree."""
    names = _class_names(edition)
    found: dict[str, _Placed] = {}

    def walk(group: Group, pillar: TreeNode | None, shares: Mapping[str, Fraction | None]) -> None:
        for child in group.children:
            own: dict[str, Fraction | None] = {}
            for name in names:
                weights = [_weight_in(one.weight, name) or Decimal(0) for one in group.children]
                weight, whole = _weight_in(child.weight, name), sum(weights, Decimal(0))
                above = Fraction(1) if pillar is None or group is pillar else shares.get(name)
                own[name] = above * Fraction(weight) / Fraction(whole) if weight and whole and above else None
            top = pillar or child
            found[child.code] = _Placed(child, group, top, own)
            if isinstance(child, Group):
                walk(child, top, own)

    walk(edition.root, None, {})
    return found


def _class_names(edition: Edition) -> tuple[str, ...]:
    """Classes with weights of their own; one nameless class where the rubric has none."""
    if edition.classes is None:
        return ("",)
    return tuple(rule.id for rule in edition.classes.classes if rule.mixes is None)


def _class_title(edition: Edition, name: str) -> Text | None:
    if not name or edition.classes is None:
        return None
    return next((rule.title for rule in edition.classes.classes if rule.id == name), None)


def _weight_in(weight: Weight, name: str) -> Decimal | None:
    return weight.by_class.get(name) if weight.by_class else weight.everywhere


def _weight_words(weight: Decimal | None) -> Text:
    return Text(zh="不在该类别中", en="not in that class") if weight is None else same(number(weight))


def _class_weight(title: Text | None, weight: Decimal | None) -> Text:
    words = _weight_words(weight)
    if title is None:
        return Text(zh=f"权重 {words.zh}", en=f"weight {words.en}")
    return Text(zh=f"{title.zh} {words.zh}", en=f"{title.en} {words.en}")


def _share_words(before: Fraction | None, after: Fraction | None, *, is_pillar: bool) -> Text:
    zh, en = ("总分", "the total") if is_pillar else ("所在支柱", "its pillar")
    return Text(
        zh=f"原占{zh} {percent(before or Fraction(0))}，现占 {percent(after or Fraction(0))}",
        en=f"carried {percent(before or Fraction(0))} of {en}, now {percent(after or Fraction(0))}",
    )


def _parent_words(placed: _Placed) -> Text:
    if placed.parent is None or placed.pillar is placed.node:
        return Text(zh="总体", en="the whole")
    return Text(
        zh=f"{placed.parent.code} {placed.parent.title.zh}", en=f"{placed.parent.code} {placed.parent.title.en}"
    )


def _kind(node: TreeNode) -> Text:
    return Text(zh="指标", en="indicator") if isinstance(node, Indicator) else Text(zh="分组", en="group")


def _named(edition: Edition) -> EditionNamed:
    return EditionNamed(edition.rubric, edition.edition, edition.digest)


def _but_the_name(edition: Edition) -> Mapping[str, Any]:
    head = {key: value for key, value in edition.content.get(RUBRIC_FILE, {}).items() if key != "edition"}
    return {**edition.content, RUBRIC_FILE: head}


def _unseen() -> Change:
    what = Text(zh="书写方式", en="spelling")
    return Change(
        Aspect.TEXT,
        "",
        _WHOLE,
        what,
        None,
        Text(zh="内容的写法不同，含义相同", en="written differently, with the same meaning"),
    )
