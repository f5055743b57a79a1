"""A training log of the Megatron family: one line per iteration, every twentieth a line of something else."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from bench.parsing_cases.shape import Case, Totals
from evidence.observations.stored import StoredTable
from evidence.parsers.formats import megatron
from evidence.parsers.logs import step_batches

SEED, BATCH = 20261128, 1024
_STEP, _TIME = r"iteration\s+([0-9]+)/", r"elapsed time per iteration \(ms\): ([0-9.]+)"


def write(path: Path, rows: int) -> None:
    chance = np.random.default_rng(SEED)
    times, losses = chance.normal(5200, 40, rows).round(1).tolist(), np.linspace(11, 1.8, rows).tolist()
    step, total = 0, rows - -(-rows // 20)
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            if number % 20 == 0:
                file.write(f"[rank{number % 8}]: saving checkpoint shard {number} to /mnt/ckpt\n")
                continue
            step += 1
            file.write(
                f" iteration {step:8d}/{total:8d} | consumed samples: {step * BATCH:12d} | "
                f"elapsed time per iteration (ms): {times[number]:.1f} | learning rate: 1.500E-04 | "
                f"global batch size: {BATCH:5d} | lm loss: {losses[number]:.6E} | loss scale: 1.0 | "
                f"grad norm: 0.512 | number of skipped iterations:   0 | number of nan iterations:   0 |\n"
            )


def with_polars(path: Path) -> Totals:
    import polars as pl

    found = (
        pl.scan_csv(path, has_header=False, new_columns=["line"], separator="\x01", quote_char=None)
        .select(
            pl.col("line").str.extract(_STEP).cast(pl.Int64).alias("step"),
            pl.col("line").str.extract(_TIME).cast(pl.Float64).alias("ms"),
        )
        .select(pl.col("step").count().alias("lines"), pl.col("step").max(), pl.col("ms").sum())
        .collect(engine="streaming")
    )
    return _totals(*found.row(0))


def with_duckdb(path: Path) -> Totals:
    import duckdb

    found = duckdb.sql(f"""
        SELECT count(*) FILTER (step <> ''), max(try_cast(step AS BIGINT)), sum(try_cast(ms AS DOUBLE))
        FROM (SELECT regexp_extract(line, '{_STEP}', 1) AS step, regexp_extract(line, '{_TIME}', 1) AS ms
            FROM read_csv('{path}', header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = ''))
    """).fetchall()  # noqa: S608 – our own file
    return _totals(*found[0])


def measure(digest: str, tables: Mapping[str, StoredTable], found: Mapping[str, Any]) -> Totals:
    """The steps as measures of training sum them."""
    rows = tables["training_steps"]
    spent = sum((pc.sum(batch.column(0)).as_py() or Decimal(0) for batch in rows.batches(["iteration_ms"])), Decimal(0))
    return _totals(rows.num_rows, pc.max(rows.column("step")).as_py(), float(spent))


def _totals(lines: int, last: int, spent: float) -> Totals:
    return {"lines": lines, "last step": last, "ms": spent}


CASE = Case(
    name="training log",
    file="train.log",
    format="megatron",
    rows=1_000_000,
    write=write,
    bare={"polars": with_polars, "duckdb": with_duckdb},
    watched=(
        (step_batches, "Block", "read"),
        (step_batches._Forms, "read", "read"),
        (megatron, "read_steps", "read"),
        (megatron, "_rows", "type"),
        (megatron, "_dialect", "type"),
        (megatron, "contradictions", "check"),
        (megatron, "step_facts", "check"),
        (megatron, "log_encoding", "encoding"),
    ),
    measure=measure,
    goal=3.0,
)
