"""YAML from outside: numbers keep their digits, and nothing clever gets in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ParseError
from core.yaml_document import YamlDocument
from evidence.parsers.documents.yaml_documents import LARGEST_DOCUMENT, read_document
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import damaged, quickly

CARD = b'contract: 1\nmodel: {name: "X", params: 1.60}\nitems:\n  - a\n  - b: [1, 2]\nnote: |\n  two\n  lines\n'


def document(text: str | bytes) -> YamlDocument:
    return read_document(Source.of_bytes(text.encode() if isinstance(text, str) else text, "card.yaml"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.60", Decimal("1.60")),
        ("2026.10", Decimal("2026.10")),
        ("175e9", Decimal("175e9")),
        ("-3", -3),
        ("0", 0),
        ('"010"', "010"),
        ("'1.5'", "1.5"),
        ("2026-03-31", "2026-03-31"),
        ("yes", "yes"),
        ("no", "no"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("12:30:00", "12:30:00"),
        ("千卡", "千卡"),
    ],
)
def test_a_scalar_is_read_as_it_is_written(written: str, read: object) -> None:
    value = document(f"value: {written}").content["value"]
    assert value == read
    assert type(value) is type(read)
    assert str(value) == str(read)


@pytest.mark.parametrize("written", ["010", "0x1F", "0o17", "1_000", ".5", "5.", ".inf", "-.INF", ".nan", "1" * 41])
def test_a_scalar_with_two_readings_is_refused(written: str) -> None:
    with pytest.raises(ParseError) as refusal:
        document(f"value: {written}")
    assert refusal.value.code == "doubtful_scalar"


@pytest.mark.torture("T23")
@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        ("a: 1\nb: !!python/object/apply:os.system [ls]", "forbidden_yaml", 2),
        ("a: !mine 1", "forbidden_yaml", 1),
        ("a: &x [1]\nb: *x", "forbidden_yaml", 1),
        ("a: " + "[" * 1000 + "]" * 1000, "forbidden_yaml", 1),
        ("a:\n\t- b", "bad_yaml", 2),
        ("a: 1\n---\nb: 2", "bad_yaml", 2),
        ("<<: {a: 1}", "bad_yaml", 1),
        ("? [a]\n: 1", "bad_yaml", 1),
        ("- a", "bad_yaml", 1),
        ("just words", "bad_yaml", 1),
        ("a: [1", "bad_yaml", 1),
    ],
)
def test_magic_is_refused_with_its_line(written: str, code: str, line: int) -> None:
    with pytest.raises(ParseError) as refusal:
        document(written)
    assert refusal.value.code == code
    assert refusal.value.where is not None
    assert refusal.value.where.line == line


@pytest.mark.torture("T24")
def test_a_key_twice_names_both_lines() -> None:
    with pytest.raises(ParseError, match="line 2 and again in line 4"):
        document("m:\n  weight: 0.4\n  other: 1\n  weight: 0.6")


def test_values_know_their_lines() -> None:
    read = document(CARD)
    assert read.where("model", "params").line == 2
    assert read.where("items", 1, "b", 0).line == 5
    assert read.where("items", 7).line == 3
    assert read.where("absent").line == 1


def test_encodings_and_line_ends_change_nothing() -> None:
    for dressed in (CARD.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + CARD, CARD.decode().encode("utf-16")):
        assert document(dressed).content == document(CARD).content
    assert document("名称: 智衡".encode("gb18030")).content == {"名称": "智衡"}


def test_a_document_over_one_mebibyte_is_refused() -> None:
    with pytest.raises(ParseError) as refusal:
        document(b"a: " + b"x" * LARGEST_DOCUMENT)
    assert refusal.value.code == "too_large"


def plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(plain(item) for item in value)
    return value is None or isinstance(value, str | int | Decimal)


@quickly
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(str.encode),
        damaged(CARD),
    )
)
def test_any_bytes_give_plain_values_or_a_refusal(content: bytes) -> None:
    try:
        read = document(content)
    except ParseError:
        return
    assert plain(read.content)


def test_half_a_character_is_no_text() -> None:
    with pytest.raises(ParseError, match="not text"):
        document('a: 1\nb: "\\ud800"')


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("a:\n\tb: 1\n", 2, "制表符"),
        ("a: 1\nb\nc: 2\n", 3, "缺少冒号"),
        ("a: 1\n  b: 2\n", 2, "缩进有误"),
        ("a: [1, 2\n", 1, "没有收尾"),
        ("a: @b\n", 1, "放入引号"),
        ('a: "\\q"\n', 1, "语法错误"),
    ],
)
def test_a_slip_of_syntax_is_told_in_chinese_alone(text: str, line: int, cause: str) -> None:
    with pytest.raises(ParseError) as refusal:
        document(text)
    said = refusal.value.message.zh.removeprefix("YAML")
    assert cause in said
    assert f"第 {line} 行" in said
    assert not any(letter.isascii() and letter.isalpha() for letter in said)
