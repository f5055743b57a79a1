"""The marks by which logs are recognised: what rules them out at a glance never rules out one that is there."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers import formats
from evidence.parsers.text.marks import Mark, Pairs
from evidence.parsers.text.source import Source


def _marks() -> list[Mark]:
    modules = (
        importlib.import_module(f"{formats.__name__}.{name}") for _, name, _ in pkgutil.iter_modules(formats.__path__)
    )
    return [value for module in modules for value in vars(module).values() if isinstance(value, Mark)]


@given(content=st.binary(max_size=300), data=st.data())
def test_no_word_that_stands_in_a_text_is_denied(content: bytes, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, len(content)))

    assert Pairs(content).may_hold(content[begin:end])


@pytest.mark.parametrize("before", [0, 1, 2**16 - 3, 2**16 - 2, 2**16 - 1, 2**16, 2**17 - 1])
def test_a_word_across_the_parts_that_are_looked_at_is_seen(before: int) -> None:
    assert Pairs(b"." * before + b"wps").may_hold(b"wps")


def test_a_word_with_a_pair_that_stands_nowhere_is_ruled_out() -> None:
    assert not Pairs(b"2025-04-01T00:00:00+08:00,M-IN,4821340.6\n").may_hold(b"HPL")


@pytest.mark.parametrize("mark", _marks(), ids=lambda mark: mark.words[0].decode())
@given(data=st.data())
def test_a_mark_is_found_wherever_its_pattern_matches(mark: Mark, data: st.DataObject) -> None:
    # As Python reads it, where a blank is more than it is to re2; below a line, or it could open as an archive.
    content = b"\n" + data.draw(st.from_regex(mark.pattern))
    source = Source.of_bytes(content, "some.log")

    assert any(word in content for word in mark.words)
    assert source.opens_with(mark) == (re2.search(mark.pattern, source.opening_in_utf8) is not None)
