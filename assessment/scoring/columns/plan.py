"""An edition made ready for columns: for one class the tree, its weights as whole numbers, its curves as arrays.

`plan_for` is careful: a rule it does not know, or a number that a double does not tell apart from others, gives no
plan, and the facilities are scored by `exact`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from assessment.scoring.columns.conditions import doubles_suffice
from assessment.scoring.columns.curves import ChecklistColumns, CurveColumns, columns_of
from assessment.scoring.columns.population import QUALITIES, Floats, is_told_by_double
from assessment.scoring.weights import ClassWeights
from core.quantity import without_negative_zero
from indicators.rubric.curve import Checklist, Curve
from indicators.rubric.model import Edition, Group, Indicator, Minimum, OnMiss, TreeNode, Weight

LARGEST_SUM = 2**30  # of the weights below a node
LARGEST_FIGURE = 2**40  # in published units


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """A measure and its curve; `row` is None when the population has nothing of it."""

    row: int | None
    curve: CurveColumns | ChecklistColumns | None
    item_rows: Mapping[str, int]
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class MinimumPlan:
    rule: Minimum
    line: Fraction
    at_least: bool
    item_rows: tuple[int | None, ...]  # by measure of the indicator
    cap: int | None  # position of the highest grade allowed
    blocks: bool


@dataclass(frozen=True, slots=True)
class Weighing:
    """A whole number, or for a mixed class `share · first + (1 − share) · second` of whole numbers."""

    first: int
    second: int
    mixed: bool


@dataclass(frozen=True, slots=True)
class IndicatorPlan:
    indicator: Indicator
    position: int
    weighing: Weighing
    measures: tuple[MeasurePlan, ...]  # its own, then the alternatives'
    default: Fraction
    reasons: tuple[str, ...]
    minima: tuple[MinimumPlan, ...]
    highest: float


@dataclass(frozen=True, slots=True)
class GroupPlan:
    group: Group
    position: int
    weighing: Weighing
    children: tuple[NodePlan, ...]
    minima: tuple[MinimumPlan, ...]


NodePlan = IndicatorPlan | GroupPlan


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a walk needs.

    Args:
        scale: published units per point.
        quality_caps: highest points by code of `QUALITIES`; None when no grade of evidence caps.
        quality_decimals: a multiple of their denominators.
        grade_lines: published units from which each grade is reached.
        pillar_lines: the same for a child of the root; None without pillar floors.
    """

    edition: Edition
    root: GroupPlan
    by_code: Mapping[str, IndicatorPlan]
    scale: float
    quality_caps: Floats | None
    quality_decimals: int
    grade_lines: Floats
    pillar_lines: Floats | None
    has_grades: bool


class _Unknown(Exception):
    """A rule or number that columns cannot follow."""


def plan_for(edition: Edition, weights: ClassWeights, measures: tuple[str, ...]) -> Plan | None:
    """The plan for facilities of one class; None where the exact engine must be asked."""
    try:
        return _Planner(edition, weights, {name: row for row, name in enumerate(measures)}).plan()
    except _Unknown:
        return None


