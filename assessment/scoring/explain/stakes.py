"""Why an indicator matters: what it alone, at its best, would add, and which grade the facility would then have.

Each indicator's best step is taken by itself and the facility scored again; all of them are one population for the
quick engine, which gives the same digits as the defining one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.scoring.batch import Scores, score_population
from assessment.scoring.columns.population import population_of
from assessment.scoring.explain.levers import Lever
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.steps import taken
from assessment.scoring.facts import Facility
from assessment.scoring.result import Result
from core.text import Text
from indicators.rubric.model import Group, Indicator, Missing, TreeNode


@dataclass(frozen=True, slots=True)
class Stake:
    """What one indicator is worth to a facility as it stands.

    Args:
        above: title of the group the points below are of: the total, else the lowest group above that has points.
        of_total: whether that is the total.
        now: its published points; None where it has none before.
        then: with this indicator at its best.
        grade: the facility's then; None where it has none even so.
        blocks: without it there is no grade at all.
    """

    code: str
    above: Text
    of_total: bool
    now: Decimal | None
    then: Decimal | None
    grade: str | None
    blocks: bool

    @property
    def gain(self) -> Decimal | None:
        """Points to be won; None where there are no points to compare."""
        if self.then is None:
            return None
        return self.then - self.now if self.now is not None else self.then


def stakes(situation: Situation, result: Result) -> dict[str, Stake]:
    """The stake of every indicator that counts and has something better in reach, by code.

    Args:
        result: of the situation.
    """
    levers = {
        node.code: Lever(rule, node, situation.edition, situation.measurements)
        for node in result.root.walk()
        if isinstance(rule := situation.edition.node(node.code), Indicator) and not rule.display
    }
    steps = {code: step for code, lever in levers.items() if (step := lever.best) is not None}
    if not steps:
        return {}
    facilities = {
        code: Facility(code, dict(situation.profile), taken((step,), situation.measurements))
        for code, step in steps.items()
    }
    scores = score_population(situation.edition, population_of(situation.edition, facilities))
    paths = dict(_paths(situation.edition.root))
    return {
        code: _stake(code, scores, column, paths[code], result, levers[code])
        for column, code in enumerate(scores.facilities)
    }


def _stake(code: str, scores: Scores, column: int, path: tuple[TreeNode, ...], result: Result, lever: Lever) -> Stake:
    now = {node.code: node.published for node in result.root.walk()}
    above = next((node for node in path if scores.points(node.code, column) is not None), path[-1])
    return Stake(
        code=code,
        above=above.title,
        of_total=above is path[0],
        now=now.get(above.code),
        then=scores.points(above.code, column),
        grade=scores.grade(column),
        blocks=lever.indicator.missing.policy is Missing.BLOCK,
    )


def _paths(group: Group, above: tuple[TreeNode, ...] = ()) -> Iterator[tuple[str, tuple[TreeNode, ...]]]:
    """From the root down to the indicator itself, by code."""
    here = (*above, group)
    for child in group.children:
        if isinstance(child, Group):
            yield from _paths(child, here)
        else:
            yield child.code, (*here, child)


def gains(found: Mapping[str, Stake]) -> list[Stake]:
    """The stakes, those that add most to the total first."""
    return sorted(found.values(), key=lambda one: (not one.of_total, -(one.gain or Decimal(0)), one.code))
