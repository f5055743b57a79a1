"""Splitting a table in two, reordering its rows or writing it in another encoding yields the same rows."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.hypothesis_profile import examples

TABLES = {
    "meter_series": ("at,meter,value", [f"2025-04-01T{h:02d}:15:00+08:00,表{h % 3},{h}.25" for h in range(24)]),
    "jobs_table": (
        "job,submit_at,start_at,end_at,cards,state,cause",
        [
            f"j{n},2025-04-01T00:00:00Z,2025-04-01T00:0{n}:00Z,2025-04-01T01:00:00Z,{8 * n},失败,原因{n}"
            for n in range(1, 9)
        ],
    ),
    "incidents": (
        "id,service,started_at,ended_at,planned,cause",
        [f"i{n},算力,2025-04-0{n}T00:00:00Z,2025-04-0{n}T01:00:00Z,否,gpu" for n in range(1, 9)],
    ),
    "tickets": ("id,priority,opened_at,resolved_at", [f"t{n},紧急,2025-04-0{n}T00:00:00Z," for n in range(1, 9)]),
    "sus": (
        "respondent,q1,q2,q3,q4,q5,q6,q7,q8,q9,q10",
        [f"人{n},{n},1,同意,2,5,1,4,{n},3,3" for n in range(1, 6)],
    ),
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030"]
Row = tuple[tuple[str, Any], ...]


def rows(content: bytes, *, format_: str) -> list[Row]:
    source = Source.of_bytes(content, "table.csv")
    parser = identify(source)
    assert parser.format == format_
    (table,) = parser.parse(source).tables.values()
    return sorted(
        (tuple((name, value) for name, value in row.items() if name != "line") for row in table.to_pylist()), key=repr
    )


def text(header: str, body: list[str], *, delimiter: str = ",", line_end: str = "\n") -> str:
    return line_end.join([header, *body, ""]).replace(",", delimiter)


@pytest.mark.parametrize("format_", TABLES)
@pytest.mark.torture("T13")
@settings(max_examples=examples(30, by_night=200), deadline=None)
@given(data=st.data())
def test_splitting_reordering_and_re_encoding_change_no_row(format_: str, data: st.DataObject) -> None:
    header, body = TABLES[format_]
    shuffled = list(body)
    random.Random(data.draw(st.integers(0, 1000))).shuffle(shuffled)  # noqa: S311 – no secret
    cut = data.draw(st.integers(1, len(body) - 1))
    style = {
        "delimiter": data.draw(st.sampled_from([",", ";", "\t"])),
        "line_end": data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
    }
    encoding = data.draw(st.sampled_from(ENCODINGS))
    parts = [text(header, part, **style).encode(encoding) for part in (shuffled[:cut], shuffled[cut:])]
    expected = rows(text(header, body).encode(), format_=format_)
    assert sorted((row for part in parts for row in rows(part, format_=format_)), key=repr) == expected
