"""Readings of a register that cannot be: those that stray and come back, leaps, and falls that are no rollover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indicators.measures.registers import Steps, steps_of

HOUR = 3_600_000
START = 1_735_660_800_000


def steps(*values: int, span: int | None = None, hours: list[int] | None = None) -> Steps:
    at = START + HOUR * np.array(hours or range(len(values)), dtype=np.int64)
    return steps_of(at, np.array(values, dtype=np.int64), span=span)


def counted(found: Steps) -> int:
    """What all steps that count come to."""
    return int(found.used[~(found.back | found.leaps)].sum())


def test_a_register_that_only_climbs_is_believed_whole() -> None:
    found = steps(100, 180, 260, 340, 420)
    assert (counted(found), found.strayed) == (320, 0)
    assert not found.back.any()
    assert not found.leaps.any()


@pytest.mark.parametrize("wrong", [0, 40_000], ids=["a drop-out to 0", "a digit too many"])
def test_a_reading_that_strays_is_left_out_and_the_difference_across_it_counts(wrong: int) -> None:
    found = steps(1000, 1080, 1160, wrong, 1320, 1400, 1480)
    assert (counted(found), found.strayed) == (480, 1)
    assert found.ends[2] - found.starts[2] == 2 * HOUR


def test_several_readings_that_stray_together_are_left_out_together() -> None:
    found = steps(1000, 1080, 1160, 0, 0, 0, 1480, 1560, 1640, 1720)
    assert (counted(found), found.strayed) == (720, 3)


def test_one_that_strays_twice_is_mended_twice() -> None:
    found = steps(1000, 1080, 0, 1240, 1320, 0, 1480, 1560)
    assert (counted(found), found.strayed) == (560, 2)


def test_a_register_that_was_reset_and_climbs_is_not_taken_for_one_that_strayed() -> None:
    found = steps(1000, 1080, 1160, 5, 85, 165, 245)
    assert (counted(found), found.strayed) == (400, 0)
    assert found.back.tolist() == [False, False, True, False, False, False]


def test_a_register_replaced_by_one_that_stands_higher_leaps_and_the_step_counts_nowhere() -> None:
    values = [80 * hour for hour in range(1000)] + [900_000 + 80 * hour for hour in range(1000)]
    found = steps(*values)
    assert (counted(found), found.strayed) == (80 * 1998, 0)
    assert np.flatnonzero(found.leaps).tolist() == [999]


@pytest.mark.parametrize("months", [4, 13, 900])
def test_the_leap_of_a_register_read_seldom_is_no_yardstick_of_itself(months: int) -> None:
    values = [80 * month + (5000 if month >= months // 2 else 0) for month in range(months)]
    found = steps(*values)
    assert (counted(found), found.strayed) == (80 * (months - 2), 0)
    assert np.flatnonzero(found.leaps).tolist() == [months // 2 - 1]


def test_a_reset_and_much_later_a_higher_register_are_two_faults_and_what_lies_between_counts() -> None:
    values = [5000 + 80 * hour for hour in range(1000)]
    values += [80 * hour for hour in range(1000)]
    values += [900_000 + 80 * hour for hour in range(1000)]
    found = steps(*values)
    assert (counted(found), found.strayed) == (3 * 80 * 999, 0)


def test_one_that_stood_still_may_catch_up() -> None:
    found = steps(1000, 1080, 1160, 1160, 1160, 1160, 1160, 1560, 1640)
    assert (counted(found), found.strayed) == (640, 0)
    assert not found.leaps.any()


def test_a_coarse_register_that_seldom_moves_does_not_leap() -> None:
    found = steps(*[1000 * (hour // 700) for hour in range(5000)])
    assert counted(found) == 7000
    assert not found.leaps.any()


def test_a_register_rolls_over_where_the_turn_is_no_more_than_it_can_have_used() -> None:
    found = steps(999_800, 999_880, 999_960, 40, 120, span=1_000_000)
    assert counted(found) == 320
    assert not found.back.any()


@pytest.mark.parametrize("lower", [949_995, 12_000], ids=["one reading a little lower", "replaced by another"])
def test_a_fall_near_the_end_of_a_turn_is_no_rollover_where_the_turn_would_be_too_much(lower: int) -> None:
    found = steps(949_840, 949_920, 950_000, lower, lower + 80, lower + 160, span=1_000_000)
    assert counted(found) == 320
    assert found.back.tolist() == [False, False, True, False, False]


def test_a_drop_out_near_the_end_of_a_turn_is_no_rollover_either() -> None:
    found = steps(949_840, 949_920, 950_000, 0, 950_160, 950_240, span=1_000_000)
    assert (counted(found), found.strayed) == (400, 1)


@example([60] * 7 + [61] + [60] * 12, 7, 0)
@given(
    st.lists(st.integers(60, 100), min_size=20, max_size=200),
    st.integers(5, 14),
    st.one_of(st.just(0), st.integers(10**6, 10**9)),
)
def test_no_single_wrong_reading_changes_what_a_steady_register_comes_to(
    used: list[int], place: int, wrong: int
) -> None:
    values = np.cumsum([5000, *used]).tolist()
    total = values[-1] - values[0]
    values[place] = wrong
    assert counted(steps(*values)) == total


@pytest.mark.parametrize("values", [[], [5], [5, 3], [3, 5], [5, 5]])
def test_few_readings_have_few_steps(values: list[int]) -> None:
    found = steps(*values)
    assert len(found.used) == max(len(values) - 1, 0)
    assert not found.leaps.any()


def test_wide_figures_are_counted_exactly() -> None:
    at = START + HOUR * np.arange(5)
    values = np.array([10**30, 10**30 + 80, 0, 10**30 + 240, 10**30 + 320], dtype=object)
    found = steps_of(at, values, span=None)
    assert (sum(found.used.tolist()), found.strayed) == (320, 1)
