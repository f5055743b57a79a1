"""Model FLOPS utilisation of training runs, on the cited peak of their cards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.findings import PartMissing, note, nothing_handed_in
from indicators.measures.peaks import Peak, dense_peak
from indicators.measures.references import accelerators
from indicators.measures.run_cards import (
    card_not_in_package,
    cards_without_file,
    log_not_in_package,
    logs_without_card,
    only_a_card,
)
from indicators.measures.training_runs import (
    FED_BY,
    TrainingRun,
    benchmark_training_runs,
    has_successful_results,
    has_training_results,
    step_runs,
)

FLOP_PER_PARAMETER = 6
TERA = 10**12
HIGHEST_MFU = Fraction(62, 100)
LOWEST_MFU = Fraction(2, 100)


def model_flops_utilisation(evidence: CentreEvidence) -> Measurement:
    """MFU of the best evidenced dense training run: 6·N·tokens/s ÷ (cards · dense peak of the precision).

    tokens/s at the median step time after the first 200 steps. Of several runs the one of the best evidence
    grade counts, then one that was completed before an aborted one, then the one on most cards, then the slowest.

    Raises:
        InsufficientData: `run_card_missing`, `named_log_missing`, `no_peak`, `peak_unconfirmed`, `objective_refused`,
            `no_dense_run`, `no_successful_run`.
        InvalidEvidence: `mfu_implausible` above 0.62, `more_cards_than_installed`, `contradicting_run_cards`.
    Source: report 二(一), 6·N·D; PaLM (MFU); scheme §3.3, evidence ladder §3.6.
    """
    return _utilisation("model_flops_utilisation", evidence, mixture=False)


def model_flops_utilisation_moe(evidence: CentreEvidence) -> Measurement:
    """The same of the mixture-of-experts part of the reference job, N being the activated parameters.

    Raises:
        InsufficientData: as above, and `no_moe_run`.
        InvalidEvidence: as above.
    Source: scheme §2.1 CE-1.1m.
    """
    return _utilisation("model_flops_utilisation_moe", evidence, mixture=True)


def _utilisation(measure: str, evidence: CentreEvidence, *, mixture: bool) -> Measurement:
    if not evidence.rows("training_steps").num_rows and not has_training_results(evidence):
        if absent := _cards_without_file(evidence, mixture=mixture):
            raise only_a_card(absent, ways=FED_BY)
        raise nothing_handed_in(*FED_BY)
    run = _chosen(evidence, mixture=mixture)
    peak = _peak(evidence, run)
    flops = FLOP_PER_PARAMETER * run.params * run.sequence * run.samples_per_card_second
    mfu = flops / (Fraction(peak.tflops) * TERA)
    if mfu > HIGHEST_MFU:
        raise InvalidEvidence(
            "mfu_implausible",
            Text(
                zh=f"模型算力利用率为 {measured(mfu)}，高于 0.62，不可信。",
                en=f"A model FLOPS utilisation of {measured(mfu)} is above 0.62 and not plausible.",
            ),
            hint=Text(
                zh="请核对运行卡的参数量、序列长度、卡数与精度。",
                en="Check parameters, sequence length, cards and precision in the run card.",
            ),
        )
    notes = [*run.notes, *peak.notes]
    if mfu < LOWEST_MFU:
        notes.append(note("mfu_low", "利用率低于 0.02，请核对运行卡。", "Below 0.02; check the run card."))
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(mfu),
        quality=run.quality,
        formula="MFU = 6 × N × tokens_per_s ÷ (cards × peak)",
        inputs=(
            Input("N", Text(zh="（激活）参数量", en="Activated parameters"), measured(run.params), "1", run.model),
            Input(
                "tokens_per_s",
                Text(zh="每秒词元", en="Tokens per second"),
                measured(run.sequence / run.seconds_per_sample),
                "token/s",
            ),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(run.accelerators), "card"),
            Input("peak", Text(zh="每卡稠密峰值", en="Dense peak per card"), peak.tflops, "TFLOP/s", peak.source),
            Input(
                "achieved",
                Text(zh="每卡实际算力", en="Achieved per card"),
                measured(flops / TERA),
                "TFLOP/s",
            ),
        ),
        notes=tuple(notes),
        rests_on=run.rests_on,
    )


def _chosen(evidence: CentreEvidence, *, mixture: bool) -> TrainingRun:
    """The run MFU is taken from."""
    benchmarks = benchmark_training_runs(evidence)
    try:
        runs = [*step_runs(evidence), *benchmarks]
    except InsufficientData:
        if not benchmarks:
            raise
        runs = benchmarks
    if not runs and not has_successful_results(evidence):
        raise InsufficientData(
            "no_successful_run",
            Text(
                zh="提交的 MLPerf 运行均未成功：中止、日志不全，或未达到目标精度。",
                en="None of the MLPerf runs succeeded: aborted, cut short, or short of the target.",
            ),
            hint=Text(
                zh="请提交达到目标精度的完整日志。", en="Hand in the whole log of a run that reached its target."
            ),
        )
    if not runs:
        raise PartMissing(
            "run_card_missing",
            Text(
                zh="MLPerf 日志没有对应的系统描述或运行卡，无法得知卡数与型号。",
                en="No system description or run card belongs to the MLPerf logs; cards and model are unknown.",
            ),
            hint=Text(zh="请提交系统描述（JSON）或运行卡。", en="Hand in the system description (JSON) or a run card."),
            ways=(("inventory",), ("run_cards",)),
        )
    wanted = [run for run in runs if run.objective == "pretrain" and _is_mixture(run.workload) is mixture]
    if not wanted:
        raise _no_such_run(evidence, runs, mixture=mixture)
    return min(
        wanted, key=lambda run: (run.quality, run.aborted, -run.accelerators, -run.seconds_per_sample, -run.length)
    )


def _no_such_run(evidence: CentreEvidence, runs: list[TrainingRun], *, mixture: bool) -> InsufficientData:
    """Why none of the runs is the one that is wanted; a run that lacks its log or its card may be that one."""
    if absent := _cards_without_file(evidence, mixture=mixture):
        return log_not_in_package(absent, others=logs_without_card(evidence))
    has_pretraining = any(run.objective == "pretrain" for run in runs)
    if mixture and has_pretraining:
        return InsufficientData(
            "no_moe_run",
            Text(zh="没有混合专家参考作业的运行。", en="There is no run of the mixture-of-experts reference job."),
            hint=Text(zh="没有该部分时，以稠密部分计分。", en="Without it the dense part counts alone."),
        )
    if logs := logs_without_card(evidence):
        return card_not_in_package(logs)
    if not has_pretraining:
        return InsufficientData(
            "objective_refused",
            Text(
                zh="只有微调（LoRA）或推理运行，6·N 公式不适用。",
                en="There are only fine-tuning (LoRA) or inference runs, for which 6·N does not hold.",
            ),
            hint=Text(zh="请提交预训练运行的日志。", en="Hand in the log of a pre-training run."),
        )
    return InsufficientData(
        "no_dense_run",
        Text(
            zh="只有混合专家参考作业，缺少稠密模型部分。",
            en="There is only the mixture-of-experts part.",
        ),
        hint=Text(zh="请提交稠密参考作业的日志。", en="Hand in the log of the dense reference job."),
    )


def _cards_without_file(evidence: CentreEvidence, *, mixture: bool) -> list[dict[str, Any]]:
    cards = cards_without_file(evidence, objectives=("pretrain",))
    return [card for card in cards if _is_mixture(card["workload"]) is mixture]


def _is_mixture(workload: str) -> bool:
    return workload == "reference_moe"


def _peak(evidence: CentreEvidence, run: TrainingRun) -> Peak:
    """The dense peak a run is divided by; an FP8 run also tells what it would be on the BF16 peak."""
    peak = dense_peak(evidence, run.accelerator, run.precision)
    row = accelerators().find(run.accelerator)
    if row is None or peak.precision != "fp8" or "bf16" not in row.peaks:
        return peak
    flops = FLOP_PER_PARAMETER * run.params * run.sequence * run.samples_per_card_second / TERA
    equivalent = measured(flops / Fraction(row.peaks["bf16"]))
    told = note("bf16_equivalent", f"折合 BF16 口径为 {equivalent}。", f"On the BF16 peak it would be {equivalent}.")
    known = [said for said in peak.notes if said.code == "precision_unknown"]
    return replace(peak, notes=(*known, told, *(said for said in peak.notes if said not in known)))
