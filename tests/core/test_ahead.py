"""Work in threads beside other work: the same items in the same order, errors at their place, no thread left over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from core.ahead import ahead, side_by_side


def doubled(number: int) -> int:
    return 2 * number


def counted(number: int, *, error: Exception | None = None) -> Iterator[int]:
    yield from range(number)
    if error is not None:
        raise error


def test_items_come_in_their_order() -> None:
    assert list(ahead(counted(50), steps=1)) == list(range(50))
    assert list(side_by_side(doubled, counted(50))) == list(range(0, 100, 2))
    assert list(ahead(counted(0))) == list(side_by_side(doubled, counted(0))) == []


def test_an_error_of_the_maker_comes_after_the_items_before_it() -> None:
    seen: list[int] = []
    with pytest.raises(ValueError, match="broken"):
        seen.extend(ahead(counted(3, error=ValueError("broken"))))
    assert seen == [0, 1, 2]


def test_an_error_made_of_one_item_ends_the_others() -> None:
    def fragile(number: int) -> int:
        if number == 3:
            raise ValueError("broken")
        return number

    seen: list[int] = []
    with pytest.raises(ValueError, match="broken"):
        seen.extend(side_by_side(fragile, counted(1000)))
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("beside", [ahead, lambda items: side_by_side(doubled, items)], ids=["ahead", "side_by_side"])
def test_whoever_stops_listening_leaves_no_thread_behind(beside: Callable[[Iterator[int]], Iterator[int]]) -> None:
    before = threading.active_count()
    items = beside(counted(1_000_000))
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_two_items_are_at_work_at_once() -> None:
    both = threading.Barrier(2, timeout=60)
    assert sorted(side_by_side(lambda number: (both.wait(), number)[1], counted(2))) == [0, 1]
