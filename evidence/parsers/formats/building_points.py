"""Exports of a DCIM or BMS historian: one row per change of a point, `at`, `point`, `value`, `unit`.

A value stands until the next row of its point; silence is no gap by itself. The unit of each row decides what it is:
energy registers, power, or water, heat and temperature. Where a power point sits is told by `place` or not known.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import FIGURE, TEXT, Kind
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.instants import Clock, iso_of_ms
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.sheet_tables import sheet_batches
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Tally
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

HEADINGS = (
    Heading("at", ("timestamp", "time", "datetime", "时间", "时刻", "采集时间")),
    Heading("point", ("point_id", "point_name", "tag", "测点", "测点编号", "测点名称", "点位", "点位编号", "点名")),
    Heading("value", ("reading", "值", "数值", "测量值")),
    Heading("unit", ("units", "单位", "工程单位")),
    Heading("place", ("位置", "部位"), required=False),
)
# Case matters: mW is no MW. Compared after NFKC, under which ℃ is °C and ³ is 3.
UNITS = {
    **dict.fromkeys(("Wh",), "Wh"),
    **dict.fromkeys(("kWh", "KWh", "KWH", "kwh", "千瓦时", "度"), "kWh"),
    **dict.fromkeys(("MWh", "MWH", "兆瓦时"), "MWh"),
    **dict.fromkeys(("W",), "W"),
    **dict.fromkeys(("kW", "KW", "kw", "千瓦"), "kW"),
    **dict.fromkeys(("MW", "兆瓦"), "MW"),
    **dict.fromkeys(("°C", "degC", "Cel", "摄氏度"), "Cel"),
    **dict.fromkeys(("m3", "立方米"), "m3"),
    **dict.fromkeys(("L", "升"), "L"),
    **dict.fromkeys(("m3/h", "立方米/小时"), "m3/h"),
    **dict.fromkeys(("L/s", "升/秒"), "L/s"),
    **dict.fromkeys(("GJ", "吉焦"), "GJ"),
}
PLACES = {
    "it": "it",
    "rack": "rack",
    "机柜": "rack",
    "node": "node",
    "服务器": "node",
    "facility": "facility",
    "总进线": "facility",
    "cooling": "cooling",
    "制冷": "cooling",
    "other": "other",
    "其他": "other",
}
_ENERGY = ("Wh", "kWh", "MWh")
_POWER = {"W": 1, "kW": 1000, "MW": 10**6}
FLOW = ("Cel", "m3", "L", "m3/h", "L/s", "GJ")
_ON_CHANGE = "on_change"
_Parts = dict[Kind, list[pa.Table]]


class BuildingPoints:
    format = "building_points"
    version = "1"
    title = Text(zh="楼宇与动环测点变化记录（CSV、xlsx）", en="Changes of DCIM or BMS points (CSV, xlsx)")
    kinds = (ENERGY_READINGS.name, POWER_SAMPLES.name, FLOW_READINGS.name)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), Tally()
        clock = Clock(source.timezone, issues)
        parts: _Parts = {ENERGY_READINGS: [], POWER_SAMPLES: [], FLOW_READINGS: []}
        found = sheet_batches if is_workbook(source) else text_batches
        for _, batch in found(source, HEADINGS, issues, tally):
            rows = TypedRows(batch, issues=issues, clock=clock)
            _add(parts, rows)
            tally.faulty += int(rows.bad.sum())
        clock.close()
        tables = {kind.name: pa.concat_tables(own) for kind, own in parts.items() if own}
        tables = {name: table for name, table in tables.items() if table.num_rows}
        return ParseResult(
            facts=_facts(tables),
            tables=tables,
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding="utf-8" if is_workbook(source) else source.text_encoding,
        )


def _add(parts: _Parts, rows: TypedRows) -> None:
    """The rows of a batch, each to the kind its unit belongs to."""
    rows.text("unit", required=True)
    columns = {
        "at": rows.instant("at", required=True),
        "point": rows.text("point", required=True),
        "value": rows.number("value", required=True),
        "unit": rows.each_unique("unit", _unit, TEXT),
        "place": pc.fill_null(rows.choice("place", PLACES), "other"),
    }
    power = pc.is_in(columns["unit"], value_set=pa.array(list(_POWER)))
    negative = pc.and_(power, pc.less(columns["value"], Decimal(0)))
    rows.refuse(
        pc.fill_null(negative, fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的功率为负。", en="The power in line {line} is negative."),
        hint=Text(zh="请检查测点方向。", en="Check the direction of the point."),
    )
    kept = pa.table(rows.kept(columns))
    held = pa.array(np.full(kept.num_rows, _ON_CHANGE, dtype=object), TEXT)
    kept = kept.append_column("reading", held)
    for kind, units in ((ENERGY_READINGS, _ENERGY), (POWER_SAMPLES, tuple(_POWER)), (FLOW_READINGS, FLOW)):
        own = kept.filter(pc.is_in(kept.column("unit"), value_set=pa.array(units)))
        if own.num_rows:
            parts[kind].append(kind.table(_named(kind, own)))


def _unit(text: str) -> str | None:
    return UNITS.get(unicodedata.normalize("NFKC", text).strip())


def _named(kind: Kind, rows: pa.Table) -> dict[str, pa.ChunkedArray]:
    own = {name: rows.column(name) for name in rows.column_names}
    point, place = own.pop("point"), own.pop("place")
    if kind is ENERGY_READINGS:
        return own | {"meter": point}
    if kind is FLOW_READINGS:
        return own | {"point": point}
    factors = pa.chunked_array([pa.array([_POWER[unit] for unit in own.pop("unit").to_pylist()], pa.int64())])
    wide = pc.multiply(own.pop("value").cast(pa.decimal256(50, 9)), factors.cast(pa.decimal256(19, 0)))
    return own | {"series": point, "place": place, "power_w": wide.cast(FIGURE)}


def _facts(tables: dict[str, pa.Table]) -> dict[str, Any]:
    rows = sum(table.num_rows for table in tables.values())
    named = {"energy_readings": "meter", "power_samples": "series", "flow_readings": "point"}
    facts: dict[str, Any] = {
        "changes": rows,
        "points": sum(pc.count_distinct(table.column(named[name])).as_py() for name, table in tables.items()),
        "changes_by_kind": {name: table.num_rows for name, table in sorted(tables.items())},
    }
    if rows:
        spans = [pc.min_max(table.column("at").cast(pa.int64())).as_py() for table in tables.values()]
        facts |= {
            "first_at": iso_of_ms(min(span["min"] for span in spans)),
            "last_at": iso_of_ms(max(span["max"] for span in spans)),
        }
    return facts


PARSER = BuildingPoints()
