"""A file none of whose records can be used is refused, whatever its format; nothing is accepted empty."""

from __future__ import annotations

from pathlib import Path

import pytest
import re2

from core.errors import ParseError
from evidence.parsers.base import ParseResult, Severity
from evidence.parsers.reading import read_by
from evidence.parsers.registry import PARSER_BY_FORMAT
from evidence.parsers.text.source import Source
from tests import golden

# A run that ended without a result is told as such by its format; it is no row that could be mended.
TOLD_BY_THE_FORMAT = {"no_result", "run_invalid"}
DIGIT = re2.compile("[0-9]")
PACKED = (b"PK", b"\x1f\x8b", b"\xff\xfe", b"%PDF")


def has_rows(case: Path) -> bool:
    told = golden.outcome(case)
    return "error" not in told and any(table["rows"] for table in told["tables"].values())


CASES = [case for case in golden.cases() if not case.read_bytes().startswith(PACKED) and has_rows(case)]


def without_figures(case: Path) -> Source:
    """Every digit below the first line is a question mark."""
    options = golden.declared(case)
    whole = Source.of_path(case, encoding=options.get("encoding_declared"))
    head, end, rest = case.read_bytes().decode(whole.text_encoding, "replace").partition("\n")
    return Source.of_bytes((head + end + DIGIT.sub("?", rest)).encode(), case.name, timezone=options.get("timezone"))


@pytest.mark.torture("T01", "no evidence accepted")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_file_without_one_readable_figure_is_not_accepted_empty(case: Path) -> None:
    try:
        result = read_by(PARSER_BY_FORMAT[case.parent.name], without_figures(case))
    except ParseError:
        return
    rows = sum(table.num_rows for table in result.tables.values())
    assert rows or result.has_errors or TOLD_BY_THE_FORMAT & result.issue_counts.keys(), result.issue_counts


def spoiled(case: str) -> ParseResult:
    return read_by(PARSER_BY_FORMAT[case.partition("/")[0]], without_figures(golden.FOLDER / case))


@pytest.mark.parametrize("case", ["sus/numbers.csv", "slurm_sacct/other_delimiter.txt", "jobs_table/platform.csv"])
def test_the_refusal_stands_first_and_keeps_what_is_wrong_with_each_row(case: str) -> None:
    first, *others = spoiled(case).issues
    assert (first.code, first.severity) == ("no_rows", Severity.ERROR)
    assert first.where.line == next(issue.where.line for issue in others if issue.severity is Severity.WARNING)
    assert others
