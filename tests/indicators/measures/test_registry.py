"""All measures at once: refusals become outcomes, and evidence may come in any pieces and any order."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.canonical import canonical_json
from core.outcome import Outcome
from evidence.observations.registry import KIND_BY_NAME
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.registry import MEASURES, measure_all
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, profile, table

# No result is published for the card of this centre: a rule, not a lack.
BY_RULE = {"training_benchmark_parity", "inference_benchmark_parity"}


def test_names_are_unique_and_kinds_exist() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES) == 80
    assert all(kind in KIND_BY_NAME for measure in MEASURES for kind in measure.kinds)


def test_without_evidence_every_measure_says_what_to_hand_in() -> None:
    for measurement in measure_all(centre()).values():
        if measurement.measure in BY_RULE:
            continue
        assert measurement.outcome is Outcome.NO_EVIDENCE
        assert measurement.reason is not None
        assert "请提交" in measurement.reason.message.zh
        assert "hand in" in measurement.reason.message.en


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    chance = random.Random(20260331)  # noqa: S311  (no secret)
    energy = [
        {"meter": name, "at": YEAR_START + day * DAY + DAY, "value": Decimal(chance.randrange(base, base + 400)) / 8}
        for name, base in (("M-IN", 26_000), ("M-IT", 20_000))
        for day in range(365)
    ]
    jobs = []
    for number in range(400):
        start = YEAR_START + dt.timedelta(minutes=chance.randrange(30, 525_000))
        hours = chance.randrange(1, 200)
        jobs.append(
            {
                "job": str(number), "submit_at": start - dt.timedelta(seconds=chance.randrange(900)), "start_at": start,
                "end_at": start + hours * HOUR, "elapsed_s": hours * 3600, "cards": chance.choice([1, 8, 16]),
                "state": chance.choice(["COMPLETED", "COMPLETED", "FAILED", "NODE_FAIL", "CANCELLED"]),
            }
        )  # fmt: skip
    jobs.append(jobs[0] | {"job": "last", "start_at": YEAR_END - HOUR, "end_at": YEAR_END - HOUR / 2})
    outages = [
        {
            "outage": f"I{n}", "service": chance.choice(["compute", "facility", "inference"]), "planned": n % 5 == 0,
            "started_at": (start := YEAR_START + dt.timedelta(minutes=chance.randrange(525_000))),
            "ended_at": start + dt.timedelta(minutes=chance.randrange(1, 3000)),
            "announced_at": start - 4 * DAY if n % 5 == 0 else None,
            "cards_affected": chance.choice([None, 8, 64]), "cause": chance.choice([None, "nic"]),
        }
        for n in range(40)
    ]  # fmt: skip
    return {"energy_readings": energy, "jobs": jobs, "outages": outages}


METERS = [
    {"id": name, "at": at, "measures": what, "kind": "interval", "unit": "kWh", "interval": "P1D", "stamp": "end"}
    for name, at, what in (("M-IN", "utility_incomer", "facility"), ("M-IT", "pdu_output", "it"))
]


def digits(measurements: Mapping[str, Measurement]) -> bytes:
    """Everything said of the figures; where the rows stand naturally differs."""
    return canonical_json(
        {name: {k: v for k, v in m.as_json().items() if k != "rests_on"} for name, m in measurements.items()}
    )


@pytest.mark.long
@pytest.mark.slow
@given(seed=st.integers(0, 2**32), parts=st.integers(1, 6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_splitting_and_reordering_evidence_changes_no_digit(tables: dict[str, Any], seed: int, parts: int) -> None:
    whole = CentreEvidence.pooled(
        profile(meters=METERS), [(f"sha256:{kind}", {kind: table(kind, rows)}) for kind, rows in tables.items()]
    )
    chance = random.Random(seed)  # noqa: S311  (no secret)
    pieces = []
    for kind, rows in tables.items():
        shuffled = chance.sample(rows, len(rows))
        for part in range(parts):
            piece = [dict(row) for row in shuffled[part::parts]]
            pieces.append((f"sha256:{chance.random()}", {kind: table(kind, piece)}))
    chance.shuffle(pieces)
    split = CentreEvidence.pooled(profile(meters=METERS), pieces)
    measured = measure_all(whole)
    assert digits(measure_all(split)) == digits(measured)
    assert measured["annual_pue"].outcome is Outcome.SCORED
    assert measured["interruption_rate"].outcome is Outcome.SCORED
    assert measured["compute_availability"].outcome is Outcome.SCORED


def test_a_measurement_survives_its_own_json(tables: dict[str, Any]) -> None:
    evidence = CentreEvidence.pooled(profile(meters=METERS), [("sha256:a", {"jobs": table("jobs", tables["jobs"])})])
    for measurement in measure_all(evidence).values():
        assert Measurement.from_json(measurement.as_json()) == measurement


def test_a_table_kept_before_its_kind_had_more_columns_is_pooled_with_later_ones() -> None:
    row = {"tool": "mlperf_training", "benchmark": "bert", "status": "success"}
    later = table("benchmark_runs", [row | {"value": Decimal(7)}])
    earlier = table("benchmark_runs", [row]).drop_columns(["scenario", "metric", "value", "unit", "host", "device"])
    pooled = CentreEvidence.pooled(
        profile(), [("sha256:a", {"benchmark_runs": earlier}), ("sha256:b", {"benchmark_runs": later})]
    ).rows("benchmark_runs")
    assert pooled.column_names[:-1] == KIND_BY_NAME["benchmark_runs"].arrow.names
    assert sorted(pooled.column("value").to_pylist(), key=str) == [Decimal("7.000000000"), None]
