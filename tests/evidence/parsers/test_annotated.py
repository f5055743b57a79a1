"""Excel as people use it: template out, filled with faults, in, the annotated workbook back, mended, accepted."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import ParseError
from evidence.parsers.base import ParseResult
from evidence.parsers.registry import identify
from evidence.parsers.templates import template
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks import annotated as module
from evidence.parsers.workbooks.annotated import annotated
from tests.evidence.parsers.workbooks import repacked, workbook, workbook_of

FORMULAS = ("=cmd|' /C calc'!A0", '=HYPERLINK("http://a")', "+1+1", "-2", "@SUM(A1)", "\t=1", "=1+1")


def source(content: bytes) -> Source:
    return Source.of_bytes(content, "工单.xlsx", timezone="Asia/Shanghai")


def parsed(content: bytes) -> ParseResult:
    return identify(source(content)).parse(source(content))


def back(content: bytes, result: ParseResult | None = None, **more: Any) -> bytes:
    found = result or parsed(content)
    issues = [issue.as_json() for issue in found.issues]
    return annotated(source(content), issues=issues, counts=found.issue_counts, **more)


def sheet_of(content: bytes, name: str) -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(content))[name]
    assert isinstance(found, Worksheet)
    return found


def filled(rows: list[list[Any]]) -> bytes:
    """Our own template with rows a person typed."""
    book = openpyxl.load_workbook(io.BytesIO(template("tickets", ending="xlsx", language="zh")))
    sheet = book.worksheets[0]
    sheet.title = "工单"
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_template_out_filled_with_faults_annotated_mended_and_accepted() -> None:
    faulty = filled(
        [
            ["T1", "P1", "2025-04-01 08:00", None, "2025-04-01 09:30"],
            ["T2", "urgentish", "2025-04-02 08:00", None, None],
            [None, "P2", "2025-04-03 08:00", None, None],
            ["T4", "P3", "tomorrow", None, None],
        ]
    )
    first = parsed(faulty)
    assert first.tables["tickets"].column("ticket").to_pylist() == ["T1"]
    copy = back(faulty, first)
    sheet = sheet_of(copy, "工单")
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment and cell.row > 1}
    assert marked == {"B3", "A4", "A5", "C5"}  # the row of a time that cannot be read is named, too
    assert "urgentish" in str(sheet["B3"].comment.text)
    assert {sheet[place].fill.fgColor.rgb for place in marked} == {"FFFBE3A6"}
    assert sheet["B2"].fill.fill_type is None

    book = openpyxl.load_workbook(io.BytesIO(copy))
    for place, mended in (("B3", "P1"), ("A4", "T3"), ("C5", "2025-04-04 08:00")):
        book["工单"][place] = mended
    out = io.BytesIO()
    book.save(out)
    again = parsed(out.getvalue())
    assert again.tables["tickets"].column("ticket").to_pylist() == ["T1", "T2", "T3", "T4"]
    assert {issue.code for issue in again.issues} == {"column_mapped", "sheet_ignored"}
    assert not again.has_errors


def test_the_list_names_every_issue_in_both_languages_with_its_cell() -> None:
    content = filled([["T2", "urgentish", "2025-04-02 08:00", None, None]])
    rows = list(sheet_of(back(content), "问题清单 Issues").iter_rows(min_row=2, values_only=True))
    [told] = [row for row in rows if row[2] == "unknown_word"]
    assert told[:2] == ("警告 warning", "工单!B2")
    assert "未知" in str(told[3])
    assert "unknown value" in str(told[4])
    assert str(told[5]).startswith("可用取值")


def test_a_refused_workbook_comes_back_with_its_fault() -> None:
    content = workbook([["工单号", "优先级"], ["T1", "P1"]], name="工单")
    with pytest.raises(ParseError) as caught:
        identify(source(content), declared="tickets").parse(source(content))
    copy = annotated(source(content), issues=[], counts={}, problem=caught.value.as_json(), language="en")
    comment = sheet_of(copy, "工单")["A1"].comment
    assert comment is not None
    assert "The header lacks the columns" in comment.text


def test_every_cell_keeps_its_place_and_value() -> None:
    rows = [[None, "标题"], [], ["工单号", 1.5, True], [None, None, "0012", -3]]
    content = workbook(rows, name="表", change=lambda sheet: sheet.merge_cells("B1:C1"))
    copy = annotated(source(content), issues=[], counts={})
    sheet = sheet_of(copy, "表")
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_col=4)] == [
        [None, "标题", None, None],
        [None, None, None, None],
        ["工单号", 1.5, True, None],
        [None, None, "0012", -3],
    ]
    assert [str(one) for one in sheet.merged_cells.ranges] == ["B1:C1"]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_no_formula_link_or_payload_comes_back_out() -> None:
    def load(sheet: Worksheet) -> None:
        for number, formula in enumerate(FORMULAS, start=3):
            sheet[f"A{number}"].value = formula
            sheet[f"B{number}"].value = formula
            sheet[f"B{number}"].data_type = "s"
        sheet["C3"].hyperlink = "http://example.invalid/"

    book = workbook([["工单号", "优先级"], ["T1", "P1"]], name="工单", change=load)
    content = repacked(book, add={"xl/externalLinks/externalLink1.xml": b"<x/>", "customXml/item1.xml": b"<x/>"})
    copy = annotated(source(content), issues=[], counts={})
    kept = members(copy)
    assert not [name for name in kept if any(word in name for word in ("vba", "external", "customXml", "macro"))]
    assert not [name for name, member in kept.items() if b"<f>" in member or b"<f " in member or b"hyperlink" in member]
    sheet = sheet_of(copy, "工单")
    texts = {cell.coordinate: cell for row in sheet.iter_rows(min_row=3, min_col=2, max_col=2) for cell in row}
    assert {cell.data_type for cell in texts.values()} == {"s"}
    assert next(iter(texts.values())).value == FORMULAS[0]
    assert all(cell.quotePrefix for cell in texts.values())
    assert {sheet[f"A{number}"].value for number in (3, 4, 9)} == {None}, "a formula without a value is empty"


def test_an_issue_whose_words_look_like_a_formula_stays_text() -> None:
    content = filled([["T1", "=1+1", "2025-04-01 08:00", None, None]])
    where = {"line": 2, "cell": "工单!B2"}
    issue = {"code": "=x", "severity": "error", "where": where, "message": {"zh": "=cmd()\x07", "en": "=cmd()"}}
    copy = annotated(source(content), issues=[{**issue, "hint": None}], counts={"=x": 1})
    cells = sheet_of(copy, "问题清单 Issues")[2]
    assert [cell.data_type for cell in cells[:5]] == ["s"] * 5
    assert cells[3].value == "=cmd()␇"


@pytest.mark.parametrize(
    "where",
    [
        "",
        "nowhere!A1",
        "工单",
        "工单!",
        "工单!2:2",
        "工单!B:B",
        "工单!ZZZ9999999",
        "工单!0:0",
        "=x!A1",
        "工单!A1048577",
    ],
)
def test_a_place_that_is_none_breaks_nothing(where: str) -> None:
    content = workbook([["工单号"], ["T1"]], name="工单")
    issue = {"code": "x", "severity": "info", "where": {"cell": where}, "message": {"zh": "x", "en": "x"}, "hint": None}
    assert members(annotated(source(content), issues=[issue], counts={"x": 1}))


def test_a_workbook_too_large_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 3)
    with pytest.raises(ParseError) as caught:
        annotated(source(workbook_of({"a": [["1", "2"], ["3", "4"]]})), issues=[], counts={})
    assert caught.value.code == "too_large_to_annotate"
