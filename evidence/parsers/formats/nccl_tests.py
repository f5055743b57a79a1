"""Output of nccl-tests and rccl-tests: one or several runs of a collective over growing message sizes.

Columns are read from the right, because three to five stand before the timings, depending on operation and version.
GB = 10⁹ byte. The printed average covers all sizes, tiny ones too; capability is read at the large ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import measured
from core.text import Text
from evidence.observations.collective_runs import COLLECTIVE_RUNS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.collectives import bus_factor, operation_named_in
from evidence.parsers.log_lines import log_encoding, log_lines, log_opening, text_of, words
from evidence.parsers.repeats import tell_repeated_run
from evidence.parsers.source import Source

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
_AVERAGE = re2.compile(r"Avg bus bandwidth\s*:\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)")
_STARTING = re2.compile(r"Collective test starting:\s*(\w+)")
_PROGRAM = re2.compile(r"(\w+_perf)\b")
_NONE_WRONG = (0, "OK")
_CLOSE_ENOUGH = Decimal("0.01")  # the tool prints three significant figures and two decimals


@dataclass(slots=True)
class _Run:
    """One table of results with what stands around it."""

    line: int
    content: bytes = b""  # digest of the lines that made it, as they stand
    operation: str | None = None
    hosts: dict[int, str] = field(default_factory=dict)
    devices: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    errors_are_figures: bool = False
    bounds: tuple[int, str] | None = None
    average: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One message size: what stood before the timings, then time, algbw, busbw, wrong out of place and in place."""

    line: int
    size: int
    redop: str | None
    leading: int
    out_of_place: tuple[str, str, str, str]
    in_place: tuple[str, str, str, str]


class NcclTests:
    format = "nccl_tests"
    version = "3"
    title = Text(zh="nccl-tests / rccl-tests 输出", en="Output of nccl-tests or rccl-tests")
    kinds = (COLLECTIVE_RUNS.name,)

    def recognises(self, source: Source) -> bool:
        opening = log_opening(source)
        return b"busbw" in opening and _HEADER_BYTES.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        reader = _Reader(log_lines(source))
        runs = _different((run for run in reader.runs() if run.rows), issues)
        if not runs:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 nccl-tests 结果行。", en="The file holds no result row of nccl-tests."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        facts, columns = [], _Columns()
        for number, run in enumerate(runs):
            operation = _operation(run, source.name, issues)
            _check(run, operation, issues)
            columns.take(run, number, operation)
            facts.append(_facts(run, operation))
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

    def __init__(self, lines: Iterable[tuple[int, bytes]]) -> None:
        self.lines_read = 0
        self._lines = lines

    def runs(self) -> Iterator[_Run]:
        run, named = _Run(1), None
        for number, raw in self._lines:
            self.lines_read, line = number, text_of(raw)
            if match := _STARTING.search(line) or _PROGRAM.search(line):
                named = operation_named_in(match.group(1)) or named
            if _HEADER.search(line) or (run.average is not None and _DEVICE.search(line)):
                yield run
                run = _Run(number)
            run.operation = run.operation or named
            _take(run, line, number)
        yield run


def _different(runs: Iterable[_Run], issues: Issues) -> list[_Run]:
    """The runs without those whose lines are word for word those of an earlier one."""
    first: dict[tuple[bytes, str | None], _Run] = {}
    for run in runs:
        known = first.setdefault((run.content, run.operation), run)
        if known is not run:
            tell_repeated_run(run.line, known.line, issues)
    return list(first.values())


def _take(run: _Run, line: str, number: int) -> None:
    """Take what a line tells of the run; a line that tells nothing is no part of it."""
    if _told(run, line, number):
        run.content = hashlib.sha256(run.content + line.strip().encode()).digest()


def _told(run: _Run, line: str, number: int) -> bool:
    if match := _ROW.search(line):
        size, _, _, redop, root = match.groups()[:5]
        leading = 3 + (redop is not None) + (root is not None)
        run.rows.append(_Row(number, int(size), redop, leading, match.groups()[5:9], match.groups()[9:13]))
    elif match := _DEVICE.search(line):
        run.hosts[int(match.group(1)[:9])] = words(match.group(2))
        run.devices.append(words(match.group(3)))
    elif match := _BOUNDS.search(line):
        run.bounds = (int(match.group(1)), words(match.group(2)))
    elif match := _AVERAGE.search(line):
        run.average = Decimal(match.group(1))
    elif "algbw" in line and "busbw" in line:
        run.errors_are_figures = "#wrong" not in line
    else:
        return _HEADER.search(line) is not None
    return True


