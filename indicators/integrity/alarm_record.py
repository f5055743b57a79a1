"""The alarms of a centre from raise to clear, though raise and clear stand in two files.

What one file pairs by itself stays as it is. Where an alarm is still open, a clear ends nothing, or one clear ends two
spells, its raises and clears of all files are paired anew, each instant once: a raise with the next clear, save that

- an alarm of no length is left as it is;
- no clear ends what the file that tells it knows to go on: neither a spell that is complete there, inside which it
  ends another problem of the same name, nor one that is still open there, which is raised again at that clear.

So parts of a log of states tell what the whole of it tells. Parts of a log that pairs problems, which overlap under one
name, tell no more than the whole: of several that are open where a part ends, the first clear of another part ends all.
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
_Name = tuple[str, str]


def alarm_record(rows: pa.Table) -> pa.Table:
    """Every alarm once; clears that end nothing in any file are left out.

    Args:
        rows: of `device_alarms`, of all files, with `evidence`.

    Returns:
        The same columns; an alarm over two files stands where it was raised.
    """
    once = distinct(rows)
    torn = _torn(once)
    if not torn:
        return once
    again = _paired_again(rows.filter(pc.and_(_is_of(rows, torn), pc.invert(_is_momentary(rows)))).to_pylist())
    kept = once.filter(pc.or_(pc.invert(_is_of(once, torn)), _is_momentary(once)))
    return pa.concat_tables([kept, pa.Table.from_pylist(list(again), schema=rows.schema)])


class _Told:
    """What one file tells of one alarm: the spells that begin and end in it, and since when one is open.

    Args:
        open_: the row of the first that is open.
    """

    def __init__(self, rows: Sequence[_Row]) -> None:
        spells = sorted((row["raised_at"], row["cleared_at"]) for row in rows if _is_complete(row))
        self._begins = [begin for begin, _ in spells]
        self._reached = list(accumulate((end for _, end in spells), max))
        self.open_ = min((row for row in rows if row["cleared_at"] is None), key=_raised_at, default=None)

    def holds(self, at: dt.datetime) -> bool:
        """Whether a spell that is complete began before and ends later."""
        begun = bisect_left(self._begins, at)
        return begun > 0 and self._reached[begun - 1] > at

    def open_at(self, at: dt.datetime) -> Iterator[_Row]:
        """What is open and goes on, as if it were raised then."""
        if self.open_ is not None and self.open_["raised_at"] < at:
            yield {**self.open_, "raised_at": at, "repeats": 0}


def _torn(rows: pa.Table) -> set[_Name]:
    """The alarms of which one is open, a clear ends nothing, or one clear ends two spells."""
    ends = list(zip(_names(rows), rows.column("cleared_at").to_pylist(), strict=True))
    times = Counter(ends)
    loose = pc.equal(rows.column("repeats"), NO_RAISE).to_pylist()
    return {end[0] for end, lonely in zip(ends, loose, strict=True) if lonely or end[1] is None or times[end] > 1}


def _names(rows: pa.Table) -> Iterator[_Name]:
    return zip(rows.column("device").to_pylist(), rows.column("alarm").to_pylist(), strict=True)


def _is_of(rows: pa.Table, names: set[_Name]) -> pa.Array:
    return pa.array([name in names for name in _names(rows)], pa.bool_())


def _is_momentary(rows: pa.Table) -> pa.ChunkedArray:
    """Which alarms have no length: of one instant the clear comes first, so that taken apart they would stay open."""
    same = pc.fill_null(pc.equal(rows.column("raised_at"), rows.column("cleared_at")), fill_value=False)
    return pc.and_(same, pc.not_equal(rows.column("repeats"), NO_RAISE))


def _paired_again(rows: Sequence[_Row]) -> Iterator[_Row]:
    raised: dict[tuple[_Name, dt.datetime], _Row] = {}
    ended, held = set[tuple[_Name, dt.datetime]](), set[tuple[_Name, dt.datetime]]()
    for name, own in _by_file_and_alarm(rows):
        told = _Told(own)
        for row in own:
            if row["repeats"] != NO_RAISE:
                raised.setdefault((name, row["raised_at"]), row)
        for end in {row["cleared_at"] for row in own} - {None}:
            (held if told.holds(end) else ended).add((name, end))
            for row in told.open_at(end):
                raised.setdefault((name, end), row)
    changes = [Change(at, *name, raised=True, line=0) for name, at in raised]
    changes += [Change(at, *name, raised=False, line=0) for name, at in ended - held]
    for spell in paired(changes).spells:
        row = raised[(spell.first.thing, spell.first.alarm), spell.first.at]
        yield {**row, "cleared_at": spell.ended_at, "repeats": row["repeats"] + spell.repeats}


def _by_file_and_alarm(rows: Sequence[_Row]) -> Iterator[tuple[_Name, list[_Row]]]:
    told: dict[tuple[str, _Name], list[_Row]] = defaultdict(list)
    for row in rows:
        told[row["evidence"], (row["device"], row["alarm"])].append(row)
    return ((name, own) for (_, name), own in told.items())


def _is_complete(row: _Row) -> bool:
    return row["cleared_at"] is not None and row["repeats"] != NO_RAISE


def _raised_at(row: _Row) -> dt.datetime:
    at: dt.datetime = row["raised_at"]
    return at
