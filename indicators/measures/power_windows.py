"""Mean power inside the window of a test: only the samples between its start and its end count."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.provenance import Support
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import distinct

LONGEST_GAP_MS = 60_000
LEAST_COVERED = Fraction(90, 100)


@dataclass(frozen=True)
class WindowPower:
    """One series inside a window: mean of its samples in W, how many, and the share of the window they cover."""

    series: str
    place: str
    mean_w: Fraction
    samples: int
    covered: Fraction


def powers_in(evidence: CentreEvidence, start: dt.datetime, end: dt.datetime) -> list[WindowPower]:
    """Every series with samples inside [start, end], each with its own mean; in the order of their names.

    A stretch of more than 60 s without a sample is not covered.
    """
    rows = _inside(evidence, start, end)
    by_series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows.select(["series", "place", "at", "power_w"]).to_pylist():
        by_series.setdefault((row["series"], row["place"]), []).append(row)
    return [_power(series, place, samples, start, end) for (series, place), samples in sorted(by_series.items())]


def require_covered(powers: list[WindowPower]) -> None:
    """Refuse power that leaves more than a tenth of the window out.

    Raises:
        InsufficientData: `power_missing`, `power_gaps` naming the series.
    """
    if not powers:
        raise InsufficientData(
            "power_missing",
            Text(zh="测试时段内没有功率采样。", en="There is no power sample inside the window of the test."),
            hint=Text(
                zh="请提交覆盖整个测试的功率日志，并核对时区。",
                en="Hand in a power log that covers the whole test, and check the time zone.",
            ),
        )
    if gaps := [power.series for power in powers if power.covered < LEAST_COVERED]:
        raise InsufficientData(
            "power_gaps",
            Text(
                zh=f"功率采样有超过 60 秒的缺口，覆盖不足 90%：{'、'.join(gaps[:8])}。",
                en=f"Power samples leave gaps of more than 60 s, covering less than 90 %: {', '.join(gaps[:8])}.",
            ),
            hint=Text(zh="请提交完整的功率日志。", en="Hand in the whole power log."),
        )


def power_support(
    evidence: CentreEvidence, windows: Iterable[tuple[str, dt.datetime, dt.datetime]]
) -> tuple[Support, ...]:
    """The provenance of some series inside their windows, as (series, start, end)."""
    parts = []
    for series, start, end in windows:
        rows = _inside(evidence, start, end)
        parts.append(rows.filter(pc.equal(rows.column("series"), series)))
    return support("power_samples", pa.concat_tables(parts))


def _inside(evidence: CentreEvidence, start: dt.datetime, end: dt.datetime) -> pa.Table:
    rows = evidence.rows("power_samples")
    at = rows.column("at")
    edges = pa.scalar(start, at.type), pa.scalar(end, at.type)
    return distinct(rows.filter(pc.and_(pc.greater_equal(at, edges[0]), pc.less_equal(at, edges[1]))))


def _power(series: str, place: str, rows: list[dict[str, Any]], start: dt.datetime, end: dt.datetime) -> WindowPower:
    total = sum((Fraction(row["power_w"]) for row in rows), Fraction(0))
    moments = [start, *sorted(row["at"] for row in rows), end]
    gaps = (_milliseconds(later - earlier) for earlier, later in itertools.pairwise(moments))
    window = _milliseconds(end - start)
    missing = sum(gap for gap in gaps if gap > LONGEST_GAP_MS)
    covered = Fraction(1) - Fraction(missing, window) if window else Fraction(0)
    return WindowPower(series, place, total / len(rows), len(rows), covered)


def _milliseconds(passed: dt.timedelta) -> int:
    return passed // dt.timedelta(milliseconds=1)
