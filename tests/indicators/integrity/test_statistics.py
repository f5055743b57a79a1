"""The statistics behind flags, on cases worked by hand."""

from __future__ import annotations

from math import log10

import numpy as np
import pytest

from indicators.integrity.daily import Overhead
from indicators.integrity.outage_record import improbability, thinned
from indicators.integrity.prints import sketch
from indicators.integrity.rescaled_readings import rhythm
from indicators.integrity.same_rows import contained
from indicators.integrity.same_series import Spectrum
from indicators.integrity.series import reading_step, runs_of

CHANCE = np.random.default_rng(7)


def counted(spread: float = 400) -> np.ndarray:
    """Readings of a counter that moves in steps of one."""
    return np.rint(CHANCE.normal(9_000, spread, 9_000))


def test_honest_readings_have_no_rhythm() -> None:
    found = rhythm(counted())
    assert found is None or found[0] < 20


@pytest.mark.parametrize("factor", [0.9, 0.95, 1.05])
def test_readings_multiplied_afterwards_keep_the_rhythm_of_their_old_steps(factor: float) -> None:
    found = rhythm(np.rint(counted() * 7 * factor))
    assert found is not None
    strength, pitch = found
    assert strength > 100
    steps = 7 * factor / pitch  # the old step, or one of its overtones
    assert steps == pytest.approx(round(steps), abs=0.02)


def test_readings_multiplied_before_they_were_counted_have_none() -> None:
    """A wrong transformer ratio in the meter itself leaves no trace in the digits."""
    found = rhythm(np.rint(CHANCE.normal(9_000, 400, 9_000) * 0.95))
    assert found is None or found[0] < 20


def test_reading_step_is_that_of_nearly_all_readings() -> None:
    readings = np.full(1_000, 12) * CHANCE.integers(1, 90, 1_000)
    readings[:10] += 5  # a gateway's estimates
    assert reading_step(readings) == 12


def test_reading_step_of_nothing_is_nothing() -> None:
    assert reading_step(np.zeros(5, dtype=np.int64)) == 0
    assert reading_step(np.array([10**30], dtype=object)) == 0


def overhead(rest_share: float, *, factor: float) -> Overhead:
    """A year whose losses are a share of IT, and whose incomer was multiplied by a factor."""
    it = 1_000 + 100 * CHANCE.standard_normal(365)
    facility = (it * (1 + rest_share) + 30) * factor
    return Overhead(facility, it, facility - it, np.ones(365, dtype=bool), has_cooling=False, quantum=0.01)


def test_losses_grow_with_the_load() -> None:
    found = overhead(0.04, factor=1).slope()
    assert found is not None
    assert found[0] == pytest.approx(0.04)


def test_an_incomer_scaled_down_makes_losses_shrink_with_the_load() -> None:
    found = overhead(0.04, factor=0.95).slope()
    assert found is not None
    assert found[0] == pytest.approx(1.04 * 0.95 - 1)
    assert found[0] < 0


def test_a_load_that_never_changes_tells_nothing() -> None:
    flat = np.full(365, 1_000.0)
    days = Overhead(flat * 1.2, flat, flat * 0.2, np.ones(365, dtype=bool), has_cooling=False, quantum=0.01)
    assert days.slope() is None


def test_improbability_is_the_binomial_tail() -> None:
    assert improbability(2, 2, share=0.1) == pytest.approx(2)
    assert improbability(0, 5, share=0.1) == pytest.approx(0)
    assert improbability(1, 2, share=0.5) == pytest.approx(-log10(0.75))


def test_one_fault_that_strikes_several_jobs_is_one() -> None:
    assert thinned(np.array([50, 0, 5, 200, 203]), apart=10).tolist() == [0, 50, 200]
    assert thinned(np.array([], dtype=np.int64), apart=10).tolist() == []


def test_runs_are_stretches_of_true() -> None:
    assert runs_of(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs_of(np.zeros(3, dtype=bool)) == []


def shape_of(points: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(points, -3, 3) * 32).astype(np.int8)


def test_a_shifted_and_blurred_series_is_the_same_series() -> None:
    original = CHANCE.standard_normal(8_000)
    copy = np.roll(original, 168) + 0.5 * CHANCE.standard_normal(8_000)
    sigma, correlation, shift = Spectrum(shape_of(copy)).likeness(shape_of(original))
    assert sigma > 30
    assert correlation == pytest.approx(1 / 1.25**0.5, abs=0.06)
    assert shift == 168


def test_two_series_of_chance_are_not_alike() -> None:
    sigma, correlation, _ = Spectrum(shape_of(CHANCE.standard_normal(8_000))).likeness(
        shape_of(CHANCE.standard_normal(8_000))
    )
    assert sigma < 9
    assert correlation < 0.09


def test_sketch_estimates_how_many_rows_are_shared() -> None:
    (rows, own), (their_rows, others) = sketch(np.arange(4_000)), sketch(np.arange(2_000, 5_000))
    equal, shared = contained(own, rows, others, their_rows)
    assert rows == 4_000
    assert equal > 60
    assert shared == pytest.approx(2 / 3, abs=0.15)


def test_rows_of_two_centres_are_not_shared() -> None:
    (rows, own), (their_rows, others) = sketch(np.arange(900)), sketch(np.arange(900), np.zeros(900, dtype=np.int64))
    assert contained(own, rows, others, their_rows) == (0, 0.0)
