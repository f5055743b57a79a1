"""Meter series: numbers, instants and zones as written, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats.meter_series import PARSER
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import read, survives_anything

HEAD = "at,meter,value\n"
AT = "2025-04-01T00:15:00+08:00"


def values(text: str, *, timezone: str | None = None) -> list[Decimal]:
    return read(PARSER, text.encode(), timezone=timezone).tables["energy_readings"].column("value").to_pylist()


def instants(text: str, *, timezone: str | None = None) -> list[str]:
    table = read(PARSER, text.encode(), timezone=timezone).tables["energy_readings"]
    return [at.strftime("%m-%d %H:%M") for at in table.column("at").to_pylist()]


def counts(text: str, *, timezone: str | None = None) -> dict[str, int]:
    return dict(read(PARSER, text.encode(), timezone=timezone).issue_counts)


def test_a_row_keeps_meter_instant_figure_and_line() -> None:
    row = read(PARSER, f"{HEAD}{AT},M-IN,12.50\n".encode()).tables["energy_readings"].to_pylist()[0]
    assert (row["meter"], row["value"], row["line"]) == ("M-IN", Decimal("12.5"), 2)
    assert row["at"].isoformat() == "2025-03-31T16:15:00+00:00"
    assert (row["unit"], row["reading"], row["multiplier"], row["start_at"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("heading", "unit", "value"),
    [
        ("value", None, "2"),
        ("value_kwh", "kWh", "2"),
        ("电量(kWh)", "kWh", "2"),
        ("电量（千瓦时）", "kWh", "2"),
        ("读数/MWh", "MWh", "2"),
        ("用电量(万kWh)", "kWh", "20000"),
    ],
)
def test_only_a_heading_that_names_a_unit_gives_one(heading: str, unit: str | None, value: str) -> None:
    row = read(PARSER, f"时间,表计,{heading}\n{AT},M,2\n".encode()).tables["energy_readings"].to_pylist()[0]
    assert (row["unit"], row["value"]) == (unit, Decimal(value))


@pytest.mark.torture("T16", "kW in a kWh column")
def test_a_unit_of_power_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, f"at,meter,value_kW\n{AT},M,2\n".encode())
    assert caught.value.code == "wrong_unit"


@pytest.mark.torture("T16", "negative energy", "out_of_range")
def test_a_negative_reading_is_pointed_at() -> None:
    assert counts(f"{HEAD}{AT},M,-2\n") == {"out_of_range": 1}


@pytest.mark.torture(
    "T15", "NaN", "Infinity", "1e400", "1_000", "full-width", "1,234", "98.5%", "0x10", "5 000 digits", "-", "无"
)
@pytest.mark.parametrize(
    "text",
    [
        "NaN", "Infinity", "1e400", "1_000", "１２３", '"1,234"', "98.5%", "0x10", "9" * 5000, "-", "无", "1.2.3",
        ".5", "5.", "+", "1 2", "١٢",
    ],
)  # fmt: skip
def test_forms_outside_the_grammar_are_issues_at_their_cell(text: str) -> None:
    result = read(PARSER, f"{HEAD}{AT},M,1\n{AT},N,{text}\n".encode())
    assert result.tables["energy_readings"].num_rows == 1
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("not_a_number", 3)]


@pytest.mark.torture("T15", "-0")
@pytest.mark.parametrize(
    ("text", "value"),
    [("-0", "0"), ("+1.50", "1.5"), ("1e3", "1000"), (" 7 ", "7"), ("0.000000001", "0.000000001"), ("1E-2", "0.01")],
)
def test_forms_inside_the_grammar_are_read_exactly(text: str, value: str) -> None:
    assert values(f"{HEAD}{AT},M,{text}\n") == [Decimal(value)]


@pytest.mark.torture("T15", "empty")
def test_an_empty_figure_is_missing_and_not_zero() -> None:
    assert counts(f"{HEAD}{AT},M,\n{AT},N,1\n") == {"missing_value": 1}


def test_more_than_nine_decimals_are_rounded_with_a_note() -> None:
    text = f"{HEAD}{AT},M,0.1234567895\n"
    assert values(text) == [Decimal("0.123456790")]
    assert counts(text) == {"rounded": 1}


@pytest.mark.torture("T17", "no time zone")
def test_a_time_without_zone_is_an_error_unless_one_is_declared() -> None:
    text = f"{HEAD}2025-04-01 00:15,M,1\n"
    assert counts(text) == {"no_time_zone": 1}
    assert read(PARSER, text.encode()).has_errors
    assert instants(text, timezone="Asia/Shanghai") == ["03-31 16:15"]


@pytest.mark.torture("T17", "mixed zones")
def test_times_with_and_without_zone_in_one_file_are_refused() -> None:
    text = f"{HEAD}2025-04-01 00:15,M,1\n{AT},N,1\n"
    result = read(PARSER, text.encode(), timezone="Asia/Shanghai")
    assert result.has_errors
    assert result.issue_counts["mixed_time_zones"] == 1


@pytest.mark.torture("T17", "24:00", "29 February")
def test_midnight_may_be_written_24() -> None:
    text = f"{HEAD}2024-02-29 24:00,M,1\n"
    assert instants(text, timezone="Asia/Shanghai") == ["02-29 16:00"]
    assert counts(text, timezone="Asia/Shanghai") == {"midnight_24": 1}


@pytest.mark.torture("T17", "29 February")
@pytest.mark.parametrize("text", ["2025-02-29 10:00", "2025-04-01", "4/1/2025 3:04 PM", "2025-04-01 24:01", "now", "1"])
def test_what_is_no_instant_is_an_issue(text: str) -> None:
    assert counts(f"{HEAD}{text},M,1\n", timezone="Asia/Shanghai") == {"bad_instant": 1}


@pytest.mark.torture("T17", "clock stepping back")
def test_the_hour_that_comes_twice_and_the_hour_that_never_comes_are_issues() -> None:
    text = f"{HEAD}2025-10-26 02:30,M,1\n2025-03-30 02:30,M,2\n2025-10-26 03:30,M,3\n"
    assert counts(text, timezone="Europe/Berlin") == {"ambiguous_time": 1, "nonexistent_time": 1}
    assert instants(text, timezone="Europe/Berlin") == ["10-26 02:30"]


@pytest.mark.torture("T17", "duplicates", "out of order", "first place and count")
def test_duplicates_and_disorder_are_told_once_with_first_place_and_count() -> None:
    text = HEAD + "".join(f"2025-04-01T0{hour}:00Z,M,{hour}\n" for hour in (1, 3, 2, 2, 0))
    result = read(PARSER, text.encode())
    assert dict(result.issue_counts) == {"out_of_order": 2, "duplicate_instant": 1}
    assert {issue.code: issue.where.line for issue in result.issues} == {"out_of_order": 4, "duplicate_instant": 5}
    assert result.coverage.lines_used == 5


@pytest.mark.torture("T17", "gaps", "first place and count")
def test_gaps_of_a_regular_series_are_told_once_with_first_place_and_count() -> None:
    hours = [hour for hour in range(40) if hour not in (7, 20, 21, 22)]
    rows = [f"2025-04-{1 + hour // 24:02}T{hour % 24:02}:00Z,M,{hour}\n" for hour in hours]
    result = read(PARSER, (HEAD + "".join(rows)).encode())
    assert dict(result.issue_counts) == {"gap": 2}
    (gap,) = result.issues
    assert gap.where.line == 9  # hour 8 follows hour 6
    assert "4 readings" in gap.message.en
    assert "the longest: M from 2025-04-01 19:00 to 2025-04-01 23:00 (4 hours), time of UTC." in gap.message.en
    assert result.tables["energy_readings"].num_rows == 36


def test_the_longest_gap_is_told_by_the_clock_declared_with_the_file() -> None:
    hours = [hour for hour in range(40) if hour not in (7, 20, 21, 22)]
    rows = [f"2025-04-{1 + hour // 24:02} {hour % 24:02}:00,M,{hour}\n" for hour in hours]
    (gap,) = read(PARSER, (HEAD + "".join(rows)).encode(), timezone="Asia/Shanghai").issues
    assert "；最长的：M 自 2025-04-01 19:00 至 2025-04-01 23:00（4 小时），时间按 Asia/Shanghai。" in gap.message.zh


def test_a_series_that_changes_at_no_regular_steps_has_no_gaps() -> None:
    minutes = [0, 1, 3, 8, 9, 20, 22, 23, 40, 41, 90, 200, 201, 203, 300]
    rows = [f"2025-04-01T{minute // 60:02}:{minute % 60:02}Z,M,{minute}\n" for minute in minutes]
    assert counts(HEAD + "".join(rows)) == {}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Factory", "localtime"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, f"{HEAD}{AT},M,1\n".encode(), timezone=zone)
    assert caught.value.code == "unknown_time_zone"


def test_another_table_with_a_time_and_a_value_is_not_claimed() -> None:
    assert not PARSER.recognises(Source.of_bytes(b"timestamp,WND,avg_CI\n2022-01-01 00:00:00+00:00,1,2\n", "grid.csv"))


test_any_bytes_give_a_result_or_a_refusal = survives_anything(
    PARSER, f"{HEAD}{AT},M-IN,12.50\n".encode(), f"时间;表计;电量(kWh)\r\n{AT};甲;1\r\n".encode("gb18030")
)


@pytest.mark.torture("T17")
@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9999"])
def test_a_year_beyond_every_meter_is_an_issue_however_regular_the_column(year: str) -> None:
    for instant in (f"{year}-01-01T00:00:00+08:00", f"{year}-12-31T23:59:59-08:00"):
        assert counts(f"{HEAD}{AT},M,1\n{instant},M,2\n") == {"bad_instant": 1}, instant
