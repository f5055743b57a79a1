"""A rubric edition as typed, immutable values: a tree of groups and indicators, and the rules they follow.

The schema is general: any depth, any measures, any classes. Nothing here knows about computing centres.
`where` tells the author file and line and takes no part in equality.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.outcome import Quality
from core.provenance import Where
from core.text import Text
from indicators.rubric.condition import Condition
from indicators.rubric.curve import Curve, Relative
from indicators.rubric.formula import Formula
from indicators.rubric.varied import CommonError, Distribution, Normalisation

SCHEMA = 1


class Direction(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    TARGET = "target"


class Missing(StrEnum):
    """What happens to an indicator without evidence, or with too little of it."""

    ZERO = "zero"  # 0 points, counts
    DEFAULT = "default"  # declared conservative points, flagged
    EXCLUDE = "exclude"  # leaves the tree; siblings share its weight
    BLOCK = "block"  # no grade, no rank


class Invalid(StrEnum):
    """What evidence that failed validation counts."""

    ZERO = "zero"  # no points, and a finding
    BLOCK = "block"  # as missing evidence of an indispensable indicator: no grade, no rank


class TooFew(StrEnum):
    """What becomes of a group with fewer figures than it needs."""

    BLOCK = "block"  # not assessable, and nothing above it either
    EXCLUDE = "exclude"  # leaves the tree; its siblings share its weight


class OnMiss(StrEnum):
    BLOCK = "block"
    CAP = "cap"
    FINDING = "finding"


class Aggregate(StrEnum):
    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    HARMONIC = "harmonic"
    POWER = "power"
    MINIMUM = "minimum"


# --- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Minimum:
    """A mandatory line on the measured value (of a group: on its points); it blocks, caps or is a finding.

    `item` looks at one item of the measurement instead of its value. With `parameter`, the line is the value this
    parameter has for the facility, in place of the one given; `at_least` and `at_most` say on which side then.
    """

    at_least: Decimal | None
    at_most: Decimal | None
    on_miss: OnMiss
    cap_at: str | None = None
    item: str | None = None
    when: Condition | None = None
    title: Text | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class MissingRule:
    """`unless_scored`: a block turns into zero points when one of these nodes is scored."""

    policy: Missing
    points: Decimal | None = None
    unless_scored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight for all, or one per class; a class whose weight is None does not have the node in its tree."""

    everywhere: Decimal | None
    by_class: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aggregation:
    kind: Aggregate
    exponent: Decimal | None = None
    floor: Decimal | None = None  # children count as at least this much


@dataclass(frozen=True, slots=True)
class Needs:
    """How many children (or indicators below) must be measured: a number of them, or a share of those that apply."""

    at_least: int | None
    share: Decimal | None
    of_indicators: bool
    otherwise: TooFew


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another measure and curve for the same indicator; the better-scored one counts."""

    code: str
    title: Text
    measure: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    id: str
    title: Text
    measure: str
    curve: Curve | None  # only display indicators may do without
    weight: Weight
    missing: MissingRule
    display: bool = False
    applies_when: Condition | None = None
    not_applicable_reasons: tuple[str, ...] = ()
    minima: tuple[Minimum, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    tags: tuple[str, ...] = ()
    authored: Mapping[str, Any] = field(default_factory=dict)
    where: Where = field(default_factory=Where, compare=False)
    invalid: Invalid = Invalid.ZERO

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.measure, *(alternative.measure for alternative in self.alternatives))

    @property
    def references(self) -> tuple[Mapping[str, Any], ...]:
        """Sources as authored, with their titles."""
        return tuple(self.authored.get("references", ()))

    @property
    def curves(self) -> tuple[tuple[str, Curve], ...]:
        own = ((self.measure, self.curve),) if self.curve else ()
        return (*own, *((other.measure, other.curve) for other in self.alternatives))


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    id: str
    title: Text
    weight: Weight
    aggregation: Aggregation
    children: tuple[TreeNode, ...]
    weights_sum: Weight | None = None
    applies_when: Condition | None = None
    minima: tuple[Minimum, ...] = ()
    tags: tuple[str, ...] = ()
    authored: Mapping[str, Any] = field(default_factory=dict)
    where: Where = field(default_factory=Where, compare=False)
    needs: Needs | None = None
    rescale: Relative | None = None  # the group's points, compared over the sample

    def walk(self) -> Iterator[TreeNode]:
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.walk()
            else:
                yield child


TreeNode = Group | Indicator


# --- the edition ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasureDeclaration:
    """A measure the rubric asks for; `lowest`/`highest` bound what is possible, outside is invalid."""

    name: str
    title: Text
    unit: str
    direction: Direction
    lowest: Decimal | None = None
    highest: Decimal | None = None
    computed: str | None = None  # its name in the registry of measures; None: facts only
    where: Where = field(default_factory=Where, compare=False)
    formula: Formula | None = None  # derived from other measures, never handed in
    categories: Mapping[str, Decimal] = field(default_factory=dict)  # words that stand for a value in facts


@dataclass(frozen=True, slots=True)
class DatedValue:
    """`since`: the first day (YYYY-MM-DD, or a year or month, which begin on their first day); None: from ever."""

    since: str | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the rubric that formulas and minima name; `by` is the profile attribute that holds the date."""

    name: str
    title: Text
    unit: str
    values: tuple[DatedValue, ...]  # ascending
    by: str | None = None
    where: Where = field(default_factory=Where, compare=False)


