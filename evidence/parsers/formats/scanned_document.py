"""Figures of a scan or PDF – a bill, a certificate, a stamped report – keyed by two persons apart from each other.

A row per figure, bound to the document by its SHA-256. What both read alike becomes a declaration with that document,
its page and its date of expiry; what they read otherwise is told and left out, because nobody can say who is right.
Energy of a utility's bill names account and period too, and becomes a bill instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.observations.declarations import DECLARATIONS
from evidence.observations.schema import COUNT, FLAG, INSTANT, TEXT, Column, Kind
from evidence.observations.stored import whole
from evidence.observations.utility_bills import UTILITY_BILLS
from evidence.parsers.base import ParseResult
from evidence.parsers.energy.bill_columns import period_columns, refuse_negative
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.record_tables import SCANNED_DOCUMENT as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

_DIGEST = re2.compile(r"(?:sha256:)?([0-9a-f]{64})")
_CODE = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
BILLED = "GR-1.1.billed_kwh"
# A row as it was keyed, before it is known whether it declares a figure or bills one.
_KEYED = Kind(
    name=DECLARATIONS.name,
    title=DECLARATIONS.title,
    own_columns=(
        *DECLARATIONS.own_columns,
        Column("account", TEXT, optional=True),
        Column("start_at", INSTANT, optional=True),
        Column("end_at", INSTANT, optional=True),
        Column("by_day", FLAG, optional=True),
    ),
)


class ScannedDocument:
    format = "scanned_document"
    version = "2"
    title = Text(zh="扫描件双人录入表（CSV、xlsx）", en="Scanned documents, keyed twice (CSV, xlsx)")
    kinds = (DECLARATIONS.name, UTILITY_BILLS.name)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=_KEYED, columns=_columns)
        keyed = whole(read.table)
        is_bill = pc.equal(keyed.column("indicator"), BILLED)
        declared, bills = _as(DECLARATIONS, keyed.filter(pc.invert(is_bill))), _bills(keyed.filter(is_bill))
        result = read.result(source, _facts(keyed, read.issues.counts, bills=bills.num_rows))
        billed = {UTILITY_BILLS.name: bills} if bills.num_rows else {}
        return replace(result, tables={DECLARATIONS.name: declared, **billed})


def _facts(keyed: pa.Table, issues: Mapping[str, int], *, bills: int) -> dict[str, Any]:
    expiry = pc.min(keyed.column("expires_on")).as_py() if keyed.num_rows else None
    return {
        "figures": keyed.num_rows,
        "figures_keyed_differently": issues.get("keyed_differently", 0),
        "indicators": sorted(set(keyed.column("indicator").to_pylist())),
        "documents": pc.count_distinct(keyed.column("document")).as_py(),
        **({"bills": bills} if bills else {}),
        **({"earliest_expiry": expiry.isoformat()} if expiry else {}),
    }


def _bills(keyed: pa.Table) -> pa.Table:
    return _as(UTILITY_BILLS, keyed.append_column("billed_kwh", keyed.column("value")))


def _as(kind: Kind, keyed: pa.Table) -> pa.Table:
    """The columns of a kind that were keyed."""
    return kind.table({c.name: keyed.column(c.name) for c in kind.columns if c.name in keyed.column_names})


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    rows.text("first_value", required=True)
    rows.text("second_value", required=True)
    first, second = rows.number("first_value"), rows.number("second_value")
    one, other = rows.text("first_by", required=True), rows.text("second_by", required=True)
    columns = {
        "indicator": rows.each_unique("indicator", lambda text: text if _CODE.fullmatch(text) else None, TEXT),
        "value": first,
        "unit": rows.text("unit", required=True),
        "documents": pa.array(np.ones(len(rows), dtype=np.int64), COUNT),
        "statement": rows.text("title"),
        "declared_by": pc.binary_join_element_wise(one, other, "、"),
        "declared_on": rows.date("issued_on"),
        "witnessed_by": rows.text("witnessed_by"),
        "document": rows.each_unique("document", _digest, TEXT),
        "page": rows.count("page", required=True),
        "expires_on": rows.date("expires_on"),
        "account": rows.text("account"),
        **period_columns(rows, start="read_from", end="read_to", required=False),
    }
    rows.text("indicator", required=True)
    rows.text("document", required=True)
    rows.refuse(
        _same_person(one, other),
        "keyed_by_one_person",
        Text(zh="第 {line} 行的两次录入出自同一人。", en="Both keyings of line {line} are by one person."),
        hint=Text(zh="请由另一人独立重新录入。", en="Have another person key it without seeing the first."),
    )
    rows.refuse(
        pc.fill_null(pc.not_equal(first, second), fill_value=False).to_numpy(zero_copy_only=False),
        "keyed_differently",
        Text(
            zh="第 {line} 行的两次录入不一致，未采用。", en="The two keyings of line {line} differ; it does not count."
        ),
        hint=Text(zh="请对照原件核对后重新提交。", en="Compare both with the original and hand it in again."),
    )
    _refuse_bills(rows, columns)
    return columns


def _refuse_bills(rows: TypedRows, columns: Mapping[str, pa.Array]) -> None:
    """Leave out bills that could be held against nothing: without account, period or kWh."""
    is_bill = pc.fill_null(pc.equal(columns["indicator"], BILLED), fill_value=False)
    placed = pc.and_(
        pc.and_(pc.is_valid(columns["account"]), pc.equal(columns["unit"], "kWh")),
        pc.and_(pc.is_valid(columns["start_at"]), pc.is_valid(columns["end_at"])),
    )
    rows.refuse(
        pc.and_(is_bill, pc.invert(pc.fill_null(placed, fill_value=False))).to_numpy(zero_copy_only=False),
        "bill_without_period",
        Text(
            zh="第 {line} 行的账单电量缺少户号、上次或本次抄表日期，或单位不是 kWh。",
            en="The billed energy in line {line} lacks its account or one of its readings, or is not in kWh.",
        ),
        hint=Text(
            zh="请补填 account、read_from、read_to 三列，单位填 kWh。",
            en="Fill in account, read_from and read_to, and kWh as the unit.",
        ),
    )
    billed = pc.if_else(is_bill, columns["value"], pa.scalar(None, columns["value"].type))
    refuse_negative(rows, billed)


def _digest(text: str) -> str | None:
    found = _DIGEST.fullmatch(text.strip().lower())
    return f"sha256:{found.group(1)}" if found else None


def _same_person(one: pa.Array, other: pa.Array) -> np.ndarray:
    pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
    return np.array([a is not None and b is not None and folded(a) == folded(b) for a, b in pairs], dtype=bool)


PARSER = ScannedDocument()
