"""Linpack against its peak: HPL in double precision, HPL-MxP in mixed precision. The two are never mixed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, rests_on, results, successful
from indicators.measures.declared import Quantity, declared_quantity
from indicators.measures.findings import note
from indicators.measures.peaks import TFLOPS, dense_peak, installed_model, within_peak
from indicators.measures.training_runs import check_installed

HPL_FILES = Text(zh="HPL 输出（HPL.out）", en="the output of HPL (HPL.out)")
MXP_FILES = Text(zh="HPL-MxP 输出", en="the output of HPL-MxP")
_GIGA = 1000


def hpl_efficiency(evidence: CentreEvidence) -> Measurement:
    """Rmax ÷ Rpeak in double precision: the fastest run whose residual check passed, on the declared peak.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `rpeak_missing`, `rpeak_unconfirmed`, `held_for_review`.
    Source: Top500 (Rmax, Rpeak); scheme §2.1 CE-1.4, §3.3.
    """
    best = best_hpl(evidence)
    rpeak = _rpeak(evidence)
    ratio = Fraction(best["value"]) / (rpeak.amount * _GIGA)
    value = within_peak(ratio, what=Text(zh="HPL 成绩", en="The HPL result"))
    return Measurement(
        measure="hpl_efficiency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(value),
        quality=Quality.A,
        formula="r = rmax ÷ rpeak",
        inputs=(
            Input("rmax", Text(zh="实测 Rmax", en="Rmax"), measured(Fraction(best["value"])), "GFLOP/s"),
            Input(
                "rpeak",
                Text(zh="双精度峰值 Rpeak", en="Rpeak, double precision"),
                measured(rpeak.amount * _GIGA),
                "GFLOP/s",
                rpeak.code,
            ),
        ),
        notes=(
            note(
                "vendor_peak",
                "Rpeak 依据厂商声明（请写明基频或加速频率）。",
                "Rpeak per vendor declaration; base or turbo clock is to be stated.",
            ),
        ),
        rests_on=rests_on(evidence, [best]),
    )


def hpl_mxp_efficiency(evidence: CentreEvidence) -> Measurement:
    """HPL-MxP rate ÷ dense low-precision peak of the cards it ran on.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `cards_unknown`, `card_model_unknown`, `no_peak`, `peak_unconfirmed`,
            `held_for_review`.
        InvalidEvidence: `more_cards_than_installed`.
    Source: hpl-mxp.org; scheme §2.1 CE-1.5.
    """
    rows = successful(results(evidence, tools=["hpl_mxp"], files=MXP_FILES))
    known = [row for row in rows if row["accelerators"]]
    if not known:
        raise InsufficientData(
            "cards_unknown",
            Text(
                zh="HPL-MxP 输出没有每卡成绩（per GPU），卡数未知。",
                en="The output of HPL-MxP prints no rate per card, so the number of cards is unknown.",
            ),
            hint=Text(zh="请提交含“per GPU”的完整输出。", en="Hand in the whole output, with `per GPU`."),
        )
    best = max(known, key=lambda row: (row["value"], -row["index"]))
    model = installed_model(evidence)
    check_installed(evidence, model, best["accelerators"])
    peak = dense_peak(evidence, model, best["precision"])
    ratio = Fraction(best["value"]) / (Fraction(peak.tflops) * _GIGA * best["accelerators"])
    value = within_peak(ratio, what=Text(zh="HPL-MxP 成绩", en="The HPL-MxP result"))
    return Measurement(
        measure="hpl_mxp_efficiency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(value),
        quality=Quality.A,
        formula="r = mxp ÷ (cards × peak)",
        inputs=(
            Input("mxp", Text(zh="HPL-MxP 成绩", en="HPL-MxP"), measured(Fraction(best["value"])), "GFLOP/s"),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(best["accelerators"]), "card"),
            Input("peak", Text(zh="每卡稠密峰值", en="Dense peak per card"), peak.tflops, "TFLOP/s", peak.source),
        ),
        notes=peak.notes,
        rests_on=rests_on(evidence, [best]),
    )


def best_hpl(evidence: CentreEvidence, *, timed: bool = False) -> Row:
    """The fastest HPL run that passed; `timed` asks for one whose start and end are known.

    Raises:
        NoEvidence.
        InsufficientData: `no_valid_result`, `no_run_times`.
    """
    rows = successful(results(evidence, tools=["hpl", "hpcc"], files=HPL_FILES, metric="rmax"))
    if timed:
        rows = [
            row for row in rows if row["started_at"] and row["stopped_at"] and row["started_at"] < row["stopped_at"]
        ]
    if not rows:
        raise InsufficientData(
            "no_run_times",
            Text(
                zh="HPL 输出没有可用的起止时间，无法与功率对应。",
                en="The output of HPL has no usable start and end, so it cannot be joined with power.",
            ),
            hint=Text(
                zh="请提交打印起止时间的 HPL 2.3 输出，并在上传时声明时区。",
                en="Hand in the output of HPL 2.3, which prints both, and declare the zone at upload.",
            ),
        )
    return max(rows, key=lambda row: (row["value"], -row["index"]))


def _rpeak(evidence: CentreEvidence) -> Quantity:
    papers = declared_quantity(evidence, "CE-1.4.rpeak", TFLOPS)
    if papers is None or not papers.amount:
        raise InsufficientData(
            "rpeak_missing",
            Text(
                zh="没有申报被测系统的双精度峰值 Rpeak。",
                en="The double-precision peak (Rpeak) of the system tested is not declared.",
            ),
            hint=Text(
                zh="请以 CE-1.4.rpeak_tflops 申报（TFLOPS）并附厂商规格书。",
                en="Declare it under CE-1.4.rpeak_tflops (TFLOPS) with the vendor's specification.",
            ),
        )
    if papers.quality is Quality.D:
        raise InsufficientData(
            "rpeak_unconfirmed",
            Text(
                zh="申报的 Rpeak 没有附规格书。",
                en="The Rpeak declared comes without the vendor's specification.",
            ),
            hint=Text(
                zh="请在声明的 documents 中附规格书。", en="Add the specification to the declaration's documents."
            ),
        )
    return papers
