"""Rank order: eligible first, grade after caps, published score; equal ones share a rank."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.ranking import key_of, rank
from assessment.scoring.ranking import places as places_of
from assessment.scoring.result import Result, Verdict
from tests.assessment.scoring.worked import GRADES, edition_of, indicator, scored

EDITION = edition_of(
    [
        indicator("a", "99"),
        indicator("b", minimum={"at_least": "30", "on_miss": "cap", "cap_at": "L2"}),
        indicator("c", minimum={"at_least": "30", "on_miss": "block"}),
    ],
    grades=GRADES | {"pillar_margin": None},
    peers={"attributes": ["tier"], "at_least": "3"},
)


def result(name: str, a: str, b: str = "50", c: str = "50") -> Result:
    return replace(scored(EDITION, {"a": a, "b": b, "c": c}), facility=name)


FIELD = [
    result("good", "90"),
    result("good too", "90"),
    result("capped best", "100", b="29"),
    result("middling", "70"),
    result("blocked best", "100", c="29"),
]
PROFILES = {name: {"tier": "small"} for name in ("good", "good too", "middling", "blocked best")}


def places(results: list[Result]) -> list[tuple[str, int | None, int | None]]:
    return [(one.result.facility, one.rank, one.peer_rank) for one in rank(EDITION, results, profiles=PROFILES)]


def test_caps_stand_below_better_grades_equal_ones_share_and_blocked_ones_have_no_rank() -> None:
    assert places(FIELD) == [
        ("good", 1, 1),
        ("good too", 1, 1),
        ("middling", 3, 3),
        ("capped best", 4, None),
        ("blocked best", None, None),
    ]


def test_a_peer_group_too_small_to_be_published_has_no_places_and_neither_have_those_of_no_group() -> None:
    small = {"good": {"tier": "s"}, "good too": {"tier": "s"}}
    ranked = rank(EDITION, FIELD, profiles=small)
    assert [one.peer_rank for one in ranked] == [None] * 5
    assert [one.peer_group for one in ranked if one.result.facility in small] == [("s",), ("s",)]
    nowhere = rank(EDITION, FIELD, profiles={result.facility: {"tier": ""} for result in FIELD})
    assert {(one.peer_group, one.peer_rank) for one in nowhere} == {(None, None)}


def test_places_stand_best_first_equal_ones_by_name_and_blocked_ones_last() -> None:
    keys = {one.facility: key_of(EDITION, one.verdict, one.grade, one.score) for one in FIELD}
    assert list(places_of(EDITION, keys)) == ["good", "good too", "middling", "capped best", "blocked best"]
    assert keys["blocked best"] is None
    assert key_of(EDITION, Verdict.SCORED, None, None) is None


def test_one_alone_and_all_alike_are_first() -> None:
    assert [one.rank for one in rank(EDITION, FIELD[:1])] == [1]
    assert [one.rank for one in rank(EDITION, FIELD[:2])] == [1, 1]
    assert [(one.result.facility, one.rank) for one in rank(EDITION, FIELD[4:])] == [("blocked best", None)]


@given(st.permutations(FIELD))
def test_the_order_of_results_is_irrelevant(shuffled: list[Result]) -> None:
    assert places(shuffled) == places(FIELD)


def test_results_of_another_edition_or_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="editions"):
        rank(EDITION, [replace(FIELD[0], edition_digest="sha256:other")])
    with pytest.raises(ValueError, match="two results"):
        rank(EDITION, [FIELD[0], FIELD[0]])
