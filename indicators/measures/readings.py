"""The readings of a centre meter by meter, however many there are: read once, batch by batch, never all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.ahead import THREADS, side_by_side
from core.period import Period
from core.provenance import SHOWN_LINES, Support
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.stored import MANY, Rows, StoredTable, batches_of
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import bounds
from indicators.measures.sorting import CONTENT, ENCODED, WORDS, Sorted, codes_of

KIND = ENERGY_READINGS.name

# While it is looked at a reading takes some 100 bytes: of larger meters two would take too much memory.
MOST_SIDE_BY_SIDE = 250_000

Made = TypeVar("Made")
Mask = npt.NDArray[np.bool_]


def number_of_readings(evidence: CentreEvidence) -> int:
    return sum(rows.num_rows for _, rows in evidence.files(KIND))


def meters_read(evidence: CentreEvidence) -> dict[str, int]:
    """Every meter with a reading, and how many it has."""
    if "meters_read" not in evidence.derived:
        found: dict[str, int] = {}
        for _, rows in evidence.files(KIND):
            for batch in batches_of(rows, ["meter"], encoded=["meter"]):
                names, codes = batch.column(0).dictionary.to_pylist(), batch.column(0).indices.to_numpy()
                for name, count in zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True):
                    if count:
                        found[name] = found.get(name, 0) + count
        evidence.derived["meters_read"] = found
    meters: dict[str, int] = evidence.derived["meters_read"]
    return meters


def made_by_meter(
    evidence: CentreEvidence, meters: Sequence[str], make: Callable[[str, pa.Table], Made]
) -> Iterator[tuple[str, Made]]:
    """What is made of the readings of some meters, meter by meter; all are read once, and few lie in memory at a time.

    Rows hold what a reading says; in which file and line it says so is left out, as is a column nobody filled in.

    Args:
        make: given a meter and its rows; two meters are at work at once where neither has many.
    """
    put = Sorted(meters)
    for _, rows in evidence.files(KIND):
        same = _same(rows)
        columns = [name for name in CONTENT if name not in same]
        batches = batches_of(rows, columns, encoded=[name for name in ENCODED if name in columns])
        for part in side_by_side(put.in_order, batches):
            put.add(part, same=same)
    threads = THREADS if put.most <= MOST_SIDE_BY_SIDE else 1
    yield from side_by_side(lambda name: (name, make(name, put.readings(name))), iter(meters), threads=threads)


def readings_support(
    evidence: CentreEvidence, *, meters: Sequence[str] | None = None, period: Period | None = None
) -> tuple[Support, ...]:
    """The provenance of readings: those of some meters, those whose instants lie in a period, or all."""
    window = None if period is None else bounds(period)

    def chosen(batch: pa.RecordBatch | pa.Table) -> Mask:
        inside: Mask = np.ones(batch.num_rows, dtype=bool)
        if window is not None:
            at = batch.column("at").cast(pa.int64()).to_numpy()
            inside &= (at >= window[0]) & (at <= window[1])
        if meters is not None:
            inside &= codes_of(batch.column("meter"), meters) >= 0
        return inside

    found: list[Support] = []
    for digest, rows in evidence.files(KIND):
        if isinstance(rows, StoredTable):
            found += _support_of_stored(digest, rows, chosen)
        else:
            encoded = rows.set_column(0, "meter", rows.column("meter").combine_chunks().dictionary_encode())
            own = rows.filter(pa.array(chosen(encoded)))
            found += support(KIND, own.append_column("evidence", pa.array([digest] * own.num_rows, pa.string())))
    return tuple(found)


def _same(rows: Rows) -> dict[str, Any]:
    """What all rows of a file on disk have in a column that need not be read, as the file itself tells."""
    if not isinstance(rows, StoredTable):
        return {}
    told = {name: rows.only_value(name) for name in ("start_at", *WORDS)}
    return {name: word for name, word in told.items() if word is None or (word is not MANY and name in ENCODED)}


def _support_of_stored(digest: str, rows: StoredTable, chosen: Callable[[pa.RecordBatch], Mask]) -> Iterator[Support]:
    """What `support` tells of rows on disk, which stand in the order of their lines."""
    number = sum(int(np.count_nonzero(chosen(batch))) for batch in rows.batches(("meter", "at"), encoded=["meter"]))
    lines: list[int] = []
    cells: list[str] = []
    for batch in rows.batches(("meter", "at", "line", "cell"), encoded=["meter"]):
        places = pa.array(np.flatnonzero(chosen(batch))[: SHOWN_LINES - len(lines)], pa.int64())
        lines += batch.column("line").take(places).to_pylist()
        cells += [cell for cell in batch.column("cell").take(places).to_pylist() if cell]
        if len(lines) >= min(SHOWN_LINES, number):
            break
    if number:
        yield Support(digest, KIND, number, tuple(lines), tuple(cells))
