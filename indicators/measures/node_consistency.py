"""How alike the nodes are: the spread of one fixed test over all of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData
from core.outcome import Outcome, Quality, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, rests_on, results, successful
from indicators.measures.findings import coverage_grade, note, percent, worst
from indicators.measures.matrix_multiplication import FILES, PRECISIONS, TOOLS

LEAST_NODES = Fraction(75, 100)
LONGEST = dt.timedelta(hours=72)
SLOWEST_SHOWN = 5


def node_consistency(evidence: CentreEvidence) -> Measurement:
    """(P95 − P5) ÷ P50 of the time per node of one fixed matrix multiplication, over all nodes.

    A node is as slow as its slowest card, and its time is the inverse of that card's best rate. Of several tests the
    one that reached most nodes counts. Tests that do not tell their times, or spread over more than 72 h, are grade B.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `too_few_nodes` below 75 % of the nodes.
    Source: scheme §2.1 CE-2.4.
    """
    rows = successful(results(evidence, tools=TOOLS, files=FILES, metric="gemm"))
    tests: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in rows:
        if row["host"] and row["precision"] in PRECISIONS and row["value"] > 0:
            tests.setdefault((row["tool"], row["precision"]), {}).setdefault(row["host"], []).append(row)
    hosts = max(tests.items(), key=lambda item: (len(item[1]), item[0]), default=(("", ""), {}))[1]
    installed = sum(-(-group.cards // group.cards_per_node) for group in evidence.profile.accelerators)
    share = min(Fraction(len(hosts), installed), Fraction(1))
    if share < LEAST_NODES or len(hosts) < 2:
        raise InsufficientData(
            "too_few_nodes",
            Text(
                zh=f"同一测试覆盖 {len(hosts)} 个节点，共 {installed} 个，至少需要 75 %，且不少于两个。",
                en=f"One test reached {len(hosts)} of {installed} nodes; 75 % are needed, and two at least.",
            ),
            hint=Text(zh="请在全部节点上运行同一测试，结果写明主机。", en="Run one test on every node; name its host."),
        )
    slowest = {host: min(_best(own).values()) for host, own in hosts.items()}
    times = sorted(1 / rate for rate in slowest.values())
    p5, p50, p95 = (times[-(-len(times) * share_ // 100) - 1] for share_ in (5, 50, 95))
    used = [row for own in hosts.values() for row in own]
    spread, notes = _when(used)
    return Measurement(
        measure="node_consistency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured((p95 - p5) / p50),
        coverage=measured(share),
        quality=worst([coverage_grade(share), spread]),
        formula="s = (P95 − P5) ÷ P50",
        inputs=(
            Input("nodes", Text(zh="节点数", en="Nodes"), Decimal(len(hosts)), "node"),
            *(
                Input(name, Text(zh=f"{name}（相对 P50）", en=f"{name}, relative to P50"), measured(value / p50), "1")
                for name, value in (("P5", p5), ("P95", p95))
            ),
        ),
        notes=(*notes, _slow_ones(slowest)),
        rests_on=rests_on(evidence, used),
    )


def _best(rows: list[Row]) -> dict[str, Fraction]:
    """The best rate of each card of a node."""
    best: dict[str, Fraction] = {}
    for row in rows:
        card = row["device"] or ""
        best[card] = max(best.get(card, Fraction(0)), Fraction(row["value"]))
    return best


def _when(rows: list[Row]) -> tuple[Quality, tuple[Reason, ...]]:
    starts = [row["started_at"] for row in rows if row["started_at"] is not None]
    if len(starts) < len(rows):
        return Quality.B, (note("times_unknown", "部分测试没有写明时间。", "Some tests do not tell when they ran."),)
    if max(starts) - min(starts) > LONGEST:
        return Quality.B, (
            note(
                "spread_over_days", "各节点测试相隔超过 72 小时。", "The tests of the nodes lie more than 72 h apart."
            ),
        )
    return Quality.A, ()


def _slow_ones(slowest: dict[str, Fraction]) -> Reason:
    fastest = max(slowest.values())
    named = sorted(slowest, key=lambda host: (slowest[host], host))[:SLOWEST_SHOWN]
    shown = [f"{host} ({percent(slowest[host] / fastest)})" for host in named]
    return note(
        "slowest_nodes",
        f"最慢的节点（相对最快者）：{'、'.join(shown)}。",
        f"The slowest nodes, relative to the fastest: {', '.join(shown)}.",
    )
