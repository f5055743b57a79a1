"""Output of the HPC Challenge suite (`hpccoutf.txt`): a summary of `Key=Value` lines and the outputs it embeds.

The embedded HPL block and `HPL_Tflops` tell one and the same result: it is one row. Source: HPCC 1.5, hpcc.c.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count
from evidence.parsers.logs.hpl_rows import HplRow, best_hpl_row, take_hpl_line, tell_hpl_faults
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.source import Source

_BANNER = b"HPC Challenge Benchmark"
_PAIR = re2.compile(r"^\s*([A-Za-z][A-Za-z0-9_]{1,60})=" + FIGURE_PATTERN + r"\s*$")
_CLOSE_ENOUGH = Fraction(1, 100)

# key in the summary: (fact, metric, unit); a null metric is a fact only
_KEYS: dict[str, tuple[str, str | None, str]] = {
    "Success": ("success", None, ""),
    "CommWorldProcs": ("processes", None, ""),
    "HPL_Tflops": ("hpl_tflops", None, ""),
    "HPL_N": ("hpl_n", None, ""),
    "HPL_time": ("hpl_time_s", None, ""),
    "PTRANS_GBs": ("ptrans_gb_s", "ptrans", "GB/s"),
    "StarDGEMM_Gflops": ("star_dgemm_gflops", "star_dgemm", "GFLOP/s"),
    "StarSTREAM_Copy": ("star_stream_copy_gb_s", None, ""),
    "StarSTREAM_Triad": ("star_stream_triad_gb_s", "star_stream_triad", "GB/s"),
    "MPIRandomAccess_GUPs": ("mpi_random_access_gups", "mpi_random_access", "GUP/s"),
    "MPIFFT_Gflops": ("mpi_fft_gflops", "mpi_fft", "GFLOP/s"),
    "RandomlyOrderedRingBandwidth_GBytes": ("ring_bandwidth_gb_s", "ring_bandwidth", "GB/s"),
    "RandomlyOrderedRingLatency_usec": ("ring_latency_us", "ring_latency", "us"),
}


class Hpcc:
    format = "hpcc"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="HPC Challenge 输出", en="Output of HPC Challenge")

    def recognises(self, source: Source) -> bool:
        return _BANNER in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        issues, hpl = Issues(), list[HplRow]()
        pairs: dict[str, tuple[Decimal, int]] = {}
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _PAIR.match(line):
                value = printed(found.group(2))
                if found.group(1) not in _KEYS or value is None:
                    continue
                pairs.setdefault(found.group(1), (value, lines))
            elif not take_hpl_line(hpl, line, lines):
                continue
            used += 1
        succeeded = "Success" in pairs and pairs["Success"][0] == 1
        if not succeeded:
            _tell_failure(pairs, issues)
        tell_hpl_faults(hpl, issues)
        best = best_hpl_row(hpl)
        _check(best, pairs, issues)
        facts: dict[str, Any] = {"status": _status(pairs)}
        for key, (name, _, _) in _KEYS.items():
            value = pairs[key][0] if key in pairs else None
            facts[name] = count(value) if name in ("processes", "hpl_n", "success") else value
        facts |= {
            "hpl_rows": len(hpl),
            "hpl_passed": sum(row.check == "PASSED" for row in hpl),
            "hpl_gflops": best.gflops if best else None,
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, _rows(pairs, best, _status(pairs)))},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=used,
        )


def _status(pairs: dict[str, tuple[Decimal, int]]) -> str:
    if "Success" not in pairs:
        return "incomplete"
    return "success" if pairs["Success"][0] == 1 else "failed"


def _rows(pairs: dict[str, tuple[Decimal, int]], hpl: HplRow | None, status: str) -> list[dict[str, Any]]:
    rows = [
        {
            "tool": "hpcc",
            "benchmark": metric,
            "status": status,
            "metric": metric,
            "value": pairs[key][0],
            "unit": unit,
            "line": pairs[key][1],
        }
        for key, (_, metric, unit) in _KEYS.items()
        if metric is not None and key in pairs
    ]
    if hpl is not None and status == "success":
        rows.append(
            {
                "tool": "hpcc",
                "benchmark": "HPL",
                "status": hpl.status,
                "duration_ms": int(hpl.time_s * 1000) if hpl.time_s < 10**12 else None,
                "metric": "rmax",
                "value": hpl.gflops,
                "unit": "GFLOP/s",
                "precision": "fp64",
                "line": hpl.line,
            }
        )
    return rows


def _check(hpl: HplRow | None, pairs: dict[str, tuple[Decimal, int]], issues: Issues) -> None:
    """Summary and embedded row tell one result; two different ones cannot both be true."""
    if hpl is None or "HPL_Tflops" not in pairs:
        return
    summary, line = pairs["HPL_Tflops"]
    if abs(Fraction(summary) * 1000 - Fraction(hpl.gflops)) > _CLOSE_ENOUGH * Fraction(hpl.gflops):
        issues.add(
            "conflicting_value",
            Text(
                zh=f"第 {line} 行的 HPL_Tflops 与第 {hpl.line} 行的结果不一致。",
                en=f"HPL_Tflops in line {line} differs from the result in line {hpl.line}.",
            ),
            where=Where(line=line),
        )


def _tell_failure(pairs: dict[str, tuple[Decimal, int]], issues: Issues) -> None:
    if "Success" not in pairs:
        tell_no_result(issues)
        return
    line = pairs["Success"][1]
    issues.add(
        "suite_failed",
        Text(
            zh=f"第 {line} 行 Success 不为 1，整套测试未成功。",
            en=f"Line {line}: Success is not 1; the suite did not succeed.",
        ),
        where=Where(line=line),
    )


PARSER = Hpcc()
