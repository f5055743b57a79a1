"""What a centre generates itself: always credited, and part of all it uses whatever the profile hangs it below."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Quality
from tests.indicators.measures.evidence import YEAR_END, centre, measured, meter

MONTHS = [*(dt.datetime(2025, month, 1, tzinfo=YEAR_END.tzinfo) for month in range(5, 13)),
          *(dt.datetime(2026, month, 1, tzinfo=YEAR_END.tzinfo) for month in range(1, 5))]  # fmt: skip
MONTHLY = {"M-IN": 100_000, "M-LV": 130_000, "M-PV": 30_000, "M-IT": 80_000}


def monthly(name: str, at: str, measures: str, parent: str | None) -> dict[str, Any]:
    return meter(name, at, measures, interval="P1M", parent=parent)


def tree(*, top: str = "M-IN", pv_below: str | None = None) -> list[dict[str, Any]]:
    tops = {"M-IN": "utility_incomer", "M-LV": "transformer_output"}
    return [
        monthly(top, tops[top], "facility", None),
        monthly("M-PV", "generation", "onsite_renewable", pv_below),
        monthly("M-IT", "it_input", "it", top),
    ]


def figure(measure: str, meters: list[dict[str, Any]], *, without: str = "") -> Any:
    read = [each["id"] for each in meters if each["id"] != without]
    rows = [{"meter": name, "at": at, "value": Decimal(MONTHLY[name])} for name in read for at in MONTHS]
    ppa = {"indicator": "GR-2.1.ppa_mwh", "value": Decimal(120), "unit": "MWh", "documents": 1}
    return measured(measure, centre({"a": {"energy_readings": rows}, "b": {"declaration": [ppa]}}, meters=meters))


# 100,000 kWh come in each month and 30,000 are generated: 130,000 ÷ 80,000; (360 + 120) ÷ 1,560 MWh.
@pytest.mark.parametrize("parent", [None, "M-IN"])
def test_generation_below_an_incomer_counts_as_if_it_had_no_parent(parent: str | None) -> None:
    meters = tree(pv_below=parent)
    assert figure("annual_pue", meters).value == Decimal("1.625")
    assert figure("renewable_energy_factor", meters).value == Decimal("30.7692307692")
    cue = {i.name: i.value for i in figure("carbon_usage_effectiveness", meters).inputs}
    assert (cue["share"], cue["share_grid"]) == (Decimal("69.2307692308"), Decimal("76.9230769231"))
    for name in ("annual_pue", "renewable_energy_factor", "carbon_usage_effectiveness"):
        notes = {note.code: note.message for note in figure(name, meters).notes}
        assert ("generation_added" in notes) is (parent is not None)
        assert parent is None or ("M-PV" in notes["generation_added"].zh and "M-PV" in notes["generation_added"].en)
        assert "meters_unbalanced" not in notes, "what is generated is no load of the meter above"


def test_generation_behind_another_facility_meter_is_in_it_already_and_credited_all_the_same() -> None:
    meters = tree(top="M-LV", pv_below="M-LV")
    assert figure("annual_pue", meters).value == Decimal("1.625")
    assert figure("renewable_energy_factor", meters).value == Decimal("30.7692307692")
    assert "generation_added" not in [note.code for note in figure("annual_pue", meters).notes]


def test_generation_that_is_in_the_total_already_credits_nothing_without_readings_and_that_is_told() -> None:
    meters = tree(top="M-LV", pv_below="M-LV")
    assert figure("annual_pue", meters, without="M-PV").value == Decimal("1.625")
    found = figure("renewable_energy_factor", meters, without="M-PV")
    assert (found.value, found.quality) == (Decimal("7.69230769231"), Quality.C)
    assert "generation_silent" in [note.code for note in found.notes]


def test_meters_below_a_meter_of_generation_count_once() -> None:
    meters = [*tree(pv_below="M-IN"), monthly("M-LV", "generation", "onsite_renewable", "M-PV")]
    assert figure("annual_pue", meters).value == Decimal("1.625")
