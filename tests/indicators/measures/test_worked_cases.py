"""Every case worked out by hand comes out of the measure, digit for digit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from core.quantity import measured as digits
from tests.indicators.measures.evidence import code, measured
from tests.indicators.measures.worked_cases import cases, evidence_of, worked_out


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases()])
def test_a_case_worked_out_by_hand_comes_out(case: Mapping[str, Any]) -> None:
    evidence = evidence_of(case)
    for expected in case["expect"]:
        found = measured(expected["measure"], evidence)
        if "refused" in expected:
            assert code(found) == expected["refused"]
            continue
        assert found.value is not None, found.reason
        value = found.value
        if "input" in expected:
            value = next(one.value for one in found.inputs if one.name == expected["input"])
        assert value == digits(worked_out(expected["is"])), expected
        notes = [note.code for note in found.notes]
        assert set(expected.get("notes", ())) <= set(notes)
        if "quality" in expected:
            assert found.quality is not None
            assert found.quality.value == expected["quality"]


def test_sums_are_worked_out_in_fractions() -> None:
    assert worked_out("(1 - 0.1) * 10 / 3") == 3
