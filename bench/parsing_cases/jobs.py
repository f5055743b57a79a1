"""Two years of a busy cluster: a job table as platforms other than Slurm export it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from bench.parsing_cases.shape import Case, Totals
from centres.profile import FacilityProfile
from evidence.observations.stored import StoredTable
from evidence.parsers import spool
from evidence.parsers.schedulers import job_facts
from evidence.parsers.tables import csv_tables, typed_rows
from indicators.measures.base import CentreEvidence
from indicators.measures.scheduling import accelerator_allocation_rate, mean_queue_wait, platform_job_failure

SEED, CARDS = 20261128, 16_384
START, END = dt.datetime(2024, 12, 31, 16, tzinfo=dt.UTC), dt.datetime(2025, 12, 31, 16, tzinfo=dt.UTC)
LAST_90 = END - dt.timedelta(days=90)
_STATES = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL")
_SHARES = (0.80, 0.10, 0.06, 0.03, 0.01)


def write(path: Path, rows: int) -> None:
    chance = np.random.default_rng(SEED)
    with path.open("wb") as file:
        file.write(b"job,user,submit_at,start_at,end_at,cards,nodes,state,name\n")
        for first in range(0, rows, 100_000):
            number = min(100_000, rows - first)
            share = np.sort(chance.random(number)) * number / rows + first / rows
            submit = (START.timestamp() + share * 364 * 86_400).astype(np.int64)
            start = submit + chance.integers(0, 3600, number)
            end = start + chance.integers(60, 24 * 3600, number)
            cards = 8 * chance.integers(1, 9, number)
            table = pa.table({
                "job": pc.cast(pa.array(np.arange(1_000_000 + first, 1_000_000 + first + number)), pa.string()),
                "user": pa.array([f"u{n:03d}" for n in range(500)]).take(pa.array(chance.integers(0, 500, number))),
                **{name: _stamps(seconds) for name, seconds in (("s", submit), ("b", start), ("e", end))},
                "cards": pa.array(cards),
                "nodes": pa.array(cards // 8),
                "state": pa.array(_STATES).take(pa.array(chance.choice(5, number, p=_SHARES))),
                "name": pa.array([f"train-{n}" for n in range(50)]).take(pa.array(chance.integers(0, 50, number))),
            })  # fmt: skip
            arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(include_header=False, quoting_style="none"))


def _stamps(seconds: np.ndarray) -> pa.Array:
    local = pa.array(seconds + 8 * 3600).cast(pa.timestamp("s"))
    return pc.binary_join_element_wise(pc.strftime(local, "%Y-%m-%dT%H:%M:%S"), "+08:00", "")


def with_polars(path: Path) -> Totals:
    import polars as pl

    def instant(name: str) -> Any:
        return pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="ms")

    texts = ("job", "user", "submit_at", "start_at", "end_at")
    schema = (
        dict.fromkeys(texts, pl.String)
        | {"cards": pl.Int64, "nodes": pl.Int64}
        | dict.fromkeys(("state", "name"), pl.String)
    )
    submit, start, end = instant("submit_at"), instant("start_at"), instant("end_at")
    held = (pl.min_horizontal(end, pl.lit(END)) - pl.max_horizontal(start, pl.lit(START))).dt.total_milliseconds()
    recent = (start >= LAST_90) & (start < END)
    ended = (end > LAST_90) & (end <= END) & pl.col("state").is_in(["COMPLETED", "FAILED", "TIMEOUT", "NODE_FAIL"])
    found = (
        pl.scan_csv(path, schema=schema)
        .select(
            (held.clip(0) * pl.col("cards")).sum().alias("held"),
            ((start - submit).dt.total_milliseconds() * recent).sum().alias("waited"),
            recent.sum().alias("started"),
            (ended & (pl.col("state") == "NODE_FAIL")).sum().alias("failed"),
        )
        .collect(engine="streaming")
    )
    return _totals(*found.row(0))


def with_duckdb(path: Path) -> Totals:
    import duckdb

    duckdb.sql("SET TimeZone = 'UTC'")
    first, last, recent = (f"TIMESTAMPTZ '{moment.isoformat()}'" for moment in (START, END, LAST_90))
    found = duckdb.sql(f"""
        SELECT sum(greatest(0, epoch_ms(least(end_at, {last})) - epoch_ms(greatest(start_at, {first}))) * cards),
            sum(epoch_ms(start_at) - epoch_ms(submit_at)) FILTER (start_at >= {recent} AND start_at < {last}),
            count(*) FILTER (start_at >= {recent} AND start_at < {last}),
            count(*) FILTER (end_at > {recent} AND end_at <= {last} AND state = 'NODE_FAIL')
        FROM read_csv('{path}', header = true, columns = {{'job': 'VARCHAR', 'user': 'VARCHAR',
            'submit_at': 'TIMESTAMPTZ', 'start_at': 'TIMESTAMPTZ', 'end_at': 'TIMESTAMPTZ',
            'cards': 'BIGINT', 'nodes': 'BIGINT',
            'state': 'VARCHAR', 'name': 'VARCHAR'}})
    """).fetchall()  # noqa: S608 – our own file
    return _totals(*found[0])


def measure(digest: str, tables: Mapping[str, StoredTable], found: Mapping[str, Any]) -> Totals:
    """Allocation, waiting and failures, as three indicators take them."""
    evidence = CentreEvidence.pooled(_profile(), [(digest, tables)])
    allocated = {i.name: i.value for i in accelerator_allocation_rate(evidence).inputs}["allocated"]
    waiting = mean_queue_wait(evidence)
    failed = {i.name: i.value for i in platform_job_failure(evidence).inputs}["platform"]
    started = next(i.value for i in waiting.inputs if i.name == "jobs")
    assert waiting.value is not None  # noqa: S101 – scored
    return _totals(
        float(allocated) * 3_600_000, float(waiting.value) * float(started) * 1000, int(started), int(failed)
    )


def _totals(held: float, waited: float, started: int, failed: int) -> Totals:
    return {"card·h": held / 3_600_000, "waited s": waited / 1000, "started": started, "failed by platform": failed}


def _profile() -> FacilityProfile:
    return FacilityProfile.model_validate({
        "contract": 1, "centre": {"id": "bench", "name": {"zh": "测", "en": "bench"}},
        "operator": {"zh": "测", "en": "bench"}, "place": {"province": "甘肃", "city": "庆阳"},
        "class": "training_led", "applied_on": "2026-01-10", "it_capacity_kw": "20000",
        "accelerators": [{"model": "NVIDIA H800 SXM", "cards": 130_000, "cards_per_node": 8}],
    })  # fmt: skip


CASE = Case(
    name="job table",
    file="jobs.csv",
    format="jobs_table",
    rows=2_000_000,
    write=write,
    bare={"polars": with_polars, "duckdb": with_duckdb},
    watched=(
        (csv_tables, "_split", "read, decode"),
        *((typed_rows.TypedRows, name, "type") for name in ("text", "count", "state", "instant", "refuse")),
        *((job_facts.JobFacts, name, "check") for name in ("add", "close")),
        (spool._File, "_write", "write"),
        (spool._File, "close", "write"),
    ),
    measure=measure,
    goal=3.0,
)
