"""What an indicator alone is worth: the same figures as when the defining engine is asked."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.explain.levers import Lever
from assessment.scoring.explain.stakes import gains, stakes
from assessment.scoring.explain.steps import taken
from core.errors import UserFacingError
from indicators.rubric.model import Indicator
from tests.assessment.scoring.explain.test_advice import situation
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import edition_of, indicator


def test_the_gain_is_what_its_weight_makes_of_it() -> None:
    found = situation(edition_of([indicator("a", "3"), indicator("b", "1")]), {"a": "60", "b": "20"})
    worth = stakes(found, found.result())
    assert {code: (one.now, one.then) for code, one in worth.items()} == {
        "a": (Decimal("50.00"), Decimal("80.00")),
        "b": (Decimal("50.00"), Decimal("70.00")),
    }
    assert [one.code for one in gains(worth)] == ["a", "b"]
    assert all(one.of_total for one in worth.values())


def test_what_has_all_its_points_has_nothing_at_stake() -> None:
    found = situation(edition_of([indicator("a"), indicator("b")]), {"a": "100", "b": "20"})
    assert set(stakes(found, found.result())) == {"b"}


@pytest.mark.slow
@settings(max_examples=25)
@given(st.integers(min_value=0, max_value=10_000))
def test_the_defining_engine_says_the_same(seed: int) -> None:
    chance = seeded(seed)
    edition = random_edition(chance)
    facility = random_facility(chance, edition, "f")
    found = situation(edition, {})
    found = type(found)(edition, facility.name, facility.profile, facility.measurements, edition.semantics)
    try:
        result = found.result()
        worth = stakes(found, result)
    except UserFacingError:
        return
    for code, one in worth.items():
        rule = edition.node(code)
        assert isinstance(rule, Indicator)
        step = Lever(rule, result.node(code), edition, found.measurements).best
        assert step is not None
        again = found.measuring(taken((step,), found.measurements)).result()
        assert one.grade == again.grade
        if one.of_total:
            assert one.then == again.score
            assert Fraction(one.now or 0) == Fraction(result.score or 0)
