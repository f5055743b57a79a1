"""What would cost the grade: told by hand for a mean, confirmed by the engine for anything."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assessment.scoring.explain.borders import borders
from tests.assessment.scoring.explain.test_advice import LINES, situation
from tests.assessment.scoring.worked import edition_of, indicator


def test_of_two_indicators_each_may_lose_what_its_weight_leaves() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "1")], grades=LINES)
    found = situation(edition, {"a": "80", "b": "80"})
    near = borders(found, found.result())
    # 80 of 75, which 74.995 publishes: a may fall by 6.67 points, b by 20.02.
    assert [(one.code, str(one.after)) for one in near] == [("a", "73.3"), ("b", "59.9")]
    assert [one.grade for one in near] == ["L3", "L3"]


def test_every_border_is_confirmed_by_the_engine_and_the_value_before_it_keeps_the_grade() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "2"), indicator("c", "1")], grades=LINES)
    values = {"a": "78.5", "b": "91", "c": "40"}
    given = situation(edition, values)
    result = given.result()
    found = borders(given, result)
    assert found
    for one in found:
        assert one.grade != result.grade
        halfway = (one.before + one.after) / 2
        measurements = dict(given.measurements)
        measurements[one.code] = replace(measurements[one.code], value=halfway)
        assert given.measuring(measurements).result().grade == result.grade


def test_a_centre_far_from_any_line_has_no_border() -> None:
    edition = edition_of([indicator("a", "1"), indicator("b", "99")], grades=LINES)
    found = situation(edition, {"a": "85", "b": "85"})
    assert [one.code for one in borders(found, found.result())] == ["b"]
    lowest = situation(edition, {"a": "1", "b": "1"})
    assert borders(lowest, lowest.result()) == ()
    assert Decimal("85") == borders(found, found.result())[0].before
