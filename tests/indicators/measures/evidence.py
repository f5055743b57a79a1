"""Small made-up evidence for measures: a profile and tables of rows, as parsers would yield them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from centres.profile import FacilityProfile
from evidence.observations.registry import KIND_BY_NAME
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.registry import MEASURE_BY_NAME, measure_one
from tests.profiles import profile_content

Rows = Iterable[Mapping[str, Any]]
EAST_EIGHT = dt.timezone(dt.timedelta(hours=8))
YEAR_START = dt.datetime(2025, 4, 1, tzinfo=EAST_EIGHT)
YEAR_END = dt.datetime(2026, 4, 1, tzinfo=EAST_EIGHT)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def profile(**changes: Any) -> FacilityProfile:
    """A training-led centre of 128 H800 cards with two meters, applied on 2026-03-31."""
    own: dict[str, Any] = {
        "accelerators": [{"model": "NVIDIA H800 SXM", "cards": 128, "cards_per_node": 8}],
        "it_capacity_kw": "200",
        "link_line_rate_gb_s": "50",
        "meters": [meter("M-IN", "utility_incomer", "facility"), meter("M-IT", "pdu_output", "it")],
    }
    return FacilityProfile.model_validate(profile_content("demo-1", **own | changes))


def meter(name: str, at: str, measures: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "at": at,
        "measures": measures,
        "kind": "interval",
        "unit": "kWh",
        "interval": "PT1H",
        "stamp": "end",
        "calibrated_on": dt.date(2025, 1, 15),
    } | changes


def register(name: str, at: str, measures: str, **changes: Any) -> dict[str, Any]:
    return meter(name, at, measures, **({"kind": "cumulative", "interval": None, "stamp": None} | changes))


def table(kind: str, rows: Rows) -> pa.Table:
    """A table of a kind; lines are numbered from 2 where a row names none."""
    listed = [{"line": number} | dict(row) for number, row in enumerate(rows, start=2)]
    names = {column.name for column in KIND_BY_NAME[kind].columns}
    return KIND_BY_NAME[kind].table({name: [row.get(name) for row in listed] for name in names})


def centre(files: Mapping[str, Mapping[str, Rows]] | None = None, /, **changes: Any) -> CentreEvidence:
    """A centre's evidence from `{file: {kind: rows}}`; `changes` are the profile's."""
    pooled = [
        (f"sha256:{name}", {kind: table(kind, rows) for kind, rows in tables.items()})
        for name, tables in (files or {}).items()
    ]
    return CentreEvidence.pooled(profile(**changes), pooled)


def measured(name: str, evidence: CentreEvidence) -> Measurement:
    return measure_one(MEASURE_BY_NAME[name], evidence)


def readings(name: str, values: Iterable[Any], *, start: dt.datetime = YEAR_START, step: dt.timedelta = HOUR) -> Rows:
    """Readings of one meter so far apart; None leaves one out."""
    return [
        {"meter": name, "at": start + index * step, "value": Decimal(value)}
        for index, value in enumerate(values)
        if value is not None
    ]


def code(measurement: Measurement) -> str:
    return measurement.reason.code if measurement.reason else ""
