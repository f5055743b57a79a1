"""Upptime: the sample's monitors as published, and states that hold no history."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from evidence.parsers.formats.upptime import PARSER
from tests.evidence.parsers.properties import read, survives_anything
from tests.samples import SAMPLES, needs_samples, readme_rows, sample

STATES = [row for row in readme_rows("url: ") if row[0].startswith("uptime/")]
SUMMARY = json.dumps(
    [{"name": "登录", "status": "up", "uptime": "99.57%", "dailyMinutesDown": {"2026-01-03": 565}}], ensure_ascii=False
).encode()


@needs_samples
def test_every_monitor_of_the_sample_gives_its_published_figures() -> None:
    table = (SAMPLES / "README.md").read_text(encoding="utf-8")
    line = next(line for line in table.splitlines() if "upptime_curc_summary.json" in line)
    published = re.findall(
        r"(?:monitors=11; |days; )([^;]*?): status=(\w+) uptime=([\d.]+)% year=[\d.]+%"
        r" Σ dailyMinutesDown=(\d+) over (\d+)",
        line,
    )
    assert len(published) == 11
    runs = PARSER.parse(sample("uptime/upptime_curc_summary.json")).runs
    assert [
        (run["monitor"], run["status"], run["uptime_ratio"], run["down_minutes"], run["days_with_downtime"])
        for run in runs
    ] == [
        (name, status, Decimal(percent) / 100, int(minutes), int(days))
        for name, status, percent, minutes, days in published
    ]


@needs_samples
def test_a_last_state_gives_facts_and_no_rows() -> None:
    result = PARSER.parse(sample("uptime/upptime_curc_alpine_login.yml"))
    assert result.tables == {}
    assert result.facts["http_status"] == 200
    assert result.facts["started_at"] == "2026-05-10T17:43:03.805Z"
    assert result.issue_counts == {"last_state_only": 1}


@pytest.mark.parametrize(("name", "truth"), STATES, ids=lambda value: value[:60])
def test_every_last_state_gives_its_published_truth(name: str, truth: str) -> None:
    facts = PARSER.parse(sample(name)).facts
    published = dict(part.split(": ", 1) for part in truth.split(" / ") if ": " in part)
    assert [str(facts[fact]) for fact in ("url", "status", "http_status", "response_time_ms")] == [
        published[key] for key in ("url", "status", "code", "responseTime")
    ]
    assert (facts["last_updated_at"], facts["started_at"]) == (published["lastUpdated"], published["startTime"])


@needs_samples
def test_the_readme_has_two_last_states() -> None:
    assert len(STATES) == 2


@needs_samples
def test_the_configuration_of_the_tool_is_no_evidence() -> None:
    assert not PARSER.recognises(sample("uptime/upptime_curc_upptimerc.yml"))


def test_a_monitor_with_impossible_figures_is_an_issue() -> None:
    entries = [
        {"name": "a", "status": "up", "uptime": "101%", "dailyMinutesDown": {}},
        {"name": "b", "status": "up", "uptime": "99%", "dailyMinutesDown": {"2026-01-03": 1441}},
        {"name": "c", "status": "up", "uptime": "99%", "dailyMinutesDown": {}},
    ]
    result = read(PARSER, json.dumps(entries).encode())
    assert result.tables["monitors"].column("monitor").to_pylist() == ["c"]
    assert result.issue_counts == {"unreadable_monitor": 2}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("responseTime: -36", "out_of_range"),
        ("responseTime: 10000000000000000000000000000000", "out_of_range"),
        ("responseTime: NaN", "not_a_number"),
        ("responseTime: [1, 2]", "not_a_number"),
        ("code: 2000", "out_of_range"),
        ("code: true", "not_a_number"),
        ("code: 200.5", "out_of_range"),
        ("status: maybe", "unknown_word"),
        ("startTime: 2026-02-30T00:00:00Z", "bad_instant"),
        ("lastUpdated: 2026-05-10T17:43:03", "bad_instant"),
        ("url: {a: 1}", "unreadable_value"),
    ],
)
@pytest.mark.torture("T16")
def test_an_impossible_value_of_a_last_state_is_told_with_its_line_and_not_used(line: str, code: str) -> None:
    result = read(PARSER, f"{line}\ngenerator: Upptime <https://example>\n".encode())
    assert result.facts == {}
    assert result.issue_counts == {"last_state_only": 1, code: 1}
    assert [issue.where.line for issue in result.issues if issue.code == code] == [1]
    assert (result.coverage.lines_used, result.coverage.lines_with_issue) == (1, 1)


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, SUMMARY)
