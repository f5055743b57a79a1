"""Monthly energy workbooks: the template, the sheets of real life, and cells that are no readings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import ParseError
from evidence.parsers.base import ParseResult, Severity
from evidence.parsers.formats.energy_workbook import PARSER
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import survives_anything
from tests.evidence.parsers.workbooks import Rows, workbook, workbook_of

LIST_HEAD = ["month", "meter", "start_reading", "end_reading", "multiplier"]
UGLY: list[list[Any]] = [
    ["某某智算中心2025年度能源消费统计表"],
    ["编制：动力部", None, None, "单位：kWh"],
    ["序号", "表计", "2025年", None, None, "合计"],
    [None, None, "1月", "2月", "3月", None],
    [1, "M-IN", 100.5, "200.25", 300, 600.75],
    [2, "M-IT", 90, 180, "=1/0", None],
    ["合计", None, 190.5, 380.25, 300, 870.75],
    ["填表人：示例"],
]


def parse(content: bytes, *, timezone: str | None = "Asia/Shanghai") -> ParseResult:
    return PARSER.parse(Source.of_bytes(content, "energy.xlsx", timezone=timezone))


def readings(result: ParseResult) -> list[tuple[str, str, Decimal, str]]:
    rows = result.tables["energy_readings"].to_pylist()
    return [
        (
            row["meter"],
            row["start_at"].astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m"),
            row["value"],
            row["cell"],
        )
        for row in rows
    ]


def ugly(rows: Rows = UGLY) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("C3:E3")
        sheet["E6"] = "#DIV/0!"

    return workbook_of({"能耗": rows, "旧表": [["month", "meter", "energy_kwh"]]}, change=change)


def test_registers_give_the_energy_of_their_month() -> None:
    result = parse(workbook([LIST_HEAD, ["2025-04", "M1", 4821340.6, 4823754.298, 10]]))
    row = result.tables["energy_readings"].to_pylist()[0]
    assert (row["value"], row["multiplier"], row["unit"], row["reading"]) == (Decimal("2413.698"), 10, None, "interval")
    assert row["start_at"].isoformat() == "2025-03-31T16:00:00+00:00"
    assert row["at"].isoformat() == "2025-04-30T16:00:00+00:00"
    assert (row["line"], row["cell"]) == (2, "能耗!D2")


def months_of(result: ParseResult) -> list[Decimal]:
    rows = result.tables["energy_readings"].to_pylist()
    return [row["value"] for row in rows if row["reading"] == "interval"]


def registers_of(result: ParseResult) -> list[tuple[str, str, Decimal, str]]:
    rows = result.tables["energy_readings"].to_pylist()
    found = [row for row in rows if row["reading"] in ("opening", "closing")]
    assert all(row["start_at"] is None for row in found)
    return [(row["reading"], row["at"].isoformat()[:10], row["value"], row["cell"]) for row in found]


def test_a_falling_register_is_reported_and_its_readings_are_left_to_the_measure() -> None:
    result = parse(workbook([LIST_HEAD, ["2025-04", "M1", 900, 20, 10], ["2025-05", "M1", 20, 50, 10]]))
    assert months_of(result) == [30]
    assert registers_of(result) == [
        ("opening", "2025-03-31", 900, "能耗!C2"),
        ("closing", "2025-04-30", 20, "能耗!D2"),
        ("opening", "2025-04-30", 20, "能耗!C3"),
        ("closing", "2025-05-31", 50, "能耗!D3"),
    ]
    assert result.issue_counts == {"counter_reset": 1}
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (2, 1, 1)


@pytest.mark.parametrize("start", [208, 192])
def test_months_that_do_not_join_are_told_with_both_cells(start: int) -> None:
    result = parse(workbook([LIST_HEAD, ["2025-04", "M1", 100, 200, 10], ["2025-05", "M1", start, 300, 10]]))
    [told] = result.issues
    assert (told.code, told.severity, told.where.cell) == ("readings_apart", Severity.WARNING, "能耗!C3")
    for words in (told.message.zh, told.message.en):
        assert str(start) in words
        assert "能耗!D2" in words
    assert months_of(result) == [100, 300 - start]
    assert [value for _, _, value, _ in registers_of(result)] == [100, 200, start, 300]


def test_months_that_join_hand_on_their_registers_too_since_the_next_may_stand_in_another_file() -> None:
    joined = parse(workbook([LIST_HEAD, ["2025-04", "M1", 100, 200, 10], ["2025-05", "M1", 200, 300, 10]]))
    assert ([value for _, _, value, _ in registers_of(joined)], joined.issues) == ([100, 200, 200, 300], ())
    changed = parse(workbook([LIST_HEAD, ["2025-04", "M1", 100, 200, 10], ["2025-05", "M1", 0, 300, 20]]))
    assert changed.issue_counts == {"readings_apart": 1}


def test_a_month_left_out_of_the_sheet_is_no_break() -> None:
    result = parse(workbook([LIST_HEAD, ["2025-04", "M1", 100, 200, 10], ["2025-06", "M1", 300, 400, 10]]))
    assert result.issues == ()


def test_months_as_columns_under_titles_are_found() -> None:
    assert readings(parse(ugly())) == [
        ("M-IN", "2025-01", Decimal("100.5"), "能耗!C5"),
        ("M-IN", "2025-02", Decimal("200.25"), "能耗!D5"),
        ("M-IN", "2025-03", Decimal("300"), "能耗!E5"),
        ("M-IT", "2025-01", Decimal("90"), "能耗!C6"),
        ("M-IT", "2025-02", Decimal("180"), "能耗!D6"),
    ]


@pytest.mark.torture("T12", "#DIV/0!", "number as text")
def test_an_error_a_text_number_and_a_total_are_located_issues() -> None:
    found = {(issue.code, issue.where.cell) for issue in parse(ugly()).issues}
    assert ("cell_error", "能耗!E6") in found
    assert ("number_as_text", "能耗!D5") in found
    assert ("total_left_out", "能耗!A7") in found


@pytest.mark.torture("T12", "#REF!", "merged header", "located")
def test_a_broken_reference_and_a_merged_head_are_told_at_their_cells() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.merge_cells("B1:C1")
        sheet["C3"] = "#REF!"

    rows = [["表计", "2025年", None], [None, "1月", "2月"], ["M1", 5, 6], ["M2", 7, 8]]
    result = parse(workbook(rows, change=change))
    assert [(issue.code, issue.where.cell) for issue in result.issues] == [
        ("merged_header", "能耗!B1:C1"),
        ("cell_error", "能耗!C3"),
    ]
    assert [value for _, _, value, _ in readings(result)] == [5, 7, 8]


def test_one_figure_in_merged_cells_is_not_counted_for_each_of_them() -> None:
    rows = [["表计", "2025年1月", "2025年2月", "2025年3月"], ["M1", 5, None, 6]]
    result = parse(workbook(rows, change=lambda sheet: sheet.merge_cells("B2:C2")))
    assert [value for _, _, value, _ in readings(result)] == [6]
    assert [(issue.code, issue.where.cell) for issue in result.issues] == [
        ("merged_value", "能耗!B2"),
        ("merged_value", "能耗!C2"),
    ]


@pytest.mark.torture("T12", "formula without value", "never 0")
def test_a_formula_without_a_saved_value_is_an_issue_and_never_zero() -> None:
    result = parse(workbook([["month", "meter", "energy_kwh"], ["2025-04", "M1", "=1+1"], ["2025-05", "M1", 5]]))
    assert [value for _, _, value, _ in readings(result)] == [5]
    assert [(issue.code, issue.where.cell) for issue in result.issues] == [("formula_without_value", "能耗!C2")]


@pytest.mark.torture("T12", "hidden sheet", "hidden row")
def test_hidden_sheets_rows_and_columns_are_reported() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["D"].hidden = True
        sheet.parent["旧"].sheet_state = "hidden"

    sheets = {"能耗": [["month", "meter", "energy_kwh", "备注"], ["2025-04", "M1", 5, "x"]], "旧": [["2024", 1]]}
    result = parse(workbook_of(sheets, change=hide))
    assert {(issue.code, issue.where.cell) for issue in result.issues} == {
        ("hidden_row", "能耗!2:2"),
        ("hidden_column", "能耗!D:D"),
        ("hidden_sheet", "旧"),
    }


def test_a_blank_month_is_missing_and_not_zero() -> None:
    result = parse(workbook([["表计", "2025年1月", "2025年2月"], ["M1", 5, None]]))
    assert [value for _, _, value, _ in readings(result)] == [5]
    assert result.issue_counts == {"missing_value": 1}


@pytest.mark.parametrize("head", ["2025-04", "2025/4", "2025年4月", "202504", dt.date(2025, 4, 1), 202504])
def test_a_month_may_be_written_in_many_ways(head: Any) -> None:
    assert readings(parse(workbook([["month", "meter", "energy_kwh"], [head, "M1", 5]])))[0][1] == "2025-04"


def test_a_month_without_any_year_is_an_error() -> None:
    result = parse(workbook([["2025-2026能耗"], ["表计", "1月", "2月"], ["M1", 5, 6]]))
    assert result.has_errors
    assert result.issue_counts["no_year"] == 2


def test_ten_thousand_kwh_are_read_as_kwh() -> None:
    result = parse(workbook([["单位：万kWh"], ["表计", "2025年1月", "2025年2月"], ["M1", 1.25, 2]]))
    assert [row["value"] for row in result.tables["energy_readings"].to_pylist()] == [12500, 20000]
    assert result.facts["energy_kwh_by_meter"] == {"M1": Decimal("32500")}


@pytest.mark.torture("T16", "kW in a kWh column")
def test_a_unit_of_power_in_the_energy_column_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook([["month", "meter", "电量(kW)"], ["2025-04", "M1", 5]]))
    assert caught.value.code == "wrong_unit"


@pytest.mark.torture("T16", "unit never guessed")
@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ([["单位：万kWh"], ["月份", "电表", "用电量(kWh)"], ["2025-04", "M1", 5]], "能耗!A1"),
        ([["单位：万kWh", "用电量（kWh）"], ["表计", "2025年1月", "2025年2月"], ["M1", 5, 6]], "能耗!B1"),
    ],
)
def test_two_units_that_contradict_each_other_are_refused(rows: Rows, cell: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook(rows))
    assert caught.value.code == "unit_contradicted"
    assert caught.value.where is not None
    assert caught.value.where.cell == cell
    for words in (caught.value.message.zh, caught.value.message.en):
        assert "“kWh”" in words
        assert "“万kWh”" in words


def test_one_unit_written_in_two_ways_and_the_unit_of_a_total_contradict_nothing() -> None:
    listed = parse(workbook([["单位：千瓦时"], ["月份", "电表", "用电量(kWh)"], ["2025-04", "M1", 5]]))
    assert listed.facts["energy_kwh_by_meter"] == {"M1": Decimal("5")}
    spread = parse(workbook([["单位：kWh"], ["表计", "2025年1月", "2025年2月", "合计(MWh)"], ["M1", 5, 6, None]]))
    assert spread.facts["energy_kwh_by_meter"] == {"M1": Decimal("11")}


def test_a_month_over_several_columns_is_refused_for_its_shape() -> None:
    rows = [
        ["项目", "2025年1月", None, "2025年2月", None],
        [None, "总用电", "IT用电", "总用电", "IT用电"],
        ["一期", 5, 4, 6, 5],
    ]

    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:E1")

    with pytest.raises(ParseError) as caught:
        parse(workbook(rows, change=merge))
    assert caught.value.code == "month_divided"
    assert caught.value.where is not None
    assert caught.value.where.cell == "能耗!B1"
    assert "总用电, IT用电" in caught.value.message.zh


@pytest.mark.torture("T14", "repeated column")
def test_two_energy_columns_are_refused_where_they_stand() -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook([["用电"], ["月份", "电表", "电量(kWh)", "用电量(kWh)"], ["2025-04", "M1", 5, 6]]))
    assert caught.value.code == "repeated_column"
    assert caught.value.where is not None
    assert caught.value.where.cell == "能耗!A2"


@pytest.mark.torture("T14", "missing column")
def test_a_list_without_its_months_says_what_is_missing_and_where() -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook([["何时", "电表", "电量(kWh)"], ["2025-04", "M1", 5]]))
    assert caught.value.code == "missing_column"
    assert caught.value.where is not None
    assert caught.value.where.cell == "能耗!A1"
    assert "month" in caught.value.message.en


def test_heads_broken_into_lines_are_read() -> None:
    result = parse(workbook([["月\n份", "电表\n编号", "本月\n电量\n(万kWh)"], ["2025-04", "M1", 5]]))
    assert result.facts["energy_kwh_by_meter"] == {"M1": Decimal("50000")}


def test_a_wrong_total_is_pointed_at() -> None:
    result = parse(workbook([["表计", "2025年1月", "2025年2月", "合计"], ["M1", 5, 6, 12]]))
    assert [(issue.code, issue.where.cell) for issue in result.issues] == [("total_differs", "能耗!D2")]


def test_the_same_reading_on_two_sheets_counts_once_and_another_one_contradicts() -> None:
    head = ["month", "meter", "energy_kwh"]
    sheets = {
        "一": [head, ["2025-04", "M1", 5], ["2025-05", "M1", 6]],
        "二": [head, ["2025-04", "M1", 5], ["2025-05", "M1", 7]],
    }
    result = parse(workbook_of(sheets))
    assert result.facts["readings"] == 2
    assert result.issue_counts == {"repeated_reading": 1, "contradictory_readings": 1}
    assert result.has_errors


def test_without_a_declared_zone_no_month_has_a_start() -> None:
    result = parse(workbook([["month", "meter", "energy_kwh"], ["2025-04", "M1", 5]]), timezone=None)
    assert result.has_errors
    assert result.tables["energy_readings"].num_rows == 0
    assert result.issue_counts == {"no_time_zone": 1}


@pytest.mark.torture("T01", "header row")
def test_a_header_without_rows_has_no_rows() -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook([["month", "meter", "energy_kwh"]]))
    assert caught.value.code == "no_rows"


def test_a_workbook_without_an_energy_table_says_so() -> None:
    with pytest.raises(ParseError) as caught:
        parse(workbook([["hello"], ["world"]]))
    assert caught.value.code == "unknown_layout"


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, ugly())
