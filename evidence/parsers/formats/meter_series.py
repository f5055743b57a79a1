"""Meter series: one reading per row, of any number of meters (`at`, `meter`, `value`).

The file gives figures. Unit, kind and multiplier are declared in the facility profile; only a heading that names
the unit (`value_kwh`, `电量(kWh)`) says more. Nothing is guessed from size.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.period import instant
from core.provenance import Where
from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.schema import FIGURE, TEXT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.csv_tables import Layout, head_layout
from evidence.parsers.headers import Heading, energy_unit
from evidence.parsers.source import Source
from evidence.parsers.typed_rows import TypedRows, read_table

HEADINGS = (
    Heading("at", ("timestamp", "time", "datetime", "时间", "时刻", "采集时间", "抄表时间", "数据时间", "日期时间")),
    Heading("meter", ("meter_id", "meter id", "表计", "表号", "电表", "电表编号", "表计编号", "计量点", "计量点编号")),
    Heading(
        "value",
        ("reading", "energy", "值", "数值", "读数", "示数", "表底", "电量", "用电量", "有功电量", "正向有功总电能"),
    ),
)


class MeterSeries:
    format = "meter_series"
    version = "1"
    title = Text(zh="电表时序读数（CSV）", en="Meter series (CSV)")
    kinds = (ENERGY_READINGS.name,)

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=ENERGY_READINGS, columns=_columns)
        _check_series(read.table, read.issues)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    unit = energy_unit(layout.header.units.get("value"), where=Where(line=layout.header_line))
    values = rows.number("value", required=True)
    columns = {
        "at": rows.instant("at", required=True),
        "meter": rows.text("meter", required=True),
        "value": values,
    }
    if unit is None:
        return columns
    if unit.factor != 1:
        columns["value"] = rows.scaled(values, unit.factor)
    return {**columns, "unit": pa.array([unit.name] * len(rows), TEXT)}


def _facts(table: pa.Table) -> dict[str, Any]:
    facts: dict[str, Any] = {"readings": table.num_rows, "meters": pc.count_distinct(table.column("meter")).as_py()}
    if table.num_rows:
        span = pc.min_max(table.column("at")).as_py()
        facts |= {"first_at": instant(span["min"]), "last_at": instant(span["max"])}
    units = [unit for unit in pc.unique(table.column("unit")).to_pylist() if unit]
    return facts | ({"unit": units[0]} if units else {})


def _check_series(table: pa.Table, issues: Issues) -> None:
    """Negative readings, repeated instants and rows out of order: one issue per kind, with first place and count."""
    lines = table.column("line")
    negative = lines.filter(pc.less(table.column("value"), pa.scalar(Decimal(0), FIGURE)))
    _tell(issues, "out_of_range", negative)
    meters = table.column("meter").combine_chunks().dictionary_encode()
    ordered = (
        pa.table({"meter": meters.indices, "at": table.column("at"), "line": lines})
        .sort_by([("meter", "ascending"), ("line", "ascending")])
        .combine_chunks()
    )
    _tell(issues, "out_of_order", _lines_where(ordered, "less"))
    by_time = ordered.sort_by([("meter", "ascending"), ("at", "ascending"), ("line", "ascending")])
    _tell(issues, "duplicate_instant", _lines_where(by_time, "equal"))


def _lines_where(ordered: pa.Table, relation: str) -> pa.ChunkedArray:
    """Lines of the rows whose instant stands in this relation to the row before, within one meter."""
    after, before = ordered.slice(1), ordered.slice(0, max(ordered.num_rows - 1, 0))
    same_meter = pc.equal(after.column("meter"), before.column("meter"))
    related = pc.call_function(relation, [after.column("at"), before.column("at")])
    return after.column("line").filter(pc.and_(same_meter, related))


def _tell(issues: Issues, code: str, lines: pa.ChunkedArray) -> None:
    if len(lines):
        severity, message, hint = _WORDS[code]
        first = pc.min(lines).as_py()
        issues.add(
            code,
            message.filled(count=len(lines), line=first),
            where=Where(line=first),
            severity=severity,
            hint=hint,
            times=len(lines),
        )


_WORDS = {
    "out_of_range": (
        Severity.WARNING,
        Text(
            zh="有 {count} 个负的电量读数，首个在第 {line} 行。",
            en="{count} energy readings are negative, the first in line {line}.",
        ),
        Text(
            zh="单向电表不会出现负值，请检查接线、换表或导出。",
            en="A one-way meter cannot be negative: check wiring, replacement or export.",
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
