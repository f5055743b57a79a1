"""A result log of MLPerf Training whose launcher chatters: many throughput and accuracy events of one long run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench.parsing_cases.shape import Case, Totals
from evidence.observations.stored import StoredTable
from evidence.parsers.formats import mlperf_training
from evidence.parsers.logs import mllog

SEED, START_MS = 20261128, 1_760_000_000_000
_TOKEN = b":::MLLOG"
_KEYS = ("block_start", "block_stop", "epoch_start", "epoch_stop", "eval_start", "eval_stop", "tracked_stats")


def write(path: Path, rows: int) -> None:
    """Events as the reference implementations print them; every fiftieth line is the launcher's."""
    chance = np.random.default_rng(SEED)
    losses = chance.uniform(0.5, 4, rows).round(6).tolist()
    opening: list[tuple[str, object]] = [
        ("submission_benchmark", "llama2_70b_lora"), ("submission_org", "bench"), ("submission_division", "closed"),
        ("global_batch_size", 64), ("seed", 4711), ("init_start", None), ("run_start", None),
    ]  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            if number % 50 == 49:
                file.write(f"[rank0] step {number}: loss {losses[number]}\n")
                continue
            if number < len(opening):
                key, value = opening[number]
                meta: dict[str, object] = {"file": "/workspace/train.py", "lineno": 200 + number}
            elif number >= rows - 2:
                key, value = "run_stop", None
                meta = {"file": "/workspace/train.py", "lineno": 900, "status": "success"}
                if number == rows - 1:
                    break
            elif number % 1000 == 0:
                key, value, meta = "eval_accuracy", losses[number], {"samples_count": number * 64, "lineno": 412}
            else:
                key, value = _KEYS[number % len(_KEYS)], None
                meta = {"file": "/workspace/mlperf_logging_utils.py", "lineno": 255, "step": number}
                if key == "tracked_stats":
                    value, meta = {"throughput": losses[number] * 100}, {**meta, "train_loss": losses[number]}  # type: ignore[assignment]
            said = {
                "namespace": "", "time_ms": START_MS + 37 * number, "event_type": "POINT_IN_TIME", "key": key,
                "value": value, "metadata": meta,
            }  # fmt: skip
            file.write(f":::MLLOG {json.dumps(said)}\n")


def with_orjson(path: Path) -> Totals:
    import orjson

    events, times = 0, {}
    with path.open("rb") as file:
        for line in file:
            at = line.rfind(_TOKEN)
            if at < 0:
                continue
            record = orjson.loads(line[at + len(_TOKEN) :])
            events += 1
            if record["key"] in ("run_start", "run_stop"):
                times[record["key"]] = record["time_ms"]
    return {"events": events, "duration ms": times["run_stop"] - times["run_start"]}


def measure(digest: str, tables: Mapping[str, StoredTable], found: Mapping[str, Any]) -> Totals:
    """The run's duration as it is kept, and the events the parser counted."""
    runs = tables["benchmark_runs"].read()
    return {"events": found["facts"]["mllog_events"], "duration ms": runs.column("duration_ms")[0].as_py()}


CASE = Case(
    name="MLLOG",
    file="result_0.txt",
    format="mlperf_training",
    rows=200_000,
    write=write,
    bare={"orjson": with_orjson},
    watched=(
        (mllog, "log_contents", "read"),
        (mlperf_training, "log_encoding", "encoding"),
    ),
    measure=measure,
    goal=2.0,
)
