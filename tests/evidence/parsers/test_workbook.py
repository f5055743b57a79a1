"""Workbooks and archives that must not be opened: bombs, forbidden XML, macros, unsafe members."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from core.errors import ParseError
from evidence.parsers.text.archive import MemberStream, read_directory
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import read_workbook
from tests.evidence.parsers.workbooks import member, repacked, workbook

GOOD = workbook([["month", "meter", "energy_kwh"], ["2025-04", "M1", 5]])
SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        read_workbook(Source.of_bytes(content, "a.xlsx"))
    return caught.value


def zipped(*members: tuple[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            if change is not None:
                change(info)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_values_numbers_and_merged_cells_are_read() -> None:
    book = read_workbook(Source.of_bytes(GOOD, "a.xlsx"))
    assert [sheet.name for sheet in book.sheets] == ["能耗"]
    assert book.sheets[0].value(1, 1) == "M1"


@pytest.mark.slow
@pytest.mark.torture("T08", "xlsx", "from the directory")
def test_a_bomb_is_told_from_its_directory() -> None:
    error = refusal(repacked(GOOD, add={"xl/media/zeros.bin": bytes(300 * 1024 * 1024)}))
    assert error.code == "expands_too_much"


@pytest.mark.torture("T08", "while reading")
def test_a_member_that_inflates_beyond_its_promise_is_cut_off() -> None:
    content = bytearray(zipped(("xl/workbook.xml", b"<a>" + b" " * 100_000 + b"</a>")))
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<L", content, content.index(signature) + place, 10)
    assert refusal(bytes(content)).code == "expands_too_much"


@pytest.mark.torture("T09")
@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/passwd", "C:\\x.xml", "a/../../b.xml", "..\\x"])
def test_a_path_that_leads_outside_is_refused(name: str) -> None:
    error = refusal(zipped((name, b"x"), ("xl/workbook.xml", b"<a/>")))
    assert error.code == "unsafe_archive"


@pytest.mark.torture("T09")
def test_links_encryption_and_equal_names_are_refused() -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, 0o120777 << 16

    assert refusal(zipped(("link", b"/etc/passwd"), change=link)).code == "unsafe_archive"
    encrypted = bytearray(zipped(("a.xml", b"x")))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(encrypted)).code == "unsafe_archive"
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("a.xml", b"x"), ("a.xml", b"y"))
    assert refusal(twice).code == "unsafe_archive"


@pytest.mark.torture("T10")
def test_an_archive_in_an_archive_and_bytes_around_one_are_refused() -> None:
    assert refusal(repacked(GOOD, add={"xl/embeddings/inner.xlsx": GOOD})).code == "unsafe_archive"
    assert refusal(GOOD + b"tail").code == "unsafe_archive"
    assert refusal(b"head" + GOOD).code == "unsafe_archive"


@pytest.mark.slow
@pytest.mark.torture("T10")
def test_too_many_members_and_overlaps_are_refused_unread() -> None:
    assert refusal(zipped(*((f"m{number}", b"") for number in range(10_001)))).code == "unsafe_archive"
    overlapping = bytearray(zipped(("a.xml", b"x" * 50), ("a.xmm", b"x" * 50)))
    second = overlapping.rindex(b"PK\x01\x02")
    struct.pack_into("<L", overlapping, second + 42, 0)
    overlapping[second + 46 : second + 51] = b"a.xml"
    assert refusal(bytes(overlapping)).code == "unsafe_archive"


@pytest.mark.torture("T10")
def test_a_local_header_that_disagrees_with_the_directory_is_refused() -> None:
    content = bytearray(zipped(("xl/workbook.xml", b"<a/>")))
    content[30] ^= 1
    assert refusal(bytes(content)).code == "unsafe_archive"


@pytest.mark.torture("T11", "document type", "entity expansion", "external entity")
@pytest.mark.parametrize(
    "prefix",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_document_types_and_entities_are_refused(prefix: bytes) -> None:
    sheet = member(GOOD, SHEET)
    assert refusal(repacked(GOOD, replace={SHEET: prefix + sheet})).code == "forbidden_xml"


@pytest.mark.torture("T11", "XInclude")
def test_an_inclusion_is_refused() -> None:
    sheet = b'<worksheet xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></worksheet>'
    assert refusal(repacked(GOOD, replace={SHEET: sheet})).code == "forbidden_xml"


@pytest.mark.torture("T12", "link to another workbook")
def test_a_link_to_another_workbook_is_noticed() -> None:
    linked = repacked(GOOD, add={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    assert read_workbook(Source.of_bytes(linked, "a.xlsx")).external_links


@pytest.mark.torture("T22", "macros", "way out")
def test_macros_are_refused_with_the_way_out() -> None:
    error = refusal(repacked(GOOD, add={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    assert error.code == "macros_not_accepted"
    assert error.hint is not None


def test_one_far_away_cell_does_not_fill_the_memory() -> None:
    sheet = member(GOOD, SHEET).replace(b'r="A1"', b'r="XFD1048576"')
    assert refusal(repacked(GOOD, replace={SHEET: sheet})).code == "too_many_cells"


@pytest.mark.parametrize("reference", [b"ZZZZZZ9", b"A99999999", b"9A", b"a-1"])
def test_a_cell_that_stands_nowhere_does_not_reach_the_reading_library(reference: bytes) -> None:
    """It would lay out a table as wide as the reference says, and end the process."""
    sheet = member(GOOD, SHEET).replace(b'r="A1"', b'r="' + reference + b'"')
    assert refusal(repacked(GOOD, replace={SHEET: sheet})).code == "damaged_workbook"


def test_a_document_that_is_no_workbook_is_unsupported() -> None:
    assert refusal(zipped(("word/document.xml", b"<a/>"))).code == "unsupported_format"


def test_a_member_is_streamed_in_pieces() -> None:
    content = zipped(("a.txt", b"0123456789" * 1000))
    stream = io.BytesIO(content)
    entry = read_directory(stream, len(content), largest=100_000)["a.txt"]
    assert MemberStream(stream, entry).readall() == b"0123456789" * 1000
