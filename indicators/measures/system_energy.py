"""Rate per watt of a system: HPL of fused centres, sustained matrix multiplications of AI cards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, rests_on
from indicators.measures.columns import median
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import note, nothing_handed_in
from indicators.measures.linpack import HPL_FILES, best_hpl
from indicators.measures.matrix_multiplication import FILES, best_cards
from indicators.measures.power_windows import (
    LEAST_COVERED,
    WindowPower,
    contradictions,
    power_support,
    powers_in,
    require_covered,
)

STEADY = dt.timedelta(minutes=10)
LEAST_NODES = Fraction(5, 100)
HIGHEST_TFLOPS_PER_KW = 1500
_COUNTS = dict.fromkeys(("1", "node", "nodes"), Fraction(1))


def system_energy_efficiency(evidence: CentreEvidence) -> Measurement:
    """Rmax ÷ mean power of all nodes while HPL ran, GFLOPS per watt.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `no_run_times`, `nodes_unknown`, `power_missing`, `power_incomplete`,
            `power_gaps`, `no_power`.
    Source: Green500 run rules; scheme §2.3 GR-4.2.
    """
    _require_power(evidence, HPL_FILES)
    best = best_hpl(evidence, timed=True)
    start, end = best["started_at"], best["stopped_at"]
    powers = _of_system(powers_in(evidence, start, end))
    require_covered(powers)
    nodes = _nodes(evidence, best)
    metered = len(powers) if powers[0].place == "node" else nodes
    if metered < nodes:
        raise InsufficientData(
            "power_incomplete",
            Text(
                zh=f"HPL 使用 {nodes} 个节点，只有 {metered} 个节点的功率。",
                en=f"HPL ran on {nodes} nodes; the power of {metered} was handed in.",
            ),
            hint=Text(zh="请提交全部节点的功率日志。", en="Hand in the power log of every node."),
        )
    watts = _positive(sum((power.mean_w for power in powers), Fraction(0)))
    return Measurement(
        measure="system_energy_efficiency",
        outcome=Outcome.SCORED,
        unit="GFLOPS/W",
        value=measured(Fraction(best["value"]) / watts),
        coverage=measured(min(power.covered for power in powers)),
        quality=Quality.A,
        formula="η = rmax ÷ power",
        inputs=(
            Input("rmax", Text(zh="实测 Rmax", en="Rmax"), measured(Fraction(best["value"])), "GFLOP/s"),
            Input("power", Text(zh="运行期间平均功率", en="Mean power during the run"), measured(watts), "W"),
            Input("nodes", Text(zh="节点数", en="Nodes"), Decimal(nodes), "node"),
        ),
        notes=(
            note(
                "measured_at_nodes" if powers[0].place == "node" else "measured_by_analyser",
                "功率取自节点输入，不含网络与存储。"
                if powers[0].place == "node"
                else "功率取自功率分析仪，按覆盖整个系统计。",
                "Power is taken at the node input, without network and storage."
                if powers[0].place == "node"
                else "Power is taken from an analyser and counted as that of the whole system.",
            ),
            *contradictions(powers),
        ),
        rests_on=(
            *rests_on(evidence, [best]),
            *power_support(powers),
        ),
    )


def ai_card_energy_efficiency(evidence: CentreEvidence) -> Measurement:
    """Sustained rate of all cards of a node ÷ its input power, TFLOPS per kilowatt; median over the nodes.

    A node counts when all of its cards were tested at the same time for ten minutes and its power covers them; a
    twentieth of the nodes is needed.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `no_half_precision`, `held_for_review`, `too_few_nodes` naming what the
            others lack, `no_power`.
        InvalidEvidence: `efficiency_implausible` above 1500, `other_card`.
    Source: scheme §2.3 GR-4.2a.
    """
    _require_power(evidence, FILES)
    nodes, refused = _tested_nodes(evidence)
    total = sum(-(-group.cards // group.cards_per_node) for group in evidence.profile.accelerators)
    needed = max(-(-total * LEAST_NODES.numerator // LEAST_NODES.denominator), 1)
    if len(nodes) < needed:
        shown = "; ".join(f"{host}: {why.en}" for host, why in sorted(refused.items())[:5])
        missing = "；".join(f"{host}：{why.zh}" for host, why in sorted(refused.items())[:5])
        raise InsufficientData(
            "too_few_nodes",
            Text(
                zh=f"可用节点 {len(nodes)} 个，至少需要 {needed} 个（5%）。{missing}",
                en=f"{len(nodes)} nodes can be used; at least {needed} (5 %) are needed. {shown}",
            ),
            hint=Text(
                zh="请提交写明主机与起止时间的单卡实测表，以及同名节点的功率日志。",
                en="Hand in our table of tests per card, with host, start and end, and the power log of those nodes.",
            ),
        )
    efficiency = median([node.tflops / node.power.mean_w * 1000 for node in nodes])
    if efficiency > HIGHEST_TFLOPS_PER_KW:
        raise InvalidEvidence(
            "efficiency_implausible",
            Text(
                zh=f"系统能效为 {measured(efficiency)} TFLOPS/kW，高于 1500，不可信。",
                en=f"An efficiency of {measured(efficiency)} TFLOPS/kW is above 1500 and not plausible.",
            ),
            hint=Text(zh="请核对功率是否为整机输入功率。", en="Check that power is that of the whole node's input."),
        )
    return Measurement(
        measure="ai_card_energy_efficiency",
        outcome=Outcome.SCORED,
        unit="TFLOPS/kW",
        value=measured(efficiency),
        coverage=measured(Fraction(len(nodes), total)) if len(nodes) <= total else Decimal(1),
        quality=Quality.A,
        formula="η = median(Σ gemm ÷ power)",
        inputs=(
            Input("nodes_tested", Text(zh="可用节点数", en="Nodes used"), Decimal(len(nodes)), "node"),
            Input("nodes", Text(zh="节点总数", en="Nodes installed"), Decimal(total), "node", "profile"),
            Input(
                "tflops", Text(zh="单节点算力中位数", en="Median rate of a node"),
                measured(median([node.tflops for node in nodes])), "TFLOP/s",
            ),
            Input(
                "power", Text(zh="单节点功率中位数", en="Median power of a node"),
                measured(median([node.power.mean_w for node in nodes])), "W",
            ),
        ),
        rests_on=(
            *rests_on(evidence, [row for node in nodes for row in node.rows]),
            *power_support(node.power for node in nodes),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class _Node:
    """One node under full load: rate of its cards, and input power of the time they share."""

    tflops: Fraction
    power: WindowPower
    rows: tuple[Row, ...]


def _tested_nodes(evidence: CentreEvidence) -> tuple[list[_Node], dict[str, Text]]:
    """The nodes that count, and why the others do not."""
    by_host: dict[str, list[Row]] = {}
    for card in best_cards(evidence):
        if card.row["host"]:
            by_host.setdefault(card.row["host"], []).append(card.row)
    per_node = max(group.cards_per_node for group in evidence.profile.accelerators)
    nodes: list[_Node] = []
    refused: dict[str, Text] = {}
    for host, rows in sorted(by_host.items()):
        found = _node(evidence, host, rows, per_node)
        if isinstance(found, Text):
            refused[host] = found
        else:
            nodes.append(found)
    return nodes, refused


def _node(evidence: CentreEvidence, host: str, rows: list[Row], per_node: int) -> _Node | Text:
    if len(rows) < per_node:
        return Text(zh=f"只测试了 {len(rows)} 张卡", en=f"only {len(rows)} cards tested")
    if any(row["started_at"] is None or row["stopped_at"] is None for row in rows):
        return Text(zh="没有起止时间", en="no start and end")
    start, end = max(row["started_at"] for row in rows), min(row["stopped_at"] for row in rows)
    if end - start < STEADY:
        return Text(zh="全部卡同时运行不足 10 分钟", en="less than ten minutes with all cards under load")
    own = [power for power in powers_in(evidence, start, end) if power.series.casefold() == host.casefold()]
    if not own or own[0].covered < LEAST_COVERED or not own[0].mean_w:
        return Text(zh="功率采样缺失或有缺口", en="power missing or with gaps")
    return _Node(sum((Fraction(row["value"]) for row in rows), Fraction(0)), own[0], tuple(rows))


def _require_power(evidence: CentreEvidence, files: Text) -> None:
    if not evidence.rows("power_samples").num_rows:
        raise nothing_handed_in([files, "power_samples"])


def _of_system(powers: list[WindowPower]) -> list[WindowPower]:
    """The nodes' own power where it was handed in, else the analyser's; never both, which would count twice."""
    nodes = [power for power in powers if power.place == "node"]
    return nodes or [power for power in powers if power.place == "analyser"]


def _nodes(evidence: CentreEvidence, row: Row) -> int:
    declared = declared_quantity(evidence, "GR-4.2.nodes", _COUNTS)
    if declared is not None and declared.amount >= 1:
        return int(declared.amount)
    if row["accelerators"]:
        per_node = max(group.cards_per_node for group in evidence.profile.accelerators)
        return -(-int(row["accelerators"]) // per_node)
    raise InsufficientData(
        "nodes_unknown",
        Text(
            zh="HPL 输出没有写明节点数，无法确认功率是否完整。",
            en="The output of HPL does not name its nodes, so it cannot be told whether the power is complete.",
        ),
        hint=Text(zh="请以 GR-4.2.nodes 申报节点数。", en="Declare the number of nodes under GR-4.2.nodes."),
    )


def _positive(watts: Fraction) -> Fraction:
    if watts <= 0:
        raise InsufficientData(
            "no_power",
            Text(zh="测试期间功率为零。", en="The power during the test is zero."),
            hint=Text(zh="请核对功率日志。", en="Check the power log."),
        )
    return watts
