"""Hourly usage of the cards of a host as a table: mean, least and greatest power, temperature, utilisation, memory.

Times carry no zone. A missing hour is missing: no value is not 0 W. The utilisation is the coarse one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.quantity import measured
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.schema import FIGURE, TEXT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Clock, iso_of_ms
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Tally
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

HEADINGS = (
    Heading("node", ("name", "host", "hostname")),
    Heading("at", ("timestamp",)),
    Heading("power_w", ("powerave",)),
    Heading("util_percent", ("utilave",)),
    Heading("temperature_c", ("tempave",), required=False),
)
_ALL_CARDS = "*"
_SECONDS = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?$"


class CardUsageTable:
    format = "card_usage_table"
    version = "1"
    title = Text(zh="主机加速卡用量汇总表", en="Usage of a host's cards as a table")
    kinds = (DEVICE_SAMPLES.name,)

    def recognises(self, source: Source) -> bool:
        return not is_workbook(source) and holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), Tally()
        clock = Clock(source.timezone, issues)
        parts, stamps, powers, utils = [DEVICE_SAMPLES.empty()], [], [], []
        for _, batch in text_batches(source, HEADINGS, issues, tally):
            rows = TypedRows(batch, issues=issues, clock=clock)
            power, percent = rows.number("power_w", required=True), rows.number("util_percent", required=True)
            temperature = rows.number("temperature_c")
            _refuse_odd(rows, percent, power)
            good = pa.array(~rows.bad)
            stamps.append(_local(rows.text("at")).filter(good))
            powers.append(power.filter(good))
            utils.append(percent.filter(good))
            own = {
                "node": rows.text("node", required=True),
                "device": pa.array([_ALL_CARDS] * len(rows), TEXT),
                "at": rows.instant("at", required=True),
                "util_ratio": _ratio(percent),
                "temperature_c": temperature,
            }
            parts.append(DEVICE_SAMPLES.table(rows.kept(own)))
            tally.faulty += int(rows.bad.sum())
        clock.close()
        table = pa.concat_tables(parts)
        facts = _facts(pa.chunked_array(stamps, pa.int64()), _joined(powers), _joined(utils))
        _tell(facts, issues)
        return ParseResult(
            facts=facts,
            tables={DEVICE_SAMPLES.name: table} if table.num_rows else {},
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _joined(parts: list[pa.Array]) -> pa.ChunkedArray:
    return pa.chunked_array(parts, FIGURE)


def _ratio(percent: pa.Array) -> pa.Array:
    wide = pc.divide(percent.cast(pa.decimal256(60, 11)), pa.scalar(100, pa.decimal256(3, 0)))
    return pc.round(wide, ndigits=9, round_mode="half_towards_infinity").cast(pa.decimal256(60, 9)).cast(FIGURE)


def _refuse_odd(rows: TypedRows, percent: pa.Array, power: pa.Array) -> None:
    low = pc.or_(pc.less(percent, Decimal(0)), pc.less(power, Decimal(0)))
    odd = pc.fill_null(pc.or_(low, pc.greater(percent, Decimal(100))), fill_value=False)
    rows.refuse(
        odd.to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(
            zh="第 {line} 行的功率或利用率超出可能的范围。",
            en="Power or utilisation in line {line} is out of range.",
        ),
        hint=Text(zh="利用率应为 0 至 100。", en="The utilisation lies between 0 and 100."),
    )


def _local(texts: pa.Array) -> pa.Array:
    """Clock times as ms of an unnamed zone, to count steps by; null where they are written another way."""
    plain = pc.if_else(pc.match_substring_regex(texts, _SECONDS), texts, pa.scalar(None, TEXT))
    try:
        return plain.cast(pa.timestamp("ms")).cast(pa.int64())
    except pa.ArrowInvalid:
        return pa.nulls(len(texts), pa.int64())


def _facts(stamps: pa.ChunkedArray, powers: pa.ChunkedArray, utils: pa.ChunkedArray) -> dict[str, Any]:
    if not len(powers):
        raise ParseError(
            "no_rows",
            Text(zh="表中没有可用的数据行。", en="The table has no usable row."),
            hint=Text(zh="请检查列的单位与数字格式。", en="Check units and number format of the columns."),
        )
    mean = Fraction(pc.sum(powers).as_py()) / len(powers)
    facts: dict[str, Any] = {
        "rows": len(powers),
        "power_mean_w": measured(mean),
        "util_mean_percent": measured(Fraction(pc.sum(utils).as_py()) / len(utils)),
    }
    known = np.sort(stamps.drop_null().to_numpy())
    if len(known) < 2:
        return facts
    steps = np.diff(known)
    usual = int(np.sort(steps)[len(steps) // 2])
    return facts | {
        "first_at_local": iso_of_ms(int(known[0])).removesuffix("Z"),
        "last_at_local": iso_of_ms(int(known[-1])).removesuffix("Z"),
        "step_usual_s": usual // 1000,
        "steps_irregular": int((steps != usual).sum()),
        "duplicate_instants": int((steps == 0).sum()),
        "energy_kwh": measured(mean * len(powers) * usual / 3_600_000_000),
    }


def _tell(facts: Mapping[str, Any], issues: Issues) -> None:
    if facts.get("steps_irregular"):
        count = facts["steps_irregular"]
        issues.add(
            "irregular_steps",
            Text(
                zh=f"有 {count} 处步长与通常步长不同（缺失时段不按 0 计）。",
                en=f"{count} steps differ from the usual one (what is missing does not count as 0).",
            ),
            severity=Severity.INFO,
            times=count,
        )


PARSER = CardUsageTable()
