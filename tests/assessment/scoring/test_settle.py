"""What becomes of an indicator that was not measured, or whose evidence is invalid."""

from __future__ import annotations

from typing import Any

from assessment.scoring.result import Verdict
from core.outcome import Outcome
from indicators.rubric.model import Edition
from tests.assessment.scoring.worked import edition_of, ended, indicator, measured, scored


def indispensable(**more: Any) -> Edition:
    missing = {"policy": "block"} | ({"unless_scored": ["b"]} if more.pop("waits", False) else {})
    return edition_of([indicator("a", missing=missing, invalid="block", **more), indicator("b")])


def test_invalid_evidence_of_an_indispensable_indicator_is_as_bad_as_none() -> None:
    result = scored(indispensable(), {"a": measured("a", "1", unit="%"), "b": "80"})
    assert (result.verdict, result.score, result.root.outcome) == (Verdict.BLOCKED, None, Outcome.NOT_ASSESSABLE)
    (cause,) = result.consequences
    assert (cause.code, cause.effect, cause.grade, cause.reason.code) == ("a", "block", None, "indispensable_invalid")
    assert cause.reason.message.en == (
        "a is indispensable, and its evidence is invalid: The unit is “%”; “point” is expected."
    )


def test_it_is_a_finding_where_the_other_indispensable_one_is_scored() -> None:
    invalid = ended("a", Outcome.INVALID)
    result = scored(indispensable(waits=True), {"a": invalid, "b": "80"})
    assert (result.verdict, str(result.score)) == (Verdict.SCORED, "40.00")
    assert [(one.effect, one.reason.code) for one in result.consequences] == [("finding", "invalid_evidence")]
    assert scored(indispensable(waits=True), {"a": invalid}).verdict is Verdict.BLOCKED


def test_a_measured_one_is_what_it_is() -> None:
    result = scored(indispensable(), {"a": "60", "b": "80"})
    assert (str(result.score), result.consequences) == ("70.00", ())
