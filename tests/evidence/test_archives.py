"""Many files in one: each becomes its own evidence that knows where it came from, and none is passed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from evidence import store
from evidence.models import ArchiveMember, Blob, Evidence, EvidenceState
from evidence.selectors import accepted_evidence, rejected_evidence
from evidence.services import take_members
from evidence.services.parser_process import run_parser
from evidence.services.receive_evidence import Declared
from evidence.tasks import parse
from operations.models import Job, JobState
from tests.evidence.api.test_upload import upload
from tests.evidence.archives import FILES, PACKERS, gzipped, tarred, zipped, zstandard
from tests.evidence.files import sus_csv
from tests.evidence.parsers.workbooks import workbook
from tests.factories import Cast, evidence_of
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
Api = Callable[..., APIClient]
MANIFEST = "zhiheng-manifest.yaml"


def manifest(*members: str) -> bytes:
    return ("contract: 1\nmembers:\n" + "".join(f"  - {{{member}}}\n" for member in members)).encode()


def read(cast: Cast, content: bytes, name: str = "a.zip", **declared: str) -> Evidence:
    """The archive after it has been read, its members received."""
    archive = evidence_of(cast.centre, cast.olu, content, name, **declared)
    parse(str(archive.job_id))
    archive.refresh_from_db()
    return archive


def issues(archive: Evidence) -> set[tuple[str, str]]:
    return {(issue["code"], issue["where"].get("file", "")) for issue in archive.issues}


@pytest.mark.parametrize("name", PACKERS)
def test_every_member_is_an_evidence_that_names_its_archive(
    api: Api, cast: Cast, name: str, run_jobs: Callable[[], int]
) -> None:
    content = PACKERS[name](FILES)
    client = api(cast.olu)
    answer = upload(client, content, name=name, timezone="Asia/Urumqi")
    assert answer.status_code == 201, answer.content
    run_jobs()
    found = client.get(answer["Location"]).json()
    assert (found["state"], found["format"], found["tables"]) == ("accepted", "archive", [])
    assert [member["name"] for member in found["members"]] == list(FILES)
    for member in found["members"]:
        item = client.get(f"/api/v1/evidence/{member['evidence']}/").json()
        assert (item["state"], item["format"], item["timezone"]) == ("accepted", "sus", "Asia/Urumqi")
        assert item["sha256"] == hashlib.sha256(FILES[member["name"]]).hexdigest()
        assert item["name"] == member["name"].rpartition("/")[2]
        sha256 = hashlib.sha256(content).hexdigest()
        assert item["origins"] == [{"archive": found["id"], "sha256": sha256, "member": member["name"]}]
    assert {item.format for item in accepted_evidence(cast.centre)} == {"sus"}, "an archive holds evidence, it is none"


def test_the_sandbox_unpacks_what_the_library_unpacks(cast: Cast, tmp_path: Path) -> None:
    archive = evidence_of(cast.centre, cast.olu, zipped(FILES), "a.zip")
    found = run_parser(archive, folder=tmp_path)
    assert [(member["name"], Path(member["path"]).read_bytes()) for member in found["members"]] == list(FILES.items())
    assert found["coverage"] == {"lines_read": 2, "lines_used": 2, "lines_with_issue": 0}


def test_a_member_nobody_knows_is_an_issue_at_its_name(cast: Cast) -> None:
    files = FILES | {"notes.txt": b"call the electrician\n", "bill.csv": b"%PDF-1.7\n", "empty.csv": b""}
    archive = read(cast, zipped(files))
    assert archive.state == EvidenceState.ACCEPTED
    assert issues(archive) == {
        ("unknown_format", "notes.txt"),
        ("content_mismatch", "bill.csv"),
        ("empty_file", "empty.csv"),
    }
    assert archive.coverage == {"lines_read": 5, "lines_used": 2, "lines_with_issue": 3}
    assert ArchiveMember.objects.count() == 2


def test_an_archive_of_nothing_known_is_rejected_with_every_reason(cast: Cast) -> None:
    archive = read(cast, zipped({"notes.txt": b"call the electrician\n"}))
    assert archive.state == EvidenceState.REJECTED
    assert archive.problem["code"] == "no_known_member"
    assert ("unknown_format", "notes.txt") in issues(archive)
    assert rejected_evidence(cast.centre) == []


def test_a_manifest_says_what_members_do_not_say_themselves(cast: Cast) -> None:
    second = hashlib.sha256(FILES["2025/second.csv"]).hexdigest()
    said = manifest(
        "path: 2025/满意度.csv, format: sus, timezone: Asia/Kashgar, encoding: utf-8",
        f'path: 2025/second.csv, sha256: "{second}"',
    )
    archive = read(cast, tarred(FILES | {"other.csv": sus_csv(9), MANIFEST: said}), "a.tar")
    assert archive.state == EvidenceState.ACCEPTED, archive.problem
    members = {member.name: member.evidence for member in archive.members.all()}
    assert set(members) == {*FILES, "other.csv"}
    first = members["2025/满意度.csv"]
    assert (first.declared_format, first.timezone, first.declared_encoding) == ("sus", "Asia/Kashgar", "utf-8")
    assert members["2025/second.csv"].timezone == "Asia/Shanghai"
    assert issues(archive) == {("not_in_manifest", "other.csv")}
    assert archive.facts["has_manifest"]


def test_a_manifest_may_stand_in_the_one_folder_that_was_packed(cast: Cast) -> None:
    files = {f"july/{name}": content for name, content in FILES.items()}
    said = manifest("path: 2025/满意度.csv, timezone: Asia/Kashgar", "path: 2025/second.csv")
    archive = read(cast, zipped({**files, f"july/{MANIFEST}": said}))
    assert archive.state == EvidenceState.ACCEPTED, archive.problem
    assert archive.members.get(name="july/2025/满意度.csv").evidence.timezone == "Asia/Kashgar"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (manifest("path: 2025/third.csv"), "member_missing"),
        (manifest(f'path: 2025/second.csv, sha256: "{"0" * 64}"'), "digest_mismatch"),
        (manifest("path: 2025/second.csv, colour: red"), "unknown_field"),
        (manifest("path: 2025/second.csv", "path: 2025/second.csv"), "bad_manifest"),
        (manifest("file: 2025/second.csv"), "bad_manifest"),
        (b"contract: 1\n", "bad_manifest"),
        (b"contract: 2\nmembers: []\n", "unknown_contract"),
        (b"contract: 1\nmembers: [&a 1]\n", "forbidden_yaml"),
        (manifest("path: 2025/second.csv, timezone: Mars/Olympus"), "unknown_timezone"),
        (manifest("path: 2025/second.csv, map: meters-of-july"), "unknown_map"),
    ],
)
def test_a_manifest_that_does_not_fit_rejects_the_archive_and_takes_nothing_in(
    cast: Cast, said: bytes, code: str
) -> None:
    archive = read(cast, tarred({"1.csv": sus_csv(9), "2025/second.csv": sus_csv(4), MANIFEST: said}), "a.tar")
    assert archive.state == EvidenceState.REJECTED
    assert archive.problem["code"] == code
    assert archive.problem["message"]["zh"]
    assert archive.problem["where"]["file"]
    assert not ArchiveMember.objects.exists()
    assert Evidence.objects.count() == 1


def test_two_manifests_are_refused(cast: Cast) -> None:
    archive = read(cast, zipped({**FILES, MANIFEST: manifest(), f"2025/{MANIFEST}": manifest()}))
    assert archive.problem["code"] == "several_manifests"


def test_workbooks_are_members_like_others(cast: Cast) -> None:
    book = workbook([["respondent", *(f"q{n}" for n in range(1, 11))], ["r1", 4, 2, 4, 2, 4, 2, 4, 2, 4, 2]])
    archive = read(cast, zipped({"满意度.xlsx": book}))
    assert archive.state == EvidenceState.ACCEPTED, archive.problem
    assert archive.members.get().evidence.name == "满意度.xlsx"


def test_members_the_centre_has_handed_in_already_stay_what_they_are(cast: Cast) -> None:
    single = evidence_of(cast.centre, cast.olu, FILES["2025/second.csv"])
    first, second = read(cast, zipped(FILES)), read(cast, tarred(FILES), "a.tar")
    assert single.origins.count() == 2
    assert {member.archive_id for member in single.origins.all()} == {first.pk, second.pk}
    assert Blob.objects.count() == 4
    assert Evidence.objects.count() == 4


def test_a_worker_killed_between_two_members_goes_on_where_it_stood(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = evidence_of(cast.centre, cast.olu, zipped(FILES), "a.zip")
    take, taken = take_members._take, []

    def dies(of: Evidence, member: dict[str, Any], declared: Declared) -> None:
        if taken:
            raise SystemExit
        taken.append(member["name"])
        take(of, member, declared)

    monkeypatch.setattr(take_members, "_take", dies)
    with pytest.raises(SystemExit):
        parse(str(archive.job_id))
    monkeypatch.setattr(take_members, "_take", take)
    Evidence.objects.exclude(pk=archive.pk).update(state=EvidenceState.REJECTED)  # the worker was quick
    Job.objects.filter(pk=archive.job_id).update(state=JobState.QUEUED, lease=None, leased_until=None)
    parse(str(archive.job_id))
    assert Evidence.objects.count() == 3
    assert archive.members.count() == 2
    assert list(store._incoming().iterdir()) == []


def test_more_members_than_the_day_has_room_for_are_refused_together(cast: Cast, settings: Any) -> None:
    settings.CENTRE_FILES_PER_DAY = 2
    archive = read(cast, zipped(FILES))
    assert archive.problem["code"] == "too_many_files_today"
    assert not ArchiveMember.objects.exists()


def test_a_single_compressed_file_is_the_file_itself(api: Api, cast: Cast, run_jobs: Callable[[], int]) -> None:
    client = api(cast.olu)
    for name, content in (("a.csv.gz", gzipped(sus_csv(5))), ("b.csv.zst", zstandard(sus_csv(6)))):
        answer = upload(client, content, name=name)
        run_jobs()
        found = client.get(answer["Location"]).json()
        assert (found["state"], found["format"], found["members"]) == ("accepted", "sus", [])
        assert found["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.torture("T02")
@pytest.mark.parametrize(
    ("name", "pack"), [("a.csv", "a.zip"), ("a.csv", "a.tar"), ("a.zip", "a.tar"), ("a.tar", "a.zip")]
)
def test_an_archive_is_not_taken_under_another_name(api: Api, cast: Cast, name: str, pack: str) -> None:
    problem(upload(api(cast.olu), PACKERS[pack](FILES), name=name), 422, "content_mismatch")
