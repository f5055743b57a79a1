"""What a file is does not depend on its encoding: every text sample in UTF-16 is still of its format."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests import golden

pytestmark = pytest.mark.slow

PACKED = (b"PK", b"\x1f\x8b", b"\xff\xfe", b"%PDF", b"(\xb5")


def is_text(case: Path) -> bool:
    told = golden.expected(case)  # whether it holds is asked elsewhere; reading every sample takes long
    return not case.read_bytes().startswith(PACKED) and told.get("encoding", "latin-1") != "latin-1"


@pytest.mark.torture("T13", "UTF-16")
@pytest.mark.parametrize(
    "case", [case for case in golden.cases() if is_text(case)], ids=lambda case: f"{case.parent.name}-{case.name}"
)
def test_a_sample_in_utf_16_is_of_its_format_and_has_its_rows(case: Path) -> None:
    told, options = golden.outcome(case), golden.declared(case)
    whole = Source.of_path(case, encoding=options.get("encoding_declared"))
    text = case.read_bytes().decode(whole.text_encoding)
    source = Source.of_bytes(text.encode("utf-16"), case.name, timezone=options.get("timezone"))
    parser = identify(source)
    tables = parser.parse(source).tables
    assert parser.format == told["format"]
    assert {name: table.num_rows for name, table in tables.items()} == {
        name: len(rows) for name, rows in told["rows"].items()
    }
