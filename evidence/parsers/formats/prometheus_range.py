"""Answers of `query_range` (Prometheus, VictoriaMetrics): card metrics as telemetry, `up` as availability of targets.

A target that vanished has no samples instead of zeros, and jobs are scraped at different steps: availability is
counted over time, five minutes being the longest a sample may stand for, and its coverage is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.provenance import Where
from core.quantity import measured, not_a_number
from core.text import Text
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.monitors import MONITORS
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.instants import iso_of_ms
from evidence.parsers.monitoring.card_metrics import CardMetric, card_metric, device_of, node_of
from evidence.parsers.monitoring.card_samples import CardTables, Readings
from evidence.parsers.monitoring.matrices import Matrix, read_matrix
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

STALENESS_MS = 300_000
LONG_GAP_MS = 30_000
LISTED = 100
DAY_MS = 86_400_000
_HEAD = re2.compile(rb'^(?:\xef\xbb\xbf)?\s*(?:\[\s*\{\s*"metric"\s*:|\{[^\[]{0,400}"resultType"\s*:\s*"matrix")')


class PrometheusRange:
    format = "prometheus_range"
    version = "3"
    title = Text(zh="Prometheus 区间查询（query_range）", en="Prometheus range query (query_range)")
    kinds = (DEVICE_SAMPLES.name, POWER_SAMPLES.name, MONITORS.name)

    def recognises(self, source: Source) -> bool:
        return _HEAD.search(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        matrix, issues = read_matrix(source), Issues()
        _tell_warnings(matrix, issues)
        _tell_samples(matrix, issues)
        cards = CardTables(issues, source.scratch)
        targets: list[int] = []
        by_metric: dict[CardMetric, list[int]] = {}
        unread: dict[str, int] = {}
        for index, labels in enumerate(matrix.labels):
            name = labels.get("__name__", "")
            metric = card_metric(name)
            if name == "up":
                targets.append(index)
            elif metric is not None:
                by_metric.setdefault(metric, []).append(index)
            else:
                unread.setdefault(name, index)
        unfit = sum(_add(cards, matrix, metric, chosen, issues) for metric, chosen in by_metric.items())
        _tell_unread(unread, matrix, issues)
        tables = cards.tables()
        if targets and (monitors := _monitors(matrix, targets)).num_rows:
            tables[MONITORS.name] = monitors
        faulty = matrix.contradicting + matrix.missing + unfit
        return ParseResult(
            facts=_facts(matrix, targets),
            tables=tables,
            coverage=Coverage(matrix.read, matrix.read - matrix.repeated - faulty, faulty),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _add(cards: CardTables, matrix: Matrix, metric: CardMetric, chosen: list[int], issues: Issues) -> int:
    """The samples of one metric; how many are out of range. Series that name no card are told and left out."""
    names: dict[int, tuple[str | None, str]] = {}
    nameless: list[int] = []
    for index in chosen:
        node, device = node_of(matrix.labels[index]), device_of(matrix.labels[index])
        owner = node if metric.place == "node" else device
        if owner is None:
            nameless.append(index)
        else:
            names[index] = (words(node) if node else None, words(owner))
    if nameless:
        issues.add(
            "no_single_card",
            Text(
                zh=f"有 {len(nameless)} 条序列不属于某一张卡（MIG 实例或聚合值），未采用。",
                en=f"{len(nameless)} series belong to no single card (MIG slices or sums) and are not used.",
            ),
            where=Where(line=matrix.lines[nameless[0]]),
            hint=Text(
                zh="请按卡导出，保留 UUID 与主机名标签。", en="Export per card, with the labels of UUID and host."
            ),
            times=len(nameless),
        )
    if not names:
        return 0
    held = matrix.of_series(list(names))
    series = matrix.series[held]
    ordered = sorted(names)
    return cards.add(
        Readings(
            metric,
            [names[index] for index in ordered],
            np.searchsorted(np.array(ordered), series),
            matrix.at[held],
            matrix.values.filter(pa.array(held)),
            np.array(matrix.lines)[series],
        )
    )


def _tell_samples(matrix: Matrix, issues: Issues) -> None:
    if matrix.repeated:
        issues.add(
            "overlapping_slices",
            Text(
                zh=f"各段查询重叠，{matrix.repeated} 个相同的采样只计一次。",
                en=f"The slices overlap: {matrix.repeated} equal samples count once.",
            ),
            severity=Severity.INFO,
            times=matrix.repeated,
        )
    if matrix.contradicting:
        issues.add(
            "contradicting_samples",
            Text(
                zh=f"有 {matrix.contradicting} 个采样在同一时刻取值不同，均未采用。",
                en=f"{matrix.contradicting} samples contradict another of the same instant; none of them is used.",
            ),
            hint=Text(
                zh="请从同一个数据源、以同样的步长导出。", en="Export from one data source, with one and the same step."
            ),
            times=matrix.contradicting,
        )
    if not_finite := matrix.missing - len(matrix.odd):
        issues.add(
            "no_figure",
            Text(
                zh=f"有 {not_finite} 个采样不是有限的数（如 NaN），按缺失处理。",
                en=f"{not_finite} samples are no finite figures (such as NaN) and count as missing.",
            ),
            times=not_finite,
        )
    for sample in matrix.odd:
        refusal = not_a_number(words(sample.text))
        issues.add("not_a_number", refusal.message, where=Where(line=sample.line), hint=refusal.hint)


def _tell_warnings(matrix: Matrix, issues: Issues) -> None:
    for warning in matrix.warnings:
        shown = words(warning)[:200]
        issues.add(
            "query_warned",
            Text(
                zh=f"查询的回答附有警告“{shown}”，数据可能不完整。",
                en=f"The answer carries the warning “{shown}”; samples may be missing.",
            ),
            hint=Text(zh="请缩短时间段后重新导出。", en="Export again, in shorter ranges."),
        )


def _tell_unread(unread: Mapping[str, int], matrix: Matrix, issues: Issues) -> None:
    for name, index in unread.items():
        shown = words(name)[:80] or "–"
        issues.add(
            "metric_not_read",
            Text(zh=f"指标“{shown}”未读取。", en=f"The metric “{shown}” is not read."),
            where=Where(line=matrix.lines[index]),
            severity=Severity.INFO,
            hint=Text(
                zh="可读取的指标见格式文档；查询时请保留指标名。",
                en="The page of the format lists the metrics; keep the metric's name in the query.",
            ),
        )


def _monitors(matrix: Matrix, targets: list[int]) -> pa.Table:
    """One row per target: a sample stands until the next one, for five minutes at most."""
    rows: dict[str, list[Any]] = {column.name: [] for column in MONITORS.columns if column.name != "cell"}
    edges = np.searchsorted(matrix.series, [[index, index + 1] for index in targets])
    down = pc.less(matrix.values, pa.scalar(Decimal(1), matrix.values.type)).to_numpy(zero_copy_only=False)
    for index, (first, last) in zip(targets, edges.tolist(), strict=True):
        if last - first < 2:
            continue
        at, is_down = matrix.at[first:last], down[first:last]
        held = np.minimum(np.diff(at), STALENESS_MS)
        lost, seen = int(held[is_down[:-1]].sum()), int(held.sum())
        days = np.unique(at[:-1][is_down[:-1]] // DAY_MS)
        rows["monitor"].append(_target(matrix.labels[index]))
        rows["status"].append("down" if is_down[-1] else "up")
        rows["uptime_ratio"].append(_nine(1 - Fraction(lost, seen)))
        rows["down_ms"].append(lost)
        rows["days_with_downtime"].append(len(days))
        rows["line"].append(matrix.lines[index])
    return MONITORS.table(rows)


def _nine(share: Fraction) -> Decimal:
    return measured(share).quantize(Decimal("1e-9"))


def _target(labels: Mapping[str, str]) -> str:
    return words("/".join(labels[name] for name in ("job", "instance") if labels.get(name))) or "–"


def _facts(matrix: Matrix, targets: list[int]) -> dict[str, Any]:
    same = matrix.series[1:] == matrix.series[:-1]
    steps = np.diff(matrix.at)[same]
    facts: dict[str, Any] = {"series": len(matrix.labels), "samples": len(matrix.at)}
    if len(matrix.at):
        facts |= {"first_at": iso_of_ms(int(matrix.at.min())), "last_at": iso_of_ms(int(matrix.at.max()))}
    if len(steps):
        facts |= {
            "step_median_ms": int(np.sort(steps)[len(steps) // 2]),
            "gaps_over_30_s": int((steps > LONG_GAP_MS).sum()),
        }
    if not targets:
        return facts
    held = matrix.of_series(targets)
    zero = held & pc.equal(matrix.values, pa.scalar(Decimal(0), matrix.values.type)).to_numpy(zero_copy_only=False)
    zeros = np.bincount(matrix.series[zero], minlength=len(matrix.labels))
    samples = np.bincount(matrix.series, minlength=len(matrix.labels))
    ups = int(held.sum())
    return facts | {
        "up_samples": ups,
        "up_samples_zero": int(zero.sum()),
        "up_ratio_of_samples": measured(1 - Fraction(int(zero.sum()), ups)) if ups else None,
        "targets_with_zero": [
            {"target": _target(matrix.labels[i]), "zero": int(zeros[i]), "samples": int(samples[i])}
            for i in targets
            if zeros[i]
        ][:LISTED],
    }


PARSER = PrometheusRange()
