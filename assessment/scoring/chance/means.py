"""From children to parents in many draws at once, by any rule; weights may differ from draw to draw and be 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from assessment.scoring.columns.population import Floats
from indicators.rubric.model import Aggregate, Aggregation


@dataclass(frozen=True, slots=True)
class Part:
    """One child: weights and points, facilities × draws, or of size 1 where all are alike."""

    weight: Floats
    points: Floats


def total_of(parts: Sequence[Part]) -> Floats:
    return reduce(np.add, [part.weight for part in parts])


def mean_of(rule: Aggregation, parts: Sequence[Part], total: Floats) -> Floats:
    """Points of the parent; 0 where the total of the weights is 0.

    Args:
        parts: at least one, in an order that does not depend on the author's.
        total: of the weights.
    """
    if rule.floor:
        parts = [Part(part.weight, np.maximum(part.points, float(rule.floor))) for part in parts]
    empty = total <= 0
    if empty.any():
        return np.where(empty, 0.0, _mean(rule, parts, np.where(empty, 1.0, total)))
    return _mean(rule, parts, total)


def _mean(rule: Aggregation, parts: Sequence[Part], total: Floats) -> Floats:
    match rule.kind:
        case Aggregate.ARITHMETIC:
            return reduce(np.add, [part.weight * part.points for part in parts]) / total
        case Aggregate.MINIMUM:
            least = reduce(np.minimum, [np.where(part.weight > 0, part.points, np.inf) for part in parts])
            return np.where(np.isfinite(least), least, 0.0)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore", under="ignore"):
        match rule.kind:
            case Aggregate.GEOMETRIC:
                return np.exp(reduce(np.add, [part.weight * np.log(_known(part, 1.0)) for part in parts]) / total)
            case Aggregate.HARMONIC:
                return _power(parts, total, -1.0)
            case _:
                return _power(parts, total, float(rule.exponent or 1))


def _power(parts: Sequence[Part], total: Floats, exponent: float) -> Floats:
    """Relative to the largest child (the smallest for negative exponents), so that no power overflows."""
    neutral = 0.0 if exponent > 0 else np.inf
    known = [_known(part, neutral) for part in parts]
    main = reduce(np.maximum if exponent > 0 else np.minimum, known)
    unit = np.where((main == 0) | ~np.isfinite(main), 1.0, main)
    powers = reduce(np.add, [part.weight * (own / unit) ** exponent for part, own in zip(parts, known, strict=True)])
    return np.where(main == 0, 0.0, unit * (powers / total) ** (1 / exponent))


def _known(part: Part, neutral: float) -> Floats:
    """What a child without weight cannot change."""
    return part.points if (part.weight > 0).all() else np.where(part.weight > 0, part.points, neutral)
