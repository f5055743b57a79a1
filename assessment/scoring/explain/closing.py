"""Parts as they are published: rounded so that they add up to the published total, never beside it.

Method: every part is rounded half away from zero; while their sum differs from the total, the part that rounding
moved furthest the wrong way gives or takes one unit of the last digit (largest remainder, Hamilton). Ties go by code.
Parts with their signs turned close to the same figures with their signs turned.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.digits import INNER
from core.quantity import without_negative_zero


def closed(parts: Mapping[str, Fraction], *, total: Decimal, decimals: int) -> dict[str, Decimal]:
    """Each part with so many decimals, adding up to `total` exactly.

    Args:
        parts: exact parts by code, whose sum is `total` but for its rounding.
        total: as published, with at most `decimals` decimals.

    Returns:
        In the order of `parts`; empty for no parts, whatever the total.
    """
    scaled = {code: part * 10**decimals for code, part in parts.items()}
    units = {code: _half_away(part) for code, part in scaled.items()}
    left = int(Fraction(total) * 10**decimals) - sum(units.values())
    step = 1 if left > 0 else -1
    while left and units:
        # A part of nothing is asked last: no figure appears where nothing was lost.
        asked = min(units, key=lambda code: (scaled[code] == 0, -step * (scaled[code] - units[code]), code))
        units[asked] += step
        left -= step
    return {
        code: without_negative_zero(Decimal(count).scaleb(-decimals, context=INNER)) for code, count in units.items()
    }


def _half_away(value: Fraction) -> int:
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size
