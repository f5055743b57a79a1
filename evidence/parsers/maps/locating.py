"""Where a mapped table stands in a file: its headings, their row, and the column of every name the map uses.

The row is the one the map names, else the first among the opening rows that holds every column it names; a table that
lacks one is refused with what was found. Nothing is matched by likeness: a heading is the one named, apart from width,
case and blanks, and from its unit where the map names it without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.energy.months import lacks_year, month_of
from evidence.parsers.maps.document import SEPARATORS, ColumnMap, ColumnName
from evidence.parsers.maps.units import Unit, split_heading
from evidence.parsers.tables.headers import HeaderMap, folded
from evidence.parsers.tables.quoted_cells import split_quoted
from evidence.parsers.tables.table_batches import Layout, no_rows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import Sheet, Value

SEARCHED_ROWS = 30
MOST_SPREAD = 400
SHOWN_HEADINGS = 30
_DAY = re2.compile(r"[0-9]{4}(?:[-/.年])[0-9]{1,2}(?:[-/.月])[0-9]{1,2}日?(?:T00:00:00)?")
_TIME = re2.compile(r"[0-9]{1,2}:[0-9]{2}(?::00)?")

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Spread:
    """One column that is turned into rows: where it stands, its heading with and without unit, and that unit."""

    index: int
    text: str
    heading: str
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Located:
    """A table that has everything the map names.

    Args:
        columns: index by the name the map uses.
        units: by the same name, where the heading tells one.
        spread: the columns that become rows; empty where the map unpivots none.
    """

    headings: tuple[str, ...]
    header_line: int
    last_line_above: int
    columns: dict[ColumnName, int]
    units: dict[ColumnName, Unit]
    spread: tuple[Spread, ...] = ()
    separator: str = ""
    sheet: str | None = None

    def layout(self, names: dict[str, int]) -> Layout:
        """For the readers of tables: only the columns in `names`."""
        header = HeaderMap(names, {}, (), (), (), ())
        return Layout(self.separator, self.last_line_above, self.headings, header, self.sheet)

    @property
    def where(self) -> Where:
        cell = None if self.sheet is None else f"{self.sheet}!A{max(self.header_line, 1)}"
        return Where(line=max(self.header_line, 1), cell=cell)

    @property
    def ignored(self) -> list[str]:
        """Headings nothing is read from."""
        used = {*self.columns.values(), *(one.index for one in self.spread)}
        return [text for index, text in enumerate(self.headings) if index not in used and text.strip()]


def locate_in_text(source: Source, column_map: ColumnMap) -> Located:
    """The table of a text file.

    Raises:
        ParseError: `no_rows`, `map_does_not_fit`, `repeated_column`, `unknown_encoding`, `line_too_long`.
    """
    lines = opening_lines(source, through=column_map.place.header or 0)
    if not any(line.strip() for line in lines):
        raise no_rows()
    separators = (column_map.place.separator,) if column_map.place.separator else SEPARATORS
    best: _Candidate | None = None
    for separator in separators:
        rows = [(split_quoted(line, separator) or []) if line.strip() else [] for line in lines]
        found = _best(rows, column_map, forward_fill=True)
        if found is not None and (best is None or found.rank > best.rank):
            best, chosen = found, separator
    if best is None:
        raise no_rows()
    return _located(best, column_map, separator=chosen, sheet=None)


def locate_in_sheet(sheet: Sheet, column_map: ColumnMap) -> Located | None:
    """The table of a sheet; null for one that lacks some of its columns, unless the map names that sheet.

    Raises:
        ParseError: `map_does_not_fit`, `repeated_column`, for the sheet the map names.
    """
    through = max(SEARCHED_ROWS, (column_map.place.header or 0) + column_map.place.header_rows)
    rows = [
        [text_of(sheet.value(row, column)) for column in range(len(sheet.rows[row]))]
        for row in range(min(len(sheet.rows), through))
    ]
    best = _best(rows, column_map, forward_fill=False)
    named = column_map.place.sheet == sheet.name
    if best is None or (best.faulty and not named):
        if named and best is None:
            raise no_rows()
        return None
    return _located(best, column_map, separator="", sheet=sheet.name)


def opening_lines(source: Source, *, through: int) -> list[str]:
    """The first lines, blank ones too, as far as headings are searched."""
    lines: list[str] = []
    filled = 0
    for number, line in source.lines():
        lines.append(line.lstrip("\ufeff"))
        filled += bool(line.strip())
        if filled >= SEARCHED_ROWS + 5 and number >= through + 5:
            break
    return lines


def text_of(value: Value) -> str:
    """What a cell of headings says."""
    return "" if value is None else str(value).strip()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One row read as headings, and how well it fits."""

    row: int
    headings: tuple[str, ...]
    columns: dict[ColumnName, int]
    missing: tuple[ColumnName, ...]
    repeated: tuple[ColumnName, ...]
    spread: tuple[Spread, ...]
    lacks_spread: bool

    @property
    def faulty(self) -> bool:
        return bool(self.missing or self.repeated or self.lacks_spread)

    @property
    def rank(self) -> tuple[int, int, int]:
        return (not self.faulty, len(self.columns) + (not self.lacks_spread), len(self.headings))


def _best(rows: Sequence[Row], column_map: ColumnMap, *, forward_fill: bool) -> _Candidate | None:
    """Of the rows that may be headings the one that fits best, earlier ones first."""
    place = column_map.place
    if place.header == 0:
        return _numbered(rows, column_map)
    tops = range(len(rows)) if place.header is None else (place.header - 1,)
    best: _Candidate | None = None
    for top in tops:
        if top + place.header_rows > len(rows) or not any(cell.strip() for cell in rows[top]):
            continue
        headings = _joined(rows[top : top + place.header_rows], forward_fill=forward_fill)
        found = _candidate(top, headings, column_map)
        if best is None or found.rank > best.rank:
            best = found
    return best


