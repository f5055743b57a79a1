"""One block of facilities of one class, walked node by node: the same rules as `exact`, for whole columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.aggregate_columns import Bound, Share, aggregated
from assessment.scoring.batch_plan import (
    GroupPlan,
    IndicatorPlan,
    MeasurePlan,
    MinimumPlan,
    NodePlan,
    Plan,
    Weighing,
)
from assessment.scoring.condition_columns import decide
from assessment.scoring.curve_columns import ChecklistColumns
from assessment.scoring.guard_band import (
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
from assessment.scoring.population import NO_CAP, Bools, Floats, Population, State
from indicators.rubric.condition import Condition
from indicators.rubric.model import Aggregate, Missing

NONE = np.iinfo(np.int64).min
EVERYWHERE = np.True_
NOWHERE = np.False_
SHARE_ERROR = 1024 * UNIT
MOST_PARTS = 10**6  # of a class share, so that mixed weights stay whole numbers a double holds
Where = Any  # a column of truth values, or one for all


class Ending(IntEnum):
    """How an appraisal ended, as `exact` tells them apart."""

    SCORED = 0
    MISSING = 1  # no evidence, or not assessable: the missing policy speaks
    BY_RULE = 2  # not applicable by a rule
    APPROVED = 3  # not applicable by somebody's approval
    INVALID = 4


@dataclass(slots=True)
class Appraised:
    """One indicator before its missing policy.

    Args:
        endings: codes of `Ending`; None: all scored.
        points: 0 where not scored; None for a display indicator without curve.
        multiples: of the denominators of the points, for some rows.
    """

    endings: NDArray[np.int8] | None
    points: Floats | None
    error: float
    multiples: Callable[[Rows], Whole]

    def ended(self, ending: Ending) -> Where:
        if self.endings is None:
            return EVERYWHERE if ending is Ending.SCORED else NOWHERE
        return self.endings == ending


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
    units: NDArray[np.int64] | None = None


class Walk:
    """Walks a plan; `published` and `doubtful` are the outcome."""

    def __init__(
        self, plan: Plan, population: Population, columns: slice | Rows, size: int, shares: Floats | None
    ) -> None:
        self.plan = plan
        self.population = population
        self.columns = columns
        self.size = size
        self.published: dict[int, NDArray[np.int64]] = {}
        self.doubtful = np.zeros(size, dtype=np.bool_)
        self._appraised: dict[str, Appraised] = {}
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
            self._set_aside(plan, column, self._decide(condition)[1])
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
        if column.units is not None:
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
            total = np.where(counts, total, 1.0)
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
        appraised = self._appraise(plan)
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
                stopped = missing
                for code in indicator.missing.unless_scored:
                    other = self.plan.by_code.get(code)
                    if other is not None:
                        stopped = stopped & ~self._appraise(other).ended(Ending.SCORED)
                column.stops = stopped
                column.blocks = stopped
        column.counts = ~away if away.any() else EVERYWHERE
        column.has_points = column.counts & ~column.stops

    def _appraise(self, plan: IndicatorPlan) -> Appraised:
        code = plan.indicator.code
        if code not in self._appraised:
            found = self._of_measure(plan, plan.measures[0])
            for other in plan.measures[1:]:
                found = self._better(found, self._of_measure(plan, other))
            if plan.indicator.applies_when is not None:
                self._leave_out(found, self._decide(plan.indicator.applies_when)[1])
            self._appraised[code] = found
        return self._appraised[code]

    def _leave_out(self, found: Appraised, away: Bools) -> None:
        if not away.any():
            return
        endings = np.zeros(self.size, dtype=np.int8) if found.endings is None else found.endings
        found.endings = np.where(away, Ending.BY_RULE, endings).astype(np.int8)
        if found.points is not None:
            found.points = np.where(away, 0.0, found.points)

    def _better(self, main: Appraised, other: Appraised) -> Appraised:
        """The better-scored of two; how the first ended when neither is scored."""
        assert main.points is not None  # noqa: S101 – the plan asks for a curve beside alternatives
        assert other.points is not None  # noqa: S101
        endings = main.endings
        if endings is not None:
            endings = np.where(other.ended(Ending.SCORED), Ending.SCORED, endings).astype(np.int8)
        return Appraised(
            endings=endings,
            points=np.maximum(main.points, other.points),
            error=max(main.error, other.error),
            multiples=lambda rows: common_multiple(main.multiples(rows), other.multiples(rows)),
        )

    def _of_measure(self, plan: IndicatorPlan, measure: MeasurePlan) -> Appraised:
        """Curve and caps of one measure; 0 points where it is not scored."""
        values, states = self._values(measure.row), self._states(measure.row)
        if isinstance(measure.curve, ChecklistColumns):
            return self._of_checklist(plan, measure, measure.curve, values, states)
        endings = None if states is None else self._endings(plan, measure, states)
        invalid = self._impossible(measure, values)
        points: Floats | None = None
        error = 0.0
        if measure.curve is not None:
            points, unknown = measure.curve.points(values)
            error = measure.curve.error
            if unknown is not None:
                invalid = unknown if invalid is None else invalid | unknown
        endings = _spoilt(endings, invalid, self.size)
        curve = measure.curve
        multiples = (lambda rows: curve.multiples(values[rows])) if curve is not None else _ones
        return self._capped(measure, endings, points, error, multiples)

    def _of_checklist(
        self,
        plan: IndicatorPlan,
        measure: MeasurePlan,
        curve: ChecklistColumns,
        values: Floats,
        states: NDArray[np.int8] | None,
    ) -> Appraised:
        """Items met; where the measure itself was not handed in, its value is the count of the items."""
        endings = None if states is None else self._endings(plan, measure, states)
        absent = NOWHERE if states is None else states == State.ABSENT
        met, given, odd = [], np.zeros(self.size, dtype=np.bool_), np.zeros(self.size, dtype=np.bool_)
        counted = np.zeros(self.size)
        for item in curve.items:
            row = measure.item_rows.get(item)
            own, here = self._values(row), self._known(row)
            met.append(here & (own == 1))
            given |= here
            odd |= here & (own != 0) & (own != 1)
            counted += np.where(here, own, 0.0)
        from_items = absent & given
        if endings is not None:
            endings = np.where(from_items, Ending.SCORED, endings).astype(np.int8)
        invalid = odd | ~given
        impossible = self._impossible(measure, np.where(from_items, counted, values))
        endings = _spoilt(endings, invalid if impossible is None else invalid | impossible, self.size)
        multiple = np.int64(curve.multiple)
        return self._capped(
            measure,
            endings,
            curve.points(met),
            curve.error,
            lambda rows: np.full(len(rows), multiple, dtype=np.int64),
            uncapped=from_items,
        )

    def _endings(self, plan: IndicatorPlan, measure: MeasurePlan, states: NDArray[np.int8]) -> NDArray[np.int8]:
        endings = _ENDING_OF[states]
        if plan.reasons and measure.row is not None and self.population.reasons is not None:
            named = np.array([code in plan.reasons for code in self.population.reason_codes])
            ruled = named[self.population.reasons[measure.row, self.columns]]
            endings[ruled & (endings == Ending.APPROVED)] = Ending.BY_RULE
        return endings

    def _impossible(self, measure: MeasurePlan, values: Floats) -> Bools | None:
        found = None if measure.lowest is None else values < measure.lowest
        if measure.highest is not None:
            too_high = values > measure.highest
            found = too_high if found is None else found | too_high
        return found

    def _capped(
        self,
        measure: MeasurePlan,
        endings: NDArray[np.int8] | None,
        points: Floats | None,
        error: float,
        multiples: Callable[[Rows], Whole],
        *,
        uncapped: Where = NOWHERE,
    ) -> Appraised:
        """Evidence grade and place of measurement cap the points; so that 0 stands where nothing is scored."""
        decimals: list[Callable[[Rows], Whole]] = [multiples]
        population = self.population
        if points is not None and measure.row is not None:
            if self.plan.quality_caps is not None and population.qualities is not None:
                caps = self.plan.quality_caps[population.qualities[measure.row, self.columns]]
                points = np.minimum(points, np.where(uncapped, NO_CAP, caps))
                whole = np.int64(self.plan.quality_decimals)
                decimals.append(lambda rows: np.full(len(rows), whole, dtype=np.int64))
                error += UNIT * float(points.max(initial=0.0))
            if population.caps is not None:
                own = population.caps[measure.row, self.columns]
                if (own != NO_CAP).any():
                    points = np.minimum(points, np.where(uncapped, NO_CAP, own))
                    decimals.append(lambda rows: power_of_ten(np.where(own[rows] == NO_CAP, 0.0, own[rows])))
                    error += UNIT * float(points.max(initial=0.0))
        if points is not None and endings is not None:
            points = np.where(endings == Ending.SCORED, points, 0.0)

        def common(rows: Rows) -> Whole:
            found = np.ones(len(rows), dtype=np.int64)
            for each in decimals:
                found = common_multiple(found, each(rows))
            return found if endings is None else np.where(endings[rows] == Ending.SCORED, found, 1)

        return Appraised(endings, points, error, common)

    # --- what is known ---------------------------------------------------------------------------------------------

    def _values(self, row: int | None) -> Floats:
        return np.zeros(self.size) if row is None else self.population.values[row, self.columns]

    def _states(self, row: int | None) -> NDArray[np.int8] | None:
        """None: all scored."""
        if row is None:
            return np.full(self.size, State.ABSENT, dtype=np.int8)
        states = self.population.states[row, self.columns]
        return states if states.any() else None

    def _known(self, row: int | None) -> Where:
        states = self._states(row)
        return EVERYWHERE if states is None else (states == State.SCORED) | (states == State.OTHER_UNIT)

    def _decide(self, condition: Condition) -> tuple[Bools, Bools]:
        answer = decide(condition, size=self.size, measured=self._measured, attributed=self._attributed)
        return answer.yes, answer.no

    def _measured(self, name: str) -> tuple[Floats, Bools]:
        row = self.population.measures.index(name) if name in self.population.measures else None
        return self._values(row), np.broadcast_to(self._known(row), (self.size,))

    def _attributed(self, name: str) -> tuple[tuple[Any, ...], Any] | None:
        found = self.population.attributes.get(name)
        return None if found is None else (found.values, found.codes[self.columns])

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
        row = minimum.item_row if minimum.rule.item is not None else plan.measures[0].row
        values, known = self._values(row), self._known(row)
        if minimum.rule.item is None and isinstance(plan.measures[0].curve, ChecklistColumns):
            values, known = self._checklist_value(plan.measures[0], plan.measures[0].curve)
        line = float(minimum.line)
        missed = (values < line if minimum.at_least else values > line) & known & applies
        self._consequence(minimum, column, missed)

    def _checklist_value(self, measure: MeasurePlan, curve: ChecklistColumns) -> tuple[Floats, Where]:
        """The value handed in, or the count of the items; an odd item makes the count's float worthless."""
        values, known = self._values(measure.row), self._known(measure.row)
        states = self._states(measure.row)
        if states is None:
            return values, known
        absent = states == State.ABSENT
        counted, given, odd = np.zeros(self.size), np.zeros(self.size, dtype=np.bool_), NOWHERE
        for item in curve.items:
            row = measure.item_rows.get(item)
            own, here = self._values(row), self._known(row)
            counted += np.where(here, own, 0.0)
            given |= here
            odd = odd | (here & (own != np.rint(own)))
        self.doubtful |= absent & odd
        return np.where(absent, counted, values), known | (absent & given)

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
            missed = missed & self._decide(minimum.rule.when)[0]
        if minimum.blocks:
            column.blocks = column.blocks | missed
        elif minimum.cap is not None:
            column.cap = np.where(missed, np.minimum(column.cap, minimum.cap), column.cap)

    def grades(self, total: Column) -> NDArray[np.int64]:
        """Positions of the grades: read off the published total, the weakest pillar and the caps."""
        assert total.units is not None  # noqa: S101 – the root is published
        reached = np.searchsorted(self.plan.grade_lines, total.units, side="right") - 1
        if self.plan.pillar_lines is not None:
            for pillar in self._pillars:
                assert pillar.units is not None  # noqa: S101
                allowed = np.maximum(np.searchsorted(self.plan.pillar_lines, pillar.units, side="right") - 1, 0)
                reached = np.where(pillar.counts & pillar.has_points, np.minimum(reached, allowed), reached)
        grades: Whole = np.minimum(reached, total.cap)
        return grades


_ENDING_OF = np.zeros(len(State), dtype=np.int8)
_ENDING_OF[State.NO_EVIDENCE] = _ENDING_OF[State.NOT_ASSESSABLE] = _ENDING_OF[State.ABSENT] = Ending.MISSING
_ENDING_OF[State.NOT_APPLICABLE] = Ending.APPROVED
_ENDING_OF[State.INVALID] = _ENDING_OF[State.OTHER_UNIT] = Ending.INVALID


def _spoilt(endings: NDArray[np.int8] | None, invalid: Where | None, size: int) -> NDArray[np.int8] | None:
    """Scored values that are impossible or not on the scale are invalid."""
    if invalid is None or not invalid.any():
        return endings
    if endings is None:
        endings = np.zeros(size, dtype=np.int8)
    return np.where(invalid & (endings == Ending.SCORED), Ending.INVALID, endings).astype(np.int8)


def _at(total: Any, rows: Rows) -> Whole:
    column: Floats = total[rows] if isinstance(total, np.ndarray) else np.full(len(rows), total)
    whole: Whole = column.astype(np.int64)
    return whole


def _ones(rows: Rows) -> Whole:
    return np.ones(len(rows), dtype=np.int64)
