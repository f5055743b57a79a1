"""Chance with an address: a number depends on its seed, name and draw, and on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from assessment.scoring.chance.streams import BLOCK, Streams

WHAT = ("error", "annual_pue")
NORMALS = [-0.028250274354291987, -0.11005231012515698, -0.7994107005667442]
UNIFORMS = [0.2095435742311964, 0.1264195333388466]


def test_more_draws_keep_the_earlier_ones() -> None:
    few, many = (Streams(7).normals(WHAT, ["a"], range(draws)) for draws in (100, 3 * BLOCK + 5))
    assert (many[:, :100] == few).all()
    assert (Streams(7).uniforms(WHAT, range(2000))[:50] == Streams(7).uniforms(WHAT, range(50))).all()


@pytest.mark.parametrize("start", [1, BLOCK - 1, BLOCK, 2 * BLOCK + 17])
def test_a_run_of_draws_may_begin_anywhere(start: int) -> None:
    whole, part = (Streams(7).normals(WHAT, ["a"], range(first, start + 40)) for first in (0, start))
    assert (whole[:, start:] == part).all()


def test_other_facilities_and_their_order_change_nothing() -> None:
    streams = Streams(7)
    alone = streams.normals(WHAT, ["b"], range(50))
    assert (streams.normals(WHAT, ["a", "b", "c"], range(50))[1] == alone[0]).all()
    assert (streams.normals(WHAT, ["c", "b"], range(50))[1] == alone[0]).all()


def test_seed_name_and_facility_each_give_other_numbers() -> None:
    one = Streams(7).normals(WHAT, ["a"], range(50))
    for other in (
        Streams(8).normals(WHAT, ["a"], range(50)),
        Streams(7).normals(("error", "sus"), ["a"], range(50)),
        Streams(7).normals(("error", "annual_", "pue"), ["a"], range(50)),
        Streams(7).normals(WHAT, ["b"], range(50)),
    ):
        assert abs(np.corrcoef(one[0], other[0])[0, 1]) < 0.5


def test_the_digits_are_those_of_the_first_release() -> None:
    """A change here changes every published interval."""
    assert Streams(0).normals(WHAT, ["a"], range(3))[0].tolist() == pytest.approx(NORMALS, abs=1e-12)
    assert Streams(0).uniforms(("weight", "CE"), range(2)).tolist() == UNIFORMS


def test_normals_are_normal_and_uniforms_uniform() -> None:
    normals = Streams(1).normals(WHAT, [f"f{at}" for at in range(40)], range(BLOCK)).ravel()
    assert stats.kstest(normals, "norm").pvalue > 0.001
    assert normals.std() == pytest.approx(1, abs=0.01)
    uniforms = Streams(1).uniforms(WHAT, range(20 * BLOCK))
    assert stats.kstest(uniforms, "uniform").pvalue > 0.001
    assert 0 <= uniforms.min() <= uniforms.max() < 1


def test_streams_of_two_facilities_do_not_go_together() -> None:
    one, other = Streams(3).normals(WHAT, ["a", "b"], range(10 * BLOCK))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.04  # four standard errors
