"""Output of HPL-MxP (formerly HPL-AI): Linpack in mixed precision. Its rate is never compared with HPL's.

The overall rate counts, refinement included; `LU GFLOPS` leaves the refinement out. The residual check must pass.
Builds of NVIDIA and the reference code print `GFLOPS = …`; the rate per card tells how many cards there were.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_RUNS = 10_000
_OWN = Mark(rb"HPL[-_]MxP|HPL[-_]AI|hpl[-_]mxp|(?m:^\s*LU GFLOPS\s*=)", b"HPL", b"hpl", b"LU GFLOPS")
_OVERALL = re2.compile(
    r"(?:^|[\s>:])(?:Final )?GFLOPS\s*=\s*" + FIGURE_PATTERN + r"(?:,\s*per GPU\s*=\s*" + FIGURE_PATTERN + ")?"
)
_LU = re2.compile(r"LU GFLOPS\s*=\s*" + FIGURE_PATTERN)
_CHECK = re2.compile(r"\|\|Ax-b\|\|.{0,160}\.{3,}\s*(PASSED|FAILED)")
_SETTING = re2.compile(r"(?:^|\s)(?:--)?(n|N|nb|NB|nprow|npcol|P|Q)\s*[=:]\s*([0-9]{1,12})\b")
_SLOPPY = re2.compile(
    r"sloppy[-_ ]type\s*[=:]?\s*(?:\w+\s*\()?([0-9]|fp8|fp16|bf16)",
)
# NVIDIA's --sloppy-type: 1 is FP8, 2 is FP16.
_PRECISIONS = {"1": "fp8", "2": "fp16", "fp8": "fp8", "fp16": "fp16", "bf16": "bf16"}


@dataclass(slots=True)
class _Run:
    """One solved system; the check stands before the rate in some builds and behind it in others."""

    gflops: Decimal
    per_card: Decimal | None
    line: int
    check: str | None = None
    lu_gflops: Decimal | None = None

    @property
    def status(self) -> str:
        return {"PASSED": "success", "FAILED": "failed"}.get(self.check or "", "incomplete")

    @property
    def cards(self) -> int | None:
        if not self.per_card:
            return None
        cards = round(self.gflops / self.per_card)
        return cards if 0 < cards < 10**7 else None


class HplMxp:
    format = "hpl_mxp"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="HPL-MxP 输出", en="Output of HPL-MxP")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues, runs = Issues(), list[_Run]()
        settings: dict[str, int] = {}
        precision = pending = None
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _LU.search(line):
                if runs:
                    runs[-1].lu_gflops = printed(found.group(1))
            elif found := _OVERALL.search(line):
                value = printed(found.group(1))
                if value is None or len(runs) >= MOST_RUNS:
                    continue
                runs.append(_Run(value, printed(found.group(2)), lines, check=pending))
                pending = None
            elif found := _CHECK.search(line):
                if runs and runs[-1].check is None:
                    runs[-1].check = found.group(1)
                else:
                    pending = found.group(1)
            elif found := _SLOPPY.search(line):
                precision = _PRECISIONS.get(found.group(1), precision)
            elif found := _SETTING.search(line):
                settings.setdefault(found.group(1).lower(), int(found.group(2)))
            else:
                continue
            used += 1
        _tell(runs, issues)
        good = [run for run in runs if run.status == "success"]
        best = max(good, key=lambda run: (run.gflops, -run.line), default=None)
        facts = {
            "status": best.status if best else (runs[-1].status if runs else "incomplete"),
            "mxp_gflops": best.gflops if best else None,
            "lu_gflops": best.lu_gflops if best else None,
            "accelerators": best.cards if best else None,
            "precision": precision,
            "n": settings.get("n"),
            "nb": settings.get("nb"),
            "runs": len(runs),
            "passed": len(good),
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, [_row(run, precision) for run in runs])},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=used,
        )


def _row(run: _Run, precision: str | None) -> dict[str, Any]:
    return {
        "tool": "hpl_mxp",
        "benchmark": "HPL-MxP",
        "status": run.status,
        "metric": "mxp",
        "value": run.gflops,
        "unit": "GFLOP/s",
        "precision": precision,
        "accelerators": run.cards,
        "line": run.line,
    }


def _tell(runs: list[_Run], issues: Issues) -> None:
    if not runs:
        tell_no_result(issues)
    for run in runs:
        if run.status == "success":
            continue
        failed = run.status == "failed"
        issues.add(
            "residual_failed" if failed else "residual_missing",
            Text(
                zh=f"第 {run.line} 行的结果{'未通过残差检验' if failed else '没有残差检验（PASSED）'}，不能作为成绩。",
                en=f"The result in line {run.line} "
                + ("failed its residual check" if failed else "has no residual check (PASSED)")
                + "; it does not count.",
            ),
            where=Where(line=run.line),
        )


PARSER = HplMxp()
