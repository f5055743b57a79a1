"""Energies of a meter laid on equal steps of the twelve months, with what is known of them.

Statistics over series are floats: they decide whether a person looks, never a figure of a result.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from centres.profile import Meter
from core.period import Period
from core.provenance import Support
from indicators.integrity.base import Dossier
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import bounds
from indicators.measures.meters import DAY, HOUR
from indicators.measures.readings import readings_support
from indicators.measures.shelf import ledgers_of

Figures = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
COARSEST = HOUR
_PRIMES = (2, 3, 5, 7, 11, 13)  # of which multipliers of transformers are made
_NEARLY_ALL = 0.97


@dataclass(frozen=True)
class Series:
    """kWh per step of the year; zero where `known` is false.

    Args:
        step: ms of one step, the meter's own, at most an hour.
        start: ms since 1970 UTC of the first step.
        quantum: smallest difference the readings tell, kWh.
    """

    meter: Meter
    start: int
    step: int
    values: Figures
    known: Marks
    quantum: float

    @property
    def per_day(self) -> int:
        return DAY // self.step

    def hourly(self) -> tuple[Figures, Marks]:
        """The same by the hour; an hour is known when all of its steps are."""
        per_hour = HOUR // self.step
        count = len(self.values) // per_hour * per_hour
        values = self.values[:count].reshape(-1, per_hour).sum(axis=1)
        known: Marks = np.logical_and.reduce(self.known[:count].reshape(-1, per_hour), axis=1)
        return values, known


def year(dossier: Dossier) -> Period:
    """The twelve whole months before the application, as energy measures count them."""
    profile = dossier.evidence.profile
    return Period.whole_months(profile.applied_on, months=12, zone=profile.place.timezone)


def series_of(dossier: Dossier, meter: Meter) -> Series | None:
    """The meter's year in its own steps; None where it is read more seldom than every hour."""
    key = f"series {meter.id}"
    if key not in dossier.derived:
        dossier.derived[key] = _series(dossier, meter)
    found: Series | None = dossier.derived[key]
    return found


def hourly_sum(dossier: Dossier, meters: tuple[Meter, ...]) -> tuple[Figures, Marks] | None:
    """KWh per hour of several meters together, known where all are; None where one is read too seldom."""
    found = [series_of(dossier, meter) for meter in meters]
    parts = [one.hourly() for one in found if one is not None]
    if not parts or len(parts) < len(meters):
        return None
    return np.sum([values for values, _ in parts], axis=0), np.logical_and.reduce([known for _, known in parts])


def meter_support(evidence: CentreEvidence, meters: tuple[Meter, ...]) -> tuple[Support, ...]:
    """The readings of some meters, as what a flag rests on."""
    return readings_support(evidence, meters=[meter.id for meter in meters])


def dates(series: Series, first: int, last: int, zone: dt.tzinfo) -> str:
    """The days of the steps from `first` to `last`, both included, as `from/to`."""
    return span_of_dates(series.start + first * series.step, series.start + last * series.step, zone)


def span_of_dates(start: int, end: int, zone: dt.tzinfo) -> str:
    """The days of two instants in ms since 1970 UTC, as `from/to`."""
    return "/".join(dt.datetime.fromtimestamp(at / 1000, zone).date().isoformat() for at in (start, end))


def runs_of(marks: Marks) -> list[tuple[int, int]]:
    """Stretches of true values as (first, end), end excluded."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _series(dossier: Dossier, meter: Meter) -> Series | None:
    own = ledgers_of(dossier.evidence, meter)
    form = next((form for form in ("interval", "register") if form in own), None)
    if form is None or not len((ledger := own[form].ledger).starts):
        return None
    if not 0 < ledger.usual <= COARSEST:
        return None
    start, end = bounds(year(dossier))
    step = next(size for size in (60_000, 300_000, 900_000, 1_800_000, HOUR) if ledger.usual <= size)
    whole = (ledger.ends - ledger.starts == step) & ((ledger.starts - start) % step == 0)
    inside = whole & (ledger.starts >= start) & (ledger.ends <= end)
    if inside.sum() < DAY // step:
        return None
    places = ((ledger.starts[inside] - start) // step).astype(np.int64)
    values, known = np.zeros((end - start) // step), np.zeros((end - start) // step, dtype=bool)
    energies = ledger.energies[inside]
    values[places] = energies.astype(np.float64) * float(ledger.quantum)
    known[places] = True
    return Series(meter, start, step, values, known, float(reading_step(energies)) * float(ledger.quantum))


def reading_step(energies: npt.NDArray[np.int64]) -> int:
    """The step nearly all readings are whole multiples of; 0 where figures are too wide to tell.

    A few figures between the steps, such as a gateway's estimates, do not count.
    """
    if energies.dtype == object or not energies.any():
        return 0
    step = int(np.gcd.reduce(energies))
    steps = energies // step
    steps = steps[np.concatenate(([True], steps[1:] != steps[:-1]))]  # a figure repeated for weeks is no step
    for prime in _PRIMES:
        while steps.any() and float((steps % prime == 0).mean()) >= _NEARLY_ALL:
            step, steps = step * prime, steps[steps % prime == 0] // prime
    return step
