"""The tree of an edition as its pages show it: rows by pillar, and one indicator with everything said about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.quantity import decimal_of_fraction, rounded, shortest
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from indicators.rubric.condition_words import condition_words
from indicators.rubric.model import CentreClassRule, Edition, Group, Indicator, TreeNode, Weight
from indicators.rubric.words import (
    CONFIDENCE,
    CurveWords,
    Reference,
    aggregation_words,
    curve_words,
    minimum_words,
    missing_words,
    references,
    standing_words,
)

LOW = "L"
_WEIGHT = Text(zh="权重", en="Weight")


@dataclass(frozen=True, slots=True)
class WeightShown:
    """The weight in one class and the share of the pillar it makes; both a dash where the node is not in it."""

    title: Text
    figure: Decimal | None
    share: str

    @property
    def words(self) -> str:
        return "–" if self.figure is None else shortest(self.figure)


@dataclass(frozen=True, slots=True)
class RowShown:
    """A node below a pillar as its row says it; deeper groups come before what is below them."""

    node: TreeNode
    depth: int
    weights: tuple[WeightShown, ...]
    unit: str = ""
    curve: CurveWords | None = None
    minima: tuple[Text, ...] = ()
    missing: Text | None = None
    doubt: Text | None = None
    proposal: Text | None = None
    cited: tuple[Reference, ...] = ()

    @property
    def is_group(self) -> bool:
        return isinstance(self.node, Group)


@dataclass(frozen=True, slots=True)
class PillarShown:
    code: str
    title: Text
    weight: Text
    aggregation: Text
    rows: tuple[RowShown, ...]


@dataclass(frozen=True, slots=True)
class OtherShown:
    """An alternative measure of an indicator: the better-scored one counts."""

    code: str
    title: Text
    unit: str
    curve: CurveWords | None
    rule: Mapping[str, Any]
    doubt: Text | None
    cited: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class IndicatorShown:
    """Everything a rubric says about one indicator, with the way that leads to it."""

    row: RowShown
    path: tuple[TreeNode, ...]
    rule: Mapping[str, Any]
    measure: Text
    direction: Text
    computed: str | None
    evidence: tuple[tuple[Text, Text], ...]
    applies: Text | None
    confidence: Text | None
    review_due: str
    tags: tuple[Text, ...]
    others: tuple[OtherShown, ...]


def pure_classes(edition: Edition) -> tuple[CentreClassRule, ...]:
    """Classes with a weight of their own; a mixed one is computed from two of them."""
    if edition.classes is None:
        return (CentreClassRule("", _WEIGHT),)
    return tuple(rule for rule in edition.classes.classes if rule.mixes is None)


def pillars_shown(edition: Edition, *, only: str = "") -> tuple[PillarShown, ...]:
    """All pillars with their rows.

    Args:
        only: a class; what is not in its tree is left out. Empty for all classes side by side.
    """
    classes = tuple(rule for rule in pure_classes(edition) if only in ("", rule.id))
    return tuple(_pillar(child, edition, classes) for child in edition.root.children if _is_in(child, classes))


def indicator_shown(edition: Edition, code: str) -> IndicatorShown | None:
    """None where the edition has no indicator of that code."""
    for path in _paths(edition.root, ()):
        node = path[-1]
        if node.code == code and isinstance(node, Indicator):
            return _indicator(node, path, edition)
    return None


def _pillar(pillar: TreeNode, edition: Edition, classes: tuple[CentreClassRule, ...]) -> PillarShown:
    weights = tuple(WeightShown(rule.title, _weight(pillar.weight, rule.id), "") for rule in classes)
    return PillarShown(
        pillar.code,
        pillar.title,
        _one_or_each(weights),
        aggregation_words(pillar.authored).sentence,
        tuple(_rows(pillar, edition, classes)),
    )


def _rows(pillar: TreeNode, edition: Edition, classes: tuple[CentreClassRule, ...]) -> Iterator[RowShown]:
    if isinstance(pillar, Indicator):
        yield _row(pillar, 0, edition, classes, {rule.id: Fraction(1) for rule in classes})
        return

    def walk(group: Group, depth: int, shares: Mapping[str, Fraction]) -> Iterator[RowShown]:
        for child in group.children:
            if not _is_in(child, classes):
                continue
            own = {rule.id: shares[rule.id] * _share(child, group, rule.id) for rule in classes}
            yield _row(child, depth, edition, classes, own)
            if isinstance(child, Group):
                yield from walk(child, depth + 1, own)

    yield from walk(pillar, 0, {rule.id: Fraction(1) for rule in classes})


def _row(
    node: TreeNode,
    depth: int,
    edition: Edition,
    classes: tuple[CentreClassRule, ...],
    shares: Mapping[str, Fraction],
) -> RowShown:
    weights = tuple(
        WeightShown(rule.title, _weight(node.weight, rule.id), _percent(shares.get(rule.id))) for rule in classes
    )
    if isinstance(node, Group):
        return RowShown(node, depth, weights, minima=tuple(_minima(node.authored, edition)))
    declared = edition.measures.get(node.measure)
    return RowShown(
        node,
        depth,
        weights,
        unit=declared.unit if declared else "",
        curve=curve_words(node.authored),
        minima=tuple(_minima(node.authored, edition)),
        missing=None if node.display else missing_words(node.authored),
        doubt=_doubt(node.authored),
        proposal=standing_words(node.authored),
        cited=references(node.authored),
    )


def _indicator(node: Indicator, path: tuple[TreeNode, ...], edition: Edition) -> IndicatorShown:
    classes = pure_classes(edition)
    row = next(row for row in _rows(path[0], edition, classes) if row.node is node)
    declared = edition.measures.get(node.measure)
    rule = node.authored
    known = dict(edition.tags)
    applies = rule.get("applies_when")
    return IndicatorShown(
        row=row,
        path=path[:-1],
        rule=rule,
        measure=declared.title if declared else node.title,
        direction=_DIRECTIONS.get(declared.direction.value if declared else "", Text(zh="", en="")),
        computed=declared.computed if declared else None,
        evidence=tuple(_evidence(rule.get("evidence") or {})),
        applies=_condition(applies, edition) if applies else None,
        confidence=CONFIDENCE.get(str(rule.get("confidence"))),
        review_due=str(rule.get("review_due") or ""),
        tags=tuple(known[tag] for tag in node.tags if tag in known),
        others=tuple(_others(node, edition)),
    )


def _others(node: Indicator, edition: Edition) -> Iterator[OtherShown]:
    for written in node.authored.get("alternatives") or ():
        declared = edition.measures.get(str(written.get("measure")))
        yield OtherShown(
            str(written["code"]),
            Text(**written["title"]),
            declared.unit if declared else "",
            curve_words(written),
            written,
            _doubt(written),
            references(written),
        )


def _minima(rule: Mapping[str, Any], edition: Edition) -> Iterator[Text]:
    """Mandatory lines, each with the condition under which it is one."""
    written = rule.get("minimum") or ()
    declared = edition.measures.get(str(rule.get("measure")))
    lines = minimum_words(rule, unit=declared.unit if declared else "")
    for one, words in zip([written] if isinstance(written, Mapping) else written, lines, strict=True):
        if one.get("when"):
            when = _condition(one["when"], edition)
            words = Text(zh=f"{words.zh}，仅当{when.zh}", en=f"{words.en}, only where {when.en}")
        yield words


def _condition(condition: Any, edition: Edition) -> Text:
    def title_of(name: str) -> Text | None:
        return edition.measures[name].title if name in edition.measures else None

    classes = {rule.id: rule.title for rule in edition.classes.classes} if edition.classes else {}
    return condition_words(condition, measure=title_of, value=classes.get)


def _evidence(evidence: Mapping[str, Any]) -> Iterator[tuple[Text, Text]]:
    if kinds := evidence.get("kinds"):
        titles = [KIND_BY_NAME[name].title if name in KIND_BY_NAME else Text(zh=name, en=name) for name in kinds]
        words = Text(zh="、".join(one.zh for one in titles), en=", ".join(one.en for one in titles))
        yield Text(zh="证据种类", en="Evidence"), words
    if formats := evidence.get("formats"):
        yield Text(zh="格式", en="Formats"), _same(", ".join(formats))
    if window := evidence.get("window"):
        yield Text(zh="时间窗口", en="Window"), _window(str(window))
    if coverage := evidence.get("min_coverage"):
        yield Text(zh="最低覆盖率", en="Least coverage"), _same(str(coverage))


def _window(period: str) -> Text:
    """An ISO 8601 duration of one unit in words; any other as it is written."""
    found = re.fullmatch(r"P(\d+)([DMY])", period)
    if found is None:
        return _same(period)
    number, unit = found[1], _UNITS_OF_TIME[found[2]]
    return Text(zh=f"{number} {unit.zh}", en=f"{number} {unit.en}")


_UNITS_OF_TIME = {
    "D": Text(zh="天", en="days"),
    "M": Text(zh="个月", en="months"),
    "Y": Text(zh="年", en="years"),
}

_DIRECTIONS = {
    "higher": Text(zh="越高越好", en="the higher the better"),
    "lower": Text(zh="越低越好", en="the lower the better"),
    "target": Text(zh="有最佳区间", en="a best value inside"),
}


def _paths(group: Group, above: tuple[TreeNode, ...]) -> Iterator[tuple[TreeNode, ...]]:
    for child in group.children:
        yield (*above, child)
        if isinstance(child, Group):
            yield from _paths(child, (*above, child))


def _doubt(rule: Mapping[str, Any]) -> Text | None:
    """Said of thresholds whose confidence is low, wherever they are shown."""
    return CONFIDENCE[LOW] if rule.get("confidence") == LOW else None


def _is_in(node: TreeNode, classes: tuple[CentreClassRule, ...]) -> bool:
    """Display-only indicators have no weight and belong to every class."""
    if isinstance(node, Indicator) and node.display:
        return True
    return any(_value(node.weight, rule.id) is not None for rule in classes)


def _share(node: TreeNode, group: Group, class_id: str) -> Fraction:
    total = sum((Fraction(_value(one.weight, class_id) or 0) for one in group.children), Fraction(0))
    return Fraction(_value(node.weight, class_id) or 0) / total if total else Fraction(0)


def _value(weight: Weight, class_id: str) -> Decimal | None:
    return weight.everywhere if weight.everywhere is not None else weight.by_class.get(class_id)


def _weight(weight: Weight, class_id: str) -> Decimal | None:
    return _value(weight, class_id) or None  # of no weight is not in it


def _percent(share: Fraction | None) -> str:
    return f"{shortest(rounded(decimal_of_fraction(share * 100), 1))} %" if share else "–"


def _one_or_each(weights: tuple[WeightShown, ...]) -> Text:
    """One figure where all classes weigh alike, else each class's with its name."""
    figures = [weight.words for weight in weights]
    if len(set(figures)) == 1:
        return _same(figures[0])
    return Text(
        zh=" · ".join(f"{weight.title.zh} {weight.words}" for weight in weights),
        en=" · ".join(f"{weight.title.en} {weight.words}" for weight in weights),
    )


def _same(words: str) -> Text:
    return Text(zh=words, en=words)
