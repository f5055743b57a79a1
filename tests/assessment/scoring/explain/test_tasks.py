"""What is still to do for an indicator, told from its outcome and from what came in."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from assessment.scoring.explain.tasks import (
    NEEDS_FIRST,
    NOT_COVERED,
    STILL_TO_COME,
    HandedIn,
    TaskState,
    task_state,
    window_of,
)
from assessment.scoring.explain.trial import FieldKind, fields_of, tried
from core.errors import InputError
from core.outcome import Outcome, Reason
from core.provenance import Where
from core.quantity import PLAIN_NUMBER
from core.text import Text
from indicators.measures.base import Measurement
from indicators.measures.registry import MEASURE_BY_NAME
from tests.assessment.scoring.explain.test_advice import situation
from tests.assessment.scoring.worked import edition_of, indicator

MEASURES = Path(__file__).parents[4] / "indicators" / "measures"
PUE = MEASURE_BY_NAME["annual_pue"]
YEAR = tuple(f"2025-{month:02}" for month in range(1, 13))
MONTHLY = ("energy_readings", "jobs")
# Reasons that nothing else clears and no waiting: what was handed in is at fault, or is not good enough.
FAULTY = {
    *("baseline_unfit", "demand_response_too_small", "estimate_out_of_range", "held_for_review", "no_half_precision"),
    *("no_load", "no_result", "no_successful_run", "no_valid_result", "not_the_reference_mix", "nothing_allocated"),
    *("objective_refused", "open_division", "other_model", "other_variant", "requests_failed", "slo_not_met"),
    *("stamps_missing", "too_few_emulated", "too_many_failed_runs"),
}


def codes_of_measures() -> set[str]:
    """Every code with which a measure says that there is too little, read from the source."""
    found = set()
    for path in MEASURES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("InsufficientData", "PartMissing", "Flaw"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def ended(outcome: Outcome, code: str) -> Any:
    measurement = Measurement("a", outcome, reason=Reason(code, Text(zh="缺", en="lacking")))
    return situation(edition_of([indicator("a")]), {"a": measurement}).result().node("a")


def state(
    outcome: Outcome, code: str = "x", *, months: tuple[str, ...] = (), reading: tuple[str, ...] = ()
) -> TaskState:
    handed_in = HandedIn(months={"energy_readings": months} if months else {}, reading=reading)
    window = window_of(PUE, wanted=YEAR, handed_in=handed_in, monthly=MONTHLY)
    return task_state(ended(outcome, code), measure=PUE, handed_in=handed_in, window=window)


@pytest.mark.slow
def test_every_reason_of_every_measure_has_its_place() -> None:
    known = NEEDS_FIRST | STILL_TO_COME | NOT_COVERED
    assert codes_of_measures() == known | FAULTY
    assert len(known) == len(NEEDS_FIRST) + len(STILL_TO_COME) + len(NOT_COVERED)


@pytest.mark.parametrize(
    ("outcome", "code", "expected"),
    [
        (Outcome.NO_EVIDENCE, "no_evidence", TaskState.NOT_STARTED),
        (Outcome.NO_EVIDENCE, "evidence_rejected", TaskState.PROBLEM),
        (Outcome.NOT_APPLICABLE, "no_published_reference", TaskState.NOT_NEEDED),
        (Outcome.NOT_ASSESSABLE, "run_card_missing", TaskState.CANNOT_START),
        (Outcome.NOT_ASSESSABLE, "too_few_days", TaskState.IN_PROGRESS),
        (Outcome.NOT_ASSESSABLE, "slo_not_met", TaskState.PROBLEM),
        (Outcome.INVALID, "impossible_value", TaskState.PROBLEM),
    ],
)
def test_a_state_follows_from_outcome_and_reason(outcome: Outcome, code: str, expected: TaskState) -> None:
    assert state(outcome, code) is expected


def test_a_year_that_is_coming_in_is_in_progress_and_one_with_a_hole_is_a_problem() -> None:
    assert state(Outcome.NOT_ASSESSABLE, "coverage_too_small", months=YEAR[:9]) is TaskState.IN_PROGRESS
    assert state(Outcome.NOT_ASSESSABLE, "coverage_too_small", months=YEAR[:4] + YEAR[5:]) is TaskState.PROBLEM
    assert state(Outcome.NOT_ASSESSABLE, "coverage_too_small", months=YEAR) is TaskState.PROBLEM


def test_what_is_being_read_is_in_progress() -> None:
    assert state(Outcome.NO_EVIDENCE, "no_evidence", reading=("energy_readings",)) is TaskState.IN_PROGRESS
    assert state(Outcome.NO_EVIDENCE, "no_evidence", reading=("jobs",)) is TaskState.NOT_STARTED


def test_a_window_names_what_is_missing_and_what_lies_between() -> None:
    there = HandedIn(months={"energy_readings": (*YEAR[2:5], YEAR[7])})
    window = window_of(PUE, wanted=YEAR, handed_in=there, monthly=MONTHLY)
    assert window is not None
    assert (window.present, window.months) == (4, 12)
    assert window.missing == (*YEAR[:2], *YEAR[5:7], *YEAR[8:])
    assert window.gaps == YEAR[5:7]
    assert window_of(PUE, wanted=YEAR, handed_in=HandedIn(), monthly=MONTHLY) is None


# --- trials ---------------------------------------------------------------------------------------------


def test_a_slider_ends_where_the_curve_does_and_the_measured_value_lies_on_it() -> None:
    found = situation(edition_of([indicator("a")]), {"a": "40"})
    [field] = fields_of(found, found.result())
    assert field.kind is FieldKind.NUMBER
    assert field.value == 40
    assert (field.low, field.high) == (0, 100)
    assert field.step is not None
    assert 100 <= (100 - 0) / field.step <= 1000


def test_what_is_tried_is_scored_and_the_facility_stays_as_it_is() -> None:
    found = situation(edition_of([indicator("a"), indicator("b")]), {"a": "40", "b": "60"})
    fields = fields_of(found, found.result())
    changed, differing = tried(found, fields, {"a": "80", "b": "60"})
    assert [field.name for field in differing] == ["a"]
    assert str(changed.result().score) == "70.00"
    assert str(found.result().score) == "50.00"


def test_a_value_for_what_was_never_measured_counts_in_full() -> None:
    found = situation(edition_of([indicator("a"), indicator("b")]), {"a": "40"})
    changed, _ = tried(found, fields_of(found, found.result()), {"b": "100"})
    assert str(changed.result().score) == "70.00"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"a": "much"}, "not_a_number"),
        ({"a": "1e400"}, "not_a_number"),
        ({"a": "1e99"}, "out_of_range"),
        ({"z": "1"}, "unknown_field"),
    ],
)
def test_what_cannot_be_tried_is_refused_by_name(given: dict[str, str], code: str) -> None:
    found = situation(edition_of([indicator("a")]), {"a": "40"})
    with pytest.raises(InputError) as refusal:
        tried(found, fields_of(found, found.result()), given)
    assert refusal.value.code == code
    assert refusal.value.where is not None
    assert refusal.value.hint is not None


@pytest.mark.torture("T15")
@pytest.mark.parametrize("text", ["1_0", "１", "１.２", "٣", "NaN", ".5", "1 0"])
def test_a_figure_to_try_follows_the_grammar_of_all_figures(text: str) -> None:
    found = situation(edition_of([indicator("a")]), {"a": "40"})
    with pytest.raises(InputError) as refusal:
        tried(found, fields_of(found, found.result()), {"a": text})
    assert refusal.value.code == "not_a_number"
    assert refusal.value.where == Where(field="a")
    assert refusal.value.hint == PLAIN_NUMBER


def test_blanks_around_a_figure_to_try_do_not_matter() -> None:
    found = situation(edition_of([indicator("a")]), {"a": "40"})
    _, [changed] = tried(found, fields_of(found, found.result()), {"a": " +1.2 "})
    assert str(changed.value) == "1.2"
