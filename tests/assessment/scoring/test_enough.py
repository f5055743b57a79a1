"""A group of which too little is measured is not assessable, and says how much was there and how much was needed."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.scoring.result import Result, Verdict
from core.outcome import Outcome
from tests.assessment.scoring.worked import edition_of, ended, indicator, scored, title


def group(name: str, children: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": title(name), "weight": "1", "children": children} | more


def of_pairs(needs: dict[str, str], given: str) -> Result:
    """A group `g` of two groups `g.p` (a, b) and `g.q` (c, d); `given` names what is measured."""
    pairs = [group("p", [indicator("a"), indicator("b")]), group("q", [indicator("c"), indicator("d")])]
    edition = edition_of([group("g", pairs, needs={"otherwise": "block"} | needs), indicator("z")])
    return scored(edition, dict.fromkeys((*given, "z"), "50"))


@pytest.mark.parametrize(
    ("needs", "enough", "too_few", "words"),
    [
        ({"at_least": "2", "of": "children"}, "ac", "ab", "1 of 2 parts are measured, at least 2 are needed"),
        ({"at_least": "2", "of": "indicators"}, "ab", "a", "1 of 4 parts are measured, at least 2 are needed"),
        ({"share": "0.75", "of": "indicators"}, "abc", "ab", "2 of 4 parts are measured, at least 75% are needed"),
        ({"share": "0.5", "of": "children"}, "a", "", "0 of 2 parts are measured, at least 50% are needed"),
    ],
)
def test_parts_are_counted_as_the_rubric_says_and_the_line_itself_is_enough(
    needs: dict[str, str], enough: str, too_few: str, words: str
) -> None:
    assert of_pairs(needs, enough).node("g").outcome is Outcome.SCORED
    result = of_pairs(needs, too_few)
    node = result.node("g")
    assert (node.outcome, node.points, node.published) == (Outcome.NOT_ASSESSABLE, None, None)
    assert (result.verdict, result.score) == (Verdict.BLOCKED, None)
    (cause,) = result.consequences
    assert (cause.code, cause.effect, cause.reason.code) == ("g", "block", "too_few_measured")
    assert words in cause.reason.message.en
    assert node.reason == cause.reason


def test_what_does_not_apply_is_neither_measured_nor_missing() -> None:
    needs = {"share": "1", "otherwise": "block"}
    edition = edition_of([group("g", [indicator("a"), indicator("b")], needs=needs), indicator("z")])
    away = ended("b", Outcome.NOT_APPLICABLE)
    assert scored(edition, {"a": "50", "b": away, "z": "1"}).node("g").outcome is Outcome.SCORED
    empty = scored(edition, {"a": ended("a", Outcome.NOT_APPLICABLE), "b": away, "z": "70"})
    assert (empty.node("g").outcome, str(empty.score)) == (Outcome.NOT_APPLICABLE, "70.00")


def test_display_only_figures_are_no_parts() -> None:
    shown = indicator("a", display=True)
    del shown["weight"]
    needs = {"at_least": "2", "of": "indicators", "otherwise": "block"}
    edition = edition_of([group("g", [shown, indicator("b"), indicator("c")], needs=needs)])
    assert scored(edition, {"a": "1", "b": "1"}).node("g").outcome is Outcome.NOT_ASSESSABLE
    assert scored(edition, {"b": "1", "c": "1"}).node("g").outcome is Outcome.SCORED


def test_a_group_may_leave_the_tree_instead_and_nothing_of_it_counts_above() -> None:
    needs = {"at_least": "2", "otherwise": "exclude"}
    inner = group("g", [indicator("a"), indicator("b", missing="default")], needs=needs)
    limits = {"default_points": "35", "default_share": "0.40"}
    edition = edition_of([group("p", [inner, indicator("z")])], limits=limits)
    result = scored(edition, {"a": "10", "z": "70"})
    assert (str(result.score), result.consequences) == ("70.00", ())
    assert (result.node("p.g").counts, result.node("p.g").outcome) == (False, Outcome.NOT_ASSESSABLE)


def test_a_group_that_left_the_tree_is_no_measured_part_of_the_next_one() -> None:
    inner = group("g", [indicator("a"), indicator("b")], needs={"at_least": "2", "otherwise": "exclude"})
    outer = group("p", [inner, indicator("z")], needs={"at_least": "2", "otherwise": "block"})
    edition = edition_of([outer, indicator("y")])
    assert scored(edition, {"a": "1", "z": "1", "y": "1"}).node("p").outcome is Outcome.NOT_ASSESSABLE
    assert scored(edition, {"a": "1", "b": "1", "z": "1", "y": "1"}).node("p").outcome is Outcome.SCORED


def test_a_group_that_does_not_apply_by_rule_is_neither_approved_away_nor_measured_nor_missing() -> None:
    away = group("g", [indicator("a")], applies_when={"attribute": "big", "is": True})
    needs = {"share": "1", "of": "children", "otherwise": "block"}
    tree = [group("p", [away, indicator("z"), indicator("y")], needs=needs)]
    edition = edition_of(tree, limits={"default_points": "0", "not_applicable_share": "0.1"})
    small = scored(edition, {"a": "1", "z": "50", "y": "50"}, profile={"big": False})
    assert (str(small.score), small.consequences) == ("50.00", ())
    half = scored(edition, {"a": "1", "z": "50"}, profile={"big": False})
    assert "1 of 2 parts are measured" in half.consequences[0].reason.message.en


def test_a_group_without_enough_rests_on_no_defaults_any_more() -> None:
    """It left the tree: its defaults say nothing of what is left."""
    inner = group("g", [indicator("a"), indicator("b", "9", missing="default")],
                  needs={"at_least": "2", "of": "indicators", "otherwise": "exclude"})  # fmt: skip
    limits = {"default_points": "35", "default_share": "0.40"}
    result = scored(edition_of([group("p", [inner, indicator("z")])], limits=limits), {"a": "10", "z": "70"})
    assert (result.verdict, str(result.score)) == (Verdict.SCORED, "70.00")


def test_what_stops_for_too_little_is_told_once_and_not_as_defaults_too() -> None:
    inner = group("g", [indicator("a"), indicator("b", "9", missing="default")],
                  needs={"at_least": "2", "of": "indicators", "otherwise": "block"})  # fmt: skip
    limits = {"default_points": "35", "default_share": "0.40"}
    for tree in ([inner], [group("p", [inner, indicator("z")])]):
        result = scored(edition_of(tree, limits=limits), {"a": "10", "z": "70"})
        assert [one.reason.code for one in result.consequences] == ["too_few_measured"]
