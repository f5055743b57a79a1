"""Units the table of carriers lacks, worked out by hand: a factor with its document, or a way to tell it in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import code, meter
from tests.indicators.measures.test_other_energy import (
    DIESEL,
    ELECTRICITY,
    GAS,
    IT,
    METERS,
    daily,
    declared,
    figure,
    named,
    notes,
    register,
    year,
)


def test_diesel_in_litres_counts_by_its_density_on_paper_and_else_asks_for_it() -> None:
    litres = declared("GR-1.1.diesel", "2000", "L")
    pue = year(litres)
    assert (pue.outcome, code(pue)) == (Outcome.NOT_ASSESSABLE, "factor_missing")
    assert pue.reason is not None
    assert "GR-1.1.factor.diesel" in pue.reason.message.zh
    assert "kg/L" in pue.reason.message.en
    density = declared("GR-1.1.factor.diesel", "0.84", "kg/L")
    assert code(year(litres, density | {"documents": 0})) == "factor_missing"
    pue = year(litres, density)
    assert pue.value == digits((ELECTRICITY + 1680 * DIESEL) / IT)
    assert (figure(pue, "Q_diesel"), figure(pue, "factor_diesel")) == (2000, digits(Fraction("0.84") * DIESEL))
    assert "factor_not_used" not in notes(pue)


def test_a_density_serves_every_code_of_its_carrier_and_a_flow_meter() -> None:
    density = declared("GR-1.1.factor.diesel", "0.84", "kg/L")
    said = [density, declared("GR-1.1.diesel_of_boilers", "2", "m3"), *named("GR-1.1.diesel_of_generators_points", "F")]
    pue = year(*said, flow=register("F", "L", "10"))
    assert pue.value == digits((ELECTRICITY + (2000 + 3650) * Fraction("0.84") * DIESEL) / IT)


def test_a_calorific_value_counts_by_the_weight_of_the_fuel() -> None:
    # 10 kWh in a litre, of which 0.35 count.
    value = declared("GR-1.1.factor.diesel", "10", "kWh/L")
    assert year(declared("GR-1.1.diesel", "2000", "L"), value).value == digits(Fraction(ELECTRICITY + 7000, IT))


@pytest.mark.parametrize(("factor", "unit"), [("36", "MJ/L"), ("0.036", "GJ/L"), ("10", "kWh/L")])
def test_a_calorific_value_counts_in_any_unit_of_energy(factor: str, unit: str) -> None:
    value = declared("GR-1.1.factor.diesel", factor, unit)
    assert year(declared("GR-1.1.diesel", "2000", "L"), value).value == digits(Fraction(ELECTRICITY + 7000, IT))


def test_a_factor_of_ones_own_is_electricity_in_any_of_its_units() -> None:
    steam = declared("GR-1.1.steam", "100", "t"), declared("GR-1.1.factor.steam", "0.3", "MWh/t")
    assert year(*steam).value == digits(Fraction(ELECTRICITY + 30_000, IT))


@pytest.mark.parametrize(("factor", "unit"), [("2.8", "GJ/t"), ("0", "kWh/t")])
def test_a_factor_with_its_document_that_is_of_no_use_is_named_and_not_denied(factor: str, unit: str) -> None:
    # Steam of 2.8 GJ may stand for more electricity or less: heat is not electricity.
    pue = year(declared("GR-1.1.steam", "100", "t"), declared("GR-1.1.factor.steam", factor, unit))
    assert code(pue) == "factor_missing"
    assert pue.reason is not None
    assert f"GR-1.1.factor.steam ({factor} {unit})" in pue.reason.message.en
    assert "none is declared" not in pue.reason.message.en


@pytest.mark.parametrize("own", [{"documents": 0}, {"value": Decimal(0)}, {"unit": "kg/bag"}])
def test_the_factor_of_a_carrier_serves_where_that_of_one_use_does_not(own: dict[str, Any]) -> None:
    density = declared("GR-1.1.factor.diesel", "0.84", "kg/L")
    special = density | {"indicator": "GR-1.1.factor.diesel_of_generators"} | own
    pue = year(declared("GR-1.1.diesel_of_generators", "2000", "L"), special, density)
    assert pue.value == digits((ELECTRICITY + 1680 * DIESEL) / IT)


def test_an_amount_without_a_unit_asks_for_a_factor() -> None:
    assert code(year(declared("GR-1.1.diesel", "2", "") | {"unit": None})) == "factor_missing"


def test_cubic_metres_and_litres_are_read_however_they_are_spelled() -> None:
    assert year(declared("GR-1.1.natural_gas", "365", "m³")).value == digits((ELECTRICITY + 365 * GAS) / IT)
    water = year(declared("GR-3.1", "438000", "l"), measure="water_usage_effectiveness")
    assert water.value == Decimal("0.5")


def test_a_factor_beside_the_table_is_told_not_to_count() -> None:
    pue = year(declared("GR-1.1.diesel", "2", "t"), declared("GR-1.1.factor.diesel", "1", "kWh/kg"))
    assert pue.value == digits((ELECTRICITY + 2000 * DIESEL) / IT)
    assert "GR-1.1.factor.diesel" in next(one.message.en for one in pue.notes if one.code == "factor_not_used")


STEAM: dict[str, Any] = {
    "meters": [*METERS, meter("BTU", "other", "other", interval="P1D")],
    "heat": {"energy_readings": daily("BTU", 500)},
}


def test_a_factor_of_low_confidence_is_said_to_be_one_and_one_of_ones_own_is_not() -> None:
    cold = year(declared("GR-1.1.district_cooling", "1", "GJ"))
    assert "energy_carriers/2026.1: district_cooling" in next(
        one.message.en for one in cold.notes if one.code == "factor_unconfirmed"
    )
    own = declared("GR-1.1.steam", "1", "t"), declared("GR-1.1.factor.steam", "300", "kWh/t")
    assert "factor_unconfirmed" not in notes(year(*own))
    assert {one.name: one.title.zh for one in year(*own).inputs}["Q_steam"] == "steam 全年用量"


def test_steam_past_a_meter_of_the_profile_asks_for_a_factor_such_a_meter_can_have() -> None:
    pue = year(*named("GR-1.1.steam_points", "BTU"), **STEAM)
    assert code(pue) == "factor_missing"
    assert pue.reason is not None
    assert "kWh/kWh" in pue.reason.message.en


@pytest.mark.parametrize(("factor", "unit", "daily_kwh"), [("0.4", "kWh/kWh", 200), ("90", "kWh/GJ", 162)])
def test_steam_past_a_meter_of_the_profile_counts_by_a_factor_of_any_unit_of_energy(
    factor: str, unit: str, daily_kwh: int
) -> None:
    # 500 kWh or 1.8 GJ a day.
    pue = year(*named("GR-1.1.steam_points", "BTU"), declared("GR-1.1.factor.steam", factor, unit), **STEAM)
    assert pue.value == digits(Fraction(3000 + daily_kwh, 2400))


def test_a_factor_by_mass_is_no_use_to_a_heat_meter_and_the_unit_that_is_asked_for_is_said() -> None:
    said = [*named("GR-1.1.steam_points", "BTU"), declared("GR-1.1.factor.steam", "300", "kWh/t")]
    pue = year(*said, flow=register("BTU", "GJ", "1"))
    assert code(pue) == "factor_missing"
    assert pue.reason is not None
    assert "kWh/GJ" in pue.reason.message.en
    silent = year(*said)
    assert code(silent) == "points_silent"
    assert silent.reason is not None
    assert "GJ or m3 or L" in silent.reason.message.en


def test_cold_in_ton_hours_counts_by_what_one_of_them_is() -> None:
    cold = declared("GR-1.1.district_cooling", "1000", "RTh")
    said = [cold, declared("GR-1.1.factor.district_cooling", "3.517", "kWh/RTh", witnessed_by="Ana")]
    pue = year(*said)
    assert pue.value == digits((ELECTRICITY + Fraction("3517") * Fraction("0.4")) / IT)
    assert pue.quality is Quality.B  # daily meters
    assert next(one.source for one in pue.inputs if one.name == "factor_district_cooling") == (
        "energy_carriers/2026.1: district_cooling; GR-1.1.factor.district_cooling"
    )


def test_points_that_count_in_two_units_show_both() -> None:
    flow = {
        "flow_readings": [*register("G1", "m3", "10")["flow_readings"], *register("G2", "GJ", "3.6")["flow_readings"]]
    }
    pue = year(*named("GR-1.1.natural_gas_points", "G1", "G2"), flow=flow)
    assert pue.value == digits((ELECTRICITY + 3650 * GAS + 365 * 350) / IT)
    assert (figure(pue, "Q_natural_gas_m3"), figure(pue, "Q_natural_gas_GJ")) == (3650, 1314)
