"""The published scale of an edition: where grades begin, and what one published unit is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

import numpy as np

from assessment.scoring.columns.population import Floats
from indicators.rubric.model import Edition


@dataclass(frozen=True, slots=True)
class Ruler:
    """What turns points into a grade and a published score.

    Args:
        scale: published units per point.
        grade_lines: published units from which each grade is reached.
        pillar_lines: the same for a child of the root; None without pillar floors.
    """

    edition: Edition
    scale: float
    grade_lines: Floats
    pillar_lines: Floats | None

    @classmethod
    def of(cls, edition: Edition) -> Self:
        lines = [] if edition.grades is None else [grade.at_least for grade in edition.grades.grades]
        margin = None if edition.grades is None else edition.grades.pillar_margin
        return cls(
            edition=edition,
            scale=float(10**edition.decimals),
            grade_lines=_units(edition, lines),
            pillar_lines=None if margin is None else _units(edition, [line - margin for line in lines]),
        )


def _units(edition: Edition, lines: Iterable[Decimal]) -> Floats:
    """The lowest published figure, in units, that reaches each line."""
    return np.array([float(math.ceil(Fraction(line) * 10**edition.decimals)) for line in lines])
