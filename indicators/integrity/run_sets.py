"""Benchmark runs of one campaign: same benchmark, system and number of cards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicators.integrity.base import Dossier
from indicators.measures.columns import MISSING, Integers, distinct, integers, milliseconds

_TOOLS = pa.array(["mlperf_training", "mlperf_hpc"])


@dataclass(frozen=True)
class Runs:
    """Runs of one set in the order of their start; ms since 1970.

    Args:
        success: which of them came to their end.
        names: of their files, empty where unknown.
    """

    subject: str
    cards: int
    start: Integers
    stop: Integers
    success: np.ndarray
    names: tuple[str, ...]
    rows: pa.Table

    @property
    def lengths(self) -> Integers:
        """Of the successful runs, ms."""
        found: Integers = (self.stop - self.start)[self.success]
        return found

    @property
    def typical(self) -> float:
        return float(np.median(self.lengths)) if self.success.any() else 0.0

    @property
    def spread(self) -> float:
        """Standard deviation ÷ median of the successful runs."""
        return float(self.lengths.std(ddof=1)) / self.typical if len(self.lengths) > 1 else 0.0


def run_sets(dossier: Dossier) -> list[Runs]:
    """Every set of timed runs of a training benchmark."""
    rows = dossier.evidence.rows("benchmark_runs")
    chosen = pc.and_(
        pc.is_in(rows.column("tool"), value_set=_TOOLS),
        pc.and_(pc.is_valid(rows.column("started_at")), pc.is_valid(rows.column("duration_ms"))),
    )
    rows = rows.filter(chosen)
    if not rows.num_rows:
        return []
    rows = distinct(rows).sort_by("started_at")
    keys = list(
        zip(*(rows.column(name).to_pylist() for name in ("benchmark", "platform", "accelerators")), strict=True)
    )
    sets = []
    for key in sorted(set(keys), key=str):
        own = rows.filter(pa.array([one == key for one in keys]))
        start = milliseconds(own.column("started_at"))
        stop = start + integers(own.column("duration_ms"))
        cards = integers(own.column("accelerators"))
        sets.append(
            Runs(
                subject=f"{key[0]} × {key[2]}" if key[2] else str(key[0]),
                cards=0 if cards[0] == MISSING else int(cards[0]),
                start=start,
                stop=stop,
                success=np.array([status == "success" for status in own.column("status").to_pylist()]),
                names=tuple(dossier.names.get(digest, "") for digest in own.column("evidence").to_pylist()),
                rows=own,
            )
        )
    return sets
