"""A form with files is read whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from evidence.models import Evidence
from tests.evidence.api.test_upload import DOOR, nothing_was_stored
from tests.evidence.files import sus_csv
from tests.factories import Cast
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
FORM = "multipart/form-data; boundary=edge"
CENTRE = b'--edge\r\nContent-Disposition: form-data; name="centre"\r\n\r\nolu-centre\r\n'
FILE = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="sus.csv"\r\n\r\n' + sus_csv() + b"\r\n"
END = b"--edge--\r\n"


def test_a_whole_form_is_taken_whatever_follows_it(api: Api, cast: Cast) -> None:
    for end in (b"--edge--", END, END + b"an epilogue, which means nothing"):
        response = api(cast.olu).generic("POST", DOOR, CENTRE + FILE + end, content_type=FORM)
        assert response.status_code in (200, 201), response.content
    assert Evidence.objects.get().name == "sus.csv"


@pytest.mark.torture("T04", "body cut short", "nothing stored")
@pytest.mark.parametrize(
    "body",
    [
        CENTRE + FILE,
        (CENTRE + FILE)[:-20],
        FILE + CENTRE[:-6],
        CENTRE + b'--edge\r\nContent-Disposition: form-data; name="fi',
        CENTRE + FILE + END.replace(b"edge", b"hedge"),
    ],
    ids=["no end", "in the file", "in a field", "in a head", "another end"],
)
def test_a_form_that_breaks_off_says_so(api: Api, cast: Cast, settings: Any, body: bytes) -> None:
    said = problem(api(cast.olu).generic("POST", DOOR, body, content_type=FORM), 400, "incomplete_form")
    [item] = said["errors"]
    assert "breaks off" in item["message"]["en"]
    assert "tus" in item["hint"]["zh"]
    assert nothing_was_stored(settings)


def test_who_is_signed_in_by_a_browser_is_told_the_same(client: Client, cast: Cast, settings: Any) -> None:
    client.force_login(cast.olu)
    said = problem(client.generic("POST", DOOR, CENTRE + FILE, content_type=FORM), 400, "incomplete_form")
    assert said["errors"][0]["hint"]
    page = client.generic("POST", "/centres/olu-centre/evidence/upload/", CENTRE + FILE, content_type=FORM)
    assert page.status_code == 400
    assert nothing_was_stored(settings)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (CENTRE + FILE + END, "multipart/form-data", "malformed_form"),
        (
            CENTRE + FILE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n=", 1) + END,
            FORM,
            "malformed_form",
        ),
        (CENTRE + CENTRE.replace(b'"centre"', b'"file"') + END, FORM, "not_a_file"),
        (CENTRE + FILE.replace(b'; filename="sus.csv"', b'; filename=""') + END, FORM, "not_a_file"),
    ],
    ids=["no boundary", "no base64", "file as text", "no name"],
)
def test_what_else_is_wrong_with_a_form_has_words_of_its_own(
    api: Api, cast: Cast, settings: Any, body: bytes, content_type: str, code: str
) -> None:
    said = problem(api(cast.olu).generic("POST", DOOR, body, content_type=content_type), 400, code)
    assert all(item["hint"] for item in said["errors"])
    assert nothing_was_stored(settings)