@dataclass(frozen=True, slots=True)
class CentreClassRule:
    """A class of facility; a mixed one weighs `share` of the first and the rest of the second class's weight."""

    id: str
    title: Text
    mixes: tuple[str, str] | None = None
    share: str | None = None  # profile attribute


@dataclass(frozen=True, slots=True)
class Classes:
    attribute: str  # profile attribute that names the class
    default: str | None
    classes: tuple[CentreClassRule, ...]

    def named(self, name: str) -> CentreClassRule:
        """Raises:
        KeyError: for a class the rubric does not have.
        """
        return {rule.id: rule for rule in self.classes}[name]


@dataclass(frozen=True, slots=True)
class Grade:
    id: str
    at_least: Decimal
    title: Text
    certificate: bool


@dataclass(frozen=True, slots=True)
class Grades:
    """Ascending; `pillar_margin`: every child of the root must reach the grade's line less this margin."""

    grades: tuple[Grade, ...]
    pillar_margin: Decimal | None

    def of(self, published: Decimal) -> Grade:
        return next(grade for grade in reversed(self.grades) if published >= grade.at_least)

    def rank(self, grade: str) -> int:
        return [one.id for one in self.grades].index(grade)


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these shares of a pillar's weight it is not assessable."""

    default_points: Decimal
    default_share: Decimal | None
    not_applicable_share: Decimal | None


@dataclass(frozen=True, slots=True)
class Peers:
    """Facilities alike in these profile attributes form a peer group; its list is published from `at_least` members."""

    attributes: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class Variation:
    """What is varied, and by how much, to tell how firmly facilities stand in their ranks.

    Args:
        draws: how often everything is drawn anew.
        weight_spread: 0.20 lets every weight lie between 80 % and 120 % of the declared one.
        normalisations: each draw takes the declared curves or one of these, all at equal chance.
        aggregations: each draw combines the children of the root as declared or by one of these, all at equal chance.
        common_errors: measures that err together; all other errors are independent.
    """

    draws: int
    weight_spread: Decimal
    weight_distribution: Distribution
    normalisations: tuple[Normalisation, ...]
    aggregations: tuple[Aggregation, ...]
    common_errors: tuple[CommonError, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    title: Text
    url: str | None


@dataclass(frozen=True, slots=True)
class Other:
    """A facility beside the one of a case."""

    name: str
    profile: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example that belongs to the edition: facts in, expected figures out."""

    name: str
    title: Text | None
    profile: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]
    expect: Mapping[str, Any]
    where: Where = field(default_factory=Where, compare=False)
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a rubric; `digest` identifies its content as authored, `content` is that content."""

    rubric: str
    edition: str
    title: Text
    standing: Text
    summary: Text | None
    semantics: int
    decimals: int
    highest_points: Decimal
    levels: tuple[tuple[str, Text], ...]  # by depth, the root's first
    measures: Mapping[str, MeasureDeclaration]
    classes: Classes | None
    grades: Grades | None
    quality_caps: Mapping[Quality, Decimal]
    limits: Limits
    peers: Peers | None
    robustness: Variation
    tags: tuple[tuple[str, Text], ...]
    sources: Mapping[str, Source]
    root: Group
    cases: tuple[Case, ...]
    digest: str
    final: bool  # sealed by an EDITION file
    content: Mapping[str, Any]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lowest_points: Decimal = Decimal(0)
    level_decimals: Mapping[str, int] = field(default_factory=dict)  # levels whose points are rounded on the way up

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(node for node in self.root.walk() if isinstance(node, Indicator))

    def node(self, code: str) -> TreeNode:
        """Raises:
        KeyError: when the tree has no such code.
        """
        for node in self.root.walk():
            if node.code == code:
                return node
        raise KeyError(code)

    def level(self, depth: int) -> tuple[str, Text]:
        """Id and title of the level at a depth; deeper than declared: the last one's."""
        return self.levels[min(depth, len(self.levels) - 1)]
