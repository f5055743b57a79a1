"""PUE and its neighbours, on years whose energies are worked out in the tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.text import Text
from tests.indicators.measures.evidence import (
    DAY,
    HOUR,
    YEAR_END,
    YEAR_START,
    centre,
    code,
    measured,
    meter,
    readings,
    register,
)

HOURS = 8760
METERS = [meter("M-IN", "utility_incomer", "facility"), meter("M-IT", "pdu_output", "it")]


def hourly(facility: int = 125, it: int = 100, *, holes: range = range(0), hole_of: str = "M-IT") -> dict[str, Any]:
    """One constant year, stamped at the end of each hour: 125 · 8 760 and 100 · 8 760 kWh."""
    rows = []
    for name, value in (("M-IN", facility), ("M-IT", it)):
        values = [None if name == hole_of and hour in holes else value for hour in range(HOURS)]
        rows += list(readings(name, values, start=YEAR_START + HOUR))
    return {"year": {"energy_readings": rows}}


def test_pue_is_facility_energy_over_it_energy() -> None:
    pue = measured("annual_pue", centre(hourly()))
    assert pue.value == Decimal("1.25")  # 1 095 000 ÷ 876 000
    assert {i.name: i.value for i in pue.inputs if i.name.startswith("E_")} == {
        "E_facility": Decimal(1_095_000),
        "E_IT": Decimal(876_000),
    }
    assert next(i.name for i in pue.inputs if i.name.startswith("pue_")) == "pue_2025-04"
    assert pue.coverage == 1
    assert pue.rests_on[0].rows == 2 * HOURS


@pytest.mark.parametrize(("place", "cap"), [("ups_output", 74), ("pdu_output", 89), ("it_input", None)])
def test_the_place_of_the_it_meter_caps_the_points(place: str, cap: int | None) -> None:
    meters = [METERS[0], meter("M-IT", place, "it")]
    pue = measured("annual_pue", centre(hourly(), meters=meters))
    assert pue.cap == (None if cap is None else Decimal(cap))


@pytest.mark.parametrize(
    ("place", "said"), [("it_input", "IT 电表位于 IT 设备输入端："), ("ups_output", "IT 电表位于不间断电源输出端：")]
)
def test_the_place_of_the_it_meter_is_set_off_where_it_begins_with_latin_letters(place: str, said: str) -> None:
    pue = measured("annual_pue", centre(hourly(), meters=[METERS[0], meter("M-IT", place, "it")]))
    assert next(note.message.zh for note in pue.notes if note.code == "category").startswith(said)


def test_a_month_is_named_as_it_is_written() -> None:
    pue = measured("annual_pue", centre(hourly()))
    assert next(i.title.zh for i in pue.inputs if i.name == "pue_2025-04") == "2025-04 的 PUE"


@pytest.mark.torture("T16", "PUE below 1", "measure invalid")
def test_it_energy_above_facility_energy_is_invalid() -> None:
    pue = measured("annual_pue", centre(hourly(facility=90)))
    assert (pue.outcome, code(pue)) == (Outcome.INVALID, "pue_impossible")


def test_missing_month_is_reported_by_name() -> None:
    # July 2025 starts 91 days after 1 April; 10 of its 31 days are left: 32.3 %.
    holes = range(91 * 24, (91 + 21) * 24)
    pue = measured("annual_pue", centre(hourly(holes=holes)))
    assert (pue.outcome, code(pue)) == (Outcome.NOT_ASSESSABLE, "coverage_too_small")
    assert pue.reason is not None
    assert "2025-07 (M-IT: 32.3 %)" in pue.reason.message.en
    assert "2025-07" in pue.reason.message.zh
    assert "2025-08" not in pue.reason.message.en


def _why_too_little(rows: list[dict[str, Any]], **changes: Any) -> Text:
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}, **changes))
    assert code(pue) == "coverage_too_small"
    assert pue.reason is not None
    return pue.reason.message


def test_a_gap_is_told_from_when_to_when_by_the_clock_of_the_centre() -> None:
    told = _why_too_little(hourly(holes=range(91 * 24, (91 + 21) * 24 + 6))["year"]["energy_readings"])
    assert "M-IT from 2025-07-01 00:00 to 2025-07-22 06:00 (21.3 days), time of Asia/Shanghai." in told.en
    assert "M-IT 自 2025-07-01 00:00 至 2025-07-22 06:00（21.3 天），时间按 Asia/Shanghai。" in told.zh


def test_a_gap_over_the_border_of_two_months_is_one_gap_though_only_one_month_has_too_little() -> None:
    # Noon of 20 June to noon of 20 July: a third of June is missing, and nearly two thirds of July.
    told = _why_too_little(hourly(holes=range(80 * 24 + 12, 110 * 24 + 12))["year"]["energy_readings"])
    assert "M-IT from 2025-06-20 12:00 to 2025-07-20 12:00 (30 days)" in told.en
    assert told.en.count(" to 2025") == 1


def test_several_gaps_are_told_the_longest_first_and_the_rest_are_counted() -> None:
    # From midnight 11 hours of 1 July are missing, 12 of the 2nd, and so on to 23 of the 13th: 221 of 744.
    missing = {(91 + day) * 24 + hour for day in range(13) for hour in range(11 + day)}
    rows = hourly()["year"]["energy_readings"]
    told = _why_too_little([row for row in rows if row["meter"] == "M-IN" or _hour(row) not in missing])
    named = [told.en.index(f"M-IT from 2025-07-{day} 00:00 to 2025-07-{day} {day + 10}:00") for day in (13, 12, 11)]
    assert named == sorted(named)
    assert "; 10 more gaps of at most 20 hours" in told.en
    assert "；另有 10 处缺口，最长 20 小时" in told.zh


def _hour(row: dict[str, Any]) -> int:
    """Of the year, which ends with a reading."""
    at: dt.datetime = row["at"]
    return (at - YEAR_START) // HOUR - 1


def test_of_many_months_with_too_little_a_few_are_named_and_the_rest_counted() -> None:
    # Ten of the days of every month are missing, a third of it: twelve months, and the year.
    rows = hourly()["year"]["energy_readings"]
    told = _why_too_little([row for row in rows if row["meter"] == "M-IN" or (row["at"] - HOUR).day > 10])
    assert ", 2025-07 (M-IT: 67.7 %), and 9 more. No usable readings: " in told.en  # 21 of 31 days
    assert "2025-08 (" not in told.en
    assert "、2025-07（M-IT：67.7 %）、另有 9 处。" in told.zh


def test_meters_that_were_silent_together_are_told_in_one_phrase() -> None:
    rows = hourly(holes=range(91 * 24, 112 * 24))["year"]["energy_readings"]
    together = [row for row in rows if not 91 * DAY < row["at"] - YEAR_START <= 112 * DAY]
    told = _why_too_little(together)
    assert "M-IN, M-IT from 2025-07-01 00:00 to 2025-07-22 00:00 (21 days)" in told.en
    assert "M-IN、M-IT 自 2025-07-01 00:00" in told.zh


def test_gaps_of_a_result_that_counts_are_told_as_well() -> None:
    pue = measured("annual_pue", centre(hourly(holes=range(100, 150))))
    [told] = [note.message for note in pue.notes if note.code == "common_time"]
    assert "not known: M-IT from 2025-04-05 04:00 to 2025-04-07 06:00 (2.1 days)" in told.en


def test_a_year_below_ninety_per_cent_is_not_assessable_even_when_every_month_has_enough() -> None:
    # Six days of each month missing: about 80 % of every month, 80 % of the year.
    rows = hourly()["year"]["energy_readings"]
    kept = [row for row in rows if row["meter"] == "M-IN" or (row["at"] - HOUR).day > 6]
    pue = measured("annual_pue", centre({"year": {"energy_readings": kept}}))
    assert code(pue) == "coverage_too_small"
    assert pue.reason is not None
    assert "twelve months (M-IT: 80.3 %)" in pue.reason.message.en  # 293 of 365 days
    assert "全年（M-IT：80.3 %）" in pue.reason.message.zh


@pytest.mark.torture("T17", "last hour missing")
def test_the_last_hour_of_the_period_is_missed_by_the_coverage() -> None:
    pue = measured("annual_pue", centre(hourly(holes=range(HOURS - 1, HOURS))))
    assert pue.coverage == Decimal("0.999885844749")  # 8 759 of 8 760 hours
    assert pue.value == Decimal("1.25")


@pytest.mark.parametrize(
    ("hours", "grade"),
    [(14, Quality.A), (15, Quality.B), (72, Quality.B), (73, Quality.C)],
)
def test_coverage_of_the_worst_month_sets_the_grade(hours: int, grade: Quality) -> None:
    # April has 720 hours: 14 missing leave 98.06 %, 15 leave 97.92 %, 72 leave 90 %, 73 leave 89.9 %.
    pue = measured("annual_pue", centre(hourly(holes=range(100, 100 + hours))))
    assert pue.value == Decimal("1.25")
    assert pue.quality is grade


def test_a_gap_beyond_a_day_moves_the_ratio_neither_up_nor_down() -> None:
    for hole_of in ("M-IN", "M-IT"):
        pue = measured("annual_pue", centre(hourly(holes=range(100, 150), hole_of=hole_of)))
        assert pue.value == Decimal("1.25")
        assert "common_time" in [note.code for note in pue.notes]


def test_a_short_gap_is_filled_by_power_between_its_neighbours() -> None:
    # The two hours between 100 and 200 kWh are taken at 150 each: 8 758 · 100 + 100 + 300 more, as worked below.
    it: list[Any] = [100] * HOURS
    it[501:503] = [None, None]
    it[503] = 200
    rows = [*readings("M-IN", [200] * HOURS, start=YEAR_START + HOUR), *readings("M-IT", it, start=YEAR_START + HOUR)]
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}))
    energy = {i.name: i.value for i in pue.inputs}
    assert energy["E_IT"] == Decimal(8757 * 100 + 200 + 2 * 150)
    assert "estimated" in [note.code for note in pue.notes]


@pytest.mark.torture("T16", "negative energy")
def test_an_hour_below_zero_is_missing_and_told() -> None:
    files = hourly()
    files["year"]["energy_readings"][1000]["value"] = Decimal(-50)
    pue = measured("annual_pue", centre(files))
    assert pue.value == Decimal("1.25")
    assert "readings_rejected" in [note.code for note in pue.notes]
    assert pue.coverage is not None
    assert pue.coverage < 1


def test_a_gap_of_hours_takes_the_same_hours_of_the_weeks_around() -> None:
    # Hour h of the week holds h kWh; a gap of ten hours is filled with exactly what stood there.
    pattern = [100 + hour % 168 for hour in range(HOURS)]
    it: list[Any] = [None if 1000 <= hour < 1010 else value for hour, value in enumerate(pattern)]
    rows = [*readings("M-IN", [500] * HOURS, start=YEAR_START + HOUR), *readings("M-IT", it, start=YEAR_START + HOUR)]
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}))
    assert {i.name: i.value for i in pue.inputs}["E_IT"] == Decimal(sum(pattern))


@pytest.mark.torture("T18", "reset", "replaced", "counter_reset", "step not counted", "sum of valid steps shown")
@pytest.mark.parametrize("after", [0, 7, 400_000])
def test_a_register_that_was_reset_or_replaced_counts_its_valid_steps_alone(after: int) -> None:
    # 25 kWh an hour; after reading 5 000 another register goes on from `after`, below the 500 000 it replaces.
    meters = [register("M-IN", "utility_incomer", "facility"), register("M-IT", "ups_output", "it")]
    swapped = [375_000 + 25 * hour if hour <= 5000 else after + 25 * (hour - 5001) for hour in range(HOURS + 1)]
    rows = [*readings("M-IN", swapped), *readings("M-IT", [20 * hour for hour in range(HOURS + 1)])]
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}, meters=meters))
    [told] = [note.message for note in pue.notes if note.code == "counter_reset"]
    steps = 25 * (HOURS - 1)
    assert "M-IN" in told.en
    assert "2025-10-26T01:00:00Z" in told.en  # 5 001 hours after the first of April in China
    assert f"{steps} kWh" in told.en
    assert f"{steps} kWh" in told.zh
    assert {i.name: i.value for i in pue.inputs}["E_facility"] == steps
    assert pue.value == Decimal("1.25")  # the hour of the reset counts for neither meter


@pytest.mark.torture("T18", "rolls over")
def test_a_register_that_rolls_over_where_the_profile_says_is_no_reset() -> None:
    meters = [
        register("M-IN", "utility_incomer", "facility", register_max="999999"),
        register("M-IT", "ups_output", "it"),
    ]
    rolled = [(900_000 + 25 * hour) % 1_000_000 for hour in range(HOURS + 1)]
    rows = [*readings("M-IN", rolled), *readings("M-IT", [20 * hour for hour in range(HOURS + 1)])]
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}, meters=meters))
    assert {i.name: i.value for i in pue.inputs}["E_facility"] == 25 * HOURS
    assert "counter_reset" not in [note.code for note in pue.notes]


def test_registers_count_by_difference_and_survive_silence() -> None:
    # Daily registers rise by 2 400 and 2 000 kWh; without the readings of three days nothing is lost.
    meters = [register("M-IN", "utility_incomer", "facility"), register("M-IT", "ups_output", "it")]
    days = [day for day in range(366) if day not in (40, 41, 42)]
    rows = [
        {"meter": name, "at": YEAR_START + day * DAY, "value": Decimal(1_000_000 + day * rise)}
        for name, rise in (("M-IN", 2400), ("M-IT", 2000))
        for day in days
    ]
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}, meters=meters))
    assert pue.value == Decimal("1.2")
    assert {i.name: i.value for i in pue.inputs}["E_IT"] == Decimal(365 * 2000)
    assert pue.coverage == Decimal("0.991780821918")  # 362 of 365 days


def test_metering_is_calibrated_meters_times_coverage() -> None:
    meters = [*METERS, meter("M-X", "cooling", "cooling", calibrated_on=dt.date(2023, 3, 30))]
    complete = hourly()["year"]["energy_readings"]
    rows = [*complete, *readings("M-X", [10] * HOURS, start=YEAR_START + HOUR)]
    metering = measured("metering_completeness", centre({"year": {"energy_readings": rows}}, meters=meters))
    assert metering.value == Decimal("66.6666666667")  # calibrated 3 years and a day before application: 2 of 3
    pue = measured("annual_pue", centre({"year": {"energy_readings": rows}}, meters=meters))
    assert pue.quality is Quality.C


def test_load_factor_is_mean_power_over_rated_power() -> None:
    assert measured("it_load_factor", centre(hourly())).value == Decimal(50)  # 100 kW of 200 kW


def test_bought_certificates_count_up_to_thirty_per_cent() -> None:
    files = hourly()
    files["paper"] = {
        "declaration": [
            {"indicator": "GR-2.1.direct_mwh", "value": Decimal("109.5"), "unit": "MWh", "documents": 1},
            {"indicator": "GR-2.1.certificates_mwh", "value": Decimal("547.5"), "unit": "MWh", "documents": 1},
        ]
    }
    # E_facility 1 095 MWh: 10 % direct, 50 % certificates of which 30 % count.
    factor = measured("renewable_energy_factor", centre(files))
    assert factor.value == Decimal(40)
    assert {i.name: i.value for i in factor.inputs}["ref_full"] == Decimal(60)
    assert factor.quality is Quality.C


def test_carbon_is_told_by_the_market_and_by_the_place() -> None:
    carbon = measured("carbon_usage_effectiveness", centre(hourly()))
    assert carbon.value == Decimal("0.732")  # 1.25 × 0.5856, without traded non-fossil power, 2022
    assert {i.name: i.value for i in carbon.inputs}["cue_location"] == Decimal(
        "0.856125"
    )  # 1.25 × 0.6849 (内蒙古 2022)
    assert "emission_factors/2026.1: 内蒙古 2022" in [i.source for i in carbon.inputs]


def test_bought_renewables_lower_the_market_figure_alone_and_never_below_zero() -> None:
    def carbon(mwh: str) -> tuple[Decimal | None, Decimal]:
        files = hourly()
        certificates = {"indicator": "GR-2.1.certificates_mwh", "value": Decimal(mwh), "unit": "MWh", "documents": 1}
        found = measured("carbon_usage_effectiveness", centre(files | {"paper": {"declaration": [certificates]}}))
        return found.value, {i.name: i.value for i in found.inputs}["cue_location"]

    # 547.5 of 1,095 MWh, without the cap of the REF: half of 0.732.
    assert carbon("547.5") == (Decimal("0.366"), Decimal("0.856125"))
    assert carbon("2000") == (Decimal(0), Decimal("0.856125"))


def test_water_and_heat_join_declared_amounts_to_measured_energy() -> None:
    files = hourly()
    files["paper"] = {
        "declaration": [
            {"indicator": "GR-3.1", "value": Decimal(438), "unit": "m3", "documents": 0},
            {"indicator": "GR-3.2", "value": Decimal("54.75"), "unit": "MWh", "documents": 1, "witnessed_by": "Ana"},
        ]
    }
    water = measured("water_usage_effectiveness", centre(files))
    assert (water.value, water.quality) == (Decimal("0.5"), Quality.D)  # 438 000 L ÷ 876 000 kWh
    heat = measured("energy_reuse_factor", centre(files))
    assert (heat.value, heat.quality) == (Decimal(5), Quality.A)  # 54.75 of 1 095 MWh


def test_a_wrong_unit_of_a_declared_amount_is_invalid() -> None:
    files = hourly() | {
        "paper": {"declaration": [{"indicator": "GR-3.1", "value": Decimal(1), "unit": "kWh", "documents": 0}]}
    }
    assert code(measured("water_usage_effectiveness", centre(files))) == "wrong_unit"


def test_a_centre_without_declared_meters_is_told_so() -> None:
    pue = measured("annual_pue", centre(hourly(), meters=[]))
    assert code(pue) == "meters_not_declared"


def test_readings_outside_the_year_do_not_count() -> None:
    files = hourly()
    files["later"] = {"energy_readings": list(readings("M-IT", [9_999] * 48, start=YEAR_END + HOUR))}
    assert measured("annual_pue", centre(files)).value == Decimal("1.25")


def test_readings_of_a_meter_the_profile_does_not_know_are_told() -> None:
    files = hourly() | {"more": {"energy_readings": list(readings("M-9", [5, 5]))}}
    pue = measured("annual_pue", centre(files))
    assert pue.value == Decimal("1.25")
    assert "meters_unknown" in [note.code for note in pue.notes]
