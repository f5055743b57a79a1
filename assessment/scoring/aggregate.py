"""From the points of the children to the points of their parent; weights are never normalised first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.digits import INNER, inner, outer
from indicators.rubric.model import Aggregate, Aggregation

WeightedPoints = tuple[Fraction, Fraction]  # weight > 0; points ≥ 0 but for arithmetic and minimum


def aggregate(rule: Aggregation, children: Sequence[WeightedPoints]) -> Fraction:
    """Points of a node from its counting children.

    Arithmetic `Σw·s / Σw`, geometric `exp(Σw·ln s / Σw)`, harmonic `Σw / Σ(w/s)`, power `(Σw·s^p / Σw)^(1/p)`, or the
    minimum. A declared floor lifts each child first. A child with 0 points makes geometric, harmonic and negative
    powers 0.

    Args:
        children: at least one pair of weight and points, in any order: the result does not depend on it.
    """
    floored = list(children)
    if rule.floor is not None:
        floored = [(weight, max(points, Fraction(rule.floor))) for weight, points in children]
    match rule.kind:
        case Aggregate.ARITHMETIC:
            return sum((weight * points for weight, points in floored), Fraction(0)) / _total(floored)
        case Aggregate.MINIMUM:
            return min(points for _, points in floored)
        case Aggregate.HARMONIC:
            if any(points == 0 for _, points in floored):
                return Fraction(0)
            return _total(floored) / sum((weight / points for weight, points in floored), Fraction(0))
        case Aggregate.GEOMETRIC:
            return _geometric(floored)
        case Aggregate.POWER:
            return _power(floored, rule.exponent or Decimal(1))


def _total(children: Sequence[WeightedPoints]) -> Fraction:
    return sum((weight for weight, _ in children), Fraction(0))


def _geometric(children: Sequence[WeightedPoints]) -> Fraction:
    if any(points == 0 for _, points in children):
        return Fraction(0)
    # Sorted, because 60 digits still remember the order of a sum.
    logs = [INNER.multiply(inner(weight), INNER.ln(inner(points))) for weight, points in sorted(children)]
    return outer(INNER.exp(INNER.divide(_sum(logs), inner(_total(children)))))


def _power(children: Sequence[WeightedPoints], exponent: Decimal) -> Fraction:
    if exponent < 0 and any(points == 0 for _, points in children):
        return Fraction(0)
    powers = [
        INNER.multiply(inner(weight), INNER.power(inner(points), exponent) if points else Decimal(0))
        for weight, points in sorted(children)
    ]
    mean = INNER.divide(_sum(powers), inner(_total(children)))
    return outer(INNER.power(mean, INNER.divide(Decimal(1), exponent))) if mean else Fraction(0)


def _sum(values: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = INNER.add(total, value)
    return total
