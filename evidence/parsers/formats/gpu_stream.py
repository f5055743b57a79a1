"""Output of a STREAM test on cards (SuperBench `gpu-stream`): bandwidth in GB/s per kernel, card and block size."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

KERNELS = ("COPY", "SCALE", "ADD", "TRIAD")
MOST_ROWS = 100_000
_ROW = re2.compile(
    r"STREAM_(COPY|SCALE|ADD|TRIAD)_([a-z0-9]{1,20})_gpu_([0-9]{1,5})_buffer_([0-9]{1,15})_block_([0-9]{1,9})\s+"
    + FIGURE_PATTERN
)
_OWN = Mark(rb"STREAM_(?:COPY|SCALE|ADD|TRIAD)_[a-z0-9]+_gpu_[0-9]+_buffer_", b"_gpu_")
_DEVICE = re2.compile(r'^\s*Device ([0-9]{1,5}): "([^"]{1,200})"')
_CHECK = re2.compile(r"^\s*Check data: (Yes|No)")


class GpuStream:
    format = "gpu_stream"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="加速卡 STREAM 显存带宽测试", en="STREAM test of card memory")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues, rows = Issues(), list[dict[str, Any]]()
        models: dict[str, str] = {}
        checked: bool | None = None
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if (found := _ROW.search(line)) and len(rows) < MOST_ROWS:
                value = printed(found.group(6))
                if value is None:
                    continue
                rows.append(_row(found.group(1), found.group(2), found.group(3), found.group(5), value, lines))
            elif found := _DEVICE.match(line):
                models[found.group(1)] = words(found.group(2))
            elif found := _CHECK.match(line):
                checked = found.group(1) == "Yes"
            else:
                continue
            used += 1
        if not rows:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 STREAM 结果行。", en="The file holds no STREAM result row."),
                hint=Text(zh="请上传完整的标准输出。", en="Upload the whole standard output."),
            )
        if not checked:
            issues.add(
                "not_validated",
                Text(zh="测试未校验数据（Check data: No）。", en="The data were not checked (Check data: No)."),
                severity=Severity.INFO,
            )
        for row in rows:
            row["accelerator"] = models.get(row["device"])
        best: dict[str, Decimal] = {}
        for row in rows:
            best[row["benchmark"]] = max(row["value"], best.get(row["benchmark"], Decimal(0)))
        facts = {
            "rows": len(rows),
            "devices": len({row["device"] for row in rows}),
            "device_model": next(iter(set(models.values()))) if len(set(models.values())) == 1 else None,
            "checked": checked,
            **{f"{kernel.lower()}_best_gb_s": best.get(kernel.lower()) for kernel in KERNELS},
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=used,
        )


def _row(kernel: str, precision: str, device: str, block: str, value: Decimal, line: int) -> dict[str, Any]:
    return {
        "tool": "gpu_stream",
        "benchmark": kernel.lower(),
        "status": "success",
        "scenario": f"block {block}",
        "metric": "bandwidth",
        "value": value,
        "unit": "GB/s",
        "precision": {"double": "fp64", "float": "fp32"}.get(precision),
        "device": device,
        "line": line,
    }


PARSER = GpuStream()
