"""Output of nccl-tests and rccl-tests: one or several runs of a collective over growing message sizes.

Columns are read from the right, because three to five stand before the timings, depending on operation and version.
GB = 10⁹ byte. The printed average covers all sizes, tiny ones too; capability is read at the large ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.collective_runs import COLLECTIVE_RUNS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.logs.collectives import bus_factor, operation_named_in
from evidence.parsers.logs.nccl_runs import (
    NcclRow,
    NcclRun,
    is_printed_in_full,
    printed_average,
    printed_figure,
)
from evidence.parsers.logs.repeats import tell_repeated_run
from evidence.parsers.text.log_lines import log_encoding, log_lines, text_of, words
from evidence.parsers.text.source import Source

_T = r"([0-9]{1,15}(?:\.[0-9]{1,9})?|N/A)"
_W = r"([0-9.]{1,15}(?:e[+-]?[0-9]{1,2})?|N/A)"
_ROW = re2.compile(
    r"(?:^|[\s:>])([0-9]{1,15})\s+([0-9]{1,15})\s+([a-z][a-z0-9_]*)(?:\s+([a-z]+))?(?:\s+(-?[0-9]+))?\s+"
    + r"\s+".join([_T, _T, _T, _W] * 2)
    + r"\s*$"
)
_HEADER = re2.compile(r"nThread\s+\d+\s+nGpus\s+\d+\s+minBytes\s+\d+\s+maxBytes\s+\d+")
_HEADER_BYTES = re2.compile(rb"nThread\s+\d+\s+nGpus\s+\d+\s+minBytes\s+\d+|\btime\s+algbw\s+busbw\s+(?:#wrong|error)")
_DEVICE = re2.compile(
    r"Rank\s+(\d+)\s+(?:\[?Group\s*\d+\]?\s+)?Pid\s+\d+\s+on\s+(\S+)\s+device\s+\d+\s+\[[^\]]*\]\s*(.*?)\s*$"
)
_BOUNDS = re2.compile(r"Out of bounds values\s*:\s*(\d{1,15})\s+(\w+)")
_AVERAGE = re2.compile(r"Avg bus bandwidth\s*:\s*([0-9][0-9.eE+-]*)")
_STARTING = re2.compile(r"Collective test starting:\s*(\w+)")
_PROGRAM = re2.compile(r"(\w+_perf)\b")
_ORIGINAL = Text(
    zh="请上传未经编辑的完整原始输出；若文件名写明集合操作，请核对是否写对。",
    en="Upload the original output, whole and unedited; where the file name tells the operation, see that it is right.",
)


class NcclTests:
    format = "nccl_tests"
    version = "7"
    title = Text(zh="nccl-tests / rccl-tests 输出", en="Output of nccl-tests or rccl-tests")
    kinds = (COLLECTIVE_RUNS.name,)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return b"busbw" in opening and _HEADER_BYTES.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        reader = _Reader(source)
        runs = _different((run for run in reader.runs() if run.rows), issues)
        if not runs:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 nccl-tests 结果行。", en="The file holds no result row of nccl-tests."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        facts, columns = [], _Columns()
        for number, run in enumerate(runs):
            run.judge(_operation(run, source.name, issues))
            _check(run, issues)
            columns.take(run, number)
            facts.append(_facts(run))
        return ParseResult(
            facts=facts[0] if len(facts) == 1 else {},
            runs=tuple(facts) if len(facts) > 1 else (),
            tables={COLLECTIVE_RUNS.name: COLLECTIVE_RUNS.table(columns.values)},
            coverage=Coverage(reader.lines_read, sum(len(run.rows) for run in runs), 0),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=log_encoding(source),
        )


class _Reader:
    """Walks the lines and cuts them into runs at each header of the tool."""

    def __init__(self, source: Source) -> None:
        self.lines_read = 0
        self._source = source

    def runs(self) -> Iterator[NcclRun]:
        run, named = NcclRun(1), None
        for number, raw in log_lines(self._source):
            self.lines_read, line = number, text_of(raw)
            if match := _STARTING.search(line) or _PROGRAM.search(line):
                named = operation_named_in(match.group(1)) or named
            if _HEADER.search(line) or (run.average is not None and _DEVICE.search(line)):
                yield run
                run = NcclRun(number)
            run.operation = run.operation or named
            _take(run, line, number)
        if run.average_may_go_on_in == self.lines_read and not self._source.has_last_line_end:
            run.average = None
        yield run


def _different(runs: Iterable[NcclRun], issues: Issues) -> list[NcclRun]:
    """The runs without those whose lines are word for word those of an earlier one."""
    first: dict[tuple[bytes, str | None], NcclRun] = {}
    for run in runs:
        known = first.setdefault((run.content, run.operation), run)
        if known is not run:
            tell_repeated_run(run.line, known.line, issues)
    return list(first.values())


def _take(run: NcclRun, line: str, number: int) -> None:
    """Take what a line tells of the run; a line that tells nothing is no part of it."""
    if _told(run, line, number):
        run.content = hashlib.sha256(run.content + line.strip().encode()).digest()


def _told(run: NcclRun, line: str, number: int) -> bool:
    if match := _ROW.search(line):
        size, _, _, redop, root = match.groups()[:5]
        leading = 3 + (redop is not None) + (root is not None)
        run.rows.append(NcclRow(number, int(size), redop, leading, match.groups()[5:9], match.groups()[9:13]))
    elif match := _DEVICE.search(line):
        run.hosts[int(match.group(1)[:9])] = words(match.group(2))
        run.devices.append(words(match.group(3)))
    elif match := _BOUNDS.search(line):
        run.bounds = (int(match.group(1)), words(match.group(2)))
    elif match := _AVERAGE.search(line):
        run.average = printed_average(match.group(1))
        may_go_on = match.end() == len(line) and not is_printed_in_full(match.group(1))
        run.average_may_go_on_in = number if may_go_on else None
    elif "algbw" in line and "busbw" in line:
        run.errors_are_figures = "#wrong" not in line
    else:
        return _HEADER.search(line) is not None
    return True


def _operation(run: NcclRun, name: str, issues: Issues) -> str:
    """The operation as the program, else the file name, else the figures themselves name it."""
    named = run.operation or operation_named_in(name)
    if named is not None:
        return named
    inferred = _inferred_operation(run)
    issues.add(
        "operation_not_named",
        Text(
            zh=f"输出没有写明集合操作，按数值关系判定为 {inferred}。",
            en=f"The output does not name its operation; the figures fit {inferred}.",
        ),
        where=Where(line=run.rows[0].line),
        severity=Severity.WARNING if inferred == "unknown" else Severity.INFO,
        hint=Text(
            zh="请在文件名中写明操作，例如 all_reduce.log。",
            en="Name the operation in the file name, such as all_reduce.log.",
        ),
    )
    return inferred


def _inferred_operation(run: NcclRun) -> str:
    """From the bus bandwidths where a reduction is named; unknown where several operations fit.

    Without a reduction nothing can be told: all_gather and alltoall share their factor, broadcast and sendrecv too.
    Most rows decide, so that one edited row shows instead of hiding the operation.
    """
    telling = [row for row in run.rows if row.redop not in (None, "none") and _is_fast(row)]
    fitting = [
        operation
        for operation in ("all_reduce", "reduce_scatter", "reduce")
        if (factor := bus_factor(operation, run.ranks)) is not None
        and sum(row.is_consistent(factor) for row in telling) * 2 > len(telling)
    ]
    return fitting[0] if len(fitting) == 1 else "unknown"


def _is_fast(row: NcclRow) -> bool:
    """Whether the row's figures have enough digits to tell one factor from another."""
    algbw = printed_figure(row.out_of_place[1])
    return algbw is not None and algbw >= 1


