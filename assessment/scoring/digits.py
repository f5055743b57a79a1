"""Where arithmetic leaves the rationals: 60 digits inside, 40 significant digits out, half-up: the definition."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from core.quantity import decimal_of_fraction, without_negative_zero

INNER_DIGITS = 60
OUTER_DIGITS = 40

INNER = Context(prec=INNER_DIGITS, rounding=ROUND_HALF_UP, Emin=-999_999, Emax=999_999)
_OUTER = Context(prec=OUTER_DIGITS, rounding=ROUND_HALF_UP, Emin=-999_999, Emax=999_999)


def inner(value: Fraction | Decimal) -> Decimal:
    """A number with 60 digits, to calculate with in `INNER`."""
    if isinstance(value, Decimal):
        return value
    return INNER.divide(Decimal(value.numerator), Decimal(value.denominator))


def outer(value: Decimal) -> Fraction:
    """The result of an irrational step: 40 significant digits, from then on exact."""
    return Fraction(_OUTER.plus(value))


def stored(points: Fraction) -> Decimal:
    """Points as a result keeps them, at most 40 digits."""
    return decimal_of_fraction(points, digits=OUTER_DIGITS)


def published(points: Fraction, decimals: int) -> Decimal:
    """The one rounding: half-up at the rubric's decimals, from the exact points."""
    scaled = abs(points) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    value = Decimal(units if points >= 0 else -units).scaleb(-decimals, context=INNER)
    return without_negative_zero(value)
