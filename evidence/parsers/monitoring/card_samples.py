"""Samples of card metrics, column by column, into the tables of device and power samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT
from evidence.observations.stored import Rows
from evidence.parsers.base import Issues
from evidence.parsers.monitoring.card_metrics import ENERGY, POWER, CardMetric
from evidence.parsers.spool import Spool

_WIDE = pa.decimal256(60, 9)
_COUNTS = frozenset({"memory_used_bytes", "ecc_uncorrected", "xid"})
_RATIOS = frozenset({"active_ratio", "tensor_ratio", "util_ratio"})
_LARGEST_WATTS = 10**9
_LARGEST = {POWER: Decimal(_LARGEST_WATTS), "temperature_c": Decimal(1000), **dict.fromkeys(_RATIOS, Decimal(1))}
_LEAST = {"temperature_c": Decimal(-273)}
_LARGEST_COUNT = Decimal(2**53 - 1)
_ROWS_AT_ONCE = 262_144
_LONGEST_SPAN = 3_600_000


@dataclass(frozen=True)
class Readings:
    """One metric of some cards.

    Args:
        names: per card its node (or None) and its device; of a node the node stands for both.
        cards: N indices into `names`; of an energy counter ascending.
        at: N instants in ms since 1970 UTC; of an energy counter ascending within a card.
        values: N figures, as the exporter writes them.
        lines: N line numbers.
    """

    metric: CardMetric
    names: Sequence[tuple[str | None, str]]
    cards: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    values: pa.Array
    lines: npt.NDArray[np.int64]


@dataclass
class CardTables:
    """Collects readings; `tables` holds the kinds that got rows."""

    issues: Issues
    scratch: Path | None = None
    _spools: dict[str, Spool] = field(default_factory=dict)

    def add(self, readings: Readings) -> int:
        """Rows of one metric; how many figures are out of its range, which are left out and told."""
        if readings.metric.column == ENERGY:
            readings = _power_of(readings, self.issues)
        column = readings.metric.column
        values = _scaled(readings.values, readings.metric.factor)
        least, largest = _LEAST.get(column, Decimal(0)), _LARGEST.get(column, _LARGEST_COUNT)
        fits = pc.and_(
            pc.greater_equal(values, pa.scalar(least, FIGURE)), pc.less_equal(values, pa.scalar(largest, FIGURE))
        )
        odd = np.flatnonzero(~fits.to_numpy(zero_copy_only=False))
        if len(odd):
            self._tell(column, len(odd), values[int(odd[0])].as_py(), int(readings.lines[odd[0]]))
        for first in range(0, len(values), _ROWS_AT_ONCE):
            some = slice(first, first + _ROWS_AT_ONCE)
            part = replace(readings, cards=readings.cards[some], at=readings.at[some], lines=readings.lines[some])
            self._keep_some(part, values.slice(first, _ROWS_AT_ONCE), fits.slice(first, _ROWS_AT_ONCE))
        return len(odd)

    def tables(self) -> dict[str, Rows]:
        """What was collected, once; a kind of many rows is on disk."""
        return {kind: spool.close() for kind, spool in sorted(self._spools.items())}

    def _keep_some(self, readings: Readings, values: pa.Array, fits: pa.Array) -> None:
        cards = pa.array(readings.cards)
        nodes = pa.array([node for node, _ in readings.names], TEXT).take(cards)
        devices = pa.array([device for _, device in readings.names], TEXT).take(cards)
        at = pa.array(readings.at, pa.int64()).cast(INSTANT)
        lines = pa.array(readings.lines, COUNT)
        metric = readings.metric
        if metric.column == POWER:
            series = devices if metric.place == "node" else _joined(nodes, devices)
            places = pa.array(np.full(len(at), metric.place, dtype=object), TEXT)
            columns = {"series": series, "place": places, "at": at, "power_w": values, "line": lines}
            kind = POWER_SAMPLES
        else:
            own = pc.floor(values).cast(COUNT) if metric.column in _COUNTS else values
            length = pa.scalar(metric.interval_ms, COUNT)
            interval = pa.array(np.full(len(at), metric.interval_ms or 0)) if metric.interval_ms else None
            columns = {"node": nodes, "device": devices, "at": at, metric.column: own, "line": lines}
            if interval is not None:
                columns["interval_ms"] = interval.cast(length.type)
            kind = DEVICE_SAMPLES
        table = kind.table({name: column.filter(fits) for name, column in columns.items()})
        if table.num_rows:
            self._spools.setdefault(kind.name, Spool(kind, scratch=self.scratch)).add(table)

    def _tell(self, column: str, count: int, value: Decimal, line: int) -> None:
        self.issues.add(
            "out_of_range",
            Text(
                zh=f"“{column}”有 {count} 个采样超出可能的范围，未采用；首个为 {value:f}。",
                en=f"{count} samples of “{column}” are out of range and not used, the first of them {value:f}.",
            ),
            where=Where(line=line),
            hint=Text(zh="请核对采集器版本与单位。", en="Check the version of the exporter and its unit."),
            times=count,
        )


def _scaled(values: pa.Array, factor: Decimal) -> pa.Array:
    if factor == 1:
        return values
    if len(values) > _ROWS_AT_ONCE:
        parts = (values.slice(first, _ROWS_AT_ONCE) for first in range(0, len(values), _ROWS_AT_ONCE))
        return pa.concat_arrays([_scaled(part, factor) for part in parts])
    wide = pc.multiply(values.cast(_WIDE), pa.scalar(factor, pa.decimal256(12, 2)))
    return pc.round(wide, ndigits=9, round_mode="half_towards_infinity").cast(pa.decimal256(60, 9)).cast(FIGURE)


def _joined(nodes: pa.Array, devices: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(nodes, devices, "/", null_handling="skip")


def _power_of(readings: Readings, issues: Issues) -> Readings:
    """Mean power between two readings of an energy counter (mJ ÷ ms = W); a counter that fell was reset."""
    energy = pc.floor(readings.values).cast(pa.int64(), safe=False).to_numpy(zero_copy_only=False)
    same = readings.cards[1:] == readings.cards[:-1]
    used, passed = np.diff(energy), np.diff(readings.at)
    back = same & (used < 0)
    kept = np.flatnonzero(same & (used >= 0) & (passed > 0) & (passed <= _LONGEST_SPAN)) + 1
    if back.any():
        first = int(np.flatnonzero(back)[0]) + 1
        issues.add(
            "counter_reset",
            Text(
                zh=f"电能计数器清零 {int(back.sum())} 次，清零处的时段未采用。",
                en=f"Energy counters were reset {int(back.sum())} times; the spans across a reset are not used.",
            ),
            where=Where(line=int(readings.lines[first])),
            times=int(back.sum()),
        )
    used, passed = used[kept - 1], passed[kept - 1]
    beyond = (_LARGEST_WATTS + 1) * passed  # more is as much out of range
    values = _watts(np.minimum(used, beyond), passed)
    metric = CardMetric(POWER, place=readings.metric.place)
    return Readings(metric, readings.names, readings.cards[kept], readings.at[kept], values, readings.lines[kept])


def _watts(energy: npt.NDArray[np.int64], passed: npt.NDArray[np.int64]) -> pa.Array:
    """Energy in mJ over ms as W of nine decimals, half-up; their bounds keep every step inside 64 bits."""
    billionths = energy // passed * 10**9 + (energy % passed * 10**9 + passed // 2) // passed
    halves = np.stack([billionths, np.zeros_like(billionths)], axis=1)
    return pa.Array.from_buffers(FIGURE, len(billionths), [None, pa.py_buffer(halves.tobytes())])
