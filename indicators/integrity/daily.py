"""Days of a year in energy: what overhead does when the load changes, free of weather that lasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indicators.integrity.base import Dossier
from indicators.integrity.series import Figures, Marks, hourly_sum, series_of
from indicators.measures.meter_tree import facility_meters, it_meters


@dataclass(frozen=True)
class Overhead:
    """Daily kWh of facility, IT and metered cooling, over the days all three know whole.

    Args:
        rest: facility − IT − cooling; without cooling meters the whole overhead.
        counted: share of the hours of the year in it.
        quantum: coarsest reading step of the meters, kWh.
    """

    facility: Figures
    it: Figures
    rest: Figures
    follows: Marks  # the day before is known too
    has_cooling: bool
    quantum: float

    def slope(self) -> tuple[float, float] | None:
        """Least-squares change of `rest` per change of IT from one day to the next, and its standard error.

        None where the load hardly changes, or by too few reading steps to tell.
        """
        x, y = np.diff(self.it)[self.follows[1:]], np.diff(self.rest)[self.follows[1:]]
        if len(x) < 60:
            return None
        kept = np.abs(x) <= 6 * np.median(np.abs(x)) + 1e-9
        x, y = x[kept], y[kept]
        moved = float(np.square(x).sum())
        if moved <= 0 or (moved / len(x)) ** 0.5 < max(0.004 * float(self.it.mean()), 15 * self.quantum):
            return None
        found = float((x * y).sum() / moved)
        error = float(np.square(y - found * x).sum() / (len(x) - 1) / moved) ** 0.5
        return found, error


def overhead(dossier: Dossier) -> Overhead | None:
    """The overhead of a centre by day; None unless facility and IT are read at least hourly."""
    if "overhead" not in dossier.derived:
        dossier.derived["overhead"] = _overhead(dossier)
    found: Overhead | None = dossier.derived["overhead"]
    return found


def _overhead(dossier: Dossier) -> Overhead | None:
    profile = dossier.evidence.profile
    facility, it = facility_meters(profile), it_meters(profile)
    cooling = tuple(meter for meter in profile.meters if meter.measures == "cooling")
    groups = [hourly_sum(dossier, meters) for meters in (facility, it, cooling) if meters]
    if len(groups) < 2 or any(group is None for group in groups):
        return None
    parts = [group for group in groups if group is not None]
    known = np.logical_and.reduce([marks for _, marks in parts])
    days = len(known) // 24
    whole = known[: days * 24].reshape(days, 24).all(axis=1)
    by_day = [values[: days * 24].reshape(days, 24).sum(axis=1) for values, _ in parts]
    rest = by_day[0] - by_day[1] - (by_day[2] if cooling else 0)
    places = np.flatnonzero(whole)
    if len(places) < 30:
        return None
    follows = np.concatenate(([False], np.diff(places) == 1))
    quanta = [one.quantum for meter in (*facility, *it, *cooling) if (one := series_of(dossier, meter)) is not None]
    return Overhead(by_day[0][places], by_day[1][places], rest[places], follows, bool(cooling), max(quanta))
