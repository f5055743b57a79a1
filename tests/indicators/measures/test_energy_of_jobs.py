"""Energy per ZFLOP and per million tokens, cooling, distribution and liquid share, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.outcome import Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import (
    DAY,
    HOUR,
    YEAR_END,
    YEAR_START,
    centre,
    code,
    measured,
    meter,
    readings,
)

START = YEAR_END - 40 * DAY
MINUTE = dt.timedelta(minutes=1)


def steps(number: int, *, every: int = 10, again: int = 0) -> list[dict[str, Any]]:
    """A row every ten steps of six seconds; the last `again` rows done twice, right after each other."""
    done = [*range(number), *range(number - again, number)]
    return [
        {
            "step": (index + 1) * every, "at": START + MINUTE * (place + 1), "iteration_ms": Decimal(6000),
            "global_batch_size": 64, "dialect": "megatron",
        }
        for place, index in enumerate(done)
    ]  # fmt: skip


CARD = {
    "log": "sha256:log", "workload": "reference_dense", "model": "R-D", "params": Decimal("70.6e9"),
    "params_active": Decimal("70.6e9"), "sequence_length": 4096, "objective": "pretrain",
    "accelerator": "NVIDIA H800 SXM", "accelerators": 16, "precision": "bf16", "witnessed_by": "Ana",
}  # fmt: skip


def power(series: str, watts: int, minutes: int, place: str = "node") -> list[dict[str, Any]]:
    return [
        {"series": series, "place": place, "at": START + MINUTE * n, "power_w": Decimal(watts)}
        for n in range(minutes + 1)
    ]


def intensity(log: list[dict[str, Any]], samples: list[dict[str, Any]], **files: Any) -> Any:
    return measured(
        "energy_per_training_compute",
        centre({"log": {"training_steps": log}, "c": {"run_cards": [CARD], "power_samples": samples}, **files}),
    )


# 60 rows of ten steps of 64 samples of 4,096 tokens: 6 · 70.6e9 · 600 · 64 · 4,096 FLOP.
ZFLOP = Fraction(6 * 706 * 10**8 * 600 * 64 * 4096, 10**21)
NODES = power("n1", 9000, 60) + power("n2", 11_000, 60) + power("leaf", 1000, 60, "switch")


def test_energy_of_nodes_and_switches_is_set_against_six_n_d() -> None:
    # One hour: the first row's ten steps of six seconds begin at the start. 9 + 11 + 1 kW for an hour.
    found = intensity(steps(60), NODES)
    assert found.value == digits(21 / ZFLOP)
    assert found.quality is Quality.A
    without = intensity(steps(60), NODES[:122])
    assert (without.value, without.quality) == (digits(20 / ZFLOP), Quality.B)


def test_steps_done_twice_cost_energy_and_count_once() -> None:
    longer = power("n1", 9000, 70) + power("n2", 11_000, 70) + power("leaf", 1000, 70, "switch")
    assert intensity(steps(60, again=10), longer).value == digits(21 * Fraction(70, 60) / ZFLOP)


def test_the_logs_of_one_card_are_one_run_wherever_a_log_is_cut() -> None:
    log = steps(60, again=10)
    samples = power("n1", 9000, 70) + power("n2", 11_000, 70) + power("leaf", 1000, 70, "switch")
    whole = intensity(log, samples)

    def in_parts(**parts: list[dict[str, Any]]) -> Any:
        card = [CARD | {"log": f"sha256:{name}"} for name in parts]
        files: dict[str, Any] = {name: {"training_steps": rows} for name, rows in parts.items()}
        return measured(
            "energy_per_training_compute", centre(files | {"c": {"run_cards": card, "power_samples": samples}})
        )

    for found in (
        *(in_parts(a=log[:cut], b=log[cut:]) for cut in (1, 35, 60, 69)),
        in_parts(a=log[35:], b=log[:35]),
        in_parts(a=log[:50], b=log[20:]),  # what stands in both counts once
    ):
        assert (found.value, found.coverage, found.notes) == (whole.value, 1, whole.notes)
    assert in_parts(a=log, b=log).value == whole.value


def test_runs_that_share_a_card_are_one_that_started_over_and_it_is_told() -> None:
    # Twice the same 30 rows in one hour: an hour's energy for the compute of half of it.
    log = steps(30) + [row | {"at": row["at"] + 30 * MINUTE} for row in steps(30)]
    found = intensity(log, NODES)
    assert found.value == digits(21 / (ZFLOP / 2))
    assert "begin again once" in next(n.message.en for n in found.notes if n.code == "run_started_over")
    assert "run_started_over" not in [n.code for n in intensity(steps(60, again=10), NODES).notes]


def test_power_of_too_few_nodes_is_refused_and_of_too_many_counts_unless_named() -> None:
    assert code(intensity(steps(60), NODES[:61])) == "power_incomplete"
    more = NODES + power("n3", 5000, 60)
    assert intensity(steps(60), more).value == digits(26 / ZFLOP)
    named = [{"indicator": "GR-4.1.nodes", "item": name, "met": True, "documents": 0} for name in ("n1", "n2", "leaf")]
    assert intensity(steps(60), more, d={"declaration": named}).value == digits(21 / ZFLOP)


def test_racks_stand_for_nodes_and_all_it_only_for_a_job_on_all_cards() -> None:
    assert intensity(steps(60), power("r1", 30_000, 60, "rack")).value == digits(30 / ZFLOP)
    assert code(intensity(steps(60), power("hall", 90_000, 60, "it"))) == "power_missing"


def test_energy_is_power_by_the_time_however_often_it_was_read() -> None:
    # 10 minutes at 10 kW read every second, 50 at 30 kW read every minute: 5/3 + 25 kWh, not the mean of 650 rows.
    often = [
        {"series": "r1", "place": "rack", "at": START + n * MINUTE / 60, "power_w": Decimal(10_000)} for n in range(600)
    ]
    seldom = [row for row in power("r1", 30_000, 60, "rack") if row["at"] >= START + 10 * MINUTE]
    found = intensity(steps(60), often + seldom)
    assert (found.value, found.coverage) == (digits(Fraction(80, 3) / ZFLOP), 1)


def test_power_written_on_change_has_no_gaps_where_it_is_silent() -> None:
    # 20 kW since ten minutes before the job, 40 kW from its middle on, written every five minutes or not at all.
    def written(*minutes: int) -> list[dict[str, Any]]:
        return [
            {
                "series": "r1", "place": "rack", "at": START + n * MINUTE, "reading": "on_change",
                "power_w": Decimal(20_000 if n < 30 else 40_000),
            }
            for n in minutes
        ]  # fmt: skip

    for rows in (written(*range(0, 60, 5)), written(-10, 30)):
        found = intensity(steps(60), rows)
        assert (found.value, found.coverage) == (digits(30 / ZFLOP), 1)
    assert code(intensity(steps(60), written(-50))) == "power_gaps"  # believed for ten minutes of the hour
    assert code(intensity(steps(60), [row | {"reading": None} for row in written(*range(0, 60, 5))])) == "power_gaps"


def test_an_intensity_no_hardware_reaches_is_invalid() -> None:
    assert code(intensity(steps(60), power("n1", 90, 60) + power("n2", 90, 60))) == "intensity_implausible"


def test_a_log_without_times_has_no_energy() -> None:
    log = [row | {"at": None} for row in steps(60)]
    assert code(intensity(log, NODES)) == "no_timed_run"


def test_carbon_of_a_job_is_its_energy_times_pue_and_the_factor_of_its_year() -> None:
    files = {
        "log": {"training_steps": steps(60)},
        "c": {"run_cards": [CARD], "power_samples": NODES},
        "m": {"energy_readings": [*readings("M-IN", [125] * 8760, start=YEAR_START + HOUR)]},
        "i": {"energy_readings": [*readings("M-IT", [100] * 8760, start=YEAR_START + HOUR)]},
    }
    found = measured("carbon_per_training_compute", centre(files))
    # 内蒙古 2022: 0.6849 kg/kWh is the latest published; PUE 1.25.
    assert found.value is not None
    assert abs(Fraction(found.value) - 21 / ZFLOP * Fraction("1.25") * Fraction("0.6849")) < Fraction(1, 10**6)


def served(**more: Any) -> dict[str, Any]:
    return {
        "tool": "vllm_bench", "status": "success", "output_tokens_per_s": Decimal(8000), "ttft_p99_ms": Decimal(1500),
        "tpot_p99_ms": Decimal(150), "completed": 56_250, "failed": 0, "started_at": START, "duration_ms": 3_600_000,
        "input_tokens": 115_200_000, "output_tokens": 28_800_000,
    } | more  # fmt: skip


def test_energy_of_a_load_test_is_set_against_its_output_tokens() -> None:
    card = CARD | {"objective": "inference", "accelerators": 8, "log": "sha256:run"}

    def tokens(**more: Any) -> Any:
        files = {"run": {"serving_runs": [served(**more)]}, "c": {"run_cards": [card], "power_samples": NODES[:61]}}
        return measured("energy_per_million_tokens", centre(files))

    assert tokens().value == Decimal("0.3125")  # 9 kWh ÷ 28.8 Mtok
    assert code(tokens(started_at=None)) == "no_run_times"
    many = {"completed": 2 * 10**9, "input_tokens": 4096 * 10**9, "output_tokens": 1024 * 10**9}
    assert code(tokens(**many)) == "intensity_implausible"
    assert code(tokens(completed=55_000, failed=1250)) == "requests_failed"


METERS = [
    meter("T1", "transformer_output", "facility", interval="P1D"),
    meter("COOL", "cooling", "cooling", interval="P1D", parent="T1"),
    meter("M-IT", "it_input", "it", interval="P1D", parent="T1"),
]


def year(name: str, daily: int) -> Any:
    return readings(name, [daily] * 365, start=YEAR_START + DAY, step=DAY)


ENERGY = {
    f"e{n}": {"energy_readings": year(*pair)} for n, pair in enumerate((("T1", 1300), ("COOL", 200), ("M-IT", 1050)))
}


def declared(indicator: str, value: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "documents": 1} | more


def heat(measure: str, *rows: dict[str, Any], **files: Any) -> Any:
    return measured(measure, centre(ENERGY | {"d": {"declaration": rows}} | files, meters=METERS))


def test_cooling_efficiency_is_heat_over_its_electricity() -> None:
    # 365 · 1,000 kWh of heat declared; cooling used 365 · 200.
    found = heat("cooling_efficiency_ratio", declared("GR-1.2.heat_mwh", "365", "MWh"))
    assert (found.value, found.quality) == (5, Quality.C)
    # In GJ: 1,314 GJ are the same 365 MWh.
    assert heat("cooling_efficiency_ratio", declared("GR-1.2.heat", "1314", "GJ")).value == 5
    assert "cer_disagrees" not in [note.code for note in found.notes]


def test_heat_by_the_registers_of_the_points_that_are_named_is_raw_data() -> None:
    named = {"indicator": "GR-1.2.heat_points", "item": "BTU-1", "met": True, "documents": 0}
    register = [
        {
            "point": "BTU-1",
            "at": YEAR_START + n * DAY,
            "value": Decimal("3.6") * n,
            "unit": "GJ",
            "reading": "on_change",
        }
        for n in range(366)
    ]
    found = heat("cooling_efficiency_ratio", named, flow={"flow_readings": register})
    assert (found.value, found.quality) == (5, Quality.A)  # 3.6 GJ a day are 1,000 kWh
    assert code(heat("cooling_efficiency_ratio", named | {"item": "BTU-9"}, flow={"flow_readings": register})) == (
        "points_silent"
    )


def test_too_few_readings_of_a_year_are_told_with_the_days_that_lack_them() -> None:
    # Of the heat meter 40 days of August and September, of the cooling meter all of April and the first half of May.
    named = {"indicator": "GR-1.2.heat_points", "item": "BTU-1", "met": True, "documents": 0}
    register = [
        {"point": "BTU-1", "at": YEAR_START + n * DAY, "value": Decimal(n), "unit": "GJ", "reading": "on_change"}
        for n in range(366)
        if not 130 < n <= 170
    ]
    heat_meter = heat("cooling_efficiency_ratio", named, flow={"flow_readings": register})
    assert code(heat_meter) == "coverage_too_small"
    assert "BTU-1 from 2025-08-09 00:00 to 2025-09-18 00:00 (40 days)" in heat_meter.reason.message.en
    late = {"e1": {"energy_readings": readings("COOL", [200] * 320, start=YEAR_START + 46 * DAY, step=DAY)}}
    cooling = heat("cooling_efficiency_ratio", declared("GR-1.2.heat_mwh", "365", "MWh"), **late)
    assert "没有可用读数的时段：COOL 自 2025-04-01 00:00 至 2025-05-16 00:00（45 天）" in cooling.reason.message.zh


def test_distribution_takes_off_what_else_hangs_on_the_transformer() -> None:
    # 1,050 of 1,300 − 200.
    assert heat("power_distribution_efficiency").value == digits(Fraction(1050, 1100) * 100)


def test_liquid_share_is_of_heat_and_else_of_rated_power() -> None:
    # 365 · 525 kWh = 191.625 MWh of 365 · 1,050 kWh; else 50 of the 200 kW rated.
    assert heat("liquid_cooling_share", declared("GR-1.5.liquid_heat_mwh", "191.625", "MWh")).value == 50
    assert heat("liquid_cooling_share", declared("GR-1.5.liquid_it_kw", "50", "kW")).value == 25
    assert code(heat("liquid_cooling_share", declared("GR-1.5.liquid_it_kw", "211", "kW"))) == "liquid_above_it"
