"""The nightly fuzzer itself: it sees what breaks the contract, starts from every format, and knows what changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import Coverage, Parser, ParseResult
from evidence.parsers.formats import sus
from evidence.parsers.registry import PARSERS
from evidence.parsers.text.source import Source
from tests.fuzzing.changed import ROOT, changed_formats, reached
from tests.fuzzing.harness import harness, seeds


class Broken:
    """A parser that fails on one letter and claims more lines than there are on another."""

    format, version, title, kinds = "broken", "1", Text(zh="坏", en="broken"), ()

    def recognises(self, source: Source) -> bool:
        return False

    def parse(self, source: Source) -> ParseResult:
        if b"k" in source.head:
            raise KeyError("k")
        if b"p" in source.head:
            raise ParseError("unreadable", Text(zh="", en=""), hint=Text(zh="", en=""))
        return ParseResult({}, {}, Coverage(1, 2 if b"c" in source.head else 1, 0))


@pytest.mark.parametrize(("content", "escapes"), [(b"k", KeyError), (b"c", AssertionError), (b"p", None), (b"", None)])
def test_whatever_is_no_result_and_no_refusal_escapes(content: bytes, escapes: type[Exception] | None) -> None:
    parser: Parser = Broken()
    check = harness(parser)
    if escapes is None:
        check(content)
    else:
        with pytest.raises(escapes):
            check(content)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.format)
def test_every_format_has_seeds_that_hold_the_contract(parser: Parser) -> None:
    contents = seeds(parser)
    assert contents
    check = harness(parser)
    for content in contents:
        check(content)


def test_a_change_concerns_the_formats_that_import_it() -> None:
    assert "evidence.parsers.tables.csv_tables" in reached(sus.__name__)
    assert "evidence.parsers.formats.hpl" not in reached(sus.__name__)
    assert changed_formats("no such commit") == {parser.format for parser in PARSERS}


@pytest.mark.long
@pytest.mark.slow
def test_the_fuzzer_starts_and_ends_well_on_a_few_inputs(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    for number, content in enumerate(seeds(sus.PARSER)):
        (tmp_path / str(number)).write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing.one", "sus", "-runs=20", "-seed=1", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "Done 20 runs" in ended.stderr
