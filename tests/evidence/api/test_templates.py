"""Empty tables to fill in, open to anyone and linked from the upload page."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.test import Client

from tests.factories import Cast


def download(address: str, **more: str) -> tuple[str, bytes]:
    answer = Client().get(address, **more)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return answer["Content-Type"], b"".join(answer.streaming_content)


def test_a_template_comes_as_text_and_as_a_workbook_in_both_languages() -> None:
    kind, content = download("/api/v1/evidence/templates/tickets.csv?language=en")
    assert kind.startswith("text/csv")
    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[:2] == ["id", "priority"]
    kind, content = download("/api/v1/evidence/templates/tickets.xlsx?language=zh")
    assert "spreadsheetml" in kind
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["编号", "优先级"]


def test_without_a_word_about_it_the_language_is_that_of_the_reader() -> None:
    assert "priority" in download("/api/v1/evidence/templates/tickets.csv", HTTP_ACCEPT_LANGUAGE="en")[1].decode(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("tea_leaves.csv", 404),
        ("energy_workbook.csv", 404),
        ("tickets.exe", 404),
        ("tickets.csv?language=fr", 400),
        ("tickets.csv?colour=red", 400),
    ],
)
def test_a_template_there_is_none_of_is_refused(address: str, status: int) -> None:
    answer = Client().get(f"/api/v1/evidence/templates/{address}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_upload_page_leads_to_every_template(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.olu, "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/centres/{cast.centre.slug}/evidence/upload/").content.decode()
    for address in ("sus.csv", "sus.xlsx", "meter_series.csv", "energy_workbook.xlsx"):
        assert f"/api/v1/evidence/templates/{address}?language=zh" in page
    assert "energy_workbook.csv" not in page
