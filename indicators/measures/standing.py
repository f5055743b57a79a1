"""A rate that stands from one reading to the next, as amounts by the time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from indicators.measures.columns import FIGURE_SCALE, WIDEST, Integers
from indicators.measures.meters import DAY, Ledger


def standing(at: Integers, rates: Integers, ends: Integers, *, length: int, rejected: int = 0) -> Ledger:
    """The exact amounts of rates, each of which stands from its reading to an end; one below zero counts nowhere.

    Args:
        at: ascending, in ms.
        rates: figures, as integers of 10⁻⁹.
        ends: none later than the reading that follows.
        length: in ms, of the time the rate is over.
        rejected: readings that were left out before.
    """
    kept = np.flatnonzero(rates >= 0)
    at, ends, amounts = at[kept], ends[kept], _products(rates[kept], (ends - at)[kept])
    quantum = Fraction(1, FIGURE_SCALE * length)
    return Ledger("interval", quantum, at, ends, amounts, at, DAY, rejected + len(rates) - len(kept))


def _products(rates: Integers, lasting: Integers) -> Integers:
    """Amounts as machine integers where all of them fit, else wider."""
    narrow = rates.dtype != object and len(rates) and int(rates.max()) * int(lasting.max()) < WIDEST
    return rates * lasting if narrow else rates.astype(object) * lasting.astype(object)
