"""What drives ranks, what a rank is without one part, and what would change a grade."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from assessment.scoring.chance.grade_levers import grade_levers
from assessment.scoring.chance.sensitivity import Source, leave_one_out, rank_drivers
from assessment.scoring.chance.sobol import NOTHING, sobol_shares
from assessment.scoring.chance.streams import Streams
from assessment.scoring.columns.population import population_of
from assessment.scoring.robustness import robustness
from tests.assessment.scoring.populations import NOTHING as NOTHING_VARIED
from tests.assessment.scoring.populations import facilities_of, population
from tests.assessment.scoring.worked import GRADES, edition_of, indicator

TRIALS = 2**14


def test_the_indices_of_the_ishigami_function_are_the_known_ones() -> None:
    """sin x + 7 sin² y + 0.1 z⁴ sin x; first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    first, second = (
        np.array([Streams(0).uniforms((axis,), draws) for axis in "xyz"]) * 2 * np.pi - np.pi
        for draws in (range(TRIALS), range(TRIALS, 2 * TRIALS))
    )
    mixed = [np.where(np.arange(3)[:, None] == axis, second, first) for axis in range(3)]
    (shares,) = sobol_shares(np.array([[_ishigami(one) for one in (first, second, *mixed)]]))
    assert [float(share.first) for share in shares] == pytest.approx([0.3139, 0.4424, 0], abs=0.03)
    assert [float(share.total) for share in shares] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def _ishigami(at: np.ndarray) -> np.ndarray:
    return np.sin(at[0]) + 7 * np.sin(at[1]) ** 2 + 0.1 * at[2] ** 4 * np.sin(at[0])


def test_an_output_that_never_moves_has_no_drivers() -> None:
    assert sobol_shares(np.ones((1, 6, 8))) == [(NOTHING,) * 4]


NEIGHBOURS = {"x": {"a": "60", "b": "40"}, "y": {"a": "40", "b": "60.5"}}


def test_the_only_source_that_varies_drives_all() -> None:
    for source, error, declared in (
        (Source.EVIDENCE, "3", NOTHING_VARIED),
        (Source.WEIGHTS, None, {**NOTHING_VARIED, "weights": {"spread": "0.4"}}),
        (Source.AGGREGATION, None, {**NOTHING_VARIED, "aggregation": [{"kind": "minimum"}]}),
        (Source.NORMALISATION, None, {**NOTHING_VARIED, "normalisation": ["levels"]}),
    ):
        edition = edition_of([indicator("a"), indicator("b")], grades={"of": GRADES["of"]}, robustness=declared)
        # By levels 60 and 40 count 67.5 and 50, as 60.5 and 40 do; by the minimum both are 40.
        found = rank_drivers(edition, population(edition, NEIGHBOURS, error=error)).facilities["x"]
        assert found[source].total > Decimal("0.8"), source
        assert all(found[other] == NOTHING for other in Source if other is not source), source


def test_a_field_that_nothing_moves_has_no_drivers() -> None:
    edition = edition_of([indicator("a")], robustness=NOTHING_VARIED)
    found = rank_drivers(edition, population(edition, {"x": {"a": "10"}, "y": {"a": "90"}}))
    assert set(found.overall.values()) == {NOTHING}
    assert set(found.facilities) == {"x", "y"}


def test_without_its_one_strength_a_facility_falls_behind() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b", "1")])
    without = {one.code: one for one in leave_one_out(edition, population(edition, NEIGHBOURS))}
    assert without["a"].ranks == {"x": 2, "y": 1}
    assert (without["a"].moved, without["a"].mean_shift, without["a"].largest) == (2, Decimal("1.00"), ("x", 1, 2))
    assert (without["b"].moved, without["b"].largest) == (0, None)


def test_an_edition_with_the_part_taken_out_ranks_the_same() -> None:
    """Leaving out by weight is leaving out by hand, in a geometric mean too."""
    groups = [{"id": name, "title": {"zh": name, "en": name}, "weight": "1", "children": [
        indicator(f"{name}1", "2"), indicator(f"{name}2")]} for name in ("p", "q", "r")]  # fmt: skip
    edition = edition_of(groups, aggregation={"kind": "geometric", "floor": "1"})
    chance = np.random.default_rng(5)
    points = {f"f{at}": {one.code.split(".")[-1]: str(int(chance.integers(0, 101))) for one in edition.indicators}
              for at in range(30)}  # fmt: skip
    facts = population_of(edition, facilities_of(points))
    without = {one.code: one.ranks for one in leave_one_out(edition, facts)}
    shorter = replace(edition, root=replace(edition.root, children=edition.root.children[1:]))
    published = {one.facility: one.rank for one in robustness(shorter, facts).standings}
    assert without["p"] == published


def test_the_points_that_change_a_grade_are_found_for_every_indicator() -> None:
    """3·80 + 2·60 over 5 is 72, an L3; L4 needs 75 and 60 in every pillar, L3 60 and 45."""
    edition = edition_of([indicator("a", "3"), indicator("b", "2")], grades=GRADES)
    levers = {one.code: one for one in grade_levers(edition, population(edition, {"f": {"a": "80", "b": "60"}}), "f")}
    assert (levers["a"].points, levers["a"].keeps_from, levers["a"].rises_at) == (
        Decimal("80.00"), Decimal("60.00"), Decimal("85.00"))  # fmt: skip
    assert (levers["b"].keeps_from, levers["b"].rises_at) == (Decimal("45.00"), Decimal("67.49"))


def test_a_grade_that_a_cap_holds_back_is_lifted_by_no_points() -> None:
    edition = edition_of(
        [indicator("a", "3", minimum={"at_least": "90", "on_miss": "cap", "cap_at": "L2"}), indicator("b")],
        grades=GRADES,
    )
    levers = grade_levers(edition, population(edition, {"f": {"a": "80", "b": "60"}}), "f")
    assert all(one.rises_at is None for one in levers)
    with pytest.raises(KeyError):
        grade_levers(edition, population(edition, {"f": {"a": "80", "b": "60"}}), "nobody")
