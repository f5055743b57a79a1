"""What would lift a centre one grade: the smallest changes that do, each scored again by the defining engine.

First what stands in the way (blocks, caps) is named and, where a better value clears it, cleared. Then the lines of
points the next grade asks for (the total, every pillar's floor, mandatory lines of groups) are read backwards through
the tree and through the curves: for one indicator at a time, and for the cheapest combination (`plan`). Only what
reaches the grade when `exact` scores it is offered. Advice looks at figures alone; whether a change is wise, only
people know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from assessment.scoring.explain.inverse import NotInvertible
from assessment.scoring.explain.levers import Lever
from assessment.scoring.explain.needed import Points
from assessment.scoring.explain.obstacles import Obstacle, obstacles
from assessment.scoring.explain.plan import cheapest
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.steps import Step, merged, taken
from assessment.scoring.result import Node, Result
from core.errors import UserFacingError
from core.text import Text
from indicators.rubric.model import Grade, Indicator

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Steps that together reach the grade, and what the facility then has.

    Args:
        steps: the obstacles' first, if any.
        score, grade: published, of the facility scored again with the steps taken.
    """

    steps: tuple[Step, ...]
    score: Decimal
    grade: str

    @property
    def cost(self) -> Fraction:
        return sum((step.cost for step in self.steps), Fraction(0))


@dataclass(frozen=True, slots=True)
class Advice:
    """The way to the next grade.

    Args:
        target: None where there is none above, or the rubric has no grades; `reason` says so.
        line: published points the total must have.
        obstacles: what holds the facility back whatever its points, said first.
        single: one indicator each (besides what clears obstacles), the cheapest first.
        combination: the cheapest found over several indicators; None where a single step is as cheap.
        at_most: score and grade with every indicator at its best, where the target is out of reach.
        unsolved: indicators whose curves cannot be read backwards, with the reason.
        reason: why nothing is offered.
    """

    target: Grade | None
    line: Decimal | None = None
    obstacles: tuple[Obstacle, ...] = ()
    single: tuple[Suggestion, ...] = ()
    combination: Suggestion | None = None
    at_most: tuple[Decimal | None, str | None] | None = None
    unsolved: tuple[tuple[str, Text], ...] = ()
    reason: Text | None = None


def advise(situation: Situation, result: Result, *, shown: int = SHOWN) -> Advice:
    """The smallest changes that reach the grade above the present one; for a blocked facility, any grade.

    Args:
        result: of the situation.
        shown: single suggestions at most.
    """
    grades = situation.edition.grades
    if grades is None:
        return Advice(None, reason=_NO_GRADES)
    rank = 0 if result.grade is None else grades.rank(result.grade) + 1
    if rank == len(grades.grades):
        return Advice(None, reason=_HIGHEST)
    return _Search(situation, result, rank, grades.grades[rank]).advice(shown)


