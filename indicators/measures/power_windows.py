"""Power inside the window of a test or job: the mean over the time, not over the samples.

A sample stands until the next one, for 60 s at most; a value written on change until the next row, for an hour at most.
What stands when the window begins counts from there on. So one second and one minute weigh what they last, however
often power was read in them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData
from core.outcome import Reason
from core.provenance import Support
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import distinct, figures, milliseconds
from indicators.measures.findings import note, some_of
from indicators.measures.meters import HOUR, one_per_stamp
from indicators.measures.standing import standing

LONGEST_GAP = 60_000
LONGEST_SILENCE = HOUR  # of a value that is written on change
LEAST_COVERED = Fraction(90, 100)


@dataclass(frozen=True)
class WindowPower:
    """One series inside a window.

    Args:
        mean_w: over the time that is covered.
        covered: share of the window in which a reading stands.
        contradicting: readings left out because another of the same instant differs.
        rows: the readings that stand somewhere in the window.
    """

    series: str
    place: str
    mean_w: Fraction
    covered: Fraction
    contradicting: int
    rows: pa.Table


def powers_in(evidence: CentreEvidence, start: dt.datetime, end: dt.datetime) -> list[WindowPower]:
    """Every series that is read inside [start, end) or stands there until it changes; in the order of their names."""
    rows = evidence.rows("power_samples")
    begin, stop = (_milliseconds(instant) for instant in (start, end))
    at = milliseconds(rows.column("at"))
    rows = rows.filter(pa.array((at < stop) & (at + _silence(rows) > begin)))
    return [_power(*one, begin, stop) for one in _series(distinct(rows)) if _is_read(one[-1], begin)]


def stands_until_changed(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Which readings were written because power changed, so that silence is no gap."""
    changed: npt.NDArray[np.bool_] = pc.fill_null(
        pc.equal(rows.column("reading"), "on_change"), fill_value=False
    ).to_numpy()
    return changed


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
                zh=f"功率采样有超过 60 秒（变化时记录的为超过 1 小时）的缺口，覆盖不足 90%：{'、'.join(gaps[:8])}。",
                en="Power samples leave gaps of more than 60 s (written on change: more than an hour), covering less "
                f"than 90 %: {', '.join(gaps[:8])}.",
            ),
            hint=Text(zh="请提交完整的功率日志。", en="Hand in the whole power log."),
        )


def contradictions(powers: Sequence[WindowPower]) -> tuple[Reason, ...]:
    """A note on readings of one instant that differ, none of which counts."""
    names = some_of([power.series for power in powers if power.contradicting])
    number = sum(power.contradicting for power in powers)
    if not number:
        return ()
    return (
        note(
            "power_contradicts",
            f"{names.zh} 有 {number} 个功率读数未采用（同一时刻数值矛盾），视为未采样。",
            f"{names.en}, readings of power not used because another of the same instant differs: {number}; they "
            "count as missing.",
        ),
    )


def power_support(powers: Iterable[WindowPower]) -> tuple[Support, ...]:
    """The provenance of some series: the readings that stand in their windows."""
    return support("power_samples", pa.concat_tables(power.rows for power in powers))


def _silence(rows: pa.Table) -> npt.NDArray[np.int64]:
    """For how long each reading stands at most."""
    return np.where(stands_until_changed(rows), LONGEST_SILENCE, LONGEST_GAP)


def _series(rows: pa.Table) -> Iterator[tuple[str, str, pa.Table]]:
    """The rows of each series in the order of time."""
    rows = rows.sort_by([(name, "ascending") for name in ("series", "place", "at")])
    lengths = rows.group_by(["series", "place"], use_threads=False).aggregate([("at", "count")])
    first = 0
    for one in lengths.to_pylist():
        yield one["series"], one["place"], rows.slice(first, one["at_count"])
        first += one["at_count"]


def _is_read(rows: pa.Table, start: int) -> bool:
    """Whether there is more than samples that only end in the window."""
    return bool(((milliseconds(rows.column("at")) >= start) | stands_until_changed(rows)).any())


def _power(series: str, place: str, rows: pa.Table, start: int, end: int) -> WindowPower:
    read = milliseconds(rows.column("at"))
    at, watts, contradicting = one_per_stamp(read, figures(rows.column("power_w")))
    silence = np.where(np.isin(at, read[stands_until_changed(rows)]), LONGEST_SILENCE, LONGEST_GAP)
    ends = np.minimum(np.append(at[1:], end), at + silence)
    ledger = standing(at, watts, ends, length=1000 * HOUR)  # W to kWh
    covered = ledger.covered(start, end)
    return WindowPower(
        series,
        place,
        ledger.kwh(start, end) * 1000 * HOUR / covered if covered else Fraction(0),
        Fraction(covered, end - start) if end > start else Fraction(0),
        contradicting,
        rows.filter(pa.array(np.isin(read, at[ends > start]))),
    )


def _milliseconds(instant: dt.datetime) -> int:
    return round(instant.timestamp() * 1000)
