"""What tests of matrix multiplication tell, whichever tool ran them: one row per card, TFLOP/s, precision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.errors import ParseError
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import log_result, table_of
from evidence.parsers.text.source import Source

# Words of tools for the type of the operands; the accumulator's type is not asked.
PRECISIONS = {
    "bf16": "bf16", "bfloat16": "bf16", "fp16": "fp16", "float16": "fp16", "half": "fp16", "tf32": "tf32",
    "fp32": "fp32", "float32": "fp32", "fp64": "fp64", "float64": "fp64", "double": "fp64",
    "fp8": "fp8", "fp8e4m3": "fp8", "fp8e5m2": "fp8", "float8_e4m3fn": "fp8", "float8_e5m2": "fp8",
    "float8_e4m3fnuz": "fp8", "hf32": "hf32",
}  # fmt: skip


def gemm_row(
    tool: str,
    *,
    value: Decimal,
    precision: str | None,
    line: int,
    host: str | None = None,
    device: str | None = None,
    accelerator: str | None = None,
    duration_ms: int | None = None,
) -> dict[str, Any]:
    """One card's rate in TFLOP/s (10¹²) as a row of `benchmark_runs`."""
    return {
        "tool": tool,
        "benchmark": "gemm",
        "status": "success",
        "metric": "gemm",
        "value": value,
        "unit": "TFLOP/s",
        "precision": precision,
        "host": host,
        "device": device,
        "accelerator": accelerator,
        "accelerators": 1,
        "duration_ms": duration_ms,
        "line": line,
    }


def gemm_facts(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Cards, precisions, and the lowest and highest rate of the most precise reading there is: the printed one."""
    values = [row["value"] for row in rows]
    return {
        "rows": len(rows),
        "cards": len({(row["host"], row["device"]) for row in rows}),
        "precisions": sorted({row["precision"] for row in rows if row["precision"]}),
        "gemm_min_tflops": min(values, default=None),
        "gemm_max_tflops": max(values, default=None),
    }


def gemm_log_result(
    source: Source, rows: list[dict[str, Any]], issues: Issues, *, lines: int, facts: dict[str, Any] | None = None
) -> ParseResult:
    """The result of a log of such a test.

    Raises:
        ParseError: `no_rows`.
    """
    if not rows:
        raise no_gemm_rows()
    return log_result(
        source,
        tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
        facts=[{**gemm_facts(rows), **(facts or {})}],
        issues=issues,
        lines=lines,
        used=len({row["line"] for row in rows}),
    )


def no_gemm_rows() -> ParseError:
    return ParseError(
        "no_rows",
        Text(zh="文件中没有矩阵乘测试结果。", en="The file holds no result of a matrix multiplication test."),
        hint=Text(zh="请上传完整的输出。", en="Upload the whole output."),
    )
