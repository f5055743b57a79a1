"""The YAML reader refuses what builds objects, hides meaning or grows without bound."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RubricError
from indicators.rubric.yaml_reader import LARGEST_FILE, authored, from_authored, read_yaml


def read(text: str) -> object:
    return authored(read_yaml(text.encode(), file="r.yaml"))


def refusals(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(RubricError) as refused:
        read_yaml(text.encode(), file="r.yaml")
    return [(fault.code, fault.where.line if fault.where else None) for fault in refused.value.faults]


@pytest.mark.torture("T23", "tags", "depth", "tabs", "two documents")
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", "yaml_tag", 2),
        ("a: !custom b\n", "yaml_tag", 1),
        ("a: &x [1]\nb: *x\n", "yaml_anchor", 1),
        ("a: 1\n<<: *x\n", "yaml_alias", 2),
        ("a: 1\n---\nb: 2\n", "two_documents", 2),
        ("%YAML 1.1\n---\na: 1\n", "yaml_directive", 1),
        ("a:\n\t- 1\n", "tab", 2),
        ("[" * 1000, "too_deep", 1),
        ("\n".join(" " * depth + "a:" for depth in range(1000)), "too_deep", 21),
        ("a: [1\nb: }\n", "yaml_syntax", 2),
    ],
)
def test_what_builds_objects_or_nests_without_end_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    started = time.process_time()
    assert refusals(text) == [(code, line)]
    assert time.process_time() - started < 2


@pytest.mark.torture("T23", "line and column")
@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: !x b\n", 1, 4),
        ("a: 1\nbc: &x [1]\n", 2, 5),
        ("a: 1\nb: *x\n", 2, 4),
        ("a:\n  - 1\n \t- 2\n", 3, 2),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: " + "[" * 1000, 1, 23),
        ("a: [1\nb: }\n", 2, 2),
    ],
)
def test_a_refusal_names_line_and_column(text: str, line: int, column: int) -> None:
    with pytest.raises(RubricError) as refused:
        read(text)
    [fault] = refused.value.faults
    assert (fault.where.line if fault.where else None) == line
    assert re.search(rf"column {column}\b", fault.message.en), fault.message.en
    assert f"第 {column} 列" in fault.message.zh


@pytest.mark.torture("T23", "no code run")
@pytest.mark.parametrize("tag", ["object/apply:os.system", "object/new:os.system", "name:os.system"])
def test_nothing_is_built_from_a_tag(tag: str, tmp_path: Path) -> None:
    left = tmp_path / "left"
    assert refusals(f'a: !!python/{tag} ["touch {left}"]\n') == [("yaml_tag", 1)]
    assert not left.exists()


@pytest.mark.slow
@pytest.mark.torture("T23", "2 s", "100 MiB")
def test_bombs_of_the_largest_size_are_refused_in_two_seconds_and_a_hundred_mebibytes() -> None:
    """Each in 1 MiB, all in one fresh process, whose peak of memory is theirs; its own time, not its neighbours'."""
    told = subprocess.run([sys.executable, "-c", _BOMBS], capture_output=True, text=True, check=True)
    *bombs, (_, grown) = [line.split() for line in told.stdout.splitlines()]
    assert [code for code, _ in bombs] == [
        "yaml_anchor", "yaml_alias", "too_deep", "too_deep", "too_deep", "too_deep", "tab", "two_documents",
        "yaml_tag", "file_too_large",
    ]  # fmt: skip
    assert max(float(seconds) for _, seconds in bombs) <= 2
    assert int(grown) <= 100 * 1024


