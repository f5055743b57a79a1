"""Columns of figures in another unit: exact, at the nine decimals of an observation, half-up."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evidence.observations.schema import COUNT, FIGURE
from evidence.parsers.columns.instants import Mask
from evidence.parsers.maps.units import Conversion

_LARGEST = Decimal(10) ** 29 - 1
_LARGEST_COUNT = 2**53
_DECIMALS = 9


def converted(figures: pa.Array, how: Conversion) -> tuple[pa.Array, Mask]:
    """N figures by `figure · factor + offset`, null where too large, and which those are."""
    if how.is_none:
        return figures, np.zeros(len(figures), dtype=bool)
    # One fraction line: (figure · a + b) / c with whole a, b and c.
    c = how.factor.denominator * how.offset.denominator
    a, b = how.factor.numerator * how.offset.denominator, how.offset.numerator * how.factor.denominator
    wide = pc.multiply(figures.cast(pa.decimal256(38, 9)), pa.scalar(Decimal(a), pa.decimal256(18, 0)))
    wide = pc.add(wide, pa.scalar(Decimal(b), pa.decimal256(18, 0)))
    if c != 1:
        wide = pc.divide(wide, pa.scalar(Decimal(c), pa.decimal256(12, 0)))
        # What division cut off lies behind the digit that decides the rounding.
        wide = pc.round(wide, ndigits=_DECIMALS, round_mode="half_towards_infinity")
    too_large = pc.fill_null(pc.greater(pc.abs(wide), _LARGEST), fill_value=False)
    kept = pc.if_else(too_large, pa.scalar(None, wide.type), wide)
    return _as_figures(kept), too_large.to_numpy(zero_copy_only=False)


def whole(figures: pa.Array) -> tuple[pa.Array, Mask]:
    """Figures as counts, half-up, null where negative or beyond what JSON can hold, and which those are."""
    rounded = pc.round(figures, ndigits=0, round_mode="half_towards_infinity")
    odd = pc.fill_null(
        pc.or_(pc.less(rounded, Decimal(0)), pc.greater(rounded, Decimal(_LARGEST_COUNT))), fill_value=False
    )
    kept = pc.if_else(odd, pa.scalar(None, rounded.type), rounded)
    return kept.cast(pa.decimal128(38, 0)).cast(COUNT), odd.to_numpy(zero_copy_only=False)


def _as_figures(wide: pa.Array) -> pa.Array:
    scale = wide.type.scale
    if scale == _DECIMALS:
        return wide.cast(FIGURE)
    return wide.cast(pa.decimal256(wide.type.precision, _DECIMALS)).cast(FIGURE)
