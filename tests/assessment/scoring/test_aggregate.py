"""Aggregation is exact, independent of order, and lies between its children."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.aggregate import aggregate
from assessment.scoring.digits import published
from indicators.rubric.model import Aggregate, Aggregation
from tests.fractions import fractions

RULES = [
    Aggregation(Aggregate.ARITHMETIC),
    Aggregation(Aggregate.GEOMETRIC),
    Aggregation(Aggregate.GEOMETRIC, floor=Decimal(1)),
    Aggregation(Aggregate.HARMONIC),
    Aggregation(Aggregate.MINIMUM),
    Aggregation(Aggregate.POWER, exponent=Decimal("0.5")),
    Aggregation(Aggregate.POWER, exponent=Decimal(-2)),
    Aggregation(Aggregate.POWER, exponent=Decimal(3)),
]
weights = fractions(Fraction(1, 100), 100, max_denominator=1000)
points = fractions(0, 100, max_denominator=10**6)
children = st.lists(st.tuples(weights, points), min_size=1, max_size=7)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}{rule.exponent or ''}")
@given(pairs=children, random=st.randoms())
def test_the_order_of_siblings_is_irrelevant(rule: Aggregation, pairs, random) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert aggregate(rule, shuffled) == aggregate(rule, pairs)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}{rule.exponent or ''}")
@given(pairs=children)
def test_the_result_lies_between_the_worst_and_the_best_child(rule: Aggregation, pairs) -> None:
    slack = Fraction(1, 10**35)
    lifted = [max(point, Fraction(rule.floor or 0)) for _, point in pairs]
    assert min(lifted) - slack <= aggregate(rule, pairs) <= max(lifted) + slack


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}{rule.exponent or ''}")
def test_four_equal_halves_round_up_whatever_the_rule(rule: Aggregation) -> None:
    four = [(Fraction(weight), Fraction("74.995")) for weight in (30, 30, 20, 20)]
    assert str(published(aggregate(rule, four), 2)) == "75.00"


def test_known_means() -> None:
    pair = [(Fraction(1), Fraction(4)), (Fraction(1), Fraction(9))]
    assert aggregate(Aggregation(Aggregate.GEOMETRIC), pair) == 6
    assert aggregate(Aggregation(Aggregate.HARMONIC), pair) == Fraction(72, 13)
    assert aggregate(Aggregation(Aggregate.ARITHMETIC), pair) == Fraction(13, 2)
    assert aggregate(Aggregation(Aggregate.MINIMUM), pair) == 4
    assert aggregate(Aggregation(Aggregate.POWER, exponent=Decimal("0.5")), pair) == Fraction(25, 4)


def test_a_power_between_nothing_and_one_forgives_a_child_without_points_and_a_negative_one_does_not() -> None:
    pair = [(Fraction(1), Fraction(0)), (Fraction(1), Fraction(100))]
    assert aggregate(Aggregation(Aggregate.POWER, exponent=Decimal("0.5")), pair) == 25
    assert aggregate(Aggregation(Aggregate.POWER, exponent=Decimal("-0.5")), pair) == 0
    assert aggregate(Aggregation(Aggregate.POWER, exponent=Decimal("-0.5")), [(Fraction(1), Fraction(1, 2))]) > 0


def test_a_floor_saves_a_geometric_mean_from_nothing() -> None:
    pair = [(Fraction(1), Fraction(0)), (Fraction(1), Fraction(100))]
    assert aggregate(Aggregation(Aggregate.GEOMETRIC), pair) == 0
    assert aggregate(Aggregation(Aggregate.GEOMETRIC, floor=Decimal(1)), pair) == 10


@given(fractions(0, 100, max_denominator=10**8), st.integers(0, 6))
def test_publishing_rounds_half_up_from_the_exact_points(value: Fraction, decimals: int) -> None:
    shown = Fraction(published(value, decimals))
    half = Fraction(1, 2 * 10**decimals)
    assert -half < shown - value <= half


def test_points_a_hair_below_a_half_are_not_rounded_twice() -> None:
    below = Fraction("74.995") - Fraction(1, 10**60)
    assert str(published(below, 2)) == "74.99"
