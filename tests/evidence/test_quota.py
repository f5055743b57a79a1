"""What one centre may take: refused with words and a time to come back, and without effect on anybody else."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from evidence.models import Blob, Evidence, EvidenceState, Upload
from evidence.services.quota import bytes_kept
from tests.evidence.api.test_resumable_upload import TUS, begin, begun, send
from tests.evidence.api.test_upload import chunked, upload
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of
from tests.operations.test_problems import problem
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]


def files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.STORE_ROOT).rglob("*") if path.is_file()]


def test_a_centre_that_is_full_is_told_how_full(api: Api, cast: Cast, settings: Any) -> None:
    client = api(cast.olu)
    upload(client, sus_csv(3))
    settings.CENTRE_BYTES = len(sus_csv(3)) + len(sus_csv(4)) - 1
    for answer in (upload(client, sus_csv(4)), chunked(client, sus_csv(4))):  # told by its length; only at its end
        said = problem(answer, 413, "centre_is_full")["errors"][0]
        assert str(len(sus_csv(3))) in said["message"]["zh"]
        assert said["hint"]["en"]
        assert "Retry-After" not in answer
    assert Evidence.objects.count() == Blob.objects.count() == 1
    assert upload(client, sus_csv(3)).status_code == 200, "what is there already costs nothing"
    assert upload(api(cast.zoe), sus_csv(4), centre="zoe-centre").status_code == 201
    assert len(files(settings)) == 2


def test_equal_files_count_once_and_rejected_ones_too(cast: Cast) -> None:
    first = evidence_of(cast.centre, cast.olu, sus_csv(3))
    Evidence.objects.filter(pk=first.pk).update(state=EvidenceState.REJECTED)
    evidence_of(cast.centre, cast.olu, sus_csv(3))
    evidence_of(cast.other_centre, cast.zoe, sus_csv(5))
    assert bytes_kept(cast.centre) == len(sus_csv(3))


def test_files_a_day_come_back_one_by_one(api: Api, cast: Cast, settings: Any) -> None:
    settings.CENTRE_FILES_PER_DAY = 2
    client = api(cast.olu)
    for respondents in (3, 4):
        assert upload(client, sus_csv(respondents)).status_code == 201
    _received(sus_csv(3), dt.timedelta(hours=23))
    answer = upload(client, sus_csv(5))
    problem(answer, 429, "too_many_files_today")
    assert 3590 <= int(answer["Retry-After"]) <= 3600
    known = f"sha-256={hashlib.sha256(sus_csv(4)).hexdigest()}"
    assert upload(client, sus_csv(4), digest=known).status_code == 200
    assert upload(api(cast.zoe), sus_csv(5), centre="zoe-centre").status_code == 201
    _received(sus_csv(3), dt.timedelta(hours=25))
    assert upload(client, sus_csv(5)).status_code == 201


def test_a_page_says_it_too_and_keeps_what_was_chosen(
    client: Client, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.CENTRE_FILES_PER_DAY = 0
    client.force_login(cast.olu)
    path = tmp_path / "sus.csv"
    path.write_bytes(sus_csv())
    with path.open("rb") as file:
        page = client.post(
            reverse("evidence:upload", args=["olu-centre"]), {"file": file}, headers={"Accept-Language": "en"}
        )
    assert page.status_code == 422
    assert "may hand in 0 files in 24 hours" in page.text


def test_uploads_open_at_a_time(api: Api, cast: Cast, settings: Any) -> None:
    settings.CENTRE_OPEN_UPLOADS = 2
    client, content = api(cast.olu), sus_csv()
    first, second = begun(client, content), begun(client, content + b"x")
    answer = begin(client, 9)
    problem(answer, 429, "too_many_open_uploads")
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert answer["Tus-Resumable"] == "1.0.0"
    assert begin(api(cast.zoe), 9, centre="zoe-centre").status_code == 201
    send(client, first, content, 0)  # finished
    third = begin(client, 9)
    assert third.status_code == 201
    client.delete(second, headers=TUS)  # given up
    assert begin(client, 9).status_code == 201


def test_bytes_an_upload_announced_are_set_aside_for_it(api: Api, cast: Cast, settings: Any) -> None:
    settings.CENTRE_BYTES = 1000
    client = api(cast.olu)
    address = begun(client, b"x" * 600)
    problem(begin(client, 600), 413, "centre_is_full")
    client.delete(address, headers=TUS)
    assert begin(client, 600).status_code == 201


@pytest.mark.torture("T03", "quota unchanged")
def test_an_upload_for_which_there_is_no_room_at_its_end_waits_for_room(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    settings.CENTRE_FILES_PER_DAY = 0
    for piece, offset in ((content, 0), (b"", len(content))):
        answer = send(client, address, piece, offset)
        problem(answer, 429, "too_many_files_today")
        assert answer["Retry-After"]
    assert not Evidence.objects.exists()
    assert Upload.objects.get().offset == len(content)
    settings.CENTRE_FILES_PER_DAY = 10
    assert send(client, address, b"", len(content))["Evidence-Location"]
    assert Evidence.objects.count() == 1


def _received(content: bytes, before: dt.timedelta) -> None:
    """So long ago."""
    with without_rule("evidence_stays_the_file_it_was"):
        Evidence.objects.filter(blob__size=len(content)).update(received_at=timezone.now() - before)
