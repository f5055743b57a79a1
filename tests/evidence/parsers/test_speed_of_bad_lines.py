"""A line built to make a pattern search for ever is read about as quickly as any other, and is told."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from core.errors import ParseError
from evidence.parsers.base import Parser
from evidence.parsers.formats import jobs_table, megatron, meter_series, mlperf_training
from evidence.parsers.text.source import Source

LINE = 40_000
READING = "2025-04-01T00:{:02d}:00+08:00,M{},12.5"
JOB = "j{},2025-04-01T00:00:00Z,2025-04-01T00:{:02d}:00Z,2025-04-01T01:00:00Z,8,COMPLETED"
EVENT = ':::MLLOG {{"time_ms": {}, "key": "eval_accuracy", "value": 0.{}, "metadata": {{}}}}'
STEP = (
    " iteration {:8d}/ 999999 | consumed samples: {} | elapsed time per iteration (ms): 5000.5 | "
    "global batch size:    64 | lm loss: 2.5E+00 |"
)
FORMATS: dict[str, tuple[Parser, str, list[str], list[str]]] = {
    "meter_series": (
        meter_series.PARSER, "at,meter,value", [READING.format(n % 60, n) for n in range(12_000)],
        [
            READING[:-4].format(1, 1) + "1" * LINE + "x", "1" * LINE + ",M,1", " " * LINE + ",M,1",
            "2025-04-01T00:00:00" + "+" * LINE + ",M,1", '"' * LINE, '"a' * (LINE // 2), "a," * LINE,
            '"\n' + '","\n' * 80 + "x" * LINE, '"' + "a\n" * 80 + "b" * LINE,
        ],
    ),
    "jobs_table": (
        jobs_table.PARSER, "job,submit_at,start_at,end_at,cards,state", [JOB.format(n, n % 60) for n in range(8_000)],
        [JOB.replace(",8,", f",{'9' * LINE},").format(1, 1), JOB.format(1, 1) + " by" * (LINE // 3), '"' * LINE],
    ),
    "mlperf_training": (
        mlperf_training.PARSER, EVENT.format(1, 1), [EVENT.format(n, n) for n in range(8_000)],
        [
            ":::MLLOG " + "[" * LINE, ":::MLLOG {" + '"a":{' * (LINE // 5), EVENT.format(1, "1" * LINE),
            ":::MLLOG" * (LINE // 8),
        ],
    ),
    "megatron": (
        megatron.PARSER, STEP.format(1, 64), [STEP.format(n, n * 64) for n in range(2, 5_000)],
        [
            " iteration " + " " * LINE, " iteration 1/ 9 |" * (LINE // 17), STEP.format(1, "6" * LINE),
            STEP.format(1, 64) + " elapsed time per iteration (ms):" * (LINE // 33),
        ],
    ),
}  # fmt: skip


def seconds_per_byte(parser: Parser, lines: list[str]) -> float:
    """Best of three; a refusal of a whole file is an answer too."""
    content = "\n".join([*lines, ""]).encode()
    taken = []
    for _ in range(3):
        start = time.process_time()
        with suppress(ParseError):
            parser.parse(Source.of_bytes(content, "evidence.txt"))
        taken.append(time.process_time() - start)
    return min(taken) / len(content)


@pytest.mark.slow
@pytest.mark.torture("T20", "1/10 of normal speed")
@pytest.mark.parametrize("format_", FORMATS)
def test_a_hostile_line_is_read_at_a_tenth_of_normal_speed_or_better(format_: str) -> None:
    parser, first, ordinary, hostile = FORMATS[format_]
    normal = seconds_per_byte(parser, [first, *ordinary])
    for line in hostile:
        assert seconds_per_byte(parser, [first, *[line] * 40]) <= 10 * normal, line[:60]


@pytest.mark.torture("T20", "the line is an issue")
@pytest.mark.parametrize("format_", FORMATS)
def test_a_hostile_line_among_others_is_told_and_the_others_are_read(format_: str) -> None:
    parser, first, ordinary, hostile = FORMATS[format_]
    for line in hostile:
        content = "\n".join([first, *ordinary[:50], line, *ordinary[50:100], ""]).encode()
        result = parser.parse(Source.of_bytes(content, "evidence.txt"))
        assert result.coverage.lines_used >= 100, line[:60]
        assert result.issue_counts, line[:60]
