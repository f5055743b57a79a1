"""The exact engine: redistribution, missing policies, caps, minima and grades do what the rubric declares."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.result import Result, Verdict
from core.errors import InputError
from core.outcome import Outcome
from tests.assessment.scoring.worked import GRADES, edition_of, ended, indicator, measured, scored, title
from tests.editions import zhisuan

GOLDEN_DIGEST = "sha256:97c04d0215feba9a53d2fab1e98aa3bb63407f7b78878794402587d115e4a079"


def group(name: str, children: list[dict[str, object]], weight: str = "1", **more: object) -> dict[str, object]:
    return {"id": name, "title": title(name), "weight": weight, "children": children} | more


def test_four_times_74_995_is_published_as_75_00_and_graded_by_it() -> None:
    edition = edition_of([indicator(name) for name in "abcd"], aggregation="geometric", grades=GRADES)
    result = scored(edition, dict.fromkeys("abcd", "74.995"))
    assert (str(result.score), result.grade) == ("75.00", "L4")


def test_the_total_comes_from_unrounded_pillars() -> None:
    pillars = [group(name, [indicator(f"{name}1")]) for name in ("p", "q")]
    result = scored(edition_of(pillars), {"p1": "0.004", "q1": "0.005"})
    assert [str(pillar.published) for pillar in result.pillars] == ["0.00", "0.01"]
    assert str(result.score) == "0.00"


def test_siblings_share_the_weight_of_what_does_not_apply() -> None:
    children = [indicator("a", "1"), indicator("b", "3"), indicator("c", "6")]
    result = scored(edition_of(children), {"a": "0", "b": "100", "c": ended("c", Outcome.NOT_APPLICABLE)})
    assert result.score == Decimal("75.00")
    assert [node.share for node in result.pillars] == [Decimal("0.25"), Decimal("0.75"), None]


def test_an_emptied_dimension_leaves_its_weight_to_its_siblings() -> None:
    tree = [group("p", [group("d", [indicator("a")], "9"), group("e", [indicator("b")], "1")])]
    result = scored(edition_of(tree), {"a": ended("a", Outcome.NOT_APPLICABLE), "b": "50"})
    assert result.score == Decimal("50.00")
    assert result.node("p.d").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("missing", "score"), [("zero", "40.00"), ("exclude", "80.00"), ({"policy": "default", "points": "35"}, "57.50")]
)
def test_each_missing_policy_has_its_effect(missing: object, score: str) -> None:
    result = scored(edition_of([indicator("a"), indicator("b", missing=missing)]), {"a": "80"})
    assert str(result.score) == score
    assert result.node("b").outcome is Outcome.NO_EVIDENCE
    assert result.node("b").defaulted == (score == "57.50")


def test_a_missing_indispensable_indicator_blocks_and_leaves_other_figures_standing() -> None:
    tree = [group("p", [indicator("a", missing="block"), indicator("b")]), group("q", [indicator("c")])]
    result = scored(edition_of(tree, grades=GRADES), {"b": "80", "c": "70"})
    assert (result.verdict, result.score, result.grade) == (Verdict.BLOCKED, None, None)
    assert result.node("p").outcome is Outcome.NOT_ASSESSABLE
    assert str(result.node("q").published) == "70.00"
    assert [(one.code, one.effect) for one in result.consequences] == [("p.a", "block")]


def test_a_block_waits_for_the_other_indispensable_one() -> None:
    either = {"policy": "block", "unless_scored": ["b"]}
    edition = edition_of([indicator("a", missing=either), indicator("b")])
    assert scored(edition, {"b": "80"}).verdict is Verdict.SCORED
    assert scored(edition, {"b": ended("b", Outcome.NO_EVIDENCE)}).verdict is Verdict.BLOCKED


def test_invalid_evidence_counts_zero_whatever_the_policy_and_is_a_finding() -> None:
    edition = edition_of([indicator("a", missing="exclude"), indicator("b")])
    result = scored(edition, {"a": ended("a", Outcome.INVALID), "b": "80"})
    assert str(result.score) == "40.00"
    assert [(one.code, one.effect) for one in result.consequences] == [("a", "finding")]


@pytest.mark.torture("T16", "out_of_range")
def test_a_value_beyond_what_is_possible_or_in_another_unit_is_invalid() -> None:
    measures = {"a": {"title": title("a"), "unit": "1", "direction": "higher", "lowest": "1", "highest": "9"}}
    edition = edition_of([indicator("a")], measures=measures)
    assert scored(edition, {"a": "1"}).node("a").outcome is Outcome.SCORED
    assert scored(edition, {"a": "0.99"}).node("a").reason.code == "out_of_range"
    assert scored(edition, {"a": "9.01"}).node("a").outcome is Outcome.INVALID
    other = scored(edition, {"a": measured("a", "2", unit="%")})
    assert other.node("a").reason.code == "unit_mismatch"


@pytest.mark.parametrize(("quality", "points"), [("A", "96.00"), ("B", "95.00"), ("C", "74.00"), ("D", "50.00")])
def test_the_evidence_grade_caps_points(quality: str, points: str) -> None:
    caps = {"A": "100", "B": "95", "C": "74", "D": "50"}
    result = scored(edition_of([indicator("a")], quality_caps=caps), {"a": measured("a", "96", quality=quality)})
    assert str(result.score) == points
    assert result.node("a").rule["applied"]["curve_points"] == "96"


def test_the_place_of_a_meter_caps_points_too_and_the_lower_cap_holds() -> None:
    edition = edition_of([indicator("a")], quality_caps={"C": "74"})
    assert str(scored(edition, {"a": measured("a", "96", cap="90")}).score) == "90.00"
    assert str(scored(edition, {"a": measured("a", "96", cap="90", quality="C")}).score) == "74.00"


def test_minima_act_on_grades_and_never_on_points() -> None:
    capped = indicator("a", minimum={"at_least": "30", "on_miss": "cap", "cap_at": "L2"})
    edition = edition_of([capped, indicator("b", "9")], grades=GRADES | {"pillar_margin": None})
    on_line, below = scored(edition, {"a": "30", "b": "100"}), scored(edition, {"a": "29.999", "b": "100"})
    assert (str(on_line.score), on_line.grade) == ("93.00", "L5")
    assert (str(below.score), below.grade) == ("93.00", "L2")


def test_a_minimum_of_a_group_looks_at_its_points() -> None:
    minimum = {"at_least": "50", "on_miss": "block"}
    edition = edition_of([group("p", [indicator("a")], minimum=minimum)])
    assert scored(edition, {"a": "50"}).verdict is Verdict.SCORED
    assert scored(edition, {"a": "49.9"}).verdict is Verdict.BLOCKED


def test_a_weak_pillar_holds_the_grade_back() -> None:
    edition = edition_of([indicator("a"), indicator("b", "9")], grades=GRADES)
    result = scored(edition, {"a": "44.99", "b": "100"})
    assert (str(result.score), result.grade) == ("94.50", "L2")
    assert [(one.code, one.effect, one.grade) for one in result.consequences] == [("a", "cap", "L2")]
    assert scored(edition, {"a": "75", "b": "100"}).grade == "L5"


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_no_veto_is_outvoted(points: list[int]) -> None:
    veto = indicator("a", minimum={"at_least": "50", "on_miss": "block"})
    edition = edition_of([veto, *(indicator(name, "1000") for name in "bcd")], grades=GRADES)
    result = scored(edition, {name: str(point) for name, point in zip("abcd", points, strict=True)})
    assert (result.verdict is Verdict.BLOCKED) == (points[0] < 50)
    assert (result.grade is None) == (points[0] < 50)


@pytest.mark.parametrize(("weight", "outcome"), [("2", Outcome.SCORED), ("2.01", Outcome.NOT_ASSESSABLE)])
def test_a_pillar_resting_too_much_on_defaults_is_not_assessable(weight: str, outcome: Outcome) -> None:
    pillar = group("p", [indicator("a", "3"), indicator("b", weight, missing="default")])
    edition = edition_of([pillar], limits={"default_points": "35", "default_share": "0.40"})
    assert scored(edition, {"a": "80"}).node("p").outcome is outcome


@pytest.mark.parametrize(("weight", "outcome"), [("3", Outcome.SCORED), ("3.01", Outcome.NOT_ASSESSABLE)])
def test_approval_sets_aside_a_limited_share_but_a_rule_has_no_limit(weight: str, outcome: Outcome) -> None:
    limits = {"not_applicable_share": "0.30"}
    pillar = group("p", [indicator("a", "7"), indicator("b", weight, not_applicable_reasons=["rule"])])
    edition = edition_of([pillar], limits=limits)
    approved = scored(edition, {"a": "80", "b": ended("b", Outcome.NOT_APPLICABLE, "approved")})
    assert approved.node("p").outcome is outcome
    by_rule = scored(edition, {"a": "80", "b": ended("b", Outcome.NOT_APPLICABLE, "rule")})
    assert by_rule.node("p").outcome is Outcome.SCORED


def test_a_condition_that_cannot_be_decided_sets_nothing_aside() -> None:
    edition = edition_of([indicator("a"), indicator("b", applies_when={"measure": "a", "at_least": "60"})])
    assert scored(edition, {"a": "60", "b": "0"}).node("b").outcome is Outcome.SCORED
    assert scored(edition, {"a": "59.9", "b": "0"}).node("b").outcome is Outcome.NOT_APPLICABLE
    assert scored(edition, {"b": "0"}).node("b").outcome is Outcome.SCORED


def test_the_better_of_two_alternatives_counts_and_both_are_listed() -> None:
    curve = {"kind": "linear", "points": [["0", "0"], ["50", "100"]]}
    other = {"code": "a-m", "title": title("m"), "measure": "m", "curve": curve}
    measures = {name: {"title": title(name), "unit": "point", "direction": "higher"} for name in ("a", "m")}
    edition = edition_of([indicator("a", alternatives=[other])], measures=measures)
    both = scored(edition, {"a": "60", "m": "40"}).node("a")
    assert (str(both.published), both.rule["applied"]["chosen"]) == ("80.00", "a-m")
    assert [one["points"] for one in both.rule["applied"]["candidates"]] == ["60", "80"]
    assert str(scored(edition, {"a": "60"}).score) == "60.00"


def test_display_indicators_are_shown_and_never_count() -> None:
    shown = indicator("b", display=True)
    del shown["weight"]
    result = scored(edition_of([indicator("a"), shown]), {"a": "80", "b": "0"})
    assert str(result.score) == "80.00"
    assert (result.node("b").counts, str(result.node("b").published)) == (False, "0.00")


CLASSES = {
    "of": [
        {"id": "t", "title": title("t")},
        {"id": "i", "title": title("i")},
        {"id": "m", "title": title("m"), "mixes": {"of": ["t", "i"], "share": "part"}},
    ]
}


def test_classes_have_their_own_trees_and_mixed_ones_blend_weights_exactly() -> None:
    edition = edition_of(
        [indicator("a", {"t": "22", "i": None}), indicator("b", {"t": None, "i": "38"})],
        classes=CLASSES,
    )
    trained = scored(edition, {"a": "80"}, profile={"class": "t"})
    assert [node.code for node in trained.pillars] == ["a"]
    mixed = scored(edition, {"a": "80", "b": "20"}, profile={"class": "m", "part": "0.60"})
    assert [node.weight for node in mixed.pillars] == [Decimal("13.2"), Decimal("15.2")]
    for profile in ({}, {"class": "x"}, {"class": "m"}, {"class": "m", "part": "1.1"}):
        with pytest.raises(InputError):
            scored(edition, {}, profile=profile)


def test_nothing_to_score_is_blocked_with_a_reason() -> None:
    result = scored(edition_of([indicator("a", missing="exclude")]), {})
    assert (result.verdict, result.score) == (Verdict.BLOCKED, None)
    assert result.consequences[0].reason.code == "nothing_to_score"


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_in_which_indicators_are_written_is_irrelevant(order: list[str]) -> None:
    values = {"a": "12.3", "b": "99.1", "c": "47", "d": "3.7"}
    weights = {"a": "1", "b": "2.5", "c": "7", "d": "0.3"}
    edition = edition_of([indicator(name, weights[name]) for name in order], aggregation="geometric")
    assert (
        scored(edition, values).root.points
        == scored(
            edition_of([indicator(name, weights[name]) for name in "abcd"], aggregation="geometric"), values
        ).root.points
    )


def whole_centre() -> Result:
    edition = zhisuan()
    values = {
        indicator.measure: str(next(a.value for a in indicator.curve.anchors if a.points == 60))
        for indicator in edition.indicators
        if indicator.weight.by_class.get("training_led", True) is not None
    }
    return scored(edition, values, profile={"class": "training_led", "self_use_only": False})


def test_a_centre_on_the_60_point_line_everywhere_has_60_points_and_l3() -> None:
    assert (str(whole_centre().score), whole_centre().grade) == ("60.00", "L3")


def test_a_result_is_the_same_after_a_trip_through_json() -> None:
    result = whole_centre()
    assert Result.from_json(result.as_json()).digest == result.digest


def test_the_result_of_a_whole_centre_keeps_its_digest() -> None:
    """When this fails, published results can no longer be recomputed: number new semantics instead."""
    assert whole_centre().digest == GOLDEN_DIGEST
