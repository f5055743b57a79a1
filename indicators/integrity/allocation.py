"""Cards the scheduler had allocated, by the hour of the year."""

from __future__ import annotations

import numpy as np

from core.errors import UserFacingError
from indicators.integrity.base import Dossier
from indicators.integrity.series import Figures, year
from indicators.measures.columns import MISSING, bounds
from indicators.measures.findings import NoFigure
from indicators.measures.job_log import JobLog, job_log
from indicators.measures.meters import HOUR


def jobs_of(dossier: Dossier) -> JobLog | None:
    """The scheduler's log; None where there is none, or it contradicts itself, which its measures say."""
    try:
        return job_log(dossier.evidence)
    except (NoFigure, UserFacingError):
        return None


def allocated(dossier: Dossier) -> tuple[Figures, tuple[int, int]] | None:
    """Mean cards per hour, and the hours [first, end) the log speaks of; None without jobs in the year."""
    if "allocated" not in dossier.derived:
        dossier.derived["allocated"] = _allocated(dossier)
    found: tuple[Figures, tuple[int, int]] | None = dossier.derived["allocated"]
    return found


def _allocated(dossier: Dossier) -> tuple[Figures, tuple[int, int]] | None:
    log = jobs_of(dossier)
    if log is None:
        return None
    first, last = bounds(year(dossier))
    ran = (log.start != MISSING) & (log.end != MISSING) & (log.end > first) & (log.start < last)
    if not ran.any():
        return None
    starts, ends, cards = log.start[ran], log.end[ran], log.cards[ran].astype(np.float64)
    moments = np.concatenate((starts, ends))
    order = np.argsort(moments, kind="stable")
    moments = moments[order]
    level = np.cumsum(np.concatenate((cards, -cards))[order])
    area = np.concatenate(([0.0], np.cumsum(level[:-1] * np.diff(moments))))
    edges = np.arange(first, last + 1, HOUR)
    held = np.diff(np.interp(edges, moments, area)) / HOUR
    span = max(0, int(starts.min() - first) // HOUR + 1), min(len(held), int(ends.max() - first) // HOUR)
    return held, span
