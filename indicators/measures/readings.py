"""The readings of a centre meter by meter, however many there are.

Few are filtered in memory. Many lie in files in the order they were handed in: they are read once per group of meters
whose readings fit into memory together, and never all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.period import Period
from core.provenance import SHOWN_LINES, Support
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.schema import INSTANT
from evidence.observations.stored import MANY, StoredTable, batches_of
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import Integers, bounds, narrow_figures

KIND = ENERGY_READINGS.name
READINGS_AT_ONCE = 2_000_000
PLAIN_READINGS_AT_ONCE = 12_000_000
_WORDS = ("unit", "reading")
_CONTENT = tuple(column.name for column in ENERGY_READINGS.own_columns)

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


def readings_with(evidence: CentreEvidence, meter: str, *, among: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """The readings of a meter, and those of the meters of `among` that are read along with it, meter by meter.

    Rows hold what a reading says; in which file and line it says so is left out, as is a column nobody filled in.
    """
    counts = meters_read(evidence)
    shared = _shared_words(evidence)
    most = READINGS_AT_ONCE if shared is None else PLAIN_READINGS_AT_ONCE
    group: list[str] = []
    for name in dict.fromkeys((*among, meter)):
        if sum(counts.get(known, 0) for known in (*group, name)) > most:
            if meter in group:
                break
            group = []
        group.append(name)
    plain = None if shared is None else _plain(evidence, group, shared)
    yield from _gathered(evidence, group) if plain is None else plain


def readings_support(
    evidence: CentreEvidence, *, meters: Sequence[str] | None = None, period: Period | None = None
) -> tuple[Support, ...]:
    """The provenance of the readings of some meters whose instants lie in a period, or of all readings."""
    window = None if period is None else bounds(period)

    def chosen(batch: pa.RecordBatch | pa.Table) -> Mask:
        if meters is None or window is None:
            return np.ones(batch.num_rows, dtype=bool)
        at = batch.column("at").cast(pa.int64()).to_numpy()
        inside: Mask = (at >= window[0]) & (at <= window[1]) & (_codes(batch.column("meter"), meters) >= 0)
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


def _shared_words(evidence: CentreEvidence) -> dict[str, str] | None:
    """The unit and form all readings share, where each is an instant and a figure and nothing else; null otherwise."""
    shared: dict[str, str | None] = {}
    for number, (_, rows) in enumerate(evidence.files(KIND)):
        if not isinstance(rows, StoredTable):
            return None
        own = {name: rows.only_value(name) for name in _WORDS}
        if rows.only_value("start_at") is not None or rows.only_value("multiplier") is not None:
            return None
        if MANY in own.values() or (number and own != shared):
            return None
        shared = own
    return {name: word for name, word in shared.items() if word is not None}


def _plain(
    evidence: CentreEvidence, group: Sequence[str], words: dict[str, str]
) -> Iterator[tuple[str, pa.Table]] | None:
    """Instants and figures of each meter, put at their places in two arrays; null where a figure is too wide."""
    counts = meters_read(evidence)
    edges = np.cumsum([0, *(counts.get(name, 0) for name in group)])
    at, values = (np.empty(int(edges[-1]), dtype=np.int64) for _ in range(2))
    filled = edges[:-1].copy()
    for _, rows in evidence.files(KIND):
        for batch in batches_of(rows, ("meter", "at", "value"), encoded=["meter"]):
            codes = _codes(batch.column("meter"), group)
            order = np.argsort(codes, kind="stable")
            order = order[int(np.searchsorted(codes[order], 0)) :]
            ordered = codes[order]
            narrow = narrow_figures(batch.column("value"))
            if narrow is None:
                return None
            number = np.bincount(ordered, minlength=len(group))
            places = filled[ordered] + np.arange(len(ordered)) - (np.cumsum(number) - number)[ordered]
            at[places] = batch.column("at").cast(pa.int64()).to_numpy()[order]
            values[places] = narrow[order]
            filled += number
    return (
        (name, _table(at[first:last], values[first:last], words))
        for name, first, last in zip(group, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    )


def _table(at: Integers, values: Integers, words: dict[str, str]) -> pa.Table:
    """Readings without copying them; figures of 18 digits."""
    figures = pa.Array.from_buffers(pa.decimal64(18, 9), len(values), [None, pa.py_buffer(values)])
    same = pa.array(np.zeros(len(at), dtype=np.int32))
    said = {name: pa.DictionaryArray.from_arrays(same, [word]) for name, word in words.items()}
    return pa.table({"at": pa.array(at).cast(INSTANT), "value": figures, **said})


def _gathered(evidence: CentreEvidence, group: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    parts: dict[str, list[pa.RecordBatch]] = {name: [] for name in group}
    for _, rows in evidence.files(KIND):
        for batch in batches_of(rows, _CONTENT, encoded=["meter"]):
            for code, own in _by_code(batch, group):
                parts[group[code]].append(own)
    empty = ENERGY_READINGS.empty().select(list(_CONTENT[1:])).replace_schema_metadata(None)
    for name in group:
        own = parts.pop(name)
        yield name, pa.Table.from_batches(own, own[0].schema) if own else empty


def _by_code(batch: pa.RecordBatch, group: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows of each meter of a group, by its place in it."""
    codes = _codes(batch.column("meter"), group)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    begin = int(np.searchsorted(ordered, 0))
    if begin == len(order):
        return
    rows = batch.select(list(_CONTENT[1:]))
    order, ordered = order[begin:], ordered[begin:]
    if begin or bool((codes[1:] < codes[:-1]).any()):
        rows = rows.take(pa.array(order))
    edges = np.append(np.flatnonzero(np.diff(ordered, prepend=-1)), len(order))
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        yield int(ordered[first]), rows.slice(first, last - first)


def _codes(column: pa.DictionaryArray | pa.ChunkedArray, names: Sequence[str]) -> npt.NDArray[np.int16]:
    """The place of each row's meter among some names; −1 for another one."""
    meters = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    places = {name: place for place, name in enumerate(names)}
    known = np.array([places.get(name, -1) for name in meters.dictionary.to_pylist()] or [-1], dtype=np.int16)
    codes: npt.NDArray[np.int16] = known[meters.indices.to_numpy()]
    return codes


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
