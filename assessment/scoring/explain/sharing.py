"""Who lost the points of a node: its loss shared among its parts, fairly and in whatever order they stand.

Arithmetic, geometric, harmonic and power means are weighted averages on a scale of their own: `φ(P) = Σ w·φ(s) / Σ
w`, with `φ` the identity, `ln`, `1/s`, `s^p`. On that scale losses add up, so each part carries the share `w·(φ(H) −
φ(s)) / Σ w·(φ(H) − φ(s))` of the loss `H − P`: for the arithmetic mean `w·(H − s) / Σ w`, for the geometric mean the
share of the logarithm. It is the path integral (Aumann and Shapley) of the mean from full points to the points found,
all parts falling at one pace on that scale: no part is asked first, equal parts lose equally, a full part loses
nothing, two nested means of one kind give what the flat one gives. Where a part of 0 points alone makes the mean 0,
the limit holds: the parts of 0 points carry the loss by weight.

The minimum is shared as the cost of a runway among its aeroplanes (Shapley, Littlechild and Owen 1973): what all
lose, all carry alike; what only the weakest lose beyond the others, only they carry.

Sources: Aumann and Shapley, Values of Non-Atomic Games (1974); Ang, Zhang and Choi, Factorizing changes in energy and
environmental indicators through decomposition (1998), for the share of the logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.aggregate import WeightedPoints
from assessment.scoring.digits import INNER, inner, outer
from indicators.rubric.model import Aggregate, Aggregation


def lost_by_part(
    rule: Aggregation, children: Sequence[WeightedPoints], *, lost: Fraction, highest: Decimal
) -> list[Fraction]:
    """The loss of a node, one part for each counting child, adding up to it exactly.

    Args:
        children: weight and points of the children, in any order.
        lost: highest points less the points of the node.
        highest: points of a full node.

    Returns:
        In the order of `children`; none is negative when `lost` is not.
    """
    floor = Fraction(rule.floor or 0)
    floored = [(weight, max(points, floor)) for weight, points in children]
    shares = _shares(rule, floored, Fraction(highest))
    total = sum(shares, Fraction(0))
    if not total:
        # Nothing is lost but a digit beyond the fortieth, if that.
        shares = [weight for weight, _ in floored]
        total = sum(shares, Fraction(0))
    return [lost * share / total for share in shares]


def runway(losses: Sequence[Fraction]) -> list[Fraction]:
    """The greatest of some losses, shared among those who cause it: each step by all that reach as far.

    Args:
        losses: not negative.
    """
    shares = [Fraction(0)] * len(losses)
    below = Fraction(0)
    for step in sorted(set(losses)):
        reaching = [at for at, loss in enumerate(losses) if loss >= step]
        for at in reaching:
            shares[at] += (step - below) / len(reaching)
        below = step
    return shares


def _shares(rule: Aggregation, children: Sequence[WeightedPoints], highest: Fraction) -> list[Fraction]:
    match rule.kind:
        case Aggregate.ARITHMETIC:
            return [weight * (highest - points) for weight, points in children]
        case Aggregate.MINIMUM:
            return runway([highest - points for _, points in children])
    if _endless(rule) and any(points == 0 for _, points in children):
        return [weight if points == 0 else Fraction(0) for weight, points in children]
    if rule.kind is Aggregate.HARMONIC:
        return [weight * (1 / points - 1 / highest) for weight, points in children]
    top = _on_scale(rule, highest)
    return [
        weight * abs(outer(INNER.subtract(top, _on_scale(rule, points)))) if points != highest else Fraction(0)
        for weight, points in children
    ]


def _endless(rule: Aggregation) -> bool:
    """Whether 0 points lie at minus infinity on the scale of the mean."""
    by_power = rule.kind is Aggregate.POWER and rule.exponent is not None and rule.exponent < 0
    return by_power or rule.kind in (Aggregate.GEOMETRIC, Aggregate.HARMONIC)


def _on_scale(rule: Aggregation, points: Fraction) -> Decimal:
    if rule.kind is Aggregate.GEOMETRIC:
        return INNER.ln(inner(points))
    return INNER.power(inner(points), rule.exponent or Decimal(1)) if points else Decimal(0)
