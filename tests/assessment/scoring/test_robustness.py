"""Intervals of ranks and scores: known cases, and digits that depend on nothing but facts, rubric and seed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessment.scoring.batch import score_population
from assessment.scoring.chance.draws import Task, drawn_keys
from assessment.scoring.chance.streams import Streams
from assessment.scoring.chance.trials import Trials, drawn_trials
from assessment.scoring.columns.population import population_of
from assessment.scoring.facts import Facility
from assessment.scoring.robustness import Robustness, evidence_only, published_keys, robustness
from assessment.scoring.samples import compares
from core.errors import InputError
from core.outcome import Outcome
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition, Group
from tests.assessment.scoring.populations import NOTHING, drawn, facilities_of, population
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import GRADES, WHY, edition_of, indicator, measured

TWO = [indicator("a", "3"), indicator("b", "2")]
FIELD = {
    "ahead": {"a": "95", "b": "90"},
    "m1": {"a": "50", "b": "52"},
    "m2": {"a": "51", "b": "50"},
    "m3": {"a": "50", "b": "51.5"},
    "last": {"a": "10", "b": "12"},
}


def graded(**robust: Any) -> Edition:
    return edition_of(TWO, grades=GRADES, **({"robustness": robust} if robust else {}))


# --- known cases ------------------------------------------------------------------------------------------------------


def test_a_facility_far_ahead_keeps_the_first_place_in_every_draw() -> None:
    edition = graded()
    first = robustness(edition, population(edition, FIELD, error="2")).standings[0]
    assert (first.facility, first.rank_interval, first.rank_median) == ("ahead", (1, 1), 1)
    assert first.p_top[1] == 1
    assert first.near == (1, 1)


def test_two_equal_facilities_share_rank_and_tie_group() -> None:
    edition = graded()
    found = robustness(edition, population(edition, {"x": FIELD["m1"], "y": FIELD["m1"], "z": FIELD["last"]}))
    assert [(one.rank, one.tie_group) for one in found.standings] == [(1, 1), (1, 1), (3, 2)]


@pytest.mark.slow
def test_a_known_normal_error_gives_the_known_interval() -> None:
    """One indicator, its value its points: 5 % and 95 % lie 1.645 standard deviations away."""
    edition = edition_of([indicator("a")], decimals="4", robustness=NOTHING)
    variation = drawn(edition.robustness, 40_000)
    (one,) = robustness(edition, population(edition, {"f": {"a": "50"}}, error="2"), variation=variation).standings
    # The standard error of a 5 % quantile of 40,000 normal draws is 0.0106 standard deviations; four of them.
    assert [float(end) for end in one.score_interval] == pytest.approx([50 - 3.2897, 50 + 3.2897], abs=0.085)
    assert float(one.score_median) == pytest.approx(50, abs=0.05)


@pytest.mark.slow
def test_independent_errors_average_out_and_those_of_one_meter_do_not() -> None:
    def width(**more: Any) -> float:
        edition = edition_of([indicator("a"), indicator("b")], decimals="4", robustness={**NOTHING, **more})
        variation = drawn(edition.robustness, 10_000)
        (one,) = robustness(edition, population(edition, {"f": {"a": "50", "b": "50"}}, error="2"),
                            variation=variation).standings  # fmt: skip
        return float(one.score_interval[1] - one.score_interval[0])

    meter = {"id": "meter", "measures": ["a", "b"]}
    assert width() == pytest.approx(6.5794 / 2**0.5, rel=0.04)
    assert width(common_errors=[meter]) == pytest.approx(6.5794, rel=0.04)
    assert width(common_errors=[meter | {"share": "0.5"}]) == pytest.approx(6.5794 * 0.75**0.5, rel=0.04)


@pytest.mark.slow
def test_the_chance_of_a_grade_is_that_of_the_error() -> None:
    """75 is one standard deviation below 76: L4 in 84 % of draws."""
    edition = edition_of([indicator("a")], grades={"of": GRADES["of"]}, robustness=NOTHING)
    variation = drawn(edition.robustness, 20_000)
    (one,) = robustness(edition, population(edition, {"f": {"a": "76"}}, error="1"), variation=variation).standings
    assert float(one.p_grade["L4"]) == pytest.approx(0.8413, abs=0.011)
    assert list(one.p_grade.values()) == sorted(one.p_grade.values(), reverse=True)
    assert one.crosses(Decimal(75))
    assert not one.crosses(Decimal(90))


def test_two_uniform_weights_give_the_interval_they_must() -> None:
    """100·w₁ ÷ (w₁ + w₂) for weights of 0.8 to 1.2 lies between 40 and 60."""
    edition = edition_of([indicator("a"), indicator("b")], robustness={"normalisation": [], "aggregation": []})
    variation = drawn(edition.robustness, 5000)
    (one,) = robustness(edition, population(edition, {"f": {"a": "100", "b": "0"}}), variation=variation).standings
    drawn_ends = np.quantile(_ratio(200_000), [0.05, 0.95])
    assert [float(end) for end in one.score_interval] == pytest.approx(drawn_ends, abs=0.4)


def _ratio(size: int) -> Any:
    first, second = np.random.default_rng(1).uniform(0.8, 1.2, (2, size))
    return 100 * first / (first + second)


def test_each_way_to_combine_is_taken_by_its_share_of_draws() -> None:
    edition = edition_of(TWO, decimals="2", robustness={
        "weights": {"spread": "0"}, "normalisation": [], "aggregation": [{"kind": "minimum"}]})  # fmt: skip
    variation = drawn(edition.robustness, 4000)
    facts = population(edition, {"f": {"a": "50", "b": "100"}})
    (one,) = robustness(edition, facts, variation=variation).standings
    assert one.score_interval == (Decimal("50.00"), Decimal("70.00"))
    keys = drawn_keys(Task(edition, facts, variation, 0), np.array([0]),
                      [Trials(size=2, aggregations=np.array([0, 1], dtype=np.int8))])  # fmt: skip
    assert keys.tolist() == [[7000, 5000]]


def test_levels_take_the_middle_of_the_grade_and_keep_nothing_and_everything() -> None:
    edition = edition_of([indicator("a")], grades={"of": GRADES["of"]}, robustness={
        "weights": {"spread": "0"}, "normalisation": ["levels"], "aggregation": []})  # fmt: skip
    facts = population(edition, {"f0": {"a": "0"}, "f1": {"a": "39.99"}, "f2": {"a": "60"}, "f3": {"a": "100"}})
    keys = drawn_keys(Task(edition, facts, edition.robustness, 0), np.arange(4),
                      [Trials(size=1, normalisations=np.array([1], dtype=np.int8))])  # fmt: skip
    assert (keys[:, 0] % 10002).tolist() == [0, 2000, 6750, 10000]


def test_without_errors_and_variation_every_interval_is_the_published_figure() -> None:
    edition = graded(**NOTHING)
    found = robustness(edition, population(edition, FIELD))
    for one in found.standings:
        assert one.rank_interval == (one.rank, one.rank)
        assert one.score_interval[0] == one.score_interval[1] == one.score_median
    assert not found.with_errors
    assert evidence_only(graded().robustness) == edition.robustness


def test_a_value_outside_what_is_possible_is_drawn_back_to_the_bound() -> None:
    measures = {"a": {"title": {"zh": "a", "en": "a"}, "unit": "u", "direction": "higher", "highest": "51"}}
    edition = edition_of([indicator("a")], measures=measures, robustness=NOTHING)
    (one,) = robustness(edition, population(edition, {"f": {"a": "50"}}, error="5")).standings
    assert one.score_interval[1] == Decimal("51.00")


def test_a_mandatory_line_within_reach_of_the_error_may_block() -> None:
    edition = edition_of([indicator("a", minimum={"at_least": "50", "on_miss": "block"})], robustness=NOTHING)
    variation = drawn(edition.robustness, 10_000)
    facts = population(edition, {"near": {"a": "51"}, "sure": {"a": "90"}}, error="1")
    sure, near = robustness(edition, facts, variation=variation).standings
    assert float(near.p_blocked) == pytest.approx(0.1587, abs=0.015)
    assert (sure.p_blocked, sure.rank_interval) == (0, (1, 1))


def test_a_blocked_facility_has_no_standing_and_moves_no_other() -> None:
    edition = edition_of([indicator("a"), indicator("b", missing="block")], grades=GRADES)
    named = facilities_of(FIELD, error="2")
    blocked = Facility("blocked", {}, {"a": measured("a", "99")})
    without, among = (
        robustness(edition, population_of(edition, some)) for some in (named, named | {"blocked": blocked})
    )
    assert among.of("blocked") is None
    assert among.standings == without.standings


def test_nobody_eligible_gives_nothing() -> None:
    edition = edition_of([indicator("a", missing="block")])
    missing = Measurement("a", Outcome.NO_EVIDENCE, reason=WHY)
    assert robustness(edition, population_of(edition, {"f": Facility("f", {}, {"a": missing})})).standings == ()


def test_nobody_at_all_has_no_keys_and_still_a_column_per_trial() -> None:
    edition = graded()
    task = Task(edition, population(edition, FIELD), edition.robustness, 0)
    assert drawn_keys(task, np.array([], dtype=np.intp), [Trials(size=3)], processes=2).shape == (0, 3)


# --- the same digits --------------------------------------------------------------------------------------------------


def test_one_process_and_two_give_the_same_digits() -> None:
    edition = graded()
    facts = population(edition, FIELD, error="3")
    assert robustness(edition, facts, processes=2) == robustness(edition, facts)


def test_another_seed_gives_other_draws_and_the_same_one_the_same() -> None:
    edition = graded()
    facts = population(edition, FIELD, error="3")
    first, again, other = (robustness(edition, facts, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.standings != other.standings


def test_more_draws_keep_the_earlier_ones() -> None:
    edition = graded()
    facts = population(edition, FIELD, error="3")
    task = Task(edition, facts, edition.robustness, 0)
    few, many = (_keys_of(task, draws) for draws in (700, 1500))
    assert (many[:, :700] == few).all()


def _keys_of(task: Task, draws: int) -> Any:
    trials = [drawn_trials(task.edition, task.variation, Streams(task.seed), range(draws))]
    return drawn_keys(task, np.arange(len(task.population.facilities)), trials)


@pytest.mark.slow
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_facilities_and_of_siblings_changes_nothing(seed: int) -> None:
    edition, named, found = _tried(seed)
    turned = replace(edition, root=_turned(edition.root))
    backwards = dict(reversed(named.items()))
    assert robustness(turned, population_of(turned, backwards)).standings == found.standings


@pytest.mark.slow
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_leaving_a_facility_out_changes_no_score_of_the_others(seed: int) -> None:
    edition, named, found = _tried(seed)
    assume(len(found.standings) > 1 and not compares(edition))
    gone = found.standings[0].facility
    rest = {name: facility for name, facility in named.items() if name != gone}
    for one in robustness(edition, population_of(edition, rest)).standings:
        before = found.of(one.facility)
        assert before is not None
        assert (one.score_interval, one.score_median, one.p_grade, one.p_blocked) == (
            before.score_interval, before.score_median, before.p_grade, before.p_blocked)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_a_draw_in_which_nothing_moves_is_the_published_ranking(seed: int) -> None:
    """Of any rubric: classes, missing evidence, caps, minima, every curve and aggregation."""
    random = seeded(seed)
    edition = random_edition(random)
    named = {f"f{at}": random_facility(random, edition, f"f{at}") for at in range(20)}
    facts = population_of(edition, named)
    with suppress(InputError):  # numbers too long for columns
        scores = score_population(edition, facts)
        # What only `exact` can tell (ties of forty digits) is not for floats.
        columns = np.setdiff1d(np.flatnonzero(~scores.blocked), scores.by_exact)
        hardly = replace(facts, errors=np.where(facts.states == 0, 1e-200, 0.0))
        for each in (facts, hardly):
            keys = drawn_keys(Task(edition, each, edition.robustness, 0), columns, [Trials(size=2, errors=range(2))])
            assert (keys == published_keys(edition, scores, columns)[:, None]).all()


@pytest.mark.slow
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
def test_intervals_hold_their_medians_and_tie_groups_are_runs_of_the_list(seed: int) -> None:
    _, _, found = _tried(seed)
    for one in found.standings:
        assert one.rank_interval[0] <= one.rank_median <= one.rank_interval[1]
        assert one.score_interval[0] <= one.score_median <= one.score_interval[1]
        assert one.near[0] <= one.rank <= one.near[1]
        assert 0 <= one.p_blocked <= 1
    groups = [one.tie_group for one in found.standings]
    assert groups == sorted(groups)
    for one in found.standings:
        for other in found.standings:
            if one.rank_interval[0] <= other.rank_interval[1] and other.rank_interval[0] <= one.rank_interval[1]:
                assert one.tie_group == other.tie_group


def _tried(seed: int) -> tuple[Edition, dict[str, Facility], Robustness]:
    """A random rubric and facilities with errors, few draws."""
    random = seeded(seed)
    edition = random_edition(random)
    edition = replace(edition, robustness=drawn(edition.robustness, 60))
    named: dict[str, Facility] = {}
    for at in range(8):
        facility = random_facility(random, edition, f"f{at}")
        facility.measurements = {
            name: replace(one, error=abs(one.value) / 20) if one.value is not None else one
            for name, one in facility.measurements.items()
        }
        named[facility.name] = facility
    try:
        return edition, named, robustness(edition, population_of(edition, named))
    except InputError:
        assume(False)
        raise


def _turned(group: Group) -> Group:
    children = tuple(_turned(child) if isinstance(child, Group) else child for child in reversed(group.children))
    return replace(group, children=children)
