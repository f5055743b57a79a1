"""From the readings of one meter to its energy between any two instants, exactly.

Registers become differences, intervals stay what they are; a register that runs backwards has rolled
over at its declared maximum or was reset, which splits the series and leaves a hole. Nothing is negative.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import Meter
from indicators.measures.columns import FIGURE_SCALE, MISSING, WIDEST, Integers, distinct, figures, milliseconds, totals
from indicators.measures.intervals import Spell, union
from indicators.measures.registers import steps_of
from indicators.measures.sheet_registers import believed

HOUR = 3_600_000
DAY = 24 * HOUR
FORMS = ("register", "interval", "month")  # in the order of preference
_KWH = {"Wh": Fraction(1, 1000), "kWh": Fraction(1), "MWh": Fraction(1000)}
_LENGTHS = {"PT1M": HOUR // 60, "PT5M": HOUR // 12, "PT15M": HOUR // 4, "PT30M": HOUR // 2, "PT1H": HOUR}
_SILENCE = {"PT1H": HOUR, "PT6H": 6 * HOUR, "P1D": DAY, None: DAY}
_SHORTEST_MONTHLY = 20 * DAY


@dataclass(frozen=True)
class Ledger:
    """One form of one meter's readings as segments of constant power, ascending and disjoint.

    Args:
        starts, ends: ms since 1970 UTC.
        energies: per segment, in `quantum` kWh.
        covered_from: start of the part of the segment that readings really cover; a register's difference
            over a long silence keeps its energy but covers only one usual interval.
        usual: usual length of a segment, ms.
        rejected: readings left out: negative intervals, resets, contradicting stamps.
        resets: when a register was found below its reading before, ms, ascending; the step counts nowhere.
        flagged: intervals taken out because they cannot be, and readings of a register left out, by what was found.
    """

    form: str
    quantum: Fraction
    starts: Integers
    ends: Integers
    energies: Integers
    covered_from: Integers
    usual: int
    rejected: int = 0
    resets: tuple[int, ...] = ()
    flagged: Mapping[str, int] = field(default_factory=dict)

    def kwh(self, start: int, end: int) -> Fraction:
        """Energy between two instants; what no segment covers is not in it."""
        return (self.until(end) - self.until(start)) * self.quantum

    def covered(self, start: int, end: int) -> int:
        """Milliseconds of a window that readings cover."""
        first, last = np.searchsorted(self.ends, start, side="right"), np.searchsorted(self.starts, end)
        lengths = np.minimum(self.ends[first:last], end) - np.maximum(self.covered_from[first:last], start)
        return int(np.maximum(lengths, 0).sum())

    def uncovered(self, start: int, end: int) -> list[tuple[int, int]]:
        """What readings leave uncovered of a window, as disjoint ascending intervals."""
        first, last = np.searchsorted(self.ends, start, side="right"), np.searchsorted(self.starts, end)
        begun = np.append(np.clip(self.covered_from[first:last], start, end), end)
        reached = np.append(start, np.minimum(self.ends[first:last], end))
        holes = np.flatnonzero(begun > reached)
        return list(zip(reached[holes].tolist(), begun[holes].tolist(), strict=True))

    def known(self) -> list[tuple[int, int]]:
        """The time for which there is energy, as disjoint ascending intervals."""
        joins = np.flatnonzero(self.starts[1:] != self.ends[:-1])
        starts = self.starts[np.concatenate([[0], joins + 1])] if len(self.starts) else self.starts
        ends = self.ends[np.concatenate([joins, [len(self.ends) - 1]])] if len(self.ends) else self.ends
        return union(Spell(int(start), int(end)) for start, end in zip(starts, ends, strict=True))

    def until(self, instant: int) -> Fraction:
        """Energy of everything before an instant, in quanta."""
        index = int(np.searchsorted(self.starts, instant, side="left")) - 1
        if index < 0:
            return Fraction(0)
        start, end = int(self.starts[index]), int(self.ends[index])
        share = Fraction(min(instant, end) - start, end - start)
        return int(self._totals[index]) + int(self.energies[index]) * share

    @cached_property
    def _totals(self) -> Integers:
        """Energy of all segments before each one."""
        return totals(self.energies)


def ledgers(meter: Meter, readings: pa.Table, *, zone: dt.tzinfo) -> dict[str, Ledger]:
    """The ledgers of one meter, by form, of whatever its readings hold.

    Args:
        meter: as declared; its unit, kind and multiplier hold where a row names none.
        readings: rows of `energy_readings` of this meter, in any order.
        zone: of the calendar months of monthly intervals.
    """
    if not readings.num_rows:
        return {}
    # Readings of which no two have the same stamp are told apart without looking at the rest of them.
    ascending = bool((np.diff(milliseconds(readings.column("at"))) > 0).all())
    rows = readings if ascending else distinct(readings)
    values, quantum = _in_one_unit(meter, rows)
    at = milliseconds(rows.column("at"))
    begun = milliseconds(rows.column("start_at")) if "start_at" in rows.column_names else _all(MISSING, len(at))
    is_interval = (begun != MISSING) | _says(meter, rows, "interval")
    found: dict[str, Ledger] = {}
    registers, apart = believed(rows, ~is_interval)
    if registers.any():
        held = bool((_says(meter, rows, "on_change") & registers).any())
        of_rows = _as_multiplied(meter, rows, registers)
        found["register"] = _registers(of_rows, at[registers], values[registers], quantum, held=held, apart=apart)
    if is_interval.any():
        if not is_interval.all():
            begun, at = begun[is_interval], at[is_interval]
        starts, ends = _limits(meter, begun, at, zone)
        monthly = ends - starts >= _SHORTEST_MONTHLY
        values = values if is_interval.all() else values[is_interval]
        for form, chosen in (("interval", ~monthly), ("month", monthly)):
            if chosen.all():
                found[form] = _intervals(form, starts, ends, values, quantum)
            elif chosen.any():
                found[form] = _intervals(form, starts[chosen], ends[chosen], values[chosen], quantum)
    return found


def _says(meter: Meter, rows: pa.Table, form: str) -> npt.NDArray[np.bool_]:
    """Which readings are of a form: as their row says, else as declared."""
    declared = meter.kind == form
    if "reading" not in rows.column_names or rows.column("reading").null_count == rows.num_rows:
        return np.full(rows.num_rows, declared)
    said: npt.NDArray[np.bool_] = pc.fill_null(
        pc.equal(rows.column("reading").cast(pa.string()), form), fill_value=declared
    ).to_numpy()
    return said


def _in_one_unit(meter: Meter, rows: pa.Table) -> tuple[Integers, Fraction]:
    """All values as integers of one quantum of energy (kWh), whatever unit each row is in."""
    values = figures(rows.column("value"))
    units, multipliers = (_encoded(rows, name) for name in ("unit", "multiplier"))
    if len(units[1]) == len(multipliers[1]) == 1:
        factor = _factor(meter, units[1][0], multipliers[1][0])
        return values, factor / FIGURE_SCALE
    used, inverse = np.unique(units[0] * len(multipliers[1]) + multipliers[0], return_inverse=True)
    width = len(multipliers[1])
    factors = [_factor(meter, units[1][pair // width], multipliers[1][pair % width]) for pair in used.tolist()]
    quantum = _common(set(factors))
    steps = [int(factor / quantum) for factor in factors]
    if len(steps) == 1:  # of its own quantum
        return values, quantum / FIGURE_SCALE
    if values.dtype != object and max(steps) * int(np.abs(values).max()) < WIDEST:
        return values * np.array(steps, dtype=np.int64)[inverse], quantum / FIGURE_SCALE
    return values.astype(object) * np.array(steps, dtype=object)[inverse], quantum / FIGURE_SCALE


def _factor(meter: Meter, unit: str | None, multiplier: Decimal | None) -> Fraction:
    return _KWH[unit or meter.unit] * Fraction(meter.multiplier if multiplier is None else multiplier)


def _as_multiplied(meter: Meter, rows: pa.Table, chosen: npt.NDArray[np.bool_]) -> Meter:
    """The meter with the multiplier its readings tell, so that a turn of its register is multiplied as they are."""
    if meter.register_max is None:
        return meter
    codes, known = _encoded(rows, "multiplier")
    told = {known[code] for code in np.unique(codes[chosen]).tolist()}
    return meter if None in told or len(told) > 1 else meter.model_copy(update={"multiplier": told.pop()})


def _encoded(rows: pa.Table, name: str) -> tuple[Integers, list[Any]]:
    """The place of each row's value among the distinct values; the last of them stands for none where one is."""
    column = rows.column(name) if name in rows.column_names else None
    if column is None or column.null_count == len(column):
        return _all(0, rows.num_rows), [None]
    array = column.combine_chunks()
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    known = encoded.dictionary.to_pylist()
    if not encoded.null_count:
        return encoded.indices.to_numpy().astype(np.int64), known
    return pc.fill_null(encoded.indices, len(known)).to_numpy().astype(np.int64), [*known, None]


