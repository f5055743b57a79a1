"""Numbers out of files, bounded to what a column of observations can hold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.quantity import rounded

# The largest whole number canonical JSON can hold (RFC 8785); nothing countable comes near it.
LARGEST_COUNT = 2**53 - 1
_DECIMALS = 9
_LARGEST_FIGURE = Decimal(10) ** 29  # all that `FIGURE` holds; the unit is that of the column already


def figure(value: Decimal | int | None) -> Decimal | None:
    """A figure at the nine decimals of its column, half-up; None for what is not finite or too large for it."""
    if value is None:
        return None
    value = Decimal(value)
    if not value.is_finite() or value.adjusted() >= _LARGEST_FIGURE.adjusted():
        return None
    return rounded(value, _DECIMALS)


def figures(values: Iterable[Decimal | int | None]) -> list[Decimal | None]:
    """`figure` of each value of a column."""
    return [figure(value) for value in values]


def count(value: object) -> int | None:
    """A whole number in the range of JSON; `3456.0` counts as whole, `True` and text do not."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 15 or value != value.to_integral_value():
            return None
        value = int(value)
    return value if abs(value) <= LARGEST_COUNT else None
