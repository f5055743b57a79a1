"""Integers come back as they were put in, however they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.measures.packing import Narrow, OnDisk, Spill, Steps, Wide, narrowed, packed

ANY = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40)
FACTOR = st.sampled_from([1, 10, 1000, 10**6, 10**9])


@given(ANY)
def test_any_integers_come_back(values: list[int]) -> None:
    column = np.array(values, dtype=np.int64)
    assert packed(column).unpacked().tolist() == values
    assert narrowed(column).part(len(values) // 2, len(values)).tolist() == values[len(values) // 2 :]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 300)), min_size=1, max_size=6), st.integers(1, 10**6))
def test_rows_of_one_step_come_back(rows: list[tuple[int, int]], step: int) -> None:
    column = np.concatenate([first + step * np.arange(length) for first, length in rows])
    assert packed(column).unpacked().tolist() == column.tolist()


@given(st.lists(st.integers(-(10**6), 10**6), max_size=40), FACTOR, st.integers(-(10**12), 10**12))
def test_multiples_come_back_from_memory_and_from_disk(values: list[int], factor: int, lowest: int) -> None:
    column = np.array(values, dtype=np.int64) * factor + lowest
    block = narrowed(column)
    for kept in (block, Spill().laid_down(block)):
        assert kept.unpacked().tolist() == column.tolist()
        assert kept.part(len(values) // 3, len(values)).tolist() == column.tolist()[len(values) // 3 :]


def test_a_year_of_instants_takes_next_to_nothing_and_figures_of_three_decimals_two_bytes() -> None:
    chance = np.random.default_rng(1)
    instants = np.arange(100_000) * 300_000
    gap = np.concatenate([instants[:400], instants[500:]])
    assert isinstance(packed(gap), Steps)
    assert packed(gap).nbytes == 32
    kwh = chance.integers(24_000, 36_000, 100_000) * 10**6
    assert packed(kwh).nbytes == 200_000


def test_what_lies_on_disk_takes_no_memory_and_one_file_holds_many() -> None:
    spill = Spill()
    columns = [np.random.default_rng(seed).integers(0, 10**15, 1000) for seed in range(5)]
    kept = [spill.laid_down(narrowed(column)) for column in columns]
    assert all(isinstance(block, OnDisk) and block.nbytes == 0 for block in kept)
    for block, column in zip(kept, columns, strict=True):
        assert block.part(10, 20).tolist() == column[10:20].tolist()


@pytest.mark.parametrize("values", [[], [7], [7] * 500])
def test_what_is_alike_needs_no_file(values: list[int]) -> None:
    block = Spill().laid_down(narrowed(np.array(values, dtype=np.int64)))
    assert isinstance(block, Narrow)
    assert block.unpacked().tolist() == values


def test_integers_wider_than_those_of_the_machine_stay_what_they_are() -> None:
    column = np.array([2**80, -(2**70), 3], dtype=object)
    block = packed(column)
    assert isinstance(block, Wide)
    assert Spill().laid_down(block).unpacked().tolist() == [2**80, -(2**70), 3]
