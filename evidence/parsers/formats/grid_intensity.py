"""Carbon intensity of a grid as published: hourly (`timestamp … avg_CI`) or yearly (entity, code, year).

The files do not say whether the intensity is direct or over the life cycle, so it feeds no measure by itself; the
factors that count are those of the rubric's table. Facts only.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Clock, iso_of_ms
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.table_batches import Tally
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

HOURLY = (
    Heading("at", ("timestamp",)),
    Heading("g_per_kwh", ("avg_CI", "Carbon Intensity gCO₂eq/kWh (direct)")),
)
YEARLY = (
    Heading("entity", ()),
    Heading("code", ()),
    Heading("year", ()),
    Heading("g_per_kwh", ("Carbon intensity of electricity (gCO2/kWh)",)),
)


class GridIntensity:
    format = "grid_intensity"
    version = "1"
    title = Text(zh="电网碳强度（逐时或逐年）", en="Carbon intensity of a grid (hourly or yearly)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HOURLY) is not None or head_layout(source, YEARLY) is not None

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), Tally()
        yearly = head_layout(source, YEARLY) is not None
        clock = Clock(source.timezone, issues)
        columns: dict[str, list[pa.Array]] = {"value": [], "when": [], "entity": []}
        for _, batch in text_batches(source, YEARLY if yearly else HOURLY, issues, tally):
            rows = TypedRows(batch, issues=issues, clock=clock)
            own = {
                "value": rows.number("g_per_kwh"),
                "when": rows.count("year", required=True) if yearly else rows.instant("at", required=True),
                "entity": rows.text("entity", required=yearly),
            }
            good = pa.array(~rows.bad)
            for name, column in own.items():
                columns[name].append(column.filter(good))
            tally.faulty += int(rows.bad.sum())
        clock.close()
        values = pa.chunked_array(columns["value"], FIGURE)
        when = pa.chunked_array(columns["when"], COUNT if yearly else INSTANT)
        entities = pa.chunked_array(columns["entity"], pa.string())
        _tell(issues, int(values.null_count))
        return ParseResult(
            facts=_figures(values) | (_years(when, entities) if yearly else _hours(when)),
            tables={},
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _figures(values: pa.ChunkedArray) -> dict[str, Any]:
    known = values.drop_null()
    if not len(known):
        raise ParseError(
            "no_rows",
            Text(zh="文件中没有碳强度数值。", en="The file holds no carbon intensity."),
            hint=Text(zh="请上传含有数据的文件。", en="Upload the file with its data."),
        )
    return {
        "rows": len(values),
        "g_per_kwh_mean": measured(Fraction(pc.sum(known).as_py()) / len(known)),
        "g_per_kwh_min": Decimal(shortest(pc.min(known).as_py())),
        "g_per_kwh_max": Decimal(shortest(pc.max(known).as_py())),
        "blank": values.null_count,
    }


def _hours(when: pa.ChunkedArray) -> dict[str, Any]:
    at = np.sort(when.cast(pa.int64()).to_numpy())
    if not len(at):
        return {}
    steps = np.diff(at)
    return {
        "first_at": iso_of_ms(int(at[0])),
        "last_at": iso_of_ms(int(at[-1])),
        "duplicate_instants": int((steps == 0).sum()),
        "step_usual_s": int(np.sort(steps)[len(steps) // 2]) // 1000 if len(steps) else None,
    }


def _years(when: pa.ChunkedArray, entities: pa.ChunkedArray) -> dict[str, Any]:
    return {
        "entities": pc.count_distinct(entities).as_py(),
        "first_year": pc.min(when).as_py(),
        "last_year": pc.max(when).as_py(),
    }


def _tell(issues: Issues, blank: int) -> None:
    if blank:
        issues.add(
            "blank_intensity",
            Text(
                zh=f"有 {blank} 行没有碳强度，按缺失处理。", en=f"{blank} rows tell no intensity and count as missing."
            ),
            times=blank,
        )
    issues.add(
        "scope_not_stated",
        Text(
            zh="文件未说明是直接排放还是全生命周期排放，因此不直接用于计分。",
            en="The file does not say whether emissions are direct or over the life cycle: not scored by itself.",
        ),
        severity=Severity.INFO,
        hint=Text(zh="请在声明中写明因子来源与口径。", en="Name source and scope of the factor in a declaration."),
    )


PARSER = GridIntensity()
