"""The alarms of a centre from raise to clear, though raise and clear stand in two files.

What one file pairs by itself stays as it is. Where an alarm is still open, a clear ends nothing, or one clear ends two
spells, all raises and clears of that alarm are paired anew, each instant once, save those of an alarm of no length. No
spell that is complete in its file is cut short by that: a clear inside it ends another problem of the same name.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
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


class _Complete:
    """The spells of one alarm that begin and end in one file, and which instants lie inside one."""

    def __init__(self, spells: Sequence[tuple[dt.datetime, dt.datetime]]) -> None:
        self._begins = [begin for begin, _ in sorted(spells)]
        self._reached = list(accumulate((end for _, end in sorted(spells)), max))

    def holds(self, at: dt.datetime) -> bool:
        begun = bisect_left(self._begins, at)
        return begun > 0 and self._reached[begun - 1] > at


def _paired_again(rows: Sequence[_Row]) -> Iterator[_Row]:
    complete = _complete_by_alarm(rows)
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
        if end is not None and not complete[device, alarm].holds(end):
            changes.setdefault((device, alarm, end, False), Change(end, device, alarm, raised=False, line=number))
    for spell in paired(changes.values()).spells:
        row = raised[spell.first.thing, spell.first.alarm, spell.first.at]
        yield {**row, "cleared_at": spell.ended_at, "repeats": row["repeats"] + spell.repeats}


def _complete_by_alarm(rows: Sequence[_Row]) -> Mapping[tuple[str, str], _Complete]:
    spells: dict[tuple[str, str], list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for row in rows:
        own = spells[row["device"], row["alarm"]]
        if row["cleared_at"] is not None and row["repeats"] != NO_RAISE:
            own.append((row["raised_at"], row["cleared_at"]))
    return {name: _Complete(own) for name, own in spells.items()}
