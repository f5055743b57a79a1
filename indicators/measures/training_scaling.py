"""Scaling of a training job from one size to a larger one, per doubling of the cards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations

from core.errors import InsufficientData
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import decimal_of_fraction, measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.findings import note, nothing_handed_in, worst
from indicators.measures.references import (
    same_card,
)
from indicators.measures.training_runs import (
    FED_BY,
    TrainingRun,
    has_training_results,
    step_runs,
)
from indicators.measures.training_sets import mlperf_sets_of

PREFERRED_FACTOR = 4
_PRECISION = 50


def scaling_efficiency_per_doubling(evidence: CentreEvidence) -> Measurement:
    """e₂ = E^(1 ÷ log₂ k): rate per card on k times the cards ÷ rate per card, per doubling.

    Weak scaling of one training job (same model, precision, batch per card) at two sizes; else the times of
    two MLPerf sets of one benchmark, which include the loss by convergence.

    Raises:
        InsufficientData: `no_scaling_pair`, `run_card_missing`.
    Source: scheme §2.1 CE-2.1; MLPerf Training rules for sets.
    """
    if not evidence.rows("training_steps").num_rows and not has_training_results(evidence):
        raise nothing_handed_in(*FED_BY)
    pair = _step_pair(evidence) or _benchmark_pair(evidence)
    if pair is None:
        raise InsufficientData(
            "no_scaling_pair",
            Text(
                zh="没有可比的两种规模：需要同一模型、同一精度、每卡批量相同的两次训练，或同一 MLPerf 基准的两组运行。",
                en="No comparable pair: two runs of one model, precision and batch per card at two sizes are needed, "
                "or two sets of one MLPerf benchmark.",
            ),
            hint=Text(
                zh="请提交大小两种规模的训练日志与运行卡。",
                en="Hand in logs and run cards of both sizes.",
            ),
        )
    factor = Fraction(pair.large, pair.small)
    efficiency = pair.large_rate / pair.small_rate
    with localcontext() as context:
        context.prec = _PRECISION
        doublings = decimal_of_fraction(factor, digits=_PRECISION).ln() / Decimal(2).ln()
        per_doubling = (decimal_of_fraction(efficiency, digits=_PRECISION).ln() / doublings).exp()
    return Measurement(
        measure="scaling_efficiency_per_doubling",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(Fraction(per_doubling)),
        quality=pair.quality,
        formula="e₂ = E ^ (1 ÷ log₂(n2 ÷ n1)), E = rate2 ÷ rate1 per card",
        inputs=(
            Input("n1", Text(zh="小规模卡数", en="Cards, small"), Decimal(pair.small), "card"),
            Input("n2", Text(zh="大规模卡数", en="Cards, large"), Decimal(pair.large), "card"),
            Input("E", Text(zh="扩展效率 E", en="Efficiency E"), measured(efficiency), "ratio"),
        ),
        notes=pair.notes,
        rests_on=pair.rests_on,
    )


@dataclass(frozen=True)
class _Pair:
    """The same work at two sizes; rates per card."""

    small: int
    large: int
    small_rate: Fraction
    large_rate: Fraction
    quality: Quality
    notes: tuple[Reason, ...]
    rests_on: tuple[Support, ...]


def _step_pair(evidence: CentreEvidence) -> _Pair | None:
    try:
        runs = step_runs(evidence)
    except InsufficientData:
        if not has_training_results(evidence):
            raise
        return None
    pairs = [
        (small, large)
        for small, large in permutations(runs, 2)
        if small.accelerators < large.accelerators and _weakly_scaled(small, large)
    ]
    if not pairs:
        return None
    small, large = min(
        pairs,
        key=lambda pair: (
            *_preference(pair[0].accelerators, pair[1].accelerators),
            pair[0].aborted + pair[1].aborted,
        ),
    )
    return _Pair(
        small.accelerators,
        large.accelerators,
        small.samples_per_card_second,
        large.samples_per_card_second,
        worst([small.quality, large.quality]),
        (*small.notes, *large.notes),
        (*small.rests_on, *large.rests_on),
    )


def _weakly_scaled(small: TrainingRun, large: TrainingRun) -> bool:
    like = ("params", "sequence", "precision", "objective", "batch_per_card")
    return all(getattr(small, name) == getattr(large, name) for name in like) and same_card(
        small.accelerator, large.accelerator
    )


def _preference(small: int, large: int) -> tuple[int, int, int]:
    """The largest size first, then a factor of four, then the nearest below it."""
    return (-large, abs(small * PREFERRED_FACTOR - large), -small)


def _benchmark_pair(evidence: CentreEvidence) -> _Pair | None:
    sets = mlperf_sets_of(evidence)
    pairs = [
        (small, large)
        for small, large in permutations(sets, 2)
        if (small.benchmark, small.is_open) == (large.benchmark, large.is_open)
        and small.accelerators < large.accelerators
        and same_card(small.accelerator, large.accelerator)
    ]
    if not pairs:
        return None
    small, large = min(pairs, key=lambda pair: _preference(pair[0].accelerators, pair[1].accelerators))
    return _Pair(
        small.accelerators,
        large.accelerators,
        1 / (small.minutes * small.accelerators),
        1 / (large.minutes * large.accelerators),
        worst([small.quality, large.quality]),
        (
            note(
                "time_to_train",
                f"由 {small.benchmark} 的训练时间得出，含收敛损失。",
                f"From times to train of {small.benchmark}; convergence loss is included.",
            ),
            *small.notes,
            *large.notes,
        ),
        (*small.rests_on, *large.rests_on),
    )
