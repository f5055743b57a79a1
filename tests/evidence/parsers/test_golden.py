"""Every golden pair: the evidence file gives exactly what is written beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden import as_text, cases, expectation_path, outcome


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_golden_file_gives_what_is_written_beside_it(case: Path) -> None:
    expected = expectation_path(case)
    assert expected.is_file(), f"write it with: script/golden --write {case.parent.name}/{case.name}"
    assert json.loads(as_text(outcome(case))) == json.loads(expected.read_text(encoding="utf-8"))
