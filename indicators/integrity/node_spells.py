"""Spells in which nodes were down, as alarms of devices tell them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicators.integrity.alarm_record import alarm_record
from indicators.integrity.base import Dossier
from indicators.integrity.outage_record import Record
from indicators.integrity.series import year
from indicators.measures.columns import MISSING, Integers, bounds, milliseconds

# States and alarms that mean a node was away, as Slurm and monitoring systems write them.
_DOWN = r"(?i)^(down|fail|not_responding|no_resp|unreachable|node ?down|host ?down|offline)|宕机|离线|不可达"
_APART = 900_000


@dataclass(frozen=True)
class Spells:
    """One per fault: nodes that went down within a quarter of an hour count as one, as long as the longest."""

    start: Integers
    end: Integers
    rows: pa.Table

    def hours(self) -> np.ndarray:
        return (self.end - self.start) / 3_600_000


def node_spells(dossier: Dossier, record: Record) -> Spells | None:
    """Ended spells of the year, within the time the incident record speaks of; None without any."""
    rows = dossier.evidence.rows("device_alarms")
    if not rows.num_rows:
        return None
    rows = alarm_record(rows)
    down = pc.match_substring_regex(rows.column("alarm"), _DOWN)
    rows = rows.filter(pc.and_(pc.fill_null(down, fill_value=False), pc.is_valid(rows.column("cleared_at"))))
    start, end = milliseconds(rows.column("raised_at")), milliseconds(rows.column("cleared_at"))
    first, last = bounds(year(dossier))
    inside = (start >= first) & (start < last) & (end != MISSING) & (end > start)
    order = np.argsort(start[inside], kind="stable")
    start, end = start[inside][order], end[inside][order]
    if not len(start):
        return None
    new = np.concatenate(([True], np.diff(start) > _APART))
    longest = np.maximum.reduceat(end, np.flatnonzero(new))
    return Spells(start[new], longest, rows.filter(pa.array(inside)))
