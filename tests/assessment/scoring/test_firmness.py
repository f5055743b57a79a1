"""How firmly results stand: grade lines inside their intervals, and what their company changes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assessment.scoring.exact import score
from assessment.scoring.facts import Facility
from assessment.scoring.firmness import Firmness, Line, Tried, tried
from indicators.rubric.model import Edition
from tests.assessment.scoring.worked import GRADES, edition_of, indicator, measured

CHILDREN = [indicator("a", "3"), indicator("b", "2", minimum={"at_least": "20", "on_miss": "block"})]
NEAR_L4 = {"a": "84", "b": "64"}  # 76: the weights alone carry it across 75


def graded(**more: object) -> Edition:
    return edition_of(CHILDREN, grades=GRADES, robustness={"normalisation": [], "aggregation": []}, **more)


def together(edition: Edition, **facts: Mapping[str, str]) -> Tried:
    found = []
    for name, values in facts.items():
        measurements = {measure: measured(measure, value) for measure, value in values.items()}
        own = score(edition, facility=name, profile={}, measurements=measurements, inputs_digest="sha256:x")
        found.append((own, Facility(name, {}, measurements)))
    made = tried(edition, found)
    assert made is not None
    return made


def test_a_line_inside_the_interval_is_named_and_others_are_not() -> None:
    firm = together(graded(), near=NEAR_L4).of["near"]
    low, high = firm.score
    assert low < 75 <= high
    assert firm.lines == (Line("L4", Decimal(75)),)
    assert together(graded(), far={"a": "84", "b": "80"}).of["far"].lines == ()


def test_a_capped_result_is_not_within_uncertainty_of_a_grade_it_cannot_have() -> None:
    cap = indicator("c", "0.0001", minimum={"at_least": "50", "on_miss": "cap", "cap_at": "L3"})
    edition = edition_of([*CHILDREN, cap], grades=GRADES, robustness={"normalisation": [], "aggregation": []})
    assert together(edition, free=NEAR_L4 | {"c": "60"}).of["free"].lines == (Line("L4", Decimal(75)),)
    assert together(edition, capped=NEAR_L4 | {"c": "10"}).of["capped"].lines == ()


def test_company_changes_ranks_and_no_score() -> None:
    alone = together(graded(), near=NEAR_L4).of["near"]
    found = together(graded(), near=NEAR_L4, twin={"a": "70", "b": "85"}, last={"a": "40", "b": "41"})
    assert found.of["near"].score == alone.score
    assert alone.rank == (1, 1)
    assert found.of["near"].rank == (1, 2)
    assert found.of["near"].tie_group == found.of["twin"].tie_group != found.of["last"].tie_group


def test_a_blocked_result_has_none() -> None:
    assert together(graded(), blocked={"a": "90", "b": "10"}).of == {}


def test_without_errors_the_sentence_says_that_values_count_as_exact() -> None:
    assert "no value has an error" in together(graded(), near=NEAR_L4).varied.en


def test_what_is_kept_reads_back_as_it_was() -> None:
    firm = together(graded(), near=NEAR_L4).of["near"]
    assert Firmness.from_json(firm.as_json()) == firm
