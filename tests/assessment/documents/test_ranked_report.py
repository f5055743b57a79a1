from __future__ import annotations

import csv
import io

import pytest
from pypdf import PdfReader

from assessment.documents.content.ranked_csv import ranked_csv
from assessment.documents.render import ranked_report_pdf
from tests.assessment.documents.examples import ranked_report
from tests.assessment.documents.test_certificate import squeezed, text_of


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return ranked_report_pdf(ranked_report())


def test_blocked_centres_are_listed_without_a_rank_and_with_their_reason() -> None:
    blocked = ranked_report().blocked
    assert [row.rank for row in blocked] == ["—", "—"]
    assert all("超过上限 1.50" in row.remarks[0].zh for row in blocked)


def test_paper_and_csv_give_the_same_figures(pdf: bytes) -> None:
    text = text_of(pdf)
    rows = list(csv.DictReader(io.StringIO(ranked_csv(ranked_report()))))
    assert len(rows) == 14
    for row in rows:
        assert all(squeezed(row[name]) in text for name in ("name_zh", "score", "CE", "ST", "GR", "US"))


def test_cover_says_the_query_and_the_method_says_how_ties_are_broken(pdf: bytes) -> None:
    text = text_of(pdf)
    assert "全部地区的参评中心" in text
    assert "1、2、2、4" in text


def test_medians_say_that_they_leave_out_centres_without_a_grade(pdf: bytes) -> None:
    report = ranked_report()
    assert report.medians_of.zh == "仅取自获得等级的 12 个中心；未获等级的 2 个不计入。"
    assert report.medians_of.en == "Of the 12 centres with a grade only; the 2 without one are left out."
    assert squeezed(report.medians_of.zh) in text_of(pdf)
    assert "graded" in next(one.words.en for one in report.findings if "median" in one.words.en)


def test_pages_are_numbered(pdf: bytes) -> None:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert f"2 / {len(pages)}" in pages[1].extract_text()


@pytest.mark.torture("T40", "=cmd() in an export", "export cells are text")
def test_csv_cell_is_never_a_formula() -> None:
    report = ranked_report(3)
    hostile = report.ranked[0].name.__class__(zh="=cmd()", en="+1")
    row = type(report.ranked[0])(
        **{n: getattr(report.ranked[0], n) for n in report.ranked[0].__slots__} | {"name": hostile}
    )
    changed = type(report)(**{n: getattr(report, n) for n in report.__slots__} | {"ranked": (row,)})
    first = next(csv.DictReader(io.StringIO(ranked_csv(changed))))
    assert (first["name_zh"], first["name_en"]) == ("'=cmd()", "'+1")


def test_report_without_any_centre_is_still_a_report() -> None:
    assert len(PdfReader(io.BytesIO(ranked_report_pdf(ranked_report(0)))).pages) >= 4


def test_words_of_the_csv_stand_in_both_languages() -> None:
    rows = list(csv.DictReader(io.StringIO(ranked_csv(ranked_report()))))
    report = ranked_report()
    for row, shown in zip(rows, report.ranked, strict=False):
        assert (row["grade_zh"], row["grade_en"]) == (shown.grade.zh, shown.grade.en)
        assert (row["province_zh"], row["province_en"]) == (shown.place.zh, shown.place.en)
    assert not [name for name in rows[0] if f"{name}_zh" in rows[0]]


def test_one_centre_is_counted_as_one() -> None:
    assert ranked_report(3).medians_of.en == "Of the 1 centre with a grade only; the 2 without one are left out."
    assert ranked_report(1).medians_of.en == "Of the 0 centres with a grade only; the 1 without one is left out."
    assert "The grade of 1 centre is capped; its row says why." in [one.en for one in ranked_report().sentences]
