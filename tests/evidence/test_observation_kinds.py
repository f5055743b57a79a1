"""What a kind of observation says of the files that carry it."""

from __future__ import annotations

import pytest

from evidence.observations.registry import written_by_tools


@pytest.mark.parametrize(
    ("kinds", "by_tools"),
    [
        (("training_steps",), True),
        (("inventory", "benchmark_runs"), True),
        (("energy_readings",), False),
        ((), False),
        (("a kind of former times",), False),
    ],
)
def test_what_a_tool_printed_is_told_from_what_people_keep(kinds: tuple[str, ...], by_tools: bool) -> None:
    assert written_by_tools(kinds) is by_tools
