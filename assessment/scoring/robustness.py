"""How firmly facilities stand in their ranks: Monte Carlo over evidence, weights, normalisation and aggregation.

Each draw reckons all eligible facilities again: values moved by their errors, weights moved by the declared spread, one
of the declared ways to normalise and to combine. The published score, grade and rank are not touched by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.batch import Scores, score_population
from assessment.scoring.chance.draws import Task, drawn_keys
from assessment.scoring.chance.streams import BLOCK, Streams
from assessment.scoring.chance.tie_groups import near_ranks, tie_groups
from assessment.scoring.chance.trials import drawn_trials
from assessment.scoring.chance.walk import KeyCode, Keys
from assessment.scoring.columns.population import Bools, Population
from core.quantity import decimal_of_fraction, rounded
from indicators.rubric.model import Edition, Variation

LOW, HIGH = Fraction(5, 100), Fraction(95, 100)
TOP = (1, 3, 10)
SHARE_DECIMALS = 4  # of a probability
COLUMNS = 64  # ranked at a time, turned so that each lies in one piece

Ranks = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Standing:
    """How firmly one ranked facility stands.

    Args:
        rank: published.
        rank_interval, score_interval: 5 % and 95 % of the draws lie at or below the two ends.
        p_grade: by grade, the share of draws that reach it or a better one.
        p_top: by k, the share of draws in which the facility is among the first k.
        p_blocked: share of draws in which a mandatory line is missed; there it comes last.
        tie_group: number of the bracket, 1 for the best; a display.
        near: the best and the worst published rank of a facility whose interval of ranks overlaps this one's.
    """

    facility: str
    rank: int
    rank_interval: tuple[int, int]
    rank_median: int
    score_interval: tuple[Decimal, Decimal]
    score_median: Decimal
    p_grade: Mapping[str, Decimal]
    p_top: Mapping[int, Decimal]
    p_blocked: Decimal
    tie_group: int
    near: tuple[int, int]

    def crosses(self, line: Decimal) -> bool:
        """Whether the score is within uncertainty of a grade line: one end of its interval reaches it, one does not."""
        low, high = self.score_interval
        return low < line <= high


@dataclass(frozen=True, slots=True)
class Robustness:
    """The standings of all ranked facilities, best first; blocked ones have none.

    Args:
        variation: what was varied, and how often.
        with_errors: whether any evidence carried an error; without, it counts as exact.
    """

    variation: Variation
    seed: int
    with_errors: bool
    standings: tuple[Standing, ...]

    def of(self, facility: str) -> Standing | None:
        return next((one for one in self.standings if one.facility == facility), None)


def robustness(
    edition: Edition,
    population: Population,
    *,
    variation: Variation | None = None,
    seed: int = 0,
    processes: int = 1,
    top: Sequence[int] = TOP,
    scores: Scores | None = None,
) -> Robustness:
    """Try the ranks of a population.

    Args:
        variation: by default the edition's own.
        seed: another seed, other draws; the same one gives the same digits, whatever the number of processes, the order
            of facilities and nodes, or the version of the libraries behind it.
        top: the k of the probabilities to be among the first k.
        scores: of the same edition and population, where they are known already.

    Raises:
        InputError: a profile lacks the class or share the weights need; `not_varied`.
    """
    drawn = draw(edition, population, variation=variation, seed=seed, processes=processes, scores=scores)
    with_errors = population.errors is not None
    return Robustness(drawn.variation, seed, with_errors, standings_among(edition, drawn, top=top))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The keys of N eligible facilities, published and in D draws: what their standings among each other are read off.

    Args:
        with_errors: N, whether evidence of the facility carried an error.
        published: N keys of the published places.
        keys: N × D.
    """

    variation: Variation
    facilities: tuple[str, ...]
    with_errors: Bools
    published: Keys
    keys: Keys


