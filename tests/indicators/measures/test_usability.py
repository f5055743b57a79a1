"""Tickets and the usability survey."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, code, measured

MINUTE = dt.timedelta(minutes=1)


def ticket(
    number: int,
    priority: str,
    response: dt.timedelta | None,
    resolution: dt.timedelta | None,
    *,
    opened: dt.datetime | None = None,
) -> dict[str, Any]:
    opened = opened or YEAR_START + number * DAY
    return {
        "ticket": f"T-{number}",
        "priority": priority,
        "opened_at": opened,
        "first_response_at": None if response is None else opened + response,
        "resolved_at": None if resolution is None else opened + resolution,
    }


GOOD = [ticket(n, "P3", HOUR, DAY) for n in range(10)]


def share(*rows: dict[str, Any]) -> Any:
    return measured("ticket_resolution", centre({"t": {"tickets": [*GOOD, *rows]}}))


@pytest.mark.parametrize(
    ("row", "good"),
    [
        (ticket(20, "P1", 15 * MINUTE, 4 * HOUR), 11),
        (ticket(20, "P1", 16 * MINUTE, HOUR), 10),
        (ticket(20, "P1", MINUTE, 4 * HOUR + MINUTE), 10),
        (ticket(20, "P2", HOUR, 24 * HOUR), 11),
        (ticket(20, "P3", 8 * HOUR, 5 * DAY), 11),
        (ticket(20, "P3", None, 2 * HOUR), 11),  # resolved at once: that is the response
        (ticket(20, "P1", MINUTE, None), 10),  # never resolved
    ],
)
def test_a_ticket_is_good_when_answered_and_resolved_in_time(row: dict[str, Any], good: int) -> None:
    assert share(row).value == (Decimal(100 * good) / 11).quantize(Decimal("1e-10")).normalize()


@pytest.mark.parametrize("march_first", [True, False])
def test_a_ticket_handed_in_open_and_later_as_resolved_counts_once(march_first: bool) -> None:
    march = [ticket(20, "P3", None, None), ticket(21, "P3", HOUR, None)]
    april = [ticket(20, "P3", HOUR, DAY), ticket(21, "P3", HOUR, 6 * DAY)]
    files = {"march": {"tickets": march}, "april": {"tickets": [*GOOD, *april]}}
    found = measured("ticket_resolution", centre(files if march_first else dict(reversed(files.items()))))
    assert found.value == (Decimal(1100) / 12).quantize(Decimal("1e-10")).normalize()


def test_a_ticket_whose_time_has_not_run_out_is_left_out() -> None:
    assert share(ticket(20, "P3", MINUTE, None, opened=YEAR_END - DAY)).value == 100


def test_another_priority_is_left_out_and_told() -> None:
    found = share(ticket(20, "urgent", None, None))
    assert found.value == 100
    assert [note.code for note in found.notes] == ["unknown_priority"]


def test_fewer_than_ten_tickets_make_the_measure_not_applicable() -> None:
    found = measured("ticket_resolution", centre({"t": {"tickets": GOOD[:9]}}))
    assert (found.outcome, code(found)) == (Outcome.NOT_APPLICABLE, "too_few_tickets")


def answers(number: int, sus: str, *, day: dt.date | None = dt.date(2026, 3, 1)) -> list[dict[str, Any]]:
    items = {f"q{n}": 3 for n in range(1, 11)}
    return [{"respondent": f"R{n}-{sus}", "sus": Decimal(sus), "answered_on": day} | items for n in range(number)]


def sus(*groups: list[dict[str, Any]], users: int | None = None) -> Any:
    files: dict[str, Any] = {"s": {"survey_responses": [row for group in groups for row in group]}}
    if users is not None:
        said = {"indicator": "US-4.3.active_users", "value": Decimal(users), "unit": "user", "documents": 1}
        files["paper"] = {"declaration": [said]}
    return measured("sus_mean", centre(files))


def test_the_mean_of_thirty_answers_is_grade_a() -> None:
    found = sus(answers(20, "80"), answers(10, "65"))
    assert (found.value, found.quality) == (75, Quality.A)


def test_half_of_the_active_users_are_enough_and_eight_the_least() -> None:
    assert sus(answers(12, "70")).quality is Quality.C
    assert sus(answers(12, "70"), users=24).quality is Quality.A
    assert sus(answers(12, "70"), users=25).quality is Quality.C
    assert code(sus(answers(7, "70"), users=4)) == "too_few_answers"


def test_answers_older_than_six_months_do_not_count() -> None:
    old = answers(30, "10", day=dt.date(2025, 9, 1))
    assert sus(answers(30, "80"), old).value == 80


def test_who_answers_in_two_waves_is_one_respondent_with_the_latest_answer() -> None:
    early = [row | {"respondent": f"u{n}"} for n, row in enumerate(answers(8, "50", day=dt.date(2025, 12, 10)))]
    late = [row | {"respondent": f"u{n}"} for n, row in enumerate(answers(8, "90", day=dt.date(2026, 3, 10)))]
    found = sus(early, late, users=30)
    assert (found.value, found.quality, found.inputs[0].value) == (90, Quality.C, 8)  # 15 are needed
    assert [note.code for note in found.notes] == ["answered_again", "small_sample"]
    same_day = [row | {"answered_on": dt.date(2026, 3, 10)} for row in early]
    assert sus(same_day, late).value == 50, "of one day the one that likes the service least"
    assert sus(late, late).notes == sus(late).notes, "the same answer in two files is one answer"
