"""The MLPerf Training sets of a centre and their parity with the best published times."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

import pyarrow as pa

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import decimal_of_fraction, measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.findings import NotApplicable, PartMissing, note, nothing_handed_in, repeated_runs, worst
from indicators.measures.mlperf_sets import SetRun, official_score
from indicators.measures.references import (
    BenchmarkRow,
    same_card,
    training_benchmarks,
)
from indicators.measures.set_factors import set_factor
from indicators.measures.training_runs import (
    check_installed,
    has_training_results,
    systems_of_runs,
)

_PRECISION = 50
_OPEN = note(
    "open_division",
    "运行属于 MLPerf 开放组（open division）。",
    "The runs are of the open division of MLPerf.",
)


def training_benchmark_parity(evidence: CentreEvidence) -> Measurement:
    """Best published minutes of the card and count ÷ the centre's own, over its MLPerf sets.

    Where no time is published at that count, the nearest published one is carried over with the benchmark's
    scaling per doubling. The best of several sets counts, sets with a published count first.

    Raises:
        NotApplicable: `no_published_reference` where the installed cards have no published result.
        InsufficientData: `system_description_missing`, `too_few_runs`, `too_many_failed_runs`, `open_division`.
    Source: MLPerf Training v5.1 results and rules; scheme §2.1 CE-5.1.
    """
    models = [group.model for group in evidence.profile.accelerators]
    times = [time for row in training_benchmarks().rows for time in row.minutes]
    if not any(same_card(model, time.accelerator) for model in models for time in times):
        raise NotApplicable(
            "no_published_reference",
            Text(
                zh="已安装的加速卡没有公开的训练基准成绩，本指标不适用。",
                en="No training result is published for the installed cards; this indicator does not apply.",
            ),
        )
    if not has_training_results(evidence):
        raise nothing_handed_in(["benchmark_runs", "inventory"])
    sets = mlperf_sets_of(evidence)
    compared = [found for one in sets if not one.is_open and (found := _parity(one))]
    if not compared and any(one.is_open for one in sets):
        raise InsufficientData(
            "open_division",
            Text(
                zh="提交的运行属于开放组（open division），其模型与规则可以不同，不与封闭组的公开成绩比较。",
                en="The runs are of the open division, whose models and rules may differ; they are not compared with "
                "published results, which are of the closed one.",
            ),
            hint=Text(
                zh="请按封闭组规则运行并提交结果。", en="Run by the rules of the closed division and hand that in."
            ),
        )
    if not compared:
        raise InsufficientData(
            "no_comparable_set",
            Text(
                zh="提交的 MLPerf 基准没有同型号卡的公开成绩可比。",
                en="No result is published for the benchmarks handed in on this card.",
            ),
            hint=Text(
                zh="可比的基准：" + "、".join(row.benchmark for row in training_benchmarks().rows),
                en="Comparable benchmarks: " + ", ".join(row.benchmark for row in training_benchmarks().rows),
            ),
        )
    best = max(compared, key=lambda found: (not found.adjusted, found.ratio))
    needed = best.row.runs
    notes = [*best.own.notes]
    if best.adjusted:
        notes.append(
            note(
                "carried_over",
                f"该卡数没有公开成绩，由 {best.published_cards} 卡的成绩按每翻倍效率推算。",
                f"Nothing is published at this count; carried over from {best.published_cards} cards.",
            )
        )
    if best.own.runs < needed:
        notes.append(
            note(
                "fewer_runs",
                f"规则要求 {needed} 次运行，现有 {best.own.runs} 次。",
                f"The rules ask for {needed} runs; there are {best.own.runs}.",
            )
        )
    return Measurement(
        measure="training_benchmark_parity",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(best.ratio),
        quality=worst([best.own.quality, Quality.B if best.adjusted else Quality.A]),
        formula="p = published ÷ own",
        inputs=(
            Input(
                "published",
                Text(zh="公开最佳成绩", en="Best published time"),
                measured(best.published),
                "min",
                training_benchmarks().cited(f"{best.row.round} {best.row.benchmark}"),
            ),
            Input("own", Text(zh="本中心成绩", en="Own time"), measured(best.own.minutes), "min"),
            Input("scaling_factor", Text(zh="成绩修正系数", en="Scaling factor"), best.own.factor, "1"),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(best.own.accelerators), "card"),
            Input("runs", Text(zh="运行次数", en="Runs"), Decimal(best.own.runs), "1"),
        ),
        notes=tuple(notes),
        rests_on=best.own.rests_on,
    )


def mlperf_sets_of(evidence: CentreEvidence) -> list[MlperfSet]:
    """The MLPerf sets with a known system, each with its official mean, corrected by its scaling factor.

    Raises:
        InsufficientData: `system_description_missing` when no run has one; what `official_score` raises when
            no set is complete.
    """
    groups: dict[tuple[str, bool, str, int], list[tuple[SetRun, int, set[str]]]] = {}
    found = systems_of_runs(evidence)
    for row, system in found:
        if system is not None:
            check_installed(evidence, system["accelerator"], system["accelerators"])
            is_open = (row["division"] or "").casefold() == "open"
            key = (row["benchmark"], is_open, system["accelerator"], system["accelerators"])
            groups.setdefault(key, []).append((SetRun(row["status"], row["duration_ms"]), row["index"], row["files"]))
    if found and not groups:
        raise PartMissing(
            "system_description_missing",
            Text(
                zh="MLPerf 日志没有对应的系统描述，无法得知卡数。",
                en="No system description belongs to the MLPerf logs; the number of cards is unknown.",
            ),
            hint=Text(
                zh="请提交系统描述（JSON），其 system_name 与日志的 submission_platform 相同。",
                en="Hand in the system description (JSON) whose system_name is the log's submission_platform.",
            ),
            ways=(("inventory",), ("run_cards",)),
        )
    sets, failure = [], None
    table = evidence.rows("benchmark_runs")
    factor = set_factor(evidence, sets=len(groups))
    for (benchmark, is_open, accelerator, number), runs in groups.items():
        try:
            minutes = official_score([run for run, _, _ in runs], benchmark=benchmark, scaling_factor=factor.value)
        except InsufficientData as error:
            failure = error
            continue
        if minutes <= 0:
            raise InvalidEvidence(
                "no_duration",
                Text(zh=f"{benchmark} 的运行时长为零。", en=f"The runs of {benchmark} took no time at all."),
                hint=Text(zh="请核对日志的时间戳。", en="Check the time stamps of the logs."),
            )
        rows = table.take(pa.array(sorted(index for _, index, _ in runs), pa.int64()))
        sets.append(
            MlperfSet(
                benchmark,
                accelerator,
                number,
                Fraction(minutes),
                len(runs),
                is_open,
                factor.value,
                factor.quality,
                (*((_OPEN,) if is_open else ()), *factor.notes, *repeated_runs(files for _, _, files in runs)),
                (*support("benchmark_runs", rows), *factor.rests_on),
            )
        )
    if failure and not sets:
        raise failure
    return sets


@dataclass(frozen=True)
class MlperfSet:
    """Runs of one benchmark in one division on one system, and their official mean time, its factor included."""

    benchmark: str
    accelerator: str
    accelerators: int
    minutes: Fraction
    runs: int
    is_open: bool
    factor: Decimal
    quality: Quality
    notes: tuple[Reason, ...]
    rests_on: tuple[Support, ...]


@dataclass(frozen=True)
class _Parity:
    own: MlperfSet
    row: BenchmarkRow
    published: Fraction
    published_cards: int
    ratio: Fraction

    @property
    def adjusted(self) -> bool:
        return self.published_cards != self.own.accelerators


def _parity(own: MlperfSet) -> _Parity | None:
    """The set against the best published time of its card, carried over to its count where needed."""
    for row in training_benchmarks().rows:
        times = [time for time in row.minutes if same_card(time.accelerator, own.accelerator)]
        if row.benchmark != own.benchmark or not times:
            continue
        nearest = min(times, key=lambda time: (_distance(time.cards, own.accelerators), time.cards))
        minutes = Fraction(nearest.minutes)
        if nearest.cards != own.accelerators:
            if row.scaling_per_doubling is None:
                return None
            minutes = _carried(minutes, nearest.cards, own.accelerators, row.scaling_per_doubling)
        return _Parity(own, row, minutes, nearest.cards, minutes / own.minutes)
    return None


def _distance(published: int, own: int) -> Fraction:
    return max(Fraction(published, own), Fraction(own, published))


def _carried(minutes: Fraction, published: int, own: int, scaling: Decimal) -> Fraction:
    """Time at another count: in proportion to the cards, times the loss per doubling between them."""
    with localcontext() as context:
        context.prec = _PRECISION
        doublings = decimal_of_fraction(Fraction(own, published), digits=_PRECISION).ln() / Decimal(2).ln()
        kept = (scaling.ln() * doublings).exp()
    return minutes * Fraction(published, own) / Fraction(kept)
