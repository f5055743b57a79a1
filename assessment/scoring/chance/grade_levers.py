"""What would change one facility's grade: for each indicator, the points at which the grade would rise or fall."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from assessment.scoring.batch import samples_in, score_population
from assessment.scoring.chance.draws import Task, drawn_keys
from assessment.scoring.chance.trials import Trials
from assessment.scoring.chance.walk import KeyCode
from assessment.scoring.columns.guard_band import Whole
from assessment.scoring.columns.population import Population
from core.text import Text
from indicators.rubric.model import Edition


@dataclass(frozen=True, slots=True)
class GradeLever:
    """One indicator of one facility, all others as they are.

    Args:
        points: published; None where it has none.
        keeps_from: fewest points with which the grade is kept; None: it is kept without any.
        rises_at: fewest points with which the grade is higher; None: this indicator alone cannot lift it.
    """

    code: str
    title: Text
    points: Decimal | None
    keeps_from: Decimal | None
    rises_at: Decimal | None


def grade_levers(edition: Edition, population: Population, facility: str) -> tuple[GradeLever, ...]:
    """Every indicator that counts and could change the grade alone, those with the shortest way first.

    Mandatory lines and caps stay as they are: a grade that a cap holds back is lifted by no points.

    Raises:
        KeyError: no such facility.
        InputError: as `robustness`.
    """
    try:
        column = list(population.facilities).index(facility)
    except ValueError:
        raise KeyError(facility) from None
    scores = score_population(edition, population)
    if scores.blocked[column] or edition.grades is None:
        return ()
    codes = [one.code for one in edition.indicators if not one.display]
    grade = int(scores.grades[column])
    task = Task(edition, population, edition.robustness, 0, samples_in(edition, population))
    keeps = _fewest(task, column, codes, grade)
    rises = _fewest(task, column, codes, grade + 1)
    most = _most(edition)
    levers = [
        GradeLever(
            code=code,
            title=edition.node(code).title,
            points=scores.points(code, column),
            keeps_from=_points(edition, keep) if keep > 0 else None,
            rises_at=_points(edition, rise) if rise <= most else None,
        )
        for code, keep, rise in zip(codes, keeps.tolist(), rises.tolist(), strict=True)
    ]
    found = [lever for lever in levers if lever.keeps_from is not None or lever.rises_at is not None]
    return tuple(sorted(found, key=lambda lever: (_way(lever), lever.code)))


def _fewest(task: Task, column: int, codes: list[str], grade: int) -> Whole:
    """Fewest published units of each indicator with which the grade is reached; one more than there are for never.

    Grades do not fall when points rise, so halving finds the line.
    """
    low = np.zeros(len(codes), dtype=np.int64)
    high = np.full(len(codes), _most(task.edition) + 1, dtype=np.int64)
    while (low < high).any():
        middle = (low + high) // 2
        reached = _grades(task, column, codes, middle) >= grade
        high = np.where(reached & (low < high), middle, high)
        low = np.where(~reached & (low < high), middle + 1, low)
    return low


def _grades(task: Task, column: int, codes: list[str], units: Whole) -> Whole:
    """The grade with so many units of each indicator in turn; beyond the most there are, that of the most."""
    own = np.minimum(units, _most(task.edition)) / 10.0**task.edition.decimals
    forced = {code: np.full(len(codes), np.nan) for code in codes}
    for at, code in enumerate(codes):
        forced[code][at] = own[at]
    keys = drawn_keys(task, np.array([column], dtype=np.intp), [Trials(size=len(codes), points=forced)])
    grades: Whole = KeyCode.of(task.edition).grades(keys)[0]
    return grades


def _most(edition: Edition) -> int:
    return int(edition.highest_points * 10**edition.decimals)


def _points(edition: Edition, units: int) -> Decimal:
    return Decimal(units).scaleb(-edition.decimals)


def _way(lever: GradeLever) -> Decimal:
    points = lever.points or Decimal(0)
    return min(abs(line - points) for line in (lever.keeps_from, lever.rises_at) if line is not None)
