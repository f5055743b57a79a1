"""How incidents were handled: seen, located, recovered without a person; from the incident record of 90 days.

A stamp that was not written down counts as late as it can have been, so that silence never shortens a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.outcome import Outcome, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import MISSING, Integers, bounds, exact_sum, milliseconds
from indicators.measures.findings import NotApplicable, PartMissing, coverage_grade, note, nothing_handed_in
from indicators.measures.incident_record import incident_record
from indicators.measures.job_log import SHORTEST_DAYS, window
from indicators.measures.outages import LEAST_INCIDENTS, SERVICES

MINUTE = 60_000


@dataclass(frozen=True)
class Incidents:
    """Unplanned incidents of the centre's services that began in the period; ms since 1970 UTC."""

    period: Period
    rows: pa.Table
    started: Integers
    ended: Integers  # the period's end where still open
    alarmed: Integers  # `MISSING` where not written down
    located: Integers
    notes: tuple[Reason, ...]


def mean_time_to_detect(evidence: CentreEvidence) -> Measurement:
    """Mean of first alarm − onset over the incidents of 90 days, minutes; display only.

    Raises:
        NoEvidence.
        NotApplicable: `too_few_incidents` with fewer than three.
        InsufficientData: `stamps_missing` when no incident names its alarm.
    Source: scheme §2.2 ST-3.1.
    """
    found = _incidents(evidence)
    known = _require(found.alarmed, "alarmed_at", Text(zh="首次告警时间", en="first alarm"))
    alarmed = np.where(known, found.alarmed, found.ended)
    times = np.maximum(alarmed - found.started, 0)
    return _measurement(
        "mean_time_to_detect",
        "min",
        Fraction(exact_sum(times), len(times) * MINUTE),
        found,
        known,
        formula="T = Σ (alarm − onset) ÷ incidents",
    )


def fault_localisation_time(evidence: CentreEvidence) -> Measurement:
    """P90 (nearest rank) of component named − first alarm over the incidents of 90 days, minutes.

    Raises:
        NoEvidence.
        NotApplicable: `too_few_incidents` with fewer than three.
        InsufficientData: `stamps_missing` when no incident tells when its component was named.
    Source: scheme §2.2 ST-3.2.
    """
    found = _incidents(evidence)
    known = _require(found.located, "located_at", Text(zh="故障定位时间", en="time of location"))
    located = np.where(known, found.located, found.ended)
    begun = np.where(found.alarmed == MISSING, found.started, found.alarmed)
    times = np.sort(np.maximum(located - begun, 0))
    return _measurement(
        "fault_localisation_time",
        "min",
        Fraction(int(times[-(-len(times) * 90 // 100) - 1]), MINUTE),
        found,
        known & (found.alarmed != MISSING),
        formula="T = P90(located − alarm)",
    )


def automatic_recovery_share(evidence: CentreEvidence) -> Measurement:
    """Interruptions of jobs and serving instances that recovered without a person ÷ all, of 90 days, in per cent.

    Raises:
        NoEvidence.
        NotApplicable: `too_few_incidents` with fewer than three.
        InsufficientData: `stamps_missing` when no incident says how it ended.
    Source: scheme §2.2 ST-3.4.
    """
    found = _incidents(evidence, services=("compute", "inference"))
    told = pc.is_valid(found.rows.column("automatic")).to_numpy()
    if not told.any():
        raise _stamps_missing("automatic", Text(zh="是否自动恢复", en="whether they recovered by themselves"))
    automatic = pc.sum(pc.fill_null(found.rows.column("automatic"), False)).as_py()
    return _measurement(
        "automatic_recovery_share",
        "%",
        Fraction(100 * automatic, len(told)),
        found,
        told,
        formula="S = automatic ÷ incidents × 100",
        more=(Input("automatic", Text(zh="自动恢复", en="Recovered by themselves"), Decimal(automatic), "1"),),
    )


def _incidents(evidence: CentreEvidence, *, services: tuple[str, ...] | None = None) -> Incidents:
    record = incident_record(evidence)
    rows = record.rows
    if not pc.any(pc.is_in(rows.column("service"), value_set=SERVICES), min_count=0).as_py():
        raise nothing_handed_in(["outages"])
    period = window(evidence, SHORTEST_DAYS)
    first, last = bounds(period)
    wanted = SERVICES if services is None else pa.array(services)
    started = milliseconds(rows.column("started_at"))
    inside = (started >= first) & (started < last)
    inside &= pc.and_(pc.invert(rows.column("planned")), pc.is_in(rows.column("service"), value_set=wanted)).to_numpy()
    rows = rows.filter(pa.array(inside))
    if rows.num_rows < LEAST_INCIDENTS:
        raise NotApplicable(
            "too_few_incidents",
            Text(
                zh=f"评价期内事件少于 {LEAST_INCIDENTS} 起，本指标不适用。",
                en=f"With fewer than {LEAST_INCIDENTS} incidents in the period this indicator does not apply.",
            ),
        )
    ended = milliseconds(rows.column("ended_at"))
    stamps = (milliseconds(rows.column(name)) for name in ("started_at", "alarmed_at", "located_at"))
    started, alarmed, located = stamps
    return Incidents(
        period, rows, started, np.where(ended == MISSING, last, ended), alarmed, located, record.notes(rows)
    )


def _require(stamps: Integers, column: str, title: Text) -> np.ndarray:
    known: np.ndarray = stamps != MISSING
    if not known.any():
        raise _stamps_missing(column, title)
    return known


def _stamps_missing(column: str, title: Text) -> PartMissing:
    return PartMissing(
        "stamps_missing",
        Text(
            zh=f"事件记录没有一起写明{title.zh}（{column}）。",
            en=f"No incident of the record tells its {title.en} ({column}).",
        ),
        hint=Text(zh="请在事件记录中补充该列。", en="Add this column to the incident record."),
        ways=(("outages",),),
    )


def _measurement(
    measure: str,
    unit: str,
    value: Fraction,
    found: Incidents,
    known: np.ndarray,
    *,
    formula: str,
    more: tuple[Input, ...] = (),
) -> Measurement:
    told = int(known.sum())
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit=unit,
        value=measured(value),
        period=found.period,
        coverage=measured(Fraction(told, len(known))),
        quality=coverage_grade(Fraction(told, len(known))),
        formula=formula,
        inputs=(*more, Input("incidents", Text(zh="事件", en="Incidents"), Decimal(len(known)), "1")),
        notes=(*_notes(len(known) - told), *found.notes),
        rests_on=support("outages", found.rows),
    )


def _notes(silent: int) -> tuple[Reason, ...]:
    if not silent:
        return ()
    return (
        note(
            "stamps_assumed",
            f"有 {silent} 起事件未写明，按最不利计。",
            f"{silent} incidents do not tell it and count at their worst.",
        ),
    )