def _check(run: NcclRun, issues: Issues) -> None:
    """What makes a run doubtful: no validation, wrong results, a cut table, figures that do not fit each other."""
    start = Where(line=run.line)
    if missing := run.missing_end:
        issues.add(
            "no_end_of_run",
            Text(
                zh=f"没有完整的“{missing}”结尾行：运行未结束或输出被截断。",
                en=f"There is no whole `{missing}` line: the run did not end or the output is cut short.",
            ),
            where=start,
            hint=Text(
                zh="请上传直到“Avg bus bandwidth”行为止的完整输出。",
                en="Upload the whole output, down to its line `Avg bus bandwidth`.",
            ),
        )
    if wrong := run.found_wrong:
        issues.add(
            "out_of_bounds",
            Text(
                zh=f"通信结果有 {wrong[0]} 个值出错（{wrong[1]}），不能作为成绩。",
                en=f"{wrong[0]} values of the results are wrong ({wrong[1]}); they do not count.",
            ),
            where=start,
            severity=Severity.ERROR,
        )
    if not run.hosts:
        issues.add(
            "no_ranks",
            Text(
                zh="没有设备列表，参与的卡数未知，结果行未采用。",
                en="There is no list of devices, so the ranks are unknown and the rows are not used.",
            ),
            where=start,
            hint=Text(
                zh="请上传包含“Using devices”部分的完整输出。", en="Upload the whole output, with `Using devices`."
            ),
        )
    if not run.is_validated:
        issues.add(
            "not_validated",
            Text(
                zh="未校验结果（-c 0），证据等级降低。", en="Results were not validated (-c 0); the evidence is weaker."
            ),
            where=start,
            severity=Severity.INFO,
            hint=Text(zh="请用 -c 1 重新运行。", en="Run again with -c 1."),
        )
    _check_figures(run, issues)


