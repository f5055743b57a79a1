"""Few honest centres and gross frauds; `script/bench integrity` judges many, in every size."""

from __future__ import annotations

import pytest

from fixtures.integrity.draws import EVALUATION, FIT, Draw, Population
from fixtures.integrity.frauds import FRAUDS, Fraud
from fixtures.integrity.honest import honest_package, honest_world
from fixtures.integrity.trial import FITTING, compared, fraud_trial, honest_trial, suited
from indicators.integrity.registry import CHECK_BY_CODE
from indicators.integrity.same_series import Spectrum

TRIED = Population("tests", 5, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
# The grossest form of one way of each kind, besides those which hide best.
GROSS = (
    ("scaled PUE", "IT at its source"),
    ("trimmed outages", "removed"),
    ("cherry-picked runs", "renumbered"),
    ("copied logs", "jobs"),
    ("constant meters", "one value"),
)


@pytest.mark.slow
def test_honest_centres_raise_no_flag() -> None:
    tried = [honest_trial(TRIED, number) for number in range(8)]
    assert {trial.number: trial.reasons for trial, _ in tried if trial.codes} == {}
    prints = [own for _, own in tried]
    assert [compared(TRIED, prints, at)[0] for at in range(8)] == [[]] * 8


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "way"), GROSS)
def test_gross_fraud_is_found(kind: str, way: str) -> None:
    fraud = named(kind, way)
    (number,) = suited(TRIED, fraud, 1)
    trial = fraud_trial(TRIED, fraud, fraud.sizes[-1], number)
    assert trial.finds(kind), trial.reasons


@pytest.mark.slow
def test_population_comes_out_the_same_again() -> None:
    first, again = honest_package(TRIED, 3), honest_package(TRIED, 3)
    assert first.profile == again.profile
    assert all(
        first.files[name][kind].equals(rows) for name, kinds in again.files.items() for kind, rows in kinds.items()
    )


def test_fitting_and_judging_share_no_parameter() -> None:
    """No cell of any range, no card and no place: thresholds never saw what they are judged by."""
    assert set(FIT.cells).isdisjoint(EVALUATION.cells)
    assert FIT.seed != EVALUATION.seed
    drawn = [
        [(draw.between(0, 10), draw.one_of(range(12))) for draw in (population.draw(number) for number in range(200))]
        for population in (FIT, EVALUATION)
    ]
    cells = [{int(value) for value, _ in own} for own in drawn]
    items = [{item for _, item in own} for own in drawn]
    assert cells[0].isdisjoint(cells[1])
    assert items[0].isdisjoint(items[1])


def test_a_draw_depends_on_its_name_alone() -> None:
    def first(draw: Draw) -> float:
        return draw.between(0, 1)

    assert first(FIT.draw(1, "year")) == first(FIT.draw(1, "year"))
    assert first(FIT.draw(1, "year")) != first(FIT.draw(2, "year"))


def test_every_fitting_flag_is_one_of_a_check() -> None:
    assert {code for codes in FITTING.values() for code in codes} <= set(CHECK_BY_CODE)
    assert {fraud.kind for fraud in FRAUDS} == set(FITTING)


def test_no_card_of_an_honest_centre_is_held_twice() -> None:
    world = honest_world(TRIED, 1)
    for lane in set(world.jobs.lane.tolist()):
        own = world.jobs.where(world.jobs.lane == lane)
        assert (own.start[1:] >= own.end[:-1]).all(), lane


def named(kind: str, way: str) -> Fraud:
    return next(fraud for fraud in FRAUDS if (fraud.kind, fraud.way) == (kind, way))


@pytest.mark.slow
def test_mornings_make_no_copies() -> None:
    """Two honest centres whose loads jump at the same hours; they were taken for copies once."""
    met = Population("evaluation", 77_041_993, (1, 3, 5, 7, 9))
    first, second = (honest_trial(met, number)[1] for number in (117, 160))
    assert Spectrum(first.shapes["energy it"]).likeness(second.shapes["energy it"])[0] < 6
