"""Archives built to harm: refused naming the member, with nothing written and the worker alive."""

from __future__ import annotations

import io
import random
import struct
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from core.errors import ParseError
from evidence import store
from evidence.models import Blob, Evidence, EvidenceState
from evidence.parsers.archives.packed import is_archive, unpack
from evidence.parsers.text.source import Source
from evidence.services import parser_process
from evidence.services.parser_process import run_parser
from evidence.tasks import parse
from tests.evidence.api.test_upload import upload
from tests.evidence.archives import FILES, PACKERS, gzipped, tarred, zipped, zstandard
from tests.evidence.files import sus_csv
from tests.factories import Cast, evidence_of
from tests.hypothesis_profile import examples
from tests.operations.test_problems import problem

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
ROOM = 1024**3
Change = Callable[[tarfile.TarInfo], None]


def refusal(content: bytes, folder: Path, name: str = "a.tar") -> ParseError:
    """What unpacking says; nothing may have been written."""
    source = Source.of_bytes(content, name)
    assert is_archive(source)
    with pytest.raises(ParseError) as caught:
        unpack(source, folder, largest=ROOM)
    assert list(folder.iterdir()) == []
    return caught.value


def made(kind: bytes, link: str = "") -> Change:
    def change(member: tarfile.TarInfo) -> None:
        if member.name == "evil":
            member.type, member.linkname = kind, link
            if kind != tarfile.GNUTYPE_SPARSE:
                member.size = 0

    return change


def sparse_by_pax(content: bytes = b"x" * 512) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("evil")
        member.size, member.pax_headers = len(content), {"GNU.sparse.major": "1", "GNU.sparse.realsize": "9999999999"}
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.torture(
    "T09", "../", "absolute", "symlink", "hard link", "device", "sparse", "named member", "nothing outside"
)
@pytest.mark.parametrize(
    ("content", "member"),
    [
        pytest.param(tarred({"a.csv": b"x", "../../evil": b"x"}), "../../evil", id="up"),
        pytest.param(tarred({"a.csv": b"x", "/etc/cron.d/evil": b"x"}), "/etc/cron.d/evil", id="absolute"),
        pytest.param(tarred({"a.csv": b"x", "C:\\evil": b"x"}), "C:\\evil", id="drive"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.SYMTYPE, "/etc/passwd")), "evil", id="symlink"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.LNKTYPE, "a.csv")), "evil", id="hard link"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.CHRTYPE)), "evil", id="character device"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.BLKTYPE)), "evil", id="block device"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.FIFOTYPE)), "evil", id="pipe"),
        pytest.param(tarred({"evil": b"x"}, change=made(tarfile.GNUTYPE_SPARSE)), "evil", id="sparse"),
        pytest.param(sparse_by_pax(), "evil", id="sparse by pax"),
        pytest.param(tarred({"x" * 200 + "/../../evil": b"x"}), "x" * 80, id="up by a long name"),
        pytest.param(
            tarred({"x" * 200 + "/../../evil": b"x"}, dialect=tarfile.PAX_FORMAT), "x" * 80, id="up by a pax name"
        ),
    ],
)
def test_members_that_are_no_plain_files_below_us_are_refused_by_name(
    tmp_path: Path, content: bytes, member: str
) -> None:
    for packed in (content, gzipped(content), zstandard(content)):
        error = refusal(packed, tmp_path)
        assert error.code == "unsafe_archive"
        assert error.where is not None
        assert error.where.file == member
        assert member in error.message.zh


@pytest.mark.torture("T09", "encrypted", "two of one name", "named member")
def test_encrypted_members_and_two_of_one_name_are_refused_by_name(tmp_path: Path) -> None:
    encrypted = bytearray(zipped({"evil": b"x"}))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    repeated = zipped({"evil": b"x", "evi1": b"y"}).replace(b"evi1", b"evil")
    twice = tarred({"evil": b"x"})[:1024] + tarred({"./evil": b"y"})
    for content in (bytes(encrypted), repeated, twice, gzipped(twice)):
        error = refusal(content, tmp_path)
        assert (error.code, error.where and error.where.file) == ("unsafe_archive", "evil")


