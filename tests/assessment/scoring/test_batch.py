"""The engine for populations publishes what the exact engine publishes, digit for digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring import batch
from assessment.scoring.batch import score_population
from assessment.scoring.columns.population import Population, population_of
from assessment.scoring.columns.walk import NONE
from assessment.scoring.facts import Facility, measurement_of
from core.errors import InputError
from indicators.rubric.model import Group
from tests.assessment.scoring.random_pairs import differences, random_edition, random_facility, seeded
from tests.assessment.scoring.worked import GRADES, edition_of, indicator, measured, title
from tests.editions import zhisuan


@pytest.mark.slow
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_both_engines_publish_the_same_figures(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    found, _ = differences(edition, [random_facility(random, edition, f"f{at}") for at in range(20)])
    assert found == []


@pytest.mark.slow
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_facilities_does_not_matter(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facilities = {f"f{at}": random_facility(random, edition, f"f{at}") for at in range(20)}
    shuffled = dict(random.sample(sorted(facilities.items()), len(facilities)))
    first, second = (score_population(edition, population_of(edition, each)) for each in (facilities, shuffled))
    order = [first.facilities.index(name) for name in second.facilities]
    assert (first.published[:, order] == second.published).all()
    assert (first.grades[order] == second.grades).all()
    assert (first.blocked[order] == second.blocked).all()


@pytest.mark.slow
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_siblings_does_not_matter(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facilities = {f"f{at}": random_facility(random, edition, f"f{at}") for at in range(20)}
    turned = replace(edition, root=_shuffled(edition.root, random))
    first, second = (score_population(each, population_of(each, facilities)) for each in (edition, turned))
    order = [first.codes.index(code) for code in second.codes]
    assert (first.published[order] == second.published).all()
    assert (first.grades == second.grades).all()
    assert (first.blocked == second.blocked).all()


def _shuffled(group: Group, random: Random) -> Group:
    children = [_shuffled(child, random) if isinstance(child, Group) else child for child in group.children]
    return replace(group, children=tuple(random.sample(children, len(children))))


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    random = seeded(7)
    edition = random_edition(random)
    population = population_of(edition, {f"f{at}": random_facility(random, edition, f"f{at}") for at in range(40)})
    whole = score_population(edition, population)
    monkeypatch.setattr(batch, "BLOCK", 7)
    assert (score_population(edition, population).published == whole.published).all()


def test_exact_ties_are_rounded_up_without_asking_the_exact_engine() -> None:
    edition = edition_of([indicator("a"), indicator("b", "3")])
    facilities = {
        f"f{at}": Facility(f"f{at}", {}, {"a": measured("a", f"{at}.005"), "b": measured("b", f"{at}.025")})
        for at in range(90)
    }
    found, scores = differences(edition, list(facilities.values()))
    assert found == []
    assert not len(scores.by_exact)
    assert [scores.points(code, 7) for code in ("a", "b", "test")] == [Decimal(x) for x in ("7.01", "7.03", "7.02")]


def test_four_times_74_995_is_75_00_here_too() -> None:
    edition = edition_of([indicator(name) for name in "abcd"], aggregation="geometric", grades=GRADES)
    facility = Facility("f", {}, {name: measured(name, "74.995") for name in "abcd"})
    scores = score_population(edition, population_of(edition, {"f": facility}))
    assert (scores.points("test", 0), scores.grade(0)) == (Decimal("75.00"), "L4")


def test_a_group_nobody_has_anything_of_leaves_its_figures_empty() -> None:
    emptied = {"id": "g", "title": title("g"), "weight": "1", "children": [indicator("a", missing="exclude")]}
    shown = indicator("b") | {"display": True}
    del shown["weight"]
    hollow = {"id": "h", "title": title("h"), "weight": "1", "children": [shown]}
    hollow["applies_when"] = {"attribute": "tier", "is": "x"}
    found, _ = differences(
        edition_of([emptied, hollow, indicator("c")]), [Facility("f", {}, {"c": measured("c", "0.005")})]
    )
    assert found == []


def test_nothing_handed_in_is_blocked_and_has_no_figure() -> None:
    edition = edition_of([indicator("a", missing="exclude")])
    scores = score_population(edition, population_of(edition, {"f": Facility("f")}))
    assert (scores.points("test", 0), scores.grade(0), scores.verdict(0)) == (None, None, "blocked")
    assert scores.totals[0] == NONE


@pytest.mark.slow
def test_the_cases_of_the_edition_in_force_come_out_the_same() -> None:
    edition = zhisuan()
    facilities = [
        Facility(
            case.name,
            dict(case.profile),
            {
                measure: measurement_of(measure, {key: str(value) for key, value in fact.items()})
                for measure, fact in case.facts.items()
            },
        )
        for case in edition.cases
    ]
    found, _ = differences(edition, facilities)
    assert found == []


def test_an_unknown_class_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="zoe"):
        score_population(zhisuan(), population_of(zhisuan(), {"zoe": Facility("zoe", {"class": "other"})}))


@pytest.mark.parametrize(
    "spoilt",
    [{"values": np.full((1, 2), np.nan)}, {"values": np.zeros((2, 2))}, {"states": np.full((1, 2), 9, np.int8)}],
)
def test_columns_that_are_not_facts_are_refused(spoilt: dict[str, np.ndarray]) -> None:
    sound = {"values": np.zeros((1, 2)), "states": np.zeros((1, 2), np.int8)}
    with pytest.raises(ValueError, match=r"values|states"):
        Population(facilities=("a", "b"), measures=("m",), **(sound | spoilt))


def test_an_empty_population_is_scored() -> None:
    edition = edition_of([{"id": "g", "title": title("g"), "weight": "1", "children": [indicator("a")]}])
    assert score_population(edition, population_of(edition, {})).published.shape == (3, 0)
