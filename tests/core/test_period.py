import datetime as dt

import pytest

from core.period import Period


def test_twelve_whole_months_end_with_the_last_whole_month_of_the_zone() -> None:
    period = Period.whole_months(dt.date(2026, 4, 17), months=12, zone="Asia/Shanghai")
    assert period.as_json() == {"start": "2025-03-31T16:00:00Z", "end": "2026-03-31T16:00:00Z"}
    assert [name for name, _ in period.months("Asia/Shanghai")][::11] == ["2025-04", "2026-03"]


def test_an_application_on_the_last_day_of_a_month_counts_that_month() -> None:
    period = Period.whole_months(dt.date(2026, 3, 31), months=1, zone="Asia/Shanghai")
    assert period.as_json()["end"] == "2026-03-31T16:00:00Z"


@pytest.mark.torture("T17", "days of the zone")
def test_days_of_a_zone_with_summer_time_have_23_and_25_hours() -> None:
    spring = Period.whole_days(dt.date(2026, 3, 31), days=31, zone="Europe/Berlin")
    autumn = Period.whole_days(dt.date(2026, 10, 31), days=31, zone="Europe/Berlin")
    assert spring.seconds == (31 * 24 - 1) * 3600
    assert autumn.seconds == (31 * 24 + 1) * 3600


@pytest.mark.torture("T17", "29 February")
def test_29_february_belongs_to_its_year() -> None:
    period = Period.whole_months(dt.date(2028, 2, 29), months=1, zone="Asia/Shanghai")
    assert period.seconds == 29 * 86_400


@pytest.mark.torture("T17", "half-open")
def test_the_end_of_a_period_is_outside_it() -> None:
    period = Period.whole_months(dt.date(2026, 3, 31), months=1, zone="UTC")
    assert period.contains(period.start)
    assert not period.contains(period.end)


def test_a_period_without_zone_or_turned_round_is_refused() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="zone"):
        Period(now.replace(tzinfo=None), now)
    with pytest.raises(ValueError, match="ends after"):
        Period(now, now)
