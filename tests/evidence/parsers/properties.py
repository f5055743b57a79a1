"""What every parser promises, whatever the bytes: helpers for the property tests of each format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.canonical import canonical_json
from core.errors import ParseError
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.base import Parser, ParseResult
from evidence.parsers.text.source import Source
from tests.hypothesis_profile import examples

quickly = settings(
    max_examples=examples(150, by_night=1000),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(parser: Parser, content: bytes, *, name: str = "evidence.txt", timezone: str | None = None) -> ParseResult:
    return parser.parse(Source.of_bytes(content, name, timezone=timezone))


def outcome(parser: Parser, content: bytes) -> ParseResult | ParseError:
    """The result or the refusal; anything else escapes and fails the test. The result must hold its contract."""
    source = Source.of_bytes(content, "evidence.txt")
    try:
        parser.recognises(source)
        result = parser.parse(source)
    except ParseError as error:
        return error
    canonical_json(result.as_json(parser, source))
    for name, table in result.tables.items():
        assert table.schema == KIND_BY_NAME[name].arrow
        table.validate(full=True)
    assert result.coverage.lines_used + result.coverage.lines_with_issue <= result.coverage.lines_read
    assert set(result.issue_counts) == {issue.code for issue in result.issues}
    return result


def figures(result: ParseResult) -> str:
    """Facts, runs and rows as comparable text; line numbers too, because line ends and marks do not move them."""
    tables = {name: table.to_pylist() for name, table in result.tables.items()}
    return json.dumps([dict(result.facts), [dict(run) for run in result.runs], tables], default=str)


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The file cut short, with bytes replaced, removed or repeated."""
    places = st.integers(0, len(content))
    mutation = st.tuples(places, places, st.binary(max_size=12))

    def apply(mutations: list[tuple[int, int, bytes]]) -> bytes:
        changed = content
        for start, stop, bytes_ in mutations:
            start, stop = sorted((start, min(stop, start + 40)))
            changed = changed[:start] + bytes_ + changed[stop:]
        return changed

    return st.one_of(places.map(lambda end: content[:end]), st.lists(mutation, min_size=1, max_size=6).map(apply))


def survives_anything(parser: Parser, *contents: bytes, name: str = "any bytes") -> Callable[[], None]:
    """A test: any bytes, and any damage to the given files, give a result or a `ParseError`."""
    strategies: list[st.SearchStrategy[Any]] = [st.binary(max_size=400), *(damaged(content) for content in contents)]

    @quickly
    @given(st.one_of(strategies))
    def check(content: bytes) -> None:
        outcome(parser, content)

    check.__name__ = name
    return check
