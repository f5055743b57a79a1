"""The utility's bills against the incomer: cases worked by hand, and what no way of handing bills in may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.quantity import decimal_of_float
from indicators.integrity.base import Dossier, Finding
from indicators.integrity.bills import bills_of
from indicators.integrity.bills_against_meters import BILLS_AGAINST_METERS
from indicators.measures.base import CentreEvidence
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_START, centre, meter, readings
from tests.indicators.measures.worked_cases import worked_out

CASES = yaml.safe_load((Path(__file__).with_name("worked") / "bills.yaml").read_text(encoding="utf-8"))
Bills = list[dict[str, Any]]


def found(evidence: CentreEvidence) -> list[Finding]:
    return list(BILLS_AGAINST_METERS.find(Dossier(evidence)))


def billed(read: Iterable[dt.datetime], *, account: str = "1", each_hour: int = 100, by_day: bool = False) -> Bills:
    """Bills of one account between its readings, at constant power."""
    return [
        {
            "account": account, "start_at": start, "end_at": end, "by_day": by_day,
            "billed_kwh": Decimal(each_hour * int((end - start) / HOUR)),
        }
        for start, end in pairwise(read)
    ]  # fmt: skip


def supplied(files: Mapping[str, Bills], *, metered: int) -> CentreEvidence:
    """A centre of so many kWh an hour by its incomer, read once a day."""
    meters = [meter("M-IN", "utility_incomer", "facility", interval="P1D")]
    daily = readings("M-IN", [24 * metered] * 365, start=YEAR_START + DAY, step=DAY)
    bills = {name: {"utility_bills": rows} for name, rows in files.items() if rows}
    return centre({"meters": {"energy_readings": daily}, **bills}, meters=meters)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: Mapping[str, Any]) -> None:
    rows: Bills = []
    for own in case["bills"]:
        read = [dt.datetime.fromisoformat(at) for at in own["read"]]
        rows += billed(read, account=own["account"], by_day=own.get("by_day", False))
    findings = found(supplied({"bills": rows}, metered=case["metered"]))
    told = [{one.name: one.value for one in finding.figures} for finding in findings]
    expected = [case["flag"]] if "flag" in case else []
    assert told == [{name: decimal_of_float(float(worked_out(sum_))) for name, sum_ in one.items()} for one in expected]


def test_a_flag_rests_on_the_bills_and_on_the_readings() -> None:
    read = [YEAR_START, YEAR_START + 30 * DAY]
    (finding,) = found(supplied({"bills": billed(read)}, metered=80))
    assert {one.kind for one in finding.rests_on} == {"utility_bills", "energy_readings"}
    assert finding.subject == "M-IN"
    assert finding.period == "2025-04-01/2025-05-01"


def test_a_bill_keyed_from_its_scan_and_exported_counts_once() -> None:
    read = [YEAR_START, YEAR_START + 30 * DAY]
    once = supplied({"scan": billed(read)}, metered=100)
    twice = supplied({"scan": billed(read), "export": billed(read)}, metered=100)
    assert bills_of(twice) == bills_of(once)


def test_two_different_bills_of_one_period_are_not_compared() -> None:
    read = [YEAR_START, YEAR_START + 30 * DAY]
    evidence = supplied({"first": billed(read), "second": billed(read, each_hour=50)}, metered=100)
    assert bills_of(evidence) == ()


def test_bills_dated_without_naming_a_day_twice_are_in_a_row() -> None:
    """2025-04-01 to 04-30, 05-01 to 05-31: the day between belongs to the period before it."""
    rows = [
        {"account": "1", "start_at": YEAR_START + 30 * n * DAY, "end_at": YEAR_START + (30 * n + 29) * DAY,
         "by_day": True, "billed_kwh": Decimal(30 * 24 * 100)}
        for n in range(12)
    ]  # fmt: skip
    assert found(supplied({"bills": rows}, metered=98)) == []
    (finding,) = found(supplied({"bills": rows}, metered=94))
    assert finding.figures[0].value == Decimal(12 * 30 * 24 * 100)


days = st.lists(st.integers(0, 365), min_size=2, max_size=14, unique=True).map(sorted)


@given(days=days, hours=st.lists(st.integers(0, 23), min_size=14, max_size=14), percent=st.integers(98, 101))
def test_honest_bills_raise_no_flag_whatever_the_days_of_reading(
    days: Sequence[int], hours: Sequence[int], percent: int
) -> None:
    """Read at any hour of the day they name, and metered within losses and classes."""
    rows = billed([YEAR_START + day * DAY + hour * HOUR for day, hour in zip(days, hours, strict=False)])
    for row in rows:
        row |= {name: row[name].replace(hour=0) for name in ("start_at", "end_at")} | {"by_day": True}
    assert found(supplied({"bills": rows}, metered=percent)) == []


@pytest.mark.long
@pytest.mark.slow
@given(days=days, at=st.integers(0, 13), metered=st.integers(80, 120))
def test_bills_in_two_files_say_what_they_say_in_one(days: Sequence[int], at: int, metered: int) -> None:
    rows = billed([YEAR_START + day * DAY for day in days])
    one = found(supplied({"all": rows}, metered=metered))
    two = found(supplied({"some": rows[:at], "others": rows[at:]}, metered=metered))
    assert [(each.reason, each.figures) for each in two] == [(each.reason, each.figures) for each in one]


@pytest.mark.slow
@pytest.mark.long
@given(days=days, metered=st.integers(50, 99))
def test_a_meter_scaled_down_further_is_found_too(days: Sequence[int], metered: int) -> None:
    rows = billed([YEAR_START + day * DAY for day in days])
    is_found, is_found_further = (bool(found(supplied({"bills": rows}, metered=kwh))) for kwh in (metered, metered - 1))
    assert is_found_further or not is_found
