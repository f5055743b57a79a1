"""One block of facilities of one class, walked node by node: the same rules as `exact`, for whole columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.aggregate import Bound, Share, aggregated
from assessment.scoring.columns.appraisal import EVERYWHERE, NOWHERE, Appraised, Appraiser, Ending, Where
from assessment.scoring.columns.guard_band import (
    UNIT,
    UNKNOWN,
    Rows,
    Whole,
    below,
    bounded,
    common_multiple,
    half_up,
    on_the_tie,
    power_of_ten,
    product,
)
from assessment.scoring.columns.plan import GroupPlan, IndicatorPlan, MinimumPlan, NodePlan, Plan, Weighing
from assessment.scoring.columns.population import Bools, Floats, Population
from indicators.rubric.model import Aggregate, Invalid, Missing

NONE = np.iinfo(np.int64).min  # in place of published points where a node has none
SHARE_ERROR = 1024 * UNIT
MOST_PARTS = 10**6  # of a class share, so that mixed weights stay whole numbers a double holds


@dataclass(slots=True)
class Column:
    """A node of all facilities of the block.

    Args:
        points: 0 where there are none.
        counts: where it takes part in its parent.
        stops: where an indispensable part is missing.
        has_points: where a figure is published.
        defaulted: share of the points that rests on conservative defaults.
        approved: share of the nominal weight set aside by approval.
        blocks: where a consequence blocks.
        cap: the highest grade its consequences allow, as a position.
        multiples: of the denominators of the exact points, for some rows.
        divisors: of the denominators of the share of defaults, for some rows.
        units: the published figures, once they are.
    """

    points: Floats
    error: Bound
    counts: Where
    stops: Where
    has_points: Where
    defaulted: Any
    approved: Any
    blocks: Where
    cap: Any
    multiples: Callable[[Rows], Whole]
    divisors: Callable[[Rows], Whole]
    units: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class Walk(Appraiser):
    """Walks a plan; `published` (by position) and `doubtful` are the outcome."""

    def __init__(
        self, plan: Plan, population: Population, columns: slice | Rows, size: int, shares: Floats | None
    ) -> None:
        super().__init__(plan, population, columns, size)
        self.published: dict[int, NDArray[np.int64]] = {}
        self._top = len(plan.grade_lines)
        self._parts: tuple[Floats, Floats] | None = None
        if shares is not None:
            tens = power_of_ten(shares)
            odd = (tens == UNKNOWN) | (tens > MOST_PARTS)
            self.doubtful |= odd
            parts = np.where(odd, 2, tens).astype(np.float64)
            first = np.where(odd, 1.0, np.rint(shares * parts))
            self._parts = first, parts - first

    # --- groups ----------------------------------------------------------------------------------------------------

    def group(self, plan: GroupPlan, *, depth: int) -> Column:
        children = [(child, self._node(child, depth=depth + 1)) for child in plan.children]
        column = self._aggregated(plan, children)
        if depth == 1:
            self._within_limits(plan, column)
        self._publish(plan.position, column)
        if plan.minima:
            for minimum in plan.minima:
                self._group_minimum(minimum, column)
        if depth == 0:
            self._pillars = [column for _, column in children]
        return column

    def _node(self, plan: NodePlan, *, depth: int) -> Column:
        if isinstance(plan, IndicatorPlan):
            return self._indicator(plan)
        condition = plan.group.applies_when
        column = self.group(plan, depth=depth)
        if condition is not None:
            self._set_aside(plan, column, self.decide(condition)[1])
        return column

    def _set_aside(self, plan: GroupPlan, column: Column, away: Bools) -> None:
        """A group that does not apply leaves no trace but the figures below it."""
        if not away.any():
            return
        column.counts = column.counts & ~away
        column.stops = column.stops & ~away
        column.has_points = column.has_points & ~away
        column.defaulted = column.defaulted * ~away
        column.approved = column.approved * ~away
        column.blocks = column.blocks & ~away
        column.cap = np.where(away, self._top, column.cap)
        column.units[away] = NONE

    def _aggregated(self, plan: GroupPlan, children: list[tuple[NodePlan, Column]]) -> Column:
        weighed = [(self._weight(child.weighing), column) for child, column in children]
        everywhere = [column.counts is EVERYWHERE for _, column in weighed]
        counting = [(weight, column) for weight, column in weighed if column.counts is not NOWHERE]
        total: Any = 0.0
        for weight, column in counting:
            total = total + (weight if column.counts is EVERYWHERE else weight * column.counts)
        counts: Where = EVERYWHERE if any(everywhere) else NOWHERE
        stops: Where = NOWHERE
        blocks: Where = NOWHERE
        cap: Any = self._top
        for _, column in weighed:
            counts = counts | column.counts
            stops = stops | (column.stops & column.counts)
            blocks = blocks | column.blocks
            cap = np.minimum(cap, column.cap)
        if not any(everywhere):
            total = np.where(counts, total, 1.0) if isinstance(counts, np.ndarray) else 1.0
        points: Floats = np.zeros(self.size)
        error: Bound = 0.0
        if counting:
            shares = [
                Share(weight, column.points, column.error, None if column.counts is EVERYWHERE else column.counts)
                for weight, column in counting
            ]
            points, error = aggregated(plan.group.aggregation, shares, total)
            if isinstance(counts, np.ndarray):
                points = np.where(counts, points, 0.0)
                error = error if isinstance(error, float) else np.where(counts, error, 0.0)
        has_points = counts & ~stops
        return Column(
            points=points,
            error=error,
            counts=counts,
            stops=stops,
            has_points=has_points,
            defaulted=self._share(counting, total, lambda column: column.defaulted, counted=True),
            approved=self._approved(weighed),
            blocks=blocks,
            cap=cap,
            multiples=lambda rows: self._multiples(plan, counting, total, rows),
            divisors=lambda rows: self._divisors(counting, total, rows),
        )

    def _share(
        self, weighed: list[tuple[Any, Column]], total: Any, of: Callable[[Column], Any], *, counted: bool
    ) -> Any:
        found: Any = 0.0
        for weight, column in weighed:
            part = of(column)
            if isinstance(part, float) and part == 0.0:
                continue
            found = found + part * weight * (column.counts if counted else 1.0)
        return found if isinstance(found, float) and found == 0.0 else found / total

    def _approved(self, weighed: list[tuple[Any, Column]]) -> Any:
        nominal: Any = 0.0
        for weight, _ in weighed:
            nominal = nominal + weight
        if isinstance(nominal, float) and nominal == 0:
            return 0.0
        return self._share(weighed, nominal, lambda column: column.approved, counted=False)

    def _weight(self, weighing: Weighing) -> Any:
        if not weighing.mixed or self._parts is None:
            return float(weighing.first)
        first, second = self._parts
        return weighing.first * first + weighing.second * second

    def _multiples(self, plan: GroupPlan, counting: list[tuple[Any, Column]], total: Any, rows: Rows) -> Whole:
        """Denominators of Σw·s ÷ Σw divide those of the children times Σw; elsewhere points are not such fractions."""
        rule = plan.group.aggregation
        if rule.kind not in (Aggregate.ARITHMETIC, Aggregate.MINIMUM):
            return np.full(len(rows), UNKNOWN, dtype=np.int64)
        common = np.full(len(rows), bounded(Fraction(rule.floor or 0).denominator), dtype=np.int64)
        for _, column in counting:
            own = column.multiples(rows)
            if isinstance(column.counts, np.ndarray):
                own = np.where(column.counts[rows], own, 1)
            common = common_multiple(common, own)
        return common if rule.kind is Aggregate.MINIMUM else product(common, _at(total, rows))

    def _divisors(self, counting: list[tuple[Any, Column]], total: Any, rows: Rows) -> Whole:
        common = np.ones(len(rows), dtype=np.int64)
        for _, column in counting:
            own = column.divisors(rows)
            if isinstance(column.counts, np.ndarray):
                own = np.where(column.counts[rows], own, 1)
            common = common_multiple(common, own)
        return product(common, _at(total, rows))

    def _within_limits(self, plan: GroupPlan, column: Column) -> None:
        """A pillar that rests too much on defaults or approvals is not assessable."""
        limits = self.plan.edition.limits
        for share, most in (
            (column.defaulted, limits.default_share),
            (column.approved, limits.not_applicable_share),
        ):
            if most is None or (isinstance(share, float) and share == 0.0):
                continue
            of_all = np.broadcast_to(share, (self.size,))
            line = Fraction(most)
            _, above, near = below(of_all, SHARE_ERROR, line, None)
            rows = np.flatnonzero(near)
            if len(rows):
                exact = share is column.defaulted
                multiples = column.divisors(rows) if exact else self._nominal(plan, rows)
                _, above_here, open_here = below(of_all[rows], SHARE_ERROR, line, multiples)
                above = above.copy()
                above[rows] = above_here
                self.doubtful[rows[open_here]] = True
            if above.any():
                column.counts = column.counts | above
                column.stops = column.stops | above
                column.has_points = column.has_points & ~above
                column.blocks = column.blocks | above

    def _nominal(self, plan: GroupPlan, rows: Rows) -> Whole:
        """A multiple of the denominators of the share of nominal weight."""
        total: Any = 0.0
        common = np.ones(len(rows), dtype=np.int64)
        for child in plan.children:
            total = total + self._weight(child.weighing)
            if isinstance(child, GroupPlan):
                common = common_multiple(common, self._nominal(child, rows))
        return product(common, np.maximum(_at(total, rows), 1))

    # --- indicators ------------------------------------------------------------------------------------------------

    def _indicator(self, plan: IndicatorPlan) -> Column:
        appraised = self.appraise(plan)
        indicator = plan.indicator
        scored, missing = appraised.ended(Ending.SCORED), appraised.ended(Ending.MISSING)
        points = appraised.points if appraised.points is not None else np.zeros(self.size)
        column = Column(
            points=points,
            error=appraised.error,
            counts=NOWHERE,
            stops=NOWHERE,
            has_points=NOWHERE if appraised.points is None else scored,
            defaulted=0.0,
            approved=0.0,
            blocks=NOWHERE,
            cap=self._top,
            multiples=appraised.multiples,
            divisors=lambda rows: np.ones(len(rows), dtype=np.int64),
        )
        if not indicator.display:
            self._settle(plan, appraised, column, missing)
        self._publish(plan.position, column)
        if plan.minima:
            applies = ~(appraised.ended(Ending.BY_RULE) | appraised.ended(Ending.APPROVED))
            for minimum in plan.minima:
                self._indicator_minimum(plan, minimum, column, applies)
        return column

    def _settle(self, plan: IndicatorPlan, appraised: Appraised, column: Column, missing: Where) -> None:
        """Apply the missing policy."""
        if appraised.endings is None:
            column.counts = EVERYWHERE
            return
        indicator = plan.indicator
        away = appraised.ended(Ending.BY_RULE) | appraised.ended(Ending.APPROVED)
        approved = appraised.ended(Ending.APPROVED)
        column.approved = approved.astype(np.float64) if approved.any() else 0.0
        match indicator.missing.policy:
            case Missing.DEFAULT:
                if missing.any():
                    default = float(plan.default)
                    column.points = np.where(missing, default, column.points)
                    column.error = column.error + UNIT * default
                    column.defaulted = missing.astype(np.float64)
                    inner, decimals = column.multiples, bounded(plan.default.denominator)
                    column.multiples = lambda rows: common_multiple(
                        np.where(missing[rows], 1, inner(rows)), np.full(len(rows), decimals, dtype=np.int64)
                    )
            case Missing.EXCLUDE:
                away = away | missing
            case Missing.BLOCK:
                self._stop(plan, column, missing)
        if indicator.invalid is Invalid.BLOCK:
            self._stop(plan, column, appraised.ended(Ending.INVALID))
        column.counts = ~away if away.any() else EVERYWHERE
        column.has_points = column.counts & ~column.stops

    def _stop(self, plan: IndicatorPlan, column: Column, where: Where) -> None:
        """Nothing above has points, unless one of the named indicators is scored."""
        for code in plan.indicator.missing.unless_scored:
            other = self.plan.by_code.get(code)
            if other is not None:
                where = where & ~self.appraise(other).ended(Ending.SCORED)
        column.stops = column.stops | where
        column.blocks = column.blocks | where

    # --- figures, lines, grades ------------------------------------------------------------------------------------

    def _publish(self, position: int, column: Column) -> None:
        units, open_rows = half_up(column.points, column.error, self.plan.scale)
        whole = units.astype(np.int64)
        if isinstance(column.has_points, np.ndarray):
            whole[~column.has_points] = NONE
            open_rows = open_rows[column.has_points[open_rows]]
        elif not column.has_points:
            whole[:] = NONE
            open_rows = open_rows[:0]
        if len(open_rows):
            error = column.error if isinstance(column.error, float) else column.error[open_rows]
            tied = on_the_tie(column.points[open_rows], error, self.plan.scale, column.multiples(open_rows))
            middle = np.rint(column.points[open_rows[tied]] * self.plan.scale + 0.5)
            whole[open_rows[tied]] = middle.astype(np.int64)
            self.doubtful[open_rows[~tied]] = True
        column.units = whole
        self.published[position] = whole

    def _indicator_minimum(self, plan: IndicatorPlan, minimum: MinimumPlan, column: Column, applies: Where) -> None:
        """A line on the measured value, or on one item; what was not measured is not missed."""
        missed, unsure = self.measured(plan, minimum)
        self.doubtful |= unsure & applies
        self._consequence(minimum, column, missed & applies)

    def _group_minimum(self, minimum: MinimumPlan, column: Column) -> None:
        """A line on a group's exact points."""
        under, over, near = below(column.points, column.error, minimum.line, None)
        missed = under if minimum.at_least else over
        rows = np.flatnonzero(near & column.has_points)
        if len(rows):
            error = column.error if isinstance(column.error, float) else column.error[rows]
            under, over, open_here = below(column.points[rows], error, minimum.line, column.multiples(rows))
            missed = missed.copy()
            missed[rows] = under if minimum.at_least else over
            self.doubtful[rows[open_here]] = True
        self._consequence(minimum, column, missed & column.has_points)

    def _consequence(self, minimum: MinimumPlan, column: Column, missed: Bools) -> None:
        if minimum.rule.when is not None:
            missed = missed & self.decide(minimum.rule.when)[0]
        if minimum.blocks:
            column.blocks = column.blocks | missed
        elif minimum.cap is not None:
            column.cap = np.where(missed, np.minimum(column.cap, minimum.cap), column.cap)

    def grades(self, total: Column) -> NDArray[np.int64]:
        """Positions of the grades: read off the published total, the weakest pillar and the caps."""
        reached = np.searchsorted(self.plan.grade_lines, total.units, side="right") - 1
        if self.plan.pillar_lines is not None:
            for pillar in self._pillars:
                allowed = np.maximum(np.searchsorted(self.plan.pillar_lines, pillar.units, side="right") - 1, 0)
                reached = np.where(pillar.counts & pillar.has_points, np.minimum(reached, allowed), reached)
        grades: Whole = np.minimum(reached, total.cap)
        return grades


def _at(total: Any, rows: Rows) -> Whole:
    column: Floats = total[rows] if isinstance(total, np.ndarray) else np.full(len(rows), total)
    whole: Whole = column.astype(np.int64)
    return whole
