"""Output of Ascend's hccl_test: time and algorithm bandwidth of a collective over growing sizes.

The table names neither ranks nor bus bandwidth: ranks come from the command line echoed above it, the bus bandwidth is
derived. Where every rank prints its row, the slowest counts. GB = 10⁹ byte; `aveg_time` is the tool's own spelling.
A row whose bandwidth is not its size by its time was changed by somebody: nothing of its run is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import decimal_of_fraction, measured, rounded
from core.text import Text
from evidence.observations.collective_runs import COLLECTIVE_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.logs.collectives import bus_factor, operation_named_in
from evidence.parsers.logs.results import log_result, printed, table_of
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_RUNS = 1000
MOST_SIZES = 10_000
_TOLERANCE = Fraction(2, 100)
_N = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_HEADING = re2.compile(r"data_size\(Bytes\):?\s*\|\s*ave?g_time\(us\):?\s*\|\s*alg_bandwidth\(GB/s\)")
_OWN = Mark(rb"data_size\(Bytes\):?\s*\|\s*ave?g_time\(us\)", b"data_size(Bytes)")
_ROW = re2.compile(
    r"(?:^|[\s:>|])([0-9]{1,15})\s*\|\s*" + _N + r"\s*\|\s*" + _N + r"\s*\|\s*(success|failed|NULL)\s*\|?\s*$"
)
_PROGRAM = re2.compile(r"([a-z_]{4,30}_test)\b")
_RANKS = re2.compile(r"mpirun\b.{0,400}?\s-(?:n|np)\s+([0-9]{1,6})\b")
_PER_NODE = re2.compile(r"_test\b.{0,400}?\s-p\s+([0-9]{1,4})\b")


@dataclass(slots=True)
class _Run:
    """One table: its rows by size, the slowest of each, and what the command line above it said."""

    line: int
    operation: str | None
    ranks: int | None
    per_node: int | None
    rows: dict[int, tuple[Decimal, Decimal, str, int]] = field(default_factory=dict)
    odd: list[int] = field(default_factory=list)  # lines whose bandwidth does not follow


class HcclTest:
    format = "hccl_test"
    version = "2"
    kinds = (COLLECTIVE_RUNS.name,)
    title = Text(zh="昇腾 hccl_test 输出", en="Output of Ascend hccl_test")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues, runs = Issues(), list[_Run]()
        operation: str | None = operation_named_in(source.name)
        ranks = per_node = None
        lines = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _PROGRAM.search(line):
                operation = operation_named_in(found.group(1)) or operation
            if found := _RANKS.search(line):
                ranks, per_node = int(found.group(1)), None
            if found := _PER_NODE.search(line):
                per_node = int(found.group(1))
            if _HEADING.search(line) and len(runs) < MOST_RUNS:
                runs.append(_Run(lines, operation, ranks, per_node))
            elif runs and (found := _ROW.search(line)):
                _take(runs[-1], found.groups(), lines)
        runs = [run for run in runs if run.rows]
        if not runs:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 hccl_test 结果行。", en="The file holds no result row of hccl_test."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        rows, facts = [], []
        for number, run in enumerate(runs):
            rows += _rows(run, number, issues)
            facts.append(_facts(run))
        return log_result(
            source,
            tables={COLLECTIVE_RUNS.name: table_of(COLLECTIVE_RUNS, rows)},
            facts=facts,
            issues=issues,
            lines=lines,
            used=sum(len(run.rows) for run in runs),
        )


def _take(run: _Run, cells: tuple[str, ...], line: int) -> None:
    size, time, bandwidth = int(cells[0]), printed(cells[1]), printed(cells[2])
    if time is None or bandwidth is None or (size not in run.rows and len(run.rows) >= MOST_SIZES):
        return
    if not _follows(size, time, bandwidth):
        run.odd.append(line)
    known = run.rows.get(size)
    if known is None or time > known[0]:
        verdict = "failed" if "failed" in (cells[3], known[2] if known else "") else cells[3]
        run.rows[size] = (time, bandwidth, verdict, line)
    elif cells[3] == "failed":
        run.rows[size] = (known[0], known[1], "failed", known[3])


def _factor(run: _Run) -> Fraction | None:
    return bus_factor(run.operation or "", run.ranks or 0)


def _nodes(run: _Run) -> int | None:
    if run.ranks is None or not run.per_node or run.ranks % run.per_node:
        return None
    return run.ranks // run.per_node


def _rows(run: _Run, number: int, issues: Issues) -> list[dict[str, Any]]:
    if run.odd:
        _tell_contradiction(run, issues)
        return []
    factor = _factor(run)
    where = Where(line=run.line)
    if factor is None:
        issues.add(
            "no_ranks",
            Text(
                zh="没有启动命令行（mpirun -n … all_reduce_test -p …），卡数或操作未知，结果行未采用。",
                en="The command line (mpirun -n … all_reduce_test -p …) is missing: ranks or operation are unknown, "
                "the rows are not used.",
            ),
            where=where,
            hint=Text(zh="请用 set -x 连同命令一起记录输出。", en="Record the output with its command (set -x)."),
        )
        return []
    if any(verdict == "failed" for _, _, verdict, _ in run.rows.values()):
        issues.add(
            "out_of_bounds",
            Text(zh="集合通信结果校验失败。", en="The collective returned wrong values."),
            where=where,
            severity=Severity.ERROR,
        )
    if all(verdict == "NULL" for _, _, verdict, _ in run.rows.values()):
        issues.add(
            "not_validated",
            Text(zh="结果未校验（check_result 为 NULL）。", en="The results were not checked (check_result NULL)."),
            where=where,
            severity=Severity.INFO,
        )
    rows = []
    for size, (time, bandwidth, verdict, line) in run.rows.items():
        rows.append(
            {
                "run": number,
                "tool": "hccl_test",
                "operation": run.operation,
                "ranks": run.ranks,
                "nodes": _nodes(run),
                "size_bytes": size,
                "in_place": False,
                "time_us": time,
                "algbw_gb_s": bandwidth,
                "busbw_gb_s": rounded(decimal_of_fraction(Fraction(bandwidth) * factor), 9),
                "wrong": {"success": 0, "failed": 1}.get(verdict),
                "line": line,
            }
        )
    return rows


def _tell_contradiction(run: _Run, issues: Issues) -> None:
    """The error keeps the file from being used, since one of the figures was changed."""
    line, rows = run.odd[0], len(run.odd)
    issues.add(
        "bandwidth_mismatch",
        Text(
            zh=f"第 {line} 行的带宽与数据量、耗时不符（共 {rows} 行），疑似被修改。",
            en=f"Line {line}: bandwidth does not follow from size and time ({rows} rows); was it edited?",
        ),
        where=Where(line=line),
        severity=Severity.ERROR,
        times=rows,
        hint=Text(zh="请上传未经编辑的完整原始输出。", en="Upload the whole output as the tool wrote it."),
    )


def _follows(size: int, time: Decimal, bandwidth: Decimal) -> bool:
    """Bandwidth = bytes ÷ µs ÷ 1000, within the digits it is printed with."""
    if not time:
        return False
    own = Fraction(size) / Fraction(time) / 1000
    return abs(own - Fraction(bandwidth)) <= _TOLERANCE * own + Fraction(1, 100_000)


def _facts(run: _Run) -> dict[str, Any]:
    factor = _factor(run)
    largest = max(run.rows)
    best = max(bandwidth for _, bandwidth, _, _ in run.rows.values())
    failed = any(verdict == "failed" for _, _, verdict, _ in run.rows.values())
    return {
        "operation": run.operation or "unknown",
        "status": "contradictory" if run.odd else "failed" if failed else "success",
        "validated": any(verdict != "NULL" for _, _, verdict, _ in run.rows.values()),
        "ranks": run.ranks,
        "nodes": _nodes(run),
        "rows": len(run.rows),
        "size_min_bytes": min(run.rows),
        "size_max_bytes": largest,
        "algbw_max_gb_s": best,
        "algbw_largest_gb_s": run.rows[largest][1],
        "busbw_max_gb_s": None if factor is None or run.odd else measured(Fraction(best) * factor),
    }


PARSER = HcclTest()
