"""Inference serving: throughput per card within the latency target, and how it holds behind one gateway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import pyarrow as pa

from core.errors import InsufficientData
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures import declared
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import NoEvidence, note, nothing_handed_in, worst
from indicators.measures.peaks import TOLERANCE
from indicators.measures.references import same_card
from indicators.measures.run_cards import run_cards_of
from indicators.measures.serving_loads import flaw_of, grade_of, left_out, none_counts, untold
from indicators.measures.serving_roofline import Roofline, roofline
from indicators.measures.training_runs import check_installed

LEAST_INSTANCES = 4
LEAST_SHARE = Fraction(25, 100)
MOST_CARDS = 256


@dataclass(frozen=True)
class Served:
    """The best load of one deployment that counts.

    Args:
        left_out: on the loads of all deployments that do not count.
    """

    tokens_per_s: Fraction
    cards: int
    card: dict[str, Any]
    row: dict[str, Any]
    tests: int
    left_out: tuple[Reason, ...]

    @property
    def per_card(self) -> Fraction:
        return self.tokens_per_s / self.cards

    @property
    def quality(self) -> Quality:
        """Evidence ladder: reference job witnessed A, other witnessed test B, the operator's own C."""
        if not self.card["witnessed_by"]:
            return Quality.C
        return Quality.B if self.card["workload"] == "operator_job" else grade_of(self.row)

    @property
    def notes(self) -> tuple[Reason, ...]:
        return (*self.left_out, *untold(self.row))


def reference_serving_throughput(evidence: CentreEvidence) -> Measurement:
    """Output tokens per second and card at the highest load within the target ÷ the reference for card and model.

    The target: P99 of the time to first token ≤ 2 s and P99 of the time per output token ≤ 200 ms, with no more than
    1 % of the requests failed; a reference job has the reference mix of tokens. The reference is a declared one with
    its document, else half of the roofline, which is grade B at best. Without load tests a declared or judged figure
    stands.

    Raises:
        NoEvidence.
        InsufficientData: `run_card_missing`, `reference_missing`, `no_peak`, `peak_unconfirmed`; `held_for_review`
            above the roofline itself; where no load counts, as `own_throughput`.
        InvalidEvidence: `more_cards_than_installed`, `contradicting_run_cards`.
    Source: scheme §2.1 CE-6.1, §3.2 (broken streams are failures), §3.6 (mix, latency target, roofline).
    """
    return _measured_or_declared(evidence, _throughput, declared.reference_serving_throughput)


def serving_scale_out_efficiency(evidence: CentreEvidence) -> Measurement:
    """Throughput per card on many cards behind one gateway ÷ on one instance, both within the latency target.

    Many are at least four instances and a quarter of the cards, at most 256.

    Raises:
        NoEvidence.
        InsufficientData: `run_card_missing`, `no_scale_out_pair`, `held_for_review`, and where no load counts.
    Source: scheme §2.1 CE-6.2.
    """
    return _measured_or_declared(evidence, _scale_out, declared.serving_scale_out_efficiency)


def own_throughput(evidence: CentreEvidence) -> tuple[Served, tuple[Support, ...]]:
    """The deployment the reference is compared with, at its best load within the target, and the rows behind it.

    Raises:
        NoEvidence.
        InsufficientData: `run_card_missing`; where no load counts `slo_not_met`, `requests_failed`,
            `not_the_reference_mix`, `no_result`.
        InvalidEvidence: `more_cards_than_installed`, `contradicting_run_cards`.
    """
    one = _one_instance(_deployments(evidence))
    return one, _rests_on(evidence, [one])


def _measured_or_declared(
    evidence: CentreEvidence,
    compute: Callable[[CentreEvidence], Measurement],
    say: partial[Measurement],
) -> Measurement:
    """What load tests give; a declaration stands only where they give nothing."""
    try:
        return compute(evidence)
    except (NoEvidence, InsufficientData) as refusal:
        # A test that shows the target missed, or an implausible figure, is not outweighed by a declaration.
        if refusal.code in ("slo_not_met", "requests_failed", "held_for_review"):
            raise
        try:
            return say(evidence)
        except NoEvidence:
            raise refusal from None


