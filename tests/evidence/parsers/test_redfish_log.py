"""Event logs of management controllers: assertions paired, resolved entries, and entries that are no alarm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import ParseError
from evidence.parsers.formats.redfish_log import PARSER
from tests.evidence.parsers.properties import outcome, read, survives_anything
from tests.golden import FOLDER

SIX = (FOLDER / "redfish_log" / "six_entries.json").read_bytes()


def rows(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(PARSER, content).tables["device_alarms"].to_pylist()
    return found


def test_an_assertion_ends_with_its_deassertion_and_a_resolved_entry_with_its_own_word() -> None:
    found = {row["device"]: row for row in rows(SIX)}
    assert {device: row["cleared_at"] and row["cleared_at"].hour for device, row in found.items()} == {
        "Fan 3": 18,  # 02:00 in Shanghai
        "/redfish/v1/Systems/1/Processors/GPU4": None,
        "Power Supply": 22,
    }
    assert found["/redfish/v1/Systems/1/Processors/GPU4"]["cause"] == "GPU 4 has fallen off the bus."


def test_an_entry_of_no_severity_is_no_alarm_and_one_without_a_time_is_told() -> None:
    result = read(PARSER, SIX)
    assert result.facts["entries_by_severity"] == {"Critical": 1, "OK": 2, "Warning": 2}
    assert (result.facts["alarms"], result.facts["alarms_open"]) == (3, 1)
    assert result.issue_counts == {"unreadable_entry": 1}


def test_an_alarm_keeps_the_line_of_its_entry() -> None:
    lines = SIX.decode().splitlines()
    assert all(lines[row["line"] - 1].strip() == "{" for row in rows(SIX))


def test_no_entries_are_refused() -> None:
    with pytest.raises(ParseError) as refusal:
        read(PARSER, json.dumps({"Members": []}).encode())
    assert refusal.value.code == "no_rows"


@pytest.mark.torture("T19")
def test_endless_nesting_is_refused() -> None:
    error = outcome(PARSER, b'{"Members": ' + b"[" * 100_000)
    assert isinstance(error, ParseError)
    assert error.code == "too_deep"


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, SIX)
