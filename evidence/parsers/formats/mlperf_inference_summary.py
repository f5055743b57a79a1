"""MLPerf Inference `mlperf_log_summary.txt`: what one LoadGen run amounts to, and whether it is valid.

The headline is the rate or latency above `Result is`; which one it is depends on the scenario. The file names
neither benchmark nor cards: a run card does. Source: MLCommons inference, loadgen/results.cc.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

_BANNER = b"MLPerf Results Summary"
_PAIR = re2.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9_.() -]{0,60}?)\s*:\s*(\S.{0,200}?)\s*$")
_PERCENTILE = re2.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)(?:th)? percentile latency \(ns\)")
_FINDINGS = re2.compile(r"^\s*([0-9]{1,9}|No) (warnings?|ERRORS?|errors?) encountered")

_RATES = {
    "Completed tokens per second": "completed_tokens_per_second",
    "Tokens per second": "tokens_per_second",
    "Completed samples per second": "completed_samples_per_second",
    "Scheduled samples per second": "scheduled_samples_per_second",
    "Samples per second": "samples_per_second",
}
_FIGURES = {
    **_RATES,
    "Min latency (ns)": "latency_min_ns",
    "Max latency (ns)": "latency_max_ns",
    "Mean latency (ns)": "latency_mean_ns",
    "target_qps": "target_qps",
    "target_latency (ns)": "target_latency_ns",
    "min_duration (ms)": "min_duration_ms",
    "max_duration (ms)": "max_duration_ms",
    "min_query_count": "min_query_count",
    "samples_per_query": "samples_per_query",
    "performance_sample_count": "performance_sample_count",
}
_NAMES = {
    "SUT name": "sut_name",
    "Scenario": "scenario",
    "Mode": "mode",
    "Result is": "validity",
    # Seeds go beyond what JSON holds exactly, so they are kept as text.
    "qsl_rng_seed": "qsl_rng_seed",
    "sample_index_rng_seed": "sample_index_rng_seed",
    "schedule_rng_seed": "schedule_rng_seed",
    "accuracy_log_rng_seed": "accuracy_log_rng_seed",
}
_CHECKS = {
    "Performance constraints satisfied": "performance_constraints_satisfied",
    "Min duration satisfied": "min_duration_satisfied",
    "Min queries satisfied": "min_queries_satisfied",
    "Early stopping satisfied": "early_stopping_satisfied",
}


@dataclass(slots=True)
class _Summary:
    """The pairs of the file under our names, and the headline with its line."""

    facts: dict[str, Any] = field(default_factory=dict)
    headline: tuple[str, Decimal, int] | None = None
    verdict_line: int | None = None
    lines: int = 0
    used: int = 0


class MlperfInferenceSummary:
    format = "mlperf_inference_summary"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="MLPerf 推理结果摘要", en="MLPerf Inference result summary")

    def recognises(self, source: Source) -> bool:
        return _BANNER in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        read, issues = _read(source), Issues()
        if not read.used:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 LoadGen 摘要。", en="The file holds no LoadGen summary."),
                hint=Text(zh="请上传 mlperf_log_summary.txt。", en="Upload mlperf_log_summary.txt."),
            )
        status = _status(read, issues)
        rows = []
        if read.headline is not None:
            metric, value, line = read.headline
            rows.append(
                {
                    "tool": "mlperf_inference",
                    "benchmark": "",
                    "status": status,
                    "platform": read.facts.get("sut_name"),
                    "scenario": read.facts.get("scenario"),
                    "metric": metric,
                    "value": value,
                    "unit": _unit(metric),
                    "line": line,
                }
            )
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, rows)},
            facts=[{"status": status, **read.facts}],
            issues=issues,
            lines=read.lines,
            used=read.used,
        )


def _read(source: Source) -> _Summary:
    read = _Summary()
    for read.lines, raw in log_lines(source):
        line = text_of(raw)
        if found := _FINDINGS.match(line):
            kind = "warnings" if found.group(2).startswith("w") else "errors"
            read.facts[kind] = 0 if found.group(1) == "No" else int(found.group(1))
            read.used += 1
        elif pair := _PAIR.match(line):
            read.used += _take(read, pair.group(1), pair.group(2))
    return read


def _take(read: _Summary, key: str, value: str) -> bool:
    facts = read.facts
    if key in _NAMES:
        facts.setdefault(_NAMES[key], words(value))
        if key == "Result is":
            read.verdict_line = read.lines
    elif key in _CHECKS:
        facts.setdefault(_CHECKS[key], value.lower() == "yes")
    elif (name := _figure_name(key)) and (figure := printed(value)) is not None:
        facts.setdefault(name, figure)
        # Tokens outweigh samples; otherwise the first one above the verdict is the headline.
        is_rate = name in _RATES.values() or name.startswith("latency_p")
        better = read.headline is None or ("tokens" in name and "tokens" not in read.headline[0])
        if is_rate and read.verdict_line is None and better:
            read.headline = (name, figure, read.lines)
    else:
        return False
    return True


def _figure_name(key: str) -> str | None:
    if key in _FIGURES:
        return _FIGURES[key]
    if percentile := _PERCENTILE.fullmatch(key):
        share = percentile.group(1)
        return f"latency_p{share.rstrip('0').rstrip('.') if '.' in share else share}_ns".replace(".", "_")
    return None


def _unit(metric: str) -> str:
    if metric.endswith("_ns"):
        return "ns"
    return "token/s" if "tokens" in metric else "sample/s"


def _status(read: _Summary, issues: Issues) -> str:
    validity = read.facts.get("validity")
    where = Where(line=read.verdict_line)
    if validity == "VALID" and read.headline is not None:
        return "success"
    if validity == "INVALID":
        missed = [key for key, name in _CHECKS.items() if read.facts.get(name) is False]
        issues.add(
            "run_invalid",
            Text(
                zh=f"LoadGen 判定结果为 INVALID（未满足：{'、'.join(missed) or '未写明'}），不能作为成绩。",
                en=f"LoadGen calls the result INVALID (missed: {', '.join(missed) or 'not said'}); it does not count.",
            ),
            where=where,
        )
        return "invalid"
    tell_no_result(issues, where=Where(line=1))
    return "incomplete"


PARSER = MlperfInferenceSummary()
