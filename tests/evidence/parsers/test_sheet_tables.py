"""The simple tables in workbooks: the same observations as from text, each issue at its cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import ParseError
from evidence.parsers.base import ParseResult
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.workbooks import workbook, workbook_of
from tests.golden import FOLDER

TABLES = ("incidents/year", "jobs_table/platform", "tickets/quarter", "sus/numbers", "meter_series/interval")
moment = dt.datetime.fromisoformat  # as spreadsheets keep them, without a zone
TICKETS = [
    ["工单号", "优先级", "提交时间", "解决时间"],
    ["T1", "P1", moment("2025-04-01 08:00"), moment("2025-04-01 09:30")],
    ["T2", "高", moment("2025-04-02"), None],
]


def parsed(content: bytes, *, name: str = "table.xlsx", timezone: str | None = "Asia/Shanghai") -> ParseResult:
    source = Source.of_bytes(content, name, timezone=timezone)
    return identify(source).parse(source)


def tickets(*, change: Callable[[Worksheet], None] | None = None, rows: list[Any] | None = None) -> ParseResult:
    return parsed(workbook(rows or TICKETS, name="工单", change=change))


def places(result: ParseResult) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.where.cell) for issue in result.issues if issue.code != "column_mapped"]


def typed(cell: str) -> Any:
    """What a person's spreadsheet makes of a cell of text: numbers are numbers, nothing is nothing."""
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
        return float(cell)
    return cell or None


