"""Cohen's kappa against cases worked by hand and published ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.agreement import Weighting, kappa

LEVELS = (0, 1, 2, 3, 4, 5)
ratings = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), max_size=40)


def table(*rows: tuple[int, ...]) -> list[tuple[int, int]]:
    """Pairs from a table of counts, the first rater down."""
    return [(i, j) for i, row in enumerate(rows) for j, number in enumerate(row) for _ in range(number)]


def test_two_raters_of_fifty_applications_agree_by_two_fifths() -> None:
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 35/50, expected (25·30 + 25·20)/2500 = 1/2."""
    found = kappa(table((20, 5), (10, 15)), scale=(0, 1))
    assert (found.pairs, found.alike) == (50, 35)
    assert (found.observed, found.expected, found.kappa) == (Fraction(7, 10), Fraction(1, 2), Fraction(2, 5))


def test_weights_by_distance_worked_by_hand() -> None:
    """Five things on three levels: (0,0) (1,1) (2,2) (0,1) (0,2).

    Firsts 3, 1, 1; seconds 1, 2, 2. Linear weights 0, ½, 1: seen (½ + 1)/5 = 3/10; by chance
    (½·(3·2 + 1·1 + 1·2 + 1·2) + 1·(3·2 + 1·1))/25 = (5½ + 7)/25 = ½, so κ = 1 − (3/10)/(1/2) = 2/5.
    Squares 0, ¼, 1: seen (¼ + 1)/5 = 1/4; by chance (11/4 + 7)/25 = 39/100, so κ = 1 − 25/39 = 14/39.
    Unweighted: seen 2/5 apart; by chance (11 + 7)/25 = 18/25, so κ = 1 − 10/18 = 4/9.
    """
    pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2)]
    found = {one: kappa(pairs, scale=(0, 1, 2), weighting=one).kappa for one in Weighting}
    assert found == {
        Weighting.NONE: Fraction(4, 9),
        Weighting.LINEAR: Fraction(2, 5),
        Weighting.QUADRATIC: Fraction(14, 39),
    }


def test_agreement_in_everything_is_one_and_the_very_opposite_is_minus_one() -> None:
    assert kappa([(0, 0), (1, 1)], scale=(0, 1)).kappa == 1
    assert kappa([(0, 1), (1, 0)], scale=(0, 1)).kappa == -1


def test_without_pairs_there_is_no_kappa_but_a_reason() -> None:
    found = kappa([], scale=LEVELS)
    assert (found.pairs, found.observed, found.kappa) == (0, None, None)
    assert found.reason is not None
    assert found.reason.code == "nothing_rated_twice"


def test_one_level_throughout_is_full_agreement_without_a_kappa() -> None:
    found = kappa([(3, 3)] * 7, scale=LEVELS, weighting=Weighting.LINEAR)
    assert (found.pairs, found.alike, found.observed, found.kappa) == (7, 7, 1, None)
    assert found.reason is not None
    assert found.reason.code == "one_level_only"


def test_one_rater_who_knows_one_level_only_agrees_no_better_than_chance() -> None:
    assert kappa([(3, 3), (3, 2), (3, 3)], scale=LEVELS).kappa == 0


def test_a_level_that_is_not_on_the_scale_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="6 is not on the scale"):
        kappa([(0, 6)], scale=LEVELS)
    with pytest.raises(ValueError, match="names a level twice"):
        kappa([], scale=(0, 0))


@given(ratings, st.sampled_from(Weighting))
def test_kappa_is_at_most_one_and_the_same_whoever_is_first(pairs: list[tuple[int, int]], weighting: Weighting) -> None:
    found = kappa(pairs, scale=LEVELS, weighting=weighting)
    turned = kappa([(second, first) for first, second in pairs], scale=LEVELS, weighting=weighting)
    assert found.kappa == turned.kappa
    assert (found.kappa is None) == (found.reason is not None)
    assert found.kappa is None or found.kappa <= 1


@given(ratings)
def test_on_two_levels_weights_make_no_difference(pairs: list[tuple[int, int]]) -> None:
    two = [(first % 2, second % 2) for first, second in pairs]
    assert len({kappa(two, scale=(0, 1), weighting=one).kappa for one in Weighting}) == 1
