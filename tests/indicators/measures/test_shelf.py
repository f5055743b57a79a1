"""A ledger on a shelf answers as the ledger does, whether it lies open, in memory or in a file."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest

from indicators.measures import shelf
from indicators.measures.meter_checks import is_sound
from indicators.measures.meters import Ledger
from indicators.measures.shelf import Kept, Opened, Shelf

STEP = 300_000


def ledger(number: int) -> Ledger:
    """A ledger with a gap in the middle; of an odd number also with a segment of which only the end is covered."""
    length = 500
    starts = np.arange(length, dtype=np.int64) * STEP
    starts[length // 2 :] += 10 * STEP
    ends = starts + STEP
    covered = starts.copy()
    if number % 2:
        covered[length // 4] += STEP // 2
    energies = np.random.default_rng(number).integers(0, 10**6, length) * 1000
    return Ledger("register", Fraction(1, 10**9), starts, ends, energies, covered, STEP, number, (5,), {"spike": 2})


@pytest.fixture(params=[2**40, 1], ids=["in memory", "in a file"])
def little_room(request: pytest.FixtureRequest) -> Iterator[None]:
    """Room for one open ledger."""
    with patch.object(shelf, "OPEN_AT_ONCE", 1), patch.object(shelf, "AT_REST_IN_MEMORY", request.param):
        yield


@pytest.fixture
def kept(little_room: None) -> list[Kept]:
    own = Shelf()
    return [own.put(ledger(number)) for number in range(6)]


def test_all_of_a_ledger_comes_back(kept: list[Kept]) -> None:
    for number, one in enumerate(kept):
        found, expected = one.ledger, ledger(number)
        for name in ("starts", "ends", "energies", "covered_from"):
            assert getattr(found, name).tolist() == getattr(expected, name).tolist()
        assert (found.form, found.quantum, found.usual) == (expected.form, expected.quantum, expected.usual)
        assert (found.rejected, found.resets, found.flagged) == (number, (5,), {"spike": 2})


def test_it_answers_as_the_ledger_does_the_second_time_too(kept: list[Kept]) -> None:
    spans = [(0, 10**9), (STEP // 3, 7 * STEP + 1), (200 * STEP, 300 * STEP), (-5, 0)]
    for number, one in enumerate(kept):
        expected = ledger(number)
        for span in spans * 2:
            assert one.kwh(*span) == expected.kwh(*span)
            assert one.covered(*span) == expected.covered(*span)
            assert one.uncovered(*span) == expected.uncovered(*span)
        assert one.known() == expected.known()


def test_what_was_asked_before_opens_nothing(kept: list[Kept]) -> None:
    kept[0].kwh(0, 10 * STEP)
    kept[1].kwh(0, 10 * STEP)
    with patch.object(Shelf, "open", side_effect=AssertionError):
        assert kept[0].kwh(0, 10 * STEP) == ledger(0).kwh(0, 10 * STEP)


def test_what_is_remembered_of_spans_side_by_side_opens_nothing(kept: list[Kept]) -> None:
    borders = [-STEP, 3 * STEP + 1, 100 * STEP, 255 * STEP, 258 * STEP, 400 * STEP, 2000 * STEP]  # two in the gap
    spans = list(pairwise(borders))
    for one in kept:
        one.remember(spans)
    in_the_gap, behind_all = 252 * STEP + 5, 1000 * STEP
    with patch.object(Shelf, "open", side_effect=AssertionError):
        for number, one in enumerate(kept):
            expected = ledger(number)
            assert one.known() == expected.known()
            assert one.is_sound() == is_sound(expected)
            for start, end in (*spans, (borders[0], borders[-1]), (borders[1], in_the_gap), (borders[2], behind_all)):
                assert one.kwh(start, end) == expected.kwh(start, end)
            for span in (*spans, (borders[0], borders[-1])):
                assert one.covered(*span) == expected.covered(*span)


def test_a_window_that_readings_cover_whole_opens_nothing(kept: list[Kept]) -> None:
    for one in kept:
        one.covered(3 * STEP, 90 * STEP)
    with patch.object(Shelf, "open", side_effect=AssertionError):
        assert [one.uncovered(3 * STEP, 90 * STEP) for one in kept] == [[]] * len(kept)


def test_the_coverage_of_a_ledger_that_covers_all_it_knows_is_told_without_opening_it(little_room: None) -> None:
    one, expected = Shelf().put(ledger(2)), ledger(2)
    one.known()
    windows = [(-5, 0), (-STEP, 3 * STEP + 1), (240 * STEP, 252 * STEP), (251 * STEP, 254 * STEP), (0, 900 * STEP)]
    with patch.object(Shelf, "open", side_effect=AssertionError):
        for window in windows:
            assert one.covered(*window) == expected.covered(*window)
            assert one.uncovered(*window) == expected.uncovered(*window)


def test_of_many_stretches_the_ledger_itself_tells(kept: list[Kept]) -> None:
    with patch.object(shelf, "FEW_STRETCHES", 1), patch.object(Ledger, "covered", return_value=7) as asked:
        assert kept[2].covered(0, 900 * STEP) == 7
    assert asked.call_count == 1


def test_several_threads_may_lay_down_and_open_at_once(little_room: None) -> None:
    own = Shelf()
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda number: own.put(ledger(number)), range(40)))
        opened = list(pool.map(lambda one: one.ledger.energies.tolist(), kept))
    assert opened == [ledger(number).energies.tolist() for number in range(40)]


def test_only_as_many_lie_open_as_there_is_room_for(kept: list[Kept]) -> None:
    own = kept[0]._shelf
    assert [one.energies[0] for one in Opened(kept)] == [ledger(number).energies[0] for number in range(6)]
    assert len(own._open) == 1


def test_one_that_takes_more_than_all_the_room_is_closed_when_it_was_asked_of_the_year(kept: list[Kept]) -> None:
    kept[0].remember([(0, 10 * STEP), (10 * STEP, 20 * STEP)])
    assert not kept[0]._shelf._open
    assert kept[0].uncovered(0, 600 * STEP) == ledger(0).uncovered(0, 600 * STEP)


def test_a_ledger_at_rest_holds_none_of_its_columns(little_room: None) -> None:
    own, kept, columns = Shelf(), [], []
    for number in range(3):
        put = ledger(number)
        columns += [weakref.ref(column) for column in (put.starts, put.ends, put.energies, put.covered_from)]
        kept.append(own.put(put))
    assert [column() is None for column in columns[:-4]] == [True] * 8


def test_a_meter_without_any_segment_is_kept_too(little_room: None) -> None:
    none = (np.zeros(0, dtype=np.int64) for _ in range(4))
    nothing = Shelf().put(Ledger("interval", Fraction(1), *none, STEP, 3))
    assert nothing.known() == []
    assert nothing.kwh(0, 10) == 0
