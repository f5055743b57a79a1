"""What every observation kind shares: a columnar schema with units and the way back to the line.

A kind is one schema, one file. Parsers yield kinds, measures ask for kinds; nothing else joins them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pyarrow as pa

from core.text import Text

INSTANT = pa.timestamp("ms", tz="UTC")
TEXT = pa.string()
WORDS = pa.dictionary(pa.int32(), pa.string())  # text of few different values, while it passes by
COUNT = pa.int64()
FLAG = pa.bool_()
DATE = pa.date32()
# Figures as printed: up to 29 digits before and 9 after the point, never a float.
FIGURE = pa.decimal128(38, 9)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, its unit (empty where it has none) and whether it may be missing."""

    name: str
    type: pa.DataType
    unit: str = ""
    optional: bool = False


class LeftOut(Enum):
    """What a record that cannot be read, and is left out, means for the file it stands in.

    Where a record can only count against a centre its absence would help, and the missing one could be the worst.
    """

    HARMLESS = "harmless"  # measures see the gap by themselves, or want what is there
    TOLD = "told"  # large files of machines: measures tell how many rows are missing, at a lower evidence grade
    REFUSED = "refused"  # lists people keep and can mend: the file is not accepted


LINE = Column("line", COUNT)
CELL = Column("cell", TEXT, optional=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """The declared shape of one kind of observation.

    Every kind ends with `line` (row of the sheet for workbooks) and `cell` (`sheet!A1`, workbooks only).

    Args:
        identity: the columns by which a row is known again in another version of its file; empty: only by all of them.
        written_by_tools: its files are what a tool printed, which nobody touches up; others are kept by people, too.
        left_out: what a record that cannot be read means for its file.
    """

    name: str
    title: Text
    own_columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()
    written_by_tools: bool = False
    left_out: LeftOut = LeftOut.HARMLESS

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.own_columns, LINE, CELL)

    @property
    def arrow(self) -> pa.Schema:
        fields = [pa.field(c.name, c.type, nullable=c.optional) for c in self.columns]
        return pa.schema(fields, metadata={"kind": self.name})

    def encoded(self, words: Collection[str]) -> pa.Schema:
        """The same schema with some columns of text as dictionaries."""
        fields = [field.with_type(WORDS) if field.name in words else field for field in self.arrow]
        return pa.schema(fields, metadata=self.arrow.metadata)

    @property
    def units(self) -> dict[str, str]:
        return {column.name: column.unit for column in self.columns}

    def table(
        self, columns: Mapping[str, Sequence[Any] | pa.Array | pa.ChunkedArray], *, encoded: bool = False
    ) -> pa.Table:
        """A table of this kind; columns left out are null.

        Args:
            encoded: words given as a dictionary stay one, for who writes them to disk.

        Raises:
            KeyError: for a column the kind does not have.
            pyarrow.ArrowInvalid: for values of another type, or nulls where none may be.
        """
        known = {column.name for column in self.columns}
        if unknown := set(columns) - known:
            raise KeyError(f"{self.name} has no columns {sorted(unknown)}")
        rows = len(next(iter(columns.values()), []))
        words = {n for n, column in columns.items() if encoded and getattr(column, "type", None) == WORDS}
        arrays = [columns[c.name] if c.name in words else _array(columns.get(c.name), c, rows) for c in self.columns]
        table = pa.Table.from_arrays(arrays, schema=self.encoded(words) if words else self.arrow)
        for column in self.columns:
            if not column.optional and table.column(column.name).null_count:
                raise pa.ArrowInvalid(f"{self.name}.{column.name} must not be missing")
        return table

    def completed(self, table: pa.Table) -> pa.Table:
        """A table kept before its kind was given more columns, or read in part: what it lacks is null."""
        if table.column_names == self.arrow.names:
            return table
        known = {name: table.column(name) for name in table.column_names}
        columns = [known.get(field.name, pa.nulls(table.num_rows, field.type)) for field in self.arrow]
        return pa.Table.from_arrays(columns, schema=self.arrow)

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()


def _array(
    values: Sequence[Any] | pa.Array | pa.ChunkedArray | None, column: Column, rows: int
) -> pa.Array | pa.ChunkedArray:
    if values is None:
        return pa.nulls(rows, column.type)
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(column.type)
    return pa.array(values, type=column.type)