_BOMBS = """
import resource, time
from core.errors import RubricError
from indicators.rubric.yaml_reader import LARGEST_FILE, read_yaml
laughs = "".join(f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\\n" for n in range(1, 9000))
bombs = (
    "a0: &a0 [lol]\\n" + laughs,
    "a: [" + "*x, " * 250_000 + "]",
    "[" * 1_000_000,
    "{a: " * 250_000,
    "- " * 500_000,
    "? " * 500_000,
    "a: 1\\n" * 100_000 + "\\tb: 1\\n",
    "--- 1\\n" * 150_000,
    "!!python/object/apply:os.system [x]\\n" * 25_000,
    "a" * (LARGEST_FILE + 1),
)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for bomb in bombs:
    content = bomb.encode()[: LARGEST_FILE + 1]
    started = time.process_time()
    try:
        read_yaml(content, file="r.yaml")
        code = "accepted"
    except RubricError as refusal:
        code = refusal.code
    print(code, time.process_time() - started)
print("grown", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.torture("T23", "line and column")
@pytest.mark.parametrize("escape", ["\\UFFFFFFFF", "\\U00110000", "\\ud800", "\\0", "\\a", "\\e[31m", "\\x9b"])
def test_an_escape_that_no_page_or_database_could_hold_is_refused_with_its_line(escape: str) -> None:
    assert refusals(f'a: 1\nb: "{escape}"\n') == [("not_text", 2)]
    assert refusals(f'a: 1\n"{escape}": b\n') == [("not_text", 2)]


def test_lines_of_a_text_are_no_control_characters() -> None:
    assert read('a: "one\\ntwo"\nb: |\n  three\n  four\n') == {"a": "one\ntwo", "b": "three\nfour\n"}


@pytest.mark.torture("T23", "2 s")
@pytest.mark.parametrize("digits", ["9" * 41, "0." + "9" * 500_000])
def test_a_number_of_more_than_forty_characters_is_refused(digits: str) -> None:
    assert refusals(f"a: 1\nb: {digits}\n") == [("number_too_long", 2)]


@pytest.mark.torture("T23", "aliases")
def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert refusals(bomb) == [("yaml_anchor", 1)]


@pytest.mark.torture("T24", "both lines")
def test_a_key_given_twice_names_both_lines() -> None:
    with pytest.raises(RubricError, match="on line 1 and on line 3"):
        read("weight: 0.4\nother: 1\nweight: 0.6\n")


@pytest.mark.torture("T27", "words")
@pytest.mark.parametrize(
    "word",
    ["no", "Yes", "on", "OFF", "y", "True", "NULL", "010", "1e3", "1_000", "0x10", "12:30:00", ".5", "1.", ".inf",
     "-.INF", ".nan", "2026-01-01", "2026-01-01T10:00:00", "+1"],
)  # fmt: skip
def test_words_that_yaml_readers_change_must_be_quoted(word: str) -> None:
    assert refusals(f"a: {word}\n") == [("ambiguous_word", 1)]
    assert read(f'a: "{word}"\n') == {"a": word}


@pytest.mark.torture("T27", "text everywhere")
def test_numbers_keep_the_digits_they_were_written_with() -> None:
    value = read_yaml(b"a: 1.60\nb: 2026.10\nc: -0\n", file="r.yaml")
    assert authored(value) == {"a": "1.60", "b": "2026.10", "c": "0"}


def test_truth_and_nothing_are_yaml_1_2_words() -> None:
    assert read("a: true\nb: false\nc: null\nd: ~\ne:\n") == {"a": True, "b": False, "c": None, "d": None, "e": None}


def test_all_faults_of_a_file_come_at_once() -> None:
    assert refusals("a: no\nb: 010\na: 1\n") == [("ambiguous_word", 1), ("ambiguous_word", 2), ("duplicate_key", 3)]


def test_a_file_of_more_than_a_mebibyte_or_not_in_utf8_is_refused() -> None:
    for content, code in ((b"#" * (LARGEST_FILE + 1), "file_too_large"), ("a: 中".encode("gb18030"), "not_utf8")):
        with pytest.raises(RubricError) as refused:
            read_yaml(content, file="r.yaml")
        assert refused.value.code == code


def test_content_comes_back_from_its_authored_form() -> None:
    content = {"a": ["1.50", {"b": True, "c": None}], "d": "no"}
    assert authored(from_authored(content, file="r.yaml")) == content


@given(st.binary(max_size=400))
def test_any_bytes_are_a_value_or_a_rubric_error(content: bytes) -> None:
    with contextlib.suppress(RubricError):
        read_yaml(content, file="r.yaml")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_plain_decimals_are_read_exactly(number: Decimal) -> None:
    text = format(number, "f")
    assert read(f"a: {text}\n") == {"a": "0.0000" if number == 0 else text}