def _all(value: int, number: int) -> Integers:
    """So many of one value, which take no memory and are not written to."""
    return np.broadcast_to(np.int64(value), number)


def _common(factors: set[Fraction]) -> Fraction:
    """The largest fraction of which all are whole multiples."""
    denominator = lcm(*(factor.denominator for factor in factors))
    return Fraction(gcd(*(int(factor * denominator) for factor in factors)), denominator)


def _registers(meter: Meter, at: Integers, values: Integers, quantum: Fraction, *, held: bool, apart: int) -> Ledger:
    at, values, contradicting = one_per_stamp(at, values)
    steps = steps_of(at, values, span=_span(meter, quantum))
    lengths = steps.ends - steps.starts
    usual = _SILENCE[meter.max_silence] if held else _usual(meter, lengths)
    reached = lengths <= usual if held else lengths * 2 <= usual * 3
    kept = ~(steps.back | steps.leaps)
    flagged = {"strayed": steps.strayed, "leap": int(np.count_nonzero(steps.leaps)), "apart": apart}
    return Ledger(
        "register",
        quantum,
        steps.starts[kept],
        steps.ends[kept],
        steps.used[kept],
        np.where(reached, steps.starts, steps.ends - usual)[kept],
        usual,
        int(np.count_nonzero(steps.back)) + contradicting,
        tuple(steps.ends[steps.back].tolist()),
        {code: number for code, number in flagged.items() if number},
    )


