"""A workbook given back with its issues: each at its cell, as a comment and in colour, and all of them on a sheet.

The copy is written anew from the values that were read, so no macro, formula, link or hidden payload of the file comes
back out: a formula is the value it had, and text that looks like one is text. Numbers, dates, merged heads and the
places of all cells are the same, so that the copy can be mended and handed in.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from core.errors import ParseError
from core.text import Language, Text
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import Cell, cell_at
from evidence.parsers.workbooks.workbook import Sheet, Value, read_workbook

MOST_CELLS = 300_000
LONGEST_TEXT = 32_000  # a cell holds 32 767 characters
ISSUE_SHEET = Text(zh="问题清单", en="Issues")
_LONGEST_COMMENT = 1500
_COMMENT_SIZE = (140, 420)
_WIDEST = 60
_MOST_COLUMNS = 16_384
_AUTHOR = "Zhiheng 智衡"
_FILLS = {
    "error": PatternFill("solid", fgColor="FFF4B8AE"),
    "warning": PatternFill("solid", fgColor="FFFBE3A6"),
    "info": PatternFill("solid", fgColor="FFD9E6F2"),
}
_RANK = {"error": 0, "warning": 1, "info": 2}
_SEVERITIES = {
    "error": Text(zh="错误", en="error"),
    "warning": Text(zh="警告", en="warning"),
    "info": Text(zh="提示", en="note"),
}
_HEADS = (
    Text(zh="严重程度", en="Severity"),
    Text(zh="位置", en="Where"),
    Text(zh="代码", en="Code"),
    Text(zh="问题（中文）", en="Issue (Chinese)"),
    Text(zh="问题（英文）", en="Issue (English)"),
    Text(zh="如何修改（中文）", en="How to mend it (Chinese)"),
    Text(zh="如何修改（英文）", en="How to mend it (English)"),
)
_WIDTHS = (10, 18, 22, 50, 50, 50, 50)


@dataclass(slots=True)
class _Mark:
    """What is said at one cell, the gravest first in colour."""

    severity: str
    words: list[str] = field(default_factory=list)


def annotated(
    source: Source,
    *,
    issues: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    problem: Mapping[str, Any] | None = None,
    language: Language = "zh",
) -> bytes:
    """A workbook with its issues.

    Args:
        issues: as `ParseIssue.as_json()`, in file order.
        counts: how many of each code there were; only the first hundred of each are listed.
        problem: why the file was refused as a whole, as `UserFacingError.as_json()`.
        language: of the comments; the sheet of issues is in both.

    Raises:
        ParseError: what `read_workbook` raises, `too_large_to_annotate`.
    """
    sheets = read_workbook(source).sheets
    cells = sum(len(row) for sheet in sheets for row in sheet.rows)
    if cells > MOST_CELLS:
        raise ParseError(
            "too_large_to_annotate",
            Text(
                zh=f"工作簿多于 {MOST_CELLS} 个单元格，无法生成带批注的副本。",
                en=f"The workbook has more than {MOST_CELLS} cells, too many for a copy with comments.",
            ),
            hint=Text(
                zh="请按证据页面上的问题清单修改原文件。", en="Mend the original by the list of issues on its page."
            ),
        )
    listed = [_as_issue(problem), *issues] if problem and not _is_among(problem, issues) else list(issues)
    marks = _marks(listed, {sheet.name: _height(sheet) for sheet in sheets}, language)
    book = Workbook(write_only=True)
    _issue_sheet(book, listed, counts, {sheet.name for sheet in sheets})
    for sheet in sheets:
        _copy(book, sheet, marks.get(sheet.name, {}))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _is_among(problem: Mapping[str, Any], issues: Iterable[Mapping[str, Any]]) -> bool:
    return any(
        (issue["code"], issue.get("where") or {}) == (problem["code"], problem.get("where") or {}) for issue in issues
    )


def _as_issue(problem: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"severity": "error", **problem}


def _marks(
    issues: Iterable[Mapping[str, Any]], rows: Mapping[str, int], language: Language
) -> dict[str, dict[Cell, _Mark]]:
    """By sheet and cell what is said there; what has no cell stands in the list alone."""
    found: dict[str, dict[Cell, _Mark]] = {}
    for issue in issues:
        name, cell = _place(str((issue.get("where") or {}).get("cell") or ""), rows)
        if cell is None or cell[0] >= rows[name] or cell[1] >= _MOST_COLUMNS:
            continue
        own = found.setdefault(name, {})
        mark = own.setdefault(cell, _Mark(issue["severity"]))
        mark.severity = min(mark.severity, issue["severity"], key=_RANK.__getitem__)
        hint = (issue.get("hint") or {}).get(language)
        said = f"{_SEVERITIES[issue['severity']].said_in(language)}: {issue['message'][language]}"
        mark.words.append(said + (f"\n→ {hint}" if hint else ""))
    return found


def _height(sheet: Sheet) -> int:
    """Up to its last row with a cell, also one that holds no value, within what a copy may have."""
    return min(max(len(sheet.rows), sheet.scan.last_row + 1), MOST_CELLS)


def _place(where: str, sheets: Container[str]) -> tuple[str, Cell | None]:
    """Sheet and cell of `表!C5`, `表!5:5` (its first cell), `表!C:C` (its head)."""
    name, _, reference = where.rpartition("!")
    if name not in sheets:
        return "", None
    first = reference.partition(":")[0]
    if first.isascii() and first.isdigit() and 0 < int(first[:8]) < 2**20:
        return name, (int(first) - 1, 0)
    if first.isascii() and first.isalpha():
        return name, cell_at(f"{first}1")
    return name, cell_at(first)


def _copy(book: Workbook, sheet: Sheet, marks: Mapping[Cell, _Mark]) -> None:
    target = book.create_sheet(_title(sheet.name, book.sheetnames))
    for column, width in _widths(sheet).items():
        target.column_dimensions[get_column_letter(column + 1)].width = width
    for row in sheet.scan.hidden_rows:
        target.row_dimensions[row + 1].hidden = True
    last = max([len(sheet.rows) - 1, *(row for row, _ in marks)], default=-1)
    for row in range(last + 1):
        values = sheet.rows[row] if row < len(sheet.rows) else []
        width = max([len(values) - 1, *(column for at, column in marks if at == row)], default=-1)
        cells = [
            _cell(target, sheet, (row, column), values[column] if column < len(values) else None, marks)
            for column in range(width + 1)
        ]
        target.append(cells)
    for (top, left), (bottom, right) in sheet.scan.merged[:1000]:
        if (top, left) < (bottom, right) and top <= bottom and left <= right:
            target.merged_cells.ranges.add(
                CellRange(min_row=top + 1, min_col=left + 1, max_row=bottom + 1, max_col=right + 1)
            )


def _cell(target: Any, sheet: Sheet, at: Cell, value: Value, marks: Mapping[Cell, _Mark]) -> Any:
    cell = text_cell(target, value, error=sheet.scan.errors.get(at))
    mark = marks.get(at)
    if mark is not None:
        cell.fill = _FILLS[mark.severity]
        text = "\n\n".join(mark.words)
        cell.comment = Comment(_harmless(text[:_LONGEST_COMMENT]), _AUTHOR, *_COMMENT_SIZE)
    return cell


def text_cell(target: Any, value: Value, *, error: str | None = None) -> Any:
    """A cell that holds a value and never a formula."""
    if error is not None:
        return _text(target, error)
    if isinstance(value, str):
        return _text(target, value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return _text(target, value.isoformat())
    if isinstance(value, Decimal) and not value.is_finite():
        return _text(target, str(value))
    cell: Any = WriteOnlyCell(target)
    cell.value = value
    return cell


def _text(target: Any, text: str) -> Any:
    """Text whatever it looks like: the type is set after the value, and the office software keeps it as text."""
    cell = WriteOnlyCell(target, value="")
    cell.value = _harmless(text[:LONGEST_TEXT])
    cell.data_type = "s"
    if text[:1] in "=+-@\t\r":
        cell.quotePrefix = True
    return cell


def _harmless(text: str) -> str:
    """Control signs, which a workbook cannot hold, as pictures of themselves."""
    shown = ILLEGAL_CHARACTERS_RE.sub(lambda match: chr(0x2400 + ord(match.group())), text)
    return shown.encode("utf-8", "replace").decode()


def _title(name: str, taken: Iterable[str]) -> str:
    """The name of the sheet, without what a sheet cannot be called."""
    clean = "".join("_" if sign in "[]:*?/\\" else sign for sign in _harmless(name))[:31] or "Sheet"
    present = {one.casefold() for one in taken}
    if clean.casefold() not in present:
        return clean
    return next(
        shorter for number in range(2, 10_000) if (shorter := f"{clean[:26]}({number})").casefold() not in present
    )


def _widths(sheet: Sheet) -> dict[int, float]:
    """As wide as the longest of the first rows; a Chinese sign takes the room of two letters."""
    widths: dict[int, float] = {}
    for row in sheet.rows[:50]:
        for column, value in enumerate(row):
            if value is not None:
                room = sum(1 if sign.isascii() else 2 for sign in str(value)[:_WIDEST]) + 2
                widths[column] = min(_WIDEST, max(widths.get(column, 9), room))
    return widths


def _issue_sheet(
    book: Workbook, issues: Sequence[Mapping[str, Any]], counts: Mapping[str, int], sheets: set[str]
) -> None:
    """First in the book, gravest first, in both languages; each row leads to its cell."""
    name = f"{ISSUE_SHEET.zh} {ISSUE_SHEET.en}"
    target = book.create_sheet(_title(name, sheets))
    for column, width in enumerate(_WIDTHS, start=1):
        target.column_dimensions[get_column_letter(column)].width = width
    target.freeze_panes = "A2"
    heads = [_text(target, f"{head.zh} {head.en}") for head in _HEADS]
    for head in heads:
        head.font = Font(bold=True)
    target.append(heads)
    for issue in sorted(issues, key=lambda one: _RANK[one["severity"]]):
        where, hint = issue.get("where") or {}, issue.get("hint") or {}
        severity = _SEVERITIES[issue["severity"]]
        row = (
            f"{severity.zh} {severity.en}",
            str(where.get("cell") or (f"{where['line']}" if where.get("line") else where.get("field") or "")),
            issue["code"],
            issue["message"]["zh"],
            issue["message"]["en"],
            hint.get("zh", ""),
            hint.get("en", ""),
        )
        cells = [_text(target, text) for text in row]
        cells[0].fill = _FILLS[issue["severity"]]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        target.append(cells)
    for code, count, told in _cut(issues, counts):
        more = Text(
            zh=f"“{code}”共 {count} 处，只列出 {told} 条。", en=f"{code}: {count} places in all, {told} listed."
        )
        target.append([_text(target, text) for text in ("", "", code, more.zh, more.en)])


def _cut(issues: Iterable[Mapping[str, Any]], counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    listed: dict[str, int] = {}
    for issue in issues:
        listed[issue["code"]] = listed.get(issue["code"], 0) + 1
    return [(code, count, listed.get(code, 0)) for code, count in counts.items() if count > listed.get(code, 0) > 1]
