"""What stands in the way of a grade besides points: blocks and caps, and the step that clears each where one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.decision import BLOCK, CAP, missed_minima
from assessment.scoring.explain.levers import Lever
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.steps import Step
from assessment.scoring.result import Result
from core.outcome import Reason
from indicators.rubric.model import Grades, Group, Indicator, Minimum

PILLAR_FLOOR = "pillar_floor"  # code of the caps that weak pillars add; lines of points, not obstacles
_EVIDENCE_MISSING = "indispensable_missing"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A block, or a cap below the grade aimed at.

    Args:
        grade: the highest a cap allows.
        step: what clears it by one indicator; None where `line` does, or where it takes more than a better value.
        line: points its group must have.
    """

    code: str
    effect: str
    grade: str | None
    reason: Reason
    step: Step | None = None
    line: Fraction | None = None

    @property
    def is_cleared(self) -> bool:
        return self.step is not None or self.line is not None


def obstacles(
    result: Result, situation: Situation, levers: Mapping[str, Lever], *, target: int
) -> tuple[Obstacle, ...]:
    """In the order of the result's consequences, each once.

    Args:
        levers: of every indicator of the facility's tree.
        target: rank of the grade aimed at; caps at or above it hold nothing back.
    """
    grades = situation.edition.grades
    found = []
    for one in result.consequences:
        holds = one.effect == BLOCK or (one.effect == CAP and _rank(grades, one.grade) < target)
        if not holds or one.reason.code == PILLAR_FLOOR:
            continue
        obstacle = Obstacle(one.code, one.effect, one.grade, one.reason)
        minimum = _minimum(result, situation, one.code, one.reason)
        if minimum is not None:
            obstacle = _cleared_by_minimum(obstacle, minimum, situation, levers.get(one.code))
        elif one.reason.code == _EVIDENCE_MISSING and one.code in levers:
            obstacle = replace(obstacle, step=levers[one.code].weakest)
        found.append(obstacle)
    return tuple(found)


def _minimum(result: Result, situation: Situation, code: str, reason: Reason) -> Minimum | None:
    """The mandatory line of a node that gave this reason."""
    rule = situation.edition.node(code)
    node = result.node(code)
    for minimum in rule.minima:
        missed = missed_minima(
            replace(rule, minima=(minimum,)),
            measurement=node.inputs,
            points=None if node.points is None else Fraction(node.points),
            profile=situation.profile,
            measurements=situation.measurements,
        )
        if any(one.reason == reason for one in missed):
            return minimum
    return None


def _cleared_by_minimum(obstacle: Obstacle, minimum: Minimum, situation: Situation, lever: Lever | None) -> Obstacle:
    rule = situation.edition.node(obstacle.code)
    if isinstance(rule, Group):
        line = None if minimum.at_least is None else Fraction(minimum.at_least)
        return replace(obstacle, line=line)
    if not isinstance(rule, Indicator) or lever is None:
        return obstacle
    if minimum.item is not None:
        # An item is 1 or 0; a line that asks for less than one is no advice.
        return replace(obstacle, step=lever.with_item(minimum.item) if minimum.at_least is not None else None)
    line_met = minimum.at_least if minimum.at_least is not None else minimum.at_most or Decimal(0)
    return replace(obstacle, step=lever.to_value(line_met))


def _rank(grades: Grades | None, grade: str | None) -> int:
    return grades.rank(grade) if grades is not None and grade is not None else 0
