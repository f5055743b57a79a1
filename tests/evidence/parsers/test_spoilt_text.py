"""UTF-8 that lost a byte is no GB18030, in which nearly any bytes mean something: it is refused, never garbled."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ParseError
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source

README = Path(__file__).resolve().parents[3] / "README.zh.md"
NAMES = ("电", "电表", "电表01", "主变电表A", "總電表01", "冷却塔", "一号柴发")


def series(meter: str) -> bytes:
    hours = (f"2025-04-{day:02d}T{hour:02d}:00:00+08:00" for day in range(1, 9) for hour in range(24))
    return "".join(["at,meter,value\n", *(f"{at},{meter},{n}.5\n" for n, at in enumerate(hours))]).encode()


def refusal(content: bytes) -> ParseError:
    source = Source.of_bytes(content, "meters.csv", timezone="Asia/Shanghai")
    with pytest.raises(ParseError) as caught:
        read_by(identify(source), source)
    return caught.value


@pytest.mark.torture("T13", "no replacement character")
@pytest.mark.parametrize("meter", NAMES)
def test_a_byte_lost_from_a_name_refuses_the_file_and_is_found(meter: str) -> None:
    content = series(meter)
    name = content.index(meter.encode(), len(content) // 2)
    line = content[:name].count(b"\n") + 1
    for lost in range(name, name + len("".join(sign for sign in meter if not sign.isascii()).encode())):
        told = refusal(content[:lost] + content[lost + 1 :])
        assert (told.code, told.where and told.where.line) == ("unknown_encoding", line)


@pytest.mark.torture("T13", "no replacement character")
@pytest.mark.parametrize("meter", NAMES)
def test_a_file_cut_inside_its_last_character_is_refused(meter: str) -> None:
    content = series("M-IN") + series(meter)
    end = content.rindex(meter[0].encode()) + 2
    assert refusal(content[:end]).code == "unknown_encoding"


def test_a_word_of_gb18030_pasted_into_utf_8_is_refused() -> None:
    content = series("主变电表A")
    middle = content.index(b"\n", len(content) // 2) + 1
    assert refusal(content[:middle] + "合计\n".encode("gb18030") + content[middle:]).code == "unknown_encoding"


def test_text_in_gb18030_is_read_as_that() -> None:
    text = README.read_text(encoding="utf-8")
    assert Source.of_bytes(text.encode("gb18030"), "readme.txt").text_encoding == "gb18030"
    for line in {line for line in text.splitlines() if len(line.encode()) > 2 * len(line)}:
        assert Source.of_bytes(line.encode("gb18030"), "line.txt").text_encoding == "gb18030", line


def test_a_spoilt_file_is_read_as_what_its_uploader_says_it_is() -> None:
    content = series("主变电表A")
    name = content.rindex("表".encode())
    declared = Source.of_bytes(content[:name] + content[name + 1 :], "meters.csv", encoding="gb18030")
    assert declared.text_encoding == "gb18030"
