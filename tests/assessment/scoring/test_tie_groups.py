"""Brackets round facilities whose intervals of rank overlap."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.scoring.chance.tie_groups import brackets, near_ranks, tie_groups


def ranks(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


@pytest.mark.parametrize(
    ("intervals", "groups"),
    [
        ([(1, 1), (2, 2), (3, 3)], [1, 2, 3]),
        ([(1, 2), (1, 2), (3, 3)], [1, 1, 2]),
        ([(1, 2), (2, 3), (3, 3), (4, 4)], [1, 1, 1, 2]),  # a chain
        ([(1, 3), (2, 2), (3, 3)], [1, 1, 1]),
        ([(3, 4), (1, 2), (3, 4)], [1, 1, 1]),  # a published rank outside its interval stretches the group
    ],
)
def test_overlapping_intervals_are_bracketed(intervals: list[tuple[int, int]], groups: list[int]) -> None:
    low, high = (ranks(*ends) for ends in zip(*intervals, strict=True))
    published = ranks(*range(1, len(intervals) + 1))
    assert tie_groups(published, low, high).tolist() == groups


def test_in_a_chain_near_ranks_tell_the_ends_apart() -> None:
    published, low, high = ranks(1, 2, 3), ranks(1, 2, 3), ranks(2, 3, 3)
    best, worst = near_ranks(published, low, high)
    assert (best.tolist(), worst.tolist()) == ([1, 1, 2], [2, 3, 3])


def test_a_bracket_opens_runs_and_closes() -> None:
    assert "".join(brackets([1, 1, 1, 2, 3, 3])) == "┌│└ ┌└"
    assert "".join(brackets([1])) == " "
    assert list(brackets([])) == []
