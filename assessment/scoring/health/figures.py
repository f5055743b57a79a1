"""Figures a rubric's author looks at: correlations, shares of the variance, internal consistency.

Points come as whole published units, so that every sum below is exact and no digit depends on the order of facilities.
A facility takes part in a figure where it has all the points that figure needs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.population import Bools, Floats

Units = NDArray[np.int64]

FEWEST = 3  # facilities, for any figure
PER_BIN = 10
MOST_BINS = 10
FEWEST_BINS = 3


def correlations(units: Units, known: Bools) -> tuple[Floats, Bools]:
    """Pearson's r of every pair of rows, and where there is one.

    Args:
        units: K × N; what stands where nothing is known does not matter.
        known: K × N.
    """
    values = np.where(known, units, 0).astype(np.float64)
    with_value = known.astype(np.float64)
    count = with_value @ with_value.T
    sums = values @ with_value.T
    squares = (values**2) @ with_value.T
    common = count * (values @ values.T) - sums * sums.T
    spread = count * squares - sums**2
    product = spread * spread.T
    there = (count >= FEWEST) & (spread > 0) & (spread.T > 0)
    found = np.divide(common, np.sqrt(np.where(there, product, 1.0)), out=np.zeros_like(common), where=there)
    return np.clip(found, -1.0, 1.0), there


def correlation_ratio(points: Units, total: Units) -> float:
    """Part of the variance of the total that knowing these points explains, 0–1, corrected for chance.

    Facilities are put into bins of about equal size by their points, equal points never apart (Kelley's ε²); with too
    few facilities for bins it is r².

    Source: P. Paruolo, M. Saisana, A. Saltelli, J. R. Statist. Soc. A 176 (2013) 609–634; T. L. Kelley, PNAS 21 (1935).
    """
    size = len(points)
    of_total = size * int((total.astype(object) ** 2).sum()) - int(total.sum()) ** 2
    if size < FEWEST or of_total == 0 or (points == points[0]).all():
        return 0.0
    bins = _bins(points)
    count = len(np.unique(bins))
    if count < FEWEST_BINS:
        known = np.ones((2, size), dtype=np.bool_)
        return float(correlations(np.array([points, total]), known)[0][0, 1] ** 2)
    _, codes, sizes = np.unique(bins, return_inverse=True, return_counts=True)
    sums = np.zeros(count)
    np.add.at(sums, codes, total.astype(np.float64))
    between = size * float((sums**2 / sizes).sum()) - float(total.sum()) ** 2
    explained = between / of_total
    return max(0.0, 1 - (1 - explained) * (size - 1) / (size - count))


def _bins(points: Units) -> NDArray[np.intp]:
    """Bins of about equal size; equal points share the bin of their middle place."""
    count = min(MOST_BINS, len(points) // PER_BIN)
    if count < FEWEST_BINS:
        return np.zeros(len(points), dtype=np.intp)
    ordered = np.sort(points)
    low, high = np.searchsorted(ordered, points), np.searchsorted(ordered, points, side="right")
    bins: NDArray[np.intp] = (low + high) * count // (2 * len(points))
    return bins


def cronbach_alpha(units: Units) -> float | None:
    """Cronbach's α of K parts for N facilities: `K/(K−1) · (1 − Σ var(part) / var(Σ parts))`.

    Returns:
        At most 1, below 0 where parts pull against each other; None for fewer than two parts or three facilities, and
        where the sum of the parts is the same for all.

    Source: L. J. Cronbach, Psychometrika 16 (1951) 297–334.
    """
    parts, size = units.shape
    if parts < 2 or size < FEWEST:
        return None
    of_sum = _spread(units.sum(axis=0))
    if of_sum == 0:
        return None
    alpha: float = parts / (parts - 1) * (1 - sum(_spread(row) for row in units) / of_sum)
    return alpha


def _spread(values: Units) -> int:
    """N² times the variance, a whole number."""
    whole = [int(value) for value in values]
    return len(whole) * sum(value * value for value in whole) - sum(whole) ** 2