@pytest.mark.torture("T09", "scratch empty after")
@pytest.mark.usefixtures("quick_parser")
def test_the_scratch_folder_is_empty_after_a_refusal(cast: Cast) -> None:
    content = gzipped(tarred({"a.csv": sus_csv(), "evil": b"x"}, change=made(tarfile.SYMTYPE, "/etc/passwd")))
    archive = evidence_of(cast.centre, cast.olu, content, "a.tar.gz")
    parse(str(archive.job_id))
    archive.refresh_from_db()
    assert (archive.state, archive.problem["code"]) == (EvidenceState.REJECTED, "unsafe_archive")
    assert archive.problem["where"] == {"file": "evil"}
    assert list(store._incoming().iterdir()) == []
    assert Evidence.objects.count() == 1


@pytest.mark.torture("T10", "archive in an archive")
@pytest.mark.parametrize("name", PACKERS)
def test_an_archive_in_an_archive_is_refused_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    for inner, content in (*((pack, make(FILES)) for pack, make in PACKERS.items()), ("a.csv.gz", gzipped(b"x"))):
        assert refusal(PACKERS[name]({"a.csv": b"x", inner: content}), tmp_path, name).code == "unsafe_archive"
        folder = tmp_path / inner.replace(".", "-")
        folder.mkdir()
        with pytest.raises(ParseError) as caught:  # told by its content, for which it had to be written
            unpack(Source.of_bytes(PACKERS[name]({"meter.csv": content}), name), folder, largest=ROOM)
        assert (caught.value.code, caught.value.where and caught.value.where.file) == ("unsafe_archive", "meter.csv")
        for written in folder.iterdir():
            written.unlink()
        folder.rmdir()


def headers(number: int) -> Iterator[bytes]:
    for index in range(number):
        member = tarfile.TarInfo(f"m{index}")
        yield member.tobuf(tarfile.GNU_FORMAT)


def million_in_zip() -> bytes:
    """A directory of a million entries, as zip64 tells it and as the old end record cannot."""
    entry = zipped({"m": b""})
    directory = entry[entry.index(b"PK\x01\x02") : entry.index(b"PK\x05\x06")] * 1_000_000
    start = entry.index(b"PK\x01\x02")
    tail = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), start)
    tail += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), start, 0)
    return entry[:start] + directory + tail + end


@pytest.mark.long
@pytest.mark.torture("T10", "1 000 000 members", "2 s", "without unpacking")
def test_a_million_members_are_refused_unread(tmp_path: Path) -> None:
    first = b"".join(headers(10_001))
    tar = gzipped(first + first[-512:] * 990_000)
    for content, name in ((tar, "a.tar.gz"), (million_in_zip(), "a.zip")):
        began = time.perf_counter()
        assert refusal(content, tmp_path, name).code == "unsafe_archive"
        assert time.perf_counter() - began < 2


@pytest.mark.torture("T10", "headers disagree", "bytes before", "bytes after")
def test_what_two_readers_would_read_differently_is_refused(tmp_path: Path) -> None:
    packed, tar = zipped(FILES), tarred(FILES)
    renamed = bytearray(packed)
    renamed[30] ^= 1
    damaged = bytearray(tar)
    damaged[0] ^= 1
    second = tar[:-1024] + bytes(damaged[:512]) + bytes(1024)
    for content in (bytes(renamed), packed + b"tail", tar + b"tail" + bytes(508), second):
        assert refusal(content, tmp_path).code == "unsafe_archive"
    with pytest.raises(ParseError) as caught:
        unpack(Source.of_bytes(b"PK\x03\x04" + packed, "a.zip"), tmp_path, largest=ROOM)
    assert caught.value.code == "unsafe_archive"
    assert not is_archive(Source.of_bytes(b"head" + tar, "a.tar"))


@pytest.mark.torture("T10", "2 s")
def test_what_a_directory_shows_is_refused_at_the_door(api: Api, cast: Cast, settings: Any) -> None:
    client = api(cast.olu)
    evil = tarred({"a.csv": b"x", "evil": b"x"}, change=made(tarfile.SYMTYPE, "/etc/passwd"))
    for name, content in (("a.zip", million_in_zip()), ("a.zip", zipped({"../evil": b"x"})), ("a.tar", evil)):
        began = time.perf_counter()
        body = problem(upload(client, content, name=name), 422, "unsafe_archive")
        assert time.perf_counter() - began < 2
        assert body["errors"][0]["hint"]["zh"]
    assert not Evidence.objects.exists()
    assert not Blob.objects.exists()


