"""The upload form and the page of one file."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from evidence.models import Evidence
from evidence.tasks import parse
from tests.evidence.archives import zipped
from tests.factories import Cast, evidence_of

pytestmark = pytest.mark.django_db
SUS = ("respondent," + ",".join(f"q{n}" for n in range(1, 11)) + "\nr1,4,2,4,2,4,2,4,2,4,2\n").encode()


@pytest.fixture
def olus(cast: Cast) -> Client:
    return signed_in(cast.olu)


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def test_a_posted_file_becomes_evidence_and_leads_to_its_page(cast: Cast, olus: Client) -> None:
    file = SimpleUploadedFile("sus.csv", SUS)
    answer = olus.post(f"/centres/{cast.centre.slug}/evidence/upload/", {"file": file})
    item = Evidence.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/evidence/{item.pk}/"
    assert item.blob.size == len(SUS)


def test_the_page_follows_the_work_with_and_without_script(cast: Cast, olus: Client) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    page = olus.get(f"/evidence/{item.pk}/").content.decode()
    assert 'http-equiv="refresh"' in page
    assert f'hx-get="/jobs/{item.job_id}/"' in page
    fragment = olus.get(f"/jobs/{item.job_id}/", headers={"HX-Request": "true"})
    assert "等待处理" in fragment.content.decode()
    assert "HX-Refresh" not in fragment


def test_what_was_typed_is_kept_when_the_file_is_refused(cast: Cast, olus: Client) -> None:
    file = SimpleUploadedFile("strange.bin", b"\x00\x01 nothing we know")
    answer = olus.post(f"/centres/{cast.centre.slug}/evidence/upload/", {"file": file, "timezone": "Asia/Urumqi"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "error-summary" in page
    assert 'value="Asia/Urumqi"' in page
    assert "错误：" in page.split("</title>")[0]
    [words] = answer.context["form"].errors["file"]
    assert page.count(words) == 2, "on top and at the field"
    assert 'aria-describedby="id_file_helptext id_file_error"' in page
    assert 'id="id_file_error"' in page
    assert not Evidence.objects.exists()


def test_other_people_find_neither_page_bytes_nor_job(cast: Cast) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    zoes = signed_in(cast.zoe)
    for address in (f"/evidence/{item.pk}/", f"/evidence/{item.pk}/content/", f"/jobs/{item.job_id}/"):
        assert zoes.get(address).status_code == 404
        assert Client().get(address).status_code == 302  # to the sign-in page


def test_a_line_is_shown_among_its_neighbours_with_its_control_characters(cast: Cast, olus: Client) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS + b"r2,4,2,4,2,4,2,4,2,4,\x1b[31m2\n")
    page = olus.get(f"/evidence/{item.pk}/", {"line": "3"}).content.decode()
    assert '<tr class="chosen" aria-current="true" id="line-3">' in page
    assert ">ESC</span>" in page
    assert "\x1b" not in page


def issue(code: str, line: int) -> dict[str, object]:
    words = {"zh": f"第 {line} 行有误。", "en": f"Line {line} is wrong."}
    return {"code": code, "severity": "warning", "where": {"line": line}, "message": words, "hint": None}


@pytest.mark.parametrize(
    ("listed", "counts", "zh", "en"),
    [
        ({"a": 1}, {"a": 1}, "共 1 个问题。", "1 issue."),
        ({"a": 2, "b": 1}, {"a": 2, "b": 1}, "共 3 个问题。", "3 issues."),
        ({"a": 1}, {"a": 300}, "共 300 个问题。合并为 1 条。", "300 issues. They are told in 1 entry."),
        (
            {"a": 1, "b": 1},
            {"a": 300, "b": 1},
            "共 301 个问题。合并为 2 条。",
            "301 issues. They are told in 2 entries.",
        ),
        (
            {"a": 100, "b": 2},
            {"a": 300, "b": 2},
            "共 302 个问题。仅列出每类靠前的共 102 条。",
            "302 issues. Only 102 entries are listed: the first of each kind.",
        ),
        ({"a": 100}, {"a": 100}, "共 100 个问题。", "100 issues."),
    ],
)
def test_a_list_of_issues_says_how_many_there_are_and_how_many_are_listed(
    cast: Cast, olus: Client, listed: dict[str, int], counts: dict[str, int], zh: str, en: str
) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    item.issues = [issue(code, line) for code, number in listed.items() for line in range(1, number + 1)]
    item.issue_counts, item.state = counts, "accepted"
    item.save()
    for language, words in (("zh-hans", zh), ("en", en)):
        olus.cookies["django_language"] = language
        page = olus.get(f"/evidence/{item.pk}/").content.decode()
        caption = page.split("<caption>")[1].split("</caption>")[0]
        assert " ".join(caption.split()) == words


@pytest.mark.parametrize("line", ["0", "-1", "x", "１", "9" * 30, "99"])
def test_a_line_that_is_not_there_breaks_nothing(cast: Cast, olus: Client, line: str) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    assert olus.get(f"/evidence/{item.pk}/", {"line": line}).status_code == 200


def test_a_cell_is_shown_among_its_neighbours(cast: Cast, olus: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "能耗"
    for row in (["月份", "表计", "读数"], ["2025-04", "M-IN", 1234.5], ["2025-05", "M-IN", "<b>"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    item = evidence_of(cast.centre, cast.olu, content.getvalue(), name="能耗.xlsx", format="energy_workbook")
    page = olus.get(f"/evidence/{item.pk}/", {"cell": "能耗!C2"}).content.decode()
    assert '<td class="number chosen-cell" aria-current="true">1234.5</td>' in page
    assert "&lt;b&gt;" in page
    assert "没有工作表" in olus.get(f"/evidence/{item.pk}/", {"cell": "别的!C2"}).content.decode()


def test_the_bytes_come_back_unchanged_and_never_as_a_page(cast: Cast, olus: Client) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    answer = olus.get(f"/evidence/{item.pk}/content/")
    assert b"".join(answer.streaming_content) == SUS
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.usefixtures("quick_parser")
def test_an_archive_and_its_files_lead_to_each_other(cast: Cast, olus: Client) -> None:
    archive = evidence_of(cast.centre, cast.olu, zipped({"七月/满意度.csv": SUS, "note.txt": b"hello\n"}), "七月.zip")
    parse(str(archive.job_id))
    member = archive.members.get()
    page = olus.get(f"/evidence/{archive.pk}/").text
    assert "压缩包" in page
    assert "各自计入本中心的评价" in page
    assert f'<a href="/evidence/{member.evidence_id}/">七月/满意度.csv</a>' in page
    assert "note.txt" in page, "what was not recognised is named"
    page = olus.get(f"/evidence/{member.evidence_id}/").text
    assert f'<a href="/evidence/{archive.pk}/">七月.zip</a>' in page
    assert archive.blob_id in page


MEND, AS_WRITTEN = ("请按所列问题改正", "Mend it"), ("请提交工具原样输出的文件", "exactly as its tool wrote it")


@pytest.mark.parametrize(
    ("format_", "said", "unsaid"),
    [("sus", MEND, AS_WRITTEN), ("megatron", AS_WRITTEN, MEND), ("energy_workbook", MEND, AS_WRITTEN)],
)
def test_a_rejected_file_is_asked_for_in_the_one_way_that_fits_it(
    cast: Cast, olus: Client, format_: str, said: tuple[str, str], unsaid: tuple[str, str]
) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    item.format, item.state = format_, "rejected"
    item.problem = {"code": "no_rows", "message": {"zh": "没有。", "en": "None."}, "hint": None, "where": None}
    item.save()
    for language, position in (("zh-hans", 0), ("en", 1)):
        olus.cookies["django_language"] = language
        page = olus.get(f"/evidence/{item.pk}/").content.decode()
        assert said[position] in page
        assert unsaid[position] not in page


def test_a_rejected_file_of_no_known_format_is_told_both(cast: Cast, olus: Client) -> None:
    item = evidence_of(cast.centre, cast.olu, SUS)
    item.format, item.state = "", "rejected"
    item.problem = {"code": "no_rows", "message": {"zh": "没有。", "en": "None."}, "hint": None, "where": None}
    item.save()
    page = olus.get(f"/evidence/{item.pk}/").content.decode()
    assert "表格请按所列问题改正" in page
    assert "工具输出的日志请提交原样文件" in page
