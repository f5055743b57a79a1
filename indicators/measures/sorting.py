"""Readings put meter by meter, as they come: sorted within each batch, gathered from all batches for one meter.

Beyond a bound the batches lie in a file; of a meter only its own parts are read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.schema import FIGURE, INSTANT
from indicators.measures.columns import MISSING, Integers, figures, integers, narrow_figures
from indicators.measures.packing import Block, Spill, narrowed

SORTED_IN_MEMORY = 32 * 1024**2
CONTENT = tuple(column.name for column in ENERGY_READINGS.own_columns)
ENCODED = ("meter", "unit", "reading")
WORDS = ("unit", "reading", "multiplier")  # of which a file has few different ones
NUMBERS = ("start_at", "at", "value")
_SCALE = Context(prec=60)

_Part = tuple[int, int, dict[str, Block | int]]  # first and last row of a batch, and its columns
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A batch of readings put meter by meter.

    Args:
        edges: where the readings of each meter begin, and where those of the last one end.
        numbers: the columns of `NUMBERS` in this order.
        words: the columns of `WORDS` as they stood; in this order they are `words[name][order]`.
        order: where each reading stood.
    """

    edges: npt.NDArray[np.int64]
    numbers: Mapping[str, Block]
    words: Mapping[str, pa.Array]
    order: npt.NDArray[np.intp]


class Sorted:
    """The readings of some meters; `readings` tells those of one, in the order in which they came."""

    def __init__(self, meters: Sequence[str]) -> None:
        self._meters = list(meters)
        self._places = {name: place for place, name in enumerate(self._meters)}
        self._words: dict[str, dict[Any, int]] = {name: {} for name in WORDS}
        self._batches: list[tuple[npt.NDArray[np.int64], dict[str, Block | int]]] = []
        self._spill = Spill()
        self._in_memory = 0

    def in_order(self, batch: pa.RecordBatch) -> Ordered:
        """Some readings put meter by meter: columns of `CONTENT`, those of `ENCODED` as dictionaries.

        It depends on nothing but them, so that several batches may be at work at once.
        """
        codes = codes_of(batch.column("meter"), self._meters)
        numbers = np.bincount(codes + 1, minlength=len(self._meters) + 1)
        order = np.argsort(codes, kind="stable")[int(numbers[0]) :]
        given = {name: batch.column(name) for name in batch.schema.names}
        filled = {name: given[name] for name in NUMBERS if name in given and given[name].null_count < len(batch)}
        return Ordered(
            np.concatenate([[0], np.cumsum(numbers[1:])]),
            {name: narrowed(_numbers(column)[order]) for name, column in filled.items()},
            {name: given[name] for name in WORDS if name in given},
            order,
        )

    def add(self, part: Ordered, *, same: Mapping[str, Any] | None = None) -> None:
        """More readings, behind those that came before.

        Args:
            same: the words that all of them have in the columns of `WORDS` left out; other columns left out are empty.
        """
        if not len(part.order):
            return
        blocks: dict[str, Block | int] = {name: self._down(block) for name, block in part.numbers.items()}
        for name, known in self._words.items():
            if name in part.words:
                own = _word_codes(part.words[name], known)
                blocks[name] = own if isinstance(own, int) else self._down(narrowed(own[part.order]))
            else:
                blocks[name] = known.setdefault((same or {}).get(name), len(known))
        self._batches.append((part.edges, blocks))

    @property
    def most(self) -> int:
        """How many readings the meter with the most of them has."""
        numbers = np.zeros(len(self._meters), dtype=np.int64)
        for edges, _ in self._batches:
            numbers += np.diff(edges)
        return int(numbers.max(initial=0))

    def readings(self, meter: str) -> pa.Table:
        """The readings of one meter; columns nobody filled in are left out."""
        place = self._places[meter]
        parts = [(int(edges[place]), int(edges[place + 1]), blocks) for edges, blocks in self._batches]
        parts = [(first, end, blocks) for first, end, blocks in parts if first < end]
        at, value = _whole("at", parts), _whole("value", parts)
        columns = {"at": pa.array(at).cast(INSTANT), "value": _figures(value)}
        if any("start_at" in blocks for *_, blocks in parts):
            begun = _whole("start_at", parts)
            columns["start_at"] = pa.array(begun, mask=begun == MISSING).cast(INSTANT)
        for name, known in self._words.items():
            words = list(known)
            found = {block if isinstance(block := blocks[name], int) else None for *_, blocks in parts}
            only = found.pop() if len(found) == 1 else None
            if only is None:
                columns[name] = _said(_whole(name, parts), words)
            elif words[only] is not None:
                columns[name] = _said(np.zeros(len(at), dtype=np.int64), [words[only]])
        return pa.table(columns)

    def _down(self, block: Block) -> Block:
        if self._in_memory + block.nbytes > SORTED_IN_MEMORY:
            return self._spill.laid_down(block)
        self._in_memory += block.nbytes
        return block


