"""Names on paper: no line breaks inside one, and whoever copies it copies what was written."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from assessment.documents.content.ranked_report import RankedReportContent
from assessment.documents.render import ranked_report_html, ranked_report_pdf
from core.text import Text
from operations.templatetags.words import unbroken
from tests.assessment.documents.examples import ranked_report
from tests.assessment.documents.test_certificate import text_of


def named(name: str) -> str:
    return f'<span class="nowrap">{name}</span>'


@pytest.mark.parametrize(
    ("words", "set_so"),
    [
        ("电表 PUE-IT-1 没有读数", f"电表 {named('PUE-IT-1')} 没有读数"),
        ("M-IT、M-IN", f"{named('M-IT')}、{named('M-IN')}"),
        ("自 2025-03-12 起", f"自 {named('2025-03-12')} 起"),
        ("A & B, twelve <months>", "A &amp; B, twelve &lt;months&gt;"),
        ("5–95 %, - and 3 - 2", "5–95\N{NO-BREAK SPACE}%, - and 3 - 2"),
        ("占 66.7%", "占 66.7\N{NO-BREAK SPACE}%"),
        (f"{'long-' * 8}name", f"{'long-' * 8}name"),  # could burst its column
        ("", ""),
    ],
)
def test_a_name_with_a_hyphen_and_a_percentage_stay_on_one_line_and_nothing_else_does(words: str, set_so: str) -> None:
    assert unbroken(words) == set_so


def with_remark(remark: str) -> RankedReportContent:
    report = ranked_report()
    first, *others = report.blocked
    return replace(report, blocked=(replace(first, remarks=(Text(zh=remark, en=remark),)), *others))


def lines_of(pdf: bytes) -> list[str]:
    return [line.rstrip() for page in PdfReader(io.BytesIO(pdf)).pages for line in page.extract_text().splitlines()]


def test_no_line_of_the_report_breaks_a_name_of_a_meter_wherever_it_stands_in_the_line() -> None:
    # Names over more than ten lines, so that some of them meet the end of one.
    report = with_remark("、".join(f"PUE-IT-{number}" for number in range(100, 190)))
    assert ranked_report_html(report).count(named("PUE-IT-142")) == 2
    pdf = ranked_report_pdf(report)
    assert not [line for line in lines_of(pdf) if line.endswith("-")]
    assert "PUE-IT-142" in text_of(pdf)
