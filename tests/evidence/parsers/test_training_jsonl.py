"""Training steps as JSON lines: units in names, stamps of two kinds, and lines that are something else."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.base import ParseResult
from evidence.parsers.formats import training_jsonl
from evidence.parsers.formats.training_jsonl import PARSER
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import read, survives_anything


def lines(*entries: dict[str, Any]) -> bytes:
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def steps(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return list(read(PARSER, lines(*entries)).tables["training_steps"].to_pylist())


@pytest.mark.parametrize(
    ("name", "value", "ms"),
    [("iteration_ms", 1500, 1500), ("step_time_s", 1.5, 1500), ("elapsed_s", 2, 2000), ("iter_time_ms", 0.25, 0.25)],
)
def test_the_name_of_the_time_says_its_unit(name: str, value: float, ms: float) -> None:
    assert steps({"step": 1, name: value})[0]["iteration_ms"] == Decimal(str(ms))


@pytest.mark.parametrize("name", ["step_time", "time_per_step", "tokens_per_s"])
def test_a_time_without_its_unit_and_a_rate_are_none(name: str) -> None:
    with pytest.raises(ParseError, match="no data rows"):
        read(PARSER, lines({"step": 1, name: 1.5}))


def test_seconds_since_1970_and_text_are_stamps() -> None:
    entries = (
        {"step": 1, "step_time_s": 1, "_timestamp": 1.5},
        {"step": 2, "step_time_s": 1, "at": "1970-01-01T00:01Z"},
    )
    assert [row["at"] for row in steps(*entries)] == [
        dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=dt.UTC),
        dt.datetime(1970, 1, 1, 0, 1, tzinfo=dt.UTC),
    ]


def test_other_lines_are_counted_and_broken_ones_told() -> None:
    content = lines({"config": {"lr": 1}}, {"step": 1, "step_time_s": 1}) + b'{"step": 2, "step_ti\n[1]\n'
    result: ParseResult = read(PARSER, content)
    assert (result.facts["lines_without_step"], result.issue_counts) == (1, {"bad_json": 2})
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (4, 2, 2)


def test_batches_of_lines_read_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{"step": n, "step_time_s": 1, "timestamp": f"2026-01-05T00:00:{n:02}Z"} for n in range(1, 30)]
    whole = steps(*entries)
    monkeypatch.setattr(training_jsonl, "BATCH", 7)
    assert steps(*entries) == whole


def test_a_log_of_json_lines_is_recognised_by_a_step_and_its_time() -> None:
    def format_of(content: bytes) -> str:
        return identify(Source.of_bytes(content, "log.jsonl")).format

    assert format_of(lines({"config": 1}, {"step": 1, "step_time_s": 1})) == "training_jsonl"
    with pytest.raises(ParseError):
        format_of(lines({"step": 1, "loss": 2}))


test_any_bytes_as_json_lines_give_a_result_or_a_refusal = survives_anything(
    PARSER, lines({"step": 1, "step_time_s": 1.5, "at": "2026-01-05T00:00:00Z", "loss": 2.5, "batch_size": 8})
)
