"""An edition as a zip archive: whatever the bytes are, they become files or a refusal with words."""

from __future__ import annotations

import contextlib
import io
import resource
import stat
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RubricError
from indicators.rubric.files import edition_of_files, files_of_archive
from tests.indicators.rubric.tiny import RUBRIC

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def archive(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, text in members:
            made.writestr(name, text)
    return content.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(RubricError) as refused:
        edition_of_files(files_of_archive(content))
    assert refused.value.message.zh
    return refused.value.code


def linked() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("rubric.yaml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.torture("T09")
def test_links_repeated_names_and_paths_that_lead_outside_are_refused() -> None:
    assert refusal(archive((linked(), b"/etc/passwd"))) == "archive_entry"
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive(("rubric.yaml", b"a: 1"), ("rubric.yaml", b"a: 2"))
    assert refusal(twice) == "archive_entry"
    for name in ("../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "a\\x.yaml", "C:/x.yaml", "./x.yaml", ".", "-x.yaml"):
        assert refusal(archive(("rubric.yaml", b"a: 1"), (name, b"x"))) == "unknown_file", name


@pytest.mark.torture("T09")
def test_a_member_named_after_the_folder_itself_is_no_file_of_a_rubric() -> None:
    assert refusal(archive((".", b"x"))) == "unknown_file"


@pytest.mark.torture("T08")
def test_members_packed_in_ways_whose_headers_may_ask_for_gigabytes_are_refused() -> None:
    for method in METHODS[2:]:
        assert refusal(archive(("rubric.yaml", b"a: 1\n" * 50), method=method)) == "archive_entry"


@pytest.mark.torture("T08")
def test_a_bomb_is_refused_after_its_first_mebibyte() -> None:
    bomb = archive(("rubric.yaml", b"#" * 64 * 1024 * 1024))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(bomb) == "edition_too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


@pytest.mark.torture("T23", "2 s")
@pytest.mark.parametrize("text", [b"- 1\n" * 200_000, b"a: [" + b"1," * 400_000, b"k: {" + b"a: {}, " * 100_000])
def test_more_values_than_any_rubric_has_are_refused_before_they_are_read(text: bytes) -> None:
    started = time.process_time()
    assert refusal(archive(("rubric.yaml", text))) == "edition_too_large"
    assert time.process_time() - started < 1


@pytest.mark.torture("T10")
@given(st.sampled_from(METHODS), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5))
def test_a_damaged_archive_gives_files_or_a_refusal(method: int, damage: list[tuple[int, int]]) -> None:
    content = bytearray(archive(("t/rubric.yaml", b"a: 1\n" * 20), ("t/b.yaml", b"b: 2\n" * 20), method=method))
    for place, byte in damage:
        content[place % len(content)] = byte
    with contextlib.suppress(RubricError):
        files_of_archive(bytes(content))


@pytest.mark.torture("T10")
def test_a_file_without_a_name_is_refused() -> None:
    named = archive(("rubric.yaml", b"a: 1\n"), ("qq", b"b: 2\n"))
    assert refusal(named.replace(b"qq", b"\0q")) == "archive_entry"


@pytest.mark.torture("T28", "changed content")
@pytest.mark.parametrize("seal", [b"", b"final", b"\xff\xfe\x00", b"9" * 1_000_000])
def test_a_seal_that_is_no_digest_is_refused_like_a_wrong_one(seal: bytes) -> None:
    assert refusal(archive(("rubric.yaml", RUBRIC.encode()), ("EDITION", seal))) == "edition_is_final"
