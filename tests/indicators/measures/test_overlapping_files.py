"""Records of operation handed in whole, in any order, in pieces, and in pieces that overlap: no digit changes."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.canonical import canonical_json
from core.outcome import Outcome
from indicators.measures.base import CentreEvidence
from indicators.measures.registry import MEASURE_BY_NAME, measure_one
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, profile, table

pytestmark = pytest.mark.slow

MINUTE = dt.timedelta(minutes=1)
START = YEAR_END - 90 * DAY
MEASURES = (
    "automatic_recovery_share", "card_annualised_failure_rate", "checkpoint_stall", "data_stall_share",
    "effective_training_time_ratio", "elastic_scale_out_time", "equipment_reuse", "fault_localisation_time",
    "inclusive_use_share", "inference_service_availability", "instance_failover_time", "interruption_rate",
    "latency_slo_attainment", "link_flaps", "lost_work_per_interruption", "mean_queue_wait",
    "mean_time_to_detect", "mean_time_to_recover", "network_convergence_time", "network_jitter",
    "request_success_rate", "restore_time", "root_cause_coverage", "ticket_resolution",
)  # fmt: skip


def records() -> dict[str, list[dict[str, Any]]]:
    """A quarter of a small centre, seeded; every measure of the list comes out of it."""
    chance = random.Random(20261128)  # noqa: S311  (no secret)

    def some(least: int, most: int) -> dt.timedelta:
        return dt.timedelta(seconds=chance.randrange(least, most))

    windows = [
        {
            "service": "chat", "start_at": START + n * 5 * MINUTE, "window_ms": 300_000,
            "requests": (requests := chance.randrange(40, 90)), "failed": chance.choice([0, 0, 1, 9]),
            "client_errors": chance.randrange(3), "slo_met": requests - 20, "output_tokens": requests * 300,
        }
        for n in range(90 * 288)
    ]  # fmt: skip
    trials = [
        {
            "trial": f"D{n}", "subject": subject, "started_at": START + n * HOUR,
            "recovered_at": START + n * HOUR + some(1, 900), "injected": True, "cards": 32,
            "witnessed_by": chance.choice([None, "Ana"]),
        }
        for n, subject in enumerate(
            ["link"] * 7 + ["switch"] * 2 + ["instance"] * 4 + ["scale_out"] * 12 + ["restore"] * 3 + ["training_job"]
        )
    ]  # fmt: skip
    beats, step, at = [], 0, START + DAY
    for _ in range(400):
        step, at = step + 1, at + 10 * MINUTE
        beats.append(
            {
                "job": "big", "at": at, "step": step, "cards": 64, "step_ms": Decimal(590_000),
                "data_wait_ms": Decimal(chance.randrange(5000)),
                "checkpoint_ms": chance.choice([None, Decimal(10_000)]),
            }
        )  # fmt: skip
        if chance.random() < 0.02:
            step, at = max(step - 8, 0), at + some(300, 3000)
    jobs = [
        {
            "job": f"j{n}", "submit_at": (begin := YEAR_START + some(0, 364 * 86_400)) - some(0, 900),
            "start_at": begin, "end_at": begin + 5 * HOUR, "elapsed_s": 18_000, "cards": 128,
            "state": chance.choice(["COMPLETED", "NODE_FAIL", "FAILED"]),
        }
        for n in range(1500)
    ]  # fmt: skip
    jobs.append(
        {"job": "big", "start_at": START + DAY, "end_at": at, "elapsed_s": 1, "cards": 64, "state": "COMPLETED"}
    )
    jobs += [
        {"job": name, "start_at": day, "end_at": day + HOUR, "elapsed_s": 3600, "cards": 1, "state": "COMPLETED"}
        for name, day in (("first", YEAR_START), ("last", YEAR_END - HOUR))
    ]
    incidents = [
        {
            "outage": f"I{n}", "service": chance.choice(["compute", "inference"]), "planned": n % 6 == 0,
            "started_at": (begin := START + some(0, 80 * 86_400)), "ended_at": begin + some(600, 40_000),
            "announced_at": begin - 4 * DAY, "alarmed_at": begin + some(1, 300), "located_at": begin + some(300, 600),
            "automatic": chance.choice([True, False]), "cause": chance.choice([None, "nic"]),
        }
        for n in range(40)
    ]  # fmt: skip
    assets = [
        {
            "asset": f"A{n}",
            "category": "card",
            "event": event,
            "on": dt.date(2025, 6, 1 + n % 28),
            "mass_kg": Decimal(2),
        }
        for n in range(60)
        for event in (["retired", "reused"] if n % 3 else ["replaced", "retired"])
    ]
    bills = [
        {
            "customer": f"u{n}", "customer_class": ("sme", "university", "large_company")[n % 3],
            "month": dt.date(2025 + (month > 11), month % 12 + 1, 1), "card_hours": Decimal(chance.randrange(1, 900)),
        }
        for month in range(3, 15)
        for n in range(12)
    ]  # fmt: skip
    links = [
        {
            "switch": "s",
            "link": f"e{n % 40}",
            "down_at": (down := START + some(0, 89 * 86_400)),
            "up_at": down + some(0, 9),
        }
        for n in range(300)
    ]
    probes = [
        {
            "at": START + n * HOUR, "operation": "all_reduce", "ranks": 64, "size_bytes": 1 << 30,
            "time_us": Decimal(chance.randrange(24_000, 27_000)),
        }
        for n in range(500)
    ]  # fmt: skip
    tickets = [
        {
            "ticket": f"T{n}", "priority": f"P{n % 3 + 1}", "opened_at": (opened := YEAR_START + some(0, 300 * 86_400)),
            "first_response_at": opened + some(60, 4000), "resolved_at": opened + some(4000, 90_000),
        }
        for n in range(80)
    ]  # fmt: skip
    said = [{"indicator": "ST-5.2.links", "value": Decimal(400), "unit": "1", "documents": 1}]
    return {
        "request_windows": windows, "timed_trials": trials, "step_heartbeats": beats, "jobs": jobs,
        "outages": incidents,
        "asset_events": assets, "billing_rows": bills, "link_events": links, "network_probes": probes,
        "tickets": tickets, "declaration": said,
    }  # fmt: skip


@cache
def whole() -> CentreEvidence:
    return CentreEvidence.pooled(
        profile(), [(f"sha256:{kind}", {kind: table(kind, rows)}) for kind, rows in records().items()]
    )


@cache
def expected() -> Mapping[str, bytes]:
    return figures(whole())


def figures(evidence: CentreEvidence) -> Mapping[str, bytes]:
    """All that is said of each figure, but for where its rows stand."""
    found = {name: measure_one(MEASURE_BY_NAME[name], evidence) for name in MEASURES}
    assert {name for name, one in found.items() if one.outcome is not Outcome.SCORED} == set()
    return {
        name: canonical_json({key: value for key, value in one.as_json().items() if key != "rests_on"})
        for name, one in found.items()
    }


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, deadline=None)
def test_records_in_pieces_that_overlap_in_any_order_give_the_same_figures(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (no secret)
    pieces = []
    for kind, rows in whole().tables.items():
        own = rows.drop_columns(["evidence"])
        order = list(range(own.num_rows))
        if chance.random() < 0.5:
            chance.shuffle(order)
        cut, back = chance.randrange(len(order) + 1), chance.randrange(len(order) + 1)
        # Two exports, the second reaching back into the first.
        for part in (order[: max(cut, back)], order[min(cut, back) :]):
            pieces.append((f"sha256:{chance.random()}", {kind: own.take(pa.array(part, pa.int64()))}))
    chance.shuffle(pieces)
    assert figures(CentreEvidence.pooled(profile(), pieces)) == expected()
