"""What libyaml makes of a text is what a reader of YAML 1.2 makes of it, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.yaml_events import events, place

# Lines as people write them, and pieces that turn them into something else.
_LINES = (
    "id: demo",
    "peak: 312.5",
    "zh: “均值”",
    "list: [a, b]",
    'quoted: "a: b"',
    "- item",
    "  deep: ~",
    "text: >-",
    "#",
)
_PIECES = (
    ": ",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    " #",
    "'",
    '"',
    "|\n",
    ">\n",
    "\\x41",
    "\\N",
    "---\n",
    "...\n",
    " ",
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.sampled_from(_LINES), min_size=1, max_size=6))
    text = "\n".join(lines)
    for piece in draw(st.lists(st.sampled_from(_PIECES), max_size=2)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + piece + text[at:]
    return text


@given(texts())
def test_two_scanners_that_take_a_text_see_the_same_values(text: str) -> None:
    ours = _seen(text, events)
    theirs = _seen(text, lambda given_text: YAML(typ="safe", pure=True).parse(given_text))
    assert ours is None or theirs is None or ours == theirs


@pytest.mark.parametrize("sign", ["\u0085", "\u2028", "\u2029", "\ufeff"])
def test_a_line_end_to_some_readers_only_is_refused_where_it_stands(sign: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match=f"U\\+{ord(sign):04X}") as refusal:
        list(events(f"a: 1\nb: x{sign}y\n"))
    mark = refusal.value.problem_mark
    assert mark is not None
    assert (mark.line, mark.column) == (1, 4)


def test_a_byte_order_mark_may_stand_first() -> None:
    assert [event.value for event in events("\ufeffa: 1") if isinstance(event, yaml.ScalarEvent)] == ["a", "1"]


def test_an_event_knows_its_line_and_column_counted_from_one() -> None:
    places = {event.value: place(event) for event in events("a:\n  b: 1") if isinstance(event, yaml.ScalarEvent)}
    assert places == {"a": (1, 1), "b": (2, 3), "1": (2, 6)}


def _seen(text: str, read: Any) -> list[tuple[str, Any, bool | None]] | None:
    """Kind of every event, and of values the text and whether it is plain; None for a text that is refused."""
    try:
        return [(type(event).__name__, getattr(event, "value", None), _is_plain(event)) for event in read(text)]
    except (yaml.YAMLError, YAMLError):
        return None


def _is_plain(event: Any) -> bool | None:
    implicit = getattr(event, "implicit", None)
    return implicit[0] if isinstance(implicit, tuple) else None
