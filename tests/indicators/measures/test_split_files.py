"""A file cut in two at any row, and a table too large to be held in memory: no figure of any measure moves."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.outcome import Outcome
from evidence.observations.stored import StoredTable
from evidence.parsers import spool
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from indicators.measures import shelf, sorting
from indicators.measures.base import CentreEvidence
from indicators.measures.registry import measure_all
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, meter, profile, register
from tests.indicators.measures.test_registry import digits

pytestmark = pytest.mark.slow

METERS = [
    meter("M-IN", "utility_incomer", "facility", interval="P1D"),
    register("M-IT", "pdu_output", "it"),
]


def stamp(moment: dt.datetime) -> str:
    return moment.isoformat()


def meters() -> list[str]:
    rows = []
    for day in range(366):
        rows.append(f"{stamp(YEAR_START + day * DAY)},M-IN,{2400 + day % 7}.5")
        rows.append(f"{stamp(YEAR_START + day * DAY)},M-IT,{1000 + 2000 * day}.25")
    return rows


def jobs() -> list[str]:
    rows = []
    for number in range(420):
        start = YEAR_START + number * 20.8 * HOUR
        state = ("COMPLETED", "FAILED", "NODE_FAIL", "CANCELLED")[number % 7 % 4]
        submit, end = start - dt.timedelta(seconds=number % 60), start + (number % 9 + 1) * 8 * HOUR
        rows.append(f"j{number},{stamp(submit)},{stamp(start)},{stamp(end)},{16 + number % 5 * 16},{state}")
    return rows


def incidents() -> list[str]:
    return [
        f"i{n},算力,{stamp(YEAR_START + n * 9 * DAY)},{stamp(YEAR_START + n * 9 * DAY + n * HOUR)},否,gpu,{n}"
        for n in range(1, 30)
    ]


def tickets() -> list[str]:
    opened = [YEAR_START + n * 6 * DAY for n in range(1, 60)]
    return [f"t{n},紧急,{stamp(at)},{stamp(at + HOUR)},{stamp(at + n * HOUR)}" for n, at in enumerate(opened)]


def survey() -> list[str]:
    return [f"r{n},{n % 5 + 1},1,4,2,5,1,4,{n % 4 + 1},3,3" for n in range(40)]


RUN = YEAR_END - 30 * DAY
MINUTE = dt.timedelta(minutes=1)


def steps() -> list[str]:
    """Four hours, a row every ten steps of six seconds; a hundred steps are done twice."""
    done = [*range(150), *range(140, 230)]
    return [f"{(n + 1) * 10},6,{stamp(RUN + (place + 1) * MINUTE)},64" for place, n in enumerate(done)]


def points() -> list[str]:
    """Racks that write their power when it changes, irregularly, from before the run until after it."""
    rows = []
    for n in range(-12, 260, 3):
        rows.append(f"{stamp(RUN + n * MINUTE)},rack-1,{40 + n % 7}.25,kW,rack")
        rows.append(f"{stamp(RUN + n * MINUTE + n % 60 * MINUTE / 60)},rack-2,{30 + n % 5}.5,kW,rack")
    return rows


def heartbeats() -> list[str]:
    return [
        f"j{n % 3},{stamp(RUN + n * MINUTE)},{n // 3 + 1},64,50000,{n % 9 * 100},{n % 10 // 9 * 2000}"
        for n in range(300)
    ]


def trials() -> list[str]:
    subjects = ("link", "switch", "instance", "node", "training_job", "restore", "scale_out")
    starts = [YEAR_END - DAY - n * 9 * HOUR for n in range(70)]
    return [f"D{n},{subjects[n % 7]},{stamp(at)},{stamp(at + n * MINUTE)},是,32" for n, at in enumerate(starts)]


def links() -> list[str]:
    starts = [YEAR_END - DAY - n * 30 * HOUR for n in range(60)]
    return [f"p{n % 9},{stamp(at)},{stamp(at + n * MINUTE)},leaf-{n % 4}" for n, at in enumerate(starts)]


def probes() -> list[str]:
    return [
        f"{stamp(YEAR_END - 20 * DAY + n * HOUR)},all_reduce,256,1073741824,{9000 + n * 37 % 900}" for n in range(480)
    ]


def windows() -> list[str]:
    starts = [YEAR_END - 89 * DAY + n * 6 * HOUR for n in range(356)]
    return [f"chat,{stamp(at)},300,{90 + n % 9},{n % 50 // 49},{n % 3},80" for n, at in enumerate(starts)]


def bills() -> list[str]:
    classes = ("sme", "start_up", "university", "large_company")
    return [f"c{n % 13},{classes[n % 4]},2025-{4 + n % 9:02},{100 + n * 7}" for n in range(117)]


def assets() -> list[str]:
    retired = [f"S{n},server,retired,2025-{4 + n % 9:02}-1{n % 9},20" for n in range(30)]
    return [*retired, *(f"S{n},server,reused,2025-{5 + n % 8:02}-20,20" for n in range(0, 30, 2))]


FILES: dict[str, tuple[str, list[str]]] = {
    "meter_series": ("at,meter,value", meters()),
    "jobs_table": ("job,submit_at,start_at,end_at,cards,state", jobs()),
    "incidents": ("id,service,started_at,ended_at,planned,cause,cards_affected", incidents()),
    "tickets": ("id,priority,opened_at,first_response_at,resolved_at", tickets()),
    "training_table": ("step,iteration_s,at,global_batch_size", steps()),
    "building_points": ("at,point,value,unit,place", points()),
    "step_heartbeat": ("job,at,step,cards,step_ms,data_wait_ms,checkpoint_ms", heartbeats()),
    "timed_trials": ("trial,subject,started_at,recovered_at,injected,cards", trials()),
    "link_events": ("link,down_at,up_at,switch", links()),
    "network_probe": ("at,operation,ranks,size_bytes,time_us", probes()),
    "request_windows": ("service,start_at,window_s,requests,failed,client_errors,slo_met", windows()),
    "billing_table": ("customer,customer_class,month,card_hours", bills()),
    "asset_ledger": ("asset,category,event,on,mass_kg", assets()),
    "sus": ("respondent," + ",".join(f"q{n}" for n in range(1, 11)), survey()),
}


# Of the training run, whatever its log was cut into.
RUN_CARD = """\
contract: 1
evidence: {logs}
workload: reference_dense
model: {{name: "R-D", params: "70.6e9", layers: 80, hidden: 8192, seq_len: 4096, objective: pretrain}}
system: {{accelerator: "NVIDIA H800 SXM", accelerators: 128, nodes: 16, precision: bf16}}
witnessed_by: "Ana"
"""


def pooled(parts: dict[str, list[list[str]]]) -> CentreEvidence:
    files = []
    for format_, pieces in parts.items():
        for piece in pieces:
            text = "\n".join([FILES[format_][0], *piece, ""])
            source = Source.of_bytes(text.encode(), "evidence.csv")
            parser = identify(source)
            assert parser.format == format_
            files.append((source.sha256, parser.parse(source).tables))
    logs = [digest for digest, tables in files if "training_steps" in tables]
    if logs:
        card = Source.of_bytes(RUN_CARD.format(logs=json.dumps(logs)).encode(), "card.yaml")
        files.append((card.sha256, identify(card).parse(card).tables))
    return CentreEvidence.pooled(profile(meters=METERS), files)


@contextmanager
def little_memory() -> Iterator[None]:
    """As if a handful of rows were too many to be held."""
    with (
        patch.object(spool, "MOST_IN_MEMORY", 50),
        patch.object(spool, "ROWS_OF_A_GROUP", 30),
        patch.object(sorting, "SORTED_IN_MEMORY", 800),
        patch.object(shelf, "OPEN_AT_ONCE", 800),
        patch.object(shelf, "AT_REST_IN_MEMORY", 800),
    ):
        yield


WHOLE = {format_: [rows] for format_, (_, rows) in FILES.items()}


SCORED = (
    "accelerator_allocation_rate", "annual_pue", "compute_availability", "energy_per_training_compute",
    "equipment_reuse", "inclusive_use_share", "inference_service_availability",
    "model_flops_utilisation", "network_jitter", "platform_job_failure", "restore_time",
)  # fmt: skip


@cache
def expected() -> bytes:
    measured = measure_all(pooled(WHOLE))
    for name in SCORED:
        assert measured[name].outcome is Outcome.SCORED, (name, measured[name].reason)
    return digits(measured)


@pytest.mark.parametrize("format_", FILES)
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_cutting_a_file_in_two_changes_no_measure(format_: str, data: st.DataObject) -> None:
    rows = FILES[format_][1]
    cut = data.draw(st.integers(1, len(rows) - 1))
    assert digits(measure_all(pooled(WHOLE | {format_: [rows[:cut], rows[cut:]]}))) == expected()


@pytest.mark.parametrize("cut", [None, 100, 321])
def test_rows_that_are_too_many_for_memory_give_the_same_measures_and_the_same_way_back(cut: int | None) -> None:
    parts = {
        name: [rows] if cut is None else [rows[:cut], rows[cut:]]
        for name, (_, rows) in FILES.items()
        if len(rows) > 350
    }
    in_memory = measure_all(pooled(WHOLE | parts))
    with little_memory():
        large = pooled(WHOLE | parts)
        assert set(large.large) >= {"energy_readings", "jobs"}
        measured = measure_all(large)
    assert digits(measured) == expected()
    assert {name: one.rests_on for name, one in measured.items()} == {n: one.rests_on for n, one in in_memory.items()}


def test_a_stored_table_goes_with_its_file(tmp_path: Path) -> None:
    header, rows = FILES["meter_series"]
    text = "\n".join([header, *rows, ""]).encode()
    source = Source("m.csv", Source.of_bytes(text, "m.csv").opener, len(text), "", None, None, tmp_path)
    with little_memory():
        table: Any = identify(source).parse(source).tables["energy_readings"]
    assert isinstance(table, StoredTable)
    assert table.num_rows == len(rows)
    assert [path.suffix for path in tmp_path.iterdir()] == [".parquet"]
    del table
    assert not list(tmp_path.iterdir())
