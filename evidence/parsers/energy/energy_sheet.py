"""Where the readings of a monthly energy sheet stand: a list of months, or months as columns under titles.

Finds cells, reads no figures. Totals are named so that they are not counted twice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from core.errors import ParseError
from core.provenance import Where
from evidence.parsers.energy.energy_words import CONTRADICTED, CONTRADICTED_HINT, DIVIDED, DIVIDED_HINT
from evidence.parsers.energy.months import Month, lacks_year, month_of, year_in
from evidence.parsers.tables.headers import ENERGY_UNITS, Heading, folded, mapped, require_complete, without_unit
from evidence.parsers.workbooks.sheet_scan import Cell
from evidence.parsers.workbooks.workbook import Sheet

HEADER_WITHIN = 30

METER = Heading(
    "meter",
    ("meter_id", "meter id", "表计", "表号", "电表", "电表编号", "电表号", "表计编号", "计量点", "计量点编号"),
)
METER_NAME = Heading("name", ("项目", "名称", "表计名称", "用电类别", "用电项目", "用电单元", "类别", "区域"))
LIST_HEADINGS = (
    Heading("month", ("月份", "年月", "月", "抄表月份", "账期", "统计月份")),
    METER,
    Heading("start_reading", ("起码", "起始读数", "月初读数", "上月读数", "上期示数", "起度"), required=False),
    Heading("end_reading", ("止码", "结束读数", "月末读数", "本月读数", "本期示数", "止度"), required=False),
    Heading("multiplier", ("倍率", "乘率", "互感器倍率", "CT倍率"), required=False),
    Heading("energy", ("energy_kwh", "电量", "用电量", "有功电量", "本月电量", "耗电量"), required=False),
)
_TOTALS = frozenset(
    folded(word)
    for word in (
        "合计", "总计", "小计", "累计", "共计", "年合计", "年度合计", "全年", "全年合计", "total", "sum", "subtotal",
        "grand total",
    )
)  # fmt: skip
_NOT_READINGS = frozenset(
    folded(word) for word in ("平均", "平均值", "月均", "占比", "比例", "备注", "说明", "average", "note", "remarks")
)
_UNIT = re2.compile(r"单位[::]?\s*([^\s,，;；)）]{1,6})")


@dataclass(frozen=True, slots=True)
class ListLayout:
    """One row per month and meter; columns by field name, the unit of the energy column, the first data row."""

    columns: dict[str, int]
    unit: str | None
    first_row: int


@dataclass(frozen=True, slots=True)
class MonthColumns:
    """One row per meter, months as columns; `total` is a column that repeats their sum."""

    meter: int
    months: dict[int, Month]
    undated: tuple[Cell, ...]  # months whose year stands nowhere
    total: int | None
    unit: str | None
    first_row: int


def list_layout(sheet: Sheet) -> ListLayout | None:
    """The layout of a sheet that lists months, or null.

    Raises:
        ParseError: `repeated_column`, `unit_contradicted`.
    """
    for row in range(min(HEADER_WITHIN, len(sheet.rows))):
        header = mapped([_text(value) for value in sheet.rows[row]], LIST_HEADINGS)
        found = header.columns.keys()
        if not header.missing and ("energy" in found or {"start_reading", "end_reading"} <= found):
            require_complete(header, LIST_HEADINGS, where=sheet.where(row, 0))
            own = header.units.get("energy")
            unit = _unit_above(sheet, row + 1) if own is None else _undisputed(own, sheet, row)
            return ListLayout(header.columns, unit, row + 1)
    return None


def refuse_unlisted(sheet: Sheet) -> None:
    """Say what the head of a list lacks, where a sheet has one with energy and something else.

    Raises:
        ParseError: `missing_column`.
    """
    for row in range(min(HEADER_WITHIN, len(sheet.rows))):
        header = mapped([_text(value) for value in sheet.rows[row]], LIST_HEADINGS)
        if "energy" in header.columns and len(header.columns) > 1:
            require_complete(header, LIST_HEADINGS, where=sheet.where(row, 0))


def month_columns(sheet: Sheet) -> MonthColumns | None:
    """The layout of a sheet with months as columns, or null. Heads may span rows and be merged.

    Raises:
        ParseError: `month_divided`, `unit_contradicted`.
    """
    for row in range(min(HEADER_WITHIN, len(sheet.rows))):
        width = len(sheet.rows[row])
        named = [column for column in range(width) if _is_month(sheet, row, column)]
        if len(named) < 2:
            continue
        for column in named:
            _refuse_divided(sheet, row, column)
        months: dict[int, Month] = {}
        undated: list[Cell] = []
        for column in named:
            month = month_of(sheet.value(row, column), year=_year_above(sheet, row, column))
            if month is None:
                undated.append((row, column))
            else:
                months[column] = month
        return MonthColumns(
            meter=_meter_column(sheet, row, named[0]),
            months=months,
            undated=tuple(undated),
            total=_total_column(sheet, row, named[-1], width),
            unit=_unit_above(sheet, row + 1),
            first_row=row + 1,
        )
    return None


def is_total(label: str) -> bool:
    """Whether a row or column of this name sums up others, so that counting it would count twice."""
    return folded(label.rstrip(":：")) in _TOTALS


def _is_month(sheet: Sheet, row: int, column: int) -> bool:
    value = sheet.value(row, column)
    return lacks_year(value) or (month_of(value, year=None) is not None)


def _year_above(sheet: Sheet, row: int, column: int) -> int | None:
    """The year of the nearest head above a month, spread over its merged range, else of a title."""
    for above in range(row - 1, -1, -1):
        year = year_in(sheet.value(above, column))
        if year is not None:
            return year
    titles = {year for above in range(row) for value in sheet.rows[above] if (year := year_in(value)) is not None}
    titles |= {year for year in (year_in(sheet.name),) if year is not None} if not titles else set()
    return titles.pop() if len(titles) == 1 else None


def _meter_column(sheet: Sheet, row: int, before: int) -> int:
    """The column of meter ids; else of their names; else the last column of text before the months."""
    heads = [(column, folded(without_unit(_text(sheet.value(row, column)))[0])) for column in range(before)]
    above = [(column, folded(_text(sheet.value(row - 1, column)))) for column in range(before)] if row else []
    for heading in (METER, METER_NAME):
        for column, head in (*heads, *above):
            if head in heading.keys:
                return column
    for column in range(before - 1, -1, -1):
        if any(isinstance(sheet.value(below, column), str) for below in range(row + 1, len(sheet.rows))):
            return column
    return 0


def _total_column(sheet: Sheet, row: int, after: int, width: int) -> int | None:
    for column in range(after + 1, width):
        if any(is_total(_text(sheet.value(head, column))) for head in range(max(0, row - 2), row + 1)):
            return column
    return None


def _refuse_divided(sheet: Sheet, row: int, column: int) -> None:
    """Refuse a month that stands over several columns of different names: which of them a meter is, nothing says."""
    (_, left), (bottom, right) = sheet.merged_range(row, column) or ((row, column), (row, column))
    below = [_text(sheet.value(bottom + 1, under)) for under in range(left, right + 1)]
    if len(names := list(dict.fromkeys(filter(None, below)))) > 1:
        words = {"head": sheet.value(row, column), "names": ", ".join(names)}
        raise ParseError("month_divided", DIVIDED.filled(**words), where=sheet.where(row, left), hint=DIVIDED_HINT)


def _unit_above(sheet: Sheet, end: int) -> str | None:
    """The energy unit that titles and heads above a row name (`单位：kWh`, `用电量（万kWh）`)."""
    first = next(_units(sheet, end), None)
    return None if first is None else _undisputed(first[0], sheet, end)


def _undisputed(unit: str, sheet: Sheet, end: int) -> str:
    """A unit no text above a row contradicts."""
    for other, where in _units(sheet, end) if unit in ENERGY_UNITS else ():
        if ENERGY_UNITS[other] != ENERGY_UNITS[unit]:
            words = {"unit": unit, "other": other}
            raise ParseError("unit_contradicted", CONTRADICTED.filled(**words), where=where, hint=CONTRADICTED_HINT)
    return unit


def _units(sheet: Sheet, end: int) -> Iterator[tuple[str, Where]]:
    """The energy units named above a row, with their places; a total may be in one of its own."""
    for row in range(end):
        for column, text in enumerate(sheet.rows[row]):
            if isinstance(text, str) and (unit := _unit_in(text)) and not is_total(without_unit(text)[0]):
                yield unit, sheet.where(row, column)


def _unit_in(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text)
    match = _UNIT.search(plain)
    if match:
        return match.group(1) if match.group(1) in ENERGY_UNITS else None
    unit = without_unit(plain)[1]
    return unit if unit in ENERGY_UNITS else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def label_of(value: object) -> str | None:
    """A meter's label: text, trimmed; null for anything that cannot be one."""
    text = _text(value)
    return None if not text or folded(text) in _NOT_READINGS else text
