"""Output of the `all_reduce_bench` script for PyTorch: every rank prints its own four lines, five times or so.

The script prints giga*bits*. Its "algo throughput" counts the payload twice (sent and received), so the algorithm
bandwidth is computed here from payload and duration, and the printed bus bandwidth is checked against it.
"""

from __future__ import annotations

from collections import Counter
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
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.logs.collectives import bus_factor
from evidence.parsers.text.log_lines import log_encoding, log_lines
from evidence.parsers.text.source import Source

BITS_PER_BYTE = 8
BYTES_PER_GB = 10**9
_TOLERANCE = Fraction(1, 100)

_N = rb"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_RANK = re2.compile(rb"(?:^|\s)([0-9]{1,7}):\s*$")
_SIZE = re2.compile(rb"([0-9]{1,7}) data size: ([0-9]{1,6}(?:\.[0-9]{1,9})?) GB")
_DURATION = re2.compile(rb"duration: " + _N + rb" sec")
_ALGORITHM = re2.compile(rb"algo throughput: " + _N + rb" bps, " + _N + rb" Gbps")
_BUS = re2.compile(rb"busbw: " + _N + rb"\s+Gbps")
_BEGUN = re2.compile(rb"ignore me -?[0-9]")  # a rank prints its first value before each result, to have it computed


@dataclass(slots=True)
class _Block:
    """The lines of one rank and one trial, as far as they were seen."""

    rank: int | None = None
    duration_s: Decimal | None = None
    throughput_bps: Decimal | None = None


@dataclass(slots=True)
class _Reading:
    """What the file holds: payload per rank, bus bandwidths as printed, and whole blocks as rows."""

    lines_read: int = 0
    payloads: dict[int, Decimal] = field(default_factory=dict)
    busbw_gbit_s: list[Decimal] = field(default_factory=list)
    last_result_line: int = 0
    throughput_lines: int = 0
    duration_lines: int = 0
    begun_lines: int = 0
    blocks: list[tuple[int, Decimal, Decimal]] = field(default_factory=list)  # line, seconds, busbw Gbit/s
    results_of: Counter[int] = field(default_factory=Counter)  # whole blocks by rank
    broken: list[int] = field(default_factory=list)

    @property
    def results(self) -> int:
        return len(self.busbw_gbit_s)

    @property
    def begun(self) -> int:
        """How many results had at least their first lines printed."""
        return max(self.begun_lines, self.duration_lines, self.throughput_lines)


class TorchAllReduce:
    format = "torch_all_reduce"
    version = "3"
    title = Text(zh="PyTorch all_reduce 带宽测试", en="PyTorch all_reduce bandwidth test")
    kinds = (COLLECTIVE_RUNS.name,)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return b"algo throughput:" in opening and _BUS.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        reading = _read(source)
        if not reading.busbw_gbit_s:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 busbw 结果行。", en="The file holds no busbw line."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        issues = Issues()
        for line in reading.broken:
            issues.add(
                "broken_line",
                Text(
                    zh=f"第 {line} 行：多个进程的输出混在一起，该结果未采用。",
                    en=f"Line {line}: the output of several processes is mixed; this result is not used.",
                ),
                where=Where(line=line),
            )
        payload = _payload(reading, issues)
        ranks = len(reading.payloads)
        columns = _columns(reading, payload, ranks, issues)
        faulty = len(issues) - (payload is None)  # a missing payload belongs to no line
        _tell_early_end(reading, ranks, issues)
        return ParseResult(
            facts=_facts(reading, payload, ranks),
            tables={COLLECTIVE_RUNS.name: COLLECTIVE_RUNS.table(columns)},
            coverage=Coverage(reading.lines_read, len(columns["line"]), faulty),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=log_encoding(source),
        )


def _read(source: Source) -> _Reading:
    reading, block = _Reading(), _Block()
    for reading.lines_read, line in log_lines(source):
        if match := _SIZE.search(line):
            reading.payloads[int(match.group(1))] = _decimal(match.group(2))
        elif match := _RANK.search(line):
            block = _Block(rank=int(match.group(1)))
        elif match := _DURATION.search(line):
            reading.duration_lines += 1
            block.duration_s = _decimal(match.group(1))
        elif match := _ALGORITHM.search(line):
            reading.throughput_lines += 1
            block.throughput_bps = _decimal(match.group(1))
        elif match := _BUS.search(line):
            busbw = _decimal(match.group(1))
            reading.busbw_gbit_s.append(busbw)
            reading.last_result_line = reading.lines_read
            if block.rank is None or not block.duration_s or block.throughput_bps is None:
                reading.broken.append(reading.lines_read)
            else:
                reading.blocks.append((reading.lines_read, block.duration_s, busbw))
                reading.results_of[block.rank] += 1
            block = _Block()
        elif _BEGUN.search(line):
            reading.begun_lines += 1
    return reading


