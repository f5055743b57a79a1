"""Active fraction of allocated cards, worked by hand: what stands for how long, and what counts for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.period import Period
from indicators.measures.base import CentreEvidence
from indicators.measures.card_activity import observed, rows_with
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, centre, code, measured

START = YEAR_END - 90 * DAY
SECOND = HOUR / 3600
WINDOW = Period(START, START + HOUR)


def samples(
    values: Iterable[Any], *, device: str = "GPU-0", step: Any = 60 * SECOND, **own: Any
) -> list[dict[str, Any]]:
    """Active fractions of one card so far apart, from the start of the window; None leaves one out."""
    return [
        {"node": "n1", "device": device, "at": START + index * step, "active_ratio": Decimal(value)} | own
        for index, value in enumerate(values)
        if value is not None
    ]


def seen(*rows: Mapping[str, Any], column: str = "active_ratio") -> Any:
    evidence = centre({"a": {"device_samples": rows}})
    return observed(rows_with(evidence, column), column, WINDOW)


def ninety_days(
    *, cards: int = 2, hourly: str = "0.30", days: int = 90, allocated_cards: int = 1, also: Any = ()
) -> CentreEvidence:
    """Hourly means of every card, and one job that holds some of the cards throughout."""
    rows = [
        {
            "node": "n1",
            "device": f"GPU-{card}",
            "at": START + (hour + 1) * HOUR,
            "interval_ms": 3_600_000,
            "active_ratio": Decimal(hourly),
        }
        for card in range(cards)
        for hour in range(days * 24)
    ]
    job = {
        "job": "1", "submit_at": START, "start_at": START, "end_at": YEAR_END, "elapsed_s": 90 * 86_400,
        "cards": allocated_cards, "state": "COMPLETED",
    }  # fmt: skip
    accelerators = [{"model": "NVIDIA H800 SXM", "cards": 2, "cards_per_node": 2}]
    return centre({"t": {"device_samples": [*rows, *also]}, "j": {"jobs": [job]}}, accelerators=accelerators)


def test_a_sample_stands_until_the_next_and_never_for_more_than_a_minute() -> None:
    found = seen(*samples(["1", "0.5", None, None, "0"], step=30 * SECOND))
    # 1 for 30 s, 0.5 for 60 s of the 90 s before the next, 0 for 60 s: 60 ÷ 150.
    assert (found.covered, found.mean) == (150_000, Fraction(60, 150))


def test_time_outside_the_window_does_not_count() -> None:
    after = {"node": "n1", "device": "GPU-0", "at": WINDOW.end, "active_ratio": Decimal(0)}
    late = [*samples(["1"], step=HOUR), after]
    assert (seen(*late).covered, seen(*late).mean) == (60_000, 1)


def test_a_repeated_sample_counts_once_and_a_contradicted_one_not_at_all() -> None:
    once = samples(["1", "0", "1"])
    assert seen(*once, *once) == seen(*once)
    contradicted = seen(*once, once[1] | {"active_ratio": Decimal("0.9")})
    assert (contradicted.covered, contradicted.mean) == (120_000, 1)


def test_a_card_told_in_two_ways_counts_in_the_one_that_covers_more() -> None:
    hourly = samples(["0.25"], step=HOUR, interval_ms=3_600_000, at=START + HOUR)
    found = seen(*samples(["1", "1"]), *hourly)
    assert (found.covered, found.mean, found.averaged, found.cards) == (3_600_000, Fraction(1, 4), True, 1)


def test_rolling_means_cover_no_instant_twice() -> None:
    rolling = [
        {
            "device": "GPU-0",
            "at": START + minute * 60 * SECOND,
            "interval_ms": 3_600_000,
            "active_ratio": Decimal("0.5"),
        }
        for minute in range(10, 61, 10)
    ]
    assert seen(*rolling).covered == 3_600_000


def test_the_active_share_is_taken_of_what_was_allocated() -> None:
    # Two cards at 30 %, one of two allocated throughout: 2 · 0.30 ÷ 1.
    result = measured("accelerator_active_utilisation", ninety_days())
    assert (result.value, result.coverage, result.quality) == (Decimal(60), Decimal(1), Quality.B)
    assert [note.code for note in result.notes] == ["averaged"]
    assert {support.kind for support in result.rests_on} == {"device_samples", "jobs"}


def test_missing_time_counts_as_inactive_and_both_figures_are_told() -> None:
    # Of ninety days of one allocated card, 72 of two cards at 30 %: 2 · 72 · 0.30 ÷ 90.
    result = measured("accelerator_active_utilisation", ninety_days(days=72))
    assert (result.value, result.coverage, result.quality) == (Decimal(48), Decimal("0.8"), Quality.C)
    (unseen,) = (note.message.en for note in result.notes if note.code == "unseen_is_inactive")
    assert unseen.startswith("20 % of the card-time has no samples and counts as inactive: 48 %.")
    assert "it would be 60 %" in unseen


@pytest.mark.parametrize(("exporters", "grade"), [(16, Quality.B), (14, Quality.C), (12, Quality.C)])
def test_idle_cards_without_an_exporter_raise_nothing(exporters: int, grade: Quality) -> None:
    # Twelve of sixteen cards are allocated and half active throughout; the others are idle, and some of them not told.
    rows = [
        {"node": "n1", "device": f"GPU-{card}", "at": START + (hour + 1) * HOUR, "interval_ms": 3_600_000}
        | {"active_ratio": Decimal("0.5") if card < 12 else Decimal(0)}
        for card in range(exporters)
        for hour in range(90 * 24)
    ]
    job = {"job": "1", "submit_at": START, "start_at": START, "end_at": YEAR_END, "elapsed_s": 90 * 86_400}
    files = {"t": {"device_samples": rows}, "j": {"jobs": [job | {"cards": 12, "state": "COMPLETED"}]}}
    cards = [{"model": "NVIDIA H800 SXM", "cards": 16, "cards_per_node": 8}]
    result = measured("accelerator_active_utilisation", centre(files, accelerators=cards))
    assert (result.value, result.quality) == (Decimal(50), grade)


def test_the_coarse_utilisation_feeds_nothing() -> None:
    row = {"device": "GPU-0", "at": START, "util_ratio": Decimal(1)}
    evidence = centre({"t": {"device_samples": [row]}})
    assert measured("accelerator_active_utilisation", evidence).outcome is Outcome.NO_EVIDENCE


def test_the_tensor_pipe_is_shown_beside_it() -> None:
    tensor = [{"device": "GPU-0", "at": START + HOUR, "interval_ms": 3_600_000, "tensor_ratio": Decimal("0.1")}]
    inputs = measured("accelerator_active_utilisation", ninety_days(also=tensor)).inputs
    assert next(i.value for i in inputs if i.name == "tensor") == Decimal("0.1")


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (ninety_days(days=60), "telemetry_gaps"),
        (ninety_days(hourly="0.60"), "active_above_allocated"),
        (ninety_days(cards=3), "more_telemetry_than_cards"),
        (ninety_days(allocated_cards=0), "no_evidence"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused_by_name(evidence: CentreEvidence, reason: str) -> None:
    assert code(measured("accelerator_active_utilisation", evidence)) == reason
