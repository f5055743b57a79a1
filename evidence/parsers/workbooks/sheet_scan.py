"""What a reader of cell values does not tell: errors, uncached formulas, hidden parts, forbidden XML.

Every XML member of a workbook is streamed once. Document types, entities and XInclude are refused wherever they
stand; the members that are sheets are also scanned for what a person would not see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import RawIOBase
from xml.etree.ElementTree import ParseError as XmlError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from core.errors import ParseError
from core.provenance import Where
from core.text import Text

MOST_CELLS = 5_000_000
_CHUNK = 256 * 1024
_XINCLUDE = "{http://www.w3.org/2001/XInclude}"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

Cell = tuple[int, int]  # row and column, from 0


@dataclass(slots=True)
class SheetScan:
    """What one sheet holds beside its values: error texts by cell, and what is hidden (rows and columns from 0)."""

    errors: dict[Cell, str] = field(default_factory=dict)
    uncached: set[Cell] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)
    cells: int = 0
    last_row: int = 0
    last_column: int = 0


@dataclass(slots=True)
class BookScan:
    """The sheets of `workbook.xml` in order: name, state and relation."""

    sheets: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class RelationScan:
    """The targets of a `.rels` member by relation id."""

    targets: dict[str, str] = field(default_factory=dict)


class _Target:
    """Receives the elements of one member; refuses XInclude."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag.startswith(_XINCLUDE):
            raise forbidden_xml()
        self.element(tag.rpartition("}")[2], attributes)

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""

    def end(self, tag: str) -> None:
        """An element closes."""

    def data(self, text: str) -> None:
        """Text inside an element."""

    def close(self) -> None:
        """The end of the member."""


class _BookTarget(_Target):
    def __init__(self, scan: BookScan) -> None:
        self._scan = scan

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            self._scan.sheets.append((attributes.get("name", ""), attributes.get("state", "visible"), relation))


class _RelationTarget(_Target):
    def __init__(self, scan: RelationScan) -> None:
        self._scan = scan

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            self._scan.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _SheetTarget(_Target):
    def __init__(self, scan: SheetScan) -> None:
        self._scan = scan
        self._row = -1
        self._column = -1
        self._type = ""
        self._formula = False
        self._value: list[str] | None = None
        self._inside_value = False

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "row":
                self._row = _whole(attributes.get("r"), self._row + 2) - 1
                self._column = -1
                if attributes.get("hidden") in ("1", "true"):
                    self._scan.hidden_rows.add(self._row)
            case "c":
                self._cell(attributes)
            case "f":
                self._formula = True
            case "v" | "is":
                self._value, self._inside_value = [], True
            case "col" if attributes.get("hidden") in ("1", "true"):
                first, last = _whole(attributes.get("min"), 1), _whole(attributes.get("max"), 1)
                self._scan.hidden_columns.update(range(first - 1, min(last, 16_384)))
            case "mergeCell":
                first_cell, _, last_cell = attributes.get("ref", "").partition(":")
                start, end = cell_at(first_cell), cell_at(last_cell or first_cell)
                if start is not None and end is not None and len(self._scan.merged) < MOST_CELLS:
                    self._scan.merged.append((start, end))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        place = cell_at(reference := attributes.get("r", ""))
        if reference and place is None:
            raise damaged()  # the reading library believes it, and lays out a table that wide
        self._row, self._column = place if place is not None else (self._row, self._column + 1)
        self._type = attributes.get("t", "")
        self._formula, self._value = False, None
        self._scan.cells += 1
        self._scan.last_row = max(self._scan.last_row, self._row)
        self._scan.last_column = max(self._scan.last_column, self._column)
        area = (self._scan.last_row + 1) * (self._scan.last_column + 1)
        if self._scan.cells > MOST_CELLS or area > MOST_CELLS:
            raise _too_many_cells()

    def end(self, tag: str) -> None:
        match tag.rpartition("}")[2]:
            case "v" | "is":
                self._inside_value = False
            case "c":
                place = (self._row, self._column)
                if self._type == "e":
                    self._scan.errors[place] = "".join(self._value or ["#N/A"])[:20]
                elif self._formula and not "".join(self._value or []):
                    self._scan.uncached.add(place)

    def data(self, text: str) -> None:
        if self._inside_value and self._value is not None and len(self._value) < 8:
            self._value.append(text)


def scan_member(name: str, stream: RawIOBase) -> SheetScan | BookScan | RelationScan | None:
    """Stream one XML member of a workbook.

    Raises:
        ParseError: `forbidden_xml`, `damaged_workbook`, `too_many_cells`, and what the stream raises.
    """
    scan: SheetScan | BookScan | RelationScan | None = None
    target: _Target = _Target()
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        scan = SheetScan()
        target = _SheetTarget(scan)
    elif name == "xl/workbook.xml":
        scan = BookScan()
        target = _BookTarget(scan)
    elif name == "xl/_rels/workbook.xml.rels":
        scan = RelationScan()
        target = _RelationTarget(scan)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise forbidden_xml(name) from error
    except (XmlError, ValueError) as error:
        raise damaged(name) from error
    return scan


def cell_at(reference: str) -> Cell | None:
    """`C5` as row 4, column 2; null for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match.group(2)) - 1, column - 1


def cell_name(row: int, column: int) -> str:
    """Row 4, column 2 as `C5`."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def forbidden_xml(member: str = "") -> ParseError:
    return ParseError(
        "forbidden_xml",
        Text(
            zh="文件的 XML 中含有文档类型、实体或外部引用（XInclude）。",
            en="The XML of the file holds a document type, an entity or an inclusion (XInclude).",
        ),
        where=Where(file=member) if member else None,
        hint=Text(zh="请用办公软件重新保存后上传。", en="Save it again with your office software and upload that."),
    )


def damaged(member: str = "") -> ParseError:
    return ParseError(
        "damaged_workbook",
        Text(zh="工作簿已损坏，无法读取。", en="The workbook is damaged and cannot be read."),
        where=Where(file=member) if member else None,
        hint=Text(zh="请用办公软件打开并重新保存后上传。", en="Open it in your office software and save it again."),
    )


def _too_many_cells() -> ParseError:
    return ParseError(
        "too_many_cells",
        Text(
            zh=f"工作表的范围超过 {MOST_CELLS} 个单元格。",
            en=f"A sheet spans more than {MOST_CELLS} cells.",
        ),
        hint=Text(zh="请删除多余的行列，或拆分文件。", en="Delete superfluous rows and columns, or split the file."),
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise
