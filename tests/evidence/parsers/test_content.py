"""What a file is, decided by its bytes: mismatches, protected and old files, empty ones, and one parser per file."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from core.errors import ParseError
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.workbooks import workbook, workbook_of

Pack = Callable[[bytes], bytes]
zstd: Pack = partial(pa.compress, codec="zstd", asbytes=True)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK = workbook([["month", "meter", "energy_kwh"], ["2025-04", "M1", 5]])


def refusal(content: bytes, name: str, *, declared: str | None = None) -> ParseError:
    with pytest.raises(ParseError) as caught:
        identify(Source.of_bytes(content, name), declared=declared)
    return caught.value


@pytest.mark.torture("T01", "empty file", "byte-order mark")
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\n"])
def test_a_file_of_nothing_is_empty(content: bytes) -> None:
    assert refusal(content, "a.csv").code == "empty_file"


@pytest.mark.torture("T01", "header row")
@pytest.mark.parametrize("content", [b"at,meter,value\n", b"some;other;header\r\n", "\ufeff甲\t乙\t丙".encode()])
def test_a_header_alone_has_no_rows(content: bytes) -> None:
    assert refusal(content, "a.csv").code == "no_rows"


@pytest.mark.torture("T02", "PDF called xlsx", "HTML called csv", "names both")
@pytest.mark.parametrize(
    ("content", "name", "expected", "found"),
    [
        (b"%PDF-1.7\n", "bill.xlsx", "workbook", "PDF"),
        (b"%PDF-1.7\n", "meter.csv", "csv", "PDF"),
        (b"<!DOCTYPE html><html></html>", "meter.csv", "csv", "web page"),
        (b"  <html lang='zh'>", "log.txt", "txt", "web page"),
        (b"\x89PNG\r\n\x1a\n....", "sacct.json", "json", "PNG"),
        (BOOK, "meter.csv", "csv", "ZIP"),
        (b"at,meter,value\n1,2,3\n", "meter.xlsx", "workbook", "plain text"),
        (b"at,meter,value\n1,2,3\n", "bill.pdf", "PDF", "plain text"),
    ],
)
def test_a_name_that_belies_the_content_is_refused_naming_both(
    content: bytes, name: str, expected: str, found: str
) -> None:
    error = refusal(content, name)
    assert error.code == "content_mismatch"
    assert expected in error.message.en
    assert found in error.message.en
    assert refusal(content, name, declared="meter_series").code == "content_mismatch"


@pytest.mark.torture("T22", "protected workbook", "protected PDF", "old xls", "macros", "way out")
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "energy.xlsx", "protected_file"),
        (OLE + bytes(600), "energy.xls", "unsupported_format"),
        (BOOK, "energy.xlsm", "macros_not_accepted"),
        (BOOK, "energy.ods", "unsupported_format"),
        (b"%PDF-1.7\n1 0 obj <</Encrypt 2 0 R>>", "bill.pdf", "protected_file"),
    ],
)
def test_protected_old_and_macro_files_are_refused_with_the_way_out(content: bytes, name: str, code: str) -> None:
    error = refusal(content, name)
    assert error.code == code
    assert error.hint is not None


@pytest.mark.torture("T10")
def test_a_workbook_inside_a_gzip_file_is_refused() -> None:
    assert refusal(gzip.compress(BOOK), "energy.xlsx.gz").code == "unsafe_archive"


@pytest.mark.torture("T19", "truncated gz")
@pytest.mark.torture("T10", "archive in an archive")
@pytest.mark.parametrize("name", ["meter.csv.gz", "meter.csv", "meter"])
@pytest.mark.parametrize("outer", [gzip.compress, zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("inner", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_compressed_file_inside_another_is_refused(inner: Pack, outer: Pack, name: str) -> None:
    assert refusal(outer(inner(b"at,meter,value\n2025-04-01T00:00:00Z,M,1\n")), name).code == "unsafe_archive"


def test_half_a_gzip_file_is_refused() -> None:
    assert refusal(gzip.compress(b"at,meter,value\n" * 50)[:-12], "meter.csv.gz").code == "truncated_gzip"


def test_content_decides_where_the_name_says_nothing() -> None:
    assert identify(Source.of_bytes(BOOK, "能耗（终版）")).format == "energy_workbook"


@pytest.mark.slow
@pytest.mark.torture("T08", "gz", "while reading")
def test_a_gzip_file_that_never_ends_is_stopped_while_it_is_read() -> None:
    bomb = gzip.compress(b"at,meter,value\n" + b"2025-04-01T00:00:00Z,M,1\n" * 6_000_000)
    source = Source.of_bytes(bomb, "meter.csv.gz")
    parser = identify(source)
    with pytest.raises(ParseError) as caught:
        parser.parse(source)
    assert caught.value.code == "expands_too_much"


@pytest.mark.torture("T02", "valid as two types", "names both")
def test_a_file_that_is_two_types_at_once_is_none_of_them() -> None:
    assert refusal(b"%PDF-1.7\n" + BOOK, "energy.xlsx").code == "content_mismatch"
    assert refusal(b"PK\x03\x04" + b"%PDF-1.7\n", "bill.pdf").code == "content_mismatch"
    both = workbook_of(
        {
            "工单": [["工单号", "优先级", "提交时间", "解决时间"], ["T1", "P1", "2025-04-01T00:00:00Z", None]],
            "事件": [["编号", "服务", "开始时间", "结束时间"], ["I1", "计算", "2025-04-01T00:00:00Z", None]],
        }
    )
    error = refusal(both, "both.xlsx")
    assert error.code == "ambiguous_format"
    assert all(name in error.message.en for name in ("incidents", "tickets"))


@pytest.mark.torture("T02", "one function")
def test_only_one_function_asks_parsers_whether_a_file_is_theirs() -> None:
    """Doors, sandbox and command line call `identify`; a second way to decide would one day decide otherwise."""
    root = Path(__file__).parents[3]
    asking = {
        str(path.relative_to(root))
        for package in ("assessment", "centres", "evidence", "indicators", "operations", "zhiheng")
        for path in (root / package).rglob("*.py")
        if ".recognises(" in path.read_text(encoding="utf-8")
    }
    assert asking == {"evidence/parsers/registry.py"}


def test_a_log_of_one_iteration_is_no_header() -> None:
    line = b" iteration 4/ 4 | consumed samples: 8 | elapsed time per iteration (ms): 5.0 | global batch size: 2 |\n"
    assert identify(Source.of_bytes(line, "train.log")).format == "megatron"
