"""A log is known by what stands in it, whatever it was handed in as."""

from __future__ import annotations

import codecs
import gzip

import pyarrow as pa
import pytest

from core.provenance import digest
from evidence.parsers.content_digests import content_digests
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import CHUNK, Source
from tests.golden import FOLDER

LOG = "训练开始\n第 1 步 loss 2.5\r重写\n第 2 步\n" * 3
AS_WRITTEN = LOG.encode()


def digests(content: bytes) -> list[str]:
    return content_digests(Source.of_bytes(content, "train.log"))


def test_a_log_as_it_was_written_has_no_other_digest() -> None:
    assert digests(AS_WRITTEN) == []


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(AS_WRITTEN),
        pa.compress(AS_WRITTEN, codec="zstd", asbytes=True),
        codecs.BOM_UTF8 + AS_WRITTEN,
        AS_WRITTEN.replace(b"\n", b"\r\n"),
        LOG.encode("utf-16"),
        codecs.BOM_UTF16_BE + LOG.encode("utf-16-be"),
        LOG.replace("\n", "\r\n").encode("utf-16"),
        LOG.encode("gb18030"),
        gzip.compress(LOG.replace("\n", "\r\n").encode("gb18030")),
    ],
    ids=["gzip", "zstd", "mark", "crlf", "utf-16", "big-endian", "utf-16 crlf", "gb18030", "gzip gb18030 crlf"],
)
def test_a_log_handed_in_otherwise_keeps_the_digest_it_was_written_with(content: bytes) -> None:
    assert digest(AS_WRITTEN) in digests(content)


def test_a_log_written_otherwise_and_compressed_is_known_by_both_digests() -> None:
    windows = LOG.replace("\n", "\r\n").encode("utf-16")
    assert digests(gzip.compress(windows)) == [digest(windows), digest(AS_WRITTEN)]


def test_lines_that_end_differently_are_left_as_they_are_when_the_first_ends_with_lf() -> None:
    mixed = b"a\nb\r\nc\n"
    assert digests(mixed) == []
    assert digests(gzip.compress(mixed)) == [digest(mixed)]
    assert digests(mixed.decode().encode("utf-16")) == [digest(mixed)]


def test_a_line_end_across_two_chunks_is_one() -> None:
    content = b"a\r\n" + b"x" * (CHUNK - 4) + b"\r\nend"
    assert digests(content) == [digest(content.replace(b"\r\n", b"\n"))]


def test_a_log_with_a_broken_character_is_taken_byte_for_byte() -> None:
    broken = b"a\n\xff\xff b\n"
    assert digests(broken) == []
    assert digests(broken.replace(b"\n", b"\r\n")) == [digest(broken)]


@pytest.mark.parametrize(("case", "carries"), [("megatron/interval_of_ten.log", True), ("tickets/quarter.csv", False)])
def test_only_files_that_a_run_card_may_name_carry_them(case: str, carries: bool) -> None:
    source = Source.of_bytes(gzip.compress((FOLDER / case).read_bytes()), case, timezone="Asia/Shanghai")
    tables = read_by(identify(source), source).tables
    assert ("content_digests" in tables) is carries
