"""Own results of MLPerf Inference against the best published ones of the same card, count and scenario."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import re2

from core.errors import InsufficientData
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, rests_on, results, successful
from indicators.measures.findings import NotApplicable, note
from indicators.measures.references import InferenceRow, PublishedResult, inference_benchmarks, same_card
from indicators.measures.run_cards import run_cards_of
from indicators.measures.training_runs import check_installed

FILES = Text(
    zh="MLPerf 推理 mlperf_log_summary.txt 及其运行卡", en="mlperf_log_summary.txt of MLPerf Inference and its run card"
)
# `llama2-70b-99.9` is the same job as `llama2-70b` at a stricter accuracy; its bytes are often the same.
_ACCURACY = re2.compile(r"[-_ ]99(?:\.9)?$")


@dataclass(frozen=True)
class _Parity:
    row: Row
    cards: int
    published: PublishedResult
    table: InferenceRow

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.row["value"]) / Fraction(self.published.value)


def inference_benchmark_parity(evidence: CentreEvidence) -> Measurement:
    """Own valid result ÷ best published one of the same benchmark, scenario, card and count; the best of several.

    The result names neither benchmark nor cards: the run card of its file does.

    Raises:
        NotApplicable: `no_published_reference` where the installed cards have no published result.
        NoEvidence.
        InsufficientData: `no_valid_result`, `run_card_missing`, `no_comparable_result`.
        InvalidEvidence: `more_cards_than_installed`, `contradicting_run_cards`.
    Source: MLPerf Inference results and rules (VALID required); scheme §2.1 CE-5.2.
    """
    models = [group.model for group in evidence.profile.accelerators]
    known = [published.accelerator for row in inference_benchmarks().rows for published in row.results]
    if not any(same_card(model, card) for model in models for card in known):
        raise NotApplicable(
            "no_published_reference",
            Text(
                zh="已安装的加速卡没有公开的推理基准成绩，本指标不适用。",
                en="No inference result is published for the installed cards; this indicator does not apply.",
            ),
        )
    rows = successful(results(evidence, tools=["mlperf_inference"], files=FILES))
    cards = run_cards_of(evidence)
    named = [row for row in rows if row["evidence"] in cards]
    if not named:
        raise InsufficientData(
            "run_card_missing",
            Text(
                zh="推理结果没有对应的运行卡，无法得知基准与卡数。",
                en="No run card speaks of the inference results; benchmark and cards are unknown.",
            ),
            hint=Text(
                zh="请提交写明结果文件 SHA-256 的运行卡，model.name 填写基准名称。",
                en="Hand in a run card naming the SHA-256 of the result, with the benchmark as model.name.",
            ),
        )
    compared = []
    for row in named:
        card = cards[row["evidence"]]
        check_installed(evidence, card["accelerator"], card["accelerators"])
        compared += _published(row, card)
    if not compared:
        raise InsufficientData(
            "no_comparable_result",
            Text(
                zh="提交的结果没有同基准、同场景、同型号、同卡数的公开成绩可比。",
                en="Nothing is published for the benchmark, scenario, card and count of the results handed in.",
            ),
            hint=Text(
                zh="可比的基准：" + "、".join(sorted({row.benchmark for row in inference_benchmarks().rows})),
                en="Comparable benchmarks: "
                + ", ".join(sorted({row.benchmark for row in inference_benchmarks().rows})),
            ),
        )
    best = max(compared, key=lambda found: (found.ratio, -found.row["index"]))
    return Measurement(
        measure="inference_benchmark_parity",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(best.ratio),
        quality=Quality.A if best.table.confidence == "H" else Quality.B,
        formula="p = own ÷ published",
        inputs=(
            Input(
                "own", Text(zh="本中心成绩", en="Own result"), measured(Fraction(best.row["value"])), best.table.unit
            ),
            Input(
                "published",
                Text(zh="公开最佳成绩", en="Best published result"),
                best.published.value,
                best.table.unit,
                inference_benchmarks().cited(f"{best.table.round} {best.table.benchmark} {best.table.scenario}"),
            ),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(best.cards), "card"),
        ),
        notes=(
            note(
                "round_not_checked",
                f"公开成绩属于 {best.table.round} 轮次；请确认本次运行遵循同一轮次规则。",
                f"The published result is of round {best.table.round}; the run must follow the rules of that round.",
            ),
        ),
        rests_on=rests_on(evidence, [best.row]),
    )


def _published(row: Row, card: Row) -> list[_Parity]:
    benchmark = _ACCURACY.sub("", card["model"].strip().lower())
    return [
        _Parity(row, card["accelerators"], published, table)
        for table in inference_benchmarks().rows
        if table.benchmark == benchmark and table.scenario == row["scenario"] and table.unit == row["unit"]
        for published in table.results
        if same_card(published.accelerator, card["accelerator"]) and published.cards == card["accelerators"]
    ]
