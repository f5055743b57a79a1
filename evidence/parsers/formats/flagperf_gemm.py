"""Log of FlagPerf's compute tests: `[FlagPerf Result]…computation-BF16=304.3 TFLOPS`, one line per card or one mean."""

from __future__ import annotations

from typing import Any

import re2

from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.gemm_results import PRECISIONS, gemm_log_result, gemm_row
from evidence.parsers.logs.results import FIGURE_PATTERN, printed
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_ROWS = 100_000
_RESULT = re2.compile(
    r"\[FlagPerf Result\]\s*(?:Rank\s*([0-9]{1,6})'s\s*)?computation-([A-Za-z0-9]{2,12})\s*=\s*"
    + FIGURE_PATTERN
    + r"\s*TFLOPS"
)
_OWN = Mark(rb"\[FlagPerf Result\].{0,30}computation-", b"[FlagPerf Result]")


class FlagperfGemm:
    format = "flagperf_gemm"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="FlagPerf 算力测试日志", en="Log of FlagPerf's compute tests")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        rows, lines = list[dict[str, Any]](), 0
        for lines, raw in log_lines(source):
            found = _RESULT.search(text_of(raw))
            value = printed(found.group(3)) if found else None
            if found and value is not None and len(rows) < MOST_ROWS:
                precision = PRECISIONS.get(found.group(2).lower())
                device = found.group(1) or None
                rows.append(gemm_row("flagperf", value=value, precision=precision, device=device, line=lines))
        return gemm_log_result(source, rows, Issues(), lines=lines)


PARSER = FlagperfGemm()
