"""Bills of the utility: readings known to the day or to the hour, and periods nobody can be billed for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from evidence.parsers.formats import scanned_document
from evidence.parsers.formats.utility_bill import PARSER
from tests.evidence.parsers.properties import read, survives_anything

HEAD = "户号,上次抄表日期,本次抄表日期,结算电量(kWh),电压等级\n"
KEYED = "document,indicator,unit,page,first_value,first_by,second_value,second_by,account,read_from,read_to\n"
SCAN = "ab" * 32
EAST_EIGHT = dt.timezone(dt.timedelta(hours=8))


def bill(start: str, end: str, *, kwh: str = "1284600", voltage: str = "10kV") -> bytes:
    return f"{HEAD}3100012345678,{start},{end},{kwh},{voltage}\n".encode()


def row(content: bytes) -> dict[str, Any]:
    (found,) = read(PARSER, content, timezone="Asia/Shanghai").tables["utility_bills"].to_pylist()
    return dict(found)


@pytest.mark.parametrize("start", ["2025-03-01", "2025/3/1", "2025年3月1日", "2025-03-01 00:00:00"])
def test_a_bill_that_names_days_is_read_within_them(start: str) -> None:
    found = row(bill(start, "2025-04-01"))
    assert found["start_at"] == dt.datetime(2025, 3, 1, tzinfo=EAST_EIGHT)
    assert found["end_at"] == dt.datetime(2025, 4, 1, tzinfo=EAST_EIGHT)
    assert (found["by_day"], found["billed_kwh"], found["voltage_kv"]) == (True, Decimal(1284600), Decimal(10))


def test_a_bill_that_names_hours_is_exact() -> None:
    found = row(bill("2025-03-01 09:30", "2025-04-01 10:15"))
    assert found["end_at"] == dt.datetime(2025, 4, 1, 10, 15, tzinfo=EAST_EIGHT)
    assert found["by_day"] is False


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bill("2025-04-01", "2025-03-01"), "ends_before_start"),
        (bill("2025-03-01", "2025-03-01"), "ends_before_start"),
        (bill("2025-03-01", "2025-04-01", kwh="-1"), "out_of_range"),
        (bill("2025-03-01", "2025-04-01", voltage="高压"), "unreadable_value"),
        (bill("2025-03-01", ""), "missing_value"),
        (bill("三月初", "2025-04-01"), "bad_instant"),
    ],
)
def test_what_cannot_be_billed_is_told_and_left_out(content: bytes, code: str) -> None:
    result = read(PARSER, content, timezone="Asia/Shanghai")
    assert code in result.issue_counts
    assert result.tables["utility_bills"].num_rows == 0


def keyed(second: str = "1284600", account: str = "31000", unit: str = "kWh") -> bytes:
    period = f"{account},2025-03-01,2025-04-01"
    return f"{KEYED}{SCAN},GR-1.1.billed_kwh,{unit},1,1284600,Li,{second},Wang,{period}\n".encode()


def test_a_scanned_bill_keyed_alike_by_two_is_a_bill_and_no_declaration() -> None:
    tables = read(scanned_document.PARSER, keyed(), timezone="Asia/Shanghai").tables
    (found,) = tables["utility_bills"].to_pylist()
    assert (found["account"], found["billed_kwh"], found["by_day"]) == ("31000", Decimal(1284600), True)
    assert found["document"] == f"sha256:{SCAN}"
    assert tables["declaration"].num_rows == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (keyed("1284060"), "keyed_differently"),
        (keyed(account=""), "bill_without_period"),
        (keyed(unit="MWh"), "bill_without_period"),
    ],
)
def test_a_scanned_bill_nobody_can_place_is_left_out(content: bytes, code: str) -> None:
    result = read(scanned_document.PARSER, content, timezone="Asia/Shanghai")
    assert code in result.issue_counts
    assert "utility_bills" not in result.tables


test_any_bytes_as_bills_give_a_result_or_a_refusal = survives_anything(PARSER, bill("2025-03-01", "2025-04-01"))
test_any_bytes_as_keyed_bills_give_a_result_or_a_refusal = survives_anything(scanned_document.PARSER, keyed())