def _check_figures(run: NcclRun, issues: Issues) -> None:
    """Figures that contradict each other; the error keeps the file from being used, since one of them was changed."""
    if odd := run.odd_rows:
        issues.add(
            "bandwidth_mismatch",
            Text(
                zh=f"第 {odd[0].line} 行的带宽与消息大小、耗时不符（共 {len(odd)} 行），疑似被修改。",
                en=(
                    f"Line {odd[0].line}: bandwidth does not follow from size and time ({len(odd)} rows); "
                    f"was it edited?"
                ),
            ),
            where=Where(line=odd[0].line),
            severity=Severity.ERROR,
            times=len(odd),
            hint=_ORIGINAL,
        )
    if run.has_other_average:
        issues.add(
            "average_mismatch",
            Text(
                zh=f"打印的平均总线带宽为 {run.average}，由各行计算为 {run.mean_busbw}：缺少部分行，或输出被修改。",
                en=(
                    f"The printed average bus bandwidth is {run.average}; the rows give {run.mean_busbw}: "
                    f"rows are missing, or the output was edited."
                ),
            ),
            where=Where(line=run.rows[-1].line),
            severity=Severity.ERROR,
            hint=_ORIGINAL,
        )


def _facts(run: NcclRun) -> dict[str, Any]:
    largest = max(run.rows, key=lambda row: row.size)
    printed = [] if run.is_contradictory else run.busbws
    best, best_size = max(printed, key=lambda pair: pair[0]) if printed else (None, None)
    return {
        "operation": run.operation,
        "status": run.status,
        "validated": run.is_validated,
        "ranks": run.ranks or None,
        "nodes": run.nodes,
        "device": run.device,
        "rows": len(run.rows),
        "leading_columns": max(row.leading for row in run.rows),
        "size_min_bytes": min(row.size for row in run.rows),
        "size_max_bytes": largest.size,
        "busbw_max_gb_s": best,
        "busbw_max_size_bytes": best_size,
        "busbw_largest_out_of_place_gb_s": printed_figure(largest.out_of_place[2]),
        "busbw_largest_in_place_gb_s": printed_figure(largest.in_place[2]),
        "busbw_avg_gb_s": run.average,
        "busbw_mean_gb_s": run.mean_busbw,
        "out_of_bounds": None if run.bounds is None else run.bounds[0],
        "out_of_bounds_status": None if run.bounds is None else run.bounds[1],
        "wrong_values": sorted({wrong for row in run.rows for wrong in (row.out_of_place[3], row.in_place[3])})[:10],
    }


class _Columns:
    """The rows of all runs as columns of `collective_runs`; places printed as N/A have no row, nor have runs that
    contradict themselves.
    """

    def __init__(self) -> None:
        names = [column.name for column in COLLECTIVE_RUNS.columns if column.name != "cell"]
        self.values: dict[str, list[Any]] = {name: [] for name in names}

    def take(self, run: NcclRun, number: int) -> None:
        operation, nodes, device, ranks = run.operation, run.nodes, run.device, run.ranks
        ended = run.missing_end is None
        for row in run.rows if ranks and not run.is_contradictory else ():
            for in_place, figures in ((False, row.out_of_place), (True, row.in_place)):
                time, algbw, busbw = (printed_figure(text) for text in figures[:3])
                if time is None or algbw is None or busbw is None:
                    continue
                cells = (number, "nccl_tests", operation, ranks, nodes, device, row.size, in_place, time, algbw, busbw)
                closing = (run.wrong_values(figures[3]), ended, row.line)
                for values, cell in zip(self.values.values(), (*cells, *closing), strict=True):
                    values.append(cell)


PARSER = NcclTests()
