"""Output of `ascend-dmi -f`: rate and power of each Ascend card; a row `all` is the sum over the machine.

The heading names the precision (`TFLOPS@FP16`). The line of the machine's sum stands for no single card.
"""

from __future__ import annotations

from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.logs.gemm_results import PRECISIONS, gemm_log_result, gemm_row
from evidence.parsers.logs.results import FIGURE_PATTERN, printed
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_ROWS = 100_000
_HEADING = re2.compile(r"Device[\s|]+Execute Times[\s|]+Duration\(ms\)[\s|]+TF?LOPS@([A-Za-z0-9]{2,8})")
_OWN = Mark(rb"Device[\s|]+Execute Times[\s|]+Duration\(ms\)[\s|]+TF?LOPS@", b"Execute Times")
_ROW = re2.compile(
    r"^[\s|]*([0-9]{1,4}(?:/[0-9]{1,2})?|all)[\s|]+[0-9][0-9,]{0,20}[\s|]+([0-9]{1,12})(?:\.[0-9]{1,6})?[\s|]+"
    + FIGURE_PATTERN
    + r"[\s|]+"
    + FIGURE_PATTERN
    + r"[\s|]*$"
)


class AscendDmi:
    format = "ascend_dmi"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="ascend-dmi 算力测试输出", en="Output of ascend-dmi compute test")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        rows, issues, precision = list[dict[str, Any]](), Issues(), None
        whole_machine = power = None
        lines = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _HEADING.search(line):
                precision = PRECISIONS.get(found.group(1).lower())
                continue
            found = _ROW.match(line)
            value = printed(found.group(3)) if found else None
            if found is None or value is None or len(rows) >= MOST_ROWS:
                continue
            if found.group(1) == "all":
                whole_machine = value
                issues.add(
                    "whole_machine",
                    Text(
                        zh=f"第 {lines} 行为整机合计，不代表单卡，未采用；请逐卡测试（-d）。",
                        en=f"Line {lines} is the machine's sum and stands for no card; test each card (-d).",
                    ),
                    where=Where(line=lines),
                    severity=Severity.INFO,
                )
                continue
            power = printed(found.group(4))
            rows.append(
                gemm_row(
                    "ascend_dmi",
                    value=value,
                    precision=precision,
                    device=found.group(1),
                    duration_ms=int(found.group(2)),
                    line=lines,
                )
            )
        facts = {"whole_machine_tflops": whole_machine, "power_last_w": power}
        return gemm_log_result(source, rows, issues, lines=lines, facts=facts)


PARSER = AscendDmi()
