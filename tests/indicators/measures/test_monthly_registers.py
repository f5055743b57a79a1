"""Registers read once a month: what the sheet's months leave open is for the rule of the meters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from core.outcome import Outcome
from evidence.parsers.formats.energy_workbook import PARSER
from evidence.parsers.text.source import Source
from indicators.measures.base import CentreEvidence, Measurement
from tests.evidence.parsers.workbooks import workbook
from tests.indicators.measures.evidence import DAY, YEAR_START, measured, meter, profile, table
from tests.indicators.measures.test_registry import digits

MONTHS = [f"{2025 + (3 + number) // 12}-{(3 + number) % 12 + 1:02d}" for number in range(12)]
Shown = Callable[[int], tuple[Any, Any]]


def months(
    shown: Shown,
    *,
    files: int = 1,
    without: int | None = None,
    multiplier: Callable[[int], int] = lambda number: 4000,
    more: Mapping[str, Any] = MappingProxyType({}),
    **changes: Any,
) -> Measurement:
    """PUE of a year: what the register of M-IN shows at start and end of each month, and 80 a month of M-IT.

    Args:
        files: how many workbooks the months are spread over.
        without: the number of a month of M-IN that is in none of them.
        more: the tables of another file.
    """
    books: list[list[list[Any]]] = [[["月份", "表号", "起码", "止码", "倍率"]] for _ in range(files)]
    for number, name in enumerate(MONTHS):
        book = books[number % files]
        if number != without:
            book.append([name, "M-IN", *shown(number), multiplier(number)])
        book.append([name, "M-IT", 80 * number, 80 * number + 80, 4000])
    sources = [Source.of_bytes(workbook(rows), "energy.xlsx", timezone="Asia/Shanghai") for rows in books]
    tables = [(source.sha256, PARSER.parse(source).tables) for source in sources]
    monthly = {"interval": "P1M"} | changes
    meters = [meter("M-IN", "utility_incomer", "facility", **monthly), meter("M-IT", "it_input", "it", interval="P1M")]
    return measured("annual_pue", CentreEvidence.pooled(profile(meters=meters), [*tables, ("sha256:more", more)]))


def facility(pue: Measurement) -> Decimal:
    return {each.name: each.value for each in pue.inputs}["E_facility"]


def test_months_that_join_count_as_they_stand() -> None:
    assert months(lambda number: (100 * number, 100 * number + 100)).value == Decimal("1.25")


@pytest.mark.torture("T18", "sum of valid steps shown")
@pytest.mark.parametrize("apart", [8, -8])
def test_energy_between_two_readings_neither_vanishes_nor_counts_twice(apart: int) -> None:
    pue = months(lambda number: (100 * number + (apart if number else 0), 100 * number + 100))
    assert pue.value == Decimal("1.25")
    assert facility(pue) == 1200 * 4000


@pytest.mark.torture("T18", "rolls over")
@pytest.mark.parametrize("kind", ["interval", "cumulative"])
def test_a_register_that_rolls_over_within_a_month_loses_nothing_where_the_profile_says_so(kind: str) -> None:
    def shown(number: int) -> tuple[int, int]:
        return (9500 + 100 * number) % 10_000, (9600 + 100 * number) % 10_000

    pue = months(shown, kind=kind, register_max="9999")
    assert pue.value == Decimal("1.25")
    assert facility(pue) == 1200 * 4000
    assert months(shown, kind=kind).outcome is Outcome.NOT_ASSESSABLE


@pytest.mark.torture("T18", "replaced")
def test_a_meter_replaced_between_two_months_counts_what_both_of_them_showed() -> None:
    pue = months(
        lambda number: (
            (5000 + 100 * number, 5100 + 100 * number) if number < 6 else (100 * (number - 6), 100 * (number - 5))
        )
    )
    assert facility(pue) == 1200 * 4000
    assert "readings_rejected" in [note.code for note in pue.notes]


@pytest.mark.parametrize("apart", [0, 8, -8])
def test_workbooks_handed_in_month_by_month_say_what_one_workbook_says(apart: int) -> None:
    def shown(number: int) -> tuple[int, int]:
        return 100 * number + (apart if number else 0), 100 * number + 100

    whole, singly = months(shown), months(shown, files=12)
    assert facility(singly) == 1200 * 4000
    assert digits({"pue": singly}) == digits({"pue": whole})
    told = [note.message.en for note in singly.notes if note.code == "readings_apart"]
    assert told == ([] if not apart else [told[0]])
    if apart:
        assert "M-IN" in told[0]
        assert told[0].endswith(": 11.")


@pytest.mark.torture("T18", "replaced")
def test_a_meter_replaced_between_two_workbooks_counts_what_both_of_them_showed() -> None:
    def shown(number: int) -> tuple[int, int]:
        return (5000 + 100 * number, 5100 + 100 * number) if number < 6 else (100 * (number - 6), 100 * (number - 5))

    assert facility(months(shown, files=12)) == 1200 * 4000


@pytest.mark.torture("T18", "replaced")
@pytest.mark.parametrize("higher", [500, 5000])
def test_a_meter_replaced_by_one_that_stands_higher_adds_nothing_nobody_used(higher: int) -> None:
    def shown(number: int) -> tuple[int, int]:
        begun = 100 * number + (higher if number >= 6 else 0)
        return begun, begun + 100

    pue = months(shown, files=12)
    assert pue.value == Decimal("1.25")
    assert {"readings_apart", "readings_leap"} <= {note.code for note in pue.notes}


def test_a_month_nobody_handed_in_counts_by_the_register_before_and_after_it() -> None:
    pue = months(lambda number: (100 * number, 100 * number + 100), files=12, without=5)
    assert facility(pue) == 1200 * 4000


def test_a_register_another_file_tells_more_closely_counts_by_that_file() -> None:
    # The sheet is rounded to ten; the series of the same register is not.
    series = [
        {"meter": "M-IN", "at": YEAR_START + n * DAY, "value": Decimal(36 * n) / 10, "unit": "kWh"} for n in range(366)
    ]
    pue = months(
        lambda number: (100 * number + 7, 100 * number + 107), kind="cumulative", interval=None, stamp=None,
        more={"energy_readings": table("energy_readings", [row | {"multiplier": Decimal(4000)} for row in series])},
    )  # fmt: skip
    assert facility(pue) == Decimal("1314") * 4000
    assert "readings_apart" not in [note.code for note in pue.notes]


def test_a_multiplier_that_changes_between_two_workbooks_makes_the_months_count() -> None:
    pue = months(
        lambda number: (100 * number, 100 * number + 100), files=12, multiplier=lambda n: 4000 if n < 6 else 6000
    )
    assert facility(pue) == 600 * 4000 + 600 * 6000
