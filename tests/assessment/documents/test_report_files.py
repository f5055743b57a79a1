"""The ranked report as a Word document and as a workbook: the figures of the paper."""

from __future__ import annotations

import csv
import io

import openpyxl
from docx import Document

from assessment.documents.content.ranked_csv import ranked_csv
from assessment.documents.content.ranked_paper import ranked_paper
from assessment.documents.ranked_xlsx import ranked_report_xlsx
from assessment.documents.word import paper_docx
from tests.assessment.documents.examples import ranked_report


def test_the_document_has_every_row_and_figure_of_the_csv_and_is_made_again_to_the_same_bytes() -> None:
    content = ranked_report()
    made = paper_docx(ranked_paper(content))
    assert made == paper_docx(ranked_paper(content))
    word = Document(io.BytesIO(made))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    together = "\n".join(cells)
    rows = list(csv.DictReader(io.StringIO(ranked_csv(content))))
    for row in rows:
        assert row["name_zh"] in together
        assert all(row[name] in cells for name in ("CE", "ST", "GR", "US") if row[name])
        assert not row["score"] or row["score"] in cells
    assert word.core_properties.title == content.title.zh


def test_the_workbook_has_the_rows_of_the_csv_with_scores_as_figures() -> None:
    content = ranked_report()
    sheet = openpyxl.load_workbook(io.BytesIO(ranked_report_xlsx(content))).active
    assert [cell.value for cell in sheet[1]][:2] == ["名次 Rank", "名次下限 Rank from"]
    rows = list(csv.DictReader(io.StringIO(ranked_csv(content))))
    assert sheet.max_row == len(rows) + 1
    for number, row in enumerate(rows, start=2):
        shown = dict(zip(row, [cell.value for cell in sheet[number]], strict=True))
        assert shown["centre"] == row["centre"]
        assert shown["score"] == (float(row["score"]) if row["score"] else None)


def test_a_workbook_can_be_read_and_printed_as_it_comes() -> None:
    content = ranked_report()
    sheet = openpyxl.load_workbook(io.BytesIO(ranked_report_xlsx(content))).active
    head = {str(cell.value): cell for cell in sheet[1]}
    longest = max(2 * len(row.name.zh) for row in (*content.ranked, *content.blocked))
    assert sheet.column_dimensions[head["中心 Centre (Chinese)"].column_letter].width > min(longest, 43)
    assert sheet.cell(2, head["得分 Score"].column).number_format == "0.00"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.auto_filter.ref.endswith(str(sheet.max_row))
