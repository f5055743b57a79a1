"""How firmly results stand, in the form pages show and papers keep: intervals, grade lines inside them, tie groups.

It is read off `robustness` and changes no score, grade or rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.scoring.columns.population import population_of
from assessment.scoring.facts import Facility
from assessment.scoring.result import Result
from assessment.scoring.robustness import Drawn, Standing, draw, standings_among
from core.errors import InputError
from core.quantity import plain
from core.text import Text
from indicators.rubric.model import Edition
from indicators.rubric.variation_words import variation_words

SEED = 0  # as `zhiheng rank` takes it, so that anyone gets the same digits from the same facts


@dataclass(frozen=True, slots=True)
class Line:
    """A grade line: where the grade begins."""

    grade: str
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class Firmness:
    """How firmly one result stands among those it was tried with.

    Args:
        score: 5 % and 95 % of the scores drawn lie at or below the two ends.
        rank: the same of the ranks.
        tie_group: results whose intervals of rank overlap, directly or by a chain, have one number; 1 is the best.
        lines: grade lines the score is within uncertainty of, lowest first.
    """

    score: tuple[Decimal, Decimal]
    rank: tuple[int, int]
    tie_group: int
    lines: tuple[Line, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "score": [plain(end) for end in self.score],
            "rank": list(self.rank),
            "tie_group": self.tie_group,
            "lines": [{"grade": line.grade, "at_least": plain(line.at_least)} for line in self.lines],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Firmness:
        (low, high), (best, worst) = content["score"], content["rank"]
        return cls(
            (Decimal(low), Decimal(high)),
            (best, worst),
            content["tie_group"],
            tuple(Line(line["grade"], Decimal(line["at_least"])) for line in content["lines"]),
        )


@dataclass(frozen=True, slots=True)
class Tried:
    """Results tried together: what was varied, in one sentence, and by facility how firmly it stands."""

    varied: Text
    of: Mapping[str, Firmness]


def tried(edition: Edition, results: Iterable[tuple[Result, Facility]]) -> Tried | None:
    """Try results of one edition together; blocked ones take part in no draw and have no firmness.

    The draws of a score do not depend on who else is tried, those of a rank do.

    Args:
        results: each with everything it was scored from.

    Returns:
        None where the figures of the rubric are too long to be drawn.
    """
    given = list(results)
    drawn = drawn_for(edition, [facility for _, facility in given])
    grades = {result.facility: (result.grade, result.root.grade) for result, _ in given}
    return None if drawn is None else read_off(edition, drawn, grades)


def drawn_for(edition: Edition, facilities: Iterable[Facility]) -> Drawn | None:
    """Draw for these facilities; None where the figures of the rubric are too long to be drawn."""
    try:
        return draw(edition, population_of(edition, {one.name: one for one in facilities}), seed=SEED)
    except InputError as error:
        if error.code != "not_varied":
            raise
        return None


def read_off(edition: Edition, drawn: Drawn, grades: Mapping[str, tuple[str | None, str | None]]) -> Tried:
    """How firmly those that were drawn for stand among each other.

    Args:
        grades: by facility, its grade and the one its points alone would give.
    """
    words = variation_words(drawn.variation, seed=SEED, with_errors=bool(drawn.with_errors.any()))
    return Tried(
        words,
        {
            one.facility: Firmness(
                one.score_interval, one.rank_interval, one.tie_group, lines_within(edition, one, *grades[one.facility])
            )
            for one in standings_among(edition, drawn)
        },
    )


def lines_within(edition: Edition, standing: Standing, grade: str | None, own_grade: str | None) -> tuple[Line, ...]:
    """The grade lines inside the interval; of a capped result none above its grade, which no score would lift."""
    if edition.grades is None:
        return ()
    found = []
    capped = grade != own_grade
    for one in edition.grades.grades:
        if standing.crosses(one.at_least):
            found.append(Line(one.id, one.at_least))
        if capped and one.id == grade:
            break
    return tuple(found)
