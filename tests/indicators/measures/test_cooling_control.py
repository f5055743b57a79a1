"""Savings of the cooling control against a baseline worked out by hand: cooling = 100 + 5 · wet bulb + IT ÷ 10."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.outcome import Quality
from tests.indicators.measures.evidence import DAY, YEAR_START, centre, code, measured, meter, readings

METERS = [meter("COOL", "cooling", "cooling", interval="P1D"), meter("M-IT", "pdu_output", "it", interval="P1D")]
WET_BULB = [Decimal(n * 7 % 20) for n in range(365)]
IT = [Decimal(2000 + n * 13 % 300) for n in range(365)]


def saving(live: str, share: str, *, days: int = 365, **changes: Any) -> Any:
    """Meters of a year; from the day `live` counts on, cooling is so much of the rule."""
    first = int(changes.pop("from_day", 200))
    cooling = [
        (100 + 5 * wet + it / 10) * (Decimal(share) if n >= first else 1)
        for n, (wet, it) in enumerate(zip(WET_BULB, IT, strict=True))
    ]
    flows = [
        {"point": "WB", "at": YEAR_START + n * DAY, "value": wet, "unit": "Cel", "reading": "on_change"}
        for n, wet in enumerate(WET_BULB)
    ]
    said = [
        {"indicator": "GR-4.3.live_on", "value": Decimal(live), "unit": "date", "documents": 0},
        {"indicator": "GR-4.3.wet_bulb_point", "item": "WB", "met": True, "documents": 0},
    ]
    files = {
        "c": {"energy_readings": readings("COOL", cooling[:days], start=YEAR_START + DAY, step=DAY)},
        "i": {"energy_readings": readings("M-IT", IT[:days], start=YEAR_START + DAY, step=DAY)},
        "f": {"flow_readings": flows, "declaration": said},
    }
    return measured("ai_control_cooling_saving", centre(files, meters=METERS))


def test_the_saving_is_what_stays_below_the_baseline_of_the_same_days() -> None:
    # The 200th day after 1 April 2025 is 18 October; the rule fits exactly, so a tenth less is a tenth saved.
    found = saving("20251018", "0.9")
    assert (found.value, found.quality) == (10, Quality.A)
    assert {one.name: one.value for one in found.inputs} | {} == {
        "E_cooling": found.inputs[0].value, "E_baseline": found.inputs[1].value, "R²": 1, "before": 200, "after": 165,
    }  # fmt: skip


def test_a_control_that_uses_more_saves_less_than_nothing() -> None:
    assert saving("20251018", "1.05").value == -5


def test_a_baseline_needs_half_a_year_and_the_control_ninety_days() -> None:
    # Until 27 September there are 179 days; of 250 days in all 50 lie after 18 October.
    assert code(saving("20250927", "0.9")) == "too_few_days"
    assert code(saving("20251018", "0.9", days=250)) == "too_few_days"


def test_without_such_a_control_nothing_is_declared_as_saved() -> None:
    said = {"indicator": "GR-4.3", "value": Decimal(0), "unit": "%", "documents": 0}
    found = measured("ai_control_cooling_saving", centre({"d": {"declaration": [said]}}))
    assert (found.value, found.quality) == (0, Quality.D)
