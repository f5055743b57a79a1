"""Output of GPCNeT (`network_test`, `network_load_test`): latency and bandwidth alone and under congestion.

A run whose every figure is one constant, or whose impact factors are all zero, measured nothing: it is degenerate.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import log_result, printed, table_of
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_ROWS = 10_000
LEAST_ROWS_TO_JUDGE = 3
_N = r"([0-9]{1,15}(?:\.[0-9]{1,6})?)"
_OWN = Mark(rb"Network(?:Load)? Tests v[0-9]", b" Tests v")
_ROW = re2.compile(r"^\|\s*(\S[^|]{0,60}?)\s*\|" + (r"\s*" + _N + r"\s*\|") * 6 + r"\s*(\S{1,20})\s*\|\s*$")
_FACTOR = re2.compile(r"^\|\s*(\S[^|]{0,60}?)\s*\|\s*" + _N + r"X\s*\|\s*" + _N + r"X\s*\|\s*$")
_SECTION = re2.compile(r"^\|\s{2,}(\S.{0,120}?Tests?.{0,60}?)\s{2,}\|\s*$")
_RANKS = re2.compile(r"Test with ([0-9]{1,9}) MPI ranks \(([0-9]{1,9}) nodes\)")


class Gpcnet:
    format = "gpcnet"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="GPCNeT 网络测试", en="GPCNeT network test")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues, rows = Issues(), list[dict[str, Any]]()
        factors: list[tuple[str, Decimal, Decimal]] = []
        constants: set[Decimal | None] = set()
        about: dict[str, int | None] = {"ranks": None, "nodes": None}
        section = ""
        lines = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if (found := _ROW.match(line)) and len(rows) < MOST_ROWS:
                constants |= {printed(digits) for digits in found.groups()[1:7]}
                rows.append(_row(section, found.group(1), printed(found.group(4)), found.group(8), lines))
            elif (found := _FACTOR.match(line)) and len(factors) < MOST_ROWS:
                average, tail = printed(found.group(2)), printed(found.group(3))
                factors.append((words(found.group(1)), average or Decimal(0), tail or Decimal(0)))
            elif found := _SECTION.match(line):
                section = words(found.group(1))
            elif found := _RANKS.search(line):
                about = {"ranks": int(found.group(1)), "nodes": int(found.group(2))}
        if not rows:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 GPCNeT 结果行。", en="The file holds no GPCNeT result row."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        flat = len(rows) >= LEAST_ROWS_TO_JUDGE and len(constants) == 1
        empty = bool(factors) and all(average == 0 and tail == 0 for _, average, tail in factors)
        status = "degenerate" if flat or empty else "success"
        if status == "degenerate":
            issues.add(
                "degenerate_run",
                Text(
                    zh="所有数值相同或拥塞影响系数全为零：测试没有真正运行，结果不能采用。",
                    en="Every figure is the same, or every impact factor is zero: nothing was measured.",
                ),
                where=Where(line=rows[0]["line"]),
                hint=Text(
                    zh="请检查节点数（拥塞测试需要足够多的节点）后重测。",
                    en="Check the number of nodes (congestion needs enough of them) and test again.",
                ),
            )
        for row in rows:
            row |= {"status": status, "nodes": about["nodes"]}
        facts = {
            "status": status,
            "lines": lines,
            **about,
            "rows": len(rows),
            "impact_factors": {name: {"avg": average, "p99": tail} for name, average, tail in factors[:100]},
            "impact_factor_max": max((average for _, average, _ in factors), default=None),
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=len(rows) + len(factors),
        )


def _row(section: str, name: str, average: Decimal | None, unit: str, line: int) -> dict[str, Any]:
    return {
        "tool": "gpcnet",
        "benchmark": words(name),
        "scenario": section or None,
        "metric": "latency" if unit == "usec" else "bandwidth",
        "value": average,
        "unit": words(unit),
        "line": line,
    }


PARSER = Gpcnet()