@dataclass(frozen=True)
class _Planner:
    edition: Edition
    weights: ClassWeights
    rows: Mapping[str, int]

    def plan(self) -> Plan:
        edition = self.edition
        _only_known(edition, edition.root, edition.limits, edition.grades)
        _require(edition.highest_points * 10**edition.decimals <= LARGEST_FIGURE)
        positions = {node.code: position for position, node in enumerate(edition.root.walk())}
        root = self._group(edition.root, Weighing(1, 0, mixed=False), positions)
        caps = [edition.quality_caps.get(quality) if quality else None for quality in QUALITIES]
        _told(cap for cap in caps if cap is not None)
        lines = [grade.at_least for grade in edition.grades.grades] if edition.grades else []
        margin = edition.grades.pillar_margin if edition.grades else None
        return Plan(
            edition=edition,
            root=root,
            by_code={plan.indicator.code: plan for plan in _indicators(root)},
            scale=float(10**edition.decimals),
            quality_caps=_caps(caps),
            quality_decimals=_common(cap for cap in caps if cap is not None),
            grade_lines=self._units(lines),
            pillar_lines=None if margin is None else self._units([line - margin for line in lines]),
            has_grades=edition.grades is not None,
        )

    def _units(self, lines: Iterable[Decimal]) -> Floats:
        """The lowest published figure, in units, that reaches each line."""
        return np.array([float(math.ceil(Fraction(line) * 10**self.edition.decimals)) for line in lines])

    # --- weights ---------------------------------------------------------------------------------------------------

    def _pair(self, weight: Weight) -> tuple[Fraction, Fraction] | None:
        """The weights of the two classes that are mixed (else twice the same); None outside the tree."""
        own = self.weights.weight(weight)
        if own is None:
            return None
        if not self._mixed:
            return Fraction(own), Fraction(own)
        if not weight.by_class or self.weights.rule is None or self.weights.rule.mixes is None:
            return Fraction(own), Fraction(own)
        first, second = (weight.by_class.get(name) for name in self.weights.rule.mixes)
        return Fraction(first or 0), Fraction(second or 0)

    @property
    def _mixed(self) -> bool:
        return self.weights.share is not None and 0 < self.weights.share < 1

    def _children(self, group: Group) -> list[tuple[TreeNode, Weighing]]:
        pairs = [(child, pair) for child in group.children if (pair := self._pair(child.weight)) is not None]
        scale = math.lcm(*(part.denominator for _, pair in pairs for part in pair))
        whole = [(child, [int(part * scale) for part in pair]) for child, pair in pairs]
        divisor = math.gcd(*(part for _, pair in whole for part in pair)) or 1
        _require(sum(max(pair) for _, pair in whole) // divisor <= LARGEST_SUM)
        return [
            (child, Weighing(first // divisor, second // divisor, mixed=self._mixed))
            for child, (first, second) in whole
        ]

    # --- nodes -----------------------------------------------------------------------------------------------------

    def _node(self, node: TreeNode, weighing: Weighing, positions: Mapping[str, int]) -> NodePlan:
        _only_known(node, node.weight)
        _require(doubles_suffice(node.applies_when))
        if isinstance(node, Group):
            return self._group(node, weighing, positions)
        return self._indicator(node, weighing, positions)

    def _group(self, group: Group, weighing: Weighing, positions: Mapping[str, int]) -> GroupPlan:
        _only_known(group.aggregation)
        _told([group.aggregation.floor or Decimal(0)])
        _require((group.aggregation.floor or 0) <= self.edition.highest_points)
        children = self._children(group)
        return GroupPlan(
            group=group,
            position=positions[group.code],
            weighing=weighing,
            children=tuple(self._node(child, own, positions) for child, own in children),
            minima=tuple(self._minimum(minimum, ()) for minimum in group.minima),
        )

    def _indicator(self, indicator: Indicator, weighing: Weighing, positions: Mapping[str, int]) -> IndicatorPlan:
        _only_known(indicator.missing, *indicator.alternatives)
        own = indicator.missing.points
        default = self.edition.limits.default_points if own is None else own
        _require(0 <= default <= self.edition.highest_points)
        _told([default])
        others = tuple(self._measure(other.measure, other.curve) for other in indicator.alternatives)
        _require(not others or indicator.curve is not None)
        return IndicatorPlan(
            indicator=indicator,
            position=positions[indicator.code],
            weighing=weighing,
            measures=(self._measure(indicator.measure, indicator.curve), *others),
            default=Fraction(default),
            reasons=indicator.not_applicable_reasons,
            minima=tuple(self._minimum(minimum, indicator.measures) for minimum in indicator.minima),
            highest=float(self.edition.highest_points),
        )

    def _measure(self, measure: str, curve: Curve | None) -> MeasurePlan:
        declared = self.edition.measures[measure]
        _only_known(declared, *(() if curve is None else (curve,)))
        _told(bound for bound in (declared.lowest, declared.highest) if bound is not None)
        columns: CurveColumns | ChecklistColumns | None = None
        items: dict[str, int] = {}
        if isinstance(curve, Checklist):
            columns = ChecklistColumns.of(curve, self.edition.highest_points)
            _require(columns is not None)
            items = {item.id: self.rows[name] for item in curve.items if (name := f"{measure}.{item.id}") in self.rows}
        elif curve is not None:
            columns = columns_of(curve)
            _require(columns is not None)
        return MeasurePlan(
            row=self.rows.get(measure),
            curve=columns,
            item_rows=items,
            lowest=None if declared.lowest is None else float(declared.lowest),
            highest=None if declared.highest is None else float(declared.highest),
        )

    def _minimum(self, minimum: Minimum, measures: tuple[str, ...]) -> MinimumPlan:
        _only_known(minimum)
        _require(doubles_suffice(minimum.when))
        line = minimum.at_least if minimum.at_least is not None else minimum.at_most
        _require(line is not None and (minimum.at_least is None or minimum.at_most is None))
        assert line is not None  # noqa: S101 – just required
        if measures:
            _told([line])
        grades = self.edition.grades
        return MinimumPlan(
            rule=minimum,
            line=Fraction(line),
            at_least=minimum.at_least is not None,
            item_rows=tuple(self.rows.get(f"{measure}.{minimum.item}") for measure in measures),
            cap=grades.rank(minimum.cap_at) if grades and minimum.on_miss is OnMiss.CAP and minimum.cap_at else None,
            blocks=minimum.on_miss is OnMiss.BLOCK,
        )


def _indicators(group: GroupPlan) -> Iterable[IndicatorPlan]:
    for child in group.children:
        if isinstance(child, GroupPlan):
            yield from _indicators(child)
        else:
            yield child


def _caps(caps: Sequence[Decimal | None]) -> Floats | None:
    if all(cap is None for cap in caps):
        return None
    return np.array([np.inf if cap is None else float(cap) for cap in caps])


def _require(holds: bool) -> None:
    if not holds:
        raise _Unknown


def _told(numbers: Iterable[Decimal]) -> None:
    _require(all(is_told_by_double(without_negative_zero(number)) for number in numbers))


def _common(numbers: Iterable[Decimal]) -> int:
    return math.lcm(*(Fraction(number).denominator for number in numbers))


# What this engine follows. Anything else an edition may come to say, said with another value than the default, is for
# `exact` to understand.
_KNOWN = {
    "Edition": "rubric edition title standing summary semantics decimals highest_points levels measures classes grades "
    "quality_caps limits peers robustness tags sources root cases digest final content",
    "Group": "code id title weight aggregation children weights_sum applies_when minima tags authored where",
    "Indicator": "code id title measure curve weight missing display applies_when not_applicable_reasons minima "
    "alternatives tags authored where invalid",
    "Alternative": "code title measure curve",
    "MissingRule": "policy points unless_scored",
    "Minimum": "at_least at_most on_miss cap_at item when title",
    "MeasureDeclaration": "name title unit direction lowest highest computed where",
    "Aggregation": "kind exponent floor",
    "Weight": "everywhere by_class",
    "Limits": "default_points default_share not_applicable_share",
    "Grades": "grades pillar_margin",
    "Linear": "anchors logarithmic",
    "Bands": "bands closed",
    "Boolean": "yes no",
    "Checklist": "items",
    "Judged": "levels",
}


def _only_known(*rules: Any) -> None:
    for rule in rules:
        if rule is None:
            continue
        known = _KNOWN.get(type(rule).__name__, "").split()
        for one in fields(rule):
            if one.name in known:
                continue
            default = one.default if one.default is not MISSING else None
            if one.default_factory is not MISSING:
                default = one.default_factory()
            _require(getattr(rule, one.name) == default)
