"""Figures of a scan or PDF – a bill, a certificate, a stamped report – keyed by two persons apart from each other.

A row per figure, bound to the document by its SHA-256. What both read alike becomes a declaration with that document,
its page and its date of expiry; what they read otherwise is told and left out, because nobody can say who is right.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.observations.declarations import DECLARATIONS
from evidence.observations.schema import COUNT, TEXT
from evidence.parsers.base import ParseResult
from evidence.parsers.headers import folded
from evidence.parsers.record_tables import SCANNED_DOCUMENT as HEADINGS
from evidence.parsers.simple_tables import holds_table
from evidence.parsers.source import Source
from evidence.parsers.table_batches import Layout
from evidence.parsers.typed_rows import TypedRows, read_table

_DIGEST = re2.compile(r"(?:sha256:)?([0-9a-f]{64})")
_CODE = re2.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class ScannedDocument:
    format = "scanned_document"
    version = "1"
    title = Text(zh="扫描件双人录入表（CSV、xlsx）", en="Scanned documents, keyed twice (CSV, xlsx)")
    kinds = (DECLARATIONS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=DECLARATIONS, columns=_columns)
        table = read.table
        expiry = pc.min(table.column("expires_on")).as_py() if table.num_rows else None
        facts = {
            "figures": table.num_rows,
            "figures_keyed_differently": read.issues.counts.get("keyed_differently", 0),
            "indicators": sorted(set(table.column("indicator").to_pylist())),
            "documents": pc.count_distinct(table.column("document")).as_py(),
            **({"earliest_expiry": expiry.isoformat()} if expiry else {}),
        }
        return read.result(source, facts)


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
    return columns


def _digest(text: str) -> str | None:
    found = _DIGEST.fullmatch(text.strip().lower())
    return f"sha256:{found.group(1)}" if found else None


def _same_person(one: pa.Array, other: pa.Array) -> np.ndarray:
    pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
    return np.array([a is not None and b is not None and folded(a) == folded(b) for a, b in pairs], dtype=bool)


PARSER = ScannedDocument()
