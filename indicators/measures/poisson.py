"""The one-sided upper bound of a Poisson rate, in decimals, the same on every machine."""

from __future__ import annotations

from decimal import Decimal, localcontext

from core.quantity import FLOAT_DIGITS

_PRECISION = 40
_STEPS = 150


def upper_bound(events: int, *, confidence: Decimal = Decimal("0.95")) -> Decimal:
    """The mean μ at which so few events would be seen with probability 1 − confidence only.

    Equal to χ²(confidence; 2·events + 2) ÷ 2; 2.9957… for no event at 95 %.

    Returns:
        μ to 40 digits; divide by the exposure for a rate.
    Source: Poisson bound of the scheme, §3.2 of its measurement rules.
    """
    with localcontext() as context:
        context.prec = _PRECISION + FLOAT_DIGITS
        low, high = Decimal(events), Decimal(events) * 2 + 10
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if _at_most(events, middle) > 1 - confidence:
                low = middle
            else:
                high = middle
        context.prec = _PRECISION
        return +high


def _at_most(events: int, mean: Decimal) -> Decimal:
    """Probability of at most so many events at this mean."""
    term = total = (-mean).exp()
    for count in range(1, events + 1):
        term *= mean / count
        total += term
    return total
