"""Meter series: one reading per row, of any number of meters (`at`, `meter`, `value`).

The file gives figures. Unit, kind and multiplier are declared in the facility profile; only a heading that names
the unit (`value_kwh`, `电量(kWh)`) says more. Nothing is guessed from size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from core.silences import told_silences
from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.stored import Rows, batches_of
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import iso_of_ms
from evidence.parsers.energy.series_check import Finding, SeriesCheck
from evidence.parsers.energy.series_gaps import Gap, GapCheck
from evidence.parsers.tables.headers import energy_unit
from evidence.parsers.tables.simple_tables import METER_SERIES as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_rows
from evidence.parsers.text.source import Source


class MeterSeries:
    format = "meter_series"
    version = "1"
    title = Text(zh="电表时序读数（CSV、xlsx）", en="Meter series (CSV, xlsx)")
    kinds = (ENERGY_READINGS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        series = SeriesCheck()
        read = read_rows(source, headings=HEADINGS, kind=ENERGY_READINGS, columns=_columns, watch=series.add)
        series.close(read.table)
        for code, finding in (
            ("out_of_range", series.negative),
            ("out_of_order", series.backwards),
            ("duplicate_instant", series.repeated),
        ):
            _tell(read.issues, code, finding)
        if series.gaps.longest is not None:
            _tell(
                read.issues, "gap", series.gaps, missing=series.gaps.missing, longest=_told(series.gaps.longest, source)
            )
        return read.result(source, _facts(read.table, series))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    unit = energy_unit(layout.header.units.get("value"), where=layout.where)
    values = rows.number("value", required=True)
    columns = {
        "at": rows.instant("at", required=True),
        "meter": rows.words("meter", required=True),
        "value": values,
    }
    if unit is None:
        return columns
    if unit.factor != 1:
        columns["value"] = rows.scaled(values, unit.factor)
    return {**columns, "unit": rows.same(unit.name)}


def _facts(table: Rows, series: SeriesCheck) -> dict[str, Any]:
    facts: dict[str, Any] = {"readings": table.num_rows, "meters": series.meters}
    if series.first_at is not None and series.last_at is not None:
        facts |= {"first_at": iso_of_ms(series.first_at), "last_at": iso_of_ms(series.last_at)}
    units = (batch.column("unit")[0].as_py() for batch in batches_of(table, ["unit"]) if batch.num_rows)
    return facts | ({"unit": unit} if (unit := next(units, None)) else {})


def _told(gap: Gap, source: Source) -> Text:
    """From when to when by the clock that was declared with the file."""
    return told_silences({gap.meter: [(gap.start, gap.end)]}, source.timezone or "UTC")


def _tell(issues: Issues, code: str, finding: Finding | GapCheck, **words: object) -> None:
    """One issue per kind, with first place and count."""
    if finding.where is not None:
        severity, message, hint = _WORDS[code]
        issues.add(
            code,
            message.filled(count=finding.count, line=finding.where.line, **words),
            where=finding.where,
            severity=severity,
            hint=hint,
            times=finding.count,
        )


_WORDS = {
    "out_of_range": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个负的电量读数，首个在第 {line} 行。",
            en="{count} energy readings are negative, the first in line {line}.",
        ),
        Text(
            zh="单向电表不会出现负值，请检查接线、换表或导出；负的时段电量按缺失处理。",
            en="A one-way meter cannot be negative: check wiring, replacement or export. "
            "An interval below zero counts as missing.",
        ),
    ),
    "out_of_order": (
        Severity.INFO,
        Text(
            zh="有 {count} 行的时间早于同一表计的上一行，首个在第 {line} 行。",
            en="{count} rows are earlier than the row before of the same meter, the first in line {line}.",
        ),
        None,
    ),
    "gap": (
        Severity.WARNING,
        Text(
            zh="有 {count} 处缺口，共缺 {missing} 个读数，首个在第 {line} 行之前；最长的：{longest}。",
            en="{count} gaps in which {missing} readings are missing, the first before line {line}; "
            "the longest: {longest}.",
        ),
        Text(
            zh="请补交缺失时段的原始数据；缺口不按 0 计，并降低覆盖率。",
            en="Hand in the raw data of the missing time; a gap is not 0, and it lowers the coverage.",
        ),
    ),
    "duplicate_instant": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个读数与同一表计同一时刻的读数重复，首个在第 {line} 行。",
            en="{count} readings repeat an instant of the same meter, the first in line {line}.",
        ),
        Text(zh="请确认时区与导出范围。", en="Check the time zone and the range of the export."),
    ),
}


PARSER = MeterSeries()
