"""Prints of a package by which copies are recognised: small, and telling nothing a person could read.

A *shape* is a sequence freed of size, level and daily rhythm, so that shifting it in time, scaling it or adding a
little noise leaves it alike. A *sketch* is the 256 smallest hashes of rows freed of times and names, so that rows
copied under other numbers are still the same rows.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from scipy.ndimage import median_filter

from core.canonical import canonical_digest
from indicators.integrity.allocation import jobs_of
from indicators.integrity.base import Dossier
from indicators.integrity.outage_record import record_of
from indicators.integrity.series import Figures, Marks, hourly_sum
from indicators.measures.columns import FIGURE_SCALE, MISSING, Integers, figures, integers
from indicators.measures.energy_year import facility_meters, it_meters

Shape = npt.NDArray[np.int8]
SKETCH = 256
_LONGEST = 10_000  # points of a shape
_LEAST = 200
_STEP = np.uint64(0x9E3779B97F4A7C15)
_WARMING = 51  # steps over which a level is taken
_SCALE = 32  # of one standard deviation


@dataclass(frozen=True)
class Prints:
    """Shapes and sketches of one package, by what they are of.

    Args:
        centre: whose package it is.
        shapes: `energy it`, `steps <file>` → points, 0 where nothing is known.
        sketches: `jobs`, `outages` → (how many rows, smallest hashes ascending).
        digest: of their JSON, as it was kept; empty until they are.
    """

    centre: str
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    sketches: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        """With their digest: every later package is compared with them and says so by it."""
        content = {
            "centre": self.centre,
            "packing": _PACKING,
            "shapes": {name: _packed(shape) for name, shape in self.shapes.items()},
            "sketches": {name: [rows, [f"{h:016x}" for h in own]] for name, (rows, own) in self.sketches.items()},
        }
        return content | {"digest": canonical_digest(content)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        unpacked = _UNPACKED[data.get("packing", _FORMER_PACKING)]
        return cls(
            centre=data["centre"],
            shapes={name: unpacked(text) for name, text in data["shapes"].items()},
            sketches={name: (rows, tuple(int(h, 16) for h in own)) for name, (rows, own) in data["sketches"].items()},
            digest=data.get("digest") or canonical_digest(data),
        )


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


def _packed(shape: Shape) -> str:
    return base64.b64encode(zlib.compress(shape.tobytes(), 6)).decode()


def _unpacked(text: str) -> Shape:
    return _points(base64.b64decode(text))


def _formerly_unpacked(text: str) -> Shape:
    """Base 85 is a seventh shorter, and read a hundred times slower: every package is held against all the others."""
    return _points(base64.b85decode(text))


def _points(packed: bytes) -> Shape:
    return np.frombuffer(zlib.decompress(packed), dtype=np.int8)


_PACKING, _FORMER_PACKING = "zlib base64", "zlib base85"
_UNPACKED: Mapping[str, Callable[[str], Shape]] = {_PACKING: _unpacked, _FORMER_PACKING: _formerly_unpacked}
