"""Bills of the electricity utility as a table, as its online service exports them: a row per account and period.

No real export was at hand: the headings are those printed on bills and shown by the online services.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.utility_bills import UTILITY_BILLS
from evidence.parsers.base import ParseResult
from evidence.parsers.energy.bill_columns import period_columns, refuse_negative, voltage
from evidence.parsers.tables.record_tables import UTILITY_BILL as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source


class UtilityBill:
    format = "utility_bill"
    version = "1"
    title = Text(zh="供电企业电费账单（CSV、xlsx）", en="Bills of the electricity utility (CSV, xlsx)")
    kinds = (UTILITY_BILLS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=UTILITY_BILLS, columns=_columns)
        table = read.table
        facts = {
            "bills": table.num_rows,
            "accounts": pc.count_distinct(table.column("account")).as_py(),
            "bills_by_day": pc.sum(table.column("by_day")).as_py() or 0,
            "billed_kwh": pc.sum(table.column("billed_kwh")).as_py() or 0,
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    billed = rows.number("billed_kwh", required=True)
    columns = {
        "account": rows.text("account", required=True),
        "meter": rows.text("meter"),
        **period_columns(rows, start="read_from", end="read_to", required=True),
        "billed_kwh": billed,
        "multiplier": rows.number("multiplier"),
        "voltage_kv": voltage(rows, "voltage"),
    }
    refuse_negative(rows, billed)
    return columns


PARSER = UtilityBill()
