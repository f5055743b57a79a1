"""What is no number never becomes one: not in observations, facts, measurements or JSON, whatever the format."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import re2

from core.canonical import canonical_json
from core.errors import ParseError
from core.outcome import Outcome
from evidence.parsers.registry import PARSER_BY_FORMAT
from evidence.parsers.text.source import Source
from indicators.measures.base import Measurement
from tests import golden

WORDS = ("NaN", "Infinity", "-inf", "1e400", "1e-400")
NUMBER = re2.compile(r"[0-9]+\.[0-9]+|[0-9]{2,}")
TEXTS = [case for case in golden.cases() if not case.read_bytes().startswith((b"PK", b"\x1f\x8b", b"\xff\xfe"))]
PAGE = Path(__file__).parents[3] / "docs" / "formats" / "numbers.md"


def not_finite(value: Any) -> list[Any]:
    """Every figure in plain values that is a float or not finite."""
    match value:
        case float():
            return [value]
        case Decimal():
            return [] if value.is_finite() else [value]
        case dict():
            return [bad for one in value.values() for bad in not_finite(one)]
        case list() | tuple():
            return [bad for one in value for bad in not_finite(one)]
    return []


@pytest.mark.slow
@pytest.mark.torture("T15", "none in the database, score, JSON or PDF")
@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_number_replaced_by_none_leaves_no_trace_of_it(case: Path) -> None:
    """Every third, every seventh, then every number of a golden file: what is kept goes to store and papers as is."""
    parser, options = PARSER_BY_FORMAT[case.parent.name], golden.declared(case)
    text = case.read_bytes()[:20_000].decode("utf-8", "ignore")
    places = list(NUMBER.finditer(text))
    for every, word in zip((3, 7, 1, 2, 5), WORDS, strict=True):
        changed, end = [], 0
        for match in places[::every]:
            changed += [text[end : match.start()], word]
            end = match.end()
        source = Source.of_bytes("".join([*changed, text[end:]]).encode(), case.name, timezone=options.get("timezone"))
        try:
            result = parser.parse(source)
        except ParseError:
            continue
        printed = canonical_json(result.as_json(parser, source))
        json.loads(printed, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
        assert not_finite([dict(result.facts), *map(dict, result.runs)]) == []
        for table in result.tables.values():
            assert not_finite(table.to_pylist()) == []


@pytest.mark.torture("T15", "none in the database, score, JSON or PDF")
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_no_measurement_and_so_no_score_or_paper_holds_what_is_no_number(value: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        Measurement("m", Outcome.SCORED, value=Decimal(value))
    with pytest.raises(TypeError):
        canonical_json({"a": math.nan})


@pytest.mark.torture("T15", "listed in the docs")
def test_the_page_on_numbers_lists_what_is_accepted_and_what_is_not() -> None:
    accepted, refused = PAGE.read_text(encoding="utf-8").split("Not accepted:", 1)
    assert all(f"`{form}`" in accepted for form in ("1234", "-7", "+1.50", "1e3", "-0"))
    forms = ("1,234", "1_000", "98.5%", "１２３", "0x10", "NaN", "Infinity", "无", "-")
    assert [form for form in forms if f"`{form}`" not in refused] == []
    assert "missing, never 0" in refused