def _payload(reading: _Reading, issues: Issues) -> int | None:
    """The payload in bytes, when all ranks say the same."""
    said = set(reading.payloads.values())
    payload = next(iter(said)) * BYTES_PER_GB if len(said) == 1 else None
    if payload is not None and payload and payload == payload.to_integral_value():
        return int(payload)
    issues.add(
        "no_payload",
        Text(
            zh="没有一致的“data size”行，消息大小未知，结果行未采用。",
            en="The `data size` lines are missing or differ: the payload is unknown and the rows are not used.",
        ),
        hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
    )
    return None


def _tell_early_end(reading: _Reading, ranks: int, issues: Issues) -> None:
    """Tell where results are missing; how many trials there were to be, the output does not say."""
    shown = _missing_results(reading, ranks)
    if shown is None:
        return
    issues.add(
        "stops_early",
        Text(
            zh=f"{shown.zh}：运行中止，或文件被截断。",
            en=f"{shown.en}: the run was aborted, or the file is cut short.",
        ),
        where=Where(line=reading.last_result_line),
        hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
    )


def _missing_results(reading: _Reading, ranks: int) -> Text | None:
    """What shows that results are missing; null where nothing does, which whole trials at the end may still be."""
    results = reading.results
    if ranks and results % ranks:
        return Text(
            zh=f"{ranks} 个进程共打印 {results} 个结果，不是进程数的整数倍",
            en=f"{ranks} ranks printed {results} results, no multiple of the ranks",
        )
    if reading.begun > results:
        return Text(
            zh=f"已开始打印 {reading.begun} 个结果，其中只有 {results} 个打印完",
            en=f"{reading.begun} results were begun and {results} of them printed",
        )
    counts = [reading.results_of[rank] for rank in reading.payloads]
    if not reading.broken and counts and min(counts) < max(counts):
        return Text(
            zh=f"各进程打印的结果数不同，从 {min(counts)} 个到 {max(counts)} 个",
            en=f"some ranks printed {min(counts)} results and others {max(counts)}",
        )
    return None


def _status(reading: _Reading, ranks: int) -> str | None:
    """Whether every rank printed every trial it began; null where the ranks are unknown."""
    if _missing_results(reading, ranks) is not None:
        return "incomplete"
    return "success" if ranks else None


def _columns(reading: _Reading, payload: int | None, ranks: int, issues: Issues) -> dict[str, list[Any]]:
    factor = bus_factor("all_reduce", ranks)
    usable = reading.blocks if payload is not None and factor is not None else []
    algbw = [Fraction(payload or 0, BYTES_PER_GB) / Fraction(seconds) for _, seconds, _ in usable]
    busbw = [Fraction(gbit_s) / BITS_PER_BYTE for _, _, gbit_s in usable]
    fits = [abs(bus - alg * (factor or 1)) <= _TOLERANCE * bus for alg, bus in zip(algbw, busbw, strict=True)]
    if odd := [line for (line, _, _), fit in zip(usable, fits, strict=True) if not fit]:
        issues.add(
            "bandwidth_mismatch",
            Text(
                zh=f"第 {odd[0]} 行的 busbw 与消息大小、耗时不符（共 {len(odd)} 行），未采用。",
                en=f"Line {odd[0]}: busbw does not follow from payload and duration ({len(odd)} lines, not used).",
            ),
            where=Where(line=odd[0]),
            times=len(odd),
        )
    kept = [index for index, fit in enumerate(fits) if fit]
    same = {
        "run": 0,
        "tool": "torch_all_reduce",
        "operation": "all_reduce",
        "ranks": ranks,
        "size_bytes": payload,
        "in_place": True,  # torch.distributed.all_reduce works in place
    }
    return {
        **{name: [value] * len(kept) for name, value in same.items()},
        "time_us": [rounded(usable[index][1] * 1_000_000, 9) for index in kept],
        "algbw_gb_s": [rounded(decimal_of_fraction(algbw[index]), 9) for index in kept],
        "busbw_gb_s": [rounded(decimal_of_fraction(busbw[index]), 9) for index in kept],
        "line": [usable[index][0] for index in kept],
    }


def _facts(reading: _Reading, payload: int | None, ranks: int) -> dict[str, Any]:
    printed = reading.busbw_gbit_s
    mean = Fraction(sum(printed)) / len(printed)
    return {
        "operation": "all_reduce",
        "status": _status(reading, ranks),
        "ranks": ranks or None,
        "size_bytes": payload,
        "busbw_lines": len(printed),
        "algo_throughput_lines": reading.throughput_lines,
        "busbw_min_gbit_s": min(printed),
        "busbw_max_gbit_s": max(printed),
        "busbw_mean_gbit_s": measured(mean),
        "busbw_min_gb_s": measured(Fraction(min(printed)) / BITS_PER_BYTE),
        "busbw_max_gb_s": measured(Fraction(max(printed)) / BITS_PER_BYTE),
        "busbw_mean_gb_s": measured(mean / BITS_PER_BYTE),
    }


def _decimal(digits: bytes) -> Decimal:
    return Decimal(digits.decode())


PARSER = TorchAllReduce()
