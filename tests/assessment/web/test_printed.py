"""What pages say as papers: a Word document and a PDF of the same words."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from assessment.desk_selectors import Standing, items
from assessment.documents.word import paper_docx
from assessment.models import Assessment, Finding, Kind, SiteVisit, SubmissionReceipt
from assessment.result_selectors import explanation_of, result_of
from assessment.scoring.explain.still_needed import still_needed
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates.issue import months_later
from assessment.services.decision.review import issue_statement, statement_valid_until
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from assessment.web.printed.report import REPORT, report_of, report_paper
from centres.models import Centre, Person
from indicators.models import Edition
from tests.assessment.documents.test_certificate import text_of
from tests.assessment.web.test_results import as_person, certified, submitted  # noqa: F401  (the fixtures)

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db
RECORD = {
    "opening": {
        "held_at": "2026-11-20T09:00:00+08:00",
        "present": [{"name": "王工", "organisation": "中心", "role": "主任"}],
        "minutes": "说明来意",
    },
    "meters": [
        {
            "meter": "M-IN",
            "place": "2 号机房",
            "read_at": "2026-11-20T10:00:00+08:00",
            "reading": "8123.4",
            "unit": "kWh",
            "as_declared": True,
        }
    ],
    "serials": [{"drawn": "SN-7", "found": "differs", "place": "A-12", "note": "换过"}],
    "not_inspected": "地下二层",
}


def words_of(document: bytes) -> str:
    """Every word of a Word document, tables too, in one line each."""
    word = Document(io.BytesIO(document))

    def lines() -> Iterator[str]:
        for paragraph in word.paragraphs:
            yield paragraph.text
        for table in word.tables:
            for row in table.rows:
                yield " ".join(cell.text for cell in row.cells)

    return "\n".join(lines())


def taken(client: Client, address: str, form: str = "docx") -> bytes:
    answer = client.get(address, {"format": form})
    assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    return bytes(answer.content)


def test_the_minutes_are_a_paper_with_lines_to_sign_on(
    submitted: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    Finding.objects.create(
        assessment=submitted, severity="minor", node="GR-1.1", statement="=1+1 缺少校准证书", raised_by=ana
    )
    address = f"/assessments/{submitted.pk}/minutes/"
    told = words_of(taken(as_person(ana), address))
    for words in ("复核与决定记录", "缺少校准证书", "一般不符合项", "签字", "总分", submitted.result.digest):  # type: ignore[union-attr]  # it has one
        assert words in told, words
    assert "Findings" in words_of(taken(as_person(ana, language="en"), address))
    pdf = text_of(taken(as_person(ana), address, "pdf"))
    assert "缺少校准证书" in pdf.replace("\n", "")


def test_the_report_for_the_centre_says_of_every_indicator_what_its_page_says(
    submitted: Assessment, olu: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    told = words_of(taken(as_person(olu), f"/assessments/{submitted.pk}/"))
    explanation = explanation_of(submitted.result)  # type: ignore[arg-type]  # it has one
    assert "评价报告" in told
    for node in explanation.result.root.walk():
        if not node.children:
            assert f"{node.code} {node.title.zh}" in told
            for sentence in explanation.speaker.sentences(node.code):
                assert sentence.text.zh in told


def test_a_statement_tells_neither_grade_nor_total_nor_what_adds_up_to_one(submitted: Assessment) -> None:  # noqa: F811
    stored = submitted.result
    assert stored is not None
    assert report_of(submitted) == REPORT
    submitted.kind = Kind.PRE_ASSESSMENT
    assert report_of(submitted) is None  # before it is issued
    told = words_of(paper_docx(report_paper(submitted, stored)))
    assert "预评价结论" in told
    assert "总分失" not in told
    assert str(stored.result.score) not in told


NO_DECISION = "预评价，非认证结论 / pre-assessment, not a certification decision"


@pytest.fixture
def stated(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, ana: Person, ravi: Person
) -> Assessment:
    """A pre-assessment of a centre without a year of energy, every indicator accepted and its statement issued."""
    del measured["annual_pue"]
    settings.SCHEME_RATING = "single"
    case = open_assessment(centre, edition=edition, person=olu, kind=Kind.PRE_ASSESSMENT)
    score_package(submit(case, person=olu))
    case.refresh_from_db()
    codes = [one.code for one in items(case) if one.standing is Standing.OPEN and not one.judged]
    accept_figures(case, person=ana, codes=codes)
    evaluate(case, person=ana, reason="x")
    return issue_statement(case, person=ravi, reason="x")


def test_every_sheet_about_a_pre_assessment_says_that_it_is_no_decision(
    stated: Assessment, olu: Person, ana: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    for person, page in ((olu, ""), (ana, "minutes/"), (olu, "receipt/")):
        address = f"/assessments/{stated.pk}/{page}"
        sheets = PdfReader(io.BytesIO(taken(as_person(person), address, "pdf"))).pages
        assert all(NO_DECISION in sheet.extract_text() for sheet in sheets), page
        word = Document(io.BytesIO(taken(as_person(person), address)))
        assert [one.header.paragraphs[0].text for one in word.sections] == [NO_DECISION]


def test_every_page_of_a_pre_assessment_says_that_it_is_no_decision_and_those_of_others_do_not(
    stated: Assessment, ana: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    for page in ("", "minutes/", "desk/", "desk/GR-1.1/", "desk/changes/", "findings/", "visits/", "history/"):
        address = f"/assessments/{stated.pk}/{page}"
        for language, words in (("zh-hans", "预评价，非认证结论"), ("en", "Pre-assessment, not a certification")):
            answer = as_person(ana, language=language).get(address)
            assert words in answer.content.decode(), address


def test_the_statement_says_what_a_certificate_still_needs_and_until_when_it_is_valid(
    stated: Assessment, olu: Person, as_person: Visit  # noqa: F811
) -> None:  # fmt: skip
    issued = timezone.localdate(stated.acts.get(act="state").at)
    until = months_later(issued, 6) - dt.timedelta(days=1)
    address = f"/assessments/{stated.pk}/"
    told = words_of(taken(as_person(olu), address))
    page = as_person(olu).get(address).content.decode()
    for words in ("取得证书尚缺的事项", until.isoformat(), "为必备指标"):
        assert words in told, words
        assert words in page, words
    needs = still_needed(result_of(stated.result))  # type: ignore[arg-type]  # it has one
    assert needs[0].code == "GR-1.1"
    assert len({need.code for need in needs}) == len(needs)
    assert all(f"{need.code} {need.message.zh}" in told for need in needs)
    assert "为必备指标" in words_of(taken(as_person(stated.assessor), f"{address}minutes/"))


def test_papers_of_other_cases_have_no_such_words(submitted: Assessment, olu: Person, as_person: Visit) -> None:  # noqa: F811
    assert statement_valid_until(submitted) is None
    word = Document(io.BytesIO(taken(as_person(olu), f"/assessments/{submitted.pk}/")))
    assert word.sections[0].header.paragraphs[0].text == ""
    assert "非认证结论" not in as_person(olu).get(f"/assessments/{submitted.pk}/").content.decode()


def test_a_receipt_is_a_paper_too(submitted: Assessment, olu: Person, as_person: Visit) -> None:  # noqa: F811
    address = f"/assessments/{submitted.pk}/receipt/"
    told = words_of(taken(as_person(olu), address))
    assert "meters.csv" in told
    assert SubmissionReceipt.objects.get().digest in told
    assert PdfReader(io.BytesIO(taken(as_person(olu), address, "pdf"))).pages


def test_the_report_of_a_visit_says_what_was_seen_and_what_was_not(
    submitted: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    day = timezone.localdate()
    visit = SiteVisit.objects.create(
        assessment=submitted,
        begins_on=day,
        ends_on=day + dt.timedelta(days=1),
        place="乌兰察布",
        made_by=ana,
        record=RECORD,
    )
    told = words_of(taken(as_person(ana), f"/visits/{visit.pk}/"))
    for words in ("现场评价报告", "乌兰察布", "王工", "8123.4 kWh", "SN-7", "不符", "地下二层"):
        assert words in told, words
    pack = words_of(taken(as_person(ana), f"/visits/{visit.pk}/pack/"))
    assert "测试 1" in pack
    assert "签字" in pack


def test_the_words_of_a_certificate_are_an_annex_and_no_certificate(
    certified: Assessment, as_person: Visit  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    number = certified.certificate.number
    made = taken(as_person(), f"/certificates/{number}/")
    told = words_of(made)
    assert number in told
    assert "不是证书" in told
    assert made == taken(as_person(), f"/certificates/{number}/")
    assert as_person().get("/certificates/ZH-2026-0099-X/", {"format": "docx"}).status_code == 404


def test_a_paper_is_refused_to_whom_its_page_is(
    submitted: Assessment, person: Callable[..., Person], as_person: Visit, olu: Person  # noqa: F811  (the fixtures)
) -> None:  # fmt: skip
    zoe: Any = person("zoe")
    for page in ("", "minutes/", "receipt/"):
        assert as_person(zoe).get(f"/assessments/{submitted.pk}/{page}", {"format": "docx"}).status_code == 404
    assert as_person(olu).get(f"/assessments/{submitted.pk}/minutes/", {"format": "docx"}).status_code == 404