def draw(
    edition: Edition,
    population: Population,
    *,
    variation: Variation | None = None,
    seed: int = 0,
    processes: int = 1,
    scores: Scores | None = None,
) -> Drawn:
    """Draw for the eligible ones of a population; arguments and errors as of `robustness`."""
    variation = variation or edition.robustness
    scores = scores or score_population(edition, population)
    columns = np.flatnonzero(~scores.blocked)
    facilities = tuple(population.facilities[int(at)] for at in columns)
    errors = np.zeros_like(population.values) if population.errors is None else population.errors
    with_errors: Bools = np.any(errors[:, columns] > 0, axis=0)
    published = published_keys(edition, scores, columns)
    if not facilities:
        return Drawn(variation, facilities, with_errors, published, np.empty((0, variation.draws), dtype=np.int64))
    streams = Streams(seed)
    trials = [
        drawn_trials(edition, variation, streams, range(start, min(start + BLOCK, variation.draws)))
        for start in range(0, variation.draws, BLOCK)
    ]
    keys = drawn_keys(Task(edition, population, variation, seed), columns, trials, processes=processes)
    return Drawn(variation, facilities, with_errors, published, keys)


def standings_among(edition: Edition, drawn: Drawn, *, top: Sequence[int] = TOP) -> tuple[Standing, ...]:
    """How firmly facilities stand among each other, best first."""
    if not drawn.facilities:
        return ()
    published = ranks_of(drawn.published[:, None])[:, 0]
    return _standings(edition, drawn.facilities, published, drawn.keys, top)


def evidence_only(variation: Variation) -> Variation:
    """The errors of the evidence alone: what a measurement's uncertainty makes of a score, the rubric being given."""
    return replace(variation, weight_spread=Decimal(0), normalisations=(), aggregations=())


def published_keys(edition: Edition, scores: Scores, columns: NDArray[np.intp]) -> Keys:
    """What decides the published places of eligible facilities."""
    grades = np.maximum(scores.grades[columns].astype(np.int64), 0)
    return KeyCode.of(edition).keys(grades, scores.totals[columns], np.zeros(len(columns), dtype=np.bool_))


def ranks_of(keys: Keys) -> Ranks:
    """Ranks by column, equal ones shared (1, 2, 2, 4); blocked ones share the place behind all others."""
    ranks = np.empty(keys.shape, dtype=np.int32)
    for start in range(0, keys.shape[1], COLUMNS):
        columns = np.maximum(keys[:, start : start + COLUMNS].T, -1, order="C")
        found = [columns.shape[1] - np.searchsorted(np.sort(own), own, side="right") + 1 for own in columns]
        ranks[:, start : start + COLUMNS] = np.array(found).T
    return ranks


def _standings(
    edition: Edition, facilities: Sequence[str], published: Ranks, keys: Keys, top: Iterable[int]
) -> tuple[Standing, ...]:
    code = KeyCode.of(edition)
    draws = keys.shape[1]
    names = () if edition.grades is None else tuple(grade.id for grade in edition.grades.grades)
    ranks = ranks_of(keys)
    ranks.sort(axis=1)
    low, middle, high = (_position(share, draws) for share in (LOW, Fraction(1, 2), HIGH))
    groups = tie_groups(published, ranks[:, low], ranks[:, high])
    best, worst = near_ranks(published, ranks[:, low], ranks[:, high])

    def points(units: np.int64) -> Decimal:
        return Decimal(int(units)).scaleb(-edition.decimals)

    @cache
    def share_of(count: int) -> Decimal:
        return rounded(decimal_of_fraction(Fraction(count, draws)), SHARE_DECIMALS)

    def share(holds: Bools) -> Decimal:
        return share_of(int(np.count_nonzero(holds)))

    found = []
    for at, facility in enumerate(facilities):
        scores, grades = np.sort(code.units(keys[at])), code.grades(keys[at])
        standing = Standing(
            facility=facility,
            rank=int(published[at]),
            rank_interval=(int(ranks[at, low]), int(ranks[at, high])),
            rank_median=int(ranks[at, middle]),
            score_interval=(points(scores[low]), points(scores[high])),
            score_median=points(scores[middle]),
            p_grade={name: share(grades >= grade) for grade, name in enumerate(names)},
            p_top={k: share(ranks[at] <= k) for k in top},
            p_blocked=share(keys[at] < 0),
            tie_group=int(groups[at]),
            near=(int(best[at]), int(worst[at])),
        )
        found.append(standing)
    return tuple(sorted(found, key=lambda one: (one.rank, one.facility)))


def _position(share: Fraction, draws: int) -> int:
    """Where sorted draws first hold a share of all: a figure that was drawn, never one between two."""
    return max(0, -(-share.numerator * draws // share.denominator) - 1)
