"""The points a result lost, node by node: at every level the parts add up to highest points less the score.

Each node has its loss on three scales: its own (highest points less its points), its parent's and the total's. A part
lost within a part counts in proportion: a pillar's share of the total's loss is split as the pillar's own loss is.
Exact figures are rational; the published ones close level by level (see `closing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.explain.causes import Cause, causes_of
from assessment.scoring.explain.closing import closed
from assessment.scoring.explain.sharing import lost_by_part
from assessment.scoring.result import Node, Result
from core.text import Text
from indicators.rubric.model import Aggregate, Edition, Group, Indicator, TreeNode


@dataclass(frozen=True, slots=True)
class Part:
    """A loss on one scale: exact, and as published."""

    exact: Fraction
    published: Decimal


@dataclass(frozen=True, slots=True)
class Lost:
    """What one node lost; each scale None where the node has no points there.

    Args:
        own: highest points less the node's points.
        of_parent: what its parent lost through it; None for the root and for nodes that do not count.
        of_total: what the total lost through it; None also below a node without points.
        taken_over: of `of_parent`, the part that rides on weight left by parts that do not count.
        floored: its points are below the floor of the mean and count as the floor.
        causes: of an indicator, on its own scale; they add up to `own`.
        causes_of_total: the same on the total's scale; they add up to `of_total`.
    """

    code: str
    level: str
    title: Text
    own: Part | None
    of_parent: Part | None
    of_total: Part | None
    taken_over: Fraction = Fraction(0)
    floored: bool = False
    causes: Mapping[Cause, Part] = field(default_factory=dict)
    causes_of_total: Mapping[Cause, Part] = field(default_factory=dict)
    children: tuple[Lost, ...] = ()

    def walk(self) -> Iterator[Lost]:
        yield self
        for child in self.children:
            yield from child.walk()

    def node(self, code: str) -> Lost:
        """Raises:
        KeyError: when the tree has no such code.
        """
        for node in self.walk():
            if node.code == code:
                return node
        raise KeyError(code)


def lost_points(result: Result, edition: Edition) -> Lost:
    """The loss of every node of a result.

    Args:
        edition: the one the result names; its aggregations, decimals and highest points are asked for.

    Raises:
        ValueError: the edition is another one.
    """
    if edition.digest != result.edition_digest:
        raise ValueError(f"the result was scored with {result.edition_digest}, not with {edition.digest}")
    book = _Book(edition, {node.code: node for node in edition.root.walk()})
    own = book.own(result.root)
    return book.node(result.root, of_parent=None, of_total=own)


def by_cause(lost: Lost) -> dict[Cause, Part]:
    """What the total lost to each cause, over all indicators; empty where the total has no points."""
    found: dict[Cause, Part] = {}
    for node in lost.walk():
        for cause, part in node.causes_of_total.items():
            before = found.get(cause, Part(Fraction(0), Decimal(0)))
            found[cause] = Part(before.exact + part.exact, before.published + part.published)
    return {cause: found[cause] for cause in Cause if cause in found}


@dataclass(frozen=True)
class _Book:
    edition: Edition
    rules: Mapping[str, TreeNode]

    def own(self, node: Node) -> Part | None:
        if node.points is None or node.published is None:
            return None
        highest = self.edition.highest_points
        return Part(Fraction(highest) - Fraction(node.points), highest - node.published)

    def node(
        self,
        node: Node,
        *,
        of_parent: Part | None,
        of_total: Part | None,
        taken_over: Fraction = Fraction(0),
        floored: bool = False,
    ) -> Lost:
        rule = self.rules[node.code]
        own = self.own(node)
        causes: dict[Cause, Fraction] = {}
        if isinstance(rule, Indicator) and own is not None and rule.curves:
            causes = causes_of(node, lowest=self.edition.lowest_points, highest=self.edition.highest_points)
        return Lost(
            code=node.code,
            level=node.level,
            title=node.title,
            own=own,
            of_parent=of_parent,
            of_total=of_total,
            taken_over=taken_over,
            floored=floored,
            causes=self._on(own, causes, own),
            causes_of_total=self._on(of_total, causes, own),
            children=self._children(node, rule, own, of_total) if isinstance(rule, Group) else (),
        )

    def _children(self, node: Node, rule: Group, own: Part | None, of_total: Part | None) -> tuple[Lost, ...]:
        counting = [child for child in node.children if child.counts and child.points is not None]
        if own is None or not counting:
            return tuple(self.node(child, of_parent=None, of_total=None) for child in node.children)
        pairs = [(Fraction(child.weight), Fraction(child.points or 0)) for child in counting]
        exact = lost_by_part(rule.aggregation, pairs, lost=own.exact, highest=self.edition.highest_points)
        parts = dict(zip((child.code for child in counting), exact, strict=True))
        within = self._closed(parts, own)
        beyond = self._closed(_scaled(parts, own, of_total), of_total) if of_total else {}
        weighs = rule.aggregation.kind is not Aggregate.MINIMUM
        kept = self._weight_kept(node, counting) if weighs else Fraction(1)
        floor = rule.aggregation.floor or Decimal(0)
        return tuple(
            self.node(
                child,
                of_parent=within.get(child.code),
                of_total=beyond.get(child.code),
                taken_over=parts.get(child.code, Fraction(0)) * (1 - kept),
                floored=child.code in parts and child.points is not None and child.points < floor,
            )
            for child in node.children
        )

    def _weight_kept(self, node: Node, counting: list[Node]) -> Fraction:
        """The declared weight of the counting parts, as a share of all declared weight."""
        shown_only = {code for code, rule in self.rules.items() if isinstance(rule, Indicator) and rule.display}
        declared = sum((Fraction(one.weight) for one in node.children if one.code not in shown_only), Fraction(0))
        return sum((Fraction(one.weight) for one in counting), Fraction(0)) / declared

    def _on(self, scale: Part | None, causes: Mapping[Cause, Fraction], own: Part | None) -> dict[Cause, Part]:
        if scale is None or own is None or not causes:
            return {}
        parts = _scaled({cause.value: part for cause, part in causes.items()}, own, scale)
        return {Cause(name): part for name, part in self._closed(parts, scale).items()}

    def _closed(self, parts: Mapping[str, Fraction], whole: Part) -> dict[str, Part]:
        published = closed(parts, total=whole.published, decimals=self.edition.decimals)
        return {code: Part(part, published[code]) for code, part in parts.items()}


def _scaled(parts: Mapping[str, Fraction], own: Part, scale: Part | None) -> dict[str, Fraction]:
    """Parts of a node's own loss as parts of what another scale lost through the node."""
    if scale is None:
        return {}
    factor = scale.exact / own.exact if own.exact else Fraction(0)
    return {code: part * factor for code, part in parts.items()}
