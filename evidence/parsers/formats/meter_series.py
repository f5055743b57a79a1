"""Meter series: one reading per row, of any number of meters (`at`, `meter`, `value`).

The file gives figures. Unit, kind and multiplier are declared in the facility profile; only a heading that names
the unit (`value_kwh`, `电量(kWh)`) says more. Nothing is guessed from size.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.period import instant
from core.provenance import Where
from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.schema import FIGURE, TEXT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.headers import energy_unit
from evidence.parsers.simple_tables import METER_SERIES as HEADINGS
from evidence.parsers.simple_tables import holds_table
from evidence.parsers.source import Source
from evidence.parsers.table_batches import Layout
from evidence.parsers.typed_rows import TypedRows, read_table


class MeterSeries:
    format = "meter_series"
    version = "1"
    title = Text(zh="电表时序读数（CSV、xlsx）", en="Meter series (CSV, xlsx)")
    kinds = (ENERGY_READINGS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=ENERGY_READINGS, columns=_columns)
        _check_series(read.table, read.issues)
        return read.result(source, _facts(read.table))


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    unit = energy_unit(layout.header.units.get("value"), where=layout.where)
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
    index = pa.array(np.arange(table.num_rows))
    negative = pc.less(table.column("value"), pa.scalar(Decimal(0), FIGURE))
    _tell(issues, "out_of_range", table, pa.chunked_array([index]).filter(negative))
    meters = table.column("meter").combine_chunks().dictionary_encode()
    ordered = (
        pa.table({"meter": meters.indices, "at": table.column("at"), "index": index})
        .sort_by([("meter", "ascending"), ("index", "ascending")])
        .combine_chunks()
    )
    _tell(issues, "out_of_order", table, _rows_where(ordered, "less"))
    by_time = ordered.sort_by([("meter", "ascending"), ("at", "ascending"), ("index", "ascending")])
    _tell(issues, "duplicate_instant", table, _rows_where(by_time, "equal"))


def _rows_where(ordered: pa.Table, relation: str) -> pa.ChunkedArray:
    """Indices of the rows whose instant stands in this relation to the row before, within one meter."""
    after, before = ordered.slice(1), ordered.slice(0, max(ordered.num_rows - 1, 0))
    same_meter = pc.equal(after.column("meter"), before.column("meter"))
    related = pc.call_function(relation, [after.column("at"), before.column("at")])
    return after.column("index").filter(pc.and_(same_meter, related))


def _tell(issues: Issues, code: str, table: pa.Table, rows: pa.ChunkedArray) -> None:
    if len(rows):
        severity, message, hint = _WORDS[code]
        first = pc.min(rows).as_py()
        line, cell = table.column("line")[first].as_py(), table.column("cell")[first].as_py()
        issues.add(
            code,
            message.filled(count=len(rows), line=line),
            where=Where(line=line, cell=cell),
            severity=severity,
            hint=hint,
            times=len(rows),
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
