"""One scrape of an exporter in the Prometheus text format: a snapshot.

It shows which metrics an exporter offers and what they read at that moment. Only samples with their own instant
become rows; a scrape says nothing about a period.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import re2

from core.errors import ParseError
from core.provenance import Where
from core.quantity import bounded_decimal, shortest
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import FIGURE
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figure
from evidence.parsers.logs.results import log_result
from evidence.parsers.monitoring.card_metrics import ENERGY, CardMetric, card_metric, device_of, node_of
from evidence.parsers.monitoring.card_samples import CardTables, Readings
from evidence.parsers.monitoring.matrices import LATEST_S
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

MOST_SAMPLES = 1_000_000
LISTED_CARDS = 256
_HEAD = re2.compile(r"(?m)^# (?:HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* \S")
_CARDS = re2.compile(r"(?m)^(?:DCGM_FI_|nvidia_smi_|npu_chip_info_)[a-zA-Z0-9_]*[{ ]")
_SAMPLE = re2.compile(
    r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+'
    r"([+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|NaN|Inf))(?:\s+([0-9]{1,13}))?\s*"
)
_LABEL = re2.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"')
_Key = tuple[CardMetric, str | None, str]


class PrometheusText:
    format = "prometheus_text"
    version = "3"
    title = Text(zh="Prometheus 指标快照（文本格式）", en="Prometheus metrics, one scrape (text format)")
    kinds = (DEVICE_SAMPLES.name, POWER_SAMPLES.name)

    def recognises(self, source: Source) -> bool:
        lines = "\n".join(source.head_lines())
        return _HEAD.search(lines) is not None and (_CARDS.search(lines) is not None or "\n# TYPE " in f"\n{lines}")

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        stamped: dict[_Key, list[tuple[int, Decimal, int]]] = {}
        cards: dict[str, dict[str, Any]] = {}
        families: set[str] = set()
        read = samples = faulty = 0
        for number, raw in log_lines(source):
            line = text_of(raw).strip()
            if not line or line.startswith("#"):
                continue
            read += 1
            match = _SAMPLE.fullmatch(line)
            if match is None or read > MOST_SAMPLES:
                faulty += 1
                _tell_broken(issues, number)
                continue
            samples += 1
            families.add(match.group(1))
            if (metric := card_metric(match.group(1))) is None:
                continue
            labels = dict(_LABEL.findall(match.group(2) or ""))
            node = node_of(labels)
            device = node if metric.place == "node" else device_of(labels)
            if device is None:
                continue
            key = (metric, words(node) if node else None, words(device))
            value, at = figure(bounded_decimal(match.group(3))), match.group(4)
            if value is None:
                faulty += 1
                _tell_no_figure(issues, number, match.group(3))
            elif at is None:
                _note(cards, key, value)
            elif int(at) <= LATEST_S * 1000:
                stamped.setdefault(key, []).append((int(at), value, number))
            else:
                faulty += 1
                _tell_late(issues, number)
        if not samples:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有任何采样。", en="The file holds no sample."),
                hint=Text(zh="请保存 /metrics 的完整回答。", en="Save the whole answer of /metrics."),
            )
        if cards:
            _tell_snapshot(issues)
        facts = {
            "samples": samples,
            "metrics": len(families),
            "cards": [{"device": device, **figures} for device, figures in cards.items()][:LISTED_CARDS],
        }
        tables = CardTables(issues)
        faulty += sum(tables.add(_readings(key, rows)) for key, rows in stamped.items())
        return log_result(
            source,
            tables=tables.tables(),
            facts=[facts],
            issues=issues,
            lines=read,
            used=read - faulty,
            faulty=faulty,
        )


def _note(cards: dict[str, dict[str, Any]], key: _Key, value: Decimal) -> None:
    """A figure of a snapshot, in the unit its name tells."""
    metric, _, device = key
    if metric.column != ENERGY and (device in cards or len(cards) < LISTED_CARDS):
        scaled = figure(value * metric.factor)
        cards.setdefault(device, {})[metric.column] = Decimal(shortest(scaled)) if scaled is not None else None


def _readings(key: _Key, rows: list[tuple[int, Decimal, int]]) -> Readings:
    """The samples of one metric of one card that have their own instant, in order of time."""
    metric, node, device = key
    at, values, lines = zip(*sorted(rows), strict=True)
    return Readings(
        metric,
        [(node, device)],
        np.zeros(len(at), dtype=np.int64),
        np.array(at, dtype=np.int64),
        pa.array(values, FIGURE),
        np.array(lines, dtype=np.int64),
    )


def _tell_broken(issues: Issues, line: int) -> None:
    issues.add(
        "broken_line",
        Text(zh=f"第 {line} 行不是一条采样。", en=f"Line {line} is no sample."),
        where=Where(line=line),
        hint=Text(zh="请保存 /metrics 的完整回答。", en="Save the whole answer of /metrics."),
    )


def _tell_no_figure(issues: Issues, line: int, text: str) -> None:
    issues.add(
        "no_figure",
        Text(
            zh=f"第 {line} 行的值“{text[:40]}”不是可用的数，按缺失处理。",
            en=f"Line {line}: “{text[:40]}” is no usable figure and counts as missing.",
        ),
        where=Where(line=line),
    )


def _tell_late(issues: Issues, line: int) -> None:
    issues.add(
        "bad_instant",
        Text(
            zh=f"第 {line} 行的时间晚于 2199 年，未采用。",
            en=f"The instant in line {line} lies beyond 2199; it is not used.",
        ),
        where=Where(line=line),
        hint=Text(zh="采样时间应为毫秒。", en="Instants of samples are milliseconds."),
    )


def _tell_snapshot(issues: Issues) -> None:
    issues.add(
        "snapshot_only",
        Text(
            zh="采样没有时间，只是一次快照，不能说明一段时期。",
            en="The samples carry no instant: a snapshot, which says nothing about a period.",
        ),
        severity=Severity.INFO,
        hint=Text(zh="请用 query_range 导出评价期内的序列。", en="Export the series of the period with query_range."),
    )


PARSER = PrometheusText()
