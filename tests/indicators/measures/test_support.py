"""The rows a measurement shows of those it rests on: the first by line, in whatever order the rows stand."""

from __future__ import annotations

import pyarrow as pa
import pytest

from core.provenance import SHOWN_LINES
from indicators.measures.base import support

MANY = SHOWN_LINES + 5


@pytest.mark.parametrize("lines", [range(2, 2 + MANY), range(1 + MANY, 1, -1)])
def test_the_first_lines_are_shown_in_any_order_of_the_rows(lines: range) -> None:
    rows = pa.table({"line": list(lines), "cell": [f"A{line}" for line in lines], "evidence": ["sha256:a"] * MANY})
    (found,) = support("jobs", rows)
    shown = tuple(range(2, 2 + SHOWN_LINES))
    assert (found.evidence, found.kind, found.rows) == ("sha256:a", "jobs", MANY)
    assert (found.lines, found.cells) == (shown, tuple(f"A{line}" for line in shown))


def test_each_file_shows_its_own_lines() -> None:
    rows = pa.table({"line": [9, 3, 4, 8], "cell": pa.nulls(4, pa.string()), "evidence": ["b", "a", "b", "a"]})
    assert [(one.evidence, one.rows, one.lines) for one in support("jobs", rows)] == [
        ("a", 2, (3, 8)),
        ("b", 2, (4, 9)),
    ]
