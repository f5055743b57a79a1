"""Figures of scans: both keyings must agree, two persons must have made them, and the document is named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.outcome import Quality
from evidence.parsers.base import ParseResult
from evidence.parsers.formats.scanned_document import PARSER
from indicators.measures.base import CentreEvidence
from tests.evidence.parsers.properties import read, survives_anything
from tests.indicators.measures.evidence import measured, profile

HEAD = "document,indicator,unit,page,first_value,first_by,second_value,second_by,issued_on,expires_on\n"
SCAN = "ab" * 32


def keyed(first: str = "30", second: str = "30", *, by: str = "Li,Wang", digest: str = SCAN, expires: str = "") -> str:
    one, other = by.split(",")
    return f"{HEAD}{digest},US-1.3,min,4,{first},{one},{second},{other},2025-05-01,{expires}\n"


def parsed(text: str) -> ParseResult:
    return read(PARSER, text.encode())


def test_what_two_persons_read_alike_is_a_declaration_with_its_document() -> None:
    (row,) = parsed(keyed("30", "30.0")).tables["declaration"].to_pylist()
    assert (row["value"], row["unit"], row["documents"], row["page"]) == (Decimal(30), "min", 1, 4)
    assert row["document"] == f"sha256:{SCAN}"
    assert row["declared_by"] == "Li、Wang"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (keyed("30", "31"), "keyed_differently"),
        (keyed(by="Li,li "), "keyed_by_one_person"),
        (keyed(digest="ab" * 31), "unreadable_value"),
        (keyed("", "30"), "missing_value"),
        (keyed("30", "1,5"), "ragged_row"),
        (keyed("30", "thirty"), "not_a_number"),
    ],
)
def test_a_figure_nobody_can_vouch_for_is_told_and_left_out(text: str, code: str) -> None:
    result = parsed(text)
    assert code in result.issue_counts
    assert result.tables["declaration"].num_rows == 0


@pytest.mark.parametrize(
    ("expires", "grade", "notes"),
    [("", Quality.C, []), ("2026-03-31", Quality.C, []), ("2026-03-30", Quality.D, ["document_expired"])],
)
def test_a_document_that_had_expired_at_application_supports_nothing(
    expires: str, grade: Quality, notes: list[str]
) -> None:
    tables = parsed(keyed(expires=expires)).tables
    found = measured("time_to_first_job", CentreEvidence.pooled(profile(), [("sha256:a", tables)]))
    assert (found.value, found.quality, [note.code for note in found.notes]) == (30, grade, notes)


test_any_bytes_as_keyed_scans_give_a_result_or_a_refusal = survives_anything(PARSER, keyed().encode())
