"""Large evidence through the whole path – parse, check, Parquet, measure – against a bare reading of the same bytes.

    script/bench parsing [--case NAME] [--share PERCENT] [--rounds N] [--nightly]

Inputs are generated, seeded, in a temporary folder. The bare readings (Polars, DuckDB; orjson for MLLOG) check nothing,
keep nothing and compute the same totals as floats; the totals must agree. Each figure is the best of the rounds, taken
in turns, and each run has a process of its own, so that peak memory is its own. Seconds of a stage are those of the
processor over all threads. `--share` makes smaller inputs for a quick trial; `--nightly` a meter file of 10 GB.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CASES = ("meters", "jobs", "mllog", "steps")
NIGHTLY_ROWS = 240_000_000
GOAL_MIB = 600
TOLERANCE = 1e-9
# What keeps memory for the next block instead of handing it back after each; the bare readings are given it too.
KEEPING = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "67108864"}
# As the worker of the platform runs its parsers: each thread and arena costs memory that the file should have.
FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    **KEEPING,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--share", type=int, default=100, metavar="PERCENT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nightly", action="store_true")
    parser.add_argument("--run", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(json.dumps(_measured(asked.case, *asked.run)))
        return 0
    chosen = ("meters",) if asked.nightly else (asked.case,) if asked.case else CASES
    print(f"{'input':<14}{'engine':<9}{'s':>8}{'cpu s':>8}{'ratio':>7}{'MiB':>7}   processor seconds by stage")
    met = [_compare(name, asked.share, asked.rounds, nightly=asked.nightly) for name in chosen]
    print(f"goals: {'met' if all(met) else 'NOT MET'}")
    return 0 if all(met) else 1


def _compare(name: str, share: int, rounds: int, *, nightly: bool) -> bool:
    case = _case(name)
    rows = NIGHTLY_ROWS if nightly else case.rows * share // 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / case.file
        case.write(path, rows)
        best: dict[str, dict[str, Any]] = {}
        for _ in range(1 if nightly else rounds):
            for engine in (*case.bare, "whole"):
                found = _in_process(name, engine, path)
                if engine not in best or found["seconds"] < best[engine]["seconds"]:
                    best[engine] = found
        size = path.stat().st_size / 1024**2
    whole = best.pop("whole")
    _agree(name, [found["totals"] for found in (*best.values(), whole)])
    fastest = min(best.values(), key=lambda found: float(found["seconds"]))
    ratio = whole["seconds"] / fastest["seconds"]
    print(f"{case.name:<14}{rows:,} rows, {size:,.0f} MiB")
    for engine, found in (*best.items(), ("whole", whole)):
        stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in found["stages"].items())
        shown = f"{found['seconds'] / fastest['seconds']:>7.2f}"
        print(
            f"{'':<14}{engine:<9}{found['seconds']:>8.2f}{found['cpu']:>8.2f}{shown}{found['memory']:>7.0f}   {stages}"
        )
    is_quick, is_small = ratio <= case.goal, whole["memory"] <= GOAL_MIB
    print(
        f"{'':<14}goal ≤ {case.goal:.0f}× the faster bare reading: {'met' if is_quick else 'NOT MET'} ({ratio:.2f}); "
        f"goal ≤ {GOAL_MIB} MiB: {'met' if is_small else 'NOT MET'} ({whole['memory']:.0f})",
        flush=True,
    )
    return is_quick and is_small


def _in_process(name: str, engine: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--case", name, "--run", engine, str(path)]
    environment = {**os.environ, **(FRUGAL if engine == "whole" else KEEPING)}
    run = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if run.returncode:
        raise SystemExit(f"{name} {engine}: {run.stderr}")
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def _measured(name: str, engine: str, file: str) -> dict[str, Any]:
    from bench.parsing_cases.shape import Watch, whole_path
    from core.garbage import collect_seldom

    case, watch = _case(name), Watch()
    with tempfile.TemporaryDirectory(dir=Path(file).parent) as folder:
        if engine == "whole":
            collect_seldom()  # as the processes of the platform do
        else:
            importlib.import_module(engine)
        start, busy = time.perf_counter(), time.process_time()
        if engine == "whole":
            totals = whole_path(case, Path(file), Path(folder), watch)
        else:
            totals = case.bare[engine](Path(file))
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = dict(watch.seconds)
    return {"totals": totals, "seconds": seconds, "cpu": cpu, "memory": memory, "stages": stages}


def _agree(name: str, totals: list[dict[str, float]]) -> None:
    first, *others = totals
    for other in others:
        for figure, value in first.items():
            if abs(other[figure] - value) > TOLERANCE * abs(value):
                raise SystemExit(f"{name}: the totals do not agree: {totals}")


def _case(name: str) -> Any:
    return importlib.import_module(f"bench.parsing_cases.{name}").CASE


if __name__ == "__main__":
    sys.exit(main())
