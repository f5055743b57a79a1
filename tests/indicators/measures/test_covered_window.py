"""A log without a word of any job for more than a week does not cover it: 128 cards, windows to the end of March."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, measured
from tests.indicators.measures.test_scheduling import QUARTER, job, log

NOVEMBER = YEAR_START + 214 * DAY  # 2025-11-01


def daily(first: dt.datetime = YEAR_START, *, but: tuple[dt.datetime, int] | None = None) -> list[dict[str, Any]]:
    """A job of 22 hours on 100 cards each day, but for so many days from one on."""
    left_out = range(0) if but is None else range((but[0] - first).days, (but[0] - first).days + but[1])
    days = (day for day in range((YEAR_END - first).days) if day not in left_out)
    return [job(1000 + day, first + day * DAY + HOUR, 22, 100) for day in days]


def quiet_days(found: Any) -> list[str]:
    return [note.message.en.split(": ")[1].split(". ")[0] for note in found.notes if note.code == "log_quiet"]


def test_a_month_left_out_of_the_middle_is_told_and_lowers_the_grade() -> None:
    # 100 · 22 ÷ 24 card-days a day: ninety of them are fewer than 10,000 card-days, 180 − 30 of them more.
    found = measured("interruption_rate", log(*daily(but=(NOVEMBER, 30))))
    assert (found.quality, found.coverage) == (Quality.C, digits(Fraction(150, 180)))
    assert quiet_days(found) == ["2025-11-01 – 2025-11-30"]


def test_a_whole_log_covers_its_window() -> None:
    found = measured("interruption_rate", log(*daily()))
    assert (found.quality, found.coverage, quiet_days(found)) == (Quality.A, Decimal(1), [])


@pytest.mark.parametrize(("days", "grade"), [(7, Quality.A), (8, Quality.C), (91, Quality.C), (92, Quality.D)])
def test_a_quiet_week_is_no_gap_and_a_quarter_of_the_year_is_too_much(days: int, grade: Quality) -> None:
    # 365 − 91 days are 75.07 %, 365 − 92 are 74.8 %.
    found = measured("accelerator_allocation_rate", log(*daily(but=(YEAR_START + 100 * DAY, days))))
    assert (found.outcome, found.quality) == (Outcome.SCORED, grade)
    assert bool(quiet_days(found)) is (days > 7)


@pytest.mark.parametrize("measure", ["accelerator_allocation_rate", "platform_job_failure", "off_peak_utilisation"])
def test_every_measure_of_the_window_tells_it(measure: str) -> None:
    found = measured(measure, log(*daily(but=(QUARTER + 10 * DAY, 12))))
    assert found.quality is Quality.C
    assert quiet_days(found) == ["2026-01-11 – 2026-01-22"]


def test_a_gap_outside_the_window_says_nothing_of_it() -> None:
    found = measured("off_peak_utilisation", log(*daily(but=(NOVEMBER, 30))))
    assert (found.quality, found.notes) == (Quality.A, ())


@pytest.mark.parametrize(
    "kept",
    [
        job(1, NOVEMBER - DAY, 32 * 24, 1),  # it runs through the month
        job(1, NOVEMBER - DAY, 20 * 24, 1, end_at=None),  # it ran on when it was exported, for twenty days at least
    ],
)
def test_a_job_that_runs_through_covers_the_days(kept: dict[str, Any]) -> None:
    found = measured("interruption_rate", log(kept, *daily(but=(NOVEMBER, 26))))
    assert (found.quality, quiet_days(found)) == (Quality.A, [])


def test_a_job_that_only_waits_covers_no_days() -> None:
    waiting = job(1, NOVEMBER + 40 * DAY, 1, 1, submit_at=NOVEMBER - DAY)
    assert quiet_days(measured("interruption_rate", log(waiting, *daily(but=(NOVEMBER, 30)))))


def test_quiet_days_are_those_of_the_centre_and_their_stretches_are_counted() -> None:
    gaps = [
        row for row in daily(but=(NOVEMBER, 10)) if not NOVEMBER + 20 * DAY <= row["start_at"] < NOVEMBER + 29 * DAY
    ]
    found = measured("accelerator_allocation_rate", log(*gaps))
    assert quiet_days(found) == ["2025-11-01 – 2025-11-10, 2025-11-21 – 2025-11-29"]
    assert found.coverage == digits(Fraction(365 - 19, 365))


def test_a_log_in_two_files_is_quiet_on_the_same_days() -> None:
    rows = daily(but=(NOVEMBER, 30))
    whole = measured("accelerator_allocation_rate", log(*rows))
    parts = centre({"one": {"jobs": rows[::2]}, "two": {"jobs": rows[1::2]}})
    assert measured("accelerator_allocation_rate", parts).notes == whole.notes
