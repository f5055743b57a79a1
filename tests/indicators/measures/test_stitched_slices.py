"""Range queries end after 11,000 points: slices of a quarter, overlapping or not, measure like the whole of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pytest

from core.outcome import Outcome
from evidence.parsers.formats.prometheus_range import PARSER
from indicators.measures.base import CentreEvidence, Measurement
from tests.evidence.parsers.properties import read
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, measured, profile, table

pytestmark = pytest.mark.slow

START = YEAR_END - 90 * DAY
MINUTES = 90 * 1440
POINTS = 11_000
ONE_CARD = {"accelerators": [{"model": "NVIDIA H800 SXM", "cards": 1, "cards_per_node": 1}]}


def answer(first: int, last: int, *, shift: int = 0) -> Mapping[str, pa.Table]:
    """The answer of one query: activity of a card and input power of its node, a value a minute."""
    begin = int(START.timestamp()) + shift
    minutes = range(first, last)
    labels = {"Hostname": "n1", "instance": "n1:9400", "gpu": "0", "UUID": "GPU-1"}
    result = [
        {
            "metric": {"__name__": name, **labels},
            "values": [[begin + 60 * n, f"{rule(n)}"] for n in minutes],
        }
        for name, rule in (
            ("DCGM_FI_PROF_SM_ACTIVE", lambda n: (n // 60 % 10) / 10),
            ("ipmi_dcmi_power_consumption_watts", lambda n: 5000 + n // 60 % 7 * 100),
        )
    ]
    content = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    return read(PARSER, content.encode(), name="slice.json").tables


def figures(*slices: Mapping[str, pa.Table]) -> tuple[Measurement, Measurement]:
    jobs = [
        {"job": "j", "start_at": START, "end_at": START + 45 * DAY, "elapsed_s": 1, "cards": 1, "state": "COMPLETED"},
        {"job": "k", "start_at": YEAR_END - HOUR, "end_at": YEAR_END, "elapsed_s": 1, "cards": 1, "state": "COMPLETED"},
    ]
    files = [(f"sha256:{number}", tables) for number, tables in enumerate(slices)]
    evidence = CentreEvidence.pooled(profile(**ONE_CARD), [*files, ("sha256:jobs", {"jobs": table("jobs", jobs)})])
    return measured("accelerator_active_utilisation", evidence), measured("load_fluctuation", evidence)


@cache
def whole() -> tuple[Measurement, Measurement]:
    return figures(answer(0, MINUTES))


@pytest.mark.parametrize("overlap", [0, 700])
def test_slices_of_one_step_count_every_instant_once(overlap: int) -> None:
    edges = range(0, MINUTES, POINTS)
    found = figures(*(answer(max(first - overlap, 0), min(first + POINTS, MINUTES)) for first in edges))
    for one, other in zip(found, whole(), strict=True):
        assert one.outcome is Outcome.SCORED, one.reason
        assert (one.value, one.coverage, one.quality) == (other.value, other.coverage, other.quality)


def test_a_missing_slice_is_a_gap_that_raises_nothing_and_leaves_the_rest_as_it_was() -> None:
    edges = [first for first in range(0, MINUTES, POINTS) if first != 5 * POINTS]
    activity, _ = figures(*(answer(first, min(first + POINTS, MINUTES)) for first in edges))
    assert activity.coverage is not None
    assert activity.coverage < (MINUTES - POINTS + 1) / dt.timedelta(days=90).total_seconds() * 60
    assert activity.value is not None
    complete = whole()[0]
    assert complete.value is not None
    assert complete.coverage is not None
    assert activity.value < complete.value
    assert abs(activity.value / activity.coverage - complete.value / complete.coverage) < 1
