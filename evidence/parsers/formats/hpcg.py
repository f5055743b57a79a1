"""Output of HPCG: the summary file of the reference code (`HPCG-Benchmark_*.txt`) or the console of NVIDIA's build.

Only the final rating counts, and only a valid one; the expected or running figure is progress.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_OWN = Mark(
    rb"HPCG-Benchmark|HPCG result is|Reference SpMV\+MG|(?m:^\s*final\s*=\s*[0-9.]+ GF \()|SymGS\s*=\s*[0-9.]+ GF",
    *(b"HPCG", b"Reference SpMV+MG", b" GF"),
)
_REFERENCE = re2.compile(r"HPCG result is (VALID|INVALID)(?:.{0,60}rating of\s*[=:]\s*" + FIGURE_PATTERN + ")?")
_CONSOLE = re2.compile(
    r"^\s*(SpMV|SymGS|total|final)\s*=\s*"
    + FIGURE_PATTERN
    + r" GF \(\s*"
    + FIGURE_PATTERN
    + r" GB/s Effective\)\s+"
    + FIGURE_PATTERN
    + r" GF_per"
)
_GRID = re2.compile(r"([0-9]{1,6})x([0-9]{1,6})x([0-9]{1,6}) process grid")
_PROCESSES = re2.compile(r"Distributed Processes\s*=\s*([0-9]{1,9})")
_TIME = re2.compile(r"(?:Benchmark Time Summary::Total\s*=|^\s*Total Time:)\s*" + FIGURE_PATTERN)


class Hpcg:
    format = "hpcg"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="HPCG 输出", en="Output of HPCG")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        facts: dict[str, Any] = {"status": "incomplete", "rating_gflops": None, "processes": None, "time_s": None}
        rating: tuple[Decimal, int] | None = None
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _REFERENCE.search(line):
                facts["status"] = "success" if found.group(1) == "VALID" else "invalid"
                if (value := printed(found.group(2))) is not None:
                    rating = (value, lines)
            elif found := _CONSOLE.match(line):
                name = found.group(1).lower()
                facts[f"{name}_gflops"] = printed(found.group(2))
                facts[f"{name}_gb_s"] = printed(found.group(3))
                if name == "final" and (value := printed(found.group(2))) is not None:
                    rating, facts["status"] = (value, lines), "success"
            elif found := _GRID.search(line):
                x, y, z = (int(digits) for digits in found.groups())
                facts["processes"] = count(x * y * z)
            elif found := _PROCESSES.search(line):
                facts["processes"] = int(found.group(1))
            elif found := _TIME.search(line):
                facts["time_s"] = printed(found.group(1))
            else:
                continue
            used += 1
        if rating is None:
            facts["status"] = "invalid" if facts["status"] == "invalid" else "incomplete"
        facts["rating_gflops"] = rating[0] if rating else None
        _tell(facts, rating, issues)
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, _rows(facts, rating))},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=used,
        )


def _rows(facts: dict[str, Any], rating: tuple[Decimal, int] | None) -> list[dict[str, Any]]:
    if rating is None:
        return []
    return [
        {
            "tool": "hpcg",
            "benchmark": "HPCG",
            "status": facts["status"],
            "metric": "rating",
            "value": rating[0],
            "unit": "GFLOP/s",
            "precision": "fp64",
            "line": rating[1],
        }
    ]


def _tell(facts: dict[str, Any], rating: tuple[Decimal, int] | None, issues: Issues) -> None:
    if facts["status"] == "invalid":
        issues.add(
            "run_invalid",
            Text(zh="HPCG 判定结果为 INVALID，不能作为成绩。", en="HPCG calls its result INVALID; it does not count."),
            where=Where(line=rating[1] if rating else None),
        )
    elif rating is None:
        tell_no_result(issues)


PARSER = Hpcg()
