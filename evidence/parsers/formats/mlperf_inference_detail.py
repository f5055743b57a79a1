"""MLPerf Inference `mlperf_log_detail.txt`: the MLLOG records of one LoadGen run.

`power_begin` and `power_end` are local times without a zone; they bound the window in which power counts.
Source: MLCommons inference, loadgen/logging.cc.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figures import count, figure
from evidence.parsers.columns.instants import Clock
from evidence.parsers.columns.local_times import iso_of_american
from evidence.parsers.logs.mllog import TOKEN, Event, LineTally, wanted_events
from evidence.parsers.logs.results import log_result, table_of, tell_no_result
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

_OWN_KEY = re2.compile(rb'"key"\s*:\s*"(?:loadgen_version|effective_scenario|result_validity|requested_scenario)"')

_NAMES = {
    "result_validity": "validity",
    "effective_scenario": "scenario",
    "effective_test_mode": "mode",
    "test_datetime": "test_datetime",
    "loadgen_version": "loadgen_version",
    "power_begin": "power_begin",
    "power_end": "power_end",
}
_SEEDS = {
    "effective_qsl_rng_seed": "qsl_rng_seed",
    "effective_sample_index_rng_seed": "sample_index_rng_seed",
    "effective_schedule_rng_seed": "schedule_rng_seed",
}
_FLAGS = {
    "result_min_duration_met": "min_duration_satisfied",
    "result_min_queries_met": "min_queries_satisfied",
    "result_perf_constraints_met": "performance_constraints_satisfied",
    "early_stopping_met": "early_stopping_satisfied",
}
# The later a rate stands here, the more it says of the run: tokens before samples, completed before scheduled.
_RATES = {
    "result_samples_per_second": "samples_per_second",
    "result_scheduled_samples_per_sec": "scheduled_samples_per_second",
    "result_completed_samples_per_sec": "completed_samples_per_second",
    "result_tokens_per_second": "tokens_per_second",
    "result_completed_tokens_per_second": "completed_tokens_per_second",
}
_FIGURES = {
    **_RATES,
    "result_mean_latency_ns": "latency_mean_ns",
    "result_90.00_percentile_latency_ns": "latency_p90_ns",
    "result_99.00_percentile_latency_ns": "latency_p99_ns",
    "effective_target_qps": "target_qps",
}
_COUNTS = {"result_query_count": "query_count", "effective_min_duration_ms": "min_duration_ms"}
_WANTED = frozenset((*_NAMES, *_SEEDS, *_FLAGS, *_FIGURES, *_COUNTS))


class MlperfInferenceDetail:
    format = "mlperf_inference_detail"
    version = "2"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="MLPerf 推理详细日志", en="MLPerf Inference detail log")

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return TOKEN in opening and _OWN_KEY.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), LineTally()
        facts: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for event in wanted_events(source, _WANTED, tally=tally, issues=issues):
            _take(facts, lines, event)
        if not facts:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 LoadGen 记录。", en="The file holds no LoadGen records."),
                hint=Text(zh="请上传 mlperf_log_detail.txt。", en="Upload mlperf_log_detail.txt."),
            )
        status = _status(facts, lines, issues)
        metric = next((name for name in reversed(_RATES.values()) if name in facts), None)
        started, stopped = _window(facts, lines, source, issues)
        row = {
            "tool": "mlperf_inference",
            "benchmark": "",
            "status": status,
            "started_at": started,
            "stopped_at": stopped,
            "duration_ms": _milliseconds(started, stopped),
            "scenario": facts.get("scenario"),
            "metric": metric,
            "value": facts.get(metric or ""),
            "unit": "token/s" if metric and "tokens" in metric else "sample/s",
            "line": lines.get("validity", 1),
        }
        counted = {
            "mllog_events": tally.events,
            "distinct_keys": len(tally.keys),
            "error_events": tally.errors,
            "bad_json": tally.bad_json,
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, [row] if metric else [])},
            facts=[{"status": status, **facts, **counted}],
            issues=issues,
            lines=tally.read,
            used=tally.events,
            faulty=tally.bad_json,
        )


def _take(facts: dict[str, Any], lines: dict[str, int], event: Event) -> None:
    key, value = event.key, event.value
    kept: object
    if key in _NAMES and isinstance(value, str):
        name, kept = _NAMES[key], words(value)
    elif key in _SEEDS and isinstance(value, int):
        name, kept = _SEEDS[key], words(str(value))  # seeds go beyond what JSON holds exactly
    elif key in _FLAGS and isinstance(value, bool):
        name, kept = _FLAGS[key], value
    elif key in _FIGURES and isinstance(value, int | Decimal) and figure(Decimal(value)) is not None:
        name, kept = _FIGURES[key], Decimal(value)
    elif key in _COUNTS and (whole := count(value)) is not None:
        name, kept = _COUNTS[key], whole
    else:
        return
    if facts.setdefault(name, kept) == kept:
        lines.setdefault(name, event.line)


def _status(facts: Mapping[str, Any], lines: Mapping[str, int], issues: Issues) -> str:
    match facts.get("validity"):
        case "VALID":
            return "success"
        case "INVALID":
            issues.add(
                "run_invalid",
                Text(
                    zh="LoadGen 判定结果为 INVALID，不能作为成绩。",
                    en="LoadGen calls the result INVALID; it does not count.",
                ),
                where=Where(line=lines["validity"]),
            )
            return "invalid"
    tell_no_result(issues)
    return "incomplete"


def _window(
    facts: Mapping[str, Any], lines: Mapping[str, int], source: Source, issues: Issues
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The power window as instants; without a declared zone it stays text, which is no fault of the log."""
    if "power_begin" not in facts or "power_end" not in facts:
        return None, None
    if source.timezone is None:
        issues.add(
            "window_without_zone",
            Text(
                zh="测试窗口为没有时区的当地时间；要与功率采样对应，请在上传时声明时区。",
                en="The test window is local time without a zone; declare the zone at upload to join it with power.",
            ),
            where=Where(line=lines["power_begin"]),
            severity=Severity.INFO,
        )
        return None, None
    clock = Clock(source.timezone, issues)
    texts = pa.array([iso_of_american(facts[name]) for name in ("power_begin", "power_end")], pa.string())
    read, _ = clock.read(texts, pa.array([lines["power_begin"], lines["power_end"]], pa.int64()))
    clock.close()
    begin, end = read.to_pylist()
    return begin, end


def _milliseconds(started: dt.datetime | None, stopped: dt.datetime | None) -> int | None:
    if started is None or stopped is None:
        return None
    return round((stopped - started) / dt.timedelta(milliseconds=1))


PARSER = MlperfInferenceDetail()
