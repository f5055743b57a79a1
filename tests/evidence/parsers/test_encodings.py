"""Text is decoded loudly: what was read can be written back to the same bytes, and nothing is replaced."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.big5 import is_big5
from evidence.parsers.registry import identify
from evidence.parsers.text.compressed import GZIP_MAGIC
from evidence.parsers.text.source import CHUNK, Source, _with_line_feeds
from tests.evidence.parsers.properties import quickly

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\ufeff\ufffd"), min_size=1, max_size=60)


def decoded(content: bytes) -> str:
    source = Source.of_bytes(content, "table.csv")
    return "".join(block for _, block in source.text_blocks())


def encoded_again(content: bytes, text: str) -> bytes:
    """In the encoding the source decided for, with the mark the file had."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode(Source.of_bytes(content, "table.csv").text_encoding)


@pytest.mark.torture("T13", "re-encodes to the same bytes", "no replacement character")
@quickly
@given(
    TEXT.filter(lambda text: text[0] != "\x00"), st.sampled_from(["utf-8", "gb18030", *(mark.hex() for mark in MARKS)])
)
def test_text_goes_back_to_the_same_bytes(text: str, written: str) -> None:
    mark = bytes.fromhex(written) if written not in ("utf-8", "gb18030") else b""
    content = mark + text.encode(MARKS.get(mark, written))
    assume(written != "gb18030" or not is_big5([content]))  # of characters nobody writes
    read = decoded(content)
    assert encoded_again(content, read) == content
    assert "\ufffd" not in read


@pytest.mark.torture("T13", "re-encodes to the same bytes", "no replacement character")
@quickly
@given(st.binary(max_size=60).filter(lambda content: b"\r" not in content and not content.startswith(GZIP_MAGIC)))
def test_any_bytes_go_back_to_themselves_or_are_asked_about(content: bytes) -> None:
    try:
        read = decoded(content)
    except ParseError as error:
        codes = {error.code}
    else:
        codes = set()
        assert encoded_again(content, read) == content
    assert codes <= {"unknown_encoding"}


@pytest.mark.torture("T13", "undecidable")
@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize(("heading", "row"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_a_file_in_two_encodings_is_refused(heading: str, row: str, rows: int) -> None:
    content = "时间,电表,电量(kWh)\n".encode(heading) + "2025-04-01T00:00:00+08:00,总表,1\n".encode(row) * rows
    with pytest.raises(ParseError) as caught:
        decoded(content)
    assert caught.value.code == "unknown_encoding"


@pytest.mark.torture("T13", "UTF-32")
@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("declared", [None, "meter_series"])
def test_utf_32_is_refused_with_the_way_out(encoding: str, declared: str | None) -> None:
    content = "\ufeffat,meter,value\n2025-04-01T00:00:00Z,M1,1\n".encode(encoding)
    source = Source.of_bytes(content, "meter.csv")
    with pytest.raises(ParseError) as caught:
        identify(source, declared=declared).parse(source)
    assert caught.value.code == "unknown_encoding"
    assert "UTF-32" in caught.value.message.en


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1])
@pytest.mark.parametrize("ends", [b"\r\n", b"\r", b"\r\r\n", b"\n\r"])
def test_a_line_end_across_two_reads_is_the_same_line_end(size: int, ends: bytes) -> None:
    content = b"a" * (size - 3) + ends + b"b" + ends
    source = Source.of_bytes(content, "table.csv")
    read = b"".join(block for _, block, _ in source.utf8_blocks())
    assert read == content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def test_a_long_run_of_carriage_returns_is_read_by_the_megabyte() -> None:
    stream = Counted(b"a" * CHUNK + b"\r" * CHUNK + b"b")
    assert b"".join(_with_line_feeds(stream)) == b"a" * CHUNK + b"\n" * CHUNK + b"b"
    assert stream.reads == 4  # the last one finds nothing


class Counted(io.BytesIO):
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


TRADITIONAL = (
    "時間,電表,讀數\n2025-04-01 00:00,總電表,1000\n",
    "編號,服務,開始時間,原因\n1,運算,2025-04-01T00:00Z,網路交換器故障\n2,機房,2025-05-01T00:00Z,冷氣機停機\n",
    "at,meter,value\n2025-04-01T00:00:00Z,臺北一號總電表,1\n",
    "本中心位於臺北市，主要提供人工智慧訓練與推論服務，設備包含伺服器、交換器與冷卻設備。\n",
)
SIMPLIFIED = (
    "时间,电表,读数\n2025-04-01 00:00,总电表,1000\n",
    "编号,服务,开始时间,原因\n1,算力,2025-04-01T00:00Z,网络交换机故障\n2,机房,2025-05-01T00:00Z,空调停机\n",
    "月份,电表,电量\n", "节点,告警,状态\n", "┌──┬──┐\n│①│②│\n└──┴──┘\n", "鑫,赟,燚,喆\n",
)  # fmt: skip


@pytest.mark.torture("T13", "undecidable")
@pytest.mark.parametrize("text", TRADITIONAL)
def test_big5_that_nobody_declared_is_told_and_never_read_as_other_characters(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        decoded(text.encode("big5"))
    assert caught.value.code == "unknown_encoding"
    assert "Big5" in caught.value.told.zh
    source = Source.of_bytes(text.encode("big5"), "notes.txt")
    with pytest.raises(ParseError) as refused:
        identify(source).parse(source)
    assert refused.value.code == "unknown_encoding"
    declared = Source.of_bytes(text.encode("big5"), "table.csv", encoding="big5")
    assert "".join(block for _, block in declared.text_blocks()) == text


@pytest.mark.parametrize("text", SIMPLIFIED)
def test_text_in_gb18030_is_never_taken_for_big5(text: str) -> None:
    assert decoded(text.encode("gb18030")) == text
    assert decoded((text * 500).encode("gb18030")) == text * 500


@pytest.mark.parametrize("empty", ["——", "·", "—"])
def test_a_table_whose_empty_cells_are_dashes_is_not_taken_for_big5(empty: str) -> None:
    text = "时间,电表,电量,备注\n" + f"{empty},{empty},{empty},{empty}\n" * 28
    assert decoded(text.encode("gb18030")) == text


COMMON = [bytes((first, second)).decode("gb2312") for first in range(0xB0, 0xD7) for second in range(0xA1, 0xFF)]


@quickly
@given(st.lists(st.sampled_from(COMMON), min_size=1, max_size=40), st.integers(1, 3))
def test_no_common_characters_of_gb18030_are_taken_for_big5(signs: list[str], columns: int) -> None:
    text = "\n".join(",".join(signs) for _ in range(columns))
    assert not is_big5([text.encode("gb18030")])
