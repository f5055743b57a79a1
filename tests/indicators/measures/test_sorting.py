"""Readings of many meters, batch after batch, put meter by meter: every column comes back as it was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest

from evidence.observations.stored import batches_of
from indicators.measures import sorting
from indicators.measures.sorting import CONTENT, ENCODED, Sorted
from tests.indicators.measures.evidence import HOUR, YEAR_START, table

METERS = ("A", "B", "C")


def rows(number: int, **said: Any) -> list[dict[str, Any]]:
    return [
        {"meter": "ABX"[at % 3], "at": YEAR_START + at * HOUR, "value": Decimal(at) / 1000, **said}
        for at in range(number)
    ]


def put(*batches: list[dict[str, Any]], at_once: int = 2**30) -> Mapping[str, pa.Table]:
    with patch.object(sorting, "SORTED_IN_MEMORY", at_once):
        found = Sorted(METERS)
        for batch in batches:
            for one in batches_of(table("energy_readings", batch), CONTENT, encoded=ENCODED):
                found.add(found.in_order(one))
        return {name: found.readings(name) for name in METERS}


@pytest.mark.parametrize("at_once", [2**30, 0], ids=["in memory", "in a file"])
def test_a_meter_gets_its_readings_in_the_order_they_came(at_once: int) -> None:
    found = put(rows(30), rows(9), at_once=at_once)["B"]
    assert [float(value) for value in found.column("value").to_pylist()] == [
        *(at / 1000 for at in range(1, 30, 3)),
        *(at / 1000 for at in range(1, 9, 3)),
    ]
    assert found.column("at")[1].as_py() == (YEAR_START + 4 * HOUR).astimezone(dt.UTC)
    assert found.column_names == ["at", "value"]  # nobody filled in the rest


def test_a_meter_nobody_read_has_no_readings() -> None:
    assert put(rows(30))["C"].num_rows == 0


@pytest.mark.parametrize("at_once", [2**30, 0], ids=["in memory", "in a file"])
def test_words_and_multipliers_come_back_and_so_do_gaps(at_once: int) -> None:
    said = [
        {"unit": "kWh", "multiplier": Decimal(40)},
        {"unit": None, "multiplier": None},
        {"unit": "MWh", "multiplier": Decimal("0.5")},
    ]
    mixed = [row | said[number // 3 % 3] for number, row in enumerate(rows(18))]
    found = put(mixed, rows(6, unit="Wh", reading="interval", start_at=YEAR_START), at_once=at_once)["A"]
    assert found.column("unit").to_pylist() == ["kWh", None, "MWh", "kWh", None, "MWh", "Wh", "Wh"]
    factors = [Decimal(40), None, Decimal("0.5")]
    assert found.column("multiplier").to_pylist() == [*factors, *factors, None, None]
    assert found.column("reading").to_pylist() == [None] * 6 + ["interval"] * 2
    assert found.column("start_at").to_pylist() == [None] * 6 + [YEAR_START.astimezone(dt.UTC)] * 2


def test_figures_wider_than_a_machine_integer_stay_exact() -> None:
    wide = [row | {"value": Decimal(10) ** 23 + row["value"]} for row in rows(6)]
    found = put(rows(3), wide)["A"]
    assert [str(value) for value in found.column("value").to_pylist()][1:] == [
        "100000000000000000000000.000000000",
        "100000000000000000000000.003000000",
    ]
