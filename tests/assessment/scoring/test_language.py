"""What a rubric may say beside curves: derived measures, dated parameters, equal weights, enough evidence, rounding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessment.scoring.cases import run_cases
from assessment.scoring.facts import categories, read_facts
from assessment.scoring.facts_rows import FactsError
from assessment.scoring.result import Verdict
from core.errors import InputError
from core.outcome import Outcome, Quality
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition
from tests.assessment.scoring.worked import edition_of, ended, indicator, measured, scored, title

HUNDRED = {"kind": "linear", "points": [["0", "0"], ["100", "100"]]}


def declared(unit: str = "point", **more: Any) -> dict[str, Any]:
    return {"title": title("m"), "unit": unit, "direction": "higher"} | more


# --- derived measures -------------------------------------------------------------------------------------------------


def per_head(**more: Any) -> Edition:
    measures = {
        "gdp": declared("USD", lowest="0"),
        "people": declared("person", lowest="0"),
        "gdp_per_head": declared("USD/person", formula="gdp / people", **more),
    }
    return edition_of([indicator("a", measure="gdp_per_head", missing="zero")], measures=measures)


def test_a_measure_follows_from_others_exactly() -> None:
    node = scored(per_head(), {"gdp": "200", "people": "3"}).node("a")
    assert node.inputs is not None
    assert (str(node.published), str(node.inputs.value)[:8], node.inputs.formula) == (
        "66.67",
        "66.66666",
        "gdp / people",
    )
    assert [(one.name, one.value, one.unit) for one in node.inputs.inputs] == [
        ("gdp", Decimal(200), "USD"),
        ("people", Decimal(3), "person"),
    ]


def test_a_third_stays_a_third_up_to_the_rounding() -> None:
    measures = {"x": declared("1"), "third": declared("1", formula="x / 3")}
    edition = edition_of(
        [indicator("a", measure="third", curve={"kind": "linear", "points": [["0", "0"], ["1", "100"]]})],
        measures=measures,
    )
    assert str(scored(edition, {"x": "0.00015"}).score) == "0.01"  # 0.005 exactly, half-up; 0.00499… would be 0.00


@pytest.mark.parametrize(
    ("given", "outcome", "code"),
    [
        ({"gdp": "200"}, Outcome.NO_EVIDENCE, "input_missing"),
        ({"gdp": "200", "people": ended("people", Outcome.NOT_ASSESSABLE)}, Outcome.NOT_ASSESSABLE, "input_missing"),
        ({"gdp": "200", "people": ended("people", Outcome.NOT_APPLICABLE)}, Outcome.NOT_APPLICABLE, "input_missing"),
        ({"gdp": "200", "people": "-1"}, Outcome.INVALID, "invalid_input"),
        ({"gdp": "200", "people": "0"}, Outcome.NOT_ASSESSABLE, "not_computable"),
        ({"gdp": ended("gdp", Outcome.NO_EVIDENCE), "people": "-1"}, Outcome.INVALID, "invalid_input"),
    ],
)
def test_a_missing_or_bad_input_is_passed_on(given: dict[str, Any], outcome: Outcome, code: str) -> None:
    node = scored(per_head(), given).node("a")
    assert node.reason is not None
    assert (node.outcome, node.reason.code) == (outcome, code)


def test_the_worst_grade_and_the_lowest_cap_of_the_inputs_are_passed_on() -> None:
    given = {"gdp": measured("gdp", "200", quality="C"), "people": measured("people", "3", cap="60", quality="B")}
    inputs = scored(per_head(), given).node("a").inputs
    assert inputs is not None
    assert (inputs.quality, inputs.cap) == (Quality.C, Decimal(60))


def test_a_derived_value_has_bounds_of_its_own() -> None:
    assert scored(per_head(highest="50"), {"gdp": "200", "people": "3"}).node("a").outcome is Outcome.INVALID


def test_a_formula_gives_points_and_is_held_in_range() -> None:
    measures = {name: declared() for name in ("x", "y")}
    curve = {"kind": "formula", "formula": "100 * value / (value + y)"}
    edition = edition_of([indicator("a", measure="x", curve=curve), indicator("b", measure="y")], measures=measures)
    assert str(scored(edition, {"x": "1", "y": "2"}).node("a").published) == "33.33"
    assert str(scored(edition, {"x": "3", "y": "-2"}).node("a").published) == "100.00"
    assert scored(edition, {"x": "1"}).node("a").outcome is Outcome.NO_EVIDENCE
    assert scored(edition, {"x": "1", "y": "-1"}).node("a").outcome is Outcome.NOT_ASSESSABLE


# --- parameters -------------------------------------------------------------------------------------------------------


def dated() -> Edition:
    measures = {"energy": declared("kWh"), "carbon": declared("kg", formula="energy * factor")}
    parameters = {
        "factor": {
            "title": title("f"), "unit": "kg/kWh", "by": "year",
            "values": [{"from": "2022", "value": "0.5"}, {"from": "2024-07", "value": "0.25", "clause": "3"}],
        },
        "line": {"title": title("l"), "unit": "kg", "value": "40"},
    }  # fmt: skip
    line = {"at_least": {"parameter": "line"}, "on_miss": "block"}
    return edition_of([indicator("a", measure="carbon", minimum=line)], measures=measures, parameters=parameters)


@pytest.mark.parametrize(
    ("year", "points"), [("2022", "50.00"), ("2024-06-30", "50.00"), ("2024-07-01", "25.00"), ("2030", "25.00")]
)
def test_a_parameter_has_the_value_of_the_facilitys_date(year: str, points: str) -> None:
    result = scored(dated(), {"energy": "100"}, profile={"year": year})
    assert str(result.node("a").published) == points
    assert (result.verdict is Verdict.BLOCKED) == (Decimal(points) < 40)


@pytest.mark.parametrize(
    ("year", "code"), [("2021", "date_too_early"), ("soon", "date_missing"), (None, "date_missing")]
)
def test_a_facility_without_a_usable_date_is_refused_by_name(year: str | None, code: str) -> None:
    with pytest.raises(InputError) as refused:
        scored(dated(), {"energy": "100"}, profile={"year": year} if year else {})
    assert (refused.value.code, "f" in refused.value.message.en) == (code, True)


# --- aggregation ------------------------------------------------------------------------------------------------------


def unweighted(name: str, **more: Any) -> dict[str, Any]:
    content = indicator(name, **more)
    del content["weight"]
    return content


def test_equal_weights_need_not_be_written() -> None:
    edition = edition_of([unweighted("a"), unweighted("b"), unweighted("c")], weights="equal")
    assert str(scored(edition, {"a": "10", "b": "20", "c": "60"}).score) == "30.00"


def test_weights_of_any_sum_are_used_as_written() -> None:
    edition = edition_of([indicator("a", "0.1"), indicator("b", "0.2")])
    assert str(scored(edition, {"a": "10", "b": "40"}).score) == "30.00"


def test_a_level_says_how_its_groups_are_combined_and_rounded() -> None:
    group = {"id": "g", "title": title("g"), "weight": "1", "children": [indicator("a"), indicator("b")]}
    levels = [
        {"id": "top", "title": title("t"), "aggregation": "minimum"},
        {"id": "group", "title": title("g"), "aggregation": "geometric", "decimals": "0"},
        {"id": "leaf", "title": title("l"), "decimals": "1"},
    ]
    edition = edition_of([group, indicator("c")], levels=levels)
    result = scored(edition, {"a": "10.04", "b": "14.5", "c": "99"})
    # √(10.0 · 14.5) = 12.04 → 12
    assert [str(result.node(code).points) for code in ("g.a", "g", "test")] == ["10", "12", "12"]


@pytest.mark.parametrize("needs", [{"at_least": "2"}, {"share": "0.5"}, {"at_least": "2", "of": "indicators"}])
@pytest.mark.parametrize(("otherwise", "score"), [("block", None), ("exclude", "70.00")])
def test_a_group_of_which_too_little_is_measured_is_not_assessable(
    needs: dict[str, str], otherwise: str, score: str | None
) -> None:
    children = [indicator(name, missing="exclude") for name in "abc"]
    group = {"id": "g", "title": title("g"), "weight": "1", "children": children,
             "needs": needs | {"otherwise": otherwise}}  # fmt: skip
    edition = edition_of([group, indicator("z")])
    enough = scored(edition, {"a": "10", "b": "20", "z": "70"})
    assert str(enough.node("g").published) == "15.00"
    for given in ({"a": "10", "z": "70"}, {"z": "70"}):
        result = scored(edition, given)
        assert result.score == (None if score is None else Decimal(score))
        assert (result.verdict is Verdict.BLOCKED) == (otherwise == "block")


def test_what_does_not_apply_is_not_asked_for() -> None:
    group = {"id": "g", "title": title("g"), "weight": "1", "needs": {"share": "1", "otherwise": "block"},
             "children": [indicator("a"), indicator("b", applies_when={"attribute": "x", "is": "yes"})]}  # fmt: skip
    assert str(scored(edition_of([group]), {"a": "10"}, profile={"x": "no"}).score) == "10.00"
    assert scored(edition_of([group]), {"a": "10"}, profile={"x": "yes"}).score is None


def test_points_may_run_below_zero_and_missing_counts_the_lowest() -> None:
    measures = {name: declared() for name in "ab"}
    z = {"kind": "z_score", "mean": "0", "spread": "1", "deviation": "sample",
         "reference": {"mean": "10", "deviation": "2"}}  # fmt: skip
    edition = edition_of(
        [indicator(name, curve=z) for name in "ab"], measures=measures, lowest_points="-3", highest_points="3"
    )
    assert str(scored(edition, {"a": "7", "b": "11"}).score) == "-0.50"
    assert str(scored(edition, {"a": "10"}).score) == "-1.50"


# --- tables and categories --------------------------------------------------------------------------------------------


def table(**more: Any) -> Edition:
    words = {"none": "0", "partial": "1", "full": "2"}
    curve = {"kind": "table", "points": [["0", "0"], ["1", "30"], ["2", "100"]]} | more
    return edition_of([indicator("a", curve=curve)], measures={"a": declared("level", categories=words)})


def test_a_table_gives_the_points_of_a_value_or_word() -> None:
    facts = b"facility,measure,value\nx,a,partial\ny,a,2\n"
    facilities = read_facts(facts, file="f.csv", categories=categories(table()))
    assert {name: str(scored(table(), one.measurements).score) for name, one in facilities.items()} == {
        "x": "30.00",
        "y": "100.00",
    }


def test_a_value_beside_the_table_is_invalid_unless_the_table_says_otherwise() -> None:
    assert scored(table(), {"a": "3"}).node("a").outcome is Outcome.INVALID
    assert str(scored(table(otherwise="10"), {"a": "3"}).score) == "10.00"


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FactsError) as refused:
        read_facts(b"facility,measure,value\nx,a,half\n", file="f.csv", categories=categories(table()))
    assert (refused.value.code, "partial" in refused.value.message.en) == ("unknown_category", True)


# --- invalid evidence -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["zero", "exclude", "block", {"policy": "default", "points": "35"}])
def test_impossible_evidence_is_never_worth_more_than_none(missing: Any) -> None:
    rule = indicator("a", missing=missing, invalid="block" if missing == "block" else "zero")
    edition = edition_of([rule, indicator("b")], measures={"a": declared(lowest="0"), "b": declared()})
    none, bad = (scored(edition, given | {"b": "40"}) for given in ({}, {"a": "-1"}))
    assert (none.score is None) == (missing == "block")
    assert (bad.score or Decimal(0)) <= (none.score or Decimal(0))
    assert bad.node("a").outcome is Outcome.INVALID


def test_an_invalid_indispensable_indicator_blocks_unless_another_is_scored() -> None:
    rule = indicator("a", invalid="block", missing={"policy": "block", "unless_scored": ["b"]})
    edition = edition_of(
        [rule, indicator("b", missing="exclude")], measures={"a": declared(lowest="0"), "b": declared()}
    )
    blocked = scored(edition, {"a": "-1"})
    assert (blocked.score, blocked.verdict) == (None, Verdict.BLOCKED)
    assert [one.reason.code for one in blocked.consequences] == ["indispensable_invalid"]
    assert str(scored(edition, {"a": "-1", "b": "40"}).score) == "20.00"


# --- cases ------------------------------------------------------------------------------------------------------------


def test_a_case_brings_the_facilities_it_is_compared_with() -> None:
    head = edition_of([indicator("a", curve={"kind": "min_max"})]).content["rubric.yaml"]
    others = [{"name": "low", "facts": {"a": "0"}}, {"name": "high", "facts": {"a": "50"}}]
    case = {"name": "between", "facts": {"a": "20"}, "expect": {"score": "40.00"}}
    sound = edition_of_content({"rubric.yaml": head, "cases.yaml": {"others": others, "cases": [case]}}, final=False)
    assert run_cases(sound) == ()
    alone = edition_of_content({"rubric.yaml": head, "cases.yaml": {"cases": [case]}}, final=False)
    assert [miss.found for miss in run_cases(alone)] == ["50.00"]