@pytest.mark.parametrize("case", TABLES)
def test_a_workbook_gives_the_same_observations_as_its_text(case: str) -> None:
    content = (FOLDER / f"{case}.csv").read_bytes()
    rows = [[typed(cell) for cell in row] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    plain, booked = parsed(content, name="table.csv"), parsed(workbook(rows, name="表"))
    assert booked.facts == plain.facts
    assert booked.coverage == plain.coverage
    for kind, table in plain.tables.items():
        assert booked.tables[kind].drop_columns(["cell"]).equals(table.drop_columns(["cell"]))
        assert re.fullmatch(r"表![A-Z]+2", booked.tables[kind].column("cell")[0].as_py())


def test_dates_of_the_spreadsheet_are_times_in_the_declared_zone() -> None:
    result = tickets()
    opened = result.tables["tickets"].column("opened_at").to_pylist()
    assert opened == [dt.datetime(2025, 4, 1, 0, tzinfo=dt.UTC), dt.datetime(2025, 4, 1, 16, tzinfo=dt.UTC)]
    assert result.tables["tickets"].column("cell").to_pylist() == ["工单!A2", "工单!A3"]
    assert not places(result)


def test_dates_without_a_declared_zone_are_an_error_at_their_cell() -> None:
    result = parsed(workbook(TICKETS, name="工单"), timezone=None)
    assert result.has_errors
    assert ("no_time_zone", "工单!C2") in places(result)


@pytest.mark.torture("T12", "#DIV/0!", "formula without value", "never 0")
@pytest.mark.parametrize(
    ("value", "code"),
    [("#DIV/0!", "cell_error"), ("=NOW()", "formula_without_value"), ("soon", "bad_instant"), (None, "missing_value")],
)
def test_a_cell_that_cannot_be_read_is_told_at_its_place_and_leaves_its_row_out(value: Any, code: str) -> None:
    result = tickets(rows=[TICKETS[0], TICKETS[1], ["T2", "P2", value, None]])
    assert (code, "工单!C3") in places(result)
    assert {told for told, _ in places(result)} <= {code, "row_left_out"}
    assert result.tables["tickets"].column("ticket").to_pylist() == ["T1"]
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (2, 1, 1)


@pytest.mark.torture("T12", "number as text")
def test_numbers_stored_as_text_are_read_and_told_once() -> None:
    rows = [["at", "meter", "value"], *(["2025-04-01T00:00:00+08:00", f"M{n}", str(n)] for n in range(1, 4))]
    result = parsed(workbook(rows, name="表"))
    assert places(result) == [("number_as_text", "表!C2")]
    assert result.issue_counts["number_as_text"] == 3
    assert result.coverage.lines_used == 3


def test_a_text_that_is_no_number_is_not_told_as_a_number_stored_as_text() -> None:
    values = ["128卡", "5"]
    rows = [["at", "meter", "value"], *([f"2025-04-0{n}T00:00:00Z", "M1", text] for n, text in enumerate(values, 1))]
    result = parsed(workbook(rows, name="表"))
    assert set(places(result)) == {("not_a_number", "表!C2"), ("number_as_text", "表!C3")}
    assert result.issue_counts["number_as_text"] == 1


@pytest.mark.torture("T12", "hidden sheet", "hidden row")
def test_hidden_rows_are_read_and_told_and_hidden_sheets_only_told() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.parent.create_sheet("旧").sheet_state = "hidden"

    result = tickets(change=hide)
    assert places(result) == [("hidden_sheet", "旧"), ("hidden_row", "工单!2:2")]
    assert result.coverage.lines_used == 2


def test_every_sheet_with_the_header_is_read_and_others_are_told() -> None:
    books = {"四月": TICKETS, "五月": [["2025"], *TICKETS[:2]], "说明": [["请填写"]]}
    result = parsed(workbook_of(books))
    assert result.tables["tickets"].column("cell").to_pylist() == ["四月!A2", "四月!A3", "五月!A3"]
    assert places(result) == [("sheet_ignored", "说明")]


def test_a_repeated_instant_is_told_at_the_cell_of_its_sheet() -> None:
    reading = ["2025-04-01T00:00:00+08:00", "M", 1.5]
    head = ["at", "meter", "value"]
    result = parsed(workbook_of({"a": [head, reading], "b": [head, reading]}))
    assert places(result) == [("duplicate_instant", "b!A2")]


@pytest.mark.torture("T14", "repeated column")
def test_a_column_that_stands_there_twice_is_refused_where_it_stands() -> None:
    rows = [["时间", "电表", "电量(kWh)", "用电量(kWh)"], [moment("2025-04-01 08:00"), "M1", 1.5, 2]]
    with pytest.raises(ParseError) as caught:
        parsed(workbook(rows))
    assert caught.value.code == "repeated_column"
    assert caught.value.where is not None
    assert caught.value.where.cell == "能耗!A1"


def test_heads_broken_into_lines_are_read_with_their_unit() -> None:
    rows = [["采集\n时间", "电表\n编号", "正向有功\n总电能\n(MWh)"], [moment("2025-04-01 08:00"), "M1", 1.5]]
    [row] = parsed(workbook(rows)).tables["energy_readings"].to_pylist()
    assert (row["meter"], row["value"], row["unit"]) == ("M1", Decimal("1.5"), "MWh")


@pytest.mark.torture("T14", "missing column")
def test_a_missing_column_is_refused_at_the_header() -> None:
    source = Source.of_bytes(workbook([["工单号", "优先级"], ["T1", "P1"]], name="工单"), "t.xlsx")
    with pytest.raises(ParseError) as caught:
        identify(source, declared="tickets").parse(source)
    assert (caught.value.code, str(caught.value.where)) == ("missing_column", "1:工单!A1")


def test_a_workbook_with_two_kinds_of_tables_asks_which_one_is_meant() -> None:
    incidents = [["编号", "服务", "开始时间", "结束时间"], ["I1", "计算", moment("2025-04-01"), None]]
    content = workbook_of({"工单": TICKETS, "事件": incidents})
    with pytest.raises(ParseError) as caught:
        identify(Source.of_bytes(content, "both.xlsx"))
    assert caught.value.code == "ambiguous_format"
    assert all(name in caught.value.message.en for name in ("incidents", "tickets"))
    chosen = Source.of_bytes(content, "both.xlsx", timezone="Asia/Shanghai")
    assert identify(chosen, declared="incidents").parse(chosen).facts["incidents"] == 1
