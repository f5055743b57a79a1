"""From a figure down to its bytes: rule with clause, measurement with formula, observations, file and line.

The same way the pages lead, without a server: from a result alone as far as the names of files and lines go, with the
files at hand down to the very text of each line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assessment.scoring.result import Node, Result
from core.canonical import jsonable
from core.errors import UserFacingError
from core.provenance import Support
from core.text import Text
from evidence.parsers.base import ParseResult
from evidence.parsers.places import cells_at, lines_at
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook
from indicators.measures.base import Measurement
from indicators.rubric.words import aggregation_words, curve_words, minimum_words, missing_words, references

# Of one line of a file without line breaks thousands of rows may come.
OBSERVATIONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class AtHand:
    """The bytes of an evidence file, with the format its uploader named, empty where none was."""

    source: Source
    format: str = ""


Find = Callable[[str], AtHand | None]  # `sha256:…` → the file, None where it is not at hand


@dataclass(frozen=True, slots=True)
class PlaceTrace:
    """One line or cell: its text, and the observations that were read from it; None where the file is not at hand."""

    line: int
    cell: str
    text: str | None
    is_cut: bool = False
    observations: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "cell": self.cell or None,
            "text": self.text,
            "is_cut": self.is_cut,
            "observations": jsonable(self.observations),
        }


@dataclass(frozen=True, slots=True)
class SupportTrace:
    """The rows of one file; `problem` says why their text or observations cannot be shown.

    `issues` is what the parser found in the file, by code: a figure carries it along.
    """

    support: Support
    name: str
    places: tuple[PlaceTrace, ...]
    problem: Text | None = None
    issues: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "evidence": self.support.evidence,
            "file": self.name or None,
            "kind": self.support.kind,
            "rows": self.support.rows,
            "places": [place.as_json() for place in self.places],
            "issues": dict(self.issues),
            "problem": self.problem.as_json() if self.problem else None,
        }


@dataclass(frozen=True, slots=True)
class MeasurementTrace:
    measurement: Measurement
    supports: tuple[SupportTrace, ...]

    @property
    def is_whole(self) -> bool:
        return all(support.problem is None for support in self.supports)

    def as_json(self) -> dict[str, Any]:
        return self.measurement.as_json() | {"rests_on": [support.as_json() for support in self.supports]}


@dataclass(frozen=True, slots=True)
class NodeTrace:
    """A node of a result, the codes above it, and what it was measured from."""

    node: Node
    path: tuple[str, ...]
    measured: MeasurementTrace | None

    def as_json(self) -> dict[str, Any]:
        node = self.node
        curve, aggregation = curve_words(node.rule), aggregation_words(node.rule)
        return {
            "code": node.code,
            "path": list(self.path),
            "level": node.level,
            "title": node.title.as_json(),
            "outcome": node.outcome.value,
            "points": jsonable(node.points),
            "published": jsonable(node.published),
            "weight": jsonable(node.weight),
            "share": jsonable(node.share),
            "reason": jsonable(node.reason),
            "rule": {
                "curve": jsonable(curve) if curve is not None else None,
                "aggregation": jsonable(aggregation) if node.children else None,
                "minima": jsonable(minimum_words(node.rule)),
                "missing": jsonable(missing_words(node.rule)),
                "references": jsonable(references(node.rule)),
            },
            "parts": [
                {"code": child.code, "published": jsonable(child.published), "weight": jsonable(child.weight)}
                for child in node.children
                if child.counts
            ],
            "measurement": self.measured.as_json() if self.measured is not None else None,
        }


@dataclass
class Tracer:
    """Follows figures to the files `find` knows; each file is read once."""

    find: Find
    _read: dict[str, ParseResult | UserFacingError] = field(default_factory=dict)

    def node(self, result: Result, code: str) -> NodeTrace:
        """Raises:
        KeyError: the result has no such node.
        """
        path = _path(result.root, code)
        if path is None:
            raise KeyError(code)
        node = path[-1]
        measured = self.measurement(node.inputs) if node.inputs is not None else None
        return NodeTrace(node, tuple(one.code for one in path[:-1]), measured)

    def measurement(self, measurement: Measurement) -> MeasurementTrace:
        return MeasurementTrace(measurement, tuple(self._support(one) for one in measurement.rests_on))

    def _support(self, support: Support) -> SupportTrace:
        at_hand = self.find(support.evidence)
        if at_hand is None:
            return SupportTrace(support, "", _places(support, {}, None), NOT_AT_HAND)
        found = self._parsed(support.evidence, at_hand)
        table = found.tables.get(support.kind) if isinstance(found, ParseResult) else None
        problem = found.message if isinstance(found, UserFacingError) and support.rows else None
        try:
            texts = texts_of(at_hand.source, support, encoding=_encoding(found))
        except UserFacingError as error:
            texts, problem = {}, error.message
        issues = found.issue_counts if isinstance(found, ParseResult) else {}
        return SupportTrace(support, at_hand.source.name, _places(support, texts, table), problem, issues)

    def _parsed(self, digest: str, at_hand: AtHand) -> ParseResult | UserFacingError:
        if digest not in self._read:
            try:
                parser = identify(at_hand.source, declared=at_hand.format or None)
                self._read[digest] = read_by(parser, at_hand.source)
            except UserFacingError as error:
                self._read[digest] = error
        return self._read[digest]


def texts_of(source: Source, support: Support, *, encoding: str) -> dict[str | int, tuple[str, bool]]:
    """The text at each cell, or line where no cell is named, and whether it is cut.

    Raises:
        ParseError: a file that cannot be read that far.
    """
    if is_workbook(source):
        return {cell: (words, False) for cell, words in cells_at(source, support.cells).items()}
    return {one.number: (one.text, one.is_cut) for one in lines_at(source, set(support.lines), encoding=encoding)}


def observations_at(table: pa.Table, *, line: int, cell: str = "") -> list[dict[str, Any]]:
    """The rows of a table that were read from a line, or from a cell, without the columns that are empty."""
    chosen = pc.equal(table.column("line"), line)
    if cell:
        chosen = pc.and_(chosen, pc.fill_null(pc.equal(table.column("cell"), cell), False))
    rows = table.filter(chosen).slice(0, OBSERVATIONS_SHOWN).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _places(
    support: Support, texts: Mapping[str | int, tuple[str, bool]], table: pa.Table | None
) -> tuple[PlaceTrace, ...]:
    """Lines and cells in the support's order; several rows of one place are told once."""
    cells: Sequence[str] = support.cells if len(support.cells) == len(support.lines) else ()
    places = dict.fromkeys(zip(support.lines, cells or [""] * len(support.lines), strict=True))
    found = []
    for line, cell in places:
        text, is_cut = texts.get(cell or line, (None, False))
        rows = observations_at(table, line=line, cell=cell) if table is not None else []
        found.append(PlaceTrace(line, cell, text, is_cut, tuple(rows)))
    return tuple(found)


def _encoding(found: ParseResult | UserFacingError) -> str:
    return found.encoding if isinstance(found, ParseResult) else "utf-8"


def _path(node: Node, code: str) -> list[Node] | None:
    if node.code == code:
        return [node]
    for child in node.children:
        if below := _path(child, code):
            return [node, *below]
    return None


NOT_AT_HAND = Text(
    zh="文件不在手边：请用 --evidence 给出含有它的文件夹。",
    en="The file is not at hand: name a folder that holds it with --evidence.",
)
