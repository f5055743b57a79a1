"""Ways to reckon the same facts again: each trial is one, with its own chance, weights and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.chance.streams import Streams
from assessment.scoring.columns.population import Floats
from indicators.rubric.model import Edition, Variation
from indicators.rubric.varied import Distribution

Picks = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """D ways to reckon.

    Args:
        size: D.
        errors: number of the draw of all errors of evidence, a run of them; None: as measured.
        weights: D multipliers by code of a node; a node that is not named keeps its weight.
        normalisations: D; 0 the declared curves, k the k-th other way; None: as declared.
        aggregations: D; 0 the declared rule of the root, k the k-th other; None: as declared.
        points: D points by code of an indicator, in place of its own; not a number where it keeps them.
    """

    size: int
    errors: range | None = None
    weights: Mapping[str, Floats] = field(default_factory=dict)
    normalisations: Picks | None = None
    aggregations: Picks | None = None
    points: Mapping[str, Floats] = field(default_factory=dict)


AS_DECLARED = Trials(size=1)


def drawn_trials(edition: Edition, variation: Variation, streams: Streams, draws: range) -> Trials:
    """Everything drawn at once, as the variation says."""
    return Trials(
        size=len(draws),
        errors=draws,
        weights=drawn_weights(edition, variation, streams, draws),
        normalisations=drawn_picks(len(variation.normalisations), "normalisation", streams, draws),
        aggregations=drawn_picks(len(variation.aggregations), "aggregation", streams, draws),
    )


def drawn_weights(edition: Edition, variation: Variation, streams: Streams, draws: range) -> dict[str, Floats]:
    """Multipliers of all weights below the root, each node on its own."""
    spread = float(variation.weight_spread)
    if spread == 0:
        return {}
    drawn: dict[str, Floats] = {}
    for node in edition.root.walk():
        if node is edition.root:
            continue
        first = streams.uniforms(("weight", node.code), draws)
        if variation.weight_distribution is Distribution.UNIFORM:
            drawn[node.code] = 1 + spread * (2 * first - 1)
        else:
            drawn[node.code] = 1 + spread * (first + streams.uniforms(("weight", node.code, "second"), draws) - 1)
    return drawn


def drawn_picks(others: int, what: str, streams: Streams, draws: range) -> Picks | None:
    """One of the declared way and the others, at equal chance."""
    if others == 0:
        return None
    return np.floor(streams.uniforms((what,), draws) * (others + 1)).astype(np.int8)