def _span(meter: Meter, quantum: Fraction) -> int | None:
    """What a register holds in one turn: its maximum, or one step more when that is all nines."""
    if meter.register_max is None:
        return None
    limit = meter.register_max
    if set(str(limit)) <= set("9."):
        limit += Decimal(1).scaleb(int(limit.as_tuple().exponent))
    return int(Fraction(limit) * _KWH[meter.unit] * Fraction(meter.multiplier) / quantum)


def _intervals(form: str, starts: Integers, ends: Integers, values: Integers, quantum: Fraction) -> Ledger:
    forwards = ends > starts
    backwards = int((~forwards).sum())
    if backwards:
        starts, ends, values = starts[forwards], ends[forwards], values[forwards]
    if bool((starts[1:] <= starts[:-1]).any()):
        order = np.lexsort((ends, starts))
        starts, ends, values = starts[order], ends[order], values[order]
    overlapping = np.zeros(len(starts), dtype=bool)
    overlapping[1:] |= starts[1:] < ends[:-1]
    overlapping[:-1] |= starts[1:] < ends[:-1]
    kept = ~overlapping & (values >= 0)
    usual = int(np.partition(ends - starts, len(starts) // 2)[len(starts) // 2]) if len(starts) else DAY
    rejected = int((~kept).sum()) + backwards
    if rejected > backwards:
        starts, ends, values = starts[kept], ends[kept], values[kept]
    return Ledger(form, quantum, starts, ends, values, starts, usual, rejected)


def one_per_stamp(at: Integers, values: Integers) -> tuple[Integers, Integers, int]:
    """Ascending stamps; where two readings of one stamp differ, neither is believed."""
    order = np.argsort(at, kind="stable")
    at, values = at[order], values[order]
    stamps, first, counts = np.unique(at, return_index=True, return_counts=True)
    lowest, highest = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    agreed = lowest == highest
    return stamps[agreed], values[first][agreed], int(counts[~agreed].sum())


def _usual(meter: Meter, lengths: Integers) -> int:
    if meter.interval is not None:
        return _LENGTHS.get(meter.interval, DAY if meter.interval == "P1D" else 31 * DAY)
    return int(np.sort(lengths)[len(lengths) // 2]) if len(lengths) else DAY


def _limits(meter: Meter, begun: Integers, at: Integers, zone: dt.tzinfo) -> tuple[Integers, Integers]:
    """Start and end of each interval: as the row says, else by the meter's interval and stamp."""
    missing = begun == MISSING
    if not missing.any():
        return begun, at
    # Days and months are asked of the calendar, stamp by stamp: on the days the clock changes a day is no 24 hours.
    if missing.all() and meter.interval not in ("P1D", "P1M"):
        length = _LENGTHS.get(meter.interval or "", DAY)
        return (at, at + length) if meter.stamp == "start" else (at - length, at)
    starts, ends = begun.copy(), at.copy()
    if meter.interval in ("P1D", "P1M"):
        limits = _month if meter.interval == "P1M" else _day
        spans = [limits(int(stamp), meter.stamp == "start", zone) for stamp in at[missing]]
        starts[missing], ends[missing] = [span[0] for span in spans], [span[1] for span in spans]
        return starts, ends
    length = _LENGTHS.get(meter.interval or "", DAY)
    shift = length if meter.stamp == "start" else 0
    starts[missing], ends[missing] = at[missing] + shift - length, at[missing] + shift
    return starts, ends


def _day(stamp: int, at_start: bool, zone: dt.tzinfo) -> tuple[int, int]:
    """From a stamp to the same time of the day beside it by the clock on the wall: 23 or 25 hours where it changes."""
    try:
        instant = dt.datetime.fromtimestamp(stamp / 1000, zone)
        other = instant + dt.timedelta(days=1 if at_start else -1)  # wall time, as both are of one zone
        beside = round(other.timestamp() * 1000)
    except (OverflowError, ValueError):  # the years 1 and 9999
        return stamp, stamp
    return (stamp, beside) if at_start else (beside, stamp)


def _month(stamp: int, at_start: bool, zone: dt.tzinfo) -> tuple[int, int]:
    """The calendar month a stamp belongs to: the one it starts, or the one it ends; no length beyond the calendar."""
    try:
        instant = dt.datetime.fromtimestamp(stamp / 1000, zone)
        day = instant.date() if at_start else (instant - dt.timedelta(days=1)).date()
        first = dt.datetime(day.year, day.month, 1, tzinfo=zone)
        days = calendar.monthrange(day.year, day.month)[1]
        following = dt.datetime.combine(day.replace(day=days) + dt.timedelta(days=1), dt.time(), tzinfo=zone)
    except (OverflowError, ValueError):  # the years 1 and 9999
        return stamp, stamp
    return round(first.timestamp() * 1000), round(following.timestamp() * 1000)
