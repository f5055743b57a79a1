"""Rows that are too many to be held at once: a Parquet file, read by column or in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_AT_ONCE = 524_288
MOST_IN_MEMORY = 500_000
MANY = object()


class StoredTable:
    """A table of one kind in a Parquet file, its rows in the order in which they stand in the evidence.

    Columns come one at a time and batches one after another, so that memory is bounded by what is asked for.
    """

    def __init__(self, opener: Callable[[], BinaryIO] | Path) -> None:
        self._opener = opener

    @property
    def num_rows(self) -> int:
        rows: int = self._metadata.num_rows
        return rows

    @cached_property
    def schema(self) -> pa.Schema:
        with self._opened() as file:
            return file.schema_arrow

    @property
    def column_names(self) -> list[str]:
        names: list[str] = self.schema.names
        return names

    @property
    def path(self) -> Path | None:
        """Where it lies on our own disk."""
        return self._opener if isinstance(self._opener, Path) else None

    def column(self, name: str) -> pa.ChunkedArray:
        """One whole column."""
        return self.read([name]).column(name)

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows at once, of some columns or of all."""
        with self._opened() as file:
            return file.read(columns=None if columns is None else list(columns), use_threads=False)

    def batches(self, columns: Sequence[str], *, encoded: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Some columns of all rows, so many rows at once; those of `encoded` come as dictionaries."""
        with self._opened(encoded) as file:
            for group in range(file.num_row_groups):  # a batch across two of them would come in pieces
                yield from file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=list(columns), use_threads=False)

    def only_value(self, name: str) -> Any:
        """The one value all rows have in a column, null where none has any; `MANY` where that cannot be told."""
        column = self.column_names.index(name)
        found: set[Any] = set()
        for group in range(self._metadata.num_row_groups):
            chunk = self._metadata.row_group(group).column(column)
            told = chunk.statistics
            if told is None or told.null_count is None:
                return MANY
            if told.null_count == chunk.num_values:
                found.add(None)
            elif told.null_count or not told.has_min_max or told.min != told.max:
                return MANY
            else:
                found.add(told.min)
        return found.pop() if len(found) == 1 else MANY

    @cached_property
    def _metadata(self) -> pq.FileMetaData:
        with self._opened() as file:
            return file.metadata

    @contextmanager
    def _opened(self, encoded: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
        if isinstance(self._opener, Path):
            with pq.ParquetFile(self._opener, read_dictionary=list(encoded), pre_buffer=False) as file:
                yield file
            return
        with self._opener() as stream:
            yield pq.ParquetFile(stream, read_dictionary=list(encoded), pre_buffer=False)


Rows: TypeAlias = pa.Table | StoredTable


def batches_of(rows: Rows, columns: Sequence[str], *, encoded: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """The same of rows in memory or on disk."""
    if isinstance(rows, StoredTable):
        yield from rows.batches(columns, encoded=encoded)
        return
    for batch in rows.select(list(columns)).to_batches(ROWS_AT_ONCE):
        arrays = [
            column.dictionary_encode() if name in encoded else column
            for name, column in zip(columns, batch.columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=list(columns))


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece, which is copied only where it has several."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def whole(rows: Rows) -> pa.Table:
    """All rows in memory."""
    return rows.read() if isinstance(rows, StoredTable) else rows


def distinct_texts(rows: Rows, name: str) -> int:
    """How many different texts a column without gaps holds, all held in memory meanwhile; ask `Climb` before."""
    number: int = pc.count_distinct(rows.column(name)).as_py()
    return number


class Climb:
    """Whether texts that pass by only ascend, so that none of them stands twice."""

    def __init__(self) -> None:
        self._last: str | None = ""  # null once one did not

    @property
    def lasts(self) -> bool:
        """Whether all texts so far did."""
        return self._last is not None

    def goes_on(self, texts: pa.Array | pa.ChunkedArray) -> bool:
        """More texts without gaps: whether each of them, and each before them, is larger than the one before it."""
        if self._last is None or not len(texts):
            return self.lasts
        climbs = pc.all(pc.less(texts.slice(0, len(texts) - 1), texts.slice(1)), min_count=0).as_py()
        self._last = texts[-1].as_py() if climbs and texts[0].as_py() > self._last else None
        return self.lasts
