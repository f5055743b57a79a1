"""What a fuzzer runs: any bytes through one parser give observations and issues or a `ParseError`, nothing else.

Of a format kept in workbooks the bytes are the first sheet of its golden book: bytes that are no archive would never
come as far as its cells.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from evidence.parsers.base import Parser
from tests import golden
from tests.evidence.parsers.properties import outcome
from tests.evidence.parsers.workbooks import repacked

LARGEST_SEED = 32 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def seeds(parser: Parser) -> list[bytes]:
    """The golden files of a format, each cut to what a fuzzer can change usefully."""
    found = []
    for case in golden.cases():
        if case.parent.name == parser.format:
            content = case.read_bytes()
            found.append(_sheet(content) if _is_book(content) else content[:LARGEST_SEED])
    return found


def harness(parser: Parser) -> Callable[[bytes], None]:
    """A function of bytes that ends well, or raises what no parser may."""
    book = _book(parser)

    def check(content: bytes) -> None:
        outcome(parser, content if book is None else repacked(book, replace={SHEET: content}))

    return check


def _book(parser: Parser) -> bytes | None:
    """The golden workbook of a format that is read from workbooks alone."""
    contents = [case.read_bytes() for case in golden.cases() if case.parent.name == parser.format]
    return contents[0] if contents and all(map(_is_book, contents)) else None


def _is_book(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _sheet(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(SHEET)


def write_seeds(parser: Parser, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(parser)):
        (folder / f"golden{number}").write_bytes(content)