def _throughput(evidence: CentreEvidence) -> Measurement:
    one = _one_instance(_deployments(evidence))
    papers = declared_quantity(
        evidence, "CE-6.1.reference", dict.fromkeys(("token/s", "tokens/s", "token/s/card"), Fraction(1))
    )
    documented = papers is not None and papers.quality is not Quality.D and papers.amount > 0
    limit = _limit(evidence, one, needed=not documented)
    notes = []
    if papers is not None and documented:
        reference, source, ceiling = papers.amount, papers.code, Quality.A
    elif limit is not None:
        reference, source, ceiling = limit.per_card / 2, limit.source, Quality.B
        notes.append(
            note(
                "roofline_reference",
                "参考值取屋顶线的一半，证据等级最高为 B。",
                "The reference is half of the roofline: grade B at best.",
            )
        )
    else:
        raise InsufficientData(
            "reference_missing",
            Text(
                zh="该模型与加速卡没有参考吞吐：既未申报，也无法按屋顶线推算。",
                en="There is no reference throughput for this model and card: none declared, no roofline either.",
            ),
            hint=Text(
                zh="请以 CE-6.1.reference 申报（token/s，每卡）并附依据，或使用参考作业模型。",
                en="Declare CE-6.1.reference (token/s per card) with its document, or use the reference job's model.",
            ),
        )
    if limit is not None and one.per_card > limit.per_card * TOLERANCE:
        raise _held(one.per_card / limit.per_card, "屋顶线", "the roofline")
    return Measurement(
        measure="reference_serving_throughput",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(one.per_card / reference),
        quality=worst([one.quality, ceiling]),
        formula="r = tokens_per_s ÷ cards ÷ reference",
        inputs=(
            Input(
                "tokens_per_s",
                Text(zh="满足时延目标的最高输出吞吐", en="Highest output throughput within the target"),
                measured(one.tokens_per_s),
                "token/s",
                one.card["model"],
            ),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(one.cards), "card"),
            Input(
                "reference", Text(zh="每卡参考吞吐", en="Reference per card"), measured(reference), "token/s", source
            ),
            Input("loads", Text(zh="压测档数", en="Loads tested"), Decimal(one.tests), "1"),
        ),
        notes=(*notes, *one.notes),
        rests_on=_rests_on(evidence, [one]),
    )


def _one_instance(served: list[Served]) -> Served:
    """One instance is what the reference speaks of: the smallest deployment; the best evidenced first."""
    return min(served, key=lambda found: (found.quality, found.cards, -found.per_card, found.row["index"]))


def _limit(evidence: CentreEvidence, served: Served, *, needed: bool) -> Roofline | None:
    """The roofline; where a documented reference stands, a card without a usable peak simply has none."""
    try:
        return roofline(evidence, served.card)
    except InsufficientData:
        if needed:
            raise
        return None


def _scale_out(evidence: CentreEvidence) -> Measurement:
    served = _deployments(evidence)
    pairs = [(small, large) for small in served for large in served if _comparable(evidence, small, large)]
    if not pairs:
        raise InsufficientData(
            "no_scale_out_pair",
            Text(
                zh="缺少可比的两次压测：须为同一模型与精度，一次为单实例，一次不少于 4 个实例且不少于全部卡的 25%"
                "（最多 256 卡）。",
                en="No comparable pair of one model and precision: one instance, and at least four instances on a "
                "quarter of the cards (256 at most).",
            ),
            hint=Text(zh="请提交两次压测及其运行卡。", en="Hand in both load tests with their run cards."),
        )
    small, large = min(pairs, key=lambda pair: (pair[0].cards, -pair[1].cards, pair[0].row["index"]))
    efficiency = large.per_card / small.per_card
    if efficiency > TOLERANCE:
        raise _held(efficiency, "单实例每卡吞吐", "one instance's throughput per card")
    return Measurement(
        measure="serving_scale_out_efficiency",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(min(efficiency, Fraction(1))),
        quality=worst([small.quality, large.quality]),
        formula="e = (large ÷ large_cards) ÷ (small ÷ small_cards)",
        inputs=(
            Input("large", Text(zh="多实例输出吞吐", en="Behind one gateway"), measured(large.tokens_per_s), "token/s"),
            Input("large_cards", Text(zh="多实例卡数", en="Cards behind it"), Decimal(large.cards), "card"),
            Input("small", Text(zh="单实例输出吞吐", en="One instance"), measured(small.tokens_per_s), "token/s"),
            Input("small_cards", Text(zh="单实例卡数", en="Cards of one instance"), Decimal(small.cards), "card"),
        ),
        notes=tuple(dict.fromkeys((*small.notes, *large.notes))),
        rests_on=_rests_on(evidence, [small, large]),
    )


