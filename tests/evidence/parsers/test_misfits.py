"""Characters that do not fit the encoding of their file are told with their place, and nothing is guessed."""

from __future__ import annotations

import pytest

from core.errors import ParseError
from core.provenance import Where
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.misfits import first_misfit
from evidence.parsers.text.source import CHUNK, Source
from tests.evidence.files import sus_csv

TABLE = sus_csv().decode()
FIRST, _, REST = TABLE.partition("\n")
MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def refusal(content: bytes) -> ParseError:
    source = Source.of_bytes(content, "table.csv")
    with pytest.raises(ParseError) as refused:
        read_by(identify(source), source)
    return refused.value


def with_half_a_pair(encoding: str, before: str, after: str) -> bytes:
    half = "\ud800".encode(encoding, "surrogatepass")
    return MARKS[encoding] + before.encode(encoding) + half + after.encode(encoding)


@pytest.mark.torture("T13", "UTF-16", "undecidable")
@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", TABLE), (FIRST[:10], FIRST[10:] + "\n" + REST), (FIRST + "\n", REST), (TABLE, "")],
    ids=["first", "in the header", "after it", "last"],
)
def test_half_a_surrogate_pair_is_told_with_its_line_and_byte(encoding: str, before: str, after: str) -> None:
    refused = refusal(with_half_a_pair(encoding, before, after))
    assert refused.code == "unknown_encoding"
    assert refused.where == Where(line=before.count("\n") + 1, byte=2 + 2 * len(before))


@pytest.mark.torture("T13")
def test_a_misfit_far_behind_the_head_is_found_as_well() -> None:
    before = FIRST + "\n" + "r9,4,2,4,2,4,2,4,2,4,2,user,2026-01-01\n" * (CHUNK // 40)
    refused = refusal(with_half_a_pair("utf-16-le", before, REST))
    assert refused.where == Where(line=before.count("\n") + 1, byte=2 + 2 * len(before))


@pytest.mark.torture("T13")
def test_a_file_cut_inside_a_character_says_where_it_ends() -> None:
    content = TABLE.encode("utf-16")
    assert refusal(content + b"r").where == Where(line=TABLE.count("\n") + 1, byte=len(content))


@pytest.mark.torture("T13")
@pytest.mark.parametrize("encoding", MARKS)
def test_utf16_without_its_mark_is_asked_to_be_saved_anew(encoding: str) -> None:
    refused = refusal(TABLE.encode(encoding))
    assert (refused.code, refused.where) == ("unknown_encoding", Where(byte=0))
    assert "UTF-8" in refused.hint.zh


def test_bytes_that_are_no_text_are_still_an_unknown_format() -> None:
    assert refusal(bytes(range(256)) * 40).code == "unknown_format"
    assert refusal(b"hello\n" * 40).code == "unknown_format"


@pytest.mark.parametrize("content", [TABLE.encode("utf-16"), TABLE.encode("utf-8-sig"), TABLE.encode()])
def test_what_fits_has_no_misfit(content: bytes) -> None:
    assert first_misfit(Source.of_bytes(content, "table.csv")) is None
