"""From children to parents for many facilities at once, each figure with a bound of its error.

Weights are whole numbers in proportion to the declared ones, so that their sums are exact. Every aggregation ascends in
every child; where its error is not plain to see it is worked out at the lowest and the highest the children can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assessment.scoring.columns.guard_band import UNIT
from assessment.scoring.columns.population import Bools, Floats
from indicators.rubric.model import Aggregate, Aggregation

Bound = float | Floats
Mean = Callable[[Sequence[Floats]], Floats]
LARGEST_LOG = 750.0  # |ln x| of any double
TINY = 1e-300  # stands for a figure above 0 that a float rounds to 0


@dataclass(frozen=True, slots=True)
class Share:
    """One counting child.

    Args:
        weight: whole; one for all facilities or one each.
        points: ≥ 0; 0 only where the exact points are 0; 0 where the child does not count.
        error: bound of their distance from the exact points.
        counts: where the child takes part; None: everywhere.
    """

    weight: Bound
    points: Floats
    error: Bound
    counts: Bools | None = None

    @property
    def counting(self) -> Bound:
        """The weight, 0 where the child does not take part."""
        if self.counts is None:
            return self.weight
        return np.where(self.counts, self.weight, 0.0)


def aggregated(rule: Aggregation, shares: Sequence[Share], total: Bound) -> tuple[Floats, Bound]:
    """Points of a node and the bound of their error; meaningless where no child counts.

    Args:
        total: sum of the counting weights, 1 where none counts.
    """
    if rule.floor:
        floor = float(rule.floor)
        shares = [
            Share(one.weight, np.maximum(one.points, floor), one.error + UNIT * floor, one.counts) for one in shares
        ]
    match rule.kind:
        case Aggregate.ARITHMETIC:
            return _arithmetic(shares, total)
        case Aggregate.MINIMUM:
            points = np.minimum.reduce([_absent_as(np.inf, one, one.points) for one in shares])
            return points, _largest([one.error for one in shares])
        case Aggregate.GEOMETRIC:
            relative = (len(shares) + 16) * UNIT * LARGEST_LOG
            return _bracketed(lambda points: _geometric(shares, points, total), shares, relative)
        case Aggregate.HARMONIC:
            relative = (len(shares) + 16) * UNIT
            return _bracketed(lambda points: _harmonic(shares, points, total), shares, relative)
        case Aggregate.POWER:
            exponent = float(rule.exponent or 1)
            size = abs(exponent)
            relative = (8 * size + len(shares) + 16) * UNIT * max(1.0, 1 / size) * 4
            return _bracketed(lambda points: _power(shares, points, total, exponent), shares, relative)


def _arithmetic(shares: Sequence[Share], total: Bound) -> tuple[Floats, Bound]:
    first, *others = shares
    points = first.points * first.counting
    part = np.empty_like(points)
    for share in others:
        points += np.multiply(share.points, share.counting, out=part)
    points /= total
    largest = _largest([share.error for share in shares])
    return points, largest + (len(shares) + 4) * UNIT * float(points.max(initial=0.0))


def _largest(errors: Sequence[Bound]) -> Bound:
    """The mean of errors is not above the largest."""
    plain = max((error for error in errors if isinstance(error, float)), default=0.0)
    columns = [error for error in errors if not isinstance(error, float)]
    return np.maximum.reduce([np.maximum(columns[0], plain), *columns[1:]]) if columns else plain


def _bracketed(mean: Mean, shares: Sequence[Share], relative: float) -> tuple[Floats, Bound]:
    """A mean with its error, from the lowest and highest that the children can be; an exact 0 is a 0."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore", under="ignore"):
        points = mean([share.points for share in shares])
        lowest = mean([np.maximum(share.points - share.error, 0.0) for share in shares])
        highest = mean([np.where(share.points == 0, 0.0, share.points + share.error) for share in shares])
        error: Floats = np.maximum(highest - points, points - lowest) + 2 * relative * highest + TINY
    return points, error


def _true_zeros(points: Floats, zero: Bools) -> Floats:
    """A figure above 0 that a float rounds to 0 stays above it."""
    return np.where(zero, 0.0, np.maximum(points, TINY))


def _absent_as(neutral: float, share: Share, points: Floats) -> Floats:
    return points if share.counts is None else np.where(share.counts, points, neutral)


def _geometric(shares: Sequence[Share], points: Sequence[Floats], total: Bound) -> Floats:
    known = [_absent_as(1.0, share, own) for share, own in zip(shares, points, strict=True)]
    logs = np.zeros_like(points[0])
    for share, own in zip(shares, known, strict=True):
        logs += share.weight * np.log(own)
    logs /= total
    return _true_zeros(np.exp(logs), np.minimum.reduce(known) == 0)


def _harmonic(shares: Sequence[Share], points: Sequence[Floats], total: Bound) -> Floats:
    known = [_absent_as(np.inf, share, own) for share, own in zip(shares, points, strict=True)]
    parts = np.zeros_like(points[0])
    for share, own in zip(shares, known, strict=True):
        parts += share.weight / own
    return _true_zeros(total / parts, np.minimum.reduce(known) == 0)


def _power(shares: Sequence[Share], points: Sequence[Floats], total: Bound, exponent: float) -> Floats:
    """Relative to the largest child (the smallest for negative exponents), so that no power overflows."""
    neutral = 0.0 if exponent > 0 else np.inf
    known = [_absent_as(neutral, share, own) for share, own in zip(shares, points, strict=True)]
    main = (np.maximum if exponent > 0 else np.minimum).reduce(known)
    unit = np.where((main == 0) | ~np.isfinite(main), 1.0, main)
    powers = np.zeros_like(points[0])
    for share, own in zip(shares, known, strict=True):
        powers += share.counting * (own / unit) ** exponent
    return _true_zeros(unit * (powers / total) ** (1 / exponent), main == 0)
