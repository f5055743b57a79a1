"""A rubric's health on real facilities: what its parts say together, and what its weights amount to.

Weights are what an author writes; what they amount to depends on how far the points of a part lie apart and on how the
parts go together. So declared shares stand beside explained ones, and parts are named that say the same, pull against
their parent, tell nobody apart or are mostly not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from assessment.scoring.batch import Scores, score_population
from assessment.scoring.chance.draws import layouts
from assessment.scoring.chance.layout import LaidGroup, LaidIndicator
from assessment.scoring.columns.guard_band import Rows
from assessment.scoring.columns.population import Bools, Floats, Population
from assessment.scoring.columns.walk import NONE
from assessment.scoring.health.figures import FEWEST, correlation_ratio, correlations, cronbach_alpha
from assessment.scoring.health.words import Remark
from core.quantity import decimal_of_float, rounded
from core.text import Text
from indicators.rubric.model import Edition, Group, Indicator, TreeNode

DECIMALS = 3
FEW = 10  # facilities below which figures show and do not judge
SAME = Decimal("0.92")  # the correlation from which the OECD handbook speaks of double counting
SHOWN = Decimal("0.70")
AGAINST = Decimal("-0.30")
HALF = Decimal("0.5")
FACTOR, APART = Decimal("1.5"), Decimal("0.03")  # between declared and explained shares, to be worth a remark
INCOHERENT, REPETITIVE = Decimal("0.40"), Decimal("0.95")


@dataclass(frozen=True, slots=True)
class PartHealth:
    """A pillar or an indicator among its like.

    Args:
        facilities: that have points for it.
        measured: of those it applies to, the share in which it is scored; None for groups and for parts of no one.
        declared: its share of all weights, as it is for the facilities on average.
        explained: its share of what all its like explain of the total's variance, each alone.
        with_parent, with_total: Pearson's r; None where there is none.
    """

    code: str
    title: Text
    facilities: int
    measured: Decimal | None
    declared: Decimal
    explained: Decimal
    with_parent: Decimal | None
    with_total: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """Internal consistency of the children of a group; `facilities` have points for all of them."""

    code: str
    title: Text
    parts: int
    facilities: int
    alpha: Decimal | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two indicators that go together, or against each other."""

    first: str
    second: str
    r: Decimal


@dataclass(frozen=True, slots=True)
class Health:
    """The report; `pairs` holds correlations of indicators from 0.70 up, strongest first."""

    facilities: int
    pillars: tuple[PartHealth, ...]
    indicators: tuple[PartHealth, ...]
    groups: tuple[GroupHealth, ...]
    pairs: tuple[Pair, ...]
    remarks: tuple[Remark, ...]


