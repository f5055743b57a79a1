"""Efficiency of the links between cards, inside a node and between nodes, from collective benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import lowest_tenth
from indicators.measures.findings import NotApplicable, note, nothing_handed_in, repeated_runs, worst
from indicators.measures.references import LinkRow, accelerators, link_rates

COMPARABLE_BYTES = 1 << 30
LEAST_NODES = 4
CARDS_OF_NODE = 8
TOLERANCE = Fraction(102, 100)
# Operations whose traffic between nodes the conversion of a hierarchical algorithm describes.
_CONVERTIBLE = ("all_reduce", "all_gather", "reduce_scatter")


@dataclass(frozen=True)
class Run:
    """One run of one operation: its best bus bandwidth at a payload of at least 1 GiB, GB/s."""

    operation: str
    ranks: int
    nodes: int
    busbw: Fraction
    rows: tuple[int, ...]  # indices of the row the figure stands in
    files: frozenset[str]  # every file the run stands in
    is_validated: bool  # whether the tool checked any of its results
    has_end: bool  # false where its output is known to be cut short

    @property
    def quality(self) -> Quality:
        """B at best where nobody knows that the results were right, or how the run ended (formats, §6)."""
        return Quality.A if self.is_validated and self.has_end else Quality.B


def inter_node_collective_efficiency(evidence: CentreEvidence) -> Measurement:
    """Bandwidth per card over the network ÷ its line rate, on the largest run over at least four nodes.

    busbw of a hierarchical algorithm is not a wire speed: per card busbw · (nodes − 1) ÷ (ranks − 1).
    A flat ring would show more; the conversion never favours. A run without validation, or without its end, is grade B.

    Raises:
        InsufficientData: `line_rate_missing`, `no_comparable_run`.
        InvalidEvidence: `above_line_rate` beyond 102 %, `wrong_results`.
    Source: ml-engineering, network chapter; nccl-tests PERFORMANCE.md; scheme §3.3.
    """
    runs = [run for run in _runs(evidence) if LEAST_NODES <= run.nodes <= run.ranks and run.operation in _CONVERTIBLE]
    if not runs:
        raise _no_run(f"≥ {LEAST_NODES} 个节点", f"at least {LEAST_NODES} nodes")
    line_rate = evidence.profile.link_line_rate_gb_s
    if line_rate is None:
        raise InsufficientData(
            "line_rate_missing",
            Text(
                zh="机构概况没有申报每卡网络线速（link_line_rate_gb_s）。",
                en="The profile does not declare the network line rate per card (link_line_rate_gb_s).",
            ),
            hint=Text(zh="例如 400 Gb/s 网卡填写 50。", en="For a 400 Gb/s adapter per card write 50."),
        )
    reduced = [run for run in runs if run.operation == "all_reduce"] or runs
    ranks = max(run.ranks for run in reduced)
    largest = [run for run in reduced if run.ranks == ranks]
    best = max(largest, key=lambda run: (run.busbw * (run.nodes - 1), -run.rows[0]))
    nodes, busbw = best.nodes, best.busbw
    efficiency = busbw * (nodes - 1) / (ranks - 1) / Fraction(line_rate)
    if efficiency > TOLERANCE:
        raise InvalidEvidence(
            "above_line_rate",
            Text(
                zh=f"换算后的带宽为线速的 {measured(efficiency)} 倍，超过线速。",
                en=f"The converted bandwidth is {measured(efficiency)} of the line rate, more than the wire carries.",
            ),
            hint=Text(
                zh="请核对 link_line_rate_gb_s（每卡、单向、GB/s）与测试节点数。",
                en="Check link_line_rate_gb_s (per card, one direction, GB/s) and the number of nodes.",
            ),
        )
    return Measurement(
        measure="inter_node_collective_efficiency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(min(efficiency, Fraction(1))),
        quality=best.quality,
        formula="r = busbw × (nodes − 1) ÷ (ranks − 1) ÷ line_rate",
        inputs=(
            Input("busbw", Text(zh="总线带宽", en="Bus bandwidth at ≥ 1 GiB"), measured(busbw), "GB/s"),
            Input("nodes", Text(zh="节点数", en="Nodes"), Decimal(nodes), "1"),
            Input("ranks", Text(zh="卡数", en="Ranks"), Decimal(ranks), "1"),
            Input(
                "line_rate",
                Text(zh="每卡单向线速", en="Line rate per card, one direction"),
                line_rate,
                "GB/s",
                "profile: link_line_rate_gb_s",
            ),
        ),
        notes=(
            note(
                "hierarchical_assumed",
                "按分层算法换算（不会偏高）；请随附 NCCL_DEBUG=INFO 的算法行。",
                "Converted as a hierarchical algorithm, which never favours; add the NCCL_DEBUG=INFO lines.",
            ),
            *_doubts([best]),
            *repeated_runs([best.files]),
        ),
        rests_on=_support(evidence, [best]),
    )


def intra_node_interconnect_efficiency(evidence: CentreEvidence) -> Measurement:
    """8-card all-gather bus bandwidth ÷ one direction of the link's specification; P10 over the nodes tested.

    With runs among them that lack validation or their end it is grade B.

    Raises:
        NotApplicable: `no_card_link` for cards without a card-to-card link.
        InsufficientData: `no_link_rate`, `no_comparable_run`.
    Source: nccl-tests PERFORMANCE.md; vendor link specifications; scheme §2.1 CE-2.3.
    """
    link, rate, model = _link(evidence)
    runs = [
        run
        for run in _runs(evidence)
        if run.nodes == 1 and run.ranks == CARDS_OF_NODE and run.operation == "all_gather"
    ]
    if not runs:
        raise _no_run(
            f"单节点 {CARDS_OF_NODE} 卡 all_gather", f"an all_gather of {CARDS_OF_NODE} cards inside one node"
        )
    busbw = lowest_tenth([run.busbw for run in runs])
    efficiency = busbw / Fraction(rate)
    nodes = -(-evidence.profile.cards // CARDS_OF_NODE)
    notes = [
        note(
            "nodes_tested",
            f"测试了 {len(runs)} 个节点（次），共 {nodes} 个节点。",
            f"{len(runs)} node runs were handed in for {nodes} nodes.",
        ),
        *_doubts(runs),
        *repeated_runs(run.files for run in runs),
    ]
    if efficiency > 1:
        notes.append(
            note(
                "cut_to_one",
                f"测得 {measured(efficiency)}（疑为交换机内归约），按 1 计。",
                f"Measured {measured(efficiency)}, probably with in-switch reduction; counted as 1.",
            )
        )
    if link.confidence == "L":
        notes.append(note("low_confidence", "链路规格置信度为低。", "The link's specification is of low confidence."))
    return Measurement(
        measure="intra_node_interconnect_efficiency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(min(efficiency, Fraction(1))),
        quality=worst(run.quality for run in runs),
        formula="r = P10(busbw) ÷ link_rate",
        inputs=(
            Input("busbw", Text(zh="总线带宽 P10", en="Bus bandwidth, P10"), measured(busbw), "GB/s"),
            Input(
                "link_rate",
                Text(zh=f"{link.link} 单向规格", en=f"{link.link}, one direction"),
                rate,
                "GB/s",
                link_rates().cited(model),
            ),
        ),
        notes=tuple(notes),
        rests_on=_support(evidence, runs),
    )


def _runs(evidence: CentreEvidence) -> list[Run]:
    """Every run with known nodes and a comparable payload; a run with wrong results does not count.

    Raises:
        NoEvidence, InvalidEvidence: `wrong_results` when no run is right.
    """
    table = evidence.rows("collective_runs")
    if not table.num_rows:
        raise nothing_handed_in(["collective_runs"])
    by_run: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for index, row in enumerate(table.to_pylist()):
        by_run.setdefault((row["evidence"], row["run"]), []).append(row | {"index": index})
    # The same run handed in again in another file has the same content and counts once.
    same: dict[tuple[tuple[str, ...], ...], list[list[dict[str, Any]]]] = {}
    for rows in by_run.values():
        same.setdefault(tuple(sorted(map(_content, rows))), []).append(rows)
    good = [again for again in same.values() if not any(row["wrong"] for row in again[0])]
    if not good:
        raise InvalidEvidence(
            "wrong_results",
            Text(zh="集合通信测试校验失败（#wrong 不为 0）。", en="The tests failed validation (#wrong ≠ 0)."),
            hint=Text(zh="请排除故障后重新测试。", en="Mend the fault and test again."),
        )
    return [run for again in good if (run := _best(again))]


def _best(again: Sequence[list[dict[str, Any]]]) -> Run | None:
    """The row of a run its figure stands in; of the files that hold the run one that has its end is enough."""
    rows = again[-1]
    comparable = [row for row in rows if row["nodes"] is not None and row["size_bytes"] >= COMPARABLE_BYTES]
    if not comparable:
        return None
    row = max(comparable, key=lambda row: (row["busbw_gb_s"], -row["index"]))
    return Run(
        row["operation"],
        row["ranks"],
        row["nodes"],
        Fraction(row["busbw_gb_s"]),
        (row["index"],),
        frozenset(copy[0]["evidence"] for copy in again),
        is_validated=any(one["wrong"] is not None for one in rows),
        has_end=any(copy[0]["ended"] is not False for copy in again),
    )


def _content(row: dict[str, Any]) -> tuple[str, ...]:
    """What makes a run the same in two files; whether a file tells it to its end does not."""
    apart = ("run", "ended", "line", "cell", "evidence", "index")
    return tuple(str(value) for name, value in row.items() if name not in apart)


def _doubts(runs: Sequence[Run]) -> Iterator[Reason]:
    """How many of the runs used were not validated, and how many lack their end."""
    if unchecked := sum(not run.is_validated for run in runs):
        yield note(
            "not_validated",
            f"所用运行中有 {unchecked} 次未校验通信结果，证据等级最高为 B；请开启校验重新测试（nccl-tests 用 -c 1）。",
            f"Of the runs used {unchecked} did not check their results: grade B at best. Test again with validation "
            "(-c 1 of nccl-tests).",
        )
    if cut := sum(not run.has_end for run in runs):
        yield note(
            "no_end_of_run",
            f"所用运行中有 {cut} 次的输出没有结尾，证据等级最高为 B；请提交直到“Avg bus bandwidth”行的完整输出。",
            f"The output of {cut} of the runs used has no end: grade B at best. Hand in the whole output, down to its "
            "line `Avg bus bandwidth`.",
        )


def _link(evidence: CentreEvidence) -> tuple[LinkRow, Decimal, str]:
    """The link of the cards most of the centre consists of, and its rate in one direction, GB/s."""
    group = max(evidence.profile.accelerators, key=lambda group: (group.cards, group.model))
    card = accelerators().find(group.model)
    for row in link_rates().rows:
        if card is not None and card.model in row.accelerators:
            if row.rate_gb_s is None:
                raise NotApplicable(
                    "no_card_link",
                    Text(
                        zh=f"{card.model} 没有卡间互联，本指标不适用。",
                        en=f"{card.model} has no card-to-card link, so this indicator does not apply.",
                    ),
                )
            return row, row.rate_gb_s, card.model
    raise InsufficientData(
        "no_link_rate",
        Text(
            zh=f"“{group.model}”不在链路表 {link_rates().name} 中。",
            en=f"“{group.model}” is not in the table {link_rates().name}.",
        ),
        hint=Text(zh="请检查型号写法。", en="Check how the model is written."),
    )


def _no_run(zh: str, en: str) -> InsufficientData:
    return InsufficientData(
        "no_comparable_run",
        Text(
            zh=f"没有可比的测试：需要{zh}、负载 ≥ 1 GiB 且节点数已知的运行。",
            en=f"No comparable run: {en}, with a payload of at least 1 GiB and known nodes, is needed.",
        ),
        hint=Text(
            zh="请提交完整的 nccl-tests 输出（含设备列表，-e 8G）。",
            en="Hand in the whole nccl-tests output, with its list of devices and sizes up to 8 GiB (-e 8G).",
        ),
    )


def _support(evidence: CentreEvidence, runs: list[Run]) -> tuple[Support, ...]:
    table = evidence.rows("collective_runs")
    return support("collective_runs", table.take(pa.array(sorted(i for run in runs for i in run.rows), pa.int64())))
