"""MLPerf Inference `accuracy.txt`: what the accuracy run of a benchmark reached, by metric.

The form depends on the task: a sentence (`accuracy=76.158%, good=38079, total=50000`) or a mapping of metrics.
The last line is the SHA-256 of the accuracy log.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_METRICS = 100
_TOLERANCE = Fraction(1, 1000)  # of a percentage printed to three decimals

_HASH = re2.compile(r"^hash=([0-9a-f]{64})\s*$")
_HASH_LINE = Mark(rb"(?m)^hash=[0-9a-f]{64}\s*$", b"hash=")
_SENTENCE = re2.compile(r"\baccuracy=" + FIGURE_PATTERN + r"%, good=([0-9]{1,15}), total=([0-9]{1,15})")
_SENTENCE_LINE = Mark(rb"(?m)^accuracy=[0-9.]{1,20}%, good=[0-9]{1,15}, total=[0-9]{1,15}", b"%, good=")
_PAIR = re2.compile(r"[\"']([A-Za-z][A-Za-z0-9_@ -]{0,40})[\"']\s*:\s*(?:np\.float64\()?[\"']?" + FIGURE_PATTERN)


class MlperfInferenceAccuracy:
    format = "mlperf_inference_accuracy"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="MLPerf 推理精度结果", en="MLPerf Inference accuracy result")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_HASH_LINE) or source.opens_with(_SENTENCE_LINE)

    def parse(self, source: Source) -> ParseResult:
        issues, facts = Issues(), dict[str, Any]()
        metrics: dict[str, tuple[Decimal, int]] = {}
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _HASH.match(line):
                facts["accuracy_log_sha256"] = found.group(1)
            elif found := _SENTENCE.search(line):
                facts |= {"good": int(found.group(2)), "total": int(found.group(3))}
                _keep(metrics, "accuracy", found.group(1), lines)
            elif line.lstrip().startswith("{"):
                for name, digits in _PAIR.findall(line)[:MOST_METRICS]:
                    _keep(metrics, name, digits, lines)
            else:
                continue
            used += 1
        if not metrics:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有精度数值。", en="The file holds no accuracy figure."),
                hint=Text(zh="请上传精度运行的 accuracy.txt。", en="Upload the accuracy.txt of the accuracy run."),
            )
        _check(facts, metrics, issues)
        if "accuracy_log_sha256" not in facts:
            issues.add(
                "no_hash",
                Text(
                    zh="文件末尾没有精度日志的 SHA-256。", en="The SHA-256 of the accuracy log is missing at the end."
                ),
                where=Where(line=lines),
            )
        rows = [
            {
                "tool": "mlperf_inference_accuracy",
                "benchmark": "",
                "status": "success",
                "metric": name,
                "value": value,
                "unit": "%" if name == "accuracy" else "",
                "line": line,
            }
            for name, (value, line) in metrics.items()
        ]
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[{"metrics": {name: value for name, (value, _) in metrics.items()}, **facts}],
            issues=issues,
            lines=lines,
            used=used,
        )


def _keep(metrics: dict[str, tuple[Decimal, int]], name: str, digits: str, line: int) -> None:
    value = printed(digits)
    if value is not None and len(metrics) < MOST_METRICS:
        metrics.setdefault(name, (value, line))


def _check(facts: dict[str, Any], metrics: dict[str, tuple[Decimal, int]], issues: Issues) -> None:
    """The printed percentage follows from the counts beside it."""
    if "total" not in facts or "accuracy" not in metrics:
        return
    value, line = metrics["accuracy"]
    total = facts["total"]
    if not total or abs(Fraction(100 * facts["good"], total) - Fraction(value)) > _TOLERANCE:
        issues.add(
            "accuracy_mismatch",
            Text(
                zh=f"第 {line} 行的精度与 good ÷ total 不符。",
                en=f"Line {line}: the accuracy does not follow from good ÷ total.",
            ),
            where=Where(line=line),
        )


PARSER = MlperfInferenceAccuracy()
