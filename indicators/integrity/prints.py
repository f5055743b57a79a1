"""Prints of a package by which copies are recognised: small, and telling nothing a person could read.

A *shape* is a sequence freed of size, level and daily rhythm, so that shifting it in time, scaling it or adding a
little noise leaves it alike. A *sketch* is the 256 smallest hashes of rows freed of times and names, so that rows
copied under other numbers are still the same rows.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from scipy.ndimage import median_filter

from indicators.integrity.allocation import jobs_of
from indicators.integrity.base import Dossier
from indicators.integrity.kept_prints import Prints, Shape
from indicators.integrity.outage_record import record_of
from indicators.integrity.series import Figures, Marks, hourly_sum
from indicators.measures.columns import FIGURE_SCALE, MISSING, Integers, figures, integers
from indicators.measures.meter_tree import facility_meters, it_meters

SKETCH = 256
_LONGEST = 10_000  # points of a shape
_LEAST = 200
_STEP = np.uint64(0x9E3779B97F4A7C15)
_WARMING = 51  # steps over which a level is taken
_SCALE = 32  # of one standard deviation


def prints_of(dossier: Dossier) -> Prints:
    """The prints of a package; the same observations always give the same ones."""
    if "prints" not in dossier.derived:
        dossier.derived["prints"] = Prints(dossier.evidence.profile.centre.id, _shapes(dossier), _sketches(dossier))
    found: Prints = dossier.derived["prints"]
    return found


def _shapes(dossier: Dossier) -> dict[str, Shape]:
    found = {}
    profile = dossier.evidence.profile
    for name, meters in (("facility", facility_meters(profile)), ("it", it_meters(profile))):
        energy = hourly_sum(dossier, meters)
        if energy is not None:
            values, known = energy
            if (shape := _shape(_changes(values, known, rhythm=24), known[1:] & known[:-1])) is not None:
                found[f"energy {name}"] = shape
    steps = dossier.evidence.rows("training_steps")
    for digest in pc.unique(steps.column("evidence")).to_pylist():
        own = steps.filter(pc.equal(steps.column("evidence"), digest)).sort_by("step")
        took = figures(own.column("iteration_ms")).astype(np.float64)[:_LONGEST] / FIGURE_SCALE
        if len(took) >= _LEAST and (took > 0).all():
            level = np.log(took)
            level -= median_filter(level, size=_WARMING, mode="nearest")
            # Warm-up and checkpoints come to every log alike; what is left between them is the log's own.
            usual = np.abs(level) <= 3 * 1.4826 * float(np.median(np.abs(level)))
            if (shape := _shape(level, usual)) is not None:
                found[f"steps {dossier.names.get(digest, digest[:19])}"] = shape
    return found


def _changes(values: Figures, known: Marks, *, rhythm: int) -> Figures:
    """Relative changes from hour to hour, less what the time of day explains of their level and of their spread.

    Everywhere work begins in the morning: without this the mornings of any two centres are alike.
    """
    both = known[1:] & known[:-1] & (values[1:] > 0) & (values[:-1] > 0)
    found = np.zeros(len(values) - 1)
    found[both] = np.log(values[1:][both] / values[:-1][both])
    usual = 1.4826 * float(np.median(np.abs(found[both] - np.median(found[both])))) if both.any() else 0.0
    clock = np.arange(len(found)) % rhythm
    for hour in range(rhythm):
        own = both & (clock == hour)
        if own.any():
            found[own] -= np.median(found[own])
            spread = 1.4826 * float(np.median(np.abs(found[own])))
            found[own] = np.clip(found[own] / max(spread, 0.2 * usual, 1e-12), -3, 3)
            found[own] -= found[own].mean()
    return found


def _shape(points: Figures, known: Marks) -> Shape | None:
    """Points in 32nds of their robust standard deviation, cut at three of them."""
    own = points[known]
    if len(own) < _LEAST:
        return None
    size = 1.4826 * float(np.median(np.abs(own - np.median(own))))
    if size <= 0:
        return None
    scaled = np.clip((points - np.median(own)) / size, -3, 3) * _SCALE
    return np.where(known, np.rint(scaled), 0).astype(np.int8)


def _sketches(dossier: Dossier) -> dict[str, tuple[int, tuple[int, ...]]]:
    found = {}
    log = jobs_of(dossier)
    if log is not None:
        ran = (log.start != MISSING) & (log.end != MISSING)
        order = np.lexsort((log.cards[ran], log.start[ran]))
        lengths = ((log.end - log.start)[ran] // 1000)[order]
        waits = np.where(log.submit[ran] != MISSING, (log.start - log.submit)[ran] // 1000, -1)[order]
        found["jobs"] = sketch(lengths, waits)
    record = record_of(dossier)
    if record is not None:
        lasted = np.where(record.end != MISSING, record.end - record.start, -1) // 1000
        cards = integers(record.rows.column("cards_affected"))
        apart = np.diff(record.start, append=record.start[-1:]) // 60_000
        found["outages"] = sketch(lasted, cards, apart)
    return found


def sketch(*columns: Integers) -> tuple[int, tuple[int, ...]]:
    """How many different rows, and the smallest 256 of their hashes.

    The hash is SplitMix64 over one column after the other: the same on every machine, and as columns at once.
    """
    with np.errstate(over="ignore"):
        hashes = np.zeros(len(columns[0]), dtype=np.uint64)
        for column in columns:
            hashes = (hashes ^ column.astype(np.uint64)) + _STEP
            hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            hashes ^= hashes >> np.uint64(31)
    different = np.unique(hashes)
    return len(different), tuple(different[:SKETCH].tolist())
