"""Columns of a table that say the same few things again and again: told apart once, then handled by their words."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from evidence.observations.schema import TEXT, WORDS
from evidence.parsers.columns.even_cells import Cells

_TOLD_BY = 4096  # rows of which it is told whether cells repeat themselves
_FEW = 8  # a word stands so many times on average


class Repeating:
    """Which columns of a file are read as dictionaries."""

    def __init__(self) -> None:
        self.columns: frozenset[int] = frozenset()
        self._is_known = False

    def read(self, index: int, cells: Cells) -> pa.Array:
        """A column of even lines, as a dictionary where it repeats itself."""
        return cells.dictionary() if index in self.columns else cells.text()

    def see(self, columns: Sequence[pa.Array]) -> None:
        """The columns of the block just read: the first one tells which repeat themselves, later ones which do not."""
        if self._is_known:
            self.columns = frozenset(index for index in self.columns if _repeats(columns[index]))
        elif len(columns[0]) >= _TOLD_BY:
            opening = [column.slice(0, _TOLD_BY).dictionary_encode() for column in columns]
            self.columns = frozenset(index for index, column in enumerate(opening) if _repeats(column))
            self._is_known = True


def _repeats(column: pa.Array) -> bool:
    return column.type == WORDS and 0 < len(column.dictionary) * _FEW <= len(column)


def by_words(column: pa.Array) -> pa.Array:
    """The different cells of a column read as a dictionary; of another one all of them."""
    return column.dictionary if column.type == WORDS else column


def spread(found: pa.Array, column: pa.Array) -> pa.Array:
    """What was made of the different cells, for every row of the column."""
    return found.take(column.indices) if column.type == WORDS else found


def plain(column: pa.Array) -> pa.Array:
    """A column as text."""
    return column.cast(TEXT) if column.type == WORDS else column
