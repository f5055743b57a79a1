"""Output of High-Performance Linpack (`HPL.out`), also of the builds of NVIDIA and Intel: rows with a residual check.

Progress per column (`Column=… Gflops=…`, `Mflops=…`) is no result. Mixed-precision runs are another format and are
never compared with this one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import re2

from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.instants import Clock
from evidence.parsers.columns.local_times import iso_of_c_library
from evidence.parsers.logs.hpl_rows import HplRow, best_hpl_row, take_hpl_line, tell_hpl_faults
from evidence.parsers.logs.results import log_result, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_OWN = Mark(
    rb"HPLinpack [0-9]|T/V\s+N\s+NB\s+P\s+Q\s+Time\s+Gflops|Column=[0-9]+\s+Fraction=.{1,60}[GM]flops=|HPL-NVIDIA",
    *(b"HPLinpack ", b"Gflops", b"Fraction=", b"HPL-NVIDIA"),
)
_OTHERS = re2.compile(rb"HPC Challenge Benchmark|HPL[-_]MxP|HPL[-_]AI|hpl[-_]mxp|LU GFLOPS")
_PROGRESS = re2.compile(r"Column=[0-9]+\s+Fraction=")
_FINISHED = re2.compile(r"([0-9]{1,9}) tests (completed and passed|completed and failed|skipped because)")
_COUNTS = {
    "completed and passed": "tests_passed",
    "completed and failed": "tests_failed",
    "skipped because": "tests_skipped",
}


class Hpl:
    format = "hpl"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="HPL（Linpack）输出", en="Output of HPL (Linpack)")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN) and _OTHERS.search(source.opening_in_utf8) is None

    def parse(self, source: Source) -> ParseResult:
        issues, rows = Issues(), list[HplRow]()
        counts: dict[str, int | None] = dict.fromkeys(_COUNTS.values())
        lines = used = progress = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if _PROGRESS.search(line):
                progress += 1
            elif found := _FINISHED.search(line):
                counts[_COUNTS[found.group(2)]] = int(found.group(1))
            elif not take_hpl_line(rows, line, lines):
                continue
            else:
                used += 1
        tell_hpl_faults(rows, issues)
        if not rows:
            tell_no_result(issues)
        best = best_hpl_row(rows)
        table = table_of(BENCHMARK_RUNS, _table_rows(rows, source, issues))
        facts = {
            "status": best.status if best else (rows[-1].status if rows else "incomplete"),
            "rmax_gflops": best.gflops if best else None,
            "variant": best.variant if best else None,
            "n": best.n if best else None,
            "nb": best.nb if best else None,
            "p": best.p if best else None,
            "q": best.q if best else None,
            "time_s": best.time_s if best else None,
            "rows": len(rows),
            "passed": sum(row.check == "PASSED" for row in rows),
            "failed": sum(row.check == "FAILED" for row in rows),
            **counts,
            "progress_lines": progress,
        }
        return log_result(
            source, tables={BENCHMARK_RUNS.name: table}, facts=[facts], issues=issues, lines=lines, used=used
        )


def _table_rows(rows: list[HplRow], source: Source, issues: Issues) -> list[dict[str, Any]]:
    started, ended = _instants(rows, source, issues)
    return [
        {
            "tool": "hpl",
            "benchmark": "HPL",
            "status": row.status,
            "started_at": started[index],
            "stopped_at": ended[index],
            "duration_ms": int(row.time_s * 1000) if row.time_s < 10**12 else None,
            "metric": "rmax",
            "value": row.gflops,
            "unit": "GFLOP/s",
            "precision": "fp64",
            "accelerators": _cards(row),
            "line": row.line,
        }
        for index, row in enumerate(rows)
    ]


def _cards(row: HplRow) -> int | None:
    """How many cards solved it, where the build prints the rate per card too."""
    if not row.gflops_per_card:
        return None
    cards = row.gflops / row.gflops_per_card
    return round(cards) if 0 < round(cards) <= row.p * row.q else None


def _instants(
    rows: list[HplRow], source: Source, issues: Issues
) -> tuple[list[dt.datetime | None], list[dt.datetime | None]]:
    """Start and end of each row; they are local times, so they need the zone declared at upload."""
    if source.timezone is None or not any(row.started or row.ended for row in rows):
        return [None] * len(rows), [None] * len(rows)
    clock, lines = Clock(source.timezone, issues), pa.array([row.line for row in rows], pa.int64())
    read = [
        clock.read(pa.array([text and iso_of_c_library(text) for text in texts], pa.string()), lines)[0].to_pylist()
        for texts in ([row.started for row in rows], [row.ended for row in rows])
    ]
    clock.close()
    return read[0], read[1]


PARSER = Hpl()
