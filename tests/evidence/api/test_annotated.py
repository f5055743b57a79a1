"""The workbook that was handed in comes back with its issues, to its own people only."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from rest_framework.test import APIClient

from evidence.models import Evidence, EvidenceState
from tests.evidence.parsers.workbooks import workbook
from tests.evidence.web.test_pages import signed_in
from tests.factories import Cast, evidence_of
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
ROWS = [
    ["工单号", "优先级", "提交时间", "解决时间"],
    ["T1", "P1", "2025-04-01 08:00", None],
    ["T2", "?", "2025-04-01 08:00", None],
]


def handed_in(cast: Cast, run: Callable[[], int], rows: list[Any] = ROWS, **declared: str) -> Evidence:
    item = evidence_of(cast.centre, cast.olu, workbook(rows, name="工单"), name="四月工单.xlsx", **declared)
    run()
    return Evidence.objects.get(pk=item.pk)


def test_the_annotated_workbook_is_downloaded_mended_and_accepted(api: Api, cast: Cast, run_jobs: Any) -> None:
    item = handed_in(cast, run_jobs)
    assert item.coverage["lines_with_issue"] == 1
    answer = api(cast.olu).get(f"/api/v1/evidence/{item.pk}/annotated/?language=en")
    assert answer.status_code == 200
    assert "issues.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    comment = book["工单"]["B3"].comment
    assert comment is not None
    assert comment.text.startswith("error: Records that cannot be read: 1.")
    assert "warning: “priority” has the unknown value “?”." in comment.text
    book["工单"]["B3"] = "P2"
    out = io.BytesIO()
    book.save(out)
    mended = evidence_of(cast.centre, cast.olu, out.getvalue(), name="四月工单.xlsx")
    run_jobs()
    again = Evidence.objects.get(pk=mended.pk)
    assert again.state == EvidenceState.ACCEPTED
    assert again.coverage == {"lines_read": 2, "lines_used": 2, "lines_with_issue": 0}


def test_a_rejected_workbook_comes_back_too(api: Api, cast: Cast, run_jobs: Any) -> None:
    item = handed_in(cast, run_jobs, [["工单号"], ["T1"]], format="tickets")
    assert item.state == EvidenceState.REJECTED
    answer = api(cast.olu).get(f"/api/v1/evidence/{item.pk}/annotated/?language=zh")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert "表头缺少列" in str(book["工单"]["A1"].comment.text)


def test_a_text_file_has_no_annotated_workbook(api: Api, cast: Cast) -> None:
    item = evidence_of(cast.centre, cast.olu, b"id,priority,opened_at,resolved_at\n1,?,2025-04-01T00:00:00Z,\n")
    problem(api(cast.olu).get(f"/api/v1/evidence/{item.pk}/annotated/"), 422, "no_workbook")
    page = signed_in(cast.olu).get(f"/evidence/{item.pk}/annotated/")
    assert page.status_code == 422
    assert "只有工作簿" in page.content.decode()


def test_the_page_leads_to_it_and_other_people_find_nothing(cast: Cast, run_jobs: Any) -> None:
    item = handed_in(cast, run_jobs)
    address = f"/evidence/{item.pk}/annotated/"
    olus = signed_in(cast.olu)
    assert f'href="{address}"' in olus.get(f"/evidence/{item.pk}/").content.decode()
    assert olus.get(address)["Content-Type"].endswith("spreadsheetml.sheet")
    assert signed_in(cast.zoe).get(address).status_code == 404
