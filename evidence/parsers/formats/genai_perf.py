"""Result of GenAI-Perf (`profile_export_genai_perf.json`) and its successor AIPerf: one load test.

Its inter-token latency is a request's mean gap after the first token, which others call TPOT. Units stand beside the
figures and are read, never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.provenance import Where
from core.text import Text
from evidence.observations.serving_runs import SERVING_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figures import count, figure
from evidence.parsers.documents.json_figures import name, whole
from evidence.parsers.documents.json_sequences import json_objects
from evidence.parsers.logs.serving_results import printed_number, serving_result
from evidence.parsers.text.source import Source

_MILLISECONDS = {
    "ms": Decimal(1),
    "us": Decimal("0.001"),
    "ns": Decimal("0.000001"),
    "s": Decimal(1000),
    "sec": Decimal(1000),
}
_PER_SECOND = frozenset(("tokens/sec", "tokens/s", "tok/s", "requests/sec", "requests/s", "req/s", "per sec"))


class GenaiPerf:
    format = "genai_perf"
    version = "2"
    kinds = (SERVING_RUNS.name,)
    title = Text(zh="GenAI-Perf / AIPerf 推理压测结果", en="Result of GenAI-Perf or AIPerf")

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
            and b'"output_token_throughput"' in head
            and b'"request_throughput"' in head
            and b'"unit"' in head
        )

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        runs = [
            _run(found.value, found.line, issues)
            for found in json_objects(source)
            if isinstance(found.value.get("output_token_throughput"), dict)
        ]
        return serving_result(source, runs, issues)


def _run(document: dict[str, Any], line: int, issues: Issues) -> dict[str, Any]:
    config = document.get("input_config")
    config = config if isinstance(config, dict) else {}

    def average(key: str) -> Decimal | None:
        return printed_number(_metric(document, key), "avg")

    def counted(key: str) -> int | None:
        return count(average(key))

    completed, errors = counted("request_count"), counted("error_request_count") or 0

    def tokens(total: str, mean: str) -> int | None:
        """The total; else, as older releases tell no more, the mean length of all requests that completed."""
        length = average(mean)
        derived = None if length is None or completed is None else count(round(length * completed))
        return derived if (told := counted(total)) is None else told

    return {
        "tool": "genai_perf",
        "model": _model(config),
        "backend": name(config, "service_kind") or name(config, "backend"),
        "concurrency": _setting(config, "concurrency"),
        "request_rate": printed_number(_stimulus(config), "request_rate"),
        "requests": None if completed is None else completed + errors,
        "completed": completed,
        "failed": errors,
        "duration_s": average("benchmark_duration"),
        "input_tokens": tokens("total_isl", "input_sequence_length"),
        "output_tokens": tokens("total_output_tokens", "output_sequence_length"),
        "requests_per_s": _rate(document, "request_throughput", line, issues),
        "output_tokens_per_s": _rate(document, "output_token_throughput", line, issues),
        "ttft_mean_ms": _milliseconds(document, "time_to_first_token", "avg", line, issues),
        "ttft_p99_ms": _milliseconds(document, "time_to_first_token", "p99", line, issues),
        "tpot_mean_ms": _milliseconds(document, "inter_token_latency", "avg", line, issues),
        "tpot_p99_ms": _milliseconds(document, "inter_token_latency", "p99", line, issues),
        "line": line,
    }


def _metric(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    metric = document.get(key)
    return metric if isinstance(metric, dict) else {}


def _stimulus(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("loadgen", "perf_analyzer"):
        holder = config.get(key)
        if isinstance(holder, dict):
            inner = holder.get("stimulus")
            return inner if isinstance(inner, dict) else holder
    return config


def _setting(config: Mapping[str, Any], key: str) -> int | None:
    found = whole(_stimulus(config), key)
    return whole(config, key) if found is None else found


def _model(config: Mapping[str, Any]) -> str | None:
    for key in ("model_names", "model"):
        names = config.get(key)
        first = names[0] if isinstance(names, list) and names else names
        if isinstance(first, str):
            return name({"model": first}, "model")
    return None


def _rate(document: Mapping[str, Any], key: str, line: int, issues: Issues) -> Decimal | None:
    metric = _metric(document, key)
    value = printed_number(metric, "avg")
    if value is not None and metric.get("unit") not in _PER_SECOND:
        _tell_unit(key, metric, line, issues)
        return None
    return value


def _milliseconds(document: Mapping[str, Any], key: str, statistic: str, line: int, issues: Issues) -> Decimal | None:
    metric = _metric(document, key)
    value, unit = printed_number(metric, statistic), metric.get("unit")
    if value is None:
        return None
    if not isinstance(unit, str) or unit not in _MILLISECONDS:
        _tell_unit(key, metric, line, issues)
        return None
    found = value * _MILLISECONDS[unit]
    return found if figure(found) is not None else None


def _tell_unit(key: str, metric: Mapping[str, Any], line: int, issues: Issues) -> None:
    shown = name(metric, "unit") or "–"
    issues.add(
        "unknown_unit",
        Text(
            zh=f"“{key}”的单位“{shown}”无法识别，未采用。",
            en=f"The unit “{shown}” of `{key}` is not known; the figure is not used.",
        ),
        where=Where(line=line),
        severity=Severity.WARNING,
    )


PARSER = GenaiPerf()
