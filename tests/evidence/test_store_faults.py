"""The store is away or half there: 503, nothing half done, nothing left behind."""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import UnreadablePostError
from django.test import Client
from rest_framework.test import APIClient

from evidence import store
from evidence.models import Blob, Evidence
from tests.evidence.api.test_upload import upload
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of
from tests.operations.test_problems import problem

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


@pytest.mark.torture("T39", "store unreachable")
def test_an_upload_to_a_store_that_is_away_is_503(api: Api, cast: Cast, settings: Any) -> None:
    settings.STORE_ROOT.rmdir()
    response = upload(api(cast.olu), sus_csv())
    problem(response, 503, "unavailable")
    assert response["Retry-After"]
    assert not settings.STORE_ROOT.exists(), "a store that is not mounted must not come into being elsewhere"
    assert not Evidence.objects.exists()
    assert not Blob.objects.exists()


@pytest.mark.torture("T39")
def test_a_store_that_cannot_be_written_is_503(api: Api, cast: Cast, settings: Any) -> None:
    (settings.STORE_ROOT / "incoming").write_bytes(b"")  # where a folder should be; root may write anywhere else
    problem(upload(api(cast.olu), sus_csv()), 503, "unavailable")
    assert not Evidence.objects.exists()


@pytest.mark.torture("T39", "disk full during upload")
def test_a_disk_that_fills_up_during_an_upload_is_503_and_leaves_nothing(
    api: Api, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    opened = Path.open
    with monkeypatch.context() as until_there_is_room:
        until_there_is_room.setattr(
            Path, "open", lambda path, mode="r", **how: Full() if mode == "xb" else opened(path, mode, **how)
        )
        response = upload(api(cast.olu), sus_csv())
        problem(response, 503, "unavailable")
        assert response["Retry-After"]
    assert not Evidence.objects.exists()
    assert not any((settings.STORE_ROOT / "incoming").iterdir())
    assert upload(api(cast.olu), sus_csv()).status_code == 201


@pytest.mark.torture("T39", "no 2xx without durable bytes")
def test_bytes_the_disk_does_not_confirm_are_no_success(api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def unconfirmed(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", unconfirmed)
        problem(upload(api(cast.olu), sus_csv()), 503, "unavailable")
    assert not Evidence.objects.exists()
    assert upload(api(cast.olu), sus_csv()).status_code == 201


@pytest.mark.torture("T39")
def test_a_blob_that_is_missing_is_503_and_comes_back_with_the_same_bytes(
    api: Api, client: Client, cast: Cast, settings: Any
) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    path: Path = settings.STORE_ROOT / store.blob_key(evidence.blob_id)
    path.unlink()
    problem(api(cast.olu).get(f"/api/v1/evidence/{evidence.pk}/content/"), 503, "unavailable")
    problem(api(cast.olu).get(f"/api/v1/evidence/{evidence.pk}/lines/?line=1"), 503, "unavailable")
    client.force_login(cast.olu)
    for address in (f"/evidence/{evidence.pk}/content/", f"/evidence/{evidence.pk}/?line=1"):
        page = client.get(address)
        assert page.status_code == 503
        assert page["Retry-After"]
    assert upload(api(cast.olu), sus_csv()).status_code == 200
    assert path.read_bytes() == sus_csv()


@pytest.mark.torture("T38")
def test_what_killed_processes_left_behind_is_removed(settings: Any) -> None:
    day = dt.timedelta(days=1)
    with store.scratch() as busy:
        old = busy.parent / "left"
        old.mkdir()
        (old / "half.parquet").write_bytes(b"x")
        half = busy.parent / "half-an-upload"
        half.write_bytes(b"x")
        for path in (old, half):
            os.utime(path, (time.time() - 2 * 86_400,) * 2)
        assert store.tidy(older_than=day) == 2
        assert list(busy.parent.iterdir()) == [busy]


@pytest.mark.torture("T04", "body cut short")
def test_broken_chunks_are_an_upload_cut_off(api: Api, cast: Cast, settings: Any) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise UnreadablePostError("No more data")

    response = api(cast.olu).generic(
        "POST",
        "/api/v1/evidence/?centre=olu-centre",
        content_type="application/octet-stream",
        **{"wsgi.input": Broken(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    problem(response, 422, "incomplete_body")
    assert not [path for path in settings.STORE_ROOT.rglob("*") if path.is_file()]


@pytest.mark.torture("T30")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([("centre", None), ("file", "a.csv"), ("file", "b.csv")], "repeated_field"),
        ([("centre", None), ("centre", None), ("file", "a.csv")], "repeated_field"),
    ],
)
def test_a_form_with_a_field_twice_loses_neither_in_silence(
    api: Api, cast: Cast, fields: list[tuple[str, str | None]], code: str
) -> None:
    parts = ""
    for name, filename in fields:
        ending = f'; filename="{filename}"' if filename else ""
        value = sus_csv().decode() if filename else "olu-centre"
        parts += f'--x\r\nContent-Disposition: form-data; name="{name}"{ending}\r\n\r\n{value}\r\n'
    form = f"{parts}--x--\r\n".encode()
    response = api(cast.olu).generic("POST", "/api/v1/evidence/", form, content_type="multipart/form-data; boundary=x")
    problem(response, 400, code)
    assert not Evidence.objects.exists()


@pytest.mark.torture("T29")
@pytest.mark.parametrize("charset", ["utf-16", "bz2_codec"])
def test_a_form_in_another_charset_is_refused(api: Api, cast: Cast, charset: str) -> None:
    content_type = f"multipart/form-data; boundary=x; charset={charset}"
    response = api(cast.olu).generic("POST", "/api/v1/evidence/", b"--x--\r\n", content_type=content_type)
    problem(response, 415, "unsupported_media_type")


@pytest.mark.torture("T19", "never raw on a page")
def test_an_asked_for_cell_brings_no_control_character_into_the_page(client: Client, cast: Cast) -> None:
    evidence = evidence_of(cast.centre, cast.olu, sus_csv())
    client.force_login(cast.olu)
    page = client.get(f"/evidence/{evidence.pk}/?cell=a%1b%E2%80%AE!A1")
    assert page.status_code == 200
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text
