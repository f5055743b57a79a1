"""The header of a table is found among its first lines; a line that cannot be one is told without a search."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.parsers.tables import text_layouts
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.simple_tables import SIMPLE_TABLES
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.text_layouts import DELIMITERS, head_layout
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import quickly

HEADINGS = sorted({(*SIMPLE_TABLES[name],) for name in SIMPLE_TABLES}, key=lambda headings: headings[0].name)
WORDS = sorted({text for headings in HEADINGS for heading in headings for text in (heading.name, *heading.also)})
CELL = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: f" {word.upper()}（kWh）"),
    st.sampled_from(["", "x", '"', '"a,b"', "\ufeff", "值"]),
)


def found(content: str, headings: tuple[Heading, ...]) -> Layout | None:
    return head_layout(Source.of_bytes(content.encode(), "t.csv"), headings)


@quickly
@given(
    lines=st.lists(st.tuples(st.sampled_from(DELIMITERS), st.lists(CELL, max_size=9)), max_size=4),
    headings=st.sampled_from(HEADINGS),
    whole=st.booleans(),
)
def test_the_same_layout_is_found_as_by_searching_every_line(
    lines: list[tuple[str, list[str]]], headings: tuple[Heading, ...], whole: bool
) -> None:
    own = [(",", [heading.name for heading in headings])] if whole else []
    content = "\n".join(delimiter.join(cells) for delimiter, cells in (*lines, *own))
    with patch.object(text_layouts, "_may_be_header", lambda line, headings: True):
        expected = found(content, headings)
    assert found(content, headings) == expected


@pytest.mark.parametrize("headings", HEADINGS, ids=lambda headings: headings[0].name)
def test_a_line_without_one_required_field_is_no_header(headings: tuple[Heading, ...]) -> None:
    required = [heading.name for heading in headings if heading.required]
    assert found(",".join(required), headings) is not None
    with patch.object(text_layouts, "_best", side_effect=AssertionError):
        assert found(",".join(required[1:]), headings) is None
