"""Rounding floats as if they were exact: inside a guard band round a boundary a float alone does not decide.

A float `x` with the bound `e` tells on which side of a boundary the exact figure lies, unless the boundary is within
`e`. There the arithmetic of fractions decides: an exact figure N/Q is either on a boundary a/b or at least 1/(Q·b)
away from it. So where the distance, error included, is smaller than that, the figure *is* the boundary. What is still
open then (Q is unknown or too large) is left to the exact engine.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.population import Bools, Floats

Whole = NDArray[np.int64]
Rows = NDArray[np.intp]

UNIT = 2.0**-53  # relative error of one rounded operation
UNKNOWN = 0  # in place of a denominator
LARGEST = 2**45  # denominators beyond are as good as unknown
MOST_DECIMALS = 12
_TENS = np.array([10**k for k in range(MOST_DECIMALS + 1)], dtype=np.int64)


def half_up(points: Floats, error: float | Floats, scale: float) -> tuple[Floats, Rows]:
    """Points in published units, rounded half-up, and the rows where the float does not decide.

    Args:
        points: ≥ 0.
        error: bound of their distance from the exact points.
        scale: published units per point, a power of ten.
    """
    band = error * scale + 4 * UNIT * scale * float(points.max(initial=0.0)) + 4 * UNIT
    scaled = points * scale
    low = np.floor(scaled + (0.5 - band))
    scaled += 0.5 + band
    high = np.floor(scaled, out=scaled)
    return high, np.flatnonzero(low != high)


def on_the_tie(points: Floats, error: float | Floats, scale: float, multiple: Whole) -> Bools:
    """Whether the exact points lie exactly half-way between two published figures.

    Args:
        multiple: of the denominators of the exact points; `UNKNOWN` where there is none.
    """
    middle = points * scale + 0.5
    distance = np.abs(middle - np.rint(middle)) + error * scale + 4 * UNIT * (middle + 1)
    tied: Bools = (multiple != UNKNOWN) & (distance * (2.0 * multiple) < 0.999)
    return tied


def below(points: Floats, error: float | Floats, line: Fraction, multiple: Whole | None) -> tuple[Bools, Bools, Bools]:
    """Below, above, and undecided against a line; equal is neither.

    Args:
        multiple: of the denominators of the exact points; None when they are not worked out yet.
    """
    at = float(line)
    gap = points - at
    band = error + UNIT * (4 * np.abs(points) + 4 * abs(at))
    near = np.abs(gap) <= band
    if multiple is None or not near.any():
        return ~near & (gap < 0), ~near & (gap > 0), near
    common = common_multiple(multiple, np.full_like(multiple, bounded(line.denominator)))
    equal = (common != UNKNOWN) & ((np.abs(gap) + band) * common < 0.999)
    return ~near & (gap < 0), ~near & (gap > 0), near & ~equal


def bounded(denominator: int) -> int:
    return denominator if denominator <= LARGEST else UNKNOWN


def common_multiple(first: Whole, second: Whole) -> Whole:
    """The least one, `UNKNOWN` when one is or when it grows too large."""
    divisor = np.maximum(np.gcd(first, second), 1)
    part = first // divisor
    fits = part.astype(np.float64) * second <= LARGEST
    return np.where(fits, part * np.where(fits, second, 0), UNKNOWN)


def product(first: Whole, second: Whole) -> Whole:
    fits = first.astype(np.float64) * second <= LARGEST
    return np.where(fits, first * np.where(fits, second, 0), UNKNOWN)


def power_of_ten(values: Floats) -> Whole:
    """10^k for each value, k its decimals; `UNKNOWN` for values of more than 12 decimals or too many digits."""
    found = np.full(values.shape, UNKNOWN, dtype=np.int64)
    pending = np.arange(len(values))
    for ten in _TENS:
        here = values[pending]
        scaled = np.rint(here * ten)
        fits = (np.abs(scaled) < 2.0**53) & (scaled / ten == here)
        found[pending[fits]] = ten
        pending = pending[~fits]
        if not pending.size:
            break
    return found
