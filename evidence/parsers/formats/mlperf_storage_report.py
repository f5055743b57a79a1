"""MLPerf Storage `mlperf_storage_report.json`: model, accelerator and throughput of every run of a set.

Numbers of accelerators are text in it. MB is what the benchmark's version took for it; samples per second count.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import measured
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.documents.json_figures import name, number
from evidence.parsers.logs.results import document_result, table_of
from evidence.parsers.text.source import Source

MOST_RUNS = 200
_TOLERANCE = Fraction(1, 10_000)
_OBJECT = re2.compile(rb"^(?:\xef\xbb\xbf)?\s*\{")
_COUNT = re2.compile(r"[1-9][0-9]{0,8}")


class MlperfStorageReport:
    format = "mlperf_storage_report"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="MLPerf 存储测试报告", en="MLPerf Storage report of a set")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            _OBJECT.match(head) is not None and b'"overall"' in head and b'"train_throughput_mean_samples_per_s' in head
        )

    def parse(self, source: Source) -> ParseResult:
        document, issues = read_json_object(source), Issues()
        overall, runs = document.get("overall"), document.get("runs")
        if not isinstance(overall, dict) or not isinstance(runs, dict) or len(runs) > MOST_RUNS:
            raise ParseError(
                "unexpected_shape",
                Text(zh="缺少“overall”或“runs”。", en="`overall` or `runs` is missing."),
                hint=Text(zh="请上传 mlperf_storage_report.json。", en="Upload mlperf_storage_report.json."),
            )
        rows = [_row(name, run, source) for name, run in runs.items() if isinstance(run, dict)]
        counted = [row for row in rows if row["value"] is not None]
        facts = {
            "model": name(overall, "model"),
            "accelerator": name(overall, "accelerator"),
            "runs": len(rows),
            "num_benchmark_runs": count(overall.get("num_benchmark_runs")),
            "accelerators": _count(overall.get("train_num_accelerators")),
            "files": count(overall.get("num_files_train")),
            "samples_per_file": count(overall.get("num_samples_per_file")),
            "throughput_mean_samples_per_second": number(overall, "train_throughput_mean_samples_per_second"),
            "throughput_stdev_samples_per_second": number(overall, "train_throughput_stdev_samples_per_second"),
            "throughput_mean_mb_per_second": number(overall, "train_throughput_mean_MB_per_second"),
            "throughput_stdev_mb_per_second": number(overall, "train_throughput_stdev_MB_per_second"),
        }
        _check(facts, counted, source, issues)
        return document_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, counted)},
            facts=[facts],
            issues=issues,
        )


def _row(key: str, run: dict[str, Any], source: Source) -> dict[str, Any]:
    return {
        "tool": "mlperf_storage_report",
        "benchmark": name(run, "model") or "",
        "status": "success",
        "metric": "samples_per_second",
        "value": number(run, "train_throughput_samples_per_second"),
        "unit": "sample/s",
        "accelerator": name(run, "accelerator"),
        "accelerators": _count(run.get("train_num_accelerators")),
        "line": line_of_key(source, key),
    }


def _check(facts: dict[str, Any], rows: list[dict[str, Any]], source: Source, issues: Issues) -> None:
    mean = facts["throughput_mean_samples_per_second"]
    if facts["num_benchmark_runs"] != facts["runs"]:
        issues.add(
            "runs_missing",
            Text(
                zh=f"报告称有 {facts['num_benchmark_runs']} 次运行，列出了 {facts['runs']} 次。",
                en=f"The report speaks of {facts['num_benchmark_runs']} runs and lists {facts['runs']}.",
            ),
            where=Where(line=line_of_key(source, "num_benchmark_runs")),
        )
    if not rows or not mean:
        return
    own = sum((Fraction(row["value"]) for row in rows), Fraction(0)) / len(rows)
    if abs(own - Fraction(mean)) > _TOLERANCE * Fraction(mean):
        issues.add(
            "average_mismatch",
            Text(
                zh=f"平均吞吐为 {mean}，由各次运行应为 {measured(own)}。",
                en=f"The mean throughput is given as {mean}; the runs give {measured(own)}.",
            ),
            where=Where(line=line_of_key(source, "train_throughput_mean_samples_per_second")),
        )


def _count(value: object) -> int | None:
    """A whole number above zero, as text or as a number."""
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        return int(value)
    return count(value)


PARSER = MlperfStorageReport()
