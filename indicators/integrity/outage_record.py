"""The incident record as spells, to hold other evidence of faults against it."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, log10

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicators.integrity.base import Dossier
from indicators.measures.columns import MISSING, Integers, distinct, milliseconds

OWN_SERVICES = pa.array(["compute", "facility"])
SLACK_MS = 2 * 3_600_000  # between a fault and what people write down of it


@dataclass(frozen=True)
class Record:
    """Incidents of compute and facility by start, ms since 1970; `MISSING` where one is still open."""

    start: Integers
    end: Integers
    rows: pa.Table

    def knows(self, at: int) -> bool:
        """Whether an incident covers an instant, give or take two hours."""
        ended = (self.end == MISSING) | (self.end >= at - SLACK_MS)
        return bool(((self.start <= at + SLACK_MS) & ended).any())


def record_of(dossier: Dossier) -> Record | None:
    """The centre's own record; None when none was handed in."""
    rows = dossier.evidence.rows("outages")
    if not rows.num_rows:
        return None
    rows = distinct(rows)
    rows = rows.filter(pc.is_in(rows.column("service"), value_set=OWN_SERVICES)).sort_by("started_at")
    if not rows.num_rows:
        return None
    start, end = milliseconds(rows.column("started_at")), milliseconds(rows.column("ended_at"))
    lasted = pc.fill_null(rows.column("down_ms"), -1).to_numpy()
    return Record(start, np.where((end == MISSING) & (lasted >= 0), start + lasted, end), rows)


def spread_of(record: Record) -> tuple[int, int]:
    """First start and last start: the time the record certainly speaks of."""
    return int(record.start.min()), int(record.start.max())


def improbability(count: int, of: int, *, share: float) -> float:
    """−log₁₀ of the chance of at least so many, were each one missed by a certain share."""
    tail = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))
    return -log10(max(tail, 1e-300))


def thinned(moments: Integers, *, apart: int) -> Integers:
    """Moments that lie at least so far from the one before: one fault strikes several jobs at once."""
    ordered = np.sort(moments)
    return ordered[np.concatenate(([True], np.diff(ordered) > apart))] if len(ordered) else ordered
