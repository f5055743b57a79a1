"""Declarations: values with units, checklists of yes and no, and nothing passed over in silence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats.declaration import PARSER
from tests.evidence.parsers.properties import read, survives_anything

ONE = 'contract: 1\nindicator: US-1.3\nvalue: "12.5"\nunit: min\n'
ITEMS = "contract: 1\ndeclarations:\n  - indicator: US-6.1\n    items:\n      isolation: yes\n      audit: no\n"


def codes(text: str) -> dict[str, int | None]:
    return {issue.code: issue.where.line for issue in read(PARSER, text.encode()).issues}


def test_one_declaration_may_stand_at_the_top() -> None:
    row = read(PARSER, ONE.encode()).tables["declaration"].to_pylist()[0]
    assert (row["indicator"], row["value"], row["unit"], row["line"]) == ("US-1.3", Decimal("12.5"), "min", 3)
    assert (row["item"], row["met"], row["documents"], row["witnessed_by"]) == (None, None, 0, None)


def test_each_item_of_a_checklist_is_a_row_with_its_line() -> None:
    rows = read(PARSER, ITEMS.encode()).tables["declaration"].to_pylist()
    assert [(row["item"], row["met"], row["line"]) for row in rows] == [("isolation", True, 5), ("audit", False, 6)]


def test_a_document_named_twice_supports_once() -> None:
    digest = "sha256:" + "0" * 64
    row = read(PARSER, f"{ONE}documents: [{digest}, {digest}]\n".encode()).tables["declaration"].to_pylist()[0]
    assert row["documents"] == 1


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (ONE + "valeu: 3\n", "unknown_field", 5),
        (ONE.replace("unit: min\n", ""), "missing_unit", 3),
        (ONE.replace('"12.5"', '"12,5"'), "not_a_number", 3),
        (ONE + "items: {a: yes}\n", "value_or_items", 1),
        (ITEMS.replace("yes", "maybe"), "not_yes_or_no", 5),
        (ONE + "documents: [bill.pdf]\n", "bad_digest", 5),
        (ONE + "declared_on: 2026-02-30\n", "bad_date", 5),
        (ITEMS + "  - indicator: US-6.1\n    items: {audit: yes}\n", "declared_twice", 8),
    ],
)
def test_what_cannot_be_used_is_an_error_at_its_line(text: str, code: str, line: int) -> None:
    assert codes(text) == {code: line}
    assert read(PARSER, text.encode()).has_errors


@pytest.mark.parametrize(
    ("text", "code"), [("indicator: A\n", "unknown_contract"), ("contract: 1\ndeclarations: []\n", "no_rows")]
)
def test_another_contract_and_an_empty_list_are_refused(text: str, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(PARSER, text.encode())
    assert caught.value.code == code


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, ONE.encode(), ITEMS.encode())
