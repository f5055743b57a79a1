"""Rows of a CSV text with the line each begins on, which a refusal names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.text import Text

NO_CSV = Text(zh="此行不是可用的 CSV。", en="The line is no usable CSV.")


class NoCsv(ValueError):
    """A quote that does not match, or a cell without end; `line`: where its row begins."""

    def __init__(self, line: int) -> None:
        super().__init__(NO_CSV.en)
        self.line = line


def rows_with_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line (from 1) and cells of each row; any end of lines is read.

    Raises:
        NoCsv: at the first row that cannot be read.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise NoCsv(line) from error
