"""A few raw lines of a file around one of them, for people who follow a number down to its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.errors import ParseError
from core.text import Text
from evidence import store
from evidence.models import Evidence
from evidence.parsers.source import Source

AROUND = 4
SHOWN_CHARACTERS = 2000
ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    chosen: bool
    cut: bool  # longer than what is shown


@dataclass(frozen=True, slots=True)
class Window:
    """The lines from `line` − 4 to `line` + 4; none when the file has no such line, and why."""

    line: int
    lines: tuple[Line, ...]
    absent: Text | None = None


def window_around(evidence: Evidence, line: int) -> Window:
    """The lines of the file as it was handed in, decoded leniently: what cannot be decoded shows as �."""
    source = _source(evidence)
    if source.head.startswith(ZIP_MAGIC):
        return Window(
            line,
            (),
            Text(
                zh="该文件是工作簿，没有文本行；请按工作表和单元格查找。",
                en="This file is a workbook and has no lines of text; look the place up by sheet and cell.",
            ),
        )
    try:
        lines = tuple(islice(_lines(source, evidence.encoding or "utf-8", line), 2 * AROUND + 1))
    except ParseError as error:
        return Window(line, (), error.message)
    if not any(shown.chosen for shown in lines):
        return Window(line, (), Text(zh=f"文件没有第 {line} 行。", en=f"The file has no line {line}."))
    return Window(line, lines)


def _lines(source: Source, encoding: str, chosen: int) -> Iterator[Line]:
    numbered = source.raw_lines() if not encoding.startswith("utf-16") else _wide_lines(source)
    for number, raw in islice(numbered, max(0, chosen - AROUND - 1), chosen + AROUND):
        text = raw if isinstance(raw, str) else raw.decode(encoding, errors="replace")
        yield Line(number, text[:SHOWN_CHARACTERS], number == chosen, len(text) > SHOWN_CHARACTERS)


def _wide_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Lines of UTF-16 text, whose line ends are not single bytes."""
    return source.lines()


def _source(evidence: Evidence) -> Source:
    return Source(
        name=evidence.name,
        opener=lambda: store.open_blob(evidence.blob_id),
        size=evidence.blob.size,
        sha256=evidence.digest,
        encoding=evidence.declared_encoding or None,
    )
