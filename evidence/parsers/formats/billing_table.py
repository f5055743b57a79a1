"""Bills as a table: card-hours of each customer and month, by the class of the customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.billing_rows import BILLING_ROWS
from evidence.observations.schema import DATE
from evidence.parsers.base import ParseResult
from evidence.parsers.energy.months import month_of
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.record_tables import BILLING_TABLE as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

CLASSES = {
    **dict.fromkeys(("sme", "small", "中小企业", "中小微企业", "小微企业"), "sme"),
    **dict.fromkeys(("startup", "初创企业", "创业公司"), "start_up"),
    **dict.fromkeys(("university", "research", "高校", "科研机构", "高校与科研"), "university"),
    **dict.fromkeys(("individual", "developer", "个人", "个人开发者"), "individual"),
    **dict.fromkeys(("largecompany", "enterprise", "大型企业", "大企业", "央国企"), "large_company"),
    **dict.fromkeys(("publicbody", "government", "政府", "事业单位"), "public_body"),
    **dict.fromkeys(("self", "own", "自用", "内部"), "self"),
}


class BillingTable:
    format = "billing_table"
    version = "1"
    title = Text(zh="卡时计费表（CSV、xlsx）", en="Card-hours billed (CSV, xlsx)")
    kinds = (BILLING_ROWS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=BILLING_ROWS, columns=_columns)
        table = read.table
        facts = {
            "bills": table.num_rows,
            "bills_by_class": counted(table.column("customer_class").to_pylist()),
            "customers": pc.count_distinct(table.column("customer")).as_py(),
            "card_hours": pc.sum(table.column("card_hours")).as_py() or 0,
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    rows.text("month", required=True)
    hours = rows.number("card_hours", required=True)
    columns = {
        "customer": rows.text("customer", required=True),
        "customer_class": rows.choice("customer_class", CLASSES, required=True),
        "month": rows.each_unique("month", _first_day, DATE),
        "card_hours": hours,
        "amount": rows.number("amount"),
        "currency": rows.text("currency"),
    }
    rows.refuse(
        pc.fill_null(pc.less(hours, Decimal(0)), fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的卡时为负。", en="The card-hours in line {line} are negative."),
        hint=Text(zh="冲销请并入原账单。", en="Merge a correction into the bill it corrects."),
    )
    return columns


def _first_day(text: str) -> dt.date | None:
    day = text.split(" ")[0].split("T")[0]
    month = month_of(day, year=None) or month_of(day.removesuffix("-01"), year=None)
    return None if month is None else dt.date(*month, 1)


PARSER = BillingTable()
