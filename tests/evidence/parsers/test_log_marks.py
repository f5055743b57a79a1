"""A mark's words are looked for before its pattern, so no text that fits the pattern may lack all of them."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers.log_marks import Mark
from evidence.parsers.registry import PARSERS

MARKS = [
    pytest.param(value, id=f"{parser.format}{name}")
    for parser in PARSERS
    for name, value in vars(sys.modules[type(parser).__module__]).items()
    if isinstance(value, Mark)
]


@pytest.mark.parametrize("mark", MARKS)
@given(data=st.data())
def test_whatever_fits_the_pattern_of_a_mark_holds_one_of_its_words(mark: Mark, data: st.DataObject) -> None:
    fitting = data.draw(st.from_regex(re.compile(mark.pattern.pattern), fullmatch=True))
    assert any(word in fitting for word in mark.words)


def test_marks_are_found() -> None:
    assert len(MARKS) > 20
