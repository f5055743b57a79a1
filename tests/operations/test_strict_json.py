from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest

from core.errors import InputError
from operations.http.parser import strict_json

DEEP = 100_000


def refusal(content: bytes | str) -> InputError:
    with pytest.raises(InputError) as caught:
        strict_json(content.encode() if isinstance(content, str) else content)
    return caught.value


def test_numbers_with_a_point_are_decimals_and_whole_ones_integers() -> None:
    assert strict_json(b'{"a": 1.10, "b": 3}') == {"a": Decimal("1.10"), "b": 3}


@pytest.mark.torture("T29", "1000 deep")
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_a_deep_body_is_refused_before_it_is_parsed(opening: str) -> None:
    error = refusal(opening * DEEP)
    assert error.code == "too_deep"
    assert "32" in error.message.zh
    assert error.where is not None
    assert error.where.as_json()["byte"] > 0


def test_the_place_of_a_deep_body_counts_bytes_and_lines() -> None:
    error = refusal('{"衡":\n' + "[" * 32)
    assert str(error.where) == "2:39"  # 8 bytes, then the 32nd bracket inside the object


def test_brackets_inside_text_do_not_count_as_depth() -> None:
    content = '{"a": "' + "[" * 100 + '\\"' + "{" * 100 + '"}'
    assert strict_json(content.encode())["a"].startswith("[[[")


@pytest.mark.torture("T29", "a key twice")
def test_a_key_twice_is_named() -> None:
    error = refusal('{"x": 1, "y": {"weight": 1, "weight": 2}}')
    assert error.code == "duplicate_key"
    assert error.where is not None
    assert error.where.field == "weight"


@pytest.mark.torture("T29", "NaN")
@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_words_that_are_not_numbers_are_refused(word: str) -> None:
    assert refusal(f'{{"a": {word}}}').code == "not_a_number"


@pytest.mark.torture("T15")
@pytest.mark.parametrize("digits", ["1" * 41, "0." + "1" * 5000, "1e999", "1e-999", "1e999999999"])
def test_a_number_too_long_to_hold_is_refused(digits: str) -> None:
    assert refusal(f'{{"a": {digits}}}').code == "number_too_long"


@pytest.mark.parametrize("escape", [r"\u0000", r"\ud800", r"a\udfffb"])
def test_nul_and_lone_surrogates_are_refused_with_their_field(escape: str) -> None:
    error = refusal(f'{{"a": {{"b": ["{escape}"]}}}}')
    assert error.code == "forbidden_character"
    assert error.where is not None
    assert error.where.field == "a.b[0]"


def test_a_surrogate_pair_is_an_ordinary_character() -> None:
    assert strict_json(rb'["\ud83d\ude00"]') == ["😀"]


@pytest.mark.torture("T29", "memory flat")
@pytest.mark.torture("T29", "broken JSON")
@pytest.mark.parametrize("content", [b"", b"{", b'{"a" 1}', b"[1,]", b"\xff\xfe", b'"\xff"', b"{} {}"])
def test_broken_json_is_refused_with_its_place(content: bytes) -> None:
    error = refusal(content)
    assert error.code == "malformed_json"
    assert error.where is not None
    assert error.where.byte is not None


def test_memory_stays_flat_for_a_body_of_brackets() -> None:
    tracemalloc.start()
    refusal(b"[" * 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024**2
