"""Excel workbooks (.xlsx), read safely: the archive first, then its XML, then the values.

Formulas are never computed: the value the office software saved counts, and a formula without one is reported.
Numbers are taken at the 15 significant digits a spreadsheet keeps.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

import python_calamine

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.text.archive import MemberStream, read_directory, unsafe
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import (
    BookScan,
    Cell,
    RelationScan,
    SheetScan,
    cell_name,
    damaged,
    scan_member,
)

LARGEST_INFLATED = 256 * 1024 * 1024
_SPREADSHEET_DIGITS = Context(prec=15)

Value = str | Decimal | dt.date | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its values from row 0 and column 0, and what hides behind them."""

    name: str
    hidden: bool
    rows: list[list[Value]]
    scan: SheetScan

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; of the first cell of its range where cells are merged."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            value = self.rows[row][column]
            if value is not None:
                return value
        for (top, left), (bottom, right) in self.scan.merged:
            if top <= row <= bottom and left <= column <= right and (row, column) != (top, left):
                return self.rows[top][left] if top < len(self.rows) and left < len(self.rows[top]) else None
        return None

    def merged_range(self, row: int, column: int) -> tuple[Cell, Cell] | None:
        """First and last cell of the merged range a cell is part of, or null."""
        for (top, left), (bottom, right) in self.scan.merged:
            if top <= row <= bottom and left <= column <= right:
                return (top, left), (bottom, right)
        return None

    def flaw(self, cell: Cell) -> str | None:
        """`#DIV/0!` and its kin, `formula` for one without a saved value, or null."""
        return self.scan.errors.get(cell) or ("formula" if cell in self.scan.uncached else None)

    def where(self, row: int, column: int) -> Where:
        return Where(line=row + 1, cell=f"{self.name}!{cell_name(row, column)}")


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in their order, and whether values are drawn from other workbooks."""

    sheets: tuple[Sheet, ...]
    external_links: bool


def is_workbook(source: Source) -> bool:
    """Whether the bytes are a zip archive that names a workbook, or says by its own name that it is one."""
    if not source.head.startswith(b"PK\x03\x04"):
        return False
    return source.name.lower().endswith(".xlsx") or b"xl/workbook" in source.tail(1024 * 1024)


def unpacked_size(source: Source) -> int:
    """How many bytes the members of a workbook are together, as its directory says.

    Raises:
        ParseError: what `read_directory` raises.
    """
    with source.opener() as stream:
        return sum(member.size for member in read_directory(stream, source.size, largest=LARGEST_INFLATED).values())


def read_workbook(source: Source) -> Workbook:
    """Check and read a workbook.

    Raises:
        ParseError: `unsafe_archive`, `expands_too_much`, `forbidden_xml`, `macros_not_accepted`,
            `unsupported_format`, `damaged_workbook`, `too_many_cells`, `too_large`.
    """
    content = source.read(LARGEST_INFLATED)
    stream = io.BytesIO(content)
    members = read_directory(stream, len(content), largest=LARGEST_INFLATED)
    _refuse_other_kinds(set(members))
    scans: dict[str, SheetScan] = {}
    book, relations = BookScan(), RelationScan()
    for name, member in members.items():
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        match scan_member(name, MemberStream(stream, member)):
            case SheetScan() as scan:
                scans[name] = scan
            case BookScan() as scan:
                book = scan
            case RelationScan() as scan:
                relations = scan
    sheets = []
    values = _Values(content)
    for name, state, relation in book.sheets:
        target = relations.targets.get(relation, "").removeprefix("/").removeprefix("xl/")
        sheet_scan = scans.get(f"xl/{target}")
        if sheet_scan is not None:  # chart sheets have no cells
            sheets.append(Sheet(name, state != "visible", values.of(name), sheet_scan))
    return Workbook(tuple(sheets), any(name.startswith("xl/externalLinks/") for name in members))


class _Values:
    """The cell values, as the reading library gives them."""

    def __init__(self, content: bytes) -> None:
        self._book = _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))

    def of(self, name: str) -> list[list[Value]]:
        rows = _guarded(lambda: self._book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        return [[_value(cell) for cell in row] for row in rows]


def _guarded(read: Callable[[], Any]) -> Any:
    """A panic of the reading library derives from `BaseException` and must not end the worker."""
    try:
        return read()
    except Exception as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise


def _value(cell: object) -> Value:
    match cell:
        case bool() | Decimal():
            return cell
        case float() | int():
            return _number(float(cell))
        case dt.datetime():
            return cell.date() if cell.time() == dt.time() else cell
        case dt.date():
            return cell
        case str():
            return cell if cell.strip() else None
    return None if cell is None else str(cell)


def _number(value: float) -> Decimal | str:
    """A spreadsheet keeps 15 significant digits; what the binary float adds behind them was never typed."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return _SPREADSHEET_DIGITS.create_decimal(repr(value))


def _refuse_other_kinds(names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise macros_not_accepted()
    if "xl/workbook.bin" in names:
        raise unsupported(Text(zh="二进制工作簿（.xlsb）", en="a binary workbook (.xlsb)"))
    if "xl/workbook.xml" not in names:
        raise (
            unsafe("xl/workbook.xml", "no directory")
            if not names
            else unsupported(Text(zh="不是 .xlsx 工作簿的压缩文件", en="an archive that is no .xlsx workbook"))
        )


def macros_not_accepted() -> ParseError:
    return ParseError(
        "macros_not_accepted",
        Text(zh="不接受含宏的工作簿。", en="Workbooks with macros are not accepted."),
        hint=Text(zh="请另存为不含宏的 .xlsx 后上传。", en="Save it as .xlsx without macros and upload that."),
    )


def unsupported(what: Text) -> ParseError:
    return ParseError(
        "unsupported_format",
        Text(zh=f"不支持此格式：{what.zh}。", en=f"The format is not supported: {what.en}."),
        hint=Text(zh="请另存为 .xlsx 或 CSV 后上传。", en="Save it as .xlsx or CSV and upload that."),
    )
