"""Advice reaches what it promises: by hand for every kind of curve and obstacle, and for any rubric."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.curves import points_of
from assessment.scoring.explain.advice import Advice, Suggestion, advise
from assessment.scoring.explain.advice_words import advice_words
from assessment.scoring.explain.inverse import NotInvertible, nearest, reaching
from assessment.scoring.explain.needed import Points
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.steps import taken
from core.errors import UserFacingError
from core.outcome import Quality
from indicators.measures.base import Measurement
from indicators.rubric.curve import Bands, Boolean, Checklist, Judged, Linear
from indicators.rubric.model import Edition
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import GRADES, edition_of, indicator, measured, title

LINES = {"of": GRADES["of"]}  # without pillar floors


def situation(edition: Edition, values: Mapping[str, str | Measurement]) -> Situation:
    measurements = {n: v if isinstance(v, Measurement) else measured(n, v) for n, v in values.items()}
    return Situation(edition, "f", {}, measurements, edition.semantics)


def advised(edition: Edition, values: Mapping[str, str | Measurement]) -> Advice:
    found = situation(edition, values)
    return advise(found, found.result())


def steps(suggestion: Suggestion | None) -> list[tuple[str, str, str]]:
    assert suggestion is not None
    return [(step.code, str(step.before), str(step.after)) for step in suggestion.steps]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_one_indicator_alone_needs_what_its_weight_leaves_open() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "1")], grades=LINES)
    found = advised(edition, {"a": "70", "b": "80"})
    # 72.5 of 75: a needs 10/3 points more, b needs 10; the cheaper one first, no more digits than the way is long.
    assert [steps(one) for one in found.single] == [[("a", "70", "73.33")], [("b", "80", "90")]]
    assert [(str(one.score), one.grade) for one in found.single] == [("75.00", "L4"), ("75.00", "L4")]
    assert found.combination is None


def test_the_half_that_rounding_gives_is_not_asked_for() -> None:
    edition = edition_of([indicator("a")], grades=LINES)
    [only] = advised(edition, {"a": "74.99"}).single
    assert steps(only) == [("a", "74.99", "74.995")]
    assert str(only.score) == "75.00"


def test_the_cheapest_of_several_is_taken_where_no_single_one_suffices() -> None:
    edition = edition_of([indicator("a", "1"), indicator("b", "1"), indicator("c", "1")], grades=LINES)
    found = advised(edition, {"a": "60", "b": "60", "c": "60"})
    assert found.single == ()
    assert found.combination is not None
    # 15 points of three equal parts: 45 in all, whichever they are.
    assert 44 <= found.combination.cost <= 46
    assert found.combination.grade == "L4"


def test_a_pillar_below_its_floor_is_lifted_first() -> None:
    edition = edition_of([indicator("a", "9"), indicator("b", "1")], grades=GRADES)
    found = advised(edition, {"a": "90", "b": "30"})
    # 84 points would be L4, but b is below 60 − 15 and holds it at L2.
    [only] = found.single
    assert steps(only) == [("b", "30", "45")]
    assert only.grade == "L3"


def test_lower_is_better_where_the_curve_falls() -> None:
    curve = {"kind": "linear", "points": [["1.1", "100"], ["1.3", "60"], ["1.5", "0"]]}
    measures = {"pue": {"title": title("pue"), "unit": "1", "direction": "lower", "lowest": "1"}}
    edition = edition_of([indicator("pue", curve=curve)], grades=LINES, measures=measures)
    [only] = advised(edition, {"pue": "1.27"}).single
    assert steps(only) == [("pue", "1.27", "1.225")]


BANDS = [{"to": "5", "points": "60"}, {"from": "5", "points": "80"}]
LEVELS = [{"level": str(level), "points": str(20 * level), "title": title("l")} for level in range(6)]


@pytest.mark.parametrize(
    ("curve", "value", "expected"),
    [
        ({"kind": "linear", "axis": "log", "points": [["1", "0"], ["100", "100"]]}, "10", "15.9"),
        ({"kind": "bands", "closed": "left", "bands": BANDS}, "1", "5"),
        ({"kind": "bands", "closed": "right", "bands": BANDS}, "1", "5.01"),
        ({"kind": "boolean", "yes": "90", "no": "60"}, "0", "1"),
        ({"kind": "judged", "levels": LEVELS}, "3", "4"),
    ],
    ids=["log", "left-closed", "right-closed", "boolean", "judged"],
)  # fmt: skip
def test_every_kind_of_curve_is_read_backwards(curve: dict[str, Any], value: str, expected: str) -> None:
    edition = edition_of([indicator("a", curve=curve)], grades=LINES)
    [only] = advised(edition, {"a": value}).single
    assert steps(only) == [("a", value, expected)]


def test_a_checklist_names_the_fewest_items() -> None:
    items = [{"id": name, "title": title(name), "points": worth} for name, worth in
             (("x", "4"), ("y", "2"), ("z", "1"), ("w", "1"))]  # fmt: skip
    edition = edition_of([indicator("a", curve={"kind": "checklist", "items": items})], grades=LINES)
    [only] = advised(edition, {"a.x": "1", "a.y": "0", "a.z": "0", "a.w": "0"}).single
    # Half the points are met and 60 asked for: one of the small items will do.
    assert list(only.steps[0].items) == ["w"]
    assert str(only.score) == "62.50"


def test_better_evidence_alone_suffices_where_its_grade_holds_the_points_back() -> None:
    edition = edition_of([indicator("a")], grades=LINES, quality_caps={"B": "95", "C": "74", "D": "50"})
    [only] = advised(edition, {"a": measured("a", "85", quality="D")}).single
    [step] = only.steps
    assert (step.before, step.after, step.quality) == (Decimal(85), Decimal(85), Quality.C)
    assert (str(only.score), only.grade) == ("74.00", "L3")


def test_missing_evidence_is_asked_for_with_the_value_that_suffices() -> None:
    edition = edition_of([indicator("a"), indicator("b")], grades=LINES)
    _, second = advised(edition, {"a": "70"}).single
    [step] = second.steps
    assert (step.code, step.handed_in, step.before, step.after) == ("b", True, None, Decimal(10))
    assert second.grade == "L2"


# --- obstacles --------------------------------------------------------------------------------------------------------


def test_a_cap_is_said_first_and_cleared_by_its_line() -> None:
    minimum = {"at_least": "30", "on_miss": "cap", "cap_at": "L2"}
    edition = edition_of([indicator("a", "9"), indicator("b", "1", minimum=minimum)], grades=LINES)
    found = advised(edition, {"a": "90", "b": "22"})
    [obstacle] = found.obstacles
    assert (obstacle.code, obstacle.effect, obstacle.grade) == ("b", "cap", "L2")
    assert steps(found.combination) == [("b", "22", "30")]
    assert found.combination is not None
    assert found.combination.grade == "L4"


def test_a_block_for_want_of_evidence_says_which() -> None:
    edition = edition_of([indicator("a", missing="block"), indicator("b")], grades=LINES)
    found = advised(edition, {"b": "90"})
    assert [(one.code, one.effect) for one in found.obstacles] == [("a", "block")]
    assert found.combination is not None
    assert found.combination.steps[0].handed_in


def test_too_many_defaults_are_no_matter_of_values() -> None:
    limits = {"default_points": "35", "default_share": "0.4"}
    pillar = {
        "id": "g",
        "title": title("g"),
        "weight": "1",
        "children": [indicator("a", missing="default"), indicator("b")],
    }
    edition = edition_of([pillar], grades=LINES, limits=limits)
    found = advised(edition, {"b": "90"})
    assert not found.obstacles[0].is_cleared
    assert (found.single, found.combination) == ((), None)
    assert found.reason is not None
    assert "come first" in found.reason.en


def test_a_grade_out_of_reach_is_said_with_what_is_possible_at_most() -> None:
    low = {"kind": "linear", "points": [["0", "0"], ["100", "70"]]}
    edition = edition_of([indicator("a", curve=low)], grades=LINES)
    found = advised(edition, {"a": "90"})
    assert (found.single, found.combination) == ((), None)
    assert found.at_most is not None
    assert (str(found.at_most[0]), found.at_most[1]) == ("70.00", "L3")
    assert any("70.00" in text.zh and "70.00" in text.en for text in advice_words(found, edition))


def test_the_highest_grade_needs_no_advice_and_no_grades_give_none() -> None:
    assert advised(edition_of([indicator("a")], grades=LINES), {"a": "95"}).target is None
    assert advised(edition_of([indicator("a")]), {"a": "5"}).reason is not None


def test_a_curve_it_does_not_know_is_not_guessed_at() -> None:
    with pytest.raises(NotInvertible):
        reaching(Checklist(()), Fraction(50))


# --- any rubric -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_what_is_suggested_reaches_the_grade_in_any_rubric(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facility = random_facility(random, edition, "f")
    now = Situation(edition, "f", facility.profile, facility.measurements, 1)
    try:
        result = now.result()
    except UserFacingError:
        return
    found = advise(now, result)
    if found.target is None or edition.grades is None:
        return
    offered = [*found.single, *([found.combination] if found.combination is not None else [])]
    assert offered or found.reason is not None
    for one in offered:
        again = now.measuring(taken(one.steps, now.measurements)).result()
        assert again.grade is not None
        assert edition.grades.rank(again.grade) >= edition.grades.rank(found.target.id)
        assert (again.score, again.grade) == (one.score, one.grade)
    if found.at_most is not None and found.at_most[1] is not None:
        assert edition.grades.rank(found.at_most[1]) < edition.grades.rank(found.target.id)
    assert all(text.zh and text.en for text in advice_words(found, edition))


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_the_least_points_of_an_indicator_are_enough_and_no_more(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facility = random_facility(random, edition, "f")
    try:
        root = Situation(edition, "f", facility.profile, facility.measurements, 1).result().root
    except UserFacingError:
        return
    if root.points is None or root.points == edition.highest_points:
        return
    points = Points.of(root, edition)
    line = points.points[root.code] + (points.highest - points.points[root.code]) * Fraction(random.randint(1, 9), 40)
    for code in points.indicators:
        needed = points.needed(code, {root.code: line})
        if needed is None:
            continue
        assert needed > points.points[code]
        before = points.points[code]
        points.moved(code, needed)
        assert points.points[root.code] >= line
        points.moved(code, max(needed - points.highest / 10**9, before))
        assert points.points[root.code] < line
        points.moved(code, before)


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_a_value_read_off_a_curve_backwards_earns_its_points(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    for one in edition.indicators:
        curve = one.curve
        if not isinstance(curve, Linear | Bands | Boolean | Judged):
            continue
        needed = Fraction(edition.highest_points) * random.randint(1, 100) / 100
        present = Decimal(random.randint(-5, 120)) / 10
        value = nearest(reaching(curve, needed), present=present, downwards=False, lowest=None, highest=None)
        if value is not None and value != present:
            assert points_of(curve, value, highest=edition.highest_points) >= needed
