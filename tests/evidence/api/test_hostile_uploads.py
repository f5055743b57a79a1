"""What a hostile or unlucky client may send to the upload door, and what is still true afterwards."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from assessment.models import ProvisionalResult, StoredResult
from core.canonical import canonical_json
from core.errors import ParseError
from evidence import store
from evidence.models import Blob, Evidence, EvidenceState, ObservationTable
from evidence.services.parser_process import run_parser
from evidence.services.quota import bytes_kept
from indicators.models import Edition, EditionState
from tests.editions import zhisuan
from tests.evidence.api.test_upload import DOOR, nothing_was_stored, upload
from tests.evidence.archives import gzipped, zstandard
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
RAW = "application/octet-stream"


class Unread(io.BytesIO):
    """A body that must not be touched."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def post(client: APIClient, body: io.BytesIO, *, length: int, digest: str = "") -> Any:
    """A body beside a length that may have nothing to do with it."""
    headers = {"X-Filename": "sus.csv"} | ({"Digest": f"sha-256={digest}"} if digest else {})
    said = {"wsgi.input": body, "CONTENT_LENGTH": str(length)}
    return client.generic("POST", DOOR + "?centre=olu-centre", content_type=RAW, headers=headers, **said)


@pytest.mark.torture("T03", "honest length", "before the body is read", "no leftover file", "quota unchanged")
def test_a_length_over_the_limit_is_refused_before_the_body_is_read(api: Api, cast: Cast, settings: Any) -> None:
    began = time.perf_counter()
    problem(post(api(cast.olu), Unread(), length=settings.EVIDENCE_LIMIT + 1), 413, "too_large")
    assert time.perf_counter() - began < 2
    assert nothing_was_stored(settings)
    assert bytes_kept(cast.centre) == 0


@pytest.mark.torture("T03", "lying length", "no leftover file", "quota unchanged")
def test_a_length_that_lies_gets_nothing_in(api: Api, cast: Cast, settings: Any) -> None:
    """Said too little, no byte more is read, and the digest tells; said too much, the end comes too early."""
    settings.EVIDENCE_LIMIT = 1000
    client, content = api(cast.olu), sus_csv(200)
    body = io.BytesIO(content)
    problem(post(client, body, length=400, digest=hashlib.sha256(content).hexdigest()), 422, "digest_mismatch")
    assert body.tell() <= 400
    problem(post(client, io.BytesIO(content[:300]), length=900), 422, "incomplete_body")
    assert nothing_was_stored(settings)
    assert bytes_kept(cast.centre) == 0


@pytest.mark.torture("T04", "body cut short", "nothing stored")
def test_a_body_cut_short_is_told_by_its_length_and_by_its_digest(api: Api, cast: Cast, settings: Any) -> None:
    client, content = api(cast.olu), sus_csv()
    short = content[:-10]
    problem(post(client, io.BytesIO(short), length=len(content)), 422, "incomplete_body")
    declared = hashlib.sha256(content).hexdigest()
    said = problem(post(client, io.BytesIO(short), length=len(content), digest=declared), 422, "digest_mismatch")
    assert declared in said["detail"]
    assert hashlib.sha256(short).hexdigest() in said["detail"]
    assert nothing_was_stored(settings)


@pytest.mark.torture("T06", "new version", "old bytes", "old observations", "results unchanged")
def test_a_new_version_leaves_every_result_and_all_it_rests_on_as_it_was(
    api: Api, cast: Cast, run_jobs: Callable[[], int]
) -> None:
    read = zhisuan()
    Edition.objects.create(
        rubric=read.rubric,
        edition=read.edition,
        digest=read.digest,
        content=dict(read.content),
        state=EditionState.PUBLISHED,
        sealed=True,
        published_at=timezone.now(),
    )
    client = api(cast.olu)
    old = upload(client, sus_csv(3))["Location"]
    run_jobs()
    stored = ProvisionalResult.objects.get(centre=cast.centre).result
    tree, digest = canonical_json(stored.tree), stored.digest
    table = ObservationTable.objects.get()
    with store.open_key(table.key) as stream:
        rows = stream.read()

    assert upload(client, sus_csv(4)).status_code == 201
    run_jobs()

    assert ProvisionalResult.objects.get(centre=cast.centre).result != stored
    again = StoredResult.objects.get(pk=stored.pk)
    assert (canonical_json(again.tree), again.digest) == (tree, digest)
    assert f"sha256:{hashlib.sha256(sus_csv(3)).hexdigest()}" in canonical_json(again.inputs).decode()
    assert b"".join(client.get(old + "content/").streaming_content) == sus_csv(3)
    with store.open_key(table.key) as stream:
        assert stream.read() == rows


