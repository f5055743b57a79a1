"""The resumable door: tus 1.0.0, told apart by what it answers and by what is on the disk afterwards."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import UnreadablePostError
from django.utils import timezone
from rest_framework.test import APIClient

from centres.models import Membership
from evidence.models import Blob, Evidence, EvidenceState, Upload
from evidence.services import resume_upload
from evidence.tasks import tidy
from operations import jobs
from operations.models import AuditEntry, Job, JobState
from tests.evidence.api.test_upload import upload as hand_in
from tests.evidence.files import sus_csv
from tests.factories import Cast
from tests.operations.test_problems import problem
from tests.operations.triggers import without_rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
DOOR = "/api/v1/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**words: str) -> str:
    said = {"centre": "olu-centre", "filename": "sus.csv"} | words
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


def begin(client: APIClient, length: int, **words: str) -> Any:
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**words)}
    return client.generic("POST", DOOR, headers=headers)


def send(client: APIClient, address: str, content: bytes, offset: int, **headers: str) -> Any:
    said = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.generic("PATCH", address, content, content_type=PIECE, headers=said)


def begun(client: APIClient, content: bytes, **words: str) -> str:
    answer = begin(client, len(content), **words)
    assert answer.status_code == 201, answer.content
    assert answer["Upload-Expires"].endswith("GMT")
    return str(answer["Location"])


def offset(client: APIClient, address: str) -> int:
    answer = client.head(address, headers=TUS)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return int(answer["Upload-Offset"])


def left(settings: Any) -> list[str]:
    """What lies in the store besides blobs and observations."""
    folders = (Path(settings.STORE_ROOT) / name for name in ("incoming", "partial"))
    return [path.name for folder in folders if folder.exists() for path in folder.iterdir()]


def test_anybody_may_ask_what_is_spoken(api: Api, settings: Any) -> None:
    answer = api().options(DOOR)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert answer["Tus-Max-Size"] == str(settings.EVIDENCE_LIMIT)
    assert "sha1" in answer["Tus-Checksum-Algorithm"].split(",")


def test_a_file_in_pieces_is_the_evidence_it_would_be_in_one(
    api: Api, cast: Cast, settings: Any, run_jobs: Callable[[], int]
) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content, timezone="Asia/Urumqi")
    first = send(client, address, content[:40], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, "40")
    assert "Evidence-Location" not in first
    last = send(client, address, content[40:], 40)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(content)))
    run_jobs()
    found = client.get(last["Evidence-Location"]).json()
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert (found["state"], found["timezone"], found["name"]) == ("accepted", "Asia/Urumqi", "sus.csv")
    assert AuditEntry.objects.filter(act="evidence.received").count() == 1
    assert left(settings) == []
    assert hand_in(client, content).json()["id"] == found["id"]


def test_the_end_of_an_upload_may_be_asked_for_again(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    once = send(client, address, content, 0)
    run_jobs()
    with without_rule("a_file_that_was_read_stays_read"):
        Evidence.objects.update(state=EvidenceState.REJECTED)  # then the same bytes would be a new evidence
    again = send(client, address, b"", len(content))
    assert again.status_code == 204
    assert again["Evidence-Location"] == once["Evidence-Location"]
    assert client.get(address).json()["evidence"] in once["Evidence-Location"]
    assert Evidence.objects.count() == 1


def test_what_arrived_before_the_connection_broke_is_kept(api: Api, cast: Cast) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if chunk := super().read(30):
                return chunk
            raise UnreadablePostError("No more data")

    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    broken = client.generic(
        "PATCH",
        address,
        content_type=PIECE,
        headers={**TUS, "Upload-Offset": "0"},
        **{"wsgi.input": Breaks(content[:90]), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    problem(broken, 400, "incomplete_body")
    assert offset(client, address) == 90
    assert send(client, address, content[90:], 90).status_code == 204
    assert Evidence.objects.get().blob_id == hashlib.sha256(content).hexdigest()


@pytest.mark.torture("T04", "body cut short")
def test_a_piece_shorter_than_it_says_is_told_and_kept(api: Api, cast: Cast) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    short = client.generic(
        "PATCH",
        address,
        content_type=PIECE,
        headers={**TUS, "Upload-Offset": "0"},
        **{"wsgi.input": io.BytesIO(content[:50]), "CONTENT_LENGTH": "80"},
    )
    problem(short, 422, "incomplete_body")
    assert offset(client, address) == 50


def test_a_writer_that_was_overtaken_changes_nothing(api: Api, cast: Cast) -> None:
    """Its client gave it up and came back over a new connection; then its last bytes arrive after all."""
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    upload = Upload.objects.get()

    def hanging() -> Any:
        yield content[:10]
        assert send(client, address, content[:50], 0).status_code == 204
        yield b"#" * 90

    with pytest.raises(Exception, match="does not stand"):
        resume_upload.continue_upload(upload.pk, hanging(), offset=0)
    assert offset(client, address) == 50
    assert send(client, address, content[50:], 50).status_code == 204
    assert Evidence.objects.get().blob_id == hashlib.sha256(content).hexdigest()


def test_bytes_nobody_acknowledged_are_written_over(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    send(client, address, content[:20], 0)
    part = Path(settings.STORE_ROOT) / "partial" / str(Upload.objects.get().pk)
    part.write_bytes(part.read_bytes() + b"written by a process that was killed")
    assert offset(client, address) == 20
    send(client, address, content[20:], 20)
    assert Evidence.objects.get().blob_id == hashlib.sha256(content).hexdigest()


def test_another_offset_is_a_conflict_and_changes_nothing(api: Api, cast: Cast) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    send(client, address, content[:20], 0)
    for wrong in (0, 19, 21):
        body = problem(send(client, address, b"x", wrong), 409, "wrong_offset")
        assert "20" in body["detail"]
    assert offset(client, address) == 20


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_is_taken_only_with_its_checksum(api: Api, cast: Cast, algorithm: str) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)

    def said(piece: bytes) -> str:
        return f"{algorithm} " + base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()

    wrong = send(client, address, content[:20], 0, **{"Upload-Checksum": said(b"other")})
    problem(wrong, 460, "checksum_mismatch")
    assert offset(client, address) == 0
    assert send(client, address, content[:20], 0, **{"Upload-Checksum": said(content[:20])}).status_code == 204
    assert offset(client, address) == 20
    unknown = send(client, address, b"x", 20, **{"Upload-Checksum": "crc32 AAAA"})
    problem(unknown, 400, "bad_header")


def test_a_client_of_another_version_is_told_ours(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    address = begun(client, sus_csv())
    for answer in (
        client.generic("POST", DOOR, headers={"Upload-Length": "5"}),
        client.generic("PATCH", address, b"x", content_type=PIECE, headers={"Tus-Resumable": "0.2.2"}),
    ):
        assert "tus" in problem(answer, 412, "tus_version")["title"]
        assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert offset(client, address) == 0


def test_the_metadata_comes_back_as_it_was_sent(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    address = begun(client, sus_csv(), filename="满意度.csv", filetype="text/csv")
    assert client.head(address, headers=TUS)["Upload-Metadata"] == metadata(filename="满意度.csv", filetype="text/csv")
    assert client.get(address).json()["name"] == "满意度.csv"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "-1"}, 400, "bad_header"),
        ({"Upload-Defer-Length": "1"}, 400, "bad_header"),
        ({"Upload-Length": "9", "Upload-Concat": "partial"}, 400, "bad_header"),
        ({"Upload-Concat": "final;/a /b"}, 400, "bad_header"),
        ({"Upload-Length": "0"}, 422, "empty_file"),
        ({"Upload-Length": "99999999999999"}, 413, "too_large"),
        ({"Upload-Length": "1" + "0" * 20}, 413, "too_large"),
        (
            {"Upload-Length": "9", "Upload-Metadata": "centre b2x1LWNlbnRyZQ==,centre b2x1LWNlbnRyZQ=="},
            400,
            "bad_header",
        ),
        ({"Upload-Length": "9", "Upload-Metadata": "centre ???"}, 400, "bad_header"),
        ({"Upload-Length": "9", "Upload-Metadata": metadata(state="accepted")}, 400, "unknown_field"),
        ({"Upload-Length": "9", "Upload-Metadata": metadata(centre="zoe-centre")}, 400, "does_not_exist"),
        ({"Upload-Length": "9", "Upload-Metadata": metadata(timezone="Mars/Olympus")}, 400, "unknown_timezone"),
        ({"Upload-Length": "9", "Upload-Metadata": metadata(sha256="abc")}, 400, "bad_header"),
    ],
)
def test_what_cannot_be_begun_is_told(api: Api, cast: Cast, headers: dict[str, str], status: int, code: str) -> None:
    said = {**TUS, "Upload-Metadata": metadata(), **headers}
    [item] = problem(api(cast.olu).generic("POST", DOOR, headers=said), status, code)["errors"]
    assert item["hint"]
    assert not Upload.objects.exists()


def test_only_pieces_of_an_upload_are_taken(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    address = begun(client, sus_csv())
    answer = client.generic("PATCH", address, b"x", content_type="application/octet-stream", headers=TUS)
    problem(answer, 415, "unsupported_media_type")
    [item] = problem(send(client, address, b"x" * 10_000, 0), 413, "too_large")["errors"]
    assert "Send only the bytes that are left" in item["hint"]["en"]
    problem(client.post(address, headers=TUS), 405, "method_not_allowed")


@pytest.mark.torture("T03", "quota unchanged")
def test_a_piece_without_a_length_is_cut_off_at_the_end(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    endless = client.generic(
        "PATCH",
        address,
        content_type=PIECE,
        headers={**TUS, "Upload-Offset": "0"},
        **{"wsgi.input": io.BytesIO(content + b"x"), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    problem(endless, 413, "too_large")
    assert offset(client, address) == 0
    assert not Blob.objects.exists()


def test_methods_may_be_said_in_a_header(api: Api, cast: Cast) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    said = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.generic("POST", address, content[:9], content_type=PIECE, headers=said).status_code == 204
    assert offset(client, address) == 9
    assert client.generic("POST", address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert not Upload.objects.exists()


def test_an_upload_given_up_is_gone_with_its_bytes(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    send(client, address, content[:20], 0)
    assert client.delete(address, headers=TUS).status_code == 204
    answer = client.head(address, headers=TUS)
    assert answer.status_code == 404
    assert "Upload-Offset" not in answer
    assert left(settings) == []


def test_the_evidence_of_a_finished_upload_outlives_it(api: Api, cast: Cast) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    send(client, address, content, 0)
    assert client.delete(address, headers=TUS).status_code == 204
    assert Evidence.objects.count() == 1


def test_an_expired_upload_is_gone_and_its_bytes_with_the_next_tidying(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    send(client, address, content[:20], 0)
    Upload.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    problem(send(client, address, content[20:], 20), 410, "upload_expired")
    asked = client.head(address, headers=TUS)
    assert asked.status_code == 410
    assert "Upload-Offset" not in asked
    assert left(settings)
    tidy()
    assert left(settings) == []
    problem(send(client, address, content[20:], 20), 404, "not_found")


@pytest.mark.torture("T04", "digest differs", "both digests shown", "nothing stored")
def test_a_whole_file_with_another_digest_is_refused_and_not_kept(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    declared = hashlib.sha256(b"other").hexdigest()
    address = begun(client, content, sha256=declared)
    for _ in range(2):  # asked again, the same answer
        answer = send(client, address, content if offset(client, address) == 0 else b"", offset(client, address))
        said = problem(answer, 422, "digest_mismatch")["errors"][0]["message"]["en"]
        assert declared in said
        assert hashlib.sha256(content).hexdigest() in said
    assert client.get(address).json()["problem"]["code"] == "digest_mismatch"
    assert not Evidence.objects.exists()
    assert not Blob.objects.exists()
    assert not [path for path in Path(settings.STORE_ROOT).rglob("*") if path.is_file()]


def test_a_large_file_is_finished_by_a_worker(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    monkeypatch.setattr(resume_upload, "FINISHED_AT_ONCE", 10)
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    answer = send(client, address, content, 0)
    assert answer.status_code == 204
    assert "Evidence-Location" not in answer
    job = client.get(address).json()["job"]
    assert client.get(f"/api/v1/jobs/{job}/").json()["state"] == "queued"
    run_jobs()
    assert client.head(address, headers=TUS)["Evidence-Location"]
    assert Evidence.objects.get().state == EvidenceState.ACCEPTED


def test_an_upload_whose_request_died_while_finishing_is_finished_by_the_sweep(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    monkeypatch.setattr(jobs, "perform", lambda *_, **__: False)  # never got that far
    assert "Evidence-Location" not in send(client, address, content, 0)
    monkeypatch.undo()
    Job.objects.exclude(task=resume_upload.FINISH).delete()
    Job.objects.update(rung_at=timezone.now() - dt.timedelta(minutes=1))
    rung: list[str] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args: rung.append(name))
    assert jobs.sweep() == 1
    assert rung == [jobs.BELL]
    assert jobs.answer_the_bell()
    assert Job.objects.get(task=resume_upload.FINISH).state == JobState.DONE
    assert client.head(address, headers=TUS)["Evidence-Location"]


def test_a_bell_spent_on_a_small_upload_rings_again_for_what_it_was_meant_for(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, content = api(cast.olu), sus_csv()
    address = begun(client, content)
    rung: list[str] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args: rung.append(name))
    monkeypatch.setattr(jobs, "perform", lambda *_, **__: False)  # a worker was quicker than the request
    send(client, address, content, 0)
    assert rung == [jobs.BELL]


def test_an_open_upload_is_found_again_by_its_digest(api: Api, cast: Cast) -> None:
    client, content = api(cast.olu), sus_csv()
    sha256 = hashlib.sha256(content).hexdigest()
    address = begun(client, content, sha256=sha256)
    begun(client, content + b"x")
    [found] = client.get(f"{DOOR}?centre=olu-centre&sha256={sha256}").json()["results"]
    assert found["id"] in address
    assert api(cast.zoe).get(DOOR).json()["results"] == []


@pytest.mark.torture("T36")
def test_someone_taken_off_a_centre_cannot_go_on(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    address = begun(client, sus_csv())
    Membership.objects.filter(user=cast.olu).delete()
    problem(send(client, address, b"x", 0), 404, "not_found")
    problem(begin(client, 9), 400, "does_not_exist")


def test_an_assessor_hands_nothing_in(api: Api, cast: Cast) -> None:
    problem(begin(api(cast.ana), 9), 403, "permission_denied")
    problem(begin(api(), 9), 401, "not_authenticated")
