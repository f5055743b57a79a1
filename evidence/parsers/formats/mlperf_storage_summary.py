"""MLPerf Storage `summary.json` (DLIO): accelerator utilisation and throughput of one emulated training run.

The file does not name the model; the report of the set does (`mlperf_storage_report`), joined by throughput. Its
times have no zone. Source: MLCommons storage; AU must reach 90 % (unet3d, resnet50) or 70 % (cosmoflow).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
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

LARGEST = 16 * 1024 * 1024
_TOLERANCE = Fraction(1, 100)
_OBJECT = re2.compile(rb"^(?:\xef\xbb\xbf)?\s*\{")
_FIGURES = {
    "train_au_mean_percentage": "au_mean_percent",
    "train_au_stdev_percentage": "au_stdev_percent",
    "train_throughput_mean_samples_per_second": "throughput_mean_samples_per_second",
    "train_throughput_stdev_samples_per_second": "throughput_stdev_samples_per_second",
    "train_io_mean_MB_per_second": "io_mean_mb_per_second",
    "train_io_stdev_MB_per_second": "io_stdev_mb_per_second",
}
_COUNTS = {"num_accelerators": "accelerators", "num_hosts": "hosts", "epochs": "epochs", "num_files_train": "files"}


class MlperfStorageSummary:
    format = "mlperf_storage_summary"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="MLPerf 存储测试摘要", en="MLPerf Storage run summary")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return _OBJECT.match(head) is not None and b'"metric"' in head and b'"train_au_' in head

    def parse(self, source: Source) -> ParseResult:
        document, issues = read_json_object(source, largest=LARGEST), Issues()
        metric = document.get("metric")
        if not isinstance(metric, dict):
            raise ParseError(
                "unexpected_shape",
                Text(zh="缺少对象“metric”。", en="The object `metric` is missing."),
                hint=Text(zh="请上传 DLIO 的 summary.json。", en="Upload the summary.json of DLIO."),
            )
        facts: dict[str, Any] = {
            "started_at_local": name(document, "start"),
            "stopped_at_local": name(document, "end"),
            "duration_s": _duration(document),
            **{name: count(document.get(key)) for key, name in _COUNTS.items()},
            **{name: number(metric, key) for key, name in _FIGURES.items()},
            "au_meets_expectation": name(metric, "train_au_meet_expectation"),
        }
        status = _status(facts)
        _check(metric, facts, source, issues)
        if status == "failed":
            issues.add(
                "au_below_expectation",
                Text(
                    zh="加速器利用率未达到基准要求。",
                    en="The accelerator utilisation does not meet what the benchmark asks for.",
                ),
                where=Where(line=line_of_key(source, "train_au_meet_expectation")),
            )
        return document_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, _rows(facts, status, source))},
            facts=[{"status": status, **facts}],
            issues=issues,
        )


def _rows(facts: dict[str, Any], status: str, source: Source) -> list[dict[str, Any]]:
    """Utilisation and throughput, one row each; the throughput joins the run to the report of its set."""
    same = {
        "tool": "mlperf_storage",
        "benchmark": "",
        "status": status,
        "accelerators": facts["accelerators"],
        "nodes": facts["hosts"],
    }
    keys = {name: key for key, name in _FIGURES.items()}
    wanted = (
        ("accelerator_utilisation", "au_mean_percent", "%"),
        ("samples_per_second", "throughput_mean_samples_per_second", "sample/s"),
    )
    return [
        {**same, "metric": metric, "value": facts[name], "unit": unit, "line": line_of_key(source, keys[name])}
        for metric, name, unit in wanted
        if facts[name] is not None
    ]


def _status(facts: dict[str, Any]) -> str:
    if facts["au_mean_percent"] is None:
        return "incomplete"
    return {"success": "success", None: "incomplete"}.get(facts["au_meets_expectation"], "failed")


def _check(metric: dict[str, Any], facts: dict[str, Any], source: Source, issues: Issues) -> None:
    """The printed mean is the mean of the epochs; anything else was edited."""
    epochs, mean = metric.get("train_au_percentage"), facts["au_mean_percent"]
    values = [value for value in epochs if isinstance(value, Decimal | int)] if isinstance(epochs, list) else []
    if not values or mean is None:
        return
    own = sum(map(Fraction, values), Fraction(0)) / len(values)
    if abs(own - Fraction(mean)) > _TOLERANCE:
        issues.add(
            "average_mismatch",
            Text(
                zh=f"利用率平均值为 {mean}，由各轮数据应为 {measured(own)}。",
                en=f"The mean utilisation is given as {mean}; the epochs give {measured(own)}.",
            ),
            where=Where(line=line_of_key(source, "train_au_mean_percentage")),
        )


def _duration(document: dict[str, Any]) -> Decimal | None:
    """Seconds between two times of one clock; neither has a zone, the difference needs none."""
    try:
        start, end = (dt.datetime.fromisoformat(str(document.get(name))[:40]) for name in ("start", "end"))
        passed = end - start
    except (ValueError, TypeError, OverflowError):
        return None
    return Decimal(passed // dt.timedelta(microseconds=1)).scaleb(-6)


PARSER = MlperfStorageSummary()
