"""Fractions by chance, for properties of exact figures."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import strategies as st


@st.composite
def fractions(draw: st.DrawFn, least: Fraction | int, most: Fraction | int, *, max_denominator: int) -> Fraction:
    """As hypothesis's own ones, four times as quickly: those are a strategy made anew for each denominator.

    Args:
        least, most: at least 1 apart, so that every denominator has a fraction between them.
    """
    denominator = draw(st.integers(1, max_denominator))
    numerator = draw(st.integers(math.ceil(least * denominator), math.floor(most * denominator)))
    return Fraction(numerator, denominator)
