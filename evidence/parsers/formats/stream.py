"""Output of STREAM (memory bandwidth of the processors): four kernels, best rate in MB/s (10⁶ byte).

Source: STREAM 5.10, stream.c; the rates count only when the solution validates.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

KERNELS = ("copy", "scale", "add", "triad")
_HEADER = Mark(rb"Function\s+(?:Best )?Rate \(?MB/s\)?", b"MB/s")
_RATE = re2.compile(
    r"(?:^|[\s>:])(Copy|Scale|Add|Triad):\s+" + FIGURE_PATTERN + r"(?:\s+" + FIGURE_PATTERN + r"){3}\s*$"
)
_VERDICT = re2.compile(r"Solution Validates|Failed Validation")
_THREADS = re2.compile(r"Number of Threads counted\s*=\s*([0-9]{1,9})")
_ARRAY = re2.compile(r"Array size\s*=\s*([0-9]{1,15})")


class Stream:
    format = "stream"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="STREAM 内存带宽测试", en="STREAM memory bandwidth test")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_HEADER)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        rates: dict[str, tuple[Decimal, int]] = {}
        validates: bool | None = None
        counts: dict[str, int | None] = {"threads": None, "array_elements": None}
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _RATE.search(line):
                kernel, value = found.group(1).lower(), printed(found.group(2))
                if value is not None and (kernel not in rates or value > rates[kernel][0]):
                    rates[kernel] = (value, lines)
            elif found := _VERDICT.search(line):
                validates = validates is not False and found.group(0) == "Solution Validates"
            elif found := _THREADS.search(line):
                counts["threads"] = int(found.group(1))
            elif found := _ARRAY.search(line):
                counts["array_elements"] = int(found.group(1))
            else:
                continue
            used += 1
        status = {True: "success", False: "failed", None: "incomplete"}[validates if rates else None]
        _tell(status, rates, issues)
        rows = [
            {
                "tool": "stream",
                "benchmark": kernel,
                "status": status,
                "metric": "bandwidth",
                "value": rates[kernel][0],
                "unit": "MB/s",
                "line": rates[kernel][1],
            }
            for kernel in KERNELS
            if kernel in rates
        ]
        facts: dict[str, Any] = {"status": status, "validates": validates, **counts}
        facts |= {f"{kernel}_mb_s": rates[kernel][0] if kernel in rates else None for kernel in KERNELS}
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=used,
        )


def _tell(status: str, rates: dict[str, tuple[Decimal, int]], issues: Issues) -> None:
    if not rates:
        tell_no_result(issues)
    elif status != "success":
        issues.add(
            "not_validated",
            Text(
                zh="没有“Solution Validates”，结果未通过校验。",
                en="There is no `Solution Validates`: the result is not validated.",
            ),
            where=Where(line=min(line for _, line in rates.values())),
        )


PARSER = Stream()
