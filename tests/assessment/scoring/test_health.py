"""The report on a rubric's health: hand-worked figures, and remarks where there is something to remark."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.health.figures import correlation_ratio, correlations, cronbach_alpha
from assessment.scoring.health.report import Health, rubric_health
from tests.assessment.scoring.populations import population
from tests.assessment.scoring.worked import edition_of, indicator


def _chance() -> np.random.Generator:
    """Made anew for each test: what one draws must not depend on who drew before it."""
    return np.random.default_rng(20261128)


def test_cronbachs_alpha_of_a_hand_worked_table() -> None:
    """Variances 5/4 and 1, of the sum 17/4: 2 · (1 − 9/17) = 16/17."""
    assert cronbach_alpha(np.array([[1, 2, 3, 4], [2, 2, 4, 4]])) == pytest.approx(16 / 17, abs=1e-15)


def test_alpha_of_equal_parts_is_1_and_of_opposite_ones_unknown() -> None:
    assert cronbach_alpha(np.array([[1, 5, 9], [1, 5, 9]])) == 1
    assert cronbach_alpha(np.array([[1, 5, 9], [9, 5, 1]])) is None
    assert cronbach_alpha(np.array([[1, 5, 9]])) is None


@given(st.lists(st.lists(st.integers(0, 10_000), min_size=8, max_size=8), min_size=2, max_size=5))
def test_correlations_are_those_of_numpy(rows: list[list[int]]) -> None:
    units = np.array(rows)
    found, there = correlations(units, np.ones(units.shape, dtype=np.bool_))
    for first, second in zip(*np.nonzero(there), strict=True):
        expected = np.corrcoef(units[first], units[second])[0, 1]
        assert found[first, second] == pytest.approx(expected, abs=1e-9)


def test_correlations_look_only_where_both_are_known() -> None:
    units = np.array([[1, 2, 3, 99], [2, 4, 6, -99], [5, 5, 5, 5]])
    known = np.array([[True, True, True, False], [True] * 4, [True] * 4])
    found, there = correlations(units, known)
    assert found[0, 1] == pytest.approx(1)
    assert not there[0, 2]
    assert not there[2, 2]


def test_the_correlation_ratio_sees_what_a_straight_line_does_not() -> None:
    chance = _chance()
    points = chance.integers(-5000, 5001, 2000)
    assert correlation_ratio(points, points**2 // 1000) > 0.9
    assert correlation_ratio(points, chance.integers(0, 1000, 2000)) < 0.02
    assert correlation_ratio(points, 3 * points) > 0.98
    assert correlation_ratio(np.array([7, 7, 7]), np.array([1, 2, 3])) == 0


def _field(size: int = 200) -> dict[str, dict[str, str]]:
    """`twin` repeats `a`, `same` is one figure, `against` falls where `a` rises, `wide` is wider than `narrow`."""
    chance, rows = _chance(), {}
    for at in range(size):
        a, wide = chance.uniform(20, 80), chance.uniform(0, 100)
        values = {
            "a": a, "twin": a + chance.normal(0, 2), "same": 50.0, "against": 100 - a + chance.normal(0, 3),
            "wide": wide, "narrow": 50 + chance.uniform(-2, 2),
        }  # fmt: skip
        rows[f"f{at}"] = {name: f"{value:.2f}" for name, value in values.items()}
    return rows


def _health(size: int = 200, **weights: str) -> Health:
    names = ("a", "twin", "same", "against", "wide", "narrow")
    edition = edition_of([indicator(name, weights.get(name, "1")) for name in names])
    return rubric_health(edition, population(edition, _field(size)))


def test_remarks_name_what_an_author_should_look_at() -> None:
    found = _health(a="3", twin="3")
    said = {(remark.code, *remark.nodes): remark.message for remark in found.remarks}
    twins = said["redundant", "a", "twin"]
    assert "r = 0.9" in twins.en
    assert "say the same" in twins.en
    assert "同一件事" in twins.zh
    assert ("constant", "same") in said
    assert ("opposed", "against", "test") in said
    assert ("lighter_than_declared", "narrow") in said
    assert {code for code, *_ in said} <= {
        "redundant", "constant", "opposed", "lighter_than_declared", "heavier_than_declared", "incoherent"}  # fmt: skip


def test_equal_weights_of_unequal_spread_do_not_weigh_the_same() -> None:
    edition = edition_of([indicator("wide"), indicator("narrow")])
    found = rubric_health(edition, population(edition, _field()))
    wide, narrow = found.indicators
    assert wide.declared == narrow.declared == Decimal("0.500")
    assert wide.explained > Decimal("0.95")
    assert ("heavier_than_declared", ("wide",)) in [(one.code, one.nodes) for one in found.remarks]
    assert sum(part.explained for part in found.indicators) == pytest.approx(Decimal(1), abs=Decimal("0.001"))


def test_few_facilities_are_shown_and_not_judged() -> None:
    found = _health(5)
    assert [remark.code for remark in found.remarks] == ["few_facilities"]
    assert found.facilities == 5


def test_what_is_mostly_missing_is_said_and_weights_move_to_the_others() -> None:
    edition = edition_of([indicator("a"), indicator("wide", missing="exclude")])
    rows: dict[str, Any] = _field(40)
    for name in list(rows)[:30]:
        del rows[name]["wide"]
    found = rubric_health(edition, population(edition, rows))
    a, wide = found.indicators
    assert (a.declared, wide.declared) == (Decimal("0.875"), Decimal("0.125"))  # 30 of 40 rest on a alone
    assert (wide.facilities, wide.measured) == (10, Decimal("1.000"))
    zero = edition_of([indicator("a"), indicator("wide")])
    remarks = rubric_health(zero, population(zero, rows)).remarks
    assert ("mostly_missing", ("wide",)) in [(one.code, one.nodes) for one in remarks]


def test_the_order_of_facilities_changes_no_figure() -> None:
    edition = edition_of([indicator("a"), indicator("wide")])
    rows = _field(50)
    assert rubric_health(edition, population(edition, rows)) == rubric_health(
        edition, population(edition, dict(reversed(rows.items())))
    )
