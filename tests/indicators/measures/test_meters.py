"""From readings to energy between two instants: registers, resets, rollovers, intervals, units."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.profile import Meter
from indicators.measures.columns import milliseconds
from indicators.measures.meters import Ledger, ledgers
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_START, meter, register, table

ZONE = ZoneInfo("Asia/Shanghai")


def at(hours: float) -> int:
    return round((YEAR_START + hours * HOUR).timestamp() * 1000)


def ledger(declared: dict[str, Any], rows: list[dict[str, Any]], form: str = "register") -> Ledger:
    readings = table("energy_readings", [{"meter": declared["id"], **row} for row in rows])
    readings = readings.append_column("evidence", [["sha256:a"] * readings.num_rows])
    return ledgers(Meter.model_validate(declared), readings, zone=ZONE)[form]


def registers(*values: str, **changes: Any) -> Ledger:
    rows = [{"at": YEAR_START + hour * HOUR, "value": Decimal(value)} for hour, value in enumerate(values)]
    return ledger(register("M", "utility_incomer", "facility", **changes), rows)


def test_a_register_counts_by_its_differences() -> None:
    assert registers("10", "12.5", "13").kwh(at(0), at(2)) == 3


def test_energy_between_two_readings_is_shared_by_time() -> None:
    assert registers("10", "12").kwh(at(0.25), at(0.5)) == Fraction(1, 2)


def test_a_multiplier_and_a_unit_apply_exactly() -> None:
    # Differences of 0.1 and 0.2 Wh, times 40: 12 Wh.
    assert registers("0.1", "0.2", "0.4", unit="Wh", multiplier="40").kwh(at(0), at(2)) == Fraction(12, 1000)


def test_rows_may_name_other_units_than_the_profile() -> None:
    rows = [
        {"at": YEAR_START, "value": Decimal(1000)},
        {"at": YEAR_START + HOUR, "value": Decimal("1.5"), "unit": "MWh"},
    ]
    assert ledger(register("M", "utility_incomer", "facility"), rows).kwh(at(0), at(1)) == 500


def test_a_register_rolls_over_at_its_declared_maximum() -> None:
    assert registers("999990", "5", register_max="1000000").kwh(at(0), at(1)) == 15
    assert registers("999990", "5", register_max="999999").kwh(at(0), at(1)) == 15  # all nines: one step more


def test_a_reset_leaves_a_hole_and_never_a_negative_or_absolute_difference() -> None:
    found = registers("500", "510", "3", "9")
    assert found.kwh(at(0), at(3)) == 10 + 6
    assert found.rejected == 1
    assert found.known() == [(at(0), at(1)), (at(2), at(3))]


def test_two_values_for_one_stamp_are_both_disbelieved() -> None:
    rows = [
        {"at": YEAR_START + hour * HOUR, "value": Decimal(value)} for hour, value in ((0, 0), (1, 5), (1, 7), (2, 9))
    ]
    found = ledger(register("M", "utility_incomer", "facility"), rows)
    assert found.kwh(at(0), at(2)) == 9
    assert found.rejected == 2


def test_silence_keeps_the_energy_of_a_register_but_not_its_coverage() -> None:
    rows = [{"at": YEAR_START + hour * HOUR, "value": Decimal(hour)} for hour in (0, 1, 2, 3, 13)]
    found = ledger(register("M", "utility_incomer", "facility"), rows)
    assert found.kwh(at(0), at(13)) == 13
    assert found.covered(at(0), at(13)) == 4 * 3_600_000


def test_a_change_of_value_series_holds_until_its_longest_silence() -> None:
    declared = register("M", "utility_incomer", "facility", kind="on_change", max_silence="PT6H")
    rows = [{"at": YEAR_START + hour * HOUR, "value": Decimal(hour)} for hour in (0, 5, 11, 20)]
    assert ledger(declared, rows).covered(at(0), at(20)) == (5 + 6 + 6) * 3_600_000


def test_intervals_are_stamped_at_start_or_end_as_declared() -> None:
    row = [{"at": YEAR_START + HOUR, "value": Decimal(7)}]
    for stamp, (first, last) in {"start": (1, 2), "end": (0, 1)}.items():
        found = ledger(meter("M", "it_input", "it", stamp=stamp), row, "interval")
        assert found.kwh(at(first), at(last)) == 7


def test_negative_and_overlapping_intervals_are_left_out() -> None:
    rows = [
        {"start_at": YEAR_START + a * HOUR, "at": YEAR_START + b * HOUR, "value": Decimal(value)}
        for a, b, value in ((0, 1, 5), (1, 2, -4), (2, 4, 8), (3, 5, 8), (5, 6, 1))
    ]
    found = ledger(meter("M", "it_input", "it"), rows, "interval")
    assert found.kwh(at(0), at(6)) == 6
    assert found.rejected == 3


def test_the_same_reading_handed_in_twice_counts_once() -> None:
    rows = [{"at": YEAR_START + HOUR, "value": Decimal(7)}] * 2
    assert ledger(meter("M", "it_input", "it"), rows, "interval").kwh(at(0), at(1)) == 7


def test_a_monthly_sheet_covers_calendar_months_of_the_zone() -> None:
    declared = meter("M", "it_input", "it", interval="P1M", stamp="start")
    found = ledger(declared, [{"at": dt.datetime(2026, 2, 1, tzinfo=ZONE), "value": Decimal(28)}], "month")
    first = round(dt.datetime(2026, 2, 10, tzinfo=ZONE).timestamp() * 1000)
    assert found.kwh(first, first + round(DAY.total_seconds()) * 1000) == 1
    assert int(found.ends[0]) == round(dt.datetime(2026, 3, 1, tzinfo=ZONE).timestamp() * 1000)


def test_registers_of_terawatt_hours_stay_exact() -> None:
    found = registers("12345678901234.123456789", "12345678901235.000000001")
    assert found.kwh(at(0), at(1)) == Fraction("0.876543212")


def test_instants_are_milliseconds_of_utc() -> None:
    rows = table("energy_readings", [{"meter": "M", "at": YEAR_START, "value": Decimal(0)}])
    assert milliseconds(rows.column("at"))[0] == 1_743_436_800_000  # 2025-03-31T16:00:00Z


def test_an_interval_without_length_is_left_out() -> None:
    rows = [
        {"start_at": YEAR_START, "at": YEAR_START, "value": Decimal(5)},
        {"start_at": YEAR_START, "at": YEAR_START + HOUR, "value": Decimal(3)},
    ]
    found = ledger(meter("M", "it_input", "it"), rows, "interval")
    assert found.kwh(at(0), at(1)) == 3
    assert found.rejected == 1


@pytest.mark.torture("T16")
def test_a_register_may_hold_more_than_a_machine_integer() -> None:
    enormous = "9" * 39
    assert registers("1", "2", register_max=enormous).kwh(at(0), at(1)) == 1
    assert registers("5", "2", register_max=enormous).rejected == 1


@pytest.mark.torture("T17")
@pytest.mark.parametrize(
    ("stamp", "beyond"),
    [("start", dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)), ("end", dt.datetime(1, 1, 1, tzinfo=dt.UTC))],
)
def test_a_month_beyond_the_calendar_is_left_out(stamp: str, beyond: dt.datetime) -> None:
    declared = meter("M", "it_input", "it", interval="P1M", stamp=stamp)
    rows = [{"at": at_, "value": Decimal(28)} for at_ in (beyond, dt.datetime(2026, 2, 1, tzinfo=ZONE))]
    found = ledger(declared, rows, "month")
    days = {"start": 28, "end": 31}[stamp]  # February, which it starts; January, which it ends
    assert [int(length) for length in found.ends - found.starts] == [days * 24 * 3_600_000]


@given(
    begun=st.lists(st.integers(0, 40), unique=True, max_size=12),
    lags=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    window=st.tuples(st.integers(-3, 50), st.integers(1, 50)),
)
def test_what_is_covered_and_what_is_not_make_up_a_window(
    begun: list[int], lags: list[int], window: tuple[int, int]
) -> None:
    starts = np.array(sorted(begun), dtype=np.int64)
    ends = np.minimum(starts + 3, np.append(starts[1:], 99)) if len(starts) else starts
    covered = np.minimum(starts + np.array(lags[: len(starts)], dtype=np.int64), ends)
    own = Ledger("register", Fraction(1), starts, ends, starts, covered, 3)
    start, end = window[0], sum(window)
    holes = own.uncovered(start, end)
    assert own.covered(start, end) + sum(last - first for first, last in holes) == end - start
    assert all(own.covered(first, last) == 0 for first, last in holes)
    assert holes == sorted(holes)
