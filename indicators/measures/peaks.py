"""The dense peak a measured rate is divided by: fixed by the cited table, never by the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData
from core.outcome import Quality, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import note
from indicators.measures.references import AcceleratorRow, accelerators, no_peak, same_card

# Clock and rounding may carry a measured rate a little over the table's peak; beyond, log or table is wrong.
TOLERANCE = Fraction(102, 100)
TFLOPS = {"TFLOP/s": Fraction(1), "TFLOPS": Fraction(1), "PFLOPS": Fraction(1000), "PFLOP/s": Fraction(1000)}


@dataclass(frozen=True)
class Peak:
    """Dense peak per card, TFLOP/s, in one precision, and where it comes from."""

    tflops: Decimal
    precision: str
    source: str
    notes: tuple[Reason, ...]


def dense_peak(evidence: CentreEvidence, model: str, precision: str | None) -> Peak:
    """The dense peak of a card, from the cited table only.

    Args:
        precision: bf16 | fp16 | fp8; None takes the highest, which never favours.

    Raises:
        InsufficientData: `no_peak`, or `peak_unconfirmed` for a row of low confidence without the vendor's papers.
    """
    row = accelerators().find(model)
    if row is None or not row.peaks:
        raise no_peak(model)
    notes = []
    if precision is None:
        name, value = max(row.peaks.items(), key=lambda item: item[1])
        notes.append(
            note(
                "precision_unknown",
                f"未写明精度，按最高的稠密峰值（{name}）计算。",
                f"The precision is not stated; divided by the highest dense peak ({name}).",
            )
        )
    elif precision in ("bf16", "fp16", "fp8") and precision in row.peaks:
        name, value = precision, row.peaks[precision]
    else:
        raise no_peak(f"{row.model} {precision}")
    peak = Peak(value, name, accelerators().cited(f"{row.model} {name}"), tuple(notes))
    return _declared_peak(evidence, row, peak) if row.confidence == "L" else peak


def installed_model(evidence: CentreEvidence) -> str:
    """The one model of card a centre consists of, for evidence that does not name its card.

    Raises:
        InsufficientData: `card_model_unknown` where there are several.
    """
    models = [group.model for group in evidence.profile.accelerators]
    if all(same_card(models[0], model) for model in models[1:]):
        return models[0]
    raise InsufficientData(
        "card_model_unknown",
        Text(
            zh="中心有多种加速卡，而测试结果没有写明型号。",
            en="The centre has several models of card, and the test result does not name its own.",
        ),
        hint=Text(
            zh="请提交写明型号的结果，或使用单卡矩阵乘实测表。",
            en="Hand in a result that names the model, or use our table of tests per card.",
        ),
    )


def within_peak(ratio: Fraction, *, what: Text) -> Fraction:
    """A rate ÷ its peak: cut to 1 within 2 %, held for review beyond.

    Raises:
        InsufficientData: `held_for_review`.
    """
    if ratio > TOLERANCE:
        raise InsufficientData(
            "held_for_review",
            Text(
                zh=f"{what.zh}为峰值的 {measured(ratio)} 倍，超过 2%：记录或峰值有误，暂缓采用，待复核。",
                en=f"{what.en} is {measured(ratio)} of the peak, more than 2 % above it: log or peak is wrong; "
                "held for review.",
            ),
            hint=Text(
                zh="请核对精度、是否为稀疏口径、单位与型号。",
                en="Check precision, sparsity, unit and model.",
            ),
        )
    return min(ratio, Fraction(1))


def _declared_peak(evidence: CentreEvidence, row: AcceleratorRow, peak: Peak) -> Peak:
    """A peak of low confidence stands only with the vendor's stamped specification; the larger figure divides."""
    papers = declared_quantity(evidence, "CE-1.1.peak", TFLOPS)
    if papers is None or papers.quality is Quality.D:
        raise InsufficientData(
            "peak_unconfirmed",
            Text(
                zh=f"{row.model} 的峰值置信度为低，须附厂商盖章的规格书方可使用。",
                en=f"The peak of {row.model} is of low confidence; it needs the vendor's stamped specification.",
            ),
            hint=Text(
                zh="请以 CE-1.1.peak_tflops 申报峰值（TFLOPS）并附规格书。",
                en="Declare the peak under CE-1.1.peak_tflops (TFLOPS) with the specification as document.",
            ),
        )
    larger = max(peak.tflops, measured(papers.amount))
    vendor = note("vendor_peak", "峰值依据厂商声明。", "Peak per vendor declaration.")
    return Peak(larger, peak.precision, peak.source if larger == peak.tflops else papers.code, (*peak.notes, vendor))
