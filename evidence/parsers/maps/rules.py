"""What holds for the rows of a kind whoever wrote them: fields that follow from others, order in time, possible values.

The same as the parsers of our own tables ask of theirs.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from core.text import Text
from evidence.observations.schema import COUNT, TEXT, Kind
from evidence.parsers.base import Issues, Severity
from evidence.parsers.columns.instants import Mask
from evidence.parsers.tables.sus_items import sus_scores
from evidence.parsers.tables.typed_rows import TypedRows

Columns = dict[str, pa.Array]

# Of each kind the instants that must not lie before an earlier one.
_ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "energy_readings": (("start_at", "at"),),
    "jobs": (("start_at", "end_at"),),
    "outages": (("started_at", "ended_at"),),
    "tickets": (("opened_at", "first_response_at"), ("opened_at", "resolved_at")),
    "device_alarms": (("raised_at", "cleared_at"),),
}
_RATIOS = {
    "device_samples": ("active_ratio", "tensor_ratio", "util_ratio"),
    "monitors": ("uptime_ratio",),
}
_NOT_NEGATIVE = {"power_samples": ("power_w",)}
_POSITIVE = {"training_steps": ("iteration_ms",)}
# Whose instants make a series: what tells the series apart, and the instant.
_SERIES: dict[str, tuple[tuple[str, ...], str]] = {
    "energy_readings": (("meter",), "at"),
    "power_samples": (("series",), "at"),
    "flow_readings": (("point",), "at"),
}


def completed(kind: Kind, rows: TypedRows, columns: Columns) -> Columns:
    """The columns with those that follow from others."""
    own = _COMPLETED.get(kind.name)
    return columns if own is None else own(rows, columns)


def refuse_impossible(kind: Kind, rows: TypedRows, columns: Columns) -> None:
    """Leave out the rows whose instants or figures cannot be, each with an issue."""
    for before, after in _ORDER.get(kind.name, ()):
        if before in columns and after in columns:
            rows.refuse(
                _true(pc.less(columns[after], columns[before])),
                "ends_before_start",
                Text(
                    zh=f"第 {{line}} 行的“{after}”早于“{before}”。",
                    en=f"In line {{line}} `{after}` lies before `{before}`.",
                ),
            )
    for name in _RATIOS.get(kind.name, ()):
        _refuse_outside(rows, columns, name, least=Decimal(0), most=Decimal(1))
    for name in _NOT_NEGATIVE.get(kind.name, ()):
        _refuse_outside(rows, columns, name, least=Decimal(0), most=None)
    for name in _POSITIVE.get(kind.name, ()):
        if name in columns:
            message = Text(
                zh=f"第 {{line}} 行的“{name}”应大于 0。", en=f"`{name}` in line {{line}} must be more than 0."
            )
            rows.refuse(_true(pc.less_equal(columns[name], Decimal(0))), "out_of_range", message)


def check_series(kind: Kind, table: pa.Table, issues: Issues) -> None:
    """Repeated instants, rows out of order and negative energy: one issue per kind of fault, first place and count."""
    if kind.name not in _SERIES or not table.num_rows:
        return
    names, at = _SERIES[kind.name]
    index = pa.array(np.arange(table.num_rows))
    if kind.name == "energy_readings":
        negative = pc.fill_null(pc.less(table.column("value"), Decimal(0)), fill_value=False)
        _tell(issues, "out_of_range", table, pa.chunked_array([index]).filter(negative))
    keys = {f"key{n}": _codes(table.column(name)) for n, name in enumerate(names)}
    if kind.name == "energy_readings":
        keys["form"] = _codes(pc.cast(table.column("start_at").is_valid(), TEXT))
    order = [(name, "ascending") for name in keys]
    rows = pa.table({**keys, "at": table.column(at), "index": index})
    by_line = rows.sort_by([*order, ("index", "ascending")]).combine_chunks()
    _tell(issues, "out_of_order", table, _related(by_line, list(keys), "less"))
    by_time = rows.sort_by([*order, ("at", "ascending"), ("index", "ascending")]).combine_chunks()
    _tell(issues, "duplicate_instant", table, _related(by_time, list(keys), "equal"))


def _codes(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().dictionary_encode().indices


def _related(ordered: pa.Table, keys: list[str], relation: str) -> pa.ChunkedArray:
    """Indices of the rows whose instant stands in this relation to the row before, within one series."""
    after, before = ordered.slice(1), ordered.slice(0, max(ordered.num_rows - 1, 0))
    found = pc.call_function(relation, [after.column("at"), before.column("at")])
    for key in keys:
        found = pc.and_(found, pc.equal(after.column(key), before.column(key)))
    return after.column("index").filter(found)


def _tell(issues: Issues, code: str, table: pa.Table, rows: pa.ChunkedArray) -> None:
    if not len(rows):
        return
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


def _refuse_outside(rows: TypedRows, columns: Columns, name: str, *, least: Decimal, most: Decimal | None) -> None:
    if name not in columns:
        return
    odd = pc.less(columns[name], least)
    if most is not None:
        odd = pc.or_(odd, pc.greater(columns[name], most))
    span = f"{least}–{most}" if most is not None else f"≥ {least}"
    rows.refuse(
        _true(odd),
        "out_of_range",
        Text(
            zh=f"第 {{line}} 行的“{name}”超出可能的范围（{span}）。",
            en=f"`{name}` in line {{line}} is outside what is possible ({span}).",
        ),
        hint=Text(zh="请核对该列的单位。", en="Check the unit of the column."),
    )


def _true(mask: pa.Array) -> Mask:
    found: Mask = pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)
    return found


def _jobs(rows: TypedRows, columns: Columns) -> Columns:
    """The time a job ran: as the table gives it, else from start to end; 0 for one that has not started or ended."""
    nothing = pa.nulls(len(rows), COUNT)
    start, end = columns.get("start_at"), columns.get("end_at")
    spent = nothing
    if start is not None and end is not None:
        spent = pc.divide(pc.subtract(end.cast(pa.int64()), start.cast(pa.int64())), 1000).cast(COUNT)
    given = columns.get("elapsed_s", nothing)
    return columns | {"elapsed_s": pc.fill_null(pc.coalesce(given, spent), 0)}


def _outages(rows: TypedRows, columns: Columns) -> Columns:
    """Left out or empty means unplanned: only what a centre marks as planned may count as such."""
    planned = columns.get("planned", pa.nulls(len(rows), pa.bool_()))
    return columns | {"planned": pc.fill_null(planned, fill_value=False)}


def _device_alarms(rows: TypedRows, columns: Columns) -> Columns:
    return columns | {"repeats": pc.fill_null(columns.get("repeats", pa.nulls(len(rows), COUNT)), 0)}


def _survey(rows: TypedRows, columns: Columns) -> Columns:
    return columns | {"sus": sus_scores([columns[f"q{number}"] for number in range(1, 11)])}


def _training(rows: TypedRows, columns: Columns) -> Columns:
    return columns | {"dialect": _every(rows, "table")}


def _inventory(rows: TypedRows, columns: Columns) -> Columns:
    """Cards in all: as the table gives them, else nodes × cards of each."""
    product = pc.multiply(columns["nodes"].cast(pa.float64()), columns["accelerators_per_node"].cast(pa.float64()))
    rows.refuse(
        _true(pc.greater(product, 1e15)),
        "out_of_range",
        Text(zh="第 {line} 行的卡数过大。", en="Line {line} has too many cards."),
    )
    sane = pc.if_else(pa.array(rows.bad), pa.scalar(0, COUNT), columns["nodes"])
    given = columns.get("accelerators", pa.nulls(len(rows), COUNT))
    return columns | {"accelerators": pc.coalesce(given, pc.multiply(sane, columns["accelerators_per_node"]))}


def _flow(rows: TypedRows, columns: Columns) -> Columns:
    held = _every(rows, "on_change")
    return columns | {"reading": pc.coalesce(columns["reading"], held) if "reading" in columns else held}


def _power(rows: TypedRows, columns: Columns) -> Columns:
    """A power whose place nothing tells is that of something else: it feeds no measure that asks for a place."""
    other = _every(rows, "other")
    return columns | {"place": pc.coalesce(columns["place"], other) if "place" in columns else other}


def _every(rows: TypedRows, word: str) -> pa.Array:
    return pa.array(np.full(len(rows), word, dtype=object), TEXT)


_COMPLETED = {
    "jobs": _jobs,
    "outages": _outages,
    "device_alarms": _device_alarms,
    "survey_responses": _survey,
    "training_steps": _training,
    "inventory": _inventory,
    "flow_readings": _flow,
    "power_samples": _power,
}
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
            zh="有 {count} 行的时间早于同一序列的上一行，首个在第 {line} 行。",
            en="{count} rows are earlier than the row before of the same series, the first in line {line}.",
        ),
        None,
    ),
    "duplicate_instant": (
        Severity.WARNING,
        Text(
            zh="有 {count} 行与同一序列同一时刻的另一行重复，首个在第 {line} 行。",
            en="{count} rows repeat an instant of the same series, the first in line {line}.",
        ),
        Text(zh="请确认时区、导出范围和筛选条件。", en="Check the time zone, the range of the export and the filter."),
    ),
}
