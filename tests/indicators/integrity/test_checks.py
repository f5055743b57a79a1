"""Checks on small cases made by hand: what raises a flag, and what is just like it and does not."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome
from indicators.integrity.base import Dossier, Flag, Severity
from indicators.integrity.prints import prints_of
from indicators.integrity.registry import flags_of, open_among
from indicators.measures.base import CentreEvidence, Measurement
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_START, centre, measured, meter, readings

MINUTE = dt.timedelta(minutes=1)
SPRING = YEAR_START + 300 * DAY


def flags(
    evidence: CentreEvidence,
    *,
    names: Mapping[str, str] | None = None,
    measurements: Mapping[str, Measurement] | None = None,
) -> dict[str, Flag]:
    return {flag.code: flag for flag in flags_of(Dossier(evidence, measurements or {}, names or {}))}


def value(measure: str, number: str) -> Measurement:
    return Measurement(measure, Outcome.SCORED, value=Decimal(number))


# --- physics and the profile ------------------------------------------------------------------------------------------


def load(kw: float, *, hours: int = 24 * 40) -> list[str]:
    """Hourly energies about a power, never twice the same."""
    return [f"{kw * (1 + (hour * 7919 % 101) / 5000):.2f}" for hour in range(hours)]


def test_more_energy_than_the_equipment_can_draw() -> None:
    evidence = centre({"meters": {"energy_readings": readings("M-IT", load(230))}})
    flag = flags(evidence)["energy_against_nameplate"]
    assert flag.severity is Severity.IMPOSSIBLE
    assert flag.subject == "M-IT"
    assert "energy_against_nameplate" not in flags(centre({"meters": {"energy_readings": readings("M-IT", load(180))}}))


@pytest.mark.torture("T16", "5 kWh for a 10 MW hall")
def test_five_kwh_for_a_hall_of_ten_megawatt_are_flagged() -> None:
    """A reading a day, thousands of times too small: the measure stands, an assessor is told, and the centre asked."""
    meters = [meter("M-IN", "utility_incomer", "facility"), meter("M-IT", "pdu_output", "it")]
    hourly = [*readings("M-IN", ["0.006"] * 8760), *readings("M-IT", ["0.005"] * 8760)]
    evidence = centre({"meters": {"energy_readings": hourly}}, it_capacity_kw="10000", meters=meters)
    load_factor = measured("it_load_factor", evidence)
    assert load_factor.outcome is Outcome.SCORED
    flag = flags(evidence, measurements={"it_load_factor": load_factor})["energy_against_nameplate"]
    assert flag.severity is Severity.SERIOUS
    assert "0.00005 %" in flag.reason.en or "5e-05 %" in flag.reason.en
    assert open_among([flag]) == (flag,)


@pytest.mark.torture("T16")
def test_a_pue_too_good_for_any_plant_is_flagged() -> None:
    assert "pue_too_low" in flags(centre(), measurements={"annual_pue": value("annual_pue", "1.02")})
    assert "pue_too_low" not in flags(centre(), measurements={"annual_pue": value("annual_pue", "1.08")})


def test_more_cards_in_a_run_than_are_installed() -> None:
    card = {
        "log": "sha256:log", "workload": "reference_dense", "model": "m", "params": Decimal(1),
        "params_active": Decimal(1), "sequence_length": 1, "objective": "pretrain",
        "accelerator": "NVIDIA H800 SXM", "precision": "bf16",
    }  # fmt: skip
    flag = flags(centre({"card": {"run_cards": [card | {"accelerators": 256}]}}))["more_than_installed"]
    assert flag.severity is Severity.IMPOSSIBLE
    assert "256" in flag.reason.zh
    assert flags(centre({"card": {"run_cards": [card | {"accelerators": 128}]}})) == {}


def test_more_cards_allocated_at_once_than_are_installed() -> None:
    jobs = [job(f"j{n}", SPRING, 5 * HOUR, cards=64) for n in range(3)]
    assert "more_than_installed" in flags(centre({"jobs": {"jobs": jobs}}))
    assert "more_than_installed" not in flags(centre({"jobs": {"jobs": jobs[:2]}}))


def test_a_measure_outside_its_reference_band() -> None:
    flag = flags(centre(), measurements={"model_flops_utilisation": value("model_flops_utilisation", "0.71")})
    assert flag["reference_bands"].figures[1].value == Decimal("0.62")


# --- outages ----------------------------------------------------------------------------------------------------------


def job(
    name: str, start: dt.datetime, lasting: dt.timedelta, *, cards: int = 8, state: str = "COMPLETED"
) -> dict[str, Any]:
    return {
        "job": name, "submit_at": start - MINUTE, "start_at": start, "end_at": start + lasting, "cards": cards,
        "elapsed_s": int(lasting.total_seconds()), "state": state,
    }  # fmt: skip


def incident(number: int, start: dt.datetime, lasting: dt.timedelta = 3 * HOUR) -> dict[str, Any]:
    return {
        "outage": f"INC-{number:03d}", "service": "compute", "started_at": start, "ended_at": start + lasting,
        "planned": False, "cards_affected": 8,
    }  # fmt: skip


def faults(count: int) -> list[dt.datetime]:
    return [YEAR_START + (10 + 12 * number) * DAY for number in range(count)]


def test_killed_jobs_without_incidents() -> None:
    killed = [job(f"j{n}", at - 5 * HOUR, 5 * HOUR, state="NODE_FAIL") for n, at in enumerate(faults(20))]
    written = [incident(n, at) for n, at in enumerate(faults(20))]
    few = centre({"jobs": {"jobs": killed}, "incidents": {"outages": written[::2]}})
    assert "20" in flags(few)["unreported_failures"].reason.en
    all_but_two = centre({"jobs": {"jobs": killed}, "incidents": {"outages": written[2:]}})
    assert "unreported_failures" not in flags(all_but_two)


def test_jobs_their_users_cancelled_need_no_incident() -> None:
    cancelled = [job(f"j{n}", at - 5 * HOUR, 5 * HOUR, state="CANCELLED") for n, at in enumerate(faults(20))]
    evidence = centre({"jobs": {"jobs": cancelled}, "incidents": {"outages": [incident(1, faults(1)[0])]}})
    assert "unreported_failures" not in flags(evidence)


def alarm(at: dt.datetime, lasting: dt.timedelta, name: str = "DOWN*") -> dict[str, Any]:
    return {"device": "n1", "alarm": name, "raised_at": at, "cleared_at": at + lasting, "repeats": 0}


def test_nodes_that_were_down_without_incidents() -> None:
    down = [alarm(at, 2 * HOUR) for at in faults(20)]
    written = [incident(n, at) for n, at in enumerate(faults(20))]
    assert "unreported_outages" in flags(centre({"a": {"device_alarms": down}, "i": {"outages": written[::2]}}))
    assert "unreported_outages" not in flags(centre({"a": {"device_alarms": down}, "i": {"outages": written[1:]}}))


def test_alarms_that_take_no_node_away_need_no_incident() -> None:
    warm = [alarm(at, 2 * HOUR, "GPU temperature high") for at in faults(20)]
    assert "unreported_outages" not in flags(
        centre({"a": {"device_alarms": warm}, "i": {"outages": [incident(1, faults(1)[0])]}})
    )


def test_incidents_shorter_than_their_outages() -> None:
    down = [alarm(at, 6 * HOUR) for at in faults(12)]
    short = [incident(n, at, 2 * HOUR) for n, at in enumerate(faults(12))]
    whole = [incident(n, at, 6 * HOUR - 10 * MINUTE) for n, at in enumerate(faults(12))]
    assert "shortened_outages" in flags(centre({"a": {"device_alarms": down}, "i": {"outages": short}}))
    assert "shortened_outages" not in flags(centre({"a": {"device_alarms": down}, "i": {"outages": whole}}))


def test_numbers_missing_from_a_series_of_incidents() -> None:
    written = [incident(n, at) for n, at in enumerate(faults(28)) if n % 4]
    assert "incident_numbers" in flags(centre({"i": {"outages": written}}))


def test_incidents_numbered_among_other_tickets_have_no_gaps() -> None:
    written = [incident(n * 3 + n % 2, at) for n, at in enumerate(faults(28))]
    assert "incident_numbers" not in flags(centre({"i": {"outages": written}}))


# --- runs -------------------------------------------------------------------------------------------------------------


def runs(lengths: Mapping[int, int], *, pause: int = 2) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """One file per run that was handed in, by number; every run takes its turn, handed in or not, in minutes."""
    found = {}
    at = SPRING
    for number in range(max(lengths) + 1):
        length = (lengths.get(number) or 60) * MINUTE + number * 7 * dt.timedelta(seconds=1)
        if number in lengths:
            found[f"r{number}"] = {"benchmark_runs": [run(at, length)]}
        at += length + pause * MINUTE
    return found


def run(at: dt.datetime, length: dt.timedelta) -> dict[str, Any]:
    return {
        "tool": "mlperf_training", "benchmark": "llama2_70b_lora", "status": "success", "platform": "p",
        "started_at": at, "stopped_at": at + length, "accelerators": 64,
        "duration_ms": int(length.total_seconds() * 1000),
    }  # fmt: skip


def names(files: Mapping[str, Any]) -> dict[str, str]:
    return {f"sha256:{name}": f"result_{name[1:]}.txt" for name in files}


def test_numbers_missing_among_run_files() -> None:
    files = runs({0: 60, 1: 61, 4: 60, 6: 61, 7: 60})
    flag = flags(centre(files), names=names(files))["run_numbers"]
    assert "2, 3, 5" in flag.reason.en
    whole = runs(dict.fromkeys(range(6), 60))
    assert "run_numbers" not in flags(centre(whole), names=names(whole))


def test_one_lost_file_is_no_flag() -> None:
    files = runs({0: 60, 1: 61, 3: 60, 4: 61})
    assert "run_numbers" not in flags(centre(files), names=names(files))


def test_holes_as_long_as_runs() -> None:
    assert "holes_between_runs" in flags(centre(runs({0: 60, 1: 60, 3: 60, 4: 60, 6: 60, 7: 60})))
    assert "holes_between_runs" not in flags(centre(runs(dict.fromkeys(range(8), 60))))


def test_runs_that_agree_to_the_second() -> None:
    files = runs(dict.fromkeys(range(6), 60))
    for rows in files.values():
        rows["benchmark_runs"][0]["duration_ms"] = 3_600_000
    assert "run_spread" in flags(centre(files))
    assert "run_spread" not in flags(centre(runs({0: 60, 1: 61, 2: 59, 3: 60, 4: 62, 5: 60})))


def test_like_jobs_that_nobody_handed_in() -> None:
    """Eight runs in the scheduler, five handed in."""
    held = runs(dict.fromkeys(range(8), 60))
    known = [rows["benchmark_runs"][0] for rows in held.values()]
    jobs = [
        job(f"j{n}", run["started_at"], run["stopped_at"] - run["started_at"], cards=64) for n, run in enumerate(known)
    ]
    jobs.append(job("other", YEAR_START + DAY, 30 * HOUR, cards=64))
    best = {name: held[name] for name in ("r0", "r2", "r3", "r5", "r7")}
    flag = flags(centre({**best, "jobs": {"jobs": jobs}}))["runs_left_out"]
    assert flag.figures[0].value == 3
    assert "runs_left_out" not in flags(centre({**held, "jobs": {"jobs": jobs}}))


def steps(*, left_out: frozenset[int] = frozenset(), times: str = "5000") -> list[dict[str, Any]]:
    return [step(number, times) for number in range(1, 401) if number not in left_out]


def step(number: int, times: str) -> dict[str, Any]:
    at = SPRING + number * dt.timedelta(seconds=5)
    return {"step": number, "at": at, "iteration_ms": Decimal(times), "dialect": "megatron"}


def test_steps_missing_by_number() -> None:
    thin = frozenset(range(10, 400, 10))
    assert "step_clock" in flags(centre({"log": {"training_steps": steps(left_out=thin)}}))
    assert "step_clock" not in flags(centre({"log": {"training_steps": steps()}}))


def test_steps_numbered_anew_leave_holes_in_the_clock() -> None:
    thin = [row for row in steps() if row["step"] % 10]
    again = [row | {"step": number} for number, row in enumerate(thin, start=1)]
    flag = flags(centre({"log": {"training_steps": again}}))["step_clock"]
    assert "hole" in flag.reason.en


@pytest.mark.parametrize("times", ["5600", "4500"])
def test_step_times_that_do_not_add_up_to_the_clock(times: str) -> None:
    """Longer than the clock advanced, and so much shorter that something was left out of every step."""
    assert "step_clock" in flags(centre({"log": {"training_steps": steps(times=times)}}))


def test_a_run_without_a_job_of_its_size() -> None:
    files = runs({0: 60, 1: 61, 2: 60})
    around = [job("a", SPRING - DAY, HOUR), job("b", SPRING + DAY, HOUR)]
    assert "log_without_job" in flags(centre({**files, "jobs": {"jobs": around}}))
    holding = [*around, job("c", SPRING - HOUR, 8 * HOUR, cards=64)]
    assert "log_without_job" not in flags(centre({**files, "jobs": {"jobs": holding}}))


# --- meters -----------------------------------------------------------------------------------------------------------


def test_last_digits_people_prefer() -> None:
    typed = [f"{round(float(kwh) * 2) / 2 + (at % 9 == 0) / 10:.1f}" for at, kwh in enumerate(load(1500))]
    evidence = centre({"m": {"energy_readings": readings("M-IT", typed)}}, it_capacity_kw="2000")
    assert "last_digits" in flags(evidence)


def test_a_line_drawn_across_a_gap() -> None:
    drawn = load(150)
    drawn[200:230] = [f"{150 + at * 0.3:.2f}" for at in range(30)]
    flag = flags(centre({"m": {"energy_readings": readings("M-IT", drawn)}}))["straight_stretch"]
    assert flag.period == "2025-04-09/2025-04-10"


def test_a_day_that_comes_again() -> None:
    again = load(150)
    again[241:265] = again[481:505] = again[25:49]  # stamped at their end
    assert "repeated_days" in flags(centre({"m": {"energy_readings": readings("M-IT", again)}}))


# --- copies -----------------------------------------------------------------------------------------------------------


def training(seed: int, *, like: int | None = None) -> CentreEvidence:
    """A log that warms up and writes a checkpoint every hundred steps, as all do; its noise is its own or another's."""
    chance = random.Random(seed if like is None else like)  # noqa: S311 – a test
    blur = random.Random(seed)  # noqa: S311 – a test
    times = []
    for number in range(1500):
        noise = 1 + 0.01 * abs(chance.gauss(0, 1)) + 0.001 * blur.gauss(0, 1)
        warming, checkpoint = 1 + 4 / (number + 1), 3 if number % 100 == 99 else 1
        times.append(5000 * noise * warming * checkpoint)
    rows = [step(number, f"{time:.1f}") for number, time in enumerate(times, start=1)]
    return centre({"log": {"training_steps": rows}})


