"""Indicators of a block of facilities, from measurements to points, before the missing policy speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.conditions import decide
from assessment.scoring.columns.curves import ChecklistColumns
from assessment.scoring.columns.guard_band import UNIT, Rows, Whole, common_multiple, power_of_ten
from assessment.scoring.columns.plan import IndicatorPlan, MeasurePlan, MinimumPlan, Plan
from assessment.scoring.columns.population import NO_CAP, Bools, Floats, Population, State
from indicators.rubric.condition import Condition

EVERYWHERE = np.True_
NOWHERE = np.False_
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
        chosen: position of the measure that counts, 0 its own, then the alternatives.
        unsure: where floats do not tell which one that is.
    """

    endings: NDArray[np.int8] | None
    points: Floats | None
    error: float
    multiples: Callable[[Rows], Whole]
    chosen: Any = 0
    unsure: Where = NOWHERE

    def ended(self, ending: Ending) -> Where:
        if self.endings is None:
            return EVERYWHERE if ending is Ending.SCORED else NOWHERE
        return self.endings == ending


class Appraiser:
    """What is known of the facilities of a block; `doubtful` are those only `exact` can tell."""

    def __init__(self, plan: Plan, population: Population, columns: slice | Rows, size: int) -> None:
        self.plan = plan
        self.population = population
        self.columns = columns
        self.size = size
        self.doubtful = np.zeros(size, dtype=np.bool_)
        self._rows = {measure: row for row, measure in enumerate(population.measures)}
        self._appraised: dict[str, Appraised] = {}

    def appraise(self, plan: IndicatorPlan) -> Appraised:
        code = plan.indicator.code
        if code not in self._appraised:
            found = self._of_measure(plan, plan.measures[0])
            for at, other in enumerate(plan.measures[1:], start=1):
                found = self._better(found, self._of_measure(plan, other), at)
            if plan.indicator.applies_when is not None:
                self._leave_out(found, self.decide(plan.indicator.applies_when)[1])
            self._appraised[code] = found
        return self._appraised[code]

    def _leave_out(self, found: Appraised, away: Bools) -> None:
        if not away.any():
            return
        endings = np.zeros(self.size, dtype=np.int8) if found.endings is None else found.endings
        found.endings = np.where(away, Ending.BY_RULE, endings).astype(np.int8)
        if found.points is not None:
            found.points = np.where(away, 0.0, found.points)

    def _better(self, main: Appraised, other: Appraised, at: int) -> Appraised:
        """The better-scored of two, the first when they are equal; how the first ended when neither is scored."""
        assert main.points is not None  # noqa: S101 – the plan asks for a curve beside alternatives
        assert other.points is not None  # noqa: S101 – an alternative has a curve
        first, second = main.ended(Ending.SCORED), other.ended(Ending.SCORED)
        error = max(main.error, other.error)
        rise = other.points - main.points
        endings = main.endings
        if endings is not None:
            endings = np.where(second, Ending.SCORED, endings).astype(np.int8)
        return Appraised(
            endings=endings,
            points=np.maximum(main.points, other.points),
            error=error,
            multiples=lambda rows: common_multiple(main.multiples(rows), other.multiples(rows)),
            chosen=np.where(second & (~first | (rise > 0)), at, main.chosen),
            unsure=main.unsure | (first & second & (np.abs(rise) <= 2 * error)),
        )

    def measured(self, plan: IndicatorPlan, minimum: MinimumPlan) -> tuple[Bools, Where]:
        """Where the value (or item) behind the points misses a line, and where it depends on a choice left open."""
        found = self.appraise(plan)
        missed = [self._missed(plan, minimum, at) for at in range(len(plan.measures))]
        if len(missed) == 1:
            return missed[0], NOWHERE
        by_choice = np.choose(np.broadcast_to(found.chosen, (self.size,)), missed)
        return by_choice, found.unsure & np.logical_or.reduce(missed) & ~np.logical_and.reduce(missed)

    def _missed(self, plan: IndicatorPlan, minimum: MinimumPlan, at: int) -> Bools:
        measure = plan.measures[at]
        if minimum.rule.item is not None:
            values, known = self.values(minimum.item_rows[at]), self.known(minimum.item_rows[at])
        elif isinstance(measure.curve, ChecklistColumns):
            values, known = self._checklist_value(measure, measure.curve)
        else:
            values, known = self.values(measure.row), self.known(measure.row)
        line = float(minimum.line)
        missed: Bools = (values < line if minimum.at_least else values > line) & known
        return missed

    def _of_measure(self, plan: IndicatorPlan, measure: MeasurePlan) -> Appraised:
        """Curve and caps of one measure; 0 points where it is not scored."""
        values, states = self.values(measure.row), self.states(measure.row)
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
            own, here = self.values(row), self.known(row)
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
        of_caps: list[Callable[[Rows], Whole]] = []
        population = self.population
        by_curve = points
        if points is not None and measure.row is not None:
            if self.plan.quality_caps is not None and population.qualities is not None:
                caps = self.plan.quality_caps[population.qualities[measure.row, self.columns]]
                points = np.minimum(points, caps if uncapped is NOWHERE else np.where(uncapped, NO_CAP, caps))
                whole = np.int64(self.plan.quality_decimals)
                of_caps.append(lambda rows: np.full(len(rows), whole, dtype=np.int64))
                error += UNIT * float(points.max(initial=0.0))
            if population.caps is not None and (own := population.caps[measure.row, self.columns]).min() < NO_CAP:
                points = np.minimum(points, own if uncapped is NOWHERE else np.where(uncapped, NO_CAP, own))
                of_caps.append(lambda rows: power_of_ten(np.where(own[rows] == NO_CAP, 0.0, own[rows])))
                error += UNIT * float(points.max(initial=0.0))
        capped = points
        if points is not None and endings is not None:
            points = np.where(endings == Ending.SCORED, points, 0.0)

        def common(rows: Rows) -> Whole:
            found = np.ones(len(rows), dtype=np.int64)
            for each in of_caps:
                found = common_multiple(found, each(rows))
            either = common_multiple(found, multiples(rows))
            if of_caps and by_curve is not None and capped is not None:
                # Where a cap is surely below the curve, the figure is the cap, whatever fraction the curve gives.
                either = np.where(by_curve[rows] > capped[rows] + 4 * error, found, either)
            return either if endings is None else np.where(endings[rows] == Ending.SCORED, either, 1)

        return Appraised(endings, points, error, common)

    def _checklist_value(self, measure: MeasurePlan, curve: ChecklistColumns) -> tuple[Floats, Where]:
        """The value handed in, or the count of the items; an odd item makes the count's float worthless."""
        values, known = self.values(measure.row), self.known(measure.row)
        states = self.states(measure.row)
        if states is None:
            return values, known
        absent = states == State.ABSENT
        counted, given, odd = np.zeros(self.size), np.zeros(self.size, dtype=np.bool_), NOWHERE
        for item in curve.items:
            row = measure.item_rows.get(item)
            own, here = self.values(row), self.known(row)
            counted += np.where(here, own, 0.0)
            given |= here
            odd = odd | (here & (own != np.rint(own)))
        self.doubtful |= absent & odd
        return np.where(absent, counted, values), known | (absent & given)

    # --- what is known ---------------------------------------------------------------------------------------------

    def values(self, row: int | None) -> Floats:
        return np.zeros(self.size) if row is None else self.population.values[row, self.columns]

    def states(self, row: int | None) -> NDArray[np.int8] | None:
        """None: all scored."""
        if row is None:
            return np.full(self.size, State.ABSENT, dtype=np.int8)
        states = self.population.states[row, self.columns]
        return states if states.any() else None

    def known(self, row: int | None) -> Where:
        states = self.states(row)
        return EVERYWHERE if states is None else (states == State.SCORED) | (states == State.OTHER_UNIT)

    def decide(self, condition: Condition) -> tuple[Bools, Bools]:
        answer = decide(condition, size=self.size, measured=self._measured, attributed=self._attributed)
        return answer.yes, answer.no

    def _measured(self, name: str) -> tuple[Floats, Bools]:
        row = self._rows.get(name)
        return self.values(row), np.broadcast_to(self.known(row), (self.size,))

    def _attributed(self, name: str) -> tuple[tuple[Any, ...], Any] | None:
        found = self.population.attributes.get(name)
        return None if found is None else (found.values, found.codes[self.columns])


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


def _ones(rows: Rows) -> Whole:
    return np.ones(len(rows), dtype=np.int64)