def _operation(run: _Run, name: str, issues: Issues) -> str:
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


def _inferred_operation(run: _Run) -> str:
    """From the bus bandwidths where a reduction is named; unknown where several operations fit.

    Without a reduction nothing can be told: all_gather and alltoall share their factor, broadcast and sendrecv too.
    Most rows decide, so that one edited row shows instead of hiding the operation.
    """
    telling = [row for row in run.rows if row.redop not in (None, "none") and _is_fast(row)]
    fitting = [
        operation
        for operation in ("all_reduce", "reduce_scatter", "reduce")
        if (factor := bus_factor(operation, len(run.hosts))) is not None
        and sum(_consistent(row, factor) for row in telling) * 2 > len(telling)
    ]
    return fitting[0] if len(fitting) == 1 else "unknown"


def _is_fast(row: _Row) -> bool:
    """Whether the row's figures have enough digits to tell one factor from another."""
    algbw = _number(row.out_of_place[1])
    return algbw is not None and algbw >= 1


def _check(run: _Run, operation: str, issues: Issues) -> None:
    """What makes a run doubtful: no validation, wrong results, a cut table, figures that do not fit each other."""
    start = Where(line=run.line)
    if missing := _missing_end(run):
        issues.add(
            "no_end_of_run",
            Text(
                zh=f"没有“{missing}”结尾行：运行未结束或输出被截断。",
                en=f"There is no `{missing}` line: the run did not end or the output is cut short.",
            ),
            where=start,
            hint=Text(
                zh="请上传直到“Avg bus bandwidth”行为止的完整输出。",
                en="Upload the whole output, down to its line `Avg bus bandwidth`.",
            ),
        )
    if run.bounds is not None and run.bounds != _NONE_WRONG:
        issues.add(
            "out_of_bounds",
            Text(
                zh=f"通信结果有 {run.bounds[0]} 个值出错（{run.bounds[1]}），不能作为成绩。",
                en=f"{run.bounds[0]} values of the results are wrong ({run.bounds[1]}); they do not count.",
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
    if not _validated(run):
        issues.add(
            "not_validated",
            Text(
                zh="未校验结果（-c 0），证据等级降低。", en="Results were not validated (-c 0); the evidence is weaker."
            ),
            where=start,
            severity=Severity.INFO,
            hint=Text(zh="请用 -c 1 重新运行。", en="Run again with -c 1."),
        )
    _check_average(run, issues)
    factor = bus_factor(operation, len(run.hosts))
    wrong = [row for row in run.rows if factor is not None and not _consistent(row, factor)]
    if wrong:
        issues.add(
            "bandwidth_mismatch",
            Text(
                zh=f"第 {wrong[0].line} 行的带宽与消息大小、耗时不符（共 {len(wrong)} 行），疑似被修改。",
                en=(
                    f"Line {wrong[0].line}: bandwidth does not follow from size and time ({len(wrong)} rows); "
                    f"was it edited?"
                ),
            ),
            where=Where(line=wrong[0].line),
            times=len(wrong),
            hint=Text(zh="请上传未经编辑的原始输出。", en="Upload the original output, unedited."),
        )


def _check_average(run: _Run, issues: Issues) -> None:
    mean = _mean_busbw(run)
    if mean is not None and run.average is not None and not _close(run.average, mean):
        issues.add(
            "average_mismatch",
            Text(
                zh=f"打印的平均总线带宽为 {run.average}，由各行计算为 {mean}。",
                en=f"The printed average bus bandwidth is {run.average}; the rows give {mean}.",
            ),
            where=Where(line=run.rows[-1].line),
            hint=Text(zh="可能缺少部分行，或输出被修改。", en="Rows may be missing, or the output was edited."),
        )


def _consistent(row: _Row, factor: Fraction) -> bool:
    for time, algbw, busbw, _ in (row.out_of_place, row.in_place):
        micros, algorithm, bus = _number(time), _number(algbw), _number(busbw)
        if not micros or algorithm is None or bus is None:
            continue
        recomputed = Decimal(row.size) / micros / 1000
        if not _close(algorithm, recomputed) or not _close(bus, recomputed * factor.numerator / factor.denominator):
            return False
    return True


def _close(value: Decimal, expected: Decimal) -> bool:
    return abs(value - expected) <= _CLOSE_ENOUGH + _CLOSE_ENOUGH * expected


def _validated(run: _Run) -> bool:
    return any(row.out_of_place[3] != "N/A" or row.in_place[3] != "N/A" for row in run.rows)


def _busbws(run: _Run) -> list[tuple[Decimal, int]]:
    """Every printed bus bandwidth with its message size."""
    return [
        (bus, row.size)
        for row in run.rows
        for bus in (_number(row.out_of_place[2]), _number(row.in_place[2]))
        if bus is not None
    ]


def _mean_busbw(run: _Run) -> Decimal | None:
    printed = _busbws(run)
    return measured(Fraction(sum(bus for bus, _ in printed)) / len(printed)) if printed else None


def _missing_end(run: _Run) -> str | None:
    """Which of the two lines that every version of the tool closes a run with is not there, or not whole."""
    if run.bounds is None:
        return "Out of bounds values"
    return "Avg bus bandwidth" if run.average is None else None


def _status(run: _Run) -> str:
    """`failed` where values are known to be wrong, `incomplete` where the run's end is missing."""
    if run.bounds is not None and run.bounds != _NONE_WRONG:
        return "failed"
    return "success" if _missing_end(run) is None else "incomplete"


def _facts(run: _Run, operation: str) -> dict[str, Any]:
    largest = max(run.rows, key=lambda row: row.size)
    printed = _busbws(run)
    best, best_size = max(printed, key=lambda pair: pair[0]) if printed else (None, None)
    return {
        "operation": operation,
        "status": _status(run),
        "validated": _validated(run),
        "ranks": len(run.hosts) or None,
        "nodes": len(set(run.hosts.values())) or None,
        "device": _device(run),
        "rows": len(run.rows),
        "leading_columns": max(row.leading for row in run.rows),
        "size_min_bytes": min(row.size for row in run.rows),
        "size_max_bytes": largest.size,
        "busbw_max_gb_s": best,
        "busbw_max_size_bytes": best_size,
        "busbw_largest_out_of_place_gb_s": _number(largest.out_of_place[2]),
        "busbw_largest_in_place_gb_s": _number(largest.in_place[2]),
        "busbw_avg_gb_s": run.average,
        "busbw_mean_gb_s": _mean_busbw(run),
        "out_of_bounds": None if run.bounds is None else run.bounds[0],
        "out_of_bounds_status": None if run.bounds is None else run.bounds[1],
        "wrong_values": sorted({wrong for row in run.rows for wrong in (row.out_of_place[3], row.in_place[3])})[:10],
    }


class _Columns:
    """The rows of all runs as columns of `collective_runs`; places printed as N/A have no row."""

    def __init__(self) -> None:
        names = [column.name for column in COLLECTIVE_RUNS.columns if column.name != "cell"]
        self.values: dict[str, list[Any]] = {name: [] for name in names}

    def take(self, run: _Run, number: int, operation: str) -> None:
        nodes, device, ranks = len(set(run.hosts.values())) or None, _device(run), len(run.hosts)
        for row in run.rows if ranks else ():
            for in_place, figures in ((False, row.out_of_place), (True, row.in_place)):
                time, algbw, busbw = (_number(text) for text in figures[:3])
                if time is None or algbw is None or busbw is None:
                    continue
                cells = (number, "nccl_tests", operation, ranks, nodes, device, row.size, in_place, time, algbw, busbw)
                for values, cell in zip(self.values.values(), (*cells, _wrong(run, figures[3]), row.line), strict=True):
                    values.append(cell)


def _wrong(run: _Run, text: str) -> int | None:
    """How many values were wrong. Old versions print the largest error instead; the closing line judges it."""
    if text == "N/A":
        return None
    if run.errors_are_figures or not text.isdigit():
        return run.bounds[0] if run.bounds else None
    return int(text)


def _device(run: _Run) -> str | None:
    """The model of the devices, when they are all alike."""
    return run.devices[0] or None if len(set(run.devices)) == 1 else None


def _number(text: str) -> Decimal | None:
    return None if text == "N/A" else Decimal(text)


PARSER = NcclTests()
