"""What drives a rank: shares of the sources of doubt, and what leaving one part of the rubric out would do.

Source: M. Saisana, A. Saltelli, S. Tarantola, J. R. Statist. Soc. A 168 (2005) 307–323.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.batch import score_population
from assessment.scoring.chance.draws import Task, drawn_keys
from assessment.scoring.chance.sobol import NOTHING, Share, sobol_shares
from assessment.scoring.chance.streams import Streams
from assessment.scoring.chance.trials import Trials, drawn_picks, drawn_trials, drawn_weights
from assessment.scoring.columns.population import Population
from assessment.scoring.robustness import published_keys, ranks_of
from core.quantity import rounded
from core.text import Text
from indicators.rubric.model import Edition, Indicator, TreeNode, Variation

TRIALS = 512  # a power of two
SHIFT_DECIMALS = 2


class Source(StrEnum):
    """Where doubt about a rank comes from."""

    EVIDENCE = "evidence"
    WEIGHTS = "weights"
    NORMALISATION = "normalisation"
    AGGREGATION = "aggregation"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Source.EVIDENCE: Text(zh="测量误差", en="errors of evidence"),
    Source.WEIGHTS: Text(zh="权重", en="weights"),
    Source.NORMALISATION: Text(zh="无量纲化方式", en="normalisation"),
    Source.AGGREGATION: Text(zh="合成方式", en="aggregation"),
}


@dataclass(frozen=True, slots=True)
class Drivers:
    """What drives ranks apart.

    Args:
        overall: by source, of the mean distance between drawn and published ranks.
        facilities: the same for the rank of each ranked facility; all 0 where its rank never moves.
    """

    overall: Mapping[Source, Share]
    facilities: Mapping[str, Mapping[Source, Share]]


def rank_drivers(
    edition: Edition,
    population: Population,
    *,
    variation: Variation | None = None,
    seed: int = 0,
    processes: int = 1,
    trials: int = TRIALS,
) -> Drivers:
    """Sobol' indices of the ranks.

    Args:
        trials: a power of two; six times as many rankings are drawn.

    Raises:
        InputError: as `robustness`.
    """
    variation = variation or edition.robustness
    scores = score_population(edition, population)
    columns = np.flatnonzero(~scores.blocked)
    names = [population.facilities[int(at)] for at in columns]
    if not names:
        return Drivers(dict.fromkeys(Source, NOTHING), {})
    designs = _designs(edition, variation, Streams(seed), trials)
    keys = drawn_keys(Task(edition, population, variation, seed), columns, designs, processes=processes)
    ranks = ranks_of(keys).astype(np.float64).reshape(len(names), len(designs), trials)
    published = ranks_of(published_keys(edition, scores, columns)[:, None])
    distance = np.abs(ranks - published[:, :, None]).mean(axis=0, keepdims=True)
    overall, *own = (
        dict(zip(Source, shares, strict=True)) for shares in sobol_shares(np.concatenate([distance, ranks]))
    )
    return Drivers(overall, dict(zip(names, own, strict=True)))


def _designs(edition: Edition, variation: Variation, streams: Streams, trials: int) -> list[Trials]:
    """A, B, and A with one source taken from B, in the order of `Source`."""
    first, second = range(trials), range(trials, 2 * trials)
    base = drawn_trials(edition, variation, streams, first)
    ways, rules = len(variation.normalisations), len(variation.aggregations)
    return [
        base,
        drawn_trials(edition, variation, streams, second),
        replace(base, errors=second),
        replace(base, weights=drawn_weights(edition, variation, streams, second)),
        replace(base, normalisations=drawn_picks(ways, "normalisation", streams, second)),
        replace(base, aggregations=drawn_picks(rules, "aggregation", streams, second)),
    ]


# --- leaving one part out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The ranking without one part of the rubric, whose mandatory lines stay.

    Args:
        mean_shift: mean distance between the ranks with and without it.
        moved: facilities whose rank changes.
        largest: facility with the largest change, its rank with and without; None where none moves.
        ranks: by facility.
    """

    code: str
    title: Text
    mean_shift: Decimal
    moved: int
    largest: tuple[str, int, int] | None
    ranks: Mapping[str, int]


def leave_one_out(edition: Edition, population: Population) -> tuple[LeftOut, ...]:
    """The ranking without each pillar and without each indicator, in the order of the rubric.

    Parts that nobody would have a score without are left away.

    Raises:
        InputError: as `robustness`.
    """
    scores = score_population(edition, population)
    columns = np.flatnonzero(~scores.blocked)
    parts = _parts(edition)
    if not len(columns) or not parts:
        return ()
    without = {part.code: np.ones(len(parts)) for part in parts}
    for at, part in enumerate(parts):
        without[part.code][at] = 0.0
    trials = Trials(size=len(parts), weights=without)
    keys = drawn_keys(Task(edition, population, edition.robustness, 0), columns, [trials])
    published = ranks_of(published_keys(edition, scores, columns)[:, None])[:, 0]
    ranks = ranks_of(keys)
    names = [population.facilities[int(at)] for at in columns]
    return tuple(
        _left_out(part, names, published, ranks[:, at]) for at, part in enumerate(parts) if not (keys[:, at] < 0).all()
    )


def _parts(edition: Edition) -> list[TreeNode]:
    """Pillars and indicators, each once."""
    parts: dict[str, TreeNode] = {child.code: child for child in edition.root.children}
    parts |= {one.code: one for one in edition.indicators}
    return [part for part in parts.values() if not (isinstance(part, Indicator) and part.display)]


def _left_out(part: TreeNode, names: list[str], published: NDArray[np.int32], ranks: NDArray[np.int32]) -> LeftOut:
    shift = np.abs(ranks - published)
    at = int(shift.argmax())
    return LeftOut(
        code=part.code,
        title=part.title,
        mean_shift=rounded(Decimal(int(shift.sum())) / len(names), SHIFT_DECIMALS),
        moved=int(np.count_nonzero(shift)),
        largest=(names[at], int(published[at]), int(ranks[at])) if shift[at] else None,
        ranks=dict(zip(names, ranks.tolist(), strict=True)),
    )
