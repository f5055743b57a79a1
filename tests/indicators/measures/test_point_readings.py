"""What the readings of a point had against them is told, and lowers grade and coverage as for a meter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from indicators.measures.base import CentreEvidence, Measurement
from tests.indicators.measures.evidence import DAY, YEAR_START, code, meter
from tests.indicators.measures.test_other_energy import METERS, daily, named, notes, year

FIRSTS = [0, 30, 61, 91, 122, 153, 183, 214, 244, 275, 306, 334, 365]  # of April 2025 to April 2026
RESET = [day if day < 200 else day - 200 for day in range(366)]


def points(name: str, unit: str, values: Sequence[Any], days: Sequence[int] = range(366)) -> list[dict[str, Any]]:
    return [
        {"point": name, "at": YEAR_START + day * DAY, "value": Decimal(value), "unit": unit, "reading": "on_change"}
        for day, value in zip(days, values, strict=True)
    ]


def water(*rows: dict[str, Any], names: Sequence[str] = ("W",)) -> Measurement:
    said = named("GR-3.1.water_points", *names)
    return year(*said, measure="water_usage_effectiveness", flow={"flow_readings": rows})


def told(found: Measurement, code: str) -> str:
    return next(note.message.en for note in found.notes if note.code == code)


def test_nothing_is_told_of_a_clean_point() -> None:
    found = water(*points("W", "m3", range(366)))
    assert found.quality is Quality.A
    assert not {"readings_rejected", "counter_reset", "readings_leap"} & set(notes(found))


def test_the_readings_of_many_points_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    rows = CentreEvidence.rows
    monkeypatch.setattr(CentreEvidence, "rows", lambda own, kind: (read.append(kind), rows(own, kind))[1])
    names = [f"W{number}" for number in range(9)]
    found = water(*(row for name in names for row in points(name, "m3", range(366))), names=names)
    assert found.outcome is Outcome.SCORED
    assert read.count("flow_readings") < len(names)


def test_rates_below_zero_are_told_and_their_month_lowers_the_grade() -> None:
    found = water(*points("W", "m3/h", [-1 if 30 <= day < 60 else 2 for day in range(366)]))
    assert (found.value, found.quality) == (20, Quality.C)  # of May only one day is known
    assert told(found, "readings_rejected").startswith("Point W, readings not used")
    assert told(found, "readings_rejected").endswith(": 30.")


def test_a_register_of_water_that_was_reset_is_told_with_what_the_rest_comes_to() -> None:
    found = water(*points("W", "m3", RESET))
    assert "The register of point W ran backwards once" in told(found, "counter_reset")
    assert "the others come to 364 m3" in told(found, "counter_reset")
    assert found.coverage is not None
    assert found.coverage < 1


def test_a_month_of_more_than_three_times_the_next_is_taken_for_a_leap_and_told() -> None:
    # 100 m3 a month and in July 400, as if one register had replaced another.
    found = water(*points("W", "m3", [100 * number + (300 if number >= 4 else 0) for number in range(13)], FIRSTS))
    assert told(found, "readings_leap").startswith("Point W, ")
    assert found.quality is Quality.C


def test_what_bought_cooling_had_against_it_is_told_beside_pue_and_the_green_share() -> None:
    said = named("GR-1.1.district_cooling_points", "BTU")
    flow = {"flow_readings": points("BTU", "GJ", RESET)}
    green = {"indicator": "GR-2.1.direct_mwh", "value": Decimal(1), "unit": "MWh", "documents": 1}
    assert "counter_reset" in notes(year(*said, flow=flow))
    assert "counter_reset" in notes(year(*said, green, measure="renewable_energy_factor", flow=flow))


@pytest.mark.parametrize(
    ("measure", "named_under"),
    [
        ("cooling_efficiency_ratio", "GR-1.2.heat_points"),
        ("liquid_cooling_share", "GR-1.5.liquid_heat_points"),
        ("energy_reuse_factor", "GR-3.2.reused_points"),
    ],
)
def test_heat_of_a_register_that_was_reset_says_so_wherever_it_counts(measure: str, named_under: str) -> None:
    meters = [*METERS, meter("COOL", "cooling", "cooling", parent="M-IN", interval="P1D")]
    flow, cool = {"flow_readings": points("BTU", "GJ", RESET)}, {"energy_readings": daily("COOL", 300)}
    found = year(*named(named_under, "BTU"), measure=measure, meters=meters, flow=flow, cool=cool)
    assert found.outcome is Outcome.SCORED
    assert "counter_reset" in notes(found)


def test_only_the_point_that_lacks_readings_is_named() -> None:
    rows = [*points("W1", "m3", range(366)), *points("W2", "m3", range(180), range(180))]
    found = water(*rows, names=("W1", "W2"))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "coverage_too_small")
    assert found.reason is not None
    assert "W2" in found.reason.message.en
    assert "W1" not in found.reason.message.en


def test_of_many_points_that_lack_readings_the_worst_are_named_each_with_its_share() -> None:
    names = [f"W{number:02}" for number in range(40)]
    rows = [row for days, name in enumerate(names, start=100) for row in points(name, "m3", range(days), range(days))]
    reason = water(*rows, names=names).reason
    assert reason is not None
    assert "W00 27.12 %, W01 27.4 %, W02" in reason.message.en
    assert "and 36 more" in reason.message.en
    assert "W04" not in reason.message.en.split("No usable")[0]


def test_a_heat_meter_of_the_profile_that_is_read_as_a_point_is_told_so() -> None:
    meters = [*METERS, meter("BTU", "other", "other", interval="P1D")]
    flow = {"flow_readings": points("BTU", "GJ", range(366))}
    found = year(*named("GR-1.1.district_cooling_points", "BTU"), meters=meters, flow=flow)
    assert code(found) == "meter_silent"
    assert found.reason is not None
    assert "those of a point" in found.reason.message.en
