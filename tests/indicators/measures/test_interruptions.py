"""The interruption rate: a Poisson bound over a window that follows from the card-days, never from the log's length."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from scipy.stats import chi2

from core.outcome import Outcome, Quality
from indicators.measures.poisson import upper_bound
from tests.indicators.measures.evidence import DAY, YEAR_END, YEAR_START, code, measured
from tests.indicators.measures.test_scheduling import QUARTER, frame, job, log

HALF = YEAR_END - 180 * DAY


@pytest.mark.parametrize("events", [0, 1, 7, 60])
def test_the_poisson_bound_is_half_a_chi_squared_quantile(events: int) -> None:
    assert float(upper_bound(events)) == pytest.approx(chi2.ppf(0.95, 2 * events + 2) / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("days", "cards", "rate"),
    [(80, 125, "0.299573227355"), (80, 100, "0.187233267097"), (70, 20, "2.13980876682")],
)
def test_a_clean_record_is_scored_by_its_bound_in_the_shortest_window_that_suffices(
    days: int, cards: int, rate: str
) -> None:
    # 2.995732273554 ÷ exposure · 1000. 80 d · 125 = 10 000 card-days reach 90 days' window; 80 d · 100 do not, so the
    # windows grow to the year and take the second job of 80 d · 100; 70 d · 20 = 1 400 stay for the whole year.
    rows = [job(3, QUARTER + DAY, days * 24, cards)]
    if cards == 100:
        rows.append(job(4, YEAR_START + DAY, 80 * 24, 100))
    found = measured("interruption_rate", log(*frame(), *rows))
    assert found.value == Decimal(rate)


def test_unknown_causes_and_platform_failures_of_large_jobs_are_interruptions() -> None:
    rows = [
        job(3, QUARTER + DAY, 80 * 24, 100),
        job(4, QUARTER + DAY, 80 * 24, 28, state="FAILED"),
        job(5, QUARTER + DAY, 1, 8, state="NODE_FAIL"),
        job(6, QUARTER + DAY, 1, 7, state="NODE_FAIL"),  # below min(64, max(8, 6.4)) cards
        job(7, QUARTER + DAY, 1, 8, state="CANCELLED"),
    ]
    found = measured("interruption_rate", log(*frame(), *rows))
    assert {i.name: i.value for i in found.inputs}["events"] == 2
    exposure = 80 * 128 + 2 * 8 / 24  # the two jobs of an hour on 8 cards qualify as well
    assert found.value is not None
    assert float(found.value) == pytest.approx(chi2.ppf(0.95, 6) / 2 * 1000 / exposure, rel=1e-11)


def test_causes_of_the_user_in_either_language_interrupt_nothing_and_words_nobody_knows_do() -> None:
    def events(cause: str) -> tuple[Decimal, list[str]]:
        rows = [job(3, QUARTER + DAY, 80 * 24, 128), job(4, QUARTER + DAY, 24, 16, state="FAILED") | {"cause": cause}]
        found = measured("interruption_rate", log(*frame(), *rows))
        return {i.name: i.value for i in found.inputs}["events"], [note.code for note in found.notes]

    assert [events(cause) for cause in ("用户代码错误", "user_error")] == [(0, []), (0, [])]
    assert events("网络故障") == (1, [])
    assert events("somebody's fault") == (1, ["causes_not_listed"])


def test_too_little_exposure_is_not_assessable() -> None:
    found = measured("interruption_rate", log(*frame(), job(3, QUARTER + DAY, 24, 128)))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "exposure_too_small")


def failing(first: dt.datetime, *, days: int, cards: int, events: int) -> list[dict[str, Any]]:
    """A job of so many days and cards, and some of an hour on eight that a node ended, a third of a card-day each."""
    broken = [job(n, first + n % days * DAY, 1, state="NODE_FAIL") for n in range(1000, 1000 + events)]
    return [job(3, first + DAY, days * 24, cards), *broken]


# Hand-worked: a bad year of 200 d · 20 cards and 60 events, then a good quarter of 80 d · 20 cards and 1 event. All in
# all 5 600 + 61/3 card-days and 61 events; the quarter alone 1 600 + 1/3 and 1.
BAD, GOOD = (failing(YEAR_START, days=200, cards=20, events=60), [job(9, QUARTER + DAY, 80 * 24, 20)])
GOOD += [job(2000, QUARTER + 2 * DAY, 1, state="NODE_FAIL")]


def test_the_whole_year_counts_where_no_shorter_window_has_enough_card_days() -> None:
    found = measured("interruption_rate", log(*frame(), *BAD, *GOOD))
    assert {i.name: i.value for i in found.inputs}["events"] == 61
    assert found.value is not None
    assert float(found.value) == pytest.approx(chi2.ppf(0.95, 124) / 2 * 1000 / (5600 + 61 / 3), rel=1e-11)  # 13.4
    assert found.quality is Quality.A


@pytest.mark.parametrize(("first", "days"), [(QUARTER - 2 * DAY, 90), (HALF, 180), (YEAR_START + 9 * DAY, 180)])
def test_the_last_months_of_a_log_are_no_window_of_their_own(first: dt.datetime, days: int) -> None:
    # The bound over the good quarter would be 4.74 ÷ 1.600 = 2.96 instead of 13.4.
    kept = [row for row in BAD if row["start_at"] >= first]
    found = measured("interruption_rate", log(*frame(first), *kept, *GOOD))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "year_not_covered")
    assert found.reason is not None
    assert f"{days} days" in found.reason.message.en


def test_what_a_short_log_shows_is_told_for_a_pre_assessment() -> None:
    found = measured("interruption_rate", log(*frame(QUARTER), *GOOD))
    assert found.reason is not None
    bound = round(chi2.ppf(0.95, 4) / 2 * 1000 / (1600 + 1 / 3), 2)
    assert f"1 interruptions, an upper bound of {bound} per" in found.reason.message.en
    assert f"1 次中断，上限为每千卡日 {bound} 次" in found.reason.message.zh


def test_a_short_log_suffices_where_it_reaches_the_card_days_of_its_window() -> None:
    # 80 d · 125 = 10 000 card-days: the window is ninety days whatever lies before them.
    long = [job(3, QUARTER + DAY, 80 * 24, 125)]
    whole = measured("interruption_rate", log(*frame(), *BAD, *long))
    short = measured("interruption_rate", log(*frame(QUARTER), *long))
    assert short.value == whole.value == Decimal("0.299573227355")


def test_the_time_between_interruptions_has_no_window_of_its_choice_either() -> None:
    found = measured("mean_time_between_interruptions", log(*frame(QUARTER), *GOOD))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "year_not_covered")
