"""What a table is read into, from text or from a workbook: its layout, and batches of records with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Coverage
from evidence.parsers.tables.headers import HeaderMap
from evidence.parsers.workbooks.sheet_scan import cell_name


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written: its delimiter, the line of its header and which column is which field.

    In a workbook it stands on a `sheet` and has no delimiter.
    """

    delimiter: str
    header_line: int
    cells: tuple[str, ...]
    header: HeaderMap
    sheet: str | None = None

    @property
    def where(self) -> Where:
        """The place of the header."""
        return self.where_of(self.header_line)

    def where_of(self, line: int, name: str | None = None) -> Where:
        """The place of a record, or of one of its fields: the line, and in a workbook the cell."""
        if self.sheet is None:
            return Where(line=line)
        column = self.header.columns.get(name or "", min(self.header.columns.values(), default=0))
        return Where(line=line, cell=f"{self.sheet}!{cell_name(line - 1, column)}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a table: one text column per field, and the line each record starts at.

    Of a workbook `typed_as_text` tells, per field, which cells hold text; numbers among them are told.
    """

    columns: dict[str, pa.Array]
    lines: pa.Array
    layout: Layout | None = None
    typed_as_text: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def where(self, index: int, name: str | None = None) -> Where:
        """The place of a record, or of one of its fields."""
        line = self.lines[index].as_py()
        return Where(line=line) if self.layout is None else self.layout.where_of(line, name)

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook the records stand on."""
        return self.layout.sheet if self.layout else None

    def __len__(self) -> int:
        return len(self.lines)


class Tally:
    """Counts records: every one read is either used or has an issue."""

    def __init__(self) -> None:
        self.read = 0
        self.faulty = 0

    @property
    def coverage(self) -> Coverage:
        return Coverage(self.read, self.read - self.faulty, self.faulty)


def no_rows() -> ParseError:
    return ParseError(
        "no_rows",
        Text(zh="文件没有数据行。", en="The file has no data rows."),
        hint=Text(zh="请上传含有数据的文件。", en="Upload the file with its data."),
    )
