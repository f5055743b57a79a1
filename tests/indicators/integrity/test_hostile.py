"""Whatever the rows hold, checks give flags and nothing else: an odd package must not stop a score."""

from __future__ import annotations

import random
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centres.profile import FacilityProfile
from evidence.observations.registry import KIND_BY_NAME, KINDS
from evidence.observations.schema import Column, Kind
from fixtures.integrity.draws import Population
from fixtures.integrity.honest import honest_world
from fixtures.integrity.paper import profile
from indicators.integrity.base import Dossier
from indicators.integrity.registry import flags_of
from indicators.measures.base import CentreEvidence

pytestmark = pytest.mark.slow

TRIED = Population("tests", 5, tuple(range(10)))
WORDS = ["", "M-IN", "M-IT1", "M-COOL", "compute", "facility", "success", "mlperf_training", "NODE_FAIL", "it", "DOWN*"]
WORDS += ["INC-7", "INC-8", "cumulative", "interval", "kWh", "MWh", "megatron", "\x00", "9" * 30]
INSTANTS = [
    -(10**13),
    0,
    1_743_436_800_000,
    1_760_000_000_000,
    1_760_000_060_000,
    1_772_000_000_000,
    250_000_000_000_000,
]
COUNTS = [-1, 0, 1, 8, 3600, 10**6, 2**62]
FIGURES = [Decimal(x) for x in ("0", "1", "-1", "0.000000001", "1234.5", "1e9", "9e28", "-9e28")]
CLOSED: dict[str, tuple[Any, ...]] = {"unit": ("Wh", "kWh", "MWh"), "multiplier": (Decimal(1), Decimal("0.001"))}


@cache
def profiles() -> list[FacilityProfile]:
    return [profile(honest_world(TRIED, number)) for number in (1, 2, 5)]


def value(column: Column, chance: random.Random) -> Any:
    if column.optional and chance.random() < 0.2:
        return None
    if column.name in CLOSED:  # parsers let nothing else through
        return chance.choice(CLOSED[column.name])
    kind = column.type
    if pa.types.is_timestamp(kind):
        return chance.choice(INSTANTS) + chance.choice((0, 3_600_000 * chance.randrange(9_000)))
    if pa.types.is_decimal(kind):
        return chance.choice(FIGURES)
    if pa.types.is_boolean(kind):
        return chance.random() < 0.5
    if pa.types.is_date(kind):
        return chance.randrange(20_000)
    return chance.choice(WORDS) if pa.types.is_string(kind) else chance.choice(COUNTS)


def rows_of(kind: Kind, chance: random.Random) -> pa.Table:
    count = chance.choice((1, 3, 40, 400))
    columns = {}
    for column in kind.columns:
        values = [value(column, chance) for _ in range(count)]
        if pa.types.is_timestamp(column.type):
            columns[column.name] = pa.array(values, pa.int64()).cast(column.type)
        else:
            columns[column.name] = pa.array(values, column.type)
    return kind.table(columns)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_any_rows_of_one_kind_give_flags_and_nothing_else(kind: Kind, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 – a test
    files = [("sha256:a", {kind.name: rows_of(kind, chance)})]
    flags_of(Dossier(CentreEvidence.pooled(chance.choice(profiles()), files)))


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_any_rows_of_all_kinds_give_flags_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 – a test
    names = ("energy_readings", "jobs", "outages", "device_alarms", "benchmark_runs", "training_steps", "run_cards")
    files = [(f"sha256:{name}", {name: rows_of(KIND_BY_NAME[name], chance)}) for name in (*names, "power_samples")]
    flags_of(Dossier(CentreEvidence.pooled(chance.choice(profiles()), files), names={"sha256:jobs": "\n"}))