def rubric_health(edition: Edition, population: Population) -> Health:
    """Figures and remarks on facilities that have a total, blocked ones included: points are points.

    Raises:
        InputError: as `robustness`.
    """
    scores = score_population(edition, population)
    columns = np.flatnonzero(scores.totals != NONE)
    sheet = _Sheet(edition, scores, columns, _weighed(edition, population, columns))
    pillars = sheet.parts([(edition.root, child) for child in edition.root.children])
    scored = [(parent, node) for parent, node in _edges(edition.root) if isinstance(node, Indicator)]
    indicators = sheet.parts([(parent, node) for parent, node in scored if not node.display])
    groups = tuple(sheet.group(node) for node in edition.root.walk() if isinstance(node, Group))
    pairs = sheet.pairs([part.code for part in indicators])
    found = Health(len(columns), pillars, indicators, groups, pairs, ())
    return Health(len(columns), pillars, indicators, groups, pairs, tuple(_remarks(edition, found, sheet)))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """By code: F shares of the total (0 where a node does not count), and F flags of indicators that are scored."""

    shares: dict[str, Floats] = field(default_factory=dict)
    scored: dict[str, Bools] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Published units by code and facility, with what every node weighs there."""

    edition: Edition
    scores: Scores
    columns: Rows
    weighed: _Weighed

    def units(self, code: str) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], Bools]:
        """Units of those facilities, and where the node counts and has some."""
        units = self.scores.published[self.scores.codes.index(code), self.columns]
        if code == self.edition.root.code:
            return units, units != NONE
        return units, (units != NONE) & (self.weighed.shares[code] > 0)

    def parts(self, edges: Sequence[tuple[Group, TreeNode]]) -> tuple[PartHealth, ...]:
        root = self.edition.root.code
        total, _ = self.units(root)
        alone = []
        for _, node in edges:
            units, known = self.units(node.code)
            alone.append(correlation_ratio(units[known], total[known]))
        declared = [float(self.weighed.shares[node.code].mean()) if len(self.columns) else 0.0 for _, node in edges]
        explained, of_weights = sum(alone) or 1.0, sum(declared) or 1.0
        return tuple(
            PartHealth(
                code=node.code,
                title=node.title,
                facilities=int(self.units(node.code)[1].sum()),
                measured=self._measured(node),
                declared=_figure(weight / of_weights),
                explained=_figure(ratio / explained),
                with_parent=self.r(node.code, parent.code),
                with_total=self.r(node.code, root),
            )
            for (parent, node), weight, ratio in zip(edges, declared, alone, strict=True)
        )

    def _measured(self, node: TreeNode) -> Decimal | None:
        applies = self.weighed.shares[node.code] > 0
        scored = self.weighed.scored.get(node.code)
        if scored is None or not applies.any():
            return None
        return _figure(float((scored & applies).sum() / applies.sum()))

    def r(self, first: str, second: str) -> Decimal | None:
        (units, known), (others, others_known) = self.units(first), self.units(second)
        found, there = correlations(np.array([units, others]), np.array([known, others_known]))
        return _figure(float(found[0, 1])) if there[0, 1] else None

    def group(self, group: Group) -> GroupHealth:
        """Children that count for nobody are left out, and so are facilities that lack one of the others."""
        sheets = [self.units(child.code) for child in group.children]
        sheets = [(units, known) for units, known in sheets if known.any()]
        if not sheets:
            return GroupHealth(group.code, group.title, 0, 0, None)
        whole = np.logical_and.reduce([known for _, known in sheets])
        alpha = cronbach_alpha(np.array([units[whole] for units, _ in sheets]))
        shown = None if alpha is None else _figure(alpha)
        return GroupHealth(group.code, group.title, len(sheets), int(whole.sum()), shown)

    def pairs(self, codes: Sequence[str]) -> tuple[Pair, ...]:
        sheets = [self.units(code) for code in codes]
        if not sheets:
            return ()
        found, there = correlations(np.array([units for units, _ in sheets]), np.array([known for _, known in sheets]))
        pairs = [
            Pair(codes[row], codes[column], _figure(float(found[row, column])))
            for row, column in zip(*np.nonzero(np.triu(there, 1)), strict=True)
        ]
        strong = [pair for pair in pairs if abs(pair.r) >= SHOWN]
        return tuple(sorted(strong, key=lambda pair: (-abs(pair.r), pair.first, pair.second)))


def _remarks(edition: Edition, health: Health, sheet: _Sheet) -> Iterator[Remark]:
    titles = {node.code: node.title for node in edition.root.walk()}
    if health.facilities < FEW:
        root = {edition.root.code: edition.root.title}
        yield Remark.of("few_facilities", root, count=health.facilities, fewest=FEW)
        return
    for pair in health.pairs:
        if pair.r >= SAME:
            yield Remark.of("redundant", {code: titles[code] for code in (pair.first, pair.second)}, r=pair.r)
    parents = {node.code: parent for parent, node in _edges(edition.root)}
    for part in {part.code: part for part in (*health.pillars, *health.indicators)}.values():
        own = {part.code: part.title}
        units, known = sheet.units(part.code)
        if part.facilities >= FEWEST and (units[known] == units[known][0]).all():
            points = Decimal(int(units[known][0])).scaleb(-edition.decimals)
            yield Remark.of("constant", own, points=points)
        parent = parents[part.code]
        if part.with_parent is not None and part.with_parent <= AGAINST:
            yield Remark.of("opposed", own | {parent.code: parent.title}, r=part.with_parent)
        if part.measured is not None and part.measured < HALF:
            yield Remark.of("mostly_missing", own, share=part.measured * 100)
        yield from _weight_remarks(part, own)
    for group in health.groups:
        if group.alpha is not None and group.parts > 1:
            own = {group.code: group.title}
            if group.alpha < INCOHERENT:
                yield Remark.of("incoherent", own, alpha=group.alpha)
            elif group.alpha > REPETITIVE:
                yield Remark.of("repetitive", own, alpha=group.alpha)


def _weight_remarks(part: PartHealth, own: Mapping[str, Text]) -> Iterator[Remark]:
    if abs(part.explained - part.declared) < APART:
        return
    shares = {"nominal": part.declared * 100, "effective": part.explained * 100}
    if part.explained >= FACTOR * part.declared:
        yield Remark.of("heavier_than_declared", own, **shares)
    elif FACTOR * part.explained <= part.declared:
        yield Remark.of("lighter_than_declared", own, **shares)


def _edges(group: Group) -> Iterator[tuple[Group, TreeNode]]:
    for child in group.children:
        yield group, child
        if isinstance(child, Group):
            yield from _edges(child)


def _weighed(edition: Edition, population: Population, columns: Rows) -> _Weighed:
    """What every node weighs in every total, once what does not apply has left its weight to others."""
    size = len(columns)
    found = _Weighed()
    for node in edition.root.walk():
        found.shares[node.code] = np.zeros(size)
        if isinstance(node, Indicator):
            found.scored[node.code] = np.zeros(size, dtype=np.bool_)
    place = np.zeros(len(population.facilities), dtype=np.intp)
    place[columns] = np.arange(size)
    for layout, laid in layouts(edition, population, columns):
        _weigh(layout.root, np.ones(len(laid)), place[laid], found)
    return found


def _weigh(group: LaidGroup, share: Floats, rows: Rows, found: _Weighed) -> None:
    weights = [np.where(_counts(child), child.weight, 0.0) + np.zeros(len(rows)) for child in group.children]
    total = np.sum(weights, axis=0)
    for child, weight in zip(group.children, weights, strict=True):
        own = share * np.divide(weight, total, out=np.zeros(len(rows)), where=total > 0)
        found.shares[child.code][rows] = own
        if isinstance(child, LaidIndicator):
            scored = [measure.scored for measure in child.measures]
            found.scored[child.code][rows] = np.logical_or.reduce(scored) if scored else False
        else:
            _weigh(child, own, rows, found)


def _counts(node: LaidGroup | LaidIndicator) -> Bools:
    """Whether a node takes part: an indicator by its weight, a group by one of its children."""
    if isinstance(node, LaidIndicator):
        return node.weight > 0
    below = [_counts(child) for child in node.children]
    some = np.logical_or.reduce(np.broadcast_arrays(*below)) if below else np.zeros(1, dtype=np.bool_)
    counts: Bools = some & (node.weight > 0)
    return counts


def _figure(value: float) -> Decimal:
    return rounded(decimal_of_float(value), DECIMALS)
