"""A hostile file that no parser recognises is refused for what is wrong with it, not for its format."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pytest

from core.errors import ParseError
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source

ZEROS = bytes(80 * 1024 * 1024)


def refusal(content: bytes, name: str) -> ParseError:
    with pytest.raises(ParseError) as refused:
        identify(Source.of_bytes(content, name))
    return refused.value


@pytest.mark.torture("T08")
@pytest.mark.parametrize(
    "packed", [gzip.compress(b"x" + ZEROS, 1), pa.compress(b"x" + ZEROS, codec="zstd", asbytes=True)]
)
def test_a_bomb_says_to_what_it_expands(packed: bytes) -> None:
    error = refusal(packed, "log.txt.gz")
    assert error.code == "expands_too_much"


def test_a_compressed_file_cut_short_says_so() -> None:
    assert refusal(gzip.compress(bytes(range(1, 256)) * 2000)[:-9], "notes.txt.gz").code == "truncated_gzip"


@pytest.mark.parametrize("content", [b"\n" + b"[" * 1000, b'{"a":\n' * 100, ('{"a":\n' * 100).encode("utf-16")])
def test_json_nested_too_deep_says_where(content: bytes) -> None:
    error = refusal(content, "notes.json")
    assert error.code == "too_deep"
    assert error.where is not None
    assert error.where.line in (2, 33)


@pytest.mark.parametrize(
    ("content", "code"), [(b"a: &x 1\nb: *x\n", "forbidden_yaml"), (b"a: " + b"[" * 100, "forbidden_yaml")]
)
def test_yaml_that_strict_yaml_refuses_says_so(content: bytes, code: str) -> None:
    assert refusal(content, "notes.yaml").code == code


def test_an_ordinary_file_of_no_format_is_still_of_an_unknown_one() -> None:
    for content, name in ((b"shopping list\n", "a.txt"), (gzip.compress(b"list\n"), "a.txt.gz"), (b"a: 1\n", "a.yaml")):
        assert refusal(content, name).code == "unknown_format"


def test_a_log_whose_lines_open_more_brackets_than_they_close_is_no_deep_json() -> None:
    log = "".join(f"[2023-03-01 12:00:{second:02}] [INFO opening [cache\n" for second in range(60))
    assert refusal(log.encode(), "train.log").code == "unknown_format"
