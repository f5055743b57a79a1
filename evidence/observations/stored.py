"""Rows that are too many to be held at once: a Parquet file, read by column or in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_AT_ONCE = 262_144


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
            yield from file.iter_batches(ROWS_AT_ONCE, columns=list(columns), use_threads=False)

    @cached_property
    def _metadata(self) -> pq.FileMetaData:
        with self._opened() as file:
            return file.metadata

    def _opened(self, encoded: Sequence[str] = ()) -> pq.ParquetFile:
        source = self._opener if isinstance(self._opener, Path) else self._opener()
        return pq.ParquetFile(source, read_dictionary=list(encoded), pre_buffer=False)


Rows = pa.Table | StoredTable


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


def whole(rows: Rows) -> pa.Table:
    """All rows in memory."""
    return rows.read() if isinstance(rows, StoredTable) else rows