def codes_of(column: pa.DictionaryArray | pa.ChunkedArray, names: Sequence[str]) -> Codes:
    """The place of each row's meter among some names; −1 for another one."""
    meters = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    places = {name: place for place, name in enumerate(names)}
    known = np.array([places.get(name, -1) for name in meters.dictionary.to_pylist()] or [-1], dtype=np.int16)
    codes: Codes = known[meters.indices.to_numpy()]
    return codes


def _numbers(column: pa.Array) -> Integers:
    """Instants in ms and figures in 10⁻⁹, `MISSING` where there is none."""
    if column.type != FIGURE:
        return integers(pa.chunked_array([column.cast(pa.int64())]))
    narrow = None if column.null_count else narrow_figures(column)
    return figures(pa.chunked_array([column])) if narrow is None else narrow


def _word_codes(column: pa.Array, known: dict[Any, int]) -> Integers | int:
    """The place of each row's word among those known so far; one where all rows have the same."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    if encoded.null_count == len(column):
        words = []
    codes = [known.setdefault(word, len(known)) for word in words]
    if encoded.null_count:
        codes.append(known.setdefault(None, len(known)))
    if len(codes) == 1:
        return codes[0]
    found: Integers = np.array(codes, dtype=np.int64)[encoded.indices.fill_null(len(codes) - 1).to_numpy()]
    return found


def _whole(name: str, parts: Sequence[_Part]) -> Integers:
    """One column of a meter; `MISSING` where a batch has none."""
    found = [np.zeros(0, dtype=np.int64)]
    for first, end, blocks in parts:
        block = blocks.get(name)
        if block is None:
            found.append(np.full(end - first, MISSING))
        elif isinstance(block, int):
            found.append(np.full(end - first, block))
        else:
            found.append(block.part(first, end))
    return np.concatenate(found)


def _figures(values: Integers) -> pa.Array:
    """Figures out of integers of 10⁻⁹, without copying those of the machine."""
    if values.dtype == object:
        return pa.array([Decimal(value).scaleb(-9, _SCALE) for value in values.tolist()], FIGURE)
    return pa.Array.from_buffers(pa.decimal64(18, 9), len(values), [None, pa.py_buffer(values)])


def _said(codes: Integers, words: Sequence[Any]) -> pa.Array:
    """Words by their places among the known ones."""
    dictionary = pa.array(words, FIGURE if any(isinstance(word, Decimal) for word in words) else pa.string())
    return dictionary.take(pa.array(codes)) if dictionary.type == FIGURE else _encoded(codes, dictionary)


def _encoded(codes: Integers, dictionary: pa.Array) -> pa.DictionaryArray:
    nothing = [place for place, word in enumerate(dictionary.to_pylist()) if word is None]
    mask = np.isin(codes, nothing) if nothing else None
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), dictionary)
