"""Garbage is looked for in a pause: when there is enough of it, and seldom among what is old."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from core.garbage import WORTH_A_LOOK, collect_in_a_pause


@pytest.fixture(autouse=True)
def nothing_by_itself() -> Iterator[None]:
    gc.disable()
    gc.collect()
    yield
    gc.enable()


class Row:
    """One that holds itself, and is let go only when it is looked for."""

    def __init__(self) -> None:
        self.itself = self


def leave_behind(rows: int) -> int:
    """Rows nobody holds any more; returns how many objects there are."""
    for _ in range(rows):
        Row()
    return len(gc.get_objects())


def test_rows_that_hold_each_other_are_let_go() -> None:
    there = leave_behind(WORTH_A_LOOK)
    collect_in_a_pause()
    assert len(gc.get_objects()) <= there - WORTH_A_LOOK


def test_for_a_few_nobody_looks() -> None:
    leave_behind(WORTH_A_LOOK // 10)
    with patch("gc.collect", side_effect=AssertionError):
        collect_in_a_pause()


@pytest.mark.parametrize(
    ("counts", "widest"),
    [((WORTH_A_LOOK, 0, 0), 0), ((WORTH_A_LOOK, 9, 99), 0), ((WORTH_A_LOOK, 10, 9), 1), ((WORTH_A_LOOK, 10, 10), 2)],
)
def test_older_ones_are_looked_through_after_ten_looks_at_younger_ones(
    counts: tuple[int, int, int], widest: int
) -> None:
    with patch("gc.get_count", return_value=counts), patch("gc.collect") as looked:
        collect_in_a_pause()
    looked.assert_called_once_with(widest)
