"""Points read backwards through the tree: what an indicator must have, alone, for nodes above it to have theirs."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.aggregate import aggregate
from assessment.scoring.digits import INNER, inner, outer
from assessment.scoring.result import Node
from indicators.rubric.model import Aggregate, Aggregation, Edition, Group


@dataclass(frozen=True, slots=True)
class Branch:
    """A counting node as arithmetic sees it; `rule` None: an indicator."""

    code: str
    weight: Fraction
    rule: Aggregation | None
    children: tuple[Branch, ...] = ()


@dataclass
class Points:
    """The counting tree of a result with the points of its indicators, which may be moved."""

    root: Branch
    highest: Fraction
    points: dict[str, Fraction]  # of every node
    above: Mapping[str, tuple[Branch, ...]]  # from the root down to the node's parent
    # Answers of `_part_needed`, which many indicators share; forgotten at every move.
    _known: dict[tuple[str, Fraction], Fraction | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, root: Node, edition: Edition) -> Points:
        """Raises:
        ValueError: the total has no points.
        """
        rules = {node.code: node for node in edition.root.walk()}
        above: dict[str, tuple[Branch, ...]] = {}
        points: dict[str, Fraction] = {}

        def branch(node: Node) -> Branch:
            if node.points is None:
                raise ValueError(f"{node.code} counts and has no points")
            points[node.code] = Fraction(node.points)
            rule = rules[node.code]
            children = tuple(branch(child) for child in node.children if child.counts)
            aggregation = rule.aggregation if isinstance(rule, Group) else None
            return Branch(node.code, Fraction(node.weight), aggregation, children)

        def path(one: Branch, over: tuple[Branch, ...]) -> None:
            above[one.code] = over
            for child in one.children:
                path(child, (*over, one))

        found = branch(root)
        path(found, ())
        return cls(found, Fraction(edition.highest_points), points, above)

    @property
    def indicators(self) -> tuple[str, ...]:
        return tuple(code for code, over in self.above.items() if over and self._leaf(code))

    def moved(self, code: str, to: Fraction) -> None:
        """Give an indicator other points, and every node above it what follows."""
        self.points[code] = to
        self._known.clear()
        for branch in reversed(self.above[code]):
            self.points[branch.code] = self._aggregated(branch)

    def needed(self, code: str, lines: Mapping[str, Fraction]) -> Fraction | None:
        """The least points of one indicator that bring nodes above it to their lines, all else as it is.

        Args:
            lines: least points by node.

        Returns:
            None when the indicator alone cannot; its present points when nothing is missing.
        """
        missing = {name: line for name, line in lines.items() if self.points[name] < line}
        path = self.above[code]
        names = [branch.code for branch in path]
        if not missing:
            return self.points[code]
        if not set(missing) <= {*names, code}:
            return None
        need: Fraction | None = None
        for branch, below in zip(path, [*names[1:], code], strict=True):
            need = max((line for line in (need, missing.get(branch.code)) if line is not None), default=None)
            if need is not None:
                need = self._remembered(branch, below, need)
                if need is None:
                    return None
        own = missing.get(code)
        return max((line for line in (need, own) if line is not None), default=self.points[code])

    def _leaf(self, code: str) -> bool:
        parent = self.above[code][-1]
        return next(child.rule is None for child in parent.children if child.code == code)

    def _aggregated(self, branch: Branch) -> Fraction:
        assert branch.rule is not None  # noqa: S101  (only groups have children)
        return aggregate(branch.rule, [(child.weight, self.points[child.code]) for child in branch.children])

    def _remembered(self, branch: Branch, part: str, line: Fraction) -> Fraction | None:
        key = (part, line)
        if key not in self._known:
            self._known[key] = self._part_needed(branch, part, line)
        return self._known[key]

    def _part_needed(self, branch: Branch, part: str, line: Fraction) -> Fraction | None:
        """The least points of one child that bring its parent to `line`; None when all points are too few."""
        assert branch.rule is not None  # noqa: S101  (only groups have children)
        rule = branch.rule
        others = [(one.weight, self.points[one.code]) for one in branch.children if one.code != part]
        weight = next(one.weight for one in branch.children if one.code == part)

        def reached(points: Fraction) -> bool:
            return aggregate(rule, [*others, (weight, points)]) >= line

        if reached(self.points[part]):
            return self.points[part]
        if not reached(self.highest):
            return None
        found = min(max(_solved(rule, others, weight, line), Fraction(0)), self.highest)
        # Forty digits may fall short of the line by their last one: a hair more, and the curve decides on real digits.
        hair = self.highest / 10**36
        while not reached(found):
            found, hair = min(found + hair, self.highest), hair * 1000
        return found


def _solved(rule: Aggregation, others: list[tuple[Fraction, Fraction]], weight: Fraction, line: Fraction) -> Fraction:
    """The points of a part of this weight with which the mean is `line`."""
    floor = Fraction(rule.floor or 0)
    floored = [(one, max(points, floor)) for one, points in others]
    total = weight + sum((one for one, _ in floored), Fraction(0))
    match rule.kind:
        case Aggregate.MINIMUM:
            return line
        case Aggregate.ARITHMETIC:
            return (total * line - sum((one * points for one, points in floored), Fraction(0))) / weight
        case Aggregate.HARMONIC:
            rest = total / line - sum((one / points for one, points in floored), Fraction(0))
            return weight / rest
        case Aggregate.GEOMETRIC:
            sums = [INNER.multiply(inner(one), INNER.ln(inner(points))) for one, points in floored]
            whole = INNER.multiply(inner(total), INNER.ln(inner(line)))
            return outer(INNER.exp(INNER.divide(INNER.subtract(whole, _sum(sums)), inner(weight))))
        case Aggregate.POWER:
            return _solved_power(rule.exponent or Decimal(1), floored, weight, total, line)


def _solved_power(
    exponent: Decimal, others: list[tuple[Fraction, Fraction]], weight: Fraction, total: Fraction, line: Fraction
) -> Fraction:
    def powered(points: Fraction) -> Decimal:
        return INNER.power(inner(points), exponent) if points else Decimal(0)

    sums = [INNER.multiply(inner(one), powered(points)) for one, points in others]
    whole = INNER.multiply(inner(total), powered(line))
    rest = INNER.divide(INNER.subtract(whole, _sum(sums)), inner(weight))
    return outer(INNER.power(rest, INNER.divide(Decimal(1), exponent))) if rest > 0 else Fraction(0)


def _sum(values: Iterable[Decimal]) -> Decimal:
    return functools.reduce(INNER.add, values, Decimal(0))
