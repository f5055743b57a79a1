"""Where digits end: 60 inside, 40 kept, and one rounding half-up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from assessment.scoring.digits import INNER, inner, outer, published, stored


@pytest.mark.parametrize(
    ("points", "decimals", "shown"),
    [
        ("74.995", 2, "75.00"), ("74.994999999", 2, "74.99"), ("0.5", 0, "1"), ("0.49", 0, "0"), ("100", 2, "100.00"),
        ("-0.005", 2, "-0.01"), ("-0.004", 2, "0.00"), ("0", 2, "0.00"), ("0.0005", 3, "0.001"), ("12.345", 1, "12.3"),
    ],
)  # fmt: skip
def test_published_points_are_rounded_half_away_from_nothing_once(points: str, decimals: int, shown: str) -> None:
    assert str(published(Fraction(points), decimals)) == shown


def test_a_third_is_kept_with_forty_digits_and_a_half_in_the_last_goes_up() -> None:
    assert str(stored(Fraction(1, 3))) == "0." + "3" * 40
    assert str(stored(Fraction(2, 3))) == "0." + "6" * 39 + "7"
    assert stored(Fraction(10**40 * 2 + 5, 10**40)) == Decimal("2." + "0" * 38 + "1")
    assert stored(Fraction(149, 2)) == Decimal("74.5")


def test_inside_sixty_digits_are_calculated_with() -> None:
    assert str(inner(Fraction(2, 3))) == "0." + "6" * 59 + "7"
    exact = Decimal("1." + "1" * 80)
    assert inner(exact) is exact, "what is decimal already keeps its digits"
    assert str(INNER.divide(Decimal(1), Decimal(3))) == "0." + "3" * 60


def test_an_irrational_step_leaves_forty_digits_rounded_half_up() -> None:
    assert outer(Decimal("0." + "1" * 39 + "15")) == Fraction(Decimal("0." + "1" * 39 + "2"))
    assert outer(Decimal("0." + "1" * 39 + "14")) == Fraction(Decimal("0." + "1" * 40))


def test_figures_far_smaller_and_larger_than_any_score_stay_figures() -> None:
    assert INNER.power(Decimal(10), Decimal(-400_000)) > 0
    assert outer(INNER.power(Decimal(10), Decimal(-2000))) == Fraction(1, 10**2000)
    assert outer(INNER.power(Decimal(10), Decimal(2000))) == 10**2000
