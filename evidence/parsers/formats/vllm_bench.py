"""Result of `vllm bench serve` (`--save-result`): one JSON object per test, several when appended.

TPOT leaves the first token out. A request rate of `inf` means: as fast as the service answers.
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


class VllmBench:
    format = "vllm_bench"
    version = "2"
    kinds = (SERVING_RUNS.name,)
    title = Text(zh="vLLM 推理压测结果", en="Result of vLLM bench serve")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and b'"tokenizer_id"' in head
            and b'"output_throughput"' in head
        )

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        runs = [_run(found.value, found.line) for found in json_objects(source) if "output_throughput" in found.value]
        return serving_result(source, runs, issues)


def _run(document: dict[str, Any], line: int) -> dict[str, Any]:
    sent, completed = whole(document, "num_prompts"), whole(document, "completed")
    failed = whole(document, "failed")
    if failed is None and sent is not None and completed is not None:
        failed = max(sent - completed, 0)
    return bench_serving_run(
        document,
        line=line,
        tool="vllm_bench",
        model=name(document, "model_id"),
        backend=name(document, "backend") or name(document, "endpoint_type"),
        failed=failed,
    )


PARSER = VllmBench()
