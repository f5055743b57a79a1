"""Where rows go while a file is being read: into memory while they are few, beyond that into a Parquet file."""

from __future__ import annotations

import base64
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from weakref import finalize

import pyarrow as pa
import pyarrow.parquet as pq

from evidence.observations.schema import FIGURE, INSTANT, WORDS, Kind
from evidence.observations.stored import MOST_IN_MEMORY, Rows, StoredTable

ROWS_OF_A_GROUP = 262_144
ROWS_AT_ONCE = 16_384  # of a column; what each thousand costs by itself is paid for more of them


class Spool:
    """The rows of one kind, batch after batch; `close` gives them back as one table."""

    def __init__(self, kind: Kind, *, scratch: Path | None = None) -> None:
        self._kind = kind
        self._scratch = scratch
        self._held: list[pa.Table] = []
        self._rows = 0
        self._file: _File | None = None

    def add(self, table: pa.Table) -> None:
        """More rows, of the kind's schema; words may come as dictionaries."""
        if not table.num_rows:
            return
        self._held.append(table)
        self._rows += table.num_rows
        most = MOST_IN_MEMORY if self._file is None else ROWS_OF_A_GROUP
        if self._rows >= most:
            self._lay_down()

    def close(self) -> Rows:
        """All rows in the order in which they came."""
        if self._file is None:
            return pa.concat_tables([self._kind.empty(), *(part.cast(self._kind.arrow) for part in self._held)])
        if self._held:
            self._lay_down()
        return self._file.close()

    def _lay_down(self) -> None:
        if self._file is None:
            # Whether a column repeats itself is not known yet of the first rows.
            encoded = {field.name for field in self._held[-1].schema if field.type == WORDS}
            self._file = _File(self._kind, self._kind.encoded(encoded), self._scratch)
        self._file.write(self._held)
        self._held, self._rows = [], 0


class _File:
    """A Parquet file written in a thread of its own, one group of rows behind."""

    def __init__(self, kind: Kind, schema: pa.Schema, scratch: Path | None) -> None:
        with tempfile.NamedTemporaryFile(dir=scratch, prefix=f"{kind.name}-", suffix=".parquet", delete=False) as file:
            self._path = Path(file.name)
        self._finalizer = finalize(self, self._path.unlink, missing_ok=True)
        self._schema = schema
        self._writer = parquet_writer(self._path, schema, kept=kind.arrow)
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def write(self, tables: list[pa.Table]) -> None:
        if self._last is not None:
            self._last.result()
        self._last = self._thread.submit(self._write, tables)

    def _write(self, tables: list[pa.Table]) -> None:
        alike = [part if part.schema == self._schema else part.cast(self._schema) for part in tables]
        self._writer.write_table(pa.concat_tables(alike).unify_dictionaries())

    def close(self) -> StoredTable:
        if self._last is not None:
            self._last.result()
        self._writer.close()
        self._thread.shutdown()
        stored = StoredTable(self._path)
        self._finalizer.detach()
        finalize(stored, self._path.unlink, missing_ok=True)
        return stored


def parquet_writer(
    target: Path | pa.NativeFile, schema: pa.Schema, *, kept: pa.Schema | None = None
) -> pq.ParquetWriter:
    """A writer of observations: words by dictionary, instants and lines by their differences, all compressed.

    Args:
        target: a new file, by its path or open.
        schema: of the tables that are written.
        kept: the schema under which they are read again, where that one has text for dictionaries.
    """
    steady = [field.name for field in schema if field.type == INSTANT or pa.types.is_integer(field.type)]
    figures = [field.name for field in schema if field.type == FIGURE]
    # Of the bytes of figures, put one sort after another, LZ4 leaves hardly more than zstd does in twice the time.
    compressions = {field.name: "lz4" if field.type == FIGURE else "zstd" for field in schema}
    encodings = dict.fromkeys(steady, "DELTA_BINARY_PACKED") | dict.fromkeys(figures, "BYTE_STREAM_SPLIT")
    writer = pq.ParquetWriter(
        target,
        schema,
        compression=compressions,
        compression_level={name: 1 for name, codec in compressions.items() if codec == "zstd"},
        write_batch_size=ROWS_AT_ONCE,
        use_dictionary=[field.name for field in schema if field.name not in encodings],
        column_encoding=encodings,
        write_statistics=[field.name for field in schema if field.nullable],  # what `only_value` asks for
        store_schema=False,
    )
    shown = base64.b64encode((kept or schema).serialize()).decode()
    writer.add_key_value_metadata({"ARROW:schema": shown})  # as Arrow itself writes it, of the schema to be read
    return writer


def write_parquet(rows: Rows, path: Path) -> None:
    """Keep rows as a Parquet file under a name; those on disk already are only renamed."""
    if isinstance(rows, StoredTable) and rows.path is not None:
        rows.path.rename(path)
        return
    write_rows(rows, path)


def write_rows(rows: pa.Table, target: Path | pa.NativeFile) -> None:
    """Rows in memory as a Parquet file."""
    with parquet_writer(target, rows.schema) as writer:
        writer.write_table(rows, row_group_size=ROWS_OF_A_GROUP)