@dataclass(frozen=True)
class _Search:
    situation: Situation
    result: Result
    rank: int
    target: Grade

    def advice(self, shown: int) -> Advice:
        levers = _levers(self.situation, self.result)
        barred = obstacles(self.result, self.situation, levers, target=self.rank)
        line = self._published(self.target.at_least)
        if any(not one.is_cleared for one in barred):
            return Advice(self.target, line, barred, reason=_BARRED)
        first = merged([one.step for one in barred if one.step is not None])
        cleared = self.situation.measuring(taken(first, self.situation.measurements))
        after = _result(cleared)
        if after is None or after.root.points is None:
            return Advice(self.target, line, barred, reason=_BARRED)
        if self._reached(after):
            return Advice(self.target, line, barred, combination=self._suggestion(first, after))
        return self._towards(cleared, after, line, barred, first, shown)

    def _towards(
        self,
        cleared: Situation,
        after: Result,
        line: Decimal,
        barred: tuple[Obstacle, ...],
        first: tuple[Step, ...],
        shown: int,
    ) -> Advice:
        points = Points.of(after.root, cleared.edition)
        movable = {code: lever for code, lever in _levers(cleared, after).items() if code in set(points.indicators)}
        lines = self._lines(points, after.root, barred)
        steps, unsolved = _single_steps(movable, points, lines)
        single: list[Suggestion] = []
        for step in steps:
            if len(single) < shown and (found := self._confirmed(first, (step,))) is not None:
                single.append(found)
        together = cheapest(points, movable, lines)
        combination = self._confirmed(first, together) if together else None
        if combination is not None and single and single[0].cost <= combination.cost:
            combination = None
        if single or combination is not None:
            return Advice(self.target, line, barred, tuple(single), combination, unsolved=unsolved)
        best = [lever.best for lever in movable.values() if lever.best is not None]
        everything = self._again([*first, *best])
        if everything is not None and self._reached(everything):
            return Advice(self.target, line, barred, combination=self._pruned(first, best), unsolved=unsolved)
        most = None if everything is None else (everything.score, everything.grade)
        return Advice(self.target, line, barred, at_most=most, unsolved=unsolved, reason=_OUT_OF_REACH)

    def _pruned(self, first: tuple[Step, ...], best: Sequence[Step]) -> Suggestion | None:
        """Of all indicators at their best, those the target cannot do without: for rules no line of points tells."""
        kept = sorted(best, key=lambda step: (-step.cost, step.code))
        for step in tuple(kept):
            fewer = [one for one in kept if one is not step]
            if self._confirmed(first, fewer) is not None:
                kept = fewer
        return self._confirmed(first, kept)

    def _lines(self, points: Points, root: Node, barred: Iterable[Obstacle]) -> dict[str, Fraction]:
        """Exact points that publish as what the target asks of the total, of every pillar and of barred groups."""
        margin = self.situation.edition.grades.pillar_margin if self.situation.edition.grades else None
        lines = {root.code: self._exact(self.target.at_least)}
        if margin is not None:
            for pillar in root.children:
                if pillar.counts and self.rank:
                    lines[pillar.code] = self._exact(self.target.at_least - margin)
        for one in barred:
            if one.line is not None and one.code in points.points:
                lines[one.code] = max(one.line, lines.get(one.code, one.line))
        return lines

    def _published(self, line: Decimal) -> Decimal:
        """The least published figure that is not below a line."""
        unit = Decimal(1).scaleb(-self.situation.edition.decimals)
        return line.quantize(unit, rounding=ROUND_CEILING, context=Context(prec=80))

    def _exact(self, line: Decimal) -> Fraction:
        """The least exact points whose rounding, half up, is not below a line."""
        half = Fraction(1, 2 * 10**self.situation.edition.decimals)
        return max(Fraction(self._published(line)) - half, Fraction(0))

    def _confirmed(self, first: tuple[Step, ...], steps: Sequence[Step]) -> Suggestion | None:
        """The steps scored again by the engine; None unless they reach the target."""
        result = self._again([*first, *steps])
        if result is None or result.score is None or not self._reached(result):
            return None
        return self._suggestion(merged([*first, *steps]), result)

    def _again(self, steps: Sequence[Step]) -> Result | None:
        return _result(self.situation.measuring(taken(merged(steps), self.situation.measurements)))

    def _suggestion(self, steps: Sequence[Step], result: Result) -> Suggestion:
        """Steps with the points they have in this facility before and after, rather than one by one."""
        now, then = (
            {node.code: Fraction(node.points or 0) for node in one.root.walk()} for one in (self.result, result)
        )
        scored = tuple(replace(step, points=now[step.code], earned=then[step.code]) for step in steps)
        return Suggestion(scored, result.score or Decimal(0), result.grade or "")

    def _reached(self, result: Result) -> bool:
        grades = self.situation.edition.grades
        return bool(grades and result.grade is not None and grades.rank(result.grade) >= self.rank)


def _levers(situation: Situation, result: Result) -> dict[str, Lever]:
    """Every indicator in the facility's tree, counting or not."""
    rules = {node.code: node for node in situation.edition.root.walk()}
    return {
        node.code: Lever(rule, node, situation.edition, situation.measurements)
        for node in result.root.walk()
        if isinstance(rule := rules[node.code], Indicator)
    }


def _single_steps(
    levers: Mapping[str, Lever], points: Points, lines: Mapping[str, Fraction]
) -> tuple[list[Step], tuple[tuple[str, Text], ...]]:
    """For each indicator the step that alone meets all lines, the cheapest first; and those that cannot be solved."""
    steps: list[Step] = []
    unsolved: list[tuple[str, Text]] = []
    for code, lever in levers.items():
        needed = points.needed(code, lines)
        if needed is None or needed <= points.points[code]:
            continue
        try:
            step = lever.step(needed)
        except NotInvertible as error:
            unsolved.append((code, error.message))
            continue
        if step is not None:
            steps.append(step)
    return sorted(steps, key=lambda step: (step.cost, step.code)), tuple(unsolved)


def _result(situation: Situation) -> Result | None:
    try:
        return situation.result()
    except UserFacingError:
        return None


_NO_GRADES = Text(zh="此评价细则不设等级。", en="This rubric has no grades.")
_HIGHEST = Text(zh="已是最高等级。", en="This is the highest grade already.")
_BARRED = Text(
    zh="须先消除上列障碍；仅提高测得值不能消除全部障碍。",
    en="The obstacles above come first; better measured values alone do not clear all of them.",
)
_OUT_OF_REACH = Text(
    zh="即使每项可改变的指标都达到最好，也达不到该等级。",
    en="With every indicator that can be moved at its best the grade is still not reached.",
)
