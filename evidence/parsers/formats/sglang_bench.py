"""Result of `sglang.bench_serving` (`--output-file`): one JSON object per line and test.

The model stands in `server_info` of newer versions only. `Infinity` as request rate means: no limit.
"""

from __future__ import annotations

from typing import Any

from core.text import Text
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.documents.json_figures import name, whole
from evidence.parsers.documents.json_sequences import json_objects
from evidence.parsers.logs.serving_results import bench_serving_run, serving_result
from evidence.parsers.text.source import Source


class SglangBench:
    format = "sglang_bench"
    version = "2"
    kinds = (SERVING_RUNS.name,)
    title = Text(zh="SGLang 推理压测结果", en="Result of SGLang bench_serving")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and b'"random_range_ratio"' in head
            and b'"output_throughput"' in head
            and b'"tokenizer_id"' not in head
        )

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        runs = [_run(found.value, found.line) for found in json_objects(source) if "output_throughput" in found.value]
        return serving_result(source, runs, issues)


def _run(document: dict[str, Any], line: int) -> dict[str, Any]:
    server = document.get("server_info")
    server = server if isinstance(server, dict) else {}
    return bench_serving_run(
        document,
        line=line,
        tool="sglang_bench",
        model=name(document, "model") or name(server, "model_path"),
        backend=name(document, "backend"),
        failed=_failed(document),
    )


def _failed(document: dict[str, Any]) -> int | None:
    """As counted; else of the details, in which every request has an error or an empty text."""
    errors = document.get("errors")
    listed = sum(bool(error) for error in errors) if isinstance(errors, list) else None
    return listed if (counted := whole(document, "failed")) is None else counted


PARSER = SglangBench()