def test_logs_that_warm_up_alike_are_no_copies() -> None:
    others = (prints_of(Dossier(training(1))),)
    assert [flag.code for flag in flags_of(Dossier(training(2), others=others)) if flag.code == "same_series"] == []


def test_a_blurred_copy_of_a_log_is_found() -> None:
    others = (prints_of(Dossier(training(1))),)
    (flag,) = [f for f in flags_of(Dossier(training(2, like=1), others=others)) if f.code == "same_series"]
    assert flag.elsewhere[0] == "demo-1"
    assert flag.figures[2].value == 0  # not shifted


# --- steps of counters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "is_odd"), [("0.57", True), ("0.6", False), ("0.35", False), ("0.49", True)])
def test_steps_no_counter_has(step: str, is_odd: bool) -> None:
    """0.6 × 0.95 and 0.5 × 0.98; 0.35 is a transformer of 35 kV."""
    counted = [Decimal(step) * (250 + hour * 7919 % 101) for hour in range(960)]
    evidence = centre({"m": {"energy_readings": readings("M-IT", counted)}}, it_capacity_kw="2000")
    assert ("odd_steps" in flags(evidence)) is is_odd


def test_a_meter_of_one_figure_all_year_stands_still() -> None:
    found = flags(centre({"m": {"energy_readings": readings("M-IT", ["120"] * 8760)}}))
    assert "constant_stretch" in found
    assert "odd_steps" not in found