def _deployments(evidence: CentreEvidence) -> list[Served]:
    """Each deployment with a run card, at its best load within the target.

    Raises:
        NoEvidence.
        InsufficientData: `run_card_missing`; where no load counts `slo_not_met`, `requests_failed`,
            `not_the_reference_mix`, `no_result`.
        InvalidEvidence: `more_cards_than_installed`, `contradicting_run_cards`.
    """
    rows = [row | {"index": index} for index, row in enumerate(evidence.rows("serving_runs").to_pylist())]
    if not rows:
        raise nothing_handed_in(["serving_runs", "run_cards"])
    cards = {log: card for log, card in run_cards_of(evidence).items() if card["objective"] == "inference"}
    by_deployment: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        if card := cards.get(row["evidence"]):
            check_installed(evidence, card["accelerator"], card["accelerators"])
            key = (card["model"], card["precision"], card["accelerator"], card["accelerators"], card["witnessed_by"])
            by_deployment.setdefault(key, []).append(row | {"card": card})
    if not by_deployment:
        raise InsufficientData(
            "run_card_missing",
            Text(
                zh="推理压测没有对应的运行卡（objective: inference），模型与卡数未知。",
                en="No run card (objective: inference) speaks of the load tests; model and cards are unknown.",
            ),
            hint=Text(
                zh="请提交写明压测结果 SHA-256 的运行卡（YAML）。",
                en="Hand in a run card naming the SHA-256 of the load test.",
            ),
        )
    flaws = [flaw for tests in by_deployment.values() for row in tests if (flaw := flaw_of(row, row["card"]))]
    served = [best for tests in by_deployment.values() if (best := _best(tests, left_out(flaws)))]
    if not served:
        raise none_counts(flaws)
    return served


def _best(tests: list[dict[str, Any]], without: tuple[Reason, ...]) -> Served | None:
    counting = [row for row in tests if not flaw_of(row, row["card"])]
    if not counting:
        return None
    row = max(counting, key=lambda test: (test["output_tokens_per_s"], -test["index"]))
    card = row["card"]
    return Served(Fraction(row["output_tokens_per_s"]), card["accelerators"], card, row, len(tests), without)


def _comparable(evidence: CentreEvidence, small: Served, large: Served) -> bool:
    same = (small.card["model"], small.card["precision"]) == (large.card["model"], large.card["precision"])
    needed = max(Fraction(LEAST_INSTANCES * small.cards), LEAST_SHARE * evidence.profile.cards)
    return (
        same
        and same_card(small.card["accelerator"], large.card["accelerator"])
        and large.cards > small.cards
        and large.cards >= min(needed, Fraction(MOST_CARDS))
    )


def _held(ratio: Fraction, zh: str, en: str) -> InsufficientData:
    return InsufficientData(
        "held_for_review",
        Text(
            zh=f"吞吐为{zh}的 {measured(ratio)} 倍，不可信，暂缓采用，待复核。",
            en=f"The throughput is {measured(ratio)} of {en}, which is not plausible; held for review.",
        ),
        hint=Text(zh="请核对运行卡的卡数、精度与压测结果。", en="Check cards and precision in the run card."),
    )


def _rests_on(evidence: CentreEvidence, served: list[Served]) -> tuple[Support, ...]:
    indices = pa.array(sorted({one.row["index"] for one in served}), pa.int64())
    return support("serving_runs", evidence.rows("serving_runs").take(indices))
