"""Days that people write."""

from __future__ import annotations

import datetime as dt

import pytest

from core.days import EARLIEST, LATEST, moment_of_our_time, of_our_time, still_to_come
from core.errors import InputError

TODAY = dt.date(2026, 11, 29)


@pytest.mark.parametrize("day", [EARLIEST, TODAY, LATEST])
def test_a_day_of_our_time_is_taken_as_it_is(day: dt.date) -> None:
    assert of_our_time(day, field="begins_on") == day


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (dt.date.min, "day_out_of_range"),
        (dt.date(1969, 12, 31), "day_out_of_range"),
        (dt.date(2200, 1, 1), "day_out_of_range"),
        (dt.date.max, "day_out_of_range"),
        (dt.date(2026, 11, 28), "day_has_passed"),
    ],
)
def test_what_is_to_be_done_by_a_day_that_cannot_be_meant_is_refused_at_its_field(day: dt.date, code: str) -> None:
    with pytest.raises(InputError) as caught:
        still_to_come(day, today=TODAY, field="due_on")
    assert caught.value.code == code
    assert caught.value.where is not None
    assert caught.value.where.field == "due_on"


def test_what_is_to_be_done_today_may_still_be_done() -> None:
    assert still_to_come(TODAY, today=TODAY, field="due_on") == TODAY


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2200-01-01T00:00:00Z"])
def test_an_instant_at_the_edge_of_the_calendar_is_refused_whatever_its_offset(edge: str) -> None:
    with pytest.raises(InputError) as caught:
        moment_of_our_time(dt.datetime.fromisoformat(edge), field="taken_at")
    assert caught.value.code == "day_out_of_range"
    assert caught.value.where is not None
    assert caught.value.where.field == "taken_at"