@pytest.mark.torture("T07", "no path outside", "kept exactly", "RFC 6266", "300 characters")
@pytest.mark.parametrize(
    "name",
    [
        "../../x.csv",
        "/etc/cron.d/x.csv",
        "C:\\x.csv",
        "-rf.csv",
        ".hidden.csv",
        "长" * 300 + ".csv",
        "evil\u202excod.csv",
        "CON",
        "报告（终版）.csv",
    ],
)
def test_a_name_is_never_a_path(api: Api, cast: Cast, settings: Any, name: str) -> None:
    before = set(Path(settings.HOME).rglob("*"))
    response = upload(api(cast.olu), sus_csv(), name=quote(name, safe=""))
    assert response.status_code == 201, response.content
    made = {path for path in set(Path(settings.HOME).rglob("*")) - before if path.is_file()}
    assert made == {Path(settings.STORE_ROOT) / store.blob_key(Blob.objects.get().sha256)}
    kept = Evidence.objects.get().name
    assert len(kept) <= 255
    download = api(cast.olu).get(response["Location"] + "content/")
    disposition = download["Content-Disposition"]
    if kept.isascii():
        assert disposition == f'attachment; filename="{kept}"'
    else:
        assert disposition == f"attachment; filename*=utf-8''{quote(kept)}"


@pytest.mark.torture("T19", "200 MB without a line end", "budget kept")
def test_an_endless_line_is_refused_within_the_budget(cast: Cast, tmp_path: Path, settings: Any) -> None:
    """Also where its compressed size says nothing of it; one of zeros would be refused as a bomb."""
    settings.PARSER_MEMORY, settings.PARSER_SECONDS = 256 * 1024**2, 60
    header = sus_csv(1)
    block = bytes(range(33, 127)) * 11_155
    plain = header + block * 200
    for number, content in enumerate((plain, gzipped(header + block * 20))):
        folder = tmp_path / str(number)
        folder.mkdir()
        evidence = evidence_of(cast.centre, cast.olu, content, f"{number}.csv", format="sus")
        found = run_parser(evidence, folder=folder)
        assert found["problem"]["code"] == "line_too_long"
        assert found["problem"]["where"] == {"line": 3}


@pytest.mark.torture("T19", "NUL", "escape codes", "never raw in a log")
def test_what_a_file_holds_reaches_no_log_raw(
    api: Api, cast: Cast, run_jobs: Callable[[], int], capfd: pytest.CaptureFixture[str]
) -> None:
    content = sus_csv() + b"r9\x1b[2J\x00,4,2,4,2,4,2,4,2,4,2\n"
    client = api(cast.olu)
    answer = upload(client, content, name=quote("a\x1b[31m.csv"))
    run_jobs()
    evidence = Evidence.objects.get()
    assert evidence.state == EvidenceState.ACCEPTED
    assert ("control_character", {"line": 5}) in [(issue["code"], issue["where"]) for issue in evidence.issues]
    said = capfd.readouterr()
    for text in (said.out, said.err, client.get(answer["Location"]).content.decode(), evidence.name):
        assert not {"\x1b", "\x00"} & set(text)
    assert ObservationTable.objects.get().rows == 3


@pytest.mark.torture("T19", "truncated gz")
def test_a_compressed_file_cut_short_ends_rejected_with_its_code(
    api: Api, cast: Cast, run_jobs: Callable[[], int]
) -> None:
    for pack, code in ((gzipped, "truncated_gzip"), (zstandard, "truncated_zstd")):
        answer = upload(api(cast.olu), pack(sus_csv(100_000))[:-12], format="sus")
        if answer.status_code == 201:
            run_jobs()
            assert Evidence.objects.latest("received_at").problem["code"] == code
        else:
            problem(answer, 422, code)
    assert not Evidence.objects.filter(state=EvidenceState.ACCEPTED).exists()
    with pytest.raises(ParseError) as caught:
        evidence_of(cast.centre, cast.olu, gzipped(sus_csv())[:20], "a.csv.gz")
    assert caught.value.code == "truncated_gzip"
