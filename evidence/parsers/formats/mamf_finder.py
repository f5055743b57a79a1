"""Output of mamf-finder: the best achievable rate of matrix multiplications on one card, over many shapes.

The sustained figure counts: MSMF of newer versions, else the best mean; the best maximum is a burst.
"""

from __future__ import annotations

from typing import Any

import re2

from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.gemm_results import PRECISIONS, gemm_log_result, gemm_row
from evidence.parsers.logs.results import FIGURE_PATTERN, printed, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_RUNS = 10_000
_OWN = Mark(
    rb"shapes => the best outcomes were:|\*\* Dtype: torch\.|Maximum Achievable Matmul|MSMF \(max sustain",
    *(b"shapes => the best", b"** Dtype: torch.", b"Maximum Achievable Matmul", b"MSMF (max sustain"),
)
_DTYPE = re2.compile(r"\*\* Dtype: (?:torch\.)?([a-z0-9_]{1,30})")
_HOST = re2.compile(r"^Linux (\S{1,100}) [0-9]+\.[0-9]+")
_CARD = re2.compile(r"name='([^']{1,200})'")
_UUID = re2.compile(r"uuid=([0-9A-Za-z-]{1,60})")
_MEAN = re2.compile(r"^\s*mean:\s+" + FIGURE_PATTERN + r" TFLOPS @ (\S{1,60})")
_SUSTAINED = re2.compile(r"^\s*MSMF \(.{1,60}\):\s+" + FIGURE_PATTERN + r" TFLOPS @ (\S{1,60})")
_BURST = re2.compile(r"^\s*(?:max:|MAMF \(.{1,60}\):)\s+" + FIGURE_PATTERN + r" TFLOPS @")
_TRIED = re2.compile(r"Tried\s+([0-9]{1,12}) shapes")
_ELAPSED = re2.compile(r"^Elapsed time: (?:([0-9]{1,4}) days?, )?([0-9]{1,2}):([0-9]{2}):([0-9]{2})")


class MamfFinder:
    format = "mamf_finder"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="mamf-finder 矩阵乘测试", en="Output of mamf-finder")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        about: dict[str, str | None] = {"host": None, "device": None, "accelerator": None, "precision": None}
        rows, shape, tried, burst = list[dict[str, Any]](), None, None, None
        lines = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _DTYPE.search(line):
                about["precision"] = PRECISIONS.get(found.group(1))
            elif found := _HOST.match(line):
                about["host"] = words(found.group(1))
            elif found := _CARD.search(line):
                about["accelerator"] = words(found.group(1))
                uuid = _UUID.search(line)
                about["device"] = words(uuid.group(1)) if uuid else None
            elif found := _TRIED.search(line):
                tried = int(found.group(1))
            elif found := _MEAN.match(line) or _SUSTAINED.match(line):
                value = printed(found.group(1))
                if value is not None and len(rows) < MOST_RUNS:
                    rows.append(gemm_row("mamf_finder", value=value, precision=None, line=lines) | about)
                    shape = words(found.group(2))
            elif found := _BURST.match(line):
                burst = printed(found.group(1))
            elif (found := _ELAPSED.match(line)) and rows:
                days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
                rows[-1]["duration_ms"] = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
        if not rows and tried is None and any(about.values()):
            tell_no_result(issues)
        facts = {**about, "shape": shape, "shapes_tried": tried, "burst_tflops": burst}
        return gemm_log_result(source, rows, issues, lines=lines, facts=facts)


PARSER = MamfFinder()
