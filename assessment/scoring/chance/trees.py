"""What chance leaves alone, read off explained trees: for rubrics whose rules columns cannot follow.

Every facility is scored once by `exact`; after that draws run in columns as everywhere. Points of relative curves and
rescaled groups move against the sample as it was published, and figures of formulas stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from assessment.scoring.chance.curves import DrawnCurve, drawn_curve
from assessment.scoring.chance.layout import LaidGroup, LaidIndicator, LaidMeasure, LaidMinimum, LaidNode, Layout
from assessment.scoring.chance.relative import DrawnRelative
from assessment.scoring.chance.ruler import Ruler
from assessment.scoring.columns.guard_band import Rows
from assessment.scoring.columns.population import Bools, Floats, Population
from assessment.scoring.conditions import holds
from assessment.scoring.decision import missed_minima
from assessment.scoring.exact import GROUP_BY_RULE, score
from assessment.scoring.known import Known, known_of
from assessment.scoring.result import Node
from assessment.scoring.samples import RELATIVE, Samples, peers_of
from core.outcome import Outcome
from indicators.measures.base import Measurement
from indicators.rubric.curve import ByFormula, Curve, Relative
from indicators.rubric.model import Direction, Edition, Group, Indicator, Minimum, OnMiss, TreeNode

Profile = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Walked:
    """One facility as `exact` has it."""

    name: str
    profile: Profile
    known: Known
    nodes: Mapping[str, Node]
    given: Mapping[str, Measurement]


def tree_layouts(
    edition: Edition, population: Population, columns: Rows, samples: Samples | None
) -> Iterator[tuple[Layout, Rows]]:
    """The given facilities, those compared with the same samples together, with their columns.

    Args:
        samples: of the whole population; None where the edition compares nobody.

    Raises:
        InputError: a profile lacks what the rubric's weights or parameters need.
    """
    alike: dict[tuple[tuple[str, ...], ...], list[int]] = {}
    walked: dict[int, _Walked] = {}
    relative = _relative(edition)
    for column in columns.tolist():
        one = walked[column] = _walked(edition, population, column, samples)
        alike.setdefault(tuple(peers_of(rule, one.profile) for rule in relative), []).append(column)
    for few in alike.values():
        laid = np.array(few, dtype=np.intp)
        layer = _Layer(edition, [walked[column] for column in few], population, laid, samples or Samples())
        root = layer.group(edition.root, depth=0)
        yield Layout(Ruler.of(edition), tuple(one.name for one in layer.walked), root), laid


def _relative(edition: Edition) -> list[Relative]:
    """Every rule that compares within some attributes of the profile."""
    curves = [curve for one in edition.indicators for _, curve in one.curves if isinstance(curve, RELATIVE)]
    groups = [node.rescale for node in edition.root.walk() if isinstance(node, Group) and node.rescale is not None]
    return [rule for rule in (*curves, *groups) if rule.sample.within]


def _walked(edition: Edition, population: Population, column: int, samples: Samples | None) -> _Walked:
    facility = population.facility(column)
    name, profile, given = facility.name, facility.profile, facility.measurements
    result = score(edition, facility=name, profile=profile, measurements=given, inputs_digest="", samples=samples)
    known = known_of(edition, facility=name, profile=profile, measurements=given)
    return _Walked(name, profile, known, {node.code: node for node in result.root.walk()}, given)


@dataclass(frozen=True, slots=True)
class _Layer:
    """F facilities compared with the same samples."""

    edition: Edition
    walked: Sequence[_Walked]
    population: Population
    columns: Rows
    samples: Samples

    def group(self, group: Group, *, depth: int) -> LaidGroup:
        nodes = self._nodes(group)
        children = [self._child(child, depth=depth + 1) for child in group.children]
        level = self.edition.level(depth)[0]
        return LaidGroup(
            code=group.code,
            weight=self._weights(nodes),
            heard=np.array([node is not None and not _away(node) for node in nodes]),
            aggregation=group.aggregation,
            children=tuple(sorted(children, key=lambda child: child.code)),
            minima=tuple(line for minimum in group.minima for line in self._minima(group, minimum, nodes)),
            rescale=None if group.rescale is None else self._relative(group.code, group.rescale, higher=True),
            decimals=self.edition.level_decimals.get(level),
        )

    def _child(self, node: TreeNode, *, depth: int) -> LaidNode:
        return self.group(node, depth=depth) if isinstance(node, Group) else self._indicator(node)

    def _indicator(self, indicator: Indicator) -> LaidIndicator:
        nodes = self._nodes(indicator)
        curves = {} if indicator.curve is None else {indicator.code: (indicator.measure, indicator.curve)}
        curves |= {other.code: (other.measure, other.curve) for other in indicator.alternatives}
        found = [_candidates(indicator, node) for node in nodes]
        return LaidIndicator(
            code=indicator.code,
            weight=self._weights(nodes),
            measures=tuple(
                self._measure(measure, curve, code=code, points=[each.get(code) for each in found])
                for code, (measure, curve) in curves.items()
            ),
            settled=np.array([0.0 if node is None or node.points is None else float(node.points) for node in nodes]),
            minima=tuple(line for minimum in indicator.minima for line in self._minima(indicator, minimum, nodes)),
            decimals=self.edition.level_decimals.get(self.edition.levels[-1][0]),
        )

    def _measure(self, measure: str, curve: Curve, *, code: str, points: Sequence[Decimal | None]) -> LaidMeasure:
        declared = self.edition.measures[measure]
        drawn = self._drawn(code, measure, curve)
        scored = np.array([one is not None for one in points])
        given = [one.given.get(measure) for one in self.walked]
        return LaidMeasure(
            name=measure,
            scored=scored,
            values=np.array([0.0 if one is None or one.value is None else float(one.value) for one in given]),
            errors=np.where(scored, self._errors(measure), 0.0) if drawn is not None else np.zeros(len(scored)),
            points=np.array([0.0 if one is None else float(one) for one in points]),
            caps=np.array([self._cap(one) for one in given]),
            curve=drawn,
            lowest=None if declared.lowest is None else float(declared.lowest),
            highest=None if declared.highest is None else float(declared.highest),
        )

    def _drawn(self, code: str, measure: str, curve: Curve) -> DrawnCurve | None:
        """None: a figure of a formula, or a checklist; these are never moved."""
        declared = self.edition.measures[measure]
        if declared.formula is not None or isinstance(curve, ByFormula):
            return None
        if isinstance(curve, RELATIVE):
            return self._relative(code, curve, higher=declared.direction is not Direction.LOWER)
        return drawn_curve(curve)

    def _relative(self, code: str, rule: Relative, *, higher: bool) -> DrawnRelative:
        sample = self.samples.of(code, rule, self.walked[0].profile)
        return DrawnRelative(
            rule, sample, higher, float(self.edition.lowest_points), float(self.edition.highest_points)
        )

    def _errors(self, measure: str) -> Floats:
        errors = self.population.errors
        if errors is None or measure not in self.population.measures:
            return np.zeros(len(self.columns))
        own: Floats = errors[self.population.measures.index(measure), self.columns]
        return own

    def _cap(self, given: Measurement | None) -> float:
        if given is None:
            return np.inf
        caps = [self.edition.quality_caps.get(given.quality) if given.quality else None, given.cap]
        return min((float(cap) for cap in caps if cap is not None), default=np.inf)

    # --- mandatory lines -------------------------------------------------------------------------------------------

    def _minima(self, node: TreeNode, minimum: Minimum, nodes: Sequence[Node | None]) -> Iterator[LaidMinimum]:
        """One line, or two where a minimum has both ends."""
        if minimum.at_least is not None and minimum.at_most is not None:
            yield from self._minima(node, replace(minimum, at_most=None), nodes)
            yield from self._minima(node, replace(minimum, at_least=None), nodes)
            return
        grades = self.edition.grades
        caps = grades is not None and minimum.on_miss is OnMiss.CAP and minimum.cap_at
        applies = self._apply(node, minimum, nodes)
        yield LaidMinimum(
            line=np.array([float(_line(minimum, one.known)) for one in self.walked]),
            at_least=minimum.at_least is not None,
            cap=grades.rank(minimum.cap_at) if grades and caps and minimum.cap_at else None,
            blocks=minimum.on_miss is OnMiss.BLOCK,
            missed=applies & self._missed(node, minimum, nodes),
            applies=applies,
            on_value=isinstance(node, Indicator) and minimum.item is None,
        )

    def _missed(self, node: TreeNode, minimum: Minimum, nodes: Sequence[Node | None]) -> Bools:
        """By the facts; what a group misses is seen in each draw."""
        if isinstance(node, Group):
            return np.zeros(len(nodes), dtype=np.bool_)
        alone = replace(node, minima=(minimum,))
        return np.array(
            [
                bool(
                    found is not None
                    and missed_minima(
                        alone,
                        measurement=found.inputs,
                        points=None,
                        profile=one.known.profile,
                        measurements=one.known.measurements,
                        parameters=one.known.parameters,
                    )
                )
                for one, found in zip(self.walked, nodes, strict=True)
            ],
            dtype=np.bool_,
        )

    def _apply(self, node: TreeNode, minimum: Minimum, nodes: Sequence[Node | None]) -> Bools:
        """Where the line is drawn: its condition holds, and the node has a figure to hold against it."""

        def applies(one: _Walked, found: Node | None) -> bool:
            if found is None or found.outcome is Outcome.NOT_APPLICABLE:
                return False
            if isinstance(node, Group) and found.points is None:
                return False
            condition = minimum.when
            return condition is None or bool(
                holds(condition, profile=one.known.profile, measurements=one.known.measurements)
            )

        return np.array([applies(*pair) for pair in zip(self.walked, nodes, strict=True)], dtype=np.bool_)

    # --- shared ----------------------------------------------------------------------------------------------------

    def _nodes(self, node: TreeNode) -> list[Node | None]:
        """None where a class has not the node."""
        return [one.nodes.get(node.code) for one in self.walked]

    def _weights(self, nodes: Sequence[Node | None]) -> Floats:
        return np.array([float(node.weight) if node is not None and node.counts else 0.0 for node in nodes])


def _away(group: Node) -> bool:
    """Whether a rule takes the group away with all that follows.

    A group of which merely nothing counts is not away: a line its parts miss caps the grade all the same.
    """
    return group.reason == GROUP_BY_RULE


def _candidates(indicator: Indicator, node: Node | None) -> Mapping[str, Decimal]:
    """Points by code, of the indicator or of each of its alternatives that has any."""
    if node is None or node.outcome is not Outcome.SCORED or node.points is None:
        return {}
    listed = node.rule.get("applied", {}).get("candidates")
    if not listed:
        return {indicator.code: node.points}
    return {each["code"]: Decimal(each["points"]) for each in listed if each["points"] is not None}


def _line(minimum: Minimum, known: Known) -> Fraction:
    if minimum.parameter is not None:
        return Fraction(known.parameters[minimum.parameter])
    return Fraction(minimum.at_least if minimum.at_least is not None else minimum.at_most or 0)
