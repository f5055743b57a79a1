"""What chance leaves alone: which nodes count for whom, what is missing, capped or set aside, as the facts have it.

Missing policies, rules of applicability and evidence caps are decided once, from the facts as they were handed in; only
values, weights and ways of reckoning are drawn. Here they are read off the walk of columns; `trees` reads them off
explained trees, where columns cannot follow a rubric.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assessment.scoring.chance.curves import DrawnCurve, drawn_curve
from assessment.scoring.chance.ruler import Ruler
from assessment.scoring.columns.appraisal import NOWHERE, Ending
from assessment.scoring.columns.guard_band import Rows
from assessment.scoring.columns.plan import GroupPlan, IndicatorPlan, MeasurePlan, MinimumPlan, NodePlan, Plan
from assessment.scoring.columns.population import Bools, Floats, Population
from assessment.scoring.columns.walk import Column, Walk
from indicators.rubric.curve import Curve
from indicators.rubric.model import Aggregation


@dataclass(frozen=True, slots=True)
class LaidMeasure:
    """One measure of one indicator for F facilities.

    Args:
        scored: F; it has points.
        values, errors: F; errors are standard deviations, 0 where nothing is drawn.
        points: F as the facts have them, evidence caps included; 0 where not scored.
        caps: F highest points.
        curve: None for a checklist.
    """

    name: str
    scored: Bools
    values: Floats
    errors: Floats
    points: Floats
    caps: Floats
    curve: DrawnCurve | None
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class LaidMinimum:
    """A mandatory line of size F or 1; `missed` by the facts, `applies` where a drawn value may miss it.

    Args:
        cap: position of the highest grade allowed.
    """

    line: Floats
    at_least: bool
    cap: int | None
    blocks: bool
    missed: Bools
    applies: Bools
    on_value: bool


@dataclass(frozen=True, slots=True)
class LaidIndicator:
    """One indicator for F facilities.

    Args:
        weight: of size F or 1, 0 where it does not count.
        settled: F points where no measure is scored: those of the missing policy, 0 for invalid evidence.
        decimals: points are rounded to these before they count; None: exact.
    """

    code: str
    weight: Floats
    measures: tuple[LaidMeasure, ...]
    settled: Floats
    minima: tuple[LaidMinimum, ...]
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class LaidGroup:
    """A group for F facilities; `weight` is 0 and `heard` false where a rule sets it aside with all that follows.

    Args:
        rescale: from its points to those it is known by, before they are rounded to `decimals`.
    """

    code: str
    weight: Floats
    heard: Bools
    aggregation: Aggregation
    children: tuple[LaidNode, ...]
    minima: tuple[LaidMinimum, ...]
    rescale: DrawnCurve | None = None
    decimals: int | None = None


LaidNode = LaidIndicator | LaidGroup


@dataclass(frozen=True, slots=True)
class Layout:
    """F facilities of one class, ready to be drawn."""

    ruler: Ruler
    facilities: tuple[str, ...]
    root: LaidGroup


def layout_of(plan: Plan, population: Population, columns: Rows, shares: Floats | None) -> Layout:
    """The given columns of a population; children stand in the order of their codes, not of the author."""
    recorder = _Recorder(plan, population, columns, len(columns), shares)
    recorder.group(plan.root, depth=0)
    root = recorder.laid(plan.root)
    assert isinstance(root, LaidGroup)  # noqa: S101 – so is the plan
    return Layout(Ruler.of(plan.edition), tuple(population.facilities[int(column)] for column in columns), root)


@dataclass
class _Found:
    columns: dict[int, Column] = field(default_factory=dict)
    away: dict[int, Bools] = field(default_factory=dict)


class _Recorder(Walk):
    """Walks as for scores and remembers on the way."""

    def __init__(self, plan: Plan, population: Population, columns: Rows, size: int, shares: Floats | None) -> None:
        super().__init__(plan, population, columns, size, None)
        # Weights of a mixed class need not be whole numbers here.
        self._parts = None if shares is None else (shares, 1 - shares)
        self._found = _Found()

    def _node(self, plan: NodePlan, *, depth: int) -> Column:
        column = super()._node(plan, depth=depth)
        self._found.columns[plan.position] = column
        return column

    def _set_aside(self, plan: GroupPlan, column: Column, away: Bools) -> None:
        self._found.away[plan.position] = away
        super()._set_aside(plan, column, away)

    # --- what was remembered ---------------------------------------------------------------------------------------

    def laid(self, plan: NodePlan) -> LaidNode:
        return self._laid_indicator(plan) if isinstance(plan, IndicatorPlan) else self._laid_group(plan)

    def _laid_group(self, plan: GroupPlan) -> LaidGroup:
        heard = ~self._found.away.get(plan.position, np.zeros(self.size, dtype=np.bool_))
        children = sorted((self.laid(child) for child in plan.children), key=lambda child: child.code)
        nothing = np.zeros(self.size, dtype=np.bool_)
        return LaidGroup(
            code=plan.group.code,
            weight=_sized(self._weight(plan.weighing), heard),
            heard=heard,
            aggregation=plan.group.aggregation,
            children=tuple(children),
            minima=tuple(_laid_minimum(rule, nothing, self._asked(rule), on_value=False) for rule in plan.minima),
        )

    def _laid_indicator(self, plan: IndicatorPlan) -> LaidIndicator:
        column = self._found.columns[plan.position]
        appraised = self.appraise(plan)
        applies = ~(appraised.ended(Ending.BY_RULE) | appraised.ended(Ending.APPROVED))
        kept = np.broadcast_to(~appraised.ended(Ending.BY_RULE), (self.size,))
        return LaidIndicator(
            code=plan.indicator.code,
            weight=_sized(self._weight(plan.weighing), np.broadcast_to(column.counts, (self.size,))),
            measures=tuple(
                self._laid_measure(plan, measure, *declared, kept)
                for measure, declared in zip(plan.measures, plan.indicator.curves, strict=False)
            ),
            settled=np.broadcast_to(column.points, (self.size,)),
            minima=tuple(
                _laid_minimum(
                    rule,
                    self.measured(plan, rule)[0] & self._asked(rule) & applies,
                    self._asked(rule) & np.broadcast_to(applies, (self.size,)),
                    on_value=rule.rule.item is None,
                )
                for rule in plan.minima
            ),
        )

    def _laid_measure(
        self, plan: IndicatorPlan, measure: MeasurePlan, name: str, declared: Curve, kept: Bools
    ) -> LaidMeasure:
        appraised = self._of_measure(plan, measure)
        scored = np.broadcast_to(appraised.ended(Ending.SCORED), (self.size,)) & kept
        curve = drawn_curve(declared)
        errors = self.population.errors
        own = np.zeros(self.size) if errors is None or measure.row is None else errors[measure.row, self.columns]
        return LaidMeasure(
            name=name,
            scored=scored,
            values=self.values(measure.row),
            errors=np.where(scored, own, 0.0) if curve is not None else np.zeros(self.size),
            points=np.zeros(self.size) if appraised.points is None else appraised.points,
            caps=self._caps(measure),
            curve=curve,
            lowest=measure.lowest,
            highest=measure.highest,
        )

    def _caps(self, measure: MeasurePlan) -> Floats:
        caps = np.full(self.size, np.inf)
        if measure.row is None:
            return caps
        if self.plan.quality_caps is not None and self.population.qualities is not None:
            caps = np.minimum(caps, self.plan.quality_caps[self.population.qualities[measure.row, self.columns]])
        if self.population.caps is not None:
            caps = np.minimum(caps, self.population.caps[measure.row, self.columns])
        return caps

    def _asked(self, rule: MinimumPlan) -> Bools:
        """Where the line is drawn at all."""
        if rule.rule.when is None:
            return np.ones(self.size, dtype=np.bool_)
        return self.decide(rule.rule.when)[0]


def _laid_minimum(rule: MinimumPlan, missed: Bools, applies: Bools, *, on_value: bool) -> LaidMinimum:
    line = np.array([float(rule.line)])
    return LaidMinimum(line, rule.at_least, rule.cap, rule.blocks, missed, applies, on_value)


def _sized(weight: Any, counts: Any) -> Floats:
    """A weight for each facility, or one for all where it counts everywhere."""
    if counts is NOWHERE:
        return np.zeros(1)
    everywhere = bool(np.all(counts))
    if everywhere:
        return np.atleast_1d(np.asarray(weight, dtype=np.float64))
    return np.where(counts, weight, 0.0)
