"""What a measure gets and what it gives: observations of one centre in, one measurement out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import FacilityProfile
from core.canonical import jsonable
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import SHOWN_LINES, Support, Where
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.stored import Rows, StoredTable, whole

NOWHERE = Where()
NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Input:
    """One named figure that went into a measurement, as its trace shows it."""

    name: str
    title: Text
    value: Decimal
    unit: str
    source: str = ""  # e.g. "accelerators/2026.1: NVIDIA H800 SXM", or empty when it comes from rows


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number with its unit, or the reason why there is none.

    Args:
        measure: name in the registry, or any name a rubric declares.
        outcome: `scored` means measured; everything else carries `reason`.
        value: exact or 12 significant digits, never rounded for showing.
        coverage: share of the period that observations cover, 0–1.
        quality: evidence grade; None means no cap.
        cap: highest points this evidence allows (such as by the place of the IT meter).
        error: one standard deviation, in the value's unit.
        formula: the formula in words and symbols, with the names of `inputs`.
        rests_on: the rows behind it, by evidence digest and line.
    """

    measure: str
    outcome: Outcome
    unit: str = ""
    value: Decimal | None = None
    period: Period | None = None
    coverage: Decimal | None = None
    quality: Quality | None = None
    cap: Decimal | None = None
    error: Decimal | None = None
    reason: Reason | None = None
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    notes: tuple[Reason, ...] = ()
    rests_on: tuple[Support, ...] = ()

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.SCORED) != (self.value is not None):
            raise ValueError(f"{self.measure}: a value goes with the outcome `scored`, and only with it")
        if self.outcome is not Outcome.SCORED and self.reason is None:
            raise ValueError(f"{self.measure}: outcome {self.outcome} needs a reason")
        if self.value is not None and not self.value.is_finite():
            raise ValueError(f"{self.measure}: {self.value} is not a finite number")

    def as_json(self) -> dict[str, Any]:
        return {name: jsonable(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        def decimal(name: str) -> Decimal | None:
            return None if data.get(name) is None else Decimal(data[name])

        period = data.get("period")
        return cls(
            measure=data["measure"],
            outcome=Outcome(data["outcome"]),
            unit=data.get("unit", ""),
            value=decimal("value"),
            period=Period(*(dt.datetime.fromisoformat(period[end]) for end in ("start", "end"))) if period else None,
            coverage=decimal("coverage"),
            quality=Quality(data["quality"]) if data.get("quality") else None,
            cap=decimal("cap"),
            error=decimal("error"),
            reason=Reason.from_json(data["reason"]) if data.get("reason") else None,
            formula=data.get("formula", ""),
            inputs=tuple(
                Input(i["name"], Text(**i["title"]), Decimal(i["value"]), i["unit"], i["source"])
                for i in data.get("inputs", ())
            ),
            notes=tuple(Reason.from_json(note) for note in data.get("notes", ())),
            rests_on=tuple(Support.from_json(support) for support in data.get("rests_on", ())),
        )


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that was handed in and does not count: the kinds it would have carried, and its first error.

    Args:
        evidence: `sha256:…` of the file.
        name: as the uploader called it.
        kinds: what its format yields; empty when the format was not even recognised.
        reason: code and words of the first error.
        where: the place of that error.
    """

    evidence: str
    name: str
    kinds: tuple[str, ...]
    reason: Reason
    where: Where = NOWHERE


@dataclass(frozen=True)
class CentreEvidence:
    """All accepted observations of one centre, pooled by kind, and the files that were rejected.

    Each table has the columns of its kind and `evidence` (the file's digest). Rows stand in an order that
    depends on their content only, so that splitting or reordering files changes no digit.
    """

    profile: FacilityProfile
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    rejected: tuple[RejectedFile, ...] = ()
    # What several measures derive from the same rows, worked out once; never part of what the evidence is.
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    # Kinds of which a file has more rows than are held in memory: by digest, not pooled.
    large: Mapping[str, tuple[tuple[str, Rows], ...]] = field(default_factory=dict)
    # How many rows of the accepted files could not be read, by kind.
    left_out: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def pooled(
        cls,
        profile: FacilityProfile,
        files: Iterable[tuple[str, Mapping[str, Rows]]],
        *,
        rejected: Iterable[RejectedFile] = (),
        left_out: Mapping[str, int] = NOTHING,
    ) -> Self:
        """From (evidence digest, tables by kind) of every file, in any order; the same file twice counts once.

        Bytes that were rejected once and accepted another time, such as with a time zone declared, are accepted.

        Args:
            left_out: how many rows of a file could not be read, by digest.
        """
        accepted = dict(files)
        refused = {file.evidence: file for file in rejected if file.evidence not in accepted}
        parts: dict[str, list[tuple[str, Rows]]] = {}
        missing: Counter[str] = Counter()
        for digest, own_tables in sorted(accepted.items()):
            for kind, own in own_tables.items():
                parts.setdefault(kind, []).append((digest, own))
                missing[kind] += left_out.get(digest, 0)
        large = {kind: tuple(own) for kind, own in parts.items() if any(isinstance(t, StoredTable) for _, t in own)}
        tables = {kind: _pooled(kind, own) for kind, own in parts.items() if kind not in large}
        return cls(profile, tables, tuple(refused[d] for d in sorted(refused)), large=large, left_out=missing)

    def rows(self, kind: str) -> pa.Table:
        """The table of a kind, empty when nothing of it was handed in."""
        if kind in self.tables:
            return self.tables[kind]
        if kind in self.large:
            return _pooled(kind, self.large[kind])
        return KIND_BY_NAME[kind].empty().append_column("evidence", pa.array([], pa.string()))

    def number_of_rows(self, kind: str) -> int:
        """How many rows of a kind there are, without reading them."""
        if kind in self.large:
            return sum(rows.num_rows for _, rows in self.large[kind])
        return int(self.rows(kind).num_rows)

    def files(self, kind: str) -> tuple[tuple[str, Rows], ...]:
        """The same rows file by file, for what need not be seen at once; many rows of a file are on disk."""
        if kind in self.large:
            return self.large[kind]
        rows = self.rows(kind)
        digests = pc.unique(rows.column("evidence")).sort().to_pylist()
        if len(digests) < 2:
            return tuple((digest, rows.drop_columns(["evidence"])) for digest in digests)
        own = (rows.filter(pc.equal(rows.column("evidence"), digest)) for digest in digests)
        return tuple((digest, part.drop_columns(["evidence"])) for digest, part in zip(digests, own, strict=True))


def _pooled(kind: str, files: Iterable[tuple[str, Rows]]) -> pa.Table:
    parts = []
    for digest, rows in files:
        table = KIND_BY_NAME[kind].completed(whole(rows))
        named = table.append_column("evidence", pa.repeat(digest, table.num_rows))
        parts.append(named.replace_schema_metadata(None))
    return _ordered(pa.concat_tables(parts))


def _ordered(table: pa.Table) -> pa.Table:
    by_content = [name for name in table.column_names if name not in ("line", "cell", "evidence")]
    return table.sort_by([(name, "ascending") for name in (*by_content, "evidence", "line")])


def support(kind: str, rows: pa.Table) -> tuple[Support, ...]:
    """The provenance of some rows (with `evidence`, `line`, `cell`): one entry per evidence file."""
    places, files = rows.select(["line", "cell"]), rows.column("evidence")
    digests = pc.unique(files).sort().to_pylist()
    supports = []
    for digest in digests:
        own = places if len(digests) == 1 else places.filter(pc.equal(files, digest))
        shown = _first_lines(own)
        cells = [cell for cell in shown.column("cell").to_pylist() if cell]
        supports.append(Support(digest, kind, own.num_rows, tuple(shown.column("line").to_pylist()), tuple(cells)))
    return tuple(supports)


def _first_lines(places: pa.Table) -> pa.Table:
    """The few rows that are shown, by line; rows of one file mostly stand in that order, and nothing is sorted."""
    lines = places.column("line")
    if lines.null_count or bool((np.diff(lines.to_numpy()) < 0).any()):
        return places.take(pc.sort_indices(lines).slice(0, SHOWN_LINES))
    return places.slice(0, SHOWN_LINES)


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered measure: name, unit, the kinds it asks for and the function that computes it.

    `compute` returns a `Measurement`, or raises `InsufficientData` (→ not_assessable) or
    `InvalidEvidence` (→ invalid). `version` changes whenever the same observations would yield another measurement.
    `benchmarks` are the formats whose results it takes, where `benchmark_runs` is among its kinds.
    """

    name: str
    unit: str
    title: Text
    kinds: tuple[str, ...]
    compute: Callable[[CentreEvidence], Measurement]
    version: str = "1"
    benchmarks: tuple[str, ...] = ()