def _joined(rows: Sequence[Row], *, forward_fill: bool) -> tuple[str, ...]:
    """Headings over several rows read downwards; an upper one of text stands for the empty cells behind it."""
    width = max(len(row) for row in rows)
    filled: list[list[str]] = []
    for depth, row in enumerate(rows):
        cells = [*row, *[""] * (width - len(row))]
        if forward_fill and depth < len(rows) - 1:
            for index in range(1, width):
                cells[index] = cells[index] if cells[index].strip() else cells[index - 1]
        filled.append(cells)
    joined = []
    for index in range(width):
        parts = [cells[index].strip() for cells in filled if cells[index].strip()]
        joined.append(" ".join(dict.fromkeys(parts)))
    return tuple(joined)


def _candidate(row: int, headings: tuple[str, ...], column_map: ColumnMap) -> _Candidate:
    by_heading: dict[str, list[int]] = {}
    by_label: dict[str, list[int]] = {}
    for index, heading in enumerate(headings):
        if heading.strip():
            by_heading.setdefault(folded(heading), []).append(index)
            by_label.setdefault(folded(split_heading(heading)[0]), []).append(index)
    columns: dict[ColumnName, int] = {}
    missing: list[ColumnName] = []
    repeated: list[ColumnName] = []
    for name in column_map.columns:
        found = by_heading.get(folded(str(name))) or by_label.get(folded(str(name))) or []
        if not found:
            missing.append(name)
        elif len(found) > 1:
            repeated.append(name)
        else:
            columns[name] = found[0]
    spread = _spread(headings, columns, column_map)
    lacks = column_map.unpivot is not None and not spread
    return _Candidate(row, headings, columns, tuple(missing), tuple(repeated), spread, lacks)


def _spread(headings: tuple[str, ...], columns: dict[ColumnName, int], column_map: ColumnMap) -> tuple[Spread, ...]:
    unpivot = column_map.unpivot
    if unpivot is None:
        return ()
    if isinstance(unpivot.columns, str):
        kept = set(columns.values())
        chosen = [i for i, text in enumerate(headings) if i not in kept and _is_spread(text, unpivot.columns)]
    else:
        chosen = [columns[name] for name in unpivot.columns if name in columns]
    return tuple(Spread(index, headings[index], *split_heading(headings[index])) for index in chosen[:MOST_SPREAD])


def _is_spread(heading: str, word: str) -> bool:
    label = split_heading(heading)[0]
    match word:
        case "months":
            return month_of(label, year=None) is not None or (not lacks_year(label) and _is_first_day(label))
        case "days":
            return bool(_DAY.fullmatch(label))
        case "times":
            return bool(_TIME.fullmatch(label))
    return bool(heading.strip())


def _is_first_day(label: str) -> bool:
    return bool(re2.fullmatch(r"[0-9]{4}-[0-9]{2}-01(?:[T ]00:00:00)?", label))


def _numbered(rows: Sequence[Row], column_map: ColumnMap) -> _Candidate | None:
    """A table without headings: the width of its first row, columns by number."""
    first = next((index for index, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if first is None:
        return None
    width = len(rows[first])
    columns: dict[ColumnName, int] = {
        name: name - 1 for name in column_map.columns if isinstance(name, int) and name <= width
    }
    missing = tuple(name for name in column_map.columns if name not in columns)
    return _Candidate(first, tuple(str(n) for n in range(1, width + 1)), columns, missing, (), (), False)


def _located(found: _Candidate, column_map: ColumnMap, *, separator: str, sheet: str | None) -> Located:
    place = column_map.place
    header_line = 0 if place.header == 0 else found.row + 1
    above = found.row if place.header == 0 else found.row + place.header_rows
    units = {
        name: unit
        for name, index in found.columns.items()
        if place.header != 0 and (unit := split_heading(found.headings[index])[1]) is not None
    }
    located = Located(
        found.headings,
        header_line,
        above + place.skip,
        found.columns,
        units,
        found.spread,
        separator,
        sheet,
    )
    if found.faulty:
        raise _does_not_fit(found, located.where)
    return located


def _does_not_fit(found: _Candidate, where: Where) -> ParseError:
    if found.repeated:
        names = ", ".join(str(name) for name in found.repeated)
        return ParseError(
            "repeated_column",
            Text(zh=f"列重复出现：{names}。", en=f"Columns stand in the header more than once: {names}."),
            where=where,
            hint=Text(zh="请只保留其中一列。", en="Keep only one of them."),
        )
    names = ", ".join(str(name)[:60] for name in found.missing) or "–"
    shown = ", ".join(text[:40] for text in found.headings[:SHOWN_HEADINGS] if text.strip())
    missing = Text(
        zh=f"列映射所需的列不在表中：{names}。", en=f"The table lacks columns the column map names: {names}."
    )
    spread = Text(
        zh="表中没有列映射要转为行的列。", en="The table has none of the columns the column map turns into rows."
    )
    return ParseError(
        "map_does_not_fit",
        missing if found.missing else spread,
        where=where,
        hint=Text(
            zh=f"表中的列：{shown}。请选用合适的映射，或保存新版本。",
            en=f"Its columns: {shown}. Choose the map that fits, or save a new version of this one.",
        ),
    )


def sheets_of(sheets: Sequence[Sheet], column_map: ColumnMap) -> Iterator[Sheet]:
    """The sheets a map may read: the one it names, else all that are visible."""
    named = column_map.place.sheet
    for sheet in sheets:
        if (sheet.name == named) if named else not sheet.hidden:
            yield sheet
