"""Monthly energy workbooks (.xlsx): our template, and the sheets centres really keep.

Each reading is the energy of one calendar month in the zone declared at upload, and keeps its `sheet!cell`.
Registers are read as end − start, and handed on; where one falls or its months do not join, that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import ParseError
from core.provenance import Where
from core.quantity import shortest
from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.columns.figure_cells import figure_in_cell
from evidence.parsers.columns.instants import declared_zone
from evidence.parsers.energy.energy_sheet import (
    ListLayout,
    MonthColumns,
    is_total,
    label_of,
    list_layout,
    month_columns,
    refuse_unlisted,
)
from evidence.parsers.energy.energy_words import WORDS
from evidence.parsers.energy.monthly_readings import Break, MonthlyReading, Register, breaks, registers
from evidence.parsers.energy.months import Month, month_bounds, month_name, month_of, month_start
from evidence.parsers.tables.headers import energy_unit
from evidence.parsers.tables.sheet_tables import hidden_parts, merged_heads
from evidence.parsers.tables.simple_tables import holds_simple_table
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import cell_name
from evidence.parsers.workbooks.workbook import Sheet, Value, is_workbook, read_workbook


class EnergyWorkbook:
    format = "energy_workbook"
    version = "4"
    title = Text(zh="月度能耗工作簿（xlsx）", en="Monthly energy workbook (xlsx)")
    kinds = (ENERGY_READINGS.name,)

    def recognises(self, source: Source) -> bool:
        return is_workbook(source) and not holds_simple_table(source)

    def parse(self, source: Source) -> ParseResult:
        zone = declared_zone(source.timezone)
        reader = _Reader(Issues())
        workbook = read_workbook(source)
        if workbook.external_links:
            reader.tell("external_link", Where())
        for sheet in workbook.sheets:
            reader.read(sheet)
        if not reader.expected:
            for sheet in workbook.sheets:
                if not sheet.hidden:
                    refuse_unlisted(sheet)
            raise no_rows() if not reader.issues.listed else _no_table()
        return reader.result(zone)


class _Reader:
    """Reads sheet after sheet into readings and issues; `expected` counts the cells that should hold a reading."""

    def __init__(self, issues: Issues) -> None:
        self.issues = issues
        self.expected = 0
        self._readings: dict[tuple[str, Month], MonthlyReading] = {}

    def read(self, sheet: Sheet) -> None:
        if sheet.hidden:
            self.tell("hidden_sheet", Where(cell=sheet.name))
            return
        listed = list_layout(sheet)
        spread = None if listed else month_columns(sheet)
        if listed is None and spread is None:
            if any(value is not None for row in sheet.rows for value in row):
                self.tell("sheet_ignored", Where(cell=sheet.name))
            return
        for code, where in hidden_parts(sheet):
            self.tell(code, where)
        first_row = listed.first_row if listed else spread.first_row if spread else 0
        for where in merged_heads(sheet, first_row=first_row):
            self.tell("merged_header", where)
        for reading in self._list(sheet, listed) if listed else self._spread(sheet, spread) if spread else ():
            self._keep(reading)

    def result(self, zone: ZoneInfo | None) -> ParseResult:
        found = list(self._readings.values())
        for each in breaks(found):
            self._tell_break(each)
        readings = [reading for reading in found if not reading.fell]
        if zone is None and found:
            self.tell("no_time_zone", found[0].where)
            readings = []
        rows = [*_months(readings, zone), *_registers(found, zone)] if zone else []
        columns = {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}
        return ParseResult(
            facts=_facts(readings),
            tables={ENERGY_READINGS.name: ENERGY_READINGS.table(columns)},
            coverage=Coverage(self.expected, len(readings), self.expected - len(readings)),
            issues=tuple(self.issues.listed),
            issue_counts=self.issues.counts,
        )

    def tell(self, code: str, where: Where, **words: object) -> None:
        severity, message, hint = WORDS[code]
        self.issues.add(code, message.filled(place=where, **words), where=where, severity=severity, hint=hint)

    def _tell_break(self, each: Break) -> None:
        words = {"meter": each.meter, "month": month_name(each.month), "other": each.other.cell}
        self.tell("readings_apart", each.where, start=shortest(each.start), end=shortest(each.end), **words)

    def _list(self, sheet: Sheet, layout: ListLayout) -> Iterator[MonthlyReading]:
        unit = energy_unit(layout.unit, where=sheet.where(layout.first_row - 1, 0))
        for row in range(layout.first_row, len(sheet.rows)):
            label = label_of(sheet.value(row, layout.columns["meter"]))
            first = next((value for value in sheet.rows[row] if value is not None), None)
            if first is None:
                continue
            if is_total(label or "") or is_total(str(first)):
                self.tell("total_left_out", sheet.where(row, 0))
                continue
            self.expected += 1
            month = month_of(sheet.value(row, layout.columns["month"]), year=None)
            if month is None or label is None:
                self.tell("unreadable_row", sheet.where(row, layout.columns["month"]))
                continue
            found = self._energy_of_row(sheet, row, layout)
            if found is None:
                continue
            energy, multiplier, column, register = found
            factor = unit.factor if unit and multiplier == 1 else Decimal(1)
            name = unit.name if unit else "kWh" if multiplier == 1 and "energy" in layout.columns else None
            where = sheet.where(row, column)
            yield MonthlyReading(
                label, month, energy * factor, name, multiplier, where, register and register.times(factor)
            )

    def _energy_of_row(
        self, sheet: Sheet, row: int, layout: ListLayout
    ) -> tuple[Decimal, Decimal | None, int, Register | None] | None:
        """Energy, the multiplier still to be applied (null: as declared), the column it stands in, and its register.

        Registers beat an energy column beside them; where both are there and disagree, an issue tells.
        """
        columns = layout.columns
        if {"start_reading", "end_reading"} <= columns.keys():
            start = self._figure(sheet, row, columns["start_reading"])
            end = self._figure(sheet, row, columns["end_reading"])
            multiplier = self._figure(sheet, row, columns["multiplier"]) if "multiplier" in columns else None
            if start is None or end is None or ("multiplier" in columns and multiplier is None):
                return None
            register = Register(start, end, sheet.where(row, columns["start_reading"]))
            if end < start:
                where = sheet.where(row, columns["end_reading"])
                self.tell("counter_reset", where, start=shortest(start), end=shortest(end))
            elif "energy" in columns and multiplier is not None:
                printed = self._figure(sheet, row, columns["energy"])
                if printed is not None and printed != (end - start) * multiplier:
                    self.tell("energy_differs", sheet.where(row, columns["energy"]), printed=shortest(printed))
            return end - start, multiplier, columns["end_reading"], register
        energy = self._figure(sheet, row, columns["energy"])
        return None if energy is None else (energy, Decimal(1), columns["energy"], None)

    def _spread(self, sheet: Sheet, layout: MonthColumns) -> Iterator[MonthlyReading]:
        for row, column in layout.undated:
            self.tell("no_year", sheet.where(row, column), head=sheet.value(row, column))
        unit = energy_unit(layout.unit, where=sheet.where(layout.first_row - 1, 0))
        for row in range(layout.first_row, len(sheet.rows)):
            label = label_of(sheet.value(row, layout.meter))
            labels = [text for text in sheet.rows[row] if isinstance(text, str)]
            if any(is_total(text) for text in labels):
                self.tell("total_left_out", sheet.where(row, 0))
                continue
            if label is None or not self._has_figures(sheet, row, layout):
                continue
            self.expected += len(layout.undated)
            found: list[Decimal] = []
            for column, month in layout.months.items():
                self.expected += 1
                value = self._figure(sheet, row, column)
                if value is None:
                    continue
                found.append(value)
                factor = unit.factor if unit else Decimal(1)
                name = unit.name if unit else None
                yield MonthlyReading(label, month, value * factor, name, Decimal(1), sheet.where(row, column))
            if layout.total is not None and len(found) == len(layout.months) and not layout.undated:
                self._check_total(sheet, row, layout.total, sum(found, Decimal(0)))

    def _has_figures(self, sheet: Sheet, row: int, layout: MonthColumns) -> bool:
        """Rows below a table hold signatures and remarks; a row of readings holds a number or a broken formula."""
        columns = (*layout.months, *(column for _, column in layout.undated))
        return any(isinstance(sheet.value(row, column), Decimal) or sheet.flaw((row, column)) for column in columns)

    def _check_total(self, sheet: Sheet, row: int, column: int, total: Decimal) -> None:
        printed = sheet.value(row, column)
        if isinstance(printed, Decimal) and abs(printed - total) > Decimal("0.01"):
            self.tell("total_differs", sheet.where(row, column), printed=shortest(printed), total=shortest(total))

    def _figure(self, sheet: Sheet, row: int, column: int) -> Decimal | None:
        """The figure of a cell, or None with the issue that says why there is none."""
        where = sheet.where(row, column)
        flaw = sheet.flaw((row, column))
        if flaw is not None:
            self.tell("formula_without_value" if flaw == "formula" else "cell_error", where, error=flaw)
            return None
        value: Value = sheet.value(row, column)
        if value is None:
            self.tell("missing_value", where)
            return None
        if merged := sheet.merged_range(row, column):
            self.tell("merged_value", where, merged=":".join(cell_name(*cell) for cell in merged))
            return None
        if isinstance(value, str):
            kept = figure_in_cell(value, self.issues, where=where)
            if kept is not None:
                self.tell("number_as_text", where, text=value.strip())
        elif isinstance(value, Decimal):
            kept = figure_in_cell(format(value, "f"), self.issues, where=where)
        else:
            self.tell("unreadable_cell", where)
            return None
        if kept is not None and kept < 0:
            self.tell("out_of_range", where, value=shortest(kept))
        return kept

    def _keep(self, reading: MonthlyReading) -> None:
        """Two figures for one meter and month: equal ones count once, different ones contradict each other."""
        earlier = self._readings.setdefault((reading.meter, reading.month), reading)
        if earlier is reading:
            return
        same = (earlier.value, earlier.multiplier, earlier.unit) == (reading.value, reading.multiplier, reading.unit)
        code = "repeated_reading" if same else "contradictory_readings"
        self.tell(code, reading.where, other=earlier.where.cell, month=month_name(reading.month), meter=reading.meter)


_COLUMNS = ("meter", "start_at", "at", "value", "unit", "reading", "multiplier", "line", "cell")


def _months(readings: Iterable[MonthlyReading], zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    for each in readings:
        start, end = month_bounds(each.month, zone)
        words = (each.unit, "interval", each.multiplier)
        yield (each.meter, start, end, each.value, *words, each.where.line, each.where.cell)


def _registers(readings: Iterable[MonthlyReading], zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    for each in registers(readings):
        words = (each.of.unit, each.word, each.of.multiplier)
        yield (each.of.meter, None, month_start(each.month, zone), each.value, *words, each.where.line, each.where.cell)


def _facts(readings: list[MonthlyReading]) -> dict[str, Any]:
    months = sorted({reading.month for reading in readings})
    facts: dict[str, Any] = {
        "readings": len(readings),
        "meters": len({reading.meter for reading in readings}),
        "months": len(months),
    }
    if months:
        facts |= {"first_month": month_name(months[0]), "last_month": month_name(months[-1])}
    energy: dict[str, Decimal] = {}
    for reading in readings:
        if reading.unit == "kWh" and reading.multiplier is not None:
            energy[reading.meter] = energy.get(reading.meter, Decimal(0)) + reading.value * reading.multiplier
    return facts | ({"energy_kwh_by_meter": {m: Decimal(shortest(e)) for m, e in energy.items()}} if energy else {})


def _no_table() -> ParseError:
    return ParseError(
        "unknown_layout",
        Text(
            zh="工作簿中没有可识别的月度能耗表。",
            en="No monthly energy table was found in the workbook.",
        ),
        hint=Text(
            zh="请使用模板（month, meter, energy_kwh），或让月份成为列标题（例如 2025年4月）。",
            en="Use the template (month, meter, energy_kwh), or head the columns with months (such as 2025-04).",
        ),
    )


PARSER = EnergyWorkbook()
