"""A year of five-minute readings of 96 meters as a monitoring system exports them: by instant, then by meter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.parsing_cases.shape import Case, Totals
from centres.profile import FacilityProfile
from evidence.observations.stored import StoredTable
from evidence.parsers import spool
from evidence.parsers.energy import series_check
from evidence.parsers.tables import csv_tables, typed_rows
from indicators.measures import shelf, sorting
from indicators.measures.base import CentreEvidence
from indicators.measures.energy_year import energy_year

METERS, MINUTES = 96, 5
SEED = 20261128
START, END = dt.datetime(2024, 12, 31, 16, tzinfo=dt.UTC), dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC)
_A_YEAR = int((END - START).total_seconds()) // (60 * MINUTES)
_ROW = np.frombuffer(b"0000-00-00T00:00:00+08:00,DC1-F000,00.000\n", dtype=np.uint8)
_AT, _METER, _VALUE, _DIGITS = 19, 26, 35, (0, 1, 3, 4, 5)


def write(path: Path, rows: int) -> None:
    """Steady loads that move a little: facility meters 30 to 36 kWh per interval, those of the IT 24 to 29.

    Of few rows there are fewer meters, each with a whole year.
    """
    chance = np.random.default_rng(SEED)
    meters = min(METERS, max(2, -(-rows // _A_YEAR) // 2 * 2))
    instants = -(-rows // METERS) if meters == METERS else _A_YEAR
    begin = START + dt.timedelta(minutes=MINUTES)
    # All rows are of one width, so that a file of 10 GB takes a minute and not a quarter of an hour.
    with path.open("wb") as file:
        file.write(b"at,meter,value_kwh\n")
        for first in range(0, instants, 1000):
            number = min(1000, instants - first)
            stamps = np.datetime64(begin.replace(tzinfo=None), "m") + MINUTES * np.arange(first, first + number)
            local = pc.strftime(pa.array(stamps.astype("datetime64[s]") + np.timedelta64(8, "h")), "%Y-%m-%dT%H:%M:%S")
            thousandths = np.concatenate([
                chance.integers(30_000, 36_000, (number, meters // 2)),
                chance.integers(24_000, 29_000, (number, meters // 2)),
            ], axis=1).astype(np.uint16)  # fmt: skip
            rows = np.tile(_ROW, (number, meters, 1))
            rows[:, :, :_AT] = np.array(local.to_pylist(), dtype=f"S{_AT}").view(np.uint8).reshape(number, 1, _AT)
            rows[:, :, _METER : _VALUE - 1] = np.array(_names(meters), dtype="S").view(np.uint8).reshape(1, meters, -1)
            for place, power in zip(_DIGITS, (10_000, 1000, 100, 10, 1), strict=True):
                rows[:, :, _VALUE + place] += (thousandths // power % 10).astype(np.uint8)
            file.write(rows.tobytes())


def with_polars(path: Path) -> Totals:
    import polars as pl

    at = pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="ms")
    is_it = pl.col("meter").str.slice(4, 1) == "I"
    found = (
        pl.scan_csv(path, schema={"at": pl.String, "meter": pl.String, "value_kwh": pl.Float64})
        .filter((at > START) & (at <= END))
        .group_by("meter")
        .agg(pl.col("value_kwh").sum(), pl.len())
        .collect(engine="streaming")
    )
    sums = found.group_by(is_it.alias("it")).agg(pl.col("value_kwh").sum(), pl.col("len").sum()).sort("it")
    return _totals(sums["value_kwh"].to_list(), sums["len"].sum())


def with_duckdb(path: Path) -> Totals:
    import duckdb

    duckdb.sql("SET TimeZone = 'UTC'")
    found = duckdb.sql(f"""
        SELECT meter, sum(value_kwh), count(*) FROM read_csv('{path}', header = true,
            columns = {{'at': 'TIMESTAMPTZ', 'meter': 'VARCHAR', 'value_kwh': 'DOUBLE'}})
        WHERE "at" > TIMESTAMPTZ '{START.isoformat()}' AND "at" <= TIMESTAMPTZ '{END.isoformat()}' GROUP BY meter
    """).fetchall()  # noqa: S608 – our own file
    sums = [sum(kwh for meter, kwh, _ in found if meter[4] == kind) for kind in "FI"]
    return _totals(sums, sum(count for *_, count in found))


def measure(digest: str, tables: Mapping[str, StoredTable], found: Mapping[str, Any]) -> Totals:
    """The energy of the year as every measure of energy takes it, with its coverage and its way back."""
    meters = found["facts"]["meters"]
    evidence = CentreEvidence.pooled(_profile(_names(meters)), [(digest, tables)])
    year = energy_year(evidence)
    return _totals([float(year.facility_kwh()), float(year.it_kwh())], round(float(year.coverage) * _A_YEAR * meters))


def _totals(kwh: list[float], readings: int) -> Totals:
    return {"facility kWh": kwh[0], "IT kWh": kwh[1], "readings": readings}


def _names(meters: int) -> list[str]:
    return [f"DC1-{'F' if number < meters // 2 else 'I'}{number:03d}" for number in range(meters)]


def _profile(names: list[str]) -> FacilityProfile:
    meters = [
        {
            "id": name, "at": "utility_incomer" if name[4] == "F" else "it_input", "kind": "interval", "unit": "kWh",
            "measures": "facility" if name[4] == "F" else "it", "interval": "PT5M", "stamp": "end",
        }
        for name in names
    ]  # fmt: skip
    return FacilityProfile.model_validate({
        "contract": 1, "centre": {"id": "bench", "name": {"zh": "测", "en": "bench"}},
        "operator": {"zh": "测", "en": "bench"}, "place": {"province": "甘肃", "city": "庆阳"},
        "class": "training_led", "applied_on": "2026-01-10", "it_capacity_kw": "20000", "meters": meters,
        "accelerators": [{"model": "NVIDIA H800 SXM", "cards": 1024, "cards_per_node": 8}],
    })  # fmt: skip


CASE = Case(
    name="meter CSV",
    file="meters.csv",
    format="meter_series",
    rows=10_000_000,
    write=write,
    bare={"polars": with_polars, "duckdb": with_duckdb},
    watched=(
        (csv_tables, "_split", "read, decode"),
        (typed_rows.TypedRows, "text", "type"),
        (typed_rows.TypedRows, "number", "type"),
        (typed_rows.TypedRows, "instant", "type"),
        (series_check.SeriesCheck, "add", "check"),
        (series_check.SeriesCheck, "close", "check"),
        (spool._File, "_write", "write"),
        (spool._File, "close", "write"),
        (sorting.Sorted, "in_order", "measure"),
        (sorting.Sorted, "readings", "measure"),
        (shelf, "ledgers", "measure"),
    ),
    measure=measure,
    goal=3.0,
)
