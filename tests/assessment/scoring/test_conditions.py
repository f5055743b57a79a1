"""Conditions have three answers: yes, no, and not to be decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessment.scoring.conditions import compare, holds, number_of
from core.outcome import Outcome
from indicators.rubric.condition import Comparison, Condition, Junction, Negation
from indicators.rubric.condition import Test as Compared
from tests.assessment.scoring.worked import ended, measured


def attribute(name: str, test: Compared = Compared.IS, against: Any = "yes") -> Comparison:
    return Comparison("attribute", name, test, against)


YES, NO, UNKNOWN = attribute("yes"), attribute("no"), attribute("nowhere")
PROFILE = {"yes": "yes", "no": "no"}


def answer(condition: Condition, **measurements: Any) -> bool | None:
    return holds(condition, profile=PROFILE, measurements=measurements)


@pytest.mark.parametrize(
    ("parts", "all_of", "expected"),
    [
        ((YES, YES), True, True), ((YES, NO), True, False), ((YES, UNKNOWN), True, None), ((NO, UNKNOWN), True, False),
        ((NO, NO), False, False), ((NO, YES), False, True), ((NO, UNKNOWN), False, None), ((YES, UNKNOWN), False, True),
    ],
)  # fmt: skip
def test_all_and_any_are_decided_as_soon_as_one_part_decides(
    parts: tuple[Condition, ...], all_of: bool, expected: bool | None
) -> None:
    assert answer(Junction(all_of, parts)) is expected
    assert answer(Junction(all_of, parts[::-1])) is expected


def test_the_opposite_of_what_is_not_known_is_not_known() -> None:
    assert [answer(Negation(part)) for part in (YES, NO, UNKNOWN)] == [False, True, None]


def test_a_measure_is_known_only_where_it_was_measured() -> None:
    condition = Comparison("measure", "m", Compared.AT_LEAST, Decimal(5))
    assert answer(condition, m=measured("m", "5")) is True
    assert answer(condition, m=ended("m", Outcome.INVALID)) is None
    assert answer(condition) is None
    assert answer(Comparison("measure", "yes", Compared.IS, "yes")) is None, (
        "an attribute of that name is something else"
    )


@pytest.mark.parametrize(
    ("test", "below", "on", "above"),
    [
        (Compared.AT_LEAST, False, True, True),
        (Compared.AT_MOST, True, True, False),
        (Compared.ABOVE, False, False, True),
        (Compared.BELOW, True, False, False),
    ],
)
def test_each_comparison_treats_its_line_as_it_says(test: Compared, below: bool, on: bool, above: bool) -> None:
    condition = attribute("a", test, Decimal("2.50"))
    assert [compare(condition, value) for value in ("2.49", "2.5", "2.51")] == [below, on, above]


def test_equality_goes_by_meaning_since_files_know_text_only() -> None:
    for actual, against, same in (
        ("1.50", Decimal("1.5"), True), (Decimal("1.5"), "1.50", True), (2, Decimal(2), True), ("2", "3", False),
        ("true", True, True), (" True ", True, True), ("TRUE", False, False), (False, False, True), (1, True, False),
        (True, Decimal(1), False), ("a", "a", True), ("a", "A", False), ("a", "b", False), ("a", Decimal(1), False),
    ):  # fmt: skip
        assert compare(attribute("a", Compared.IS, against), actual) is same, (actual, against)
        assert compare(attribute("a", Compared.IS_NOT, against), actual) is (not same), (actual, against)


def test_a_list_is_whatever_one_of_its_members_is() -> None:
    for several in (["x", "y"], ("x", "y"), {"x", "y"}, frozenset(("x", "y"))):
        assert compare(attribute("a", Compared.IS, "y"), several) is True
        assert compare(attribute("a", Compared.IS, "z"), several) is False
        assert compare(attribute("a", Compared.IN, ("z", "x")), several) is True


def test_in_asks_for_one_of_several_and_of_nothing_else() -> None:
    among = attribute("a", Compared.IN, ("1.0", "x"))
    assert [compare(among, value) for value in ("x", "1", Decimal(1), "y")] == [True, True, True, False]
    assert compare(attribute("a", Compared.IN, "xyz"), "x") is False


def test_nothing_known_decides_nothing_and_words_are_not_compared_with_numbers() -> None:
    for test in Compared:
        assert compare(attribute("a", test, Decimal(1)), None) is None
    for test in (Compared.AT_LEAST, Compared.AT_MOST, Compared.ABOVE, Compared.BELOW):
        assert compare(attribute("a", test, Decimal(1)), "many") is None
        assert compare(attribute("a", test, Decimal(1)), True) is None
        assert compare(attribute("a", test, "1"), Decimal(2)) is None


def test_numbers_are_counts_decimals_and_their_text_but_no_truth_values() -> None:
    found = [number_of(value) for value in (True, Decimal("1.5"), 3, "2.50", "2,5", "")]
    assert found == [None, Decimal("1.5"), Decimal(3), Decimal("2.50"), None, None]
    assert isinstance(number_of(3), Decimal)
