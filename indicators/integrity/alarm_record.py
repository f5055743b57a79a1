"""The alarms of a centre from raise to clear, though raise and clear stand in two files.

What one file pairs by itself stays as it is. Where an alarm is still open, a clear ends nothing, or one clear ends two
spells, all raises and clears of that alarm are paired anew, each instant once, save those of an alarm of no length.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evidence.parsers.monitoring.alarm_spells import NO_RAISE
from evidence.parsers.monitoring.spells import Change, paired
from indicators.measures.columns import distinct

_Row = Mapping[str, Any]


def alarm_record(rows: pa.Table) -> pa.Table:
    """Every alarm once; clears that end nothing in any file are left out.

    Args:
        rows: of `device_alarms`, of all files, with `evidence`.

    Returns:
        The same columns; an alarm over two files stands where it was raised.
    """
    rows = distinct(rows)
    names = list(zip(*(rows.column(name).to_pylist() for name in ("device", "alarm")), strict=True))
    ends = list(zip(names, rows.column("cleared_at").to_pylist(), strict=True))
    times = Counter(ends)
    loose = pc.equal(rows.column("repeats"), NO_RAISE).to_pylist()
    keys = {end[0] for end, lonely in zip(ends, loose, strict=True) if lonely or end[1] is None or times[end] > 1}
    if not keys:
        return rows
    concerned = pa.array([name in keys for name in names])
    again = list(_paired_again(rows.filter(concerned).to_pylist()))
    return pa.concat_tables([rows.filter(pc.invert(concerned)), pa.Table.from_pylist(again, schema=rows.schema)])


def _paired_again(rows: Iterable[_Row]) -> Iterator[_Row]:
    raised: dict[tuple[str, str, dt.datetime], _Row] = {}
    changes: dict[tuple[str, str, dt.datetime, bool], Change] = {}
    for number, row in enumerate(rows):
        device, alarm, at, end = row["device"], row["alarm"], row["raised_at"], row["cleared_at"]
        if at == end and row["repeats"] != NO_RAISE:
            yield row  # of one instant the clear comes first: taken apart, the raise would stay open
            continue
        if row["repeats"] != NO_RAISE:
            raised.setdefault((device, alarm, at), row)
            changes.setdefault((device, alarm, at, True), Change(at, device, alarm, raised=True, line=number))
        if end is not None:
            changes.setdefault((device, alarm, end, False), Change(end, device, alarm, raised=False, line=number))
    for spell in paired(changes.values()).spells:
        row = raised[spell.first.thing, spell.first.alarm, spell.first.at]
        yield {**row, "cleared_at": spell.ended_at, "repeats": row["repeats"] + spell.repeats}
