"""The difference of two results: parts that add up, do not depend on an order, and turn their signs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.explain.change import changes
from assessment.scoring.explain.difference import Difference, Switch, difference
from assessment.scoring.explain.shapley import shapley
from assessment.scoring.explain.situation import Situation
from assessment.scoring.result import Result
from core.errors import UserFacingError
from core.outcome import Outcome
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import edition_of, ended, indicator, measured, scored, title


def situation(edition: Edition, values: Mapping[str, str | Measurement], **profile: str) -> Situation:
    measurements = {n: v if isinstance(v, Measurement) else measured(n, v) for n, v in values.items()}
    return Situation(edition, "f", profile, measurements, edition.semantics)


def parts(found: Difference) -> dict[str, str]:
    return {switch.value: str(part.published) for switch, part in found.parts.items()}


def indicators(found: Difference) -> dict[str, str]:
    return {one.code + ("*" if one.weights else ""): str(one.part.published) for one in found.indicators}


def test_when_only_evidence_changed_the_rubric_part_is_exactly_nothing() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "1")])
    found = difference(situation(edition, {"a": "60", "b": "50"}), situation(edition, {"a": "70", "b": "40"}))
    assert parts(found) == {"evidence": "5.00", "rubric": "0.00", "engine": "0.00"}
    assert found.parts[Switch.RUBRIC].exact == 0
    assert indicators(found) == {"a": "7.50", "b": "-2.50"}


def test_evidence_and_rubric_share_what_only_both_together_did() -> None:
    before, after = (
        edition_of([indicator("a", "1"), indicator("b", "1")]),
        edition_of([indicator("a", "3"), indicator("b", "1")]),
    )
    found = difference(situation(before, {"a": "40", "b": "80"}), situation(after, {"a": "80", "b": "80"}))
    # 60 → 80. Evidence: +20 under the old weights, +30 under the new: 25. Rubric: −10 before, 0 after: −5.
    assert parts(found) == {"evidence": "25.00", "rubric": "-5.00", "engine": "0.00"}
    assert indicators(found) == {"a": "25.00"}


def test_a_new_engine_alone_is_the_engine_part() -> None:
    edition = edition_of([indicator("a")])

    def generous(edition: Edition, *, measurements: Mapping[str, Measurement], **rest: Any) -> Result:
        lifted = {name: measured(name, str((one.value or 0) + 5)) for name, one in measurements.items()}
        return situation(edition, lifted).result()

    old = situation(edition, {"a": "60"})
    found = difference(old, Situation(edition, "f", {}, old.measurements, 2, generous))
    assert parts(found) == {"evidence": "0.00", "rubric": "0.00", "engine": "5.00"}


def test_what_applies_is_a_part_of_its_own() -> None:
    edition = edition_of([indicator("a"), indicator("b")])
    without = situation(edition, {"a": "60", "b": ended("b", Outcome.NOT_APPLICABLE)})
    found = difference(without, situation(edition, {"a": "60", "b": "20"}))
    assert indicators(found) == {"test*": "-20.00"}


def test_gains_and_losses_that_cancel_in_a_pillar_are_still_told() -> None:
    pillar = {"id": "g", "title": title("g"), "weight": "1", "children": [indicator("a"), indicator("b")]}
    edition = edition_of([pillar, indicator("c")], aggregation="geometric")
    found = difference(
        situation(edition, {"a": "40", "b": "60", "c": "50"}), situation(edition, {"a": "60", "b": "40", "c": "50"})
    )
    assert found.total is not None
    assert found.total.exact == 0
    # Half of a gain of 10 in a pillar of 50 beside another of 50, by the rate √(x·50).
    assert indicators(found) == {"g.a": "5.00", "g.b": "-5.00"}


def test_a_difference_without_a_score_says_why() -> None:
    edition = edition_of([indicator("a", missing="block")])
    found = difference(situation(edition, {}), situation(edition, {"a": "20"}))
    assert found.total is None
    assert found.reason is not None
    assert "no score" in found.reason.en


def test_another_edition_that_cannot_score_the_old_evidence_says_so() -> None:
    plain = edition_of([indicator("a")])
    classes = {"attribute": "class", "of": [{"id": "x", "title": title("x")}]}
    found = difference(
        situation(plain, {"a": "20"}),
        situation(edition_of([indicator("a")], classes=classes), {"a": "20"}, **{"class": "x"}),
    )
    assert found.parts == {}
    assert found.reason is not None
    assert "profile.class" in found.reason.en


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=4), st.integers(1, 7))
def test_shapley_values_of_a_sum_are_its_terms(terms: list[int], product: int) -> None:
    players = list(range(len(terms)))

    def value(changed: frozenset[int]) -> Fraction:
        together = product if len(changed) == len(players) else 0
        return sum((Fraction(terms[at]) for at in changed), Fraction(together))

    assert shapley(players, value) == {at: terms[at] + Fraction(product, len(terms)) for at in players}


def random_difference(seed: int) -> tuple[Situation, Situation, bool] | None:
    random = seeded(seed)
    edition = random_edition(random)
    other = random_edition(random) if random.random() < 0.3 else edition
    first, last = (random_facility(random, edition, "f") for _ in range(2))
    pair = (
        Situation(edition, "f", first.profile, first.measurements, 1),
        Situation(other, "f", last.profile, last.measurements, 1),
    )
    try:
        difference(*pair)
    except UserFacingError:
        return None
    return (*pair, other is edition)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_parts_of_any_difference_add_up_and_turn_their_signs(seed: int) -> None:
    pair = random_difference(seed)
    if pair is None:
        return
    before, after, same = pair
    found, turned = difference(before, after), difference(after, before)
    if found.total is None or not found.parts:
        assert found.reason is not None
        return
    assert sum(part.exact for part in found.parts.values()) == found.total.exact
    assert sum(part.published for part in found.parts.values()) == found.total.published
    if same:
        assert found.parts[Switch.RUBRIC].exact == 0
    evidence = found.parts[Switch.EVIDENCE]
    assert sum((one.part.exact for one in found.indicators), Fraction(0)) == evidence.exact
    assert sum((one.part.published for one in found.indicators), Decimal(0)) == evidence.published
    for switch, part in found.parts.items():
        assert (turned.parts[switch].exact, turned.parts[switch].published) == (-part.exact, -part.published)
    assert {(one.code, one.weights, -one.part.exact, -one.part.published) for one in found.indicators} == {
        (one.code, one.weights, one.part.exact, one.part.published) for one in turned.indicators
    }


def test_many_parts_at_once_still_add_up() -> None:
    names = [f"i{at:02}" for at in range(12)]
    edition = edition_of([indicator(name) for name in names], aggregation="geometric")
    before = scored(edition, {name: str(40 + at) for at, name in enumerate(names)})
    after = scored(edition, {name: str(70 - 3 * at) for at, name in enumerate(names)})
    found = changes(before.root, after.root, edition)
    assert sum(one.points for one in found) == Fraction(after.root.points or 0) - Fraction(before.root.points or 0)
    assert {one.code for one in found if one.points > 0} == set(names[:8])
