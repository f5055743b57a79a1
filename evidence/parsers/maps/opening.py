"""The opening of a table as a person sees it: headings, a few rows below them, and what its columns look like.

For proposals and forms, never for observations. Reads the head of a text file, or the first rows of each sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import re2

from evidence.parsers.content import kind_of
from evidence.parsers.energy.months import month_of
from evidence.parsers.maps.document import SEPARATORS
from evidence.parsers.maps.plain_values import is_number
from evidence.parsers.maps.synonyms import SYNONYMS
from evidence.parsers.maps.units import split_heading
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.sheet_tables import cell_text
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook, read_workbook

SEARCHED = 30
SAMPLED = 50
WIDEST = 400
_INSTANT = re2.compile(
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[T ]+"
    r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_ZONED = re2.compile(r".*(Z|[+-][0-9]{2}:?[0-9]{2})$")
_SLASHED = re2.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4} +[0-9]{1,2}:[0-9]{2}.*")
_DAY = re2.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(T00:00:00)?|20[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]")
_CLOCK = re2.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_DIGITS = re2.compile(r"20[0-9]{2}[01][0-9][0-3][0-9][T _-]?[0-2][0-9]:?[0-5][0-9](:?[0-5][0-9])?")
_EPOCH = re2.compile(r"1[0-9]{9}(\.[0-9]+)?")
_EPOCH_MS = re2.compile(r"1[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Opening:
    """A table: where its headings stand (row from 1; 0: it has none) and some of its rows."""

    headings: tuple[str, ...]
    header: int
    samples: tuple[tuple[str, ...], ...]
    above: tuple[str, ...]
    separator: str = ""
    sheet: str | None = None

    def column(self, index: int) -> list[str]:
        """The sample values of a column that are not empty."""
        return [row[index].strip() for row in self.samples if index < len(row) and row[index].strip()]

    def shape(self, index: int) -> str:
        """What nearly all values of a column look like: instant, slashed, digits, epoch_s, epoch_ms, month, day, clock,
        number, text, or empty.
        """
        values = self.column(index)
        if not values:
            return "empty"
        for name, fits in _SHAPES:
            if sum(map(fits, values)) * 10 >= len(values) * 9:
                return name
        return "text"


def openings(source: Source) -> list[Opening]:
    """The tables of a file, most promising first; none for what is no table.

    Raises:
        ParseError: a workbook that cannot be read, `unknown_encoding`.
    """
    if is_workbook(source):
        found = []
        for sheet in read_workbook(source).sheets:
            if sheet.hidden:
                continue
            rows = [[cell_text(value) for value in row[:WIDEST]] for row in sheet.rows[: SEARCHED + SAMPLED]]
            found.append(_opening(rows, sheet=sheet.name))
        return sorted((one for one in found if one is not None), key=_promise, reverse=True)
    if kind_of(source) is not None:
        return []
    lines = source.head_lines()[: SEARCHED + SAMPLED + 1]
    lines = lines[:-1] if len(lines) > 1 else lines  # the last may be cut
    lines[0] = lines[0].lstrip("\ufeff")
    tables = [_opening([(split_quoted(line, one) or []) for line in lines], separator=one) for one in SEPARATORS]
    return sorted((one for one in tables if one is not None), key=_promise, reverse=True)[:1]


def is_zoned(values: Sequence[str]) -> bool:
    return any(_ZONED.fullmatch(value) for value in values)


def known_headings(headings: Sequence[str]) -> int:
    """How many headings are a known name of some field."""
    keys = [folded(split_heading(text)[0]) for text in headings if text.strip()]
    return max(sum(any(key in words for words in fields.values()) for key in keys) for fields in SYNONYMS.values())


def _opening(rows: Sequence[Sequence[str]], *, separator: str = "", sheet: str | None = None) -> Opening | None:
    best, most = None, (-1, -1)
    for index, row in enumerate(rows[:SEARCHED]):
        filled = [cell.strip() for cell in row if cell.strip()]
        words = [cell for cell in filled if not _is_value(cell)]
        if len(filled) < 2 or len(words) * 2 < len(filled):
            continue
        known = known_headings(row)
        if not _followed(rows, index, len(row), is_known=known > 1):
            continue
        rank = (known, len(words))
        if rank > most:
            best, most = index, rank
    if best is None:
        return None
    width = len(rows[best])
    below = [tuple(row) for row in rows[best + 1 :] if len(row) == width or sheet is not None]
    samples = tuple(row for row in below if any(cell.strip() for cell in row))[:SAMPLED]
    above = tuple(cell.strip() for row in rows[:best] for cell in row if cell.strip())
    return Opening(tuple(cell.strip() for cell in rows[best]), best + 1, samples, above, separator, sheet)


def _followed(rows: Sequence[Sequence[str]], index: int, width: int, *, is_known: bool) -> bool:
    """Whether a row below has as many cells and, unless the headings are known ones, holds a value, as data would."""
    below = [row for row in rows[index + 1 : index + 6] if len(row) == width]
    return any(is_known or any(_is_value(cell.strip()) for cell in row) for row in below)


def _promise(opening: Opening) -> tuple[int, int, int]:
    return known_headings(opening.headings), len(opening.headings), len(opening.samples)


def _is_value(cell: str) -> bool:
    return any(fits(cell) for _, fits in _SHAPES) and month_of(cell, year=None) is None


_SHAPES = (
    ("month", lambda text: month_of(text, year=None) is not None or text.endswith("-01T00:00:00")),
    ("instant", lambda text: bool(_INSTANT.fullmatch(text))),
    ("slashed", lambda text: bool(_SLASHED.fullmatch(text))),
    ("day", lambda text: bool(_DAY.fullmatch(text))),
    ("digits", lambda text: bool(_DIGITS.fullmatch(text))),
    ("clock", lambda text: bool(_CLOCK.fullmatch(text))),
    ("epoch_ms", lambda text: bool(_EPOCH_MS.fullmatch(text))),
    ("epoch_s", lambda text: bool(_EPOCH.fullmatch(text))),
    ("number", is_number),
)
