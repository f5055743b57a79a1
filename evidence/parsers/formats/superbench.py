"""SuperBench `results-summary.jsonl`: one JSON object per node, metrics as `benchmark/metric:rank`.

Read here are the matrix multiplications: `gemm-flops` in GFLOP/s, `cublaslt-gemm` and its kin in TFLOP/s; of several
shapes of one card and precision the fastest counts. Everything else in the file is left alone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.documents.json_arrays import Located
from evidence.parsers.documents.json_figures import name
from evidence.parsers.documents.json_sequences import json_objects
from evidence.parsers.logs.gemm_results import PRECISIONS, gemm_facts, gemm_row, no_gemm_rows
from evidence.parsers.logs.results import document_result, table_of
from evidence.parsers.logs.serving_results import printed_number
from evidence.parsers.text.source import Source

MOST_ROWS = 1_000_000
_OWN = re2.compile(rb'"(?:gemm-flops|cublaslt-gemm|hipblaslt-gemm)[^"/]{0,60}/')
_NODE = re2.compile(rb'"node"\s*:')
_GEMM = re2.compile(r"gemm-flops[^/]{0,60}/(?i:(fp64|fp32|tf32|fp16|bf16)(_tc|_xdlops)?)(?:_flops)?:([0-9]{1,4})")
_TUNED = re2.compile(
    r"(?:cublaslt|hipblaslt)-gemm[^/]{0,60}/(?i:(fp64|fp32|tf32|fp16|bf16|fp8e4m3|fp8e5m2|fp8))_[0-9_]{1,60}_flops:([0-9]{1,4})"
)


class Superbench:
    format = "superbench"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="SuperBench 结果（JSONL）", en="Results of SuperBench (JSONL)")

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return (
            opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and _NODE.search(opening) is not None
            and _OWN.search(opening) is not None
        )

    def parse(self, source: Source) -> ParseResult:
        nodes = json_objects(source)
        rows = [row for node in nodes for row in _rows(node)][:MOST_ROWS]
        if not rows:
            raise no_gemm_rows()
        return document_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[{"nodes": len(nodes), **gemm_facts(rows)}],
            issues=Issues(),
        )


def _rows(node: Located) -> list[dict[str, Any]]:
    """One row per card and precision of a node: tensor units before plain ones, then the fastest shape."""
    best: dict[tuple[str, str], Decimal] = {}
    for metric in node.value:
        read = _rate(node.value, metric)
        if read is not None:
            precision, device, value = read
            best[precision, device] = max(value, best.get((precision, device), value))
    host = name(node.value, "node")
    return [
        gemm_row("superbench", value=value, precision=precision, host=host, device=device, line=node.line)
        for (precision, device), value in sorted(best.items())
    ]


def _rate(node: dict[str, Any], metric: str) -> tuple[str, str, Decimal] | None:
    value = printed_number(node, metric)
    if value is None:
        return None
    if found := _GEMM.fullmatch(metric):
        return PRECISIONS[found.group(1).lower()], str(int(found.group(3))), value / 1000
    if found := _TUNED.fullmatch(metric):
        return PRECISIONS[found.group(1).lower()], str(int(found.group(2))), value
    return None


PARSER = Superbench()
