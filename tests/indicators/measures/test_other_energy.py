"""Fuels, bought cooling and heat beside electricity, worked out by hand: 1,095,000 kWh for 876,000 of IT are 1.25."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from indicators.measures.base import Measurement
from tests.indicators.measures.evidence import DAY, YEAR_START, centre, code, measured, meter, readings

ELECTRICITY, IT = 365 * 3000, 365 * 2400
PLACES = (("M-IN", "utility_incomer", "facility"), ("M-IT", "it_input", "it"))
METERS = [meter(name, at, what, interval="P1D") for name, at, what in PLACES]
DIESEL = Fraction("1.4571") / Fraction("0.1229") * Fraction("0.35")  # kWh of electricity for one kg
GAS = Fraction("1.33") / Fraction("0.1229") * Fraction("0.35")  # for one m3


def daily(name: str, value: int) -> Any:
    return readings(name, [value] * 365, start=YEAR_START + DAY, step=DAY)


def year(*said: dict[str, Any], measure: str = "annual_pue", meters: Any = METERS, **files: Any) -> Measurement:
    energy = {"energy_readings": [*daily("M-IN", 3000), *daily("M-IT", 2400)]}
    return measured(measure, centre({"e": energy, "d": {"declaration": said}} | files, meters=meters))


def declared(indicator: str, value: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "documents": 1} | more


def named(indicator: str, *items: str, **more: Any) -> list[dict[str, Any]]:
    return [{"indicator": indicator, "item": item, "met": True, "documents": 1} | more for item in items]


def register(point: str, unit: str, daily_amount: str, days: Any = range(366)) -> dict[str, Any]:
    return {
        "flow_readings": [
            {"point": point, "at": YEAR_START + n * DAY, "value": Decimal(daily_amount) * n, "unit": unit}
            | {"reading": "on_change"}
            for n in days
        ]
    }


def notes(found: Measurement) -> list[str]:
    return [note.code for note in found.notes]


def figure(found: Measurement, name: str) -> Decimal:
    return next(one.value for one in found.inputs if one.name == name)


def test_electricity_alone_is_told_to_be_all_there_is() -> None:
    pue = year()
    assert pue.value == Decimal("1.25")
    assert "electricity_only" in notes(pue)


def test_diesel_of_generator_tests_counts_as_the_electricity_it_stands_for() -> None:
    pue = year(declared("GR-1.1.diesel", "2", "t"))
    assert pue.value == digits((ELECTRICITY + 2000 * DIESEL) / IT)
    assert (figure(pue, "E_other_diesel"), figure(pue, "factor_diesel")) == (
        digits(2000 * DIESEL),
        digits(1000 * DIESEL),
    )
    assert figure(pue, "E_facility") == digits(ELECTRICITY + 2000 * DIESEL)
    assert figure(pue, "E_electricity") == ELECTRICITY
    assert next(one.source for one in pue.inputs if one.name == "factor_diesel") == "energy_carriers/2026.1: diesel"
    assert "electricity_only" not in notes(pue)
    assert {support.kind for support in pue.rests_on} == {"energy_readings", "declaration"}


def test_two_declarations_of_one_fuel_count_both() -> None:
    pue = year(declared("GR-1.1.diesel_of_generators", "2", "t"), declared("GR-1.1.diesel_of_boilers", "500", "kg"))
    assert pue.value == digits((ELECTRICITY + 2500 * DIESEL) / IT)


def test_what_is_to_be_known_of_a_factor_is_told_once_whatever_counts_by_it() -> None:
    fuel = [declared("GR-1.1.diesel_of_generators", "2", "t"), declared("GR-1.1.diesel_of_boilers", "500", "kg")]
    assert notes(year(*fuel)).count("factor_unconfirmed") == 1


@pytest.mark.parametrize("name", ["electricity", "electricity_of_site"])
def test_electricity_counts_by_its_meters_alone(name: str) -> None:
    pue = year(declared(f"GR-1.1.{name}", "1000", "kWh"), declared(f"GR-1.1.factor.{name}", "1", "kWh/kWh"))
    assert (pue.outcome, code(pue)) == (Outcome.INVALID, "electricity_declared")


def test_no_two_figures_of_one_trace_have_one_name() -> None:
    pue = year(declared("GR-1.1.onsite", "1", "t"), declared("GR-1.1.factor.onsite", "1", "kWh/t"))
    names = [one.name for one in pue.inputs]
    assert len(names) == len(set(names))


def test_bought_cooling_past_a_heat_meter_is_measured() -> None:
    # 3.6 GJ a day are 1,000 kWh of cold, which counts as 400 kWh of electricity.
    said = named("GR-1.1.district_cooling_points", "BTU")
    pue = year(*said, flow=register("BTU", "GJ", "3.6"))
    assert pue.value == digits(Fraction(3400, 2400))
    assert pue.quality is Quality.B  # daily meters
    assert {support.kind for support in pue.rests_on} == {"energy_readings", "flow_readings"}
    assert figure(pue, "pue_2025-04") == pue.value


def test_a_point_that_is_withdrawn_later_counts_no_longer() -> None:
    days = [dt.date(2026, month, 1) for month in (1, 2)]
    said = [
        *named("GR-1.1.district_cooling_points", "OLD", declared_on=days[0]),
        *named("GR-1.1.district_cooling_points", "OLD", declared_on=days[1], met=False),
        *named("GR-1.1.district_cooling_points", "NEW", declared_on=days[1]),
    ]
    both = [*register("OLD", "GJ", "3.6")["flow_readings"], *register("NEW", "GJ", "3.6")["flow_readings"]]
    assert year(*said, flow={"flow_readings": both}).value == digits(Fraction(3400, 2400))


def test_a_heat_meter_of_the_profile_is_read_like_any_other() -> None:
    meters = [*METERS, meter("BTU", "other", "other", interval="P1D")]
    said = named("GR-1.1.district_heating_points", "BTU")
    pue = year(*said, meters=meters, heat={"energy_readings": daily("BTU", 500)})
    assert pue.value == digits(Fraction(3200, 2400))


def test_a_heat_meter_named_under_two_forms_of_energy_is_refused() -> None:
    said = [*named("GR-1.1.district_cooling_points", "BTU"), *named("GR-1.1.district_cooling_hall_points", "BTU")]
    pue = year(*said, flow=register("BTU", "GJ", "3.6"))
    assert (pue.outcome, code(pue)) == (Outcome.INVALID, "point_counted_twice")
    assert pue.reason is not None
    assert "GR-1.1.district_cooling_hall_points" in pue.reason.message.zh
    day = dt.date(2026, 2, 1)
    withdrawn = named("GR-1.1.district_cooling_hall_points", "BTU", declared_on=day, met=False)
    assert year(*said, *withdrawn, flow=register("BTU", "GJ", "3.6")).value == digits(Fraction(3400, 2400))


NESTED = [*METERS, meter("BTU", "other", "other", interval="P1D")]
NESTED += [meter("HALL", "other", "other", parent="BTU", interval="P1D")]


@pytest.mark.parametrize(
    ("measure", "codes"),
    [
        ("annual_pue", ["GR-1.1.district_cooling_points"]),
        ("annual_pue", ["GR-1.1.district_cooling_points", "GR-1.1.district_heating_points"]),
        ("energy_reuse_factor", ["GR-3.2.reused_points"]),
        ("cooling_efficiency_ratio", ["GR-1.2.heat_points"]),
        ("liquid_cooling_share", ["GR-1.5.liquid_heat_points"]),
    ],
)
def test_heat_past_a_meter_and_one_below_it_does_not_count_twice(measure: str, codes: list[str]) -> None:
    heat = {"energy_readings": [*daily("BTU", 1000), *daily("HALL", 1000)]}
    said = [*named(codes[0], "BTU"), *named(codes[-1], "HALL")]
    found = year(*said, measure=measure, meters=NESTED, heat=heat)
    assert (found.outcome, code(found)) == (Outcome.INVALID, "point_counted_twice")
    assert found.reason is not None
    assert "HALL" in found.reason.message.zh


def test_of_nested_heat_meters_the_one_that_is_named_counts() -> None:
    heat = {"energy_readings": [*daily("BTU", 1000), *daily("HALL", 1000)]}
    for name in ("BTU", "HALL"):
        pue = year(*named("GR-1.1.district_cooling_points", name), meters=NESTED, heat=heat)
        assert pue.value == digits(Fraction(3400, 2400))


@pytest.mark.parametrize("name", ["M-IT", "M-IN", "M-PUMPS"])
def test_a_meter_of_electricity_is_no_point_of_heat(name: str) -> None:
    meters = [*METERS, meter("M-PUMPS", "other", "other", parent="M-IN", interval="P1D")]
    pumps = {"energy_readings": daily("M-PUMPS", 10)}
    for measure, points in (
        ("annual_pue", "GR-1.1.district_cooling_points"),
        ("energy_reuse_factor", "GR-3.2.reused_points"),
        ("cooling_efficiency_ratio", "GR-1.2.heat_points"),
        ("liquid_cooling_share", "GR-1.5.liquid_heat_points"),
    ):
        found = year(*named(points, name), measure=measure, meters=meters, pumps=pumps)
        assert (found.outcome, code(found)) == (Outcome.INVALID, "meter_of_electricity")


def test_gas_is_counted_by_its_register_or_its_rate() -> None:
    # 10 m3 a day, once as they are counted and once as 5/12 of a cubic metre an hour, held for a day each.
    said = named("GR-1.1.natural_gas_points", "G1")
    by_register = year(*said, flow=register("G1", "m3", "10"))
    assert by_register.value == digits((ELECTRICITY + 3650 * GAS) / IT)
    assert [figure(by_register, name) for name in ("Q_natural_gas", "factor_natural_gas")] == [3650, digits(GAS)]
    assert {one.name: one.unit for one in by_register.inputs}["factor_natural_gas"] == "kWh/m3"
    rate = [
        {"point": "G1", "at": YEAR_START + n * DAY, "value": Decimal("0.75"), "unit": "m3/h", "reading": "on_change"}
        for n in range(366)
    ]
    by_rate = year(*said, flow={"flow_readings": rate})
    assert by_rate.value == digits((ELECTRICITY + 365 * 18 * GAS) / IT)


def test_a_register_read_once_a_month_loses_nothing() -> None:
    firsts = [0, 30, 61, 91, 122, 153, 183, 214, 244, 275, 306, 334, 365]  # of April 2025 to April 2026
    said = named("GR-1.1.natural_gas_points", "G1")
    assert year(*said, flow=register("G1", "m3", "10", firsts)).value == digits((ELECTRICITY + 3650 * GAS) / IT)


def test_what_is_metered_and_declared_counts_once() -> None:
    said = [*named("GR-1.1.natural_gas_points", "G1"), declared("GR-1.1.natural_gas", "9999", "m3")]
    assert year(*said, flow=register("G1", "m3", "10")).value == digits((ELECTRICITY + 3650 * GAS) / IT)
    assert year(*said).value == digits((ELECTRICITY + 9999 * GAS) / IT)


def test_points_that_are_named_and_silent_are_not_left_out() -> None:
    pue = year(*named("GR-1.1.district_cooling_points", "BTU"))
    assert (pue.outcome, code(pue)) == (Outcome.NOT_ASSESSABLE, "points_silent")


def test_energy_the_table_lacks_needs_a_factor_with_a_document() -> None:
    steam = declared("GR-1.1.steam", "100", "t")
    pue = year(steam)
    assert (pue.outcome, code(pue)) == (Outcome.NOT_ASSESSABLE, "factor_missing")
    assert pue.reason is not None
    assert "GR-1.1.factor.steam" in pue.reason.message.en
    assert "kWh/t" in pue.reason.message.zh
    factor = declared("GR-1.1.factor.steam", "300", "kWh/t")
    assert code(year(steam, factor | {"documents": 0})) == "factor_missing"
    assert year(steam, factor).value == digits(Fraction(ELECTRICITY + 30_000, IT))
    assert year(steam | {"unit": "kg"}, factor).value == digits(Fraction(ELECTRICITY + 30, IT))
    assert code(year(steam | {"unit": "m3"}, factor)) == "factor_missing"


def test_a_fluid_of_ones_own_is_metered_by_ones_own_factor() -> None:
    said = [*named("GR-1.1.condenser_water_points", "CW"), declared("GR-1.1.factor.condenser_water", "0.2", "kWh/m3")]
    assert year(*said, flow=register("CW", "m3", "100")).value == digits(Fraction(3020, 2400))


def test_a_fuel_whose_carbon_is_declared_has_energy() -> None:
    carbon = declared("GR-2.2.fuel_kg", "6200", "kg")
    assert code(year(carbon)) == "fuel_energy_missing"
    assert year(carbon, declared("GR-1.1.diesel", "2000", "kg")).value is not None
    assert year(carbon | {"value": Decimal(0)}).value == Decimal("1.25")


def test_a_fuel_of_ones_own_whose_carbon_is_declared_has_energy_too() -> None:
    carbon = declared("GR-2.2.fuel_kg", "6200", "kg")
    own = declared("GR-1.1.hvo", "2", "t"), declared("GR-1.1.factor.hvo", "4000", "kWh/t")
    assert year(carbon, *own).value == digits(Fraction(ELECTRICITY + 8000, IT))
    assert "carbon_left_out" not in notes(year(carbon, *own, measure="carbon_usage_effectiveness"))


@pytest.mark.parametrize(("kwh", "grade"), [("40000", Quality.B), ("100000", Quality.B), ("150000", Quality.D)])
def test_much_that_is_only_declared_weakens_the_figure(kwh: str, grade: Quality) -> None:
    # Of 1,095,000 kWh and what is declared beside them: 3.5 %, 8.4 % and 12 %; the meters are read daily, grade B.
    own = [declared("GR-1.1.wood", kwh, "kWh", documents=0), declared("GR-1.1.factor.wood", "1", "kWh/kWh")]
    assert year(*own).quality is grade


def test_little_that_is_only_declared_does_no_harm_to_the_renewable_share() -> None:
    green = declared("GR-2.1.direct_mwh", "547.5", "MWh", witnessed_by="Ana")

    def share(*said: dict[str, Any]) -> Measurement:
        return year(green, *said, measure="renewable_energy_factor")

    assert (share().value, share().quality) == (50, Quality.A)
    small = share(declared("GR-1.1.diesel", "1", "t"))
    assert (small.value, small.quality) == (digits(547_500 / (ELECTRICITY + 1000 * DIESEL) * 100), Quality.A)
    assert share(declared("GR-1.1.district_cooling", "200", "MWh")).quality is Quality.B  # 80 of 1,175 MWh


def test_no_more_green_power_than_electricity_is_scored_whatever_else_is_burnt() -> None:
    gas = declared("GR-1.1.natural_gas", "500000", "m3")
    for mwh, outcome in (("1200", Outcome.INVALID), ("1095", Outcome.SCORED)):
        green = declared("GR-2.1.direct_mwh", mwh, "MWh")
        assert year(green, gas, measure="renewable_energy_factor").outcome is outcome


def test_what_is_known_of_part_of_the_year_is_set_against_the_same_part_of_the_rest() -> None:
    # Five days unknown: 360 of 365 days of electricity and of diesel alike.
    rows = [*daily("M-IN", 3000), *list(daily("M-IT", 2400))[:100], *list(daily("M-IT", 2400))[105:]]
    said = [declared("GR-1.1.diesel", "10", "t")]
    pue = measured("annual_pue", centre({"e": {"energy_readings": rows}, "d": {"declaration": said}}, meters=METERS))
    assert pue.value == digits((ELECTRICITY + 10_000 * DIESEL) / IT)
    parts = [figure(pue, name) for name in ("E_electricity", "E_other_diesel")]
    assert sum(parts) == pytest.approx(figure(pue, "E_facility"), abs=Decimal("0.0001"))
    assert figure(pue, "E_electricity") == 360 * 3000
    assert figure(pue, "share") == digits(Fraction(360, 365) * 100)
    assert [figure(pue, name) for name in ("Q_diesel", "factor_diesel")] == [10, digits(1000 * DIESEL)]


def test_points_of_heat_nobody_speaks_of_are_told() -> None:
    pue = year(flow=register("B9", "GJ", "1"))
    assert pue.value == Decimal("1.25")
    assert "B9" in next(note.message.en for note in pue.notes if note.code == "points_unnamed")
    cold = named("GR-1.2.heat_points", "B9")
    assert "points_unnamed" not in notes(year(*cold, flow=register("B9", "GJ", "1")))


def test_a_register_in_two_units_is_asked_about() -> None:
    both = {"flow_readings": [*register("W", "m3", "1")["flow_readings"], *register("W", "L", "1")["flow_readings"]]}
    water = year(*named("GR-3.1.water_points", "W"), measure="water_usage_effectiveness", flow=both)
    assert (water.outcome, code(water)) == (Outcome.INVALID, "point_in_two_units")


def test_water_past_its_meters_is_measured_and_beats_what_is_declared() -> None:
    # 1.2 m3 a day for 2,400 kWh: half a litre each.
    said = [*named("GR-3.1.water_points", "W1", "W2"), declared("GR-3.1", "9", "m3")]
    both = {
        "flow_readings": [*register("W1", "m3", "1")["flow_readings"], *register("W2", "L", "200")["flow_readings"]]
    }
    water = year(*said, measure="water_usage_effectiveness", flow=both)
    assert (water.value, water.quality) == (Decimal("0.5"), Quality.A)
    assert "flow_readings" in {support.kind for support in water.rests_on}
    assert year(declared("GR-3.1", "438", "m3"), measure="water_usage_effectiveness").quality is Quality.C


def test_a_water_meter_replaced_by_one_that_stands_higher_makes_no_water() -> None:
    firsts = [0, 30, 61, 91, 122, 153, 183, 214, 244, 275, 306, 334, 365]
    flow = register("W", "m3", "1", firsts)
    for row in flow["flow_readings"][6:]:
        row["value"] += 10_000
    water = year(*named("GR-3.1.water_points", "W"), measure="water_usage_effectiveness", flow=flow)
    assert water.outcome is Outcome.SCORED
    assert water.value is not None
    assert water.value < Decimal("0.42")  # 1 m3 a day for 2,400 kWh


def test_water_of_part_of_the_year_is_brought_to_the_whole_of_it_and_its_coverage_is_shown() -> None:
    def water(rows: list[dict[str, Any]]) -> Measurement:
        said = named("GR-3.1.water_points", "W")
        return year(*said, measure="water_usage_effectiveness", flow={"flow_readings": rows})

    late = water(register("W", "m3", "1.2", range(30, 366))["flow_readings"])
    assert (late.value, late.coverage) == (Decimal("0.5"), digits(Fraction(335, 365)))
    rates = [
        {"point": "W", "at": YEAR_START + n * DAY, "value": Decimal(2), "unit": "m3/h", "reading": "on_change"}
        for n in [*range(100), *range(130, 366)]
    ]
    assert water(rates).value == 20  # 48 m3 a day; the last reading before the gap stands for a day
    assert water(rates).coverage == digits(Fraction(336 - 1, 365)) == late.coverage


def test_bought_cooling_of_part_of_the_year_is_brought_to_the_whole_of_it() -> None:
    said = named("GR-1.1.district_cooling_points", "BTU")
    pue = year(*said, flow=register("BTU", "GJ", "3.6", range(30, 366)))
    assert (pue.value, pue.coverage) == (digits(Fraction(3400, 2400)), digits(Fraction(335, 365)))


def test_too_little_of_a_water_meter_is_not_assessable() -> None:
    half = year(
        *named("GR-3.1.water_points", "W"),
        measure="water_usage_effectiveness",
        flow=register("W", "m3", "1", range(180)),
    )
    assert (half.outcome, code(half)) == (Outcome.NOT_ASSESSABLE, "coverage_too_small")


def test_heat_handed_over_is_measured_and_needs_its_contract() -> None:
    # 1.08 GJ a day are 300 kWh of 3,000.
    def reuse(**more: Any) -> Measurement:
        said = named("GR-3.2.reused_points", "BTU", **more)
        return year(*said, measure="energy_reuse_factor", flow=register("BTU", "GJ", "1.08"))

    assert (reuse().value, reuse().quality) == (10, Quality.A)
    assert reuse(documents=0).quality is Quality.C
    assert reuse(expires_on=dt.date(2020, 1, 1)).quality is Quality.C
    declared_in_gj = year(declared("GR-3.2.reused", "394.2", "GJ"), measure="energy_reuse_factor")
    assert declared_in_gj.value == 10


def test_the_document_of_a_point_that_is_not_met_is_no_contract_of_another() -> None:
    said = [
        *named("GR-3.2.reused_points", "BTU", documents=0),
        *named("GR-3.2.reused_points", "B2", met=False),
    ]
    assert year(*said, measure="energy_reuse_factor", flow=register("BTU", "GJ", "1.08")).quality is Quality.C


def test_the_carbon_of_what_is_no_electricity_is_told_to_be_missing() -> None:
    cold, diesel = declared("GR-1.1.district_cooling", "1", "GJ"), declared("GR-1.1.diesel", "1", "kg")
    carbon = year(cold, diesel, measure="carbon_usage_effectiveness")
    told = next(note.message.en for note in carbon.notes if note.code == "carbon_left_out")
    assert "diesel" in told
    assert "district cooling" in told
    mass = declared("GR-2.2.fuel_kg", "3", "kg")
    told = next(
        note.message.en
        for note in year(cold, diesel, mass, measure="carbon_usage_effectiveness").notes
        if note.code == "carbon_left_out"
    )
    assert "diesel" not in told


@settings(max_examples=25, deadline=None)
@given(
    amounts=st.dictionaries(
        st.sampled_from(["diesel", "lpg", "natural_gas", "district_cooling"]), st.integers(0, 10**6)
    )
)
def test_every_further_form_of_energy_only_ever_adds(amounts: dict[str, int]) -> None:
    said = [declared(f"GR-1.1.{name}", str(amount), "kWh") for name, amount in amounts.items()]
    pue = year(*said)
    fuels = sum((Fraction(35, 100) * n for name, n in amounts.items() if name != "district_cooling"), Fraction(0))
    total = ELECTRICITY + fuels + Fraction(4, 10) * amounts.get("district_cooling", 0)
    assert pue.value == digits(total / IT)


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(1, 365))
def test_handing_in_a_flow_in_two_files_changes_no_digit(cut: int) -> None:
    rows = register("BTU", "GJ", "3.6")["flow_readings"]
    said = named("GR-1.1.district_cooling_points", "BTU")
    parts = {"a": {"flow_readings": rows[: cut + 1]}, "b": {"flow_readings": rows[cut - 1 :]}}
    assert year(*said, **parts).value == digits(Fraction(3400, 2400))
