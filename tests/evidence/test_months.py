"""Which months a table speaks of."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from evidence.observations.months import months_of, together
from evidence.observations.registry import KIND_BY_NAME

ZONE = "Asia/Shanghai"
EAST = dt.timezone(dt.timedelta(hours=8))


def at(month: int, day: int = 1, hour: int = 0, *, year: int = 2025) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=EAST)


def months(kind: str, **columns: Any) -> dict[str, int] | None:
    rows = len(next(iter(columns.values())))
    filled = {
        column.name: [_filler(column.type)] * rows
        for column in KIND_BY_NAME[kind].columns
        if not column.optional and column.name not in columns
    }
    stored = io.BytesIO()
    pq.write_table(KIND_BY_NAME[kind].table({**filled, **columns}), stored)
    return months_of(pq.ParquetFile(stored), kind=kind, zone=ZONE)


def _filler(kind: Any) -> Any:
    return {"string": "x", "int64": 1, "bool": False}.get(str(kind), 1)


def test_hourly_readings_count_in_the_month_of_the_centres_own_clock() -> None:
    hours = [at(4) + dt.timedelta(hours=hour) for hour in range(30 * 24)]
    assert months("energy_readings", at=hours) == {"2025-04": 720}


def test_thirteen_readings_of_a_register_make_twelve_months() -> None:
    stamps = [at(4), *(at(month) for month in range(5, 13)), *(at(month, year=2026) for month in range(1, 5))]
    found = months("energy_readings", at=stamps)
    assert found is not None
    assert list(found) == [*(f"2025-{month:02}" for month in range(4, 13)), "2026-01", "2026-02", "2026-03"]
    assert set(found.values()) == {2}  # one opens and one closes each


def test_a_month_without_a_reading_is_a_gap() -> None:
    assert months("energy_readings", at=[at(4, 10), at(6, 10)]) == {"2025-04": 1, "2025-06": 1}


def test_a_job_counts_in_every_month_it_ran_in() -> None:
    found = months("jobs", start_at=[at(4, 20), at(5, 2)], end_at=[at(6, 3), at(5, 3)], submit_at=[at(4, 1), None])
    assert found == {"2025-04": 1, "2025-05": 2, "2025-06": 1}


def test_an_open_outage_counts_where_it_began() -> None:
    assert months("outages", started_at=[at(7, 5)], ended_at=[None]) == {"2025-07": 1}


def test_billing_months_are_dates() -> None:
    assert months("billing_rows", month=[dt.date(2025, 4, 1), dt.date(2025, 5, 1)]) == {"2025-04": 1, "2025-05": 1}


def test_a_single_instant_has_its_month() -> None:
    assert months("energy_readings", at=[at(4, 1)]) == {"2025-04": 1}


@pytest.mark.parametrize("kind", ["run_cards", "inventory"])
def test_a_kind_without_time_has_no_months(kind: str) -> None:
    stored = io.BytesIO()
    pq.write_table(KIND_BY_NAME[kind].empty(), stored)
    assert months_of(pq.ParquetFile(stored), kind=kind, zone=ZONE) is None


def test_an_empty_table_has_none_either() -> None:
    stored = io.BytesIO()
    pq.write_table(KIND_BY_NAME["jobs"].empty(), stored)
    assert months_of(pq.ParquetFile(stored), kind="jobs", zone=ZONE) == {}


def test_years_no_calendar_of_ours_has_are_left_out() -> None:
    assert months("energy_readings", at=[at(4, 10), dt.datetime(1900, 1, 1, tzinfo=EAST)]) == {"2025-04": 1}


def test_tables_add_up() -> None:
    assert together([{"2025-05": 2}, None, {"2025-04": 1, "2025-05": 1}]) == {"2025-04": 1, "2025-05": 3}