@pytest.mark.torture("T08", "zip", "both sizes", "from the directory")
def test_a_bomb_is_told_by_the_sizes_an_archive_promises(tmp_path: Path) -> None:
    zeros = bytes(100 * 1024**2)
    packed = zipped({"a.csv": zeros})
    said = refusal(packed, tmp_path)
    assert said.code == "expands_too_much"
    assert str(len(zeros)) in said.message.en
    assert str(len(packed)) in said.message.en
    header = tarfile.TarInfo("a.csv")
    header.size = ROOM + 1
    assert refusal(header.tobuf() + bytes(1024), tmp_path).code == "expands_too_much"


@pytest.mark.torture("T08", "gz", "while reading", "both sizes")
def test_a_bomb_that_promises_nothing_is_stopped_while_it_is_read(tmp_path: Path) -> None:
    zeros = bytes(100 * 1024**2)
    for packed in (gzipped(tarred({"a.csv": zeros})), zstandard(tarred({"a.csv": zeros}))):
        said = refusal(packed, tmp_path)
        assert said.code == "expands_too_much"
        assert str(len(packed)) in said.message.en


@pytest.mark.torture("T08", "while reading")
def test_a_member_larger_than_it_promised_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": b"x" * 10_000}))
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<L", content, content.index(signature) + place, 10)
    with pytest.raises(ParseError) as caught:
        unpack(Source.of_bytes(bytes(content), "a.zip"), tmp_path, largest=ROOM)
    assert caught.value.code == "expands_too_much"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10


@pytest.mark.torture("T08", "memory", "worker alive")
def test_a_bomb_takes_no_memory_and_the_next_file_is_read(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.PARSER_MEMORY = 64 * 1024**2
    bomb = evidence_of(cast.centre, cast.olu, gzipped(tarred({"a.csv": bytes(200 * 1024**2)})), "bomb.tar.gz")
    assert run_parser(bomb, folder=tmp_path)["problem"]["code"] == "expands_too_much"
    process = parser_process._SANDBOX._process
    assert process is not None
    folder = tmp_path / "next"
    folder.mkdir()
    assert run_parser(evidence_of(cast.centre, cast.olu, sus_csv()), folder=folder)["format"] == "sus"
    assert parser_process._SANDBOX._process is process


def test_a_damaged_member_is_refused_and_never_taken_for_the_file(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": sus_csv(50)}))
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 16, 0)  # another checksum
    struct.pack_into("<L", content, content.index(b"PK\x03\x04") + 14, 0)
    with pytest.raises(ParseError) as caught:
        unpack(Source.of_bytes(bytes(content), "a.zip"), tmp_path, largest=ROOM)
    assert (caught.value.code, caught.value.where and caught.value.where.file) == ("unsafe_archive", "a.csv")


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    tar = tarred({**FILES, "noise": random.Random(1).randbytes(3_000_000)})  # noqa: S311  (noise)
    for content in (tar[:700], tar[:1000], tar[:1600], gzipped(tar)[:-8], zstandard(tar)[:-8]):
        assert refusal(content, tmp_path).code in ("unsafe_archive", "truncated_gzip", "truncated_zstd")


@settings(max_examples=examples(200, by_night=2000), deadline=None)
@given(
    pack=st.sampled_from(sorted(PACKERS)),
    damage=st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=12)), max_size=4),
    cut=st.integers(0, 3000),
)
def test_damaged_archives_give_members_or_a_refusal(pack: str, damage: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(PACKERS[pack](FILES)[: cut or None])
    for place, put in damage:
        content[place : place + len(put)] = put
    source = Source.of_bytes(bytes(content), pack)
    with tempfile.TemporaryDirectory() as folder, suppress(ParseError):
        if is_archive(source):
            for member in unpack(source, Path(folder), largest=ROOM):
                assert member.path.stat().st_size == member.size


def test_both_dialects_of_tar_are_read(tmp_path: Path) -> None:
    long = "深" * 80 + "/" + "x" * 120 + ".csv"
    for number, dialect in enumerate((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT)):
        files = {**FILES, **({} if dialect == tarfile.USTAR_FORMAT else {long: sus_csv(7)})}
        folder = tmp_path / str(number)
        folder.mkdir()
        found = unpack(Source.of_bytes(tarred(files, dialect=dialect), "a.tar"), folder, largest=ROOM)
        assert {member.name: member.path.read_bytes() for member in found} == files
