"""The first rows of a workbook's sheets as text, read cheaply: for telling what a workbook is, never for reading one.

A few hundred kilobytes are inflated at most, whatever the archive promises; a workbook that cannot be read here has
no heads, and its parser says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from io import RawIOBase
from typing import BinaryIO
from xml.etree.ElementTree import ParseError as XmlError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from core.errors import ParseError
from evidence.parsers.text.archive import Member, MemberStream, read_directory
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.sheet_scan import cell_at
from evidence.parsers.workbooks.workbook import LARGEST_INFLATED, is_workbook

Rows = tuple[tuple[str, ...], ...]
HEADS_WITHIN = 10
MOST_SHEETS = 20
MOST_COLUMNS = 200
_SHEET_BYTES = 256 * 1024
_STRINGS_BYTES = 2 * 1024 * 1024
_CHUNK = 16 * 1024


@lru_cache(maxsize=4)  # every parser asks of the same file
def sheet_heads(source: Source) -> tuple[Rows, ...]:
    """The first ten rows of each sheet that hold anything, their texts by column; numbers are empty."""
    if not is_workbook(source):
        return ()
    try:
        with source.opener() as stream:
            members = read_directory(stream, source.size, largest=LARGEST_INFLATED)
            sheets = [name for name in members if name.startswith("xl/worksheets/") and name.endswith(".xml")]
            heads = [_rows(stream, members[name]) for name in sheets[:MOST_SHEETS]]
            strings = _strings(
                stream, members.get("xl/sharedStrings.xml"), last=max(map(_last_index, heads), default=-1)
            )
    except (ParseError, DefusedXmlException, XmlError, ValueError):
        return ()
    return tuple(tuple(_texts(row, strings) for row in rows) for rows in heads)


_Row = dict[int, str | int]  # by column the text, or the number of a shared one


class _SheetHead:
    """Receives the elements of a sheet until enough rows hold something."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self._row: _Row = {}
        self._column = -1
        self._kind = ""
        self._text: list[str] | None = None

    @property
    def is_done(self) -> bool:
        return len(self.rows) >= HEADS_WITHIN

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag.rpartition("}")[2]:
            case "row":
                self._row, self._column = {}, -1
            case "c":
                place = cell_at(attributes.get("r", ""))
                self._column = place[1] if place else self._column + 1
                self._kind, self._text = attributes.get("t", ""), None
            case "v" | "t":
                self._text = self._text or []

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        match tag.rpartition("}")[2]:
            case "c" if self._text is not None and self._column < MOST_COLUMNS:
                text, self._text = "".join(self._text), None
                if self._kind == "s":
                    self._row[self._column] = int(text)
                else:
                    self._row[self._column] = text if self._kind in ("str", "inlineStr") else ""
            case "row" if self._row and not self.is_done:
                self.rows.append(self._row)

    def close(self) -> None:
        """The end of what is read."""


class _Strings:
    """Receives the shared strings up to the last one wanted."""

    def __init__(self, last: int) -> None:
        self.found: list[str] = []
        self._last = last
        self._text: list[str] = []
        self._inside = False

    @property
    def is_done(self) -> bool:
        return len(self.found) > self._last

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._inside = name == "t"
        if name == "si":
            self._text = []

    def data(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._inside = False
        if name == "si":
            self.found.append("".join(self._text))

    def close(self) -> None:
        """The end of what is read."""


def _rows(stream: BinaryIO, member: Member) -> list[_Row]:
    head = _SheetHead()
    _feed(MemberStream(stream, member), head, lambda: head.is_done, most=_SHEET_BYTES)
    return head.rows


def _strings(stream: BinaryIO, member: Member | None, *, last: int) -> list[str]:
    if member is None or last < 0:
        return []
    strings = _Strings(last)
    _feed(MemberStream(stream, member), strings, lambda: strings.is_done, most=_STRINGS_BYTES)
    return strings.found


def _feed(stream: RawIOBase, target: object, is_done: Callable[[], bool], *, most: int) -> None:
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    while most > 0 and not is_done() and (chunk := stream.read(_CHUNK)):
        parser.feed(chunk)
        most -= len(chunk)


def _last_index(rows: list[_Row]) -> int:
    return max((text for row in rows for text in row.values() if isinstance(text, int)), default=-1)


def _texts(row: _Row, strings: list[str]) -> tuple[str, ...]:
    texts = [""] * (max(row) + 1)
    for column, text in row.items():
        texts[column] = text if isinstance(text, str) else strings[text] if 0 <= text < len(strings) else ""
    return tuple(texts)
