"""Registers read once a month: what the sheet's months leave open is for the rule of the meters."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome
from evidence.parsers.formats.energy_workbook import PARSER
from evidence.parsers.source import Source
from indicators.measures.base import CentreEvidence, Measurement
from tests.evidence.parsers.workbooks import workbook
from tests.indicators.measures.evidence import measured, meter, profile

MONTHS = [f"{2025 + (3 + number) // 12}-{(3 + number) % 12 + 1:02d}" for number in range(12)]
Shown = Callable[[int], tuple[Any, Any]]


def months(shown: Shown, **changes: Any) -> Measurement:
    """PUE of a year: what the register of M-IN shows at start and end of each month, and 80 a month of M-IT."""
    rows: list[list[Any]] = [["月份", "表号", "起码", "止码", "倍率"]]
    for number, name in enumerate(MONTHS):
        rows.append([name, "M-IN", *shown(number), 4000])
        rows.append([name, "M-IT", 80 * number, 80 * number + 80, 4000])
    result = PARSER.parse(Source.of_bytes(workbook(rows), "energy.xlsx", timezone="Asia/Shanghai"))
    monthly = {"interval": "P1M"} | changes
    meters = [meter("M-IN", "utility_incomer", "facility", **monthly), meter("M-IT", "it_input", "it", interval="P1M")]
    return measured("annual_pue", CentreEvidence.pooled(profile(meters=meters), [("sha256:year", result.tables)]))


def facility(pue: Measurement) -> Decimal:
    return {each.name: each.value for each in pue.inputs}["E_facility"]


def test_months_that_join_count_as_they_stand() -> None:
    assert months(lambda number: (100 * number, 100 * number + 100)).value == Decimal("1.25")


@pytest.mark.torture("T18", "sum of valid steps shown")
@pytest.mark.parametrize("apart", [8, -8])
def test_energy_between_two_readings_neither_vanishes_nor_counts_twice(apart: int) -> None:
    pue = months(lambda number: (100 * number + (apart if number else 0), 100 * number + 100))
    assert pue.value == Decimal("1.25")
    assert facility(pue) == 1200 * 4000


@pytest.mark.torture("T18", "rolls over")
@pytest.mark.parametrize("kind", ["interval", "cumulative"])
def test_a_register_that_rolls_over_within_a_month_loses_nothing_where_the_profile_says_so(kind: str) -> None:
    def shown(number: int) -> tuple[int, int]:
        return (9500 + 100 * number) % 10_000, (9600 + 100 * number) % 10_000

    pue = months(shown, kind=kind, register_max="9999")
    assert pue.value == Decimal("1.25")
    assert facility(pue) == 1200 * 4000
    assert months(shown, kind=kind).outcome is Outcome.NOT_ASSESSABLE


@pytest.mark.torture("T18", "replaced")
def test_a_meter_replaced_between_two_months_counts_what_both_of_them_showed() -> None:
    pue = months(
        lambda number: (
            (5000 + 100 * number, 5100 + 100 * number) if number < 6 else (100 * (number - 6), 100 * (number - 5))
        )
    )
    assert facility(pue) == 1200 * 4000
    assert "readings_rejected" in [note.code for note in pue.notes]
