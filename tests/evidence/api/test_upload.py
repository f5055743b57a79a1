"""The upload door: what it takes, what it refuses, and what is still true afterwards."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from centres.models import Membership
from evidence.models import Blob, Evidence, EvidenceState, Flag, ObservationTable
from evidence.selectors import accepted_evidence, tables_of
from operations.models import Job
from tests.evidence.files import SUS_HEADER, sus_csv
from tests.factories import Cast
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
DOOR = "/api/v1/evidence/"


def upload(
    client: APIClient,
    content: bytes,
    *,
    centre: str = "olu-centre",
    name: str = "sus.csv",
    digest: str = "",
    **query: str,
) -> Any:
    headers = {"X-Filename*": f"UTF-8''{name}"} | ({"Digest": digest} if digest else {})
    path = DOOR + "?" + "&".join(f"{key}={value}" for key, value in {"centre": centre, **query}.items())
    return client.generic("POST", path, content, content_type="application/octet-stream", headers=headers)


def nothing_was_stored(settings: Any) -> bool:
    left = [path for path in Path(settings.STORE_ROOT).rglob("*") if path.is_file()]
    return not Evidence.objects.exists() and not Blob.objects.exists() and not left


def test_a_file_is_taken_in_and_read(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    content = sus_csv()
    sha256 = hashlib.sha256(content).digest()
    client = api(cast.olu)
    response = upload(client, content, digest="sha-256=" + base64.b64encode(sha256).decode())
    assert response.status_code == 201, response.content
    answer = response.json()
    assert set(answer) == {"id", "state", "job"}
    assert answer["state"] == "received"
    assert response["Location"] == f"/api/v1/evidence/{answer['id']}/"
    run_jobs()
    found = client.get(response["Location"]).json()
    assert found["state"] == "accepted"
    assert found["sha256"] == sha256.hex()
    assert found["format"] == "sus"
    assert found["tables"] == [{"kind": "survey_responses", "rows": 3}]
    job = client.get(f"/api/v1/jobs/{answer['job']}/").json()
    assert job["state"] == "done"
    assert job["progress"]["fraction"] == "1.00"
    [(digest, tables)] = tables_of(accepted_evidence(cast.centre))
    assert digest == "sha256:" + sha256.hex()
    assert tables["survey_responses"].num_rows == 3


def test_a_form_does_the_same(api: Api, cast: Cast) -> None:
    form = {"file": SimpleUploadedFile("满意度.csv", sus_csv()), "centre": "olu-centre", "timezone": "Asia/Shanghai"}
    response = api(cast.olu).post(DOOR, form, format="multipart")
    assert response.status_code == 201, response.content
    evidence = Evidence.objects.get()
    assert (evidence.name, evidence.timezone) == ("满意度.csv", "Asia/Shanghai")


def test_a_form_with_an_unknown_field_is_refused(api: Api, cast: Cast, settings: Any) -> None:
    form = {"file": SimpleUploadedFile("a.csv", sus_csv()), "centre": "olu-centre", "state": "accepted"}
    problem(api(cast.olu).post(DOOR, form, format="multipart"), 400, "unknown_field")
    assert nothing_was_stored(settings)


def test_the_zone_comes_from_the_profile_when_the_uploader_names_none(api: Api, cast: Cast) -> None:
    upload(api(cast.olu), sus_csv())
    assert Evidence.objects.get().timezone == "Asia/Shanghai"


@pytest.mark.torture("T01", "no evidence accepted", "try again")
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n\r\n"])
def test_an_empty_file_is_refused_at_the_door(api: Api, cast: Cast, settings: Any, content: bytes) -> None:
    body = problem(upload(api(cast.olu), content), 422, "empty_file")
    assert body["errors"][0]["message"]["en"] == "The file has no data rows."
    assert nothing_was_stored(settings)
    assert upload(api(cast.olu), sus_csv()).status_code == 201


@pytest.mark.torture("T01", "header row", "no evidence accepted")
def test_a_file_of_only_a_header_is_never_accepted(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    response = upload(api(cast.olu), SUS_HEADER.encode())
    run_jobs()
    if response.status_code == 201:
        assert Evidence.objects.get().problem["code"] == "no_rows"
    else:
        problem(response, 422, "no_rows")
    assert not Evidence.objects.filter(state=EvidenceState.ACCEPTED).exists()


@pytest.mark.torture("T02", "PDF called xlsx", "HTML called csv")
@pytest.mark.parametrize(
    ("name", "content"),
    [("report.csv", b"%PDF-1.7\n1 0 obj\n"), ("book.xlsx", b"%PDF-1.7\n"), ("page.csv", b"<!DOCTYPE html><html>")],
)
def test_a_name_that_belies_its_content_is_refused(
    api: Api, cast: Cast, settings: Any, name: str, content: bytes
) -> None:
    problem(upload(api(cast.olu), content, name=name), 422, "content_mismatch")
    assert nothing_was_stored(settings)


@pytest.mark.torture("T03", "honest length")
def test_a_file_over_the_limit_is_refused_before_it_is_read(api: Api, cast: Cast, settings: Any) -> None:
    settings.EVIDENCE_LIMIT = 100
    problem(upload(api(cast.olu), b"x" * 101), 413, "too_large")
    assert nothing_was_stored(settings)


@pytest.mark.torture("T03", "chunked", "no leftover file")
def test_a_chunked_file_is_cut_off_at_the_limit(api: Api, cast: Cast, settings: Any) -> None:
    settings.EVIDENCE_LIMIT = 100
    problem(chunked(api(cast.olu), b"x" * 1000), 413, "too_large")
    assert nothing_was_stored(settings)
    settings.EVIDENCE_LIMIT = 10_000
    assert chunked(api(cast.olu), sus_csv()).status_code == 201
    assert Blob.objects.get().size == len(sus_csv())


def chunked(client: APIClient, content: bytes) -> Any:
    """As gunicorn hands on a body without a length."""
    return client.generic(
        "POST",
        DOOR + "?centre=olu-centre",
        b"",
        content_type="application/octet-stream",
        headers={"X-Filename": "sus.csv", "Transfer-Encoding": "chunked"},
        **{"wsgi.input": io.BytesIO(content), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )


@pytest.mark.torture("T04", "digest differs", "both digests shown", "nothing stored")
def test_bytes_that_are_not_the_declared_ones_are_refused_showing_both(api: Api, cast: Cast, settings: Any) -> None:
    declared = hashlib.sha256(b"other").hexdigest()
    body = problem(upload(api(cast.olu), sus_csv(), digest=f"sha-256={declared}"), 422, "digest_mismatch")
    said = body["errors"][0]["message"]["en"]
    assert declared in said
    assert hashlib.sha256(sus_csv()).hexdigest() in said
    assert nothing_was_stored(settings)


@pytest.mark.parametrize("digest", ["md5=abc", "sha-256=", "sha-256=zz", "sha-256=:AAAA:"])
def test_a_digest_that_says_nothing_is_refused(api: Api, cast: Cast, digest: str) -> None:
    problem(upload(api(cast.olu), sus_csv(), digest=digest), 400, "bad_digest")


@pytest.mark.torture("T05", "one after the other", "one of each")
def test_the_same_bytes_again_are_the_same_evidence(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    client = api(cast.olu)
    first = upload(client, sus_csv())
    second = upload(client, sus_csv(), name="renamed.csv")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    run_jobs()
    third = upload(client, sus_csv())
    assert third.status_code == 200
    assert third.json()["state"] == "accepted"
    assert Blob.objects.count() == Evidence.objects.count() == ObservationTable.objects.count() == 1
    assert Job.objects.filter(task="evidence.parse").count() == 1


@pytest.mark.torture("T05", "second centre", "assessors get a flag")
def test_another_centre_gets_its_own_and_learns_nothing(api: Api, cast: Cast) -> None:
    mine = upload(api(cast.olu), sus_csv())
    theirs = upload(api(cast.zoe), sus_csv(), centre="zoe-centre")
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]
    assert set(theirs.json()) == set(mine.json())
    assert Blob.objects.count() == 1
    flag = Flag.objects.get()
    assert str(flag.evidence_id) == theirs.json()["id"]
    assert flag.details == {"centres": ["olu-centre"]}
    seen = api(cast.zoe).get(theirs["Location"])
    assert b"olu" not in seen.content


@pytest.mark.torture("T05", "blocks no new one")
@pytest.mark.parametrize("state", [EvidenceState.REJECTED, EvidenceState.UNREADABLE, EvidenceState.WITHDRAWN])
def test_a_try_that_came_to_nothing_blocks_no_new_one(api: Api, cast: Cast, state: EvidenceState) -> None:
    first = upload(api(cast.olu), sus_csv())
    Evidence.objects.update(state=state)
    second = upload(api(cast.olu), sus_csv())
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]


@pytest.mark.torture("T06", "new version", "old bytes")
def test_the_same_name_with_other_bytes_leaves_the_old_ones_alone(
    api: Api, cast: Cast, run_jobs: Callable[[], int]
) -> None:
    client = api(cast.olu)
    old = upload(client, sus_csv(3))
    run_jobs()
    new = upload(client, sus_csv(4))
    run_jobs()
    assert new.status_code == 201
    content = b"".join(client.get(old["Location"] + "content/").streaming_content)
    assert content == sus_csv(3)
    assert client.get(old["Location"]).json()["state"] == "superseded"
    assert client.get(new["Location"]).json()["supersedes"] == old.json()["id"]


@pytest.mark.torture("T07", "RFC 6266", "header not splittable")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("%E6%8A%A5%E5%91%8A%EF%BC%88%E7%BB%88%E7%89%88%EF%BC%89.csv", "报告（终版）.csv"),
        ("..%2F..%2Fx.csv", "x.csv"),
        ("a%0D%0ASet-Cookie:%20x.csv".replace(":", "%3A"), "aSet-Cookie_ x.csv"),
    ],
)
def test_a_download_bears_the_cleaned_name(api: Api, cast: Cast, given: str, kept: str) -> None:
    response = upload(api(cast.olu), sus_csv(), name=given)
    assert response.status_code == 201, response.content
    assert Evidence.objects.get().name == kept
    download = api(cast.olu).get(response["Location"] + "content/")
    disposition = download["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert download["Content-Type"] == "application/octet-stream"
    assert download["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download["Content-Security-Policy"]


@pytest.mark.torture("T31")
def test_somebody_elses_evidence_is_as_absent_as_what_never_was(api: Api, cast: Cast) -> None:
    address = upload(api(cast.zoe), sus_csv(), centre="zoe-centre")["Location"]
    absent = "/api/v1/evidence/00000000-0000-4000-8000-000000000000/"
    client = api(cast.olu)
    for tail in ("", "content/", "lines/?line=1"):
        theirs, nobodys = client.get(address + tail), client.get(absent + tail)
        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}
    assert client.get(DOOR).json()["results"] == []
    assert client.get(DOOR + "?centre=zoe-centre").json()["results"] == []


@pytest.mark.torture("T32", "made under another centre's")
def test_nothing_can_be_put_into_somebody_elses_centre(api: Api, cast: Cast, settings: Any) -> None:
    theirs = upload(api(cast.olu), sus_csv(), centre="zoe-centre")
    nobodys = upload(api(cast.olu), sus_csv(), centre="nowhere")
    assert {**problem(theirs, 400, "does_not_exist"), "request_id": ""} == {**nobodys.json(), "request_id": ""}
    assert nothing_was_stored(settings)


@pytest.mark.torture("T36")
def test_someone_taken_off_a_centre_is_out_at_the_next_request(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    address = upload(client, sus_csv())["Location"]
    Membership.objects.filter(user=cast.olu).delete()
    assert client.get(address).status_code == 404
    assert upload(client, sus_csv(4)).status_code == 400


def test_an_assessor_reads_but_does_not_hand_in(api: Api, cast: Cast) -> None:
    address = upload(api(cast.olu), sus_csv())["Location"]
    assert api(cast.ana).get(address).status_code == 200
    problem(upload(api(cast.ana), sus_csv(4)), 403, "permission_denied")


def test_nobody_hands_in_without_signing_in(api: Api, cast: Cast, settings: Any) -> None:
    problem(upload(api(), sus_csv()), 401, "not_authenticated")
    assert nothing_was_stored(settings)


@pytest.mark.torture("T30")
def test_unknown_query_words_are_refused(api: Api, cast: Cast) -> None:
    problem(upload(api(cast.olu), sus_csv(), state="accepted"), 400, "unknown_parameter")


@pytest.mark.parametrize(("word", "value"), [("timezone", "Mars/Olympus"), ("encoding", "bz2_codec")])
def test_a_zone_or_encoding_that_is_none_is_refused(api: Api, cast: Cast, word: str, value: str) -> None:
    problem(upload(api(cast.olu), sus_csv(), **{word: value}), 400, f"unknown_{word}")


def test_a_format_that_is_none_is_refused(api: Api, cast: Cast) -> None:
    body = problem(upload(api(cast.olu), sus_csv(), format="nonsense"), 422, "unknown_format")
    assert body["errors"][0]["file"]


def test_json_is_not_evidence_bytes(api: Api, cast: Cast) -> None:
    refused = problem(api(cast.olu).post(DOOR, {"a": 1}, format="json"), 415, "unsupported_media_type")
    for language in ("zh", "en"):
        assert "application/octet-stream, multipart/form-data" in refused["errors"][0]["hint"][language]


@pytest.mark.torture("T19", "never raw on a page")
def test_lines_are_shown_with_their_control_characters_made_visible(api: Api, cast: Cast) -> None:
    content = sus_csv(1) + "r\x1b[31m2,4,2,4,2,4,2,4,2,4,2\u202e\n".encode() + b"r\xff3," + b"x" * 1000 + b"\n"
    address = upload(api(cast.olu), content, format="sus")["Location"]
    lines = api(cast.olu).get(address + "lines/?line=3").json()["lines"]
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    assert lines[2]["text"].startswith("r␛[31m2")
    assert lines[2]["text"].endswith("⟨U+202E⟩")
    assert lines[3]["text"].startswith("r\\xff3")
    assert lines[3]["is_cut"]
    problem(api(cast.olu).get(address + "lines/?line=-1"), 400, "invalid")


@pytest.mark.parametrize("given", ["zz", "a" * 63, "sha256:" + "a" * 64, "é" * 64])
@pytest.mark.parametrize("door", ["evidence", "uploads"])
def test_what_is_no_digest_is_refused_and_not_looked_for(api: Api, cast: Cast, door: str, given: str) -> None:
    refused = api(cast.olu).get(f"/api/v1/{door}/", {"sha256": given})
    assert refused.status_code == 400
    assert refused["Content-Type"].startswith("application/problem+json")
    [error] = refused.json()["errors"]
    assert (error["code"], error["field"]) == ("not_a_sha256", "sha256")


def test_a_digest_is_found_in_either_case(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    made = upload(client, sus_csv()).json()["id"]
    sha256 = hashlib.sha256(sus_csv()).hexdigest()
    for given in (sha256, sha256.upper()):
        [found] = client.get("/api/v1/evidence/", {"sha256": given}).json()["results"]
        assert found["id"] == made
    assert client.get("/api/v1/evidence/", {"sha256": "0" * 64}).json()["results"] == []


def test_lists_are_filtered_and_counted_by_state(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    client = api(cast.olu)
    upload(client, sus_csv())
    run_jobs()
    upload(client, sus_csv(5))
    states = {name: len(client.get(f"{DOOR}?state={name}").json()["results"]) for name in ("accepted", "received")}
    assert states == {"accepted": 1, "received": 1}
    problem(client.get(DOOR + "?state=lovely"), 400, "invalid_choice")


SCRIPT = "<script>alert(document.domain)</script>"


@pytest.mark.torture("T21", "HTML", "SVG", "XML", "download only", "nosniff", "sandbox", "no inline type")
@pytest.mark.parametrize("name", ["sus.html", "sus.svg", "sus.xml", "sus.csv"])
def test_what_was_handed_in_is_a_download_from_every_door_whatever_it_is_called(
    api: Api, cast: Cast, client: Client, run_jobs: Callable[[], int], name: str
) -> None:
    content = sus_csv() + f'"{SCRIPT}",4,2,4,2,4,2,4,2,4,2\n'.encode()
    there = upload(api(cast.olu), content, name=name)["Location"]
    run_jobs()
    client.force_login(cast.olu)
    page = there.removeprefix("/api/v1")
    for answer in (api(cast.olu).get(f"{there}content/"), client.get(f"{page}content/")):
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
        assert {"sandbox", "default-src 'none'"} <= policy
    shown = client.get(page, {"line": "5"}).content.decode()
    assert "&lt;script&gt;alert(document.domain)" in shown
    assert SCRIPT not in shown


@pytest.mark.torture("T21", "no script runs")
@pytest.mark.parametrize(
    "content",
    [
        f"<!doctype html><html>{SCRIPT}</html>",
        f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>',
        f'<?xml version="1.0"?><a xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</a>',
    ],
)
def test_a_file_that_is_nothing_but_markup_is_refused_and_not_kept(
    api: Api, cast: Cast, settings: Any, content: str
) -> None:
    for name in ("a.html", "a.svg", "a.xml", "a.csv", "a"):
        assert upload(api(cast.olu), content.encode(), name=name).status_code == 422, name
    assert nothing_was_stored(settings)
