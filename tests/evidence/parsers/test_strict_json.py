"""Both readers of JSON evidence refuse the same things."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.documents.json_documents import read_json_object
from evidence.parsers.text.source import Source

READERS: dict[str, Callable[[str], Any]] = {
    "object": lambda value: read_json_object(Source.of_bytes(f'{{"a": {value}}}'.encode(), "a.json"))["a"],
    "array": lambda value: read_array(Source.of_bytes(f"[{value}]".encode(), "a.json"), None).elements[0].value,
}


@pytest.fixture(params=sorted(READERS))
def reader(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    return READERS[request.param]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (r'"\ud800"', "bad_json"),
        (r'"\udc00\ud800"', "bad_json"),
        ("NaN", "bad_json"),
        ("1" * 41, "bad_json"),
        ("1e400", "bad_json"),
        ("1e" + "9" * 30, "bad_json"),
        ("[" * 100_000, "too_deep"),
        ("[" * 40, "too_deep"),
        ('{"b": 1, "b": 1}', "repeated_key"),
    ],
)
def test_what_cannot_be_kept_is_refused(reader: Callable[[str], Any], value: str, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        reader(value)
    assert caught.value.code == code


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_the_limit_of_nesting_counts_every_bracket_and_its_refusal_names_limit_and_line(
    reader: Callable[[str], Any],
) -> None:
    assert reader(nested(31))  # with the object or array around it 32
    with pytest.raises(ParseError) as caught:
        reader(f"\n\n{nested(32)}")
    assert (caught.value.code, str(caught.value.where)) == ("too_deep", "3")
    assert "32 层" in caught.value.message.zh
    assert "32 levels" in caught.value.message.en


def test_nesting_beside_an_array_counts_as_well() -> None:
    content = f'{{"jobs": [1, {nested(30)}],\n"meta": {nested(31)}}}'
    assert read_array(Source.of_bytes(content.encode(), "a.json"), "jobs").beside["meta"]
    for deep in (content.replace(nested(30), nested(31)), content.replace(nested(31), nested(32))):
        with pytest.raises(ParseError) as caught:
            read_array(Source.of_bytes(deep.encode(), "a.json"), "jobs")
        assert caught.value.code == "too_deep"


def test_brackets_inside_text_are_no_nesting(reader: Callable[[str], Any]) -> None:
    assert reader('"' + "[" * 100 + '\\""') == "[" * 100 + '"'


@pytest.mark.parametrize(
    ("value", "read"),
    [("0.10", Decimal("0.10")), ("7", 7), (r'"\ud83d\ude00"', "😀"), (r'"\\ud800"', r"\ud800"), ('"衡"', "衡")],
)
def test_digits_and_characters_are_kept(reader: Callable[[str], Any], value: str, read: Any) -> None:
    found = reader(value)
    assert found == read
    assert str(found) == str(read)
