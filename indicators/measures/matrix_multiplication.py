"""Achieved rate of matrix multiplications per card, against the cited dense peak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement
from indicators.measures.benchmark_results import Row, rests_on, results, successful
from indicators.measures.columns import lowest_tenth, median
from indicators.measures.findings import coverage_grade, note, worst
from indicators.measures.peaks import Peak, dense_peak, installed_model, within_peak
from indicators.measures.references import accelerators, same_card

TOOLS = ("mamf_finder", "flagperf", "ascend_dmi", "superbench", "gemm_table")
FILES = Text(
    zh="逐卡矩阵乘测试结果（mamf-finder、FlagPerf、ascend-dmi、SuperBench 或实测表）",
    en="matrix multiplication tests per card (mamf-finder, FlagPerf, ascend-dmi, SuperBench or our table)",
)
PRECISIONS = ("bf16", "fp16")
LEAST_MS = 60_000
SHOWN_CARDS = 12


@dataclass(frozen=True)
class Card:
    """One card and its best sustained rate ÷ peak."""

    name: str
    ratio: Fraction
    peak: Peak
    row: Row


def achieved_gemm_ratio(evidence: CentreEvidence) -> Measurement:
    """Best sustained BF16 or FP16 rate ÷ dense peak per card; the tenth percentile over all cards tested.

    Cards below half of the median are counted as faulty and named. A test shorter than a minute, or one that does not
    say how long it took, is grade B at best; so is a test that leaves cards out.

    Raises:
        NoEvidence.
        InsufficientData: `no_half_precision`, `no_valid_result`, `card_model_unknown`, `no_peak`, `peak_unconfirmed`,
            `held_for_review` for a card more than 2 % above its peak.
        InvalidEvidence: `other_card` for a model that is not installed.
    Source: scheme §2.1 CE-1.3, §3.4; ml-engineering, accelerator chapter.
    """
    cards = best_cards(evidence)
    ratios = [card.ratio for card in cards]
    tenth, middle = lowest_tenth(ratios), median(ratios)
    faulty = [card for card in cards if card.ratio * 2 < middle]
    installed = evidence.profile.cards
    share = min(Fraction(len(cards), installed), Fraction(1))
    brief = [card for card in cards if card.row["duration_ms"] is None or card.row["duration_ms"] < LEAST_MS]
    peaks = {card.peak.source: card.peak for card in cards}
    return Measurement(
        measure="achieved_gemm_ratio",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(tenth),
        coverage=measured(share),
        quality=worst([coverage_grade(share), Quality.B if brief else Quality.A]),
        formula="r = P10(gemm ÷ peak)",
        inputs=(
            Input("cards_tested", Text(zh="测试卡数", en="Cards tested"), Decimal(len(cards)), "card"),
            Input(
                "cards_installed", Text(zh="已安装卡数", en="Cards installed"), Decimal(installed), "card", "profile"
            ),
            Input("median", Text(zh="中位数", en="Median ratio"), measured(middle), "ratio"),
            Input(
                "cards_below_half_of_median",
                Text(zh="低于中位数一半的卡数", en="Cards below half of the median"),
                Decimal(len(faulty)),
                "card",
            ),
            *(
                Input(f"peak_{peak.precision}", Text(zh="稠密峰值", en="Dense peak"), peak.tflops, "TFLOP/s", source)
                for source, peak in sorted(peaks.items())
            ),
        ),
        notes=tuple(_notes(cards, faulty, brief, installed)),
        rests_on=rests_on(evidence, [card.row for card in cards]),
    )


def best_cards(evidence: CentreEvidence) -> list[Card]:
    """Every card tested in BF16 or FP16, with the better of its results; in the order of their names.

    Raises: as `achieved_gemm_ratio`.
    """
    rows = successful(results(evidence, tools=TOOLS, files=FILES, metric="gemm"))
    usable = [row for row in rows if row["precision"] in PRECISIONS]
    if not usable:
        raise InsufficientData(
            "no_half_precision",
            Text(zh="提交的测试没有 BF16 或 FP16 结果。", en="None of the tests handed in is in BF16 or FP16."),
            hint=Text(zh="请以训练精度（BF16 或 FP16）重新测试。", en="Test in the training precision, BF16 or FP16."),
        )
    best: dict[str, Card] = {}
    peaks: dict[tuple[str | None, str], Peak] = {}
    for row in usable:
        key = (row["accelerator"], row["precision"])
        if key not in peaks:
            peaks[key] = dense_peak(evidence, card_model(evidence, row["accelerator"]), row["precision"])
        ratio = within_peak(
            Fraction(row["value"]) / Fraction(peaks[key].tflops), what=Text(zh="实测算力", en="The measured rate")
        )
        name = card_name(row)
        if name not in best or ratio > best[name].ratio:
            best[name] = Card(name, ratio, peaks[key], row)
    return [best[name] for name in sorted(best)]


def card_name(row: Row) -> str:
    """Which card a row speaks of: host and device, else the file or line it stands in."""
    host = row["host"] or row["evidence"]
    return f"{host} {row['device']}" if row["device"] is not None else f"{row['evidence']} line {row['line']}"


def card_model(evidence: CentreEvidence, named: str | None) -> str:
    """The model behind a name a tool printed; an unknown spelling means the one model that is installed.

    Raises:
        InsufficientData: `card_model_unknown`.
        InvalidEvidence: `other_card`.
    """
    if named is None or accelerators().find(named) is None:
        return installed_model(evidence)
    for group in evidence.profile.accelerators:
        if same_card(group.model, named):
            return group.model
    raise InvalidEvidence(
        "other_card",
        Text(
            zh=f"测试用卡“{named}”不在机构概况中。",
            en=f"The card tested, “{named}”, is not installed by the profile.",
        ),
        hint=Text(zh="请核对型号或机构概况。", en="Check the model, or the profile."),
    )


def _notes(cards: Sequence[Card], faulty: Sequence[Card], brief: Sequence[Card], installed: int) -> list[Reason]:
    notes = [
        note(
            "cards_tested",
            f"测试了 {len(cards)} 张卡，共安装 {installed} 张。",
            f"{len(cards)} cards were tested of {installed} installed.",
        )
    ]
    if brief:
        notes.append(
            note(
                "short_test",
                f"有 {len(brief)} 张卡的测试不足 60 秒或未写明时长，证据等级最高为 B。",
                f"{len(brief)} cards were tested for less than 60 s or without saying how long: grade B at best.",
            )
        )
    if faulty:
        names = "; ".join(card.name for card in faulty[:SHOWN_CARDS])
        notes.append(
            note(
                "faulty_cards",
                f"低于中位数一半、疑似故障的卡：{names}。",
                f"Below half of the median, probably faulty: {names}.",
            )
        )
    known = {said.code: said for card in cards for said in card.peak.notes}
    return [*notes, *(known[name] for name in sorted(known))]
