"""Sobol' indices of groups of inputs: how much of a variance each explains, alone and with all it does to others.

Each group is drawn as a whole, from draws A or from draws B; one evaluation with A, one with B, and one per group with
A but for that group. The first-order index is the part of the variance a group explains alone, the total index the
part that vanishes only with it.

Source: A. Saltelli et al., Computer Physics Communications 181 (2010) 259–270.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.stats import sobol_indices

from assessment.scoring.columns.population import Floats
from core.quantity import decimal_of_float, rounded

DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a variance, 0–1: of the group alone, and with all it does together with others."""

    first: Decimal
    total: Decimal


NOTHING = Share(Decimal("0.000"), Decimal("0.000"))


def sobol_shares(outputs: Floats) -> list[tuple[Share, ...]]:
    """For every output the shares of all groups; of nothing where the output is the same in all trials.

    Args:
        outputs: outputs × evaluations × trials; evaluations with A, with B, then one per group; trials a power of two.
    """
    found = [(NOTHING,) * (outputs.shape[1] - 2) for _ in outputs]
    moving = np.flatnonzero(np.ptp(outputs[:, :2].reshape(len(outputs), -1), axis=1) > 0)
    if not len(moving):
        return found
    some = outputs[moving]
    evaluated = {"f_A": some[:, 0], "f_B": some[:, 1], "f_AB": some[:, 2:].swapaxes(0, 1)}
    indices = sobol_indices(func=evaluated, n=outputs.shape[2])
    of_all = np.reshape(indices.first_order, (len(moving), -1)), np.reshape(indices.total_order, (len(moving), -1))
    for at, first, total in zip(moving, *of_all, strict=True):
        found[int(at)] = tuple(Share(_share(one), _share(whole)) for one, whole in zip(first, total, strict=True))
    return found


def _share(estimate: float) -> Decimal:
    """Estimates may fall a little outside what a share can be."""
    return rounded(decimal_of_float(min(max(float(estimate), 0.0), 1.0)), DECIMALS)
